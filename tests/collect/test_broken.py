"""A call of several rows is taken whole or not at all, and the mended file goes in."""

import pytest

from evalharness.collect.field_map import FieldMap
from tests.collect.files import counts, take, write_csv, write_rows

TABLE = FieldMap.parse(
    "t",
    {
        "group": "call", "id": "call", "started_at": "at",
        "turns": {"each": "rows", "speaker": "who", "text": "said"},
    },
)  # fmt: skip
HEAD = b"call;at;who;said\n"
AT = b"2026-11-16T09:00:00Z"


def lines(*calls: str) -> list[bytes]:
    """A row a call named, one turn each."""
    return [b"%s;%s;agent;Hello\n" % (call.encode(), AT) for call in calls]


def taken(path, data, known=None):
    """The ids that went in with their turns, the rejected lines, the five counts and the rows."""
    path.write_bytes(data)
    calls, report = take(path, known, form=TABLE, source="t")
    assert report.adds_up()
    return (
        {call.id: len(call.turns) for call in calls},
        sorted(row.line for row in report.rejects),
        (report.rows, *counts(report)),
    )


@pytest.mark.parametrize(
    ("at", "broken", "kept", "rejects"),
    [
        (5, b"b;%s;agent\n" % AT, {"a": 2, "c": 2}, [4, 5, 6]),  # a cell short: it says whose it is
        (5, b"b;%s;agent;M\xfcller\n" % AT, {"a": 2, "c": 2}, [4, 5, 6]),  # not UTF-8: likewise
        (3, b"c;%s;agent\n" % AT, {"a": 2, "b": 2}, [3, 7, 8]),  # of a call far away
        (7, b"c;%s;ag" % AT, {"a": 2, "b": 2}, [6, 7]),  # the last line is cut
        (7, b'c;%s;agent;"He' % AT, {"a": 2, "b": 2}, [6, 7]),  # in the middle of a cell
        (4, b"x\n", {"c": 2}, [2, 3, 4, 5, 6]),  # it says nothing: the calls beside it
    ],
)
def test_a_call_with_a_broken_row_is_rejected_whole(tmp_path, at, broken, kept, rejects):
    """Lines 2 to 7 are a, a, b, b, c, c; the broken one stands at line `at` or is put there. The five counts add up."""
    rows = lines("a", "a", "b", "b", "c", "c")
    rows[at - 2 :] = [broken, *([] if at == 7 else rows[at - 2 :])]
    found, wrong, figures = taken(tmp_path / "t.csv", HEAD + b"".join(rows))
    assert (found, wrong) == (kept, rejects)
    assert figures == (len(kept) + len(rejects), len(kept), 0, 0, 0, len(rejects))


def test_the_mended_file_goes_in(tmp_path):
    """The broken call is no conflict afterwards; the others are duplicates."""
    path = tmp_path / "t.csv"
    path.write_bytes(HEAD + b"".join(lines("a", "a", "b")) + b"b;x\n")
    calls, report = take(path, form=TABLE, source="t")
    assert [call.id for call in calls] == ["a"]
    assert "collect the mended file" in report.rejects[0].reason
    path.write_bytes(HEAD + b"".join(lines("a", "a", "b", "b")))
    known = {(call.source, call.id): call.digest() for call in calls}
    mended, report = take(path, known, form=TABLE, source="t")
    assert ({call.id: len(call.turns) for call in mended}, counts(report)) == ({"b": 2}, (1, 1, 0, 0, 0))


def test_lines_of_json_say_whose_they_are(tmp_path):
    """The rows of two calls are mixed: only the one of the broken line is rejected."""
    rows = [{"call": call, "at": AT.decode(), "who": "agent", "said": "Hi"} for call in "abab"]
    path = write_rows(tmp_path / "t.jsonl", rows)
    path.write_text(path.read_text() + '{"call": "a", "who": "ag\n')
    calls, report = take(path, form=TABLE, source="t")
    assert ([call.id for call in calls], sorted(row.line for row in report.rejects)) == (["b"], [1, 3, 5])


@pytest.mark.parametrize("broken", ["c1,1,caller\n", 'c1,1,caller,"Hi', "c1\n", "\x01\ufffd\n"])
def test_a_broken_row_of_turns_spoils_its_call(tmp_path, broken):
    """Of c1 and c2 only c2 is taken; of a row that says nothing the call before it is not certain to be whole."""
    calls = "id,started_at\nc2,2026-11-16T09:00:00Z\nc1,2026-11-16T09:00:00Z\n"
    turns = "call_id,index,speaker,text\nc2,0,agent,Hi\nc2,1,caller,Hi\nc1,0,agent,Hello\n" + broken
    found, report = take(write_csv(tmp_path, calls, turns), form="csv")
    assert [call.id for call in found] == ["c2"]
    assert report.adds_up()
    assert "c1" not in {call.id for call in found}


def test_bytes_of_another_encoding_in_turns(tmp_path):
    """0xFC is u with two dots in Latin-1: the row says whose it is, and the call is not taken without it."""
    calls = "id;started_at\nc1;2026-11-16T09:00:00Z\nc2;2026-11-16T09:00:00Z\n"
    path = write_csv(tmp_path, calls)
    turns = b"call_id;index;speaker;text\nc1;0;agent;Hi\nc2;0;agent;M\xfcller\nc2;1;caller;Hi\n"
    (tmp_path / "turns.csv").write_bytes(turns)
    found, report = take(path, form="csv")
    assert ([call.id for call in found], counts(report)) == (["c1"], (1, 0, 0, 0, 2))
    assert [(row.file, row.line, row.field) for row in report.rejects] == [("calls.csv", 3, "turns"), ("turns.csv", 3, "")]
