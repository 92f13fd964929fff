"""calls.csv and turns.csv: strict cells, right line numbers, and no turn row that vanishes."""

import csv
import io
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalharness.collect.csv_records import read_records
from evalharness.collect.reading import read_rows
from evalharness.collect.rows import Limits
from evalharness.errors import InputError
from evalharness.models.call import Latency, ToolCall
from tests.collect.files import counts, rows_of, rules, take, write_csv

HEADER = "id,started_at\n"
ONE = HEADER + "c1,2026-11-16T09:00:00Z\n"
TURNS = "call_id,index,speaker,text\n"


def rejected(path, **fields):
    """(file, line, field, reason) of every rejected row."""
    return [(row.file, row.line, row.field, row.reason) for row in take(path, form="csv", **fields)[1].rejects]


def test_a_whole_call(tmp_path):
    """Every kind of column: dotted, JSON text, numbers, flags, free metadata; cells are read strictly."""
    calls = (
        "id,source,agent,started_at,caller,status,errors,csat,cost.llm,cost.telephony,currency,handoff.status,handoff.at_ms,"
        "handoff.context_summary,metadata,metadata.branch\n"
        'c1,vapi,Desk,2026-11-16T09:00:00Z,+4930123,completed,"[""boom""]",4,0.13,1e-2,EUR,connected,1500,Toothache,'
        '"{""score"": 3}",0012\n'
    )
    turns = (
        "call_id,index,speaker,text,start_ms,end_ms,latency_ms,latency_anchor,components.llm,interrupted,heard_filler,tool_calls\n"
        'c1,1,agent,"Friday, then.",600,900.5,310,acoustic,200,FALSE,true,"[{""name"": ""book"", ""result"": """"}]"\n'
        "c1,0,caller,Friday?,0,500,,,,,,\n"
    )
    (call,), report = take(write_csv(tmp_path, calls, turns), form="csv")
    assert counts(report) == (1, 0, 0, 0, 0)
    assert (call.id, call.source, call.agent, call.status, call.csat) == ("c1", "vapi", "Desk", "completed", 4.0)
    assert call.errors == ("boom",)
    assert (call.cost.components, call.cost.currency) == ({"llm": 0.13, "telephony": 0.01}, "EUR")
    assert (call.handoff.status, call.handoff.at_ms, call.handoff.context_summary) == ("connected", 1500.0, "Toothache")
    assert call.metadata == {"score": 3, "branch": "0012"}
    assert call.outcome == "transferred"
    assert [(turn.index, turn.speaker, turn.text) for turn in call.turns] == [
        (0, "caller", "Friday?"),
        (1, "agent", "Friday, then."),
    ]
    assert call.turns[0].latency is None
    assert call.turns[1].latency == Latency(voice_to_voice_ms=310.0, anchor="acoustic", components={"llm": 200.0})
    assert (call.turns[1].interrupted, call.turns[1].heard_filler) == (False, True)
    assert call.turns[1].tool_calls == (ToolCall(name="book", result=""),)


def test_turn_rows_may_stand_anywhere(tmp_path):
    """The rows of two calls are mixed; without `index` the order of the file counts."""
    calls = HEADER + "c1,2026-11-16T09:00:00Z\nc2,2026-11-16T10:00:00Z\n"
    turns = "call_id,speaker,text\nc2,agent,a\nc1,agent,b\nc2,caller,c\nc1,caller,d\nc1,agent,e\n"
    found, _ = take(write_csv(tmp_path, calls, turns), form="csv")
    assert [[turn.text for turn in call.turns] for call in found] == [["b", "d", "e"], ["a", "c"]]


def test_orphan_turn_rows_are_rejected_rows(tmp_path):
    """2 call rows + 2 turn rows of no call = 4 rows; turn rows of a call are no rows of their own."""
    calls = HEADER + "c1,2026-11-16T09:00:00Z\nc2,2026-11-16T10:00:00Z\n"
    turns = TURNS + "c1,0,agent,Hello\nc9,0,agent,Lost\nc9,1,agent,Lost too\nc2,0,agent,Hi\n"
    path = write_csv(tmp_path, calls, turns)
    report = take(path, form="csv")[1]
    assert (report.rows, *counts(report)) == (4, 2, 0, 0, 0, 2)
    assert report.adds_up()
    assert rejected(path) == [
        ("turns.csv", 3, "call_id", 'no call has the id "c9"'),
        ("turns.csv", 4, "call_id", 'no call has the id "c9"'),
    ]


def test_a_rejected_call_keeps_its_turn_rows(tmp_path):
    """Its turns have a call, even if it cannot be taken: one rejected row, not three."""
    calls = "id,started_at,csat\nc1,2026-11-16T09:00:00Z,high\nc2,soon,\n"
    turns = TURNS + "c1,0,agent,Hello\nc1,1,caller,Hi\nc2,0,agent,Hello\n"
    assert rejected(write_csv(tmp_path, calls, turns)) == [
        ("calls.csv", 2, "csat", 'must be a number such as 0.25, not "high"'),
        ("calls.csv", 3, "started_at", '"soon" is not a time such as 2026-11-16T09:00:00Z'),
    ]


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("latency_ms", "NaN", 'must be a number such as 0.25, not "NaN"'),
        ("latency_ms", "inf", 'must be a number such as 0.25, not "inf"'),
        ("latency_ms", "1e999", 'must be a number such as 0.25, not "1e999"'),
        ("latency_ms", "0x10", 'must be a number such as 0.25, not "0x10"'),
        ("latency_ms", "1_000", 'must be a number such as 0.25, not "1_000"'),
        ("latency_ms", '"1,000"', 'must be a number such as 0.25, not "1,000"'),
        ("latency_ms", "４", 'must be a number such as 0.25, not "\\uff14"'),
        ("start_ms", " 5", "must be a number such as 0.25, not text of 2 characters"),
        ("interrupted", "yes", 'must be true or false, not "yes"'),
        ("interrupted", "1", 'must be true or false, not "1"'),
        ("index", "1.5", 'must be a whole number from 0 on, not "1.5"'),
        ("index", "-1", 'must be a whole number from 0 on, not "-1"'),
        ("components.llm", "fast", 'must be a number such as 0.25, not "fast"'),
        ("tool_calls", "[", "must be JSON: the text ends too early at column 2 of the cell"),
    ],
)
def test_cells_of_turns_are_read_strictly(tmp_path, column, cell, reason):
    """The row is named by its line in turns.csv, the call is rejected once."""
    turns = f"call_id,speaker,text,{column}\nc0,agent,x,\nc1,agent,Hello,{cell}\n"
    calls = ONE + "c0,2026-11-16T09:00:00Z\n"
    assert rejected(write_csv(tmp_path, calls, turns)) == [("turns.csv", 3, column, reason)]


def test_values_out_of_range_are_found_behind_the_cells(tmp_path):
    """A well-written -5 ms is refused by the model, under the call's line."""
    turns = "call_id,speaker,text,latency_ms\nc1,agent,Hello,-5\n"
    assert rejected(write_csv(tmp_path, ONE, turns)) == [
        ("calls.csv", 2, "turns[0].latency_ms", "must be at least 0; it is -5.0")
    ]


@pytest.mark.parametrize(
    ("turns", "field", "line", "reason"),
    [
        ("c1,0,agent,a\nc1,0,agent,b\n", "index", 3, "0 stands twice in this call"),
        ("c1,0,agent,a\nc1,,agent,b\n", "index", 3, "stands in some rows of the call and not in others"),
        ("c1,,agent,a\nc1,1,agent,b\n", "index", 3, "stands in some rows of the call and not in others"),
        ("c1,0,agent\n", "", 2, "the row has 3 cells, the header 4"),
        ("c1,0,agent,a,b\n", "", 2, "the row has 5 cells, the header 4"),
    ],
)
def test_turn_rows_that_spoil_their_call(tmp_path, turns, field, line, reason):
    """Wrong order, wrong width: the turn's own line is named."""
    assert rejected(write_csv(tmp_path, ONE, TURNS + turns)) == [("turns.csv", line, field, reason)]


def test_lines_are_counted_over_embedded_line_feeds(tmp_path):
    """The text of the first turn spans lines 2 to 4, so the wrong row stands on line 5."""
    turns = TURNS + 'c1,0,agent,"one\ntwo\nthree"\nc1,x,agent,b\n'
    assert rejected(write_csv(tmp_path, ONE, turns))[0][:3] == ("turns.csv", 5, "index")


def test_texts_come_through_as_they_are(tmp_path):
    """Line feeds, quotes, formulas, a byte order mark at the start, an empty text."""
    texts = ['She said "no",\r\nthen left', "=1+1", "", "x\ny", "ﬁ 👍🏽 \u202e"]
    out = io.StringIO()
    csv.writer(out).writerows([["call_id", "speaker", "text"], *(["c1", "agent", text] for text in texts)])
    path = write_csv(tmp_path, "\ufeff" + ONE, "\ufeff" + out.getvalue())
    (call,), _ = take(path, form="csv")
    assert [turn.text for turn in call.turns] == texts


def test_empty_lines_are_no_rows(tmp_path):
    """Neither between rows nor at the end."""
    report = take(write_csv(tmp_path, ONE + "\n\r\n", TURNS + "\nc1,0,agent,Hello\n\n"), form="csv")[1]
    assert (report.rows, report.accepted) == (1, 1)


@pytest.mark.parametrize(
    ("calls", "turns", "words"),
    [
        ("id,startedat\n", TURNS, 'unknown key "startedat"; did you mean started_at?'),
        ("id,latency_ms\n", TURNS, 'unknown key "latency_ms"'),
        ("started_at\n", TURNS, "id: is missing among the columns"),
        ("id,id,started_at\n", TURNS, "id: stands twice"),
        (ONE, "call_id,speaker\n", "text: is missing among the columns"),
        (ONE, "call_id,speaker,text,components.llm,metadata.x\n", 'unknown key "metadata.x"'),
        (ONE, "", "the file is empty"),
    ],
)
def test_unusable_headers(tmp_path, calls, turns, words):
    """A column that is not known would be lost in silence, so the file is not read."""
    with pytest.raises(InputError, match="header") as caught:
        rows_of(write_csv(tmp_path, calls, turns), form="csv")
    assert words in caught.value.what


def test_turns_are_looked_for_beside_calls(tmp_path):
    """calls-47.csv goes with turns-47.csv; another name, or none, is said in words."""
    write_csv(tmp_path, ONE, TURNS + "c1,0,agent,Hello\n")
    path = (tmp_path / "calls.csv").rename(tmp_path / "calls-47.csv")
    with pytest.raises(InputError, match=r"turns-47.csv is missing beside calls-47.csv"):
        rows_of(path, form="csv")
    (tmp_path / "turns.csv").rename(tmp_path / "turns-47.csv")
    assert len(rows_of(path, form="csv")) == 1
    with pytest.raises(InputError, match=r"log.csv is not named calls.csv"):
        rows_of(path.rename(tmp_path / "log.csv"), form="csv")


def test_broken_rows_do_not_end_the_file(tmp_path):
    """Bytes that are not UTF-8 and stray quotes: that row is rejected, the next one is read."""
    write_csv(tmp_path, "")
    path = tmp_path / "calls.csv"
    path.write_bytes(HEADER.encode() + b"c\xff,2026-11-16T09:00:00Z\n" + b'"c"2,x\n' + b"c3,2026-11-16T09:00:00Z\n")
    calls, report = take(path, form="csv")
    assert ([call.id for call in calls], report.rejected) == (["c3"], 2)
    assert [row.line for row in report.rejects] == [2, 3]
    assert "byte 0xFF is not UTF-8" in report.rejects[0].reason
    assert "quotation marks" in report.rejects[1].reason


def test_an_unclosed_quotation_mark_cannot_swallow_the_file(tmp_path):
    """call_kb 1: after 1 kB the open cell is given up, and the rows behind it are read again."""
    row = "{},2026-11-16T09:00:00Z\n"
    calls = HEADER + '"open,2026-11-16T09:00:00Z\n' + "".join(row.format(f"c{i}") for i in range(100))
    found, report = take(write_csv(tmp_path, calls), form="csv", limits=Limits(call_kb=1))
    assert report.rejected == 1
    assert "never closed" in report.rejects[0].reason
    assert found[-1].id == "c99"
    assert len(found) > 50


def test_a_file_cut_in_a_quoted_cell(tmp_path):
    """The end of the file inside a cell: still being written?"""
    assert rejected(write_csv(tmp_path, ONE + '"c2,2026-')) == [
        ("calls.csv", 3, "", "the file ends in the middle of a row; is it still being written?")
    ]


def test_too_many_turns_and_too_long_calls(tmp_path):
    """turns 2: three are too many. call_kb 1: three turns of 500 characters are too long together."""
    long = TURNS + "".join(f"c1,{i},agent,{'x' * 500}\n" for i in range(3))
    path = write_csv(tmp_path, ONE, long)
    assert rejected(path, limits=Limits(turns=2)) == [("turns.csv", 2, "turns", "the call has more than 2 turns")]
    assert rejected(path, limits=Limits(call_kb=1)) == [("turns.csv", 4, "turns", "the call is longer than 1 kB")]


def test_memory_does_not_grow_with_the_texts(tmp_path):
    """200 calls with 20 kB of turns each: 4 MB of CSV are read with less than 2 MB at any time."""
    calls = HEADER + "".join(f"c{i},2026-11-16T09:00:00Z\n" for i in range(200))
    turns = TURNS + "".join(f"c{i},{n},agent,{'word ' * 1000}\n" for i in range(200) for n in range(4))
    path = write_csv(tmp_path, calls, turns)
    tracemalloc.start()
    assert sum(1 for _ in read_rows(path, rules(form="csv"))) == 200
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2_000_000


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), min_size=2, max_size=4), max_size=6))
def test_records_are_what_was_written(rows):
    """What the csv module writes, with line feeds and quotes anywhere, is read back cell by cell."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(rows)
    found = list(read_records(io.BytesIO(out.getvalue().encode()), 10_000))
    assert [record.problem for record in found] == [""] * len(rows)
    assert [list(record.cells) for record in found] == rows


def test_a_lone_carriage_return_is_no_end_of_a_row():
    """A file with the line ends of old systems is refused in words, not read as one row."""
    (record,) = read_records(io.BytesIO(b"id,started_at\rc1,x\r"), 100)
    assert record.problem == "a carriage return stands outside quotation marks; save the file with usual line ends"


@given(st.binary(max_size=300))
def test_any_bytes_are_records_or_problems(data):
    """No error escapes, and offsets rise."""
    found = list(read_records(io.BytesIO(data), 64))
    assert [record.offset for record in found] == sorted({record.offset for record in found})
