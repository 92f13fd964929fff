"""A file read by several processes: the same rows, report and parts as by one."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalharness.collect.events import Once, SeveralEventsError
from evalharness.collect.intake import Intake
from evalharness.collect.reading import read_rows
from evalharness.collect.rows import Candidate, Limits
from evalharness.errors import InputError
from evalharness.flows import side_by_side
from evalharness.flows.side_by_side import rows_of, to_write
from evalharness.models.intake import Rejected
from evalharness.models.rule import parse_rule
from tests.collect.files import a_row, a_turn_row, rules, write_rows
from tests.collect.payloads import a_retell_call, a_vapi_call


def retell_events(count: int):
    """call_ended of all calls, then call_analyzed of every second one, and one event twice."""
    ended = [{"event": "call_ended", "call": a_retell_call(call_id=f"r{at}")} for at in range(count)]
    analysis = {"call_summary": "Moved.", "user_sentiment": "Positive"}
    analyzed = [
        {"event": "call_analyzed", "call": a_retell_call(call_id=f"r{at}", call_analysis=analysis)} for at in range(0, count, 2)
    ]
    return [*ended, *analyzed, ended[0]]


def mixed(count: int):
    """Calls in our form with numbers, a duplicate, a conflict, and rows that are no calls."""
    turns = [a_turn_row("agent", "Your phone number?"), a_turn_row(text="It is 415-555-0132.", start_ms=1.0)]
    rows = [a_row(id=f"c{at}", turns=turns, agent="Desk" if at % 2 else "Other") for at in range(count)]
    return [*rows, rows[0], {**rows[1], "intent": "other"}, {"id": "x"}, a_row(id="late", started_at="2026-11-16")]


def told(path, by, count):
    """Everything that follows from the rows: each row as the intake sees it, the report, and what is written."""
    rows = list(rows_of(path, by, count) if count else read_rows(path, by))
    intake = Intake(by, lambda _: {}, file="x", file_digest="", batch=7)
    taken = [to_write(row, by) for batch in intake.decide(rows) for row in batch]
    return plain(rows), intake.report, taken


def plain(rows):
    """Each row as the intake sees it."""
    return [row if isinstance(row, Rejected) else (row.text, row.line, row.redactions, row.rows, row.completes) for row in rows]


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(
    ("form", "values"),
    [
        ("retell", retell_events(60)),
        ("jsonl", mixed(60)),
        ("vapi", [[a_vapi_call(id="v1"), a_vapi_call(id="v2")], a_vapi_call(id="v3"), {"message": {"type": "hang"}}]),
        (
            "retell",
            [[a_retell_call(call_id="a"), a_retell_call(call_id="b")], a_retell_call(call_id="a", transfer_end_reason="x")],
        ),
    ],
)
def test_two_processes_say_what_one_says(tmp_path, monkeypatch, form, values, packed):
    """Events over many lines, arrays in lines, redaction, conflicts, rejected rows with their line; plain and packed."""
    monkeypatch.setattr("evalharness.collect.chunks.CHUNK_BYTES", 4000)
    path = write_rows(tmp_path / "calls.jsonl", values)
    with path.open("ab") as file:
        file.write(b'\n{"broken": \n\n' + b"[1]")
    if packed:
        path.write_bytes(gzip.compress(path.read_bytes()))
    by = rules(form=form, source=form, scope=parse_rule("agent != Other"))
    alone = told(path, by, None)
    assert alone == told(path, by, 2) == told(path, by, 3)
    assert alone[1].adds_up()
    assert alone[1].accepted


LINE = st.sampled_from(["a", "b", "c", "d", "e", "f"]).flatmap(
    lambda call_id: st.sampled_from(
        [
            {"event": "call_ended", "call": a_retell_call(call_id=call_id)},
            {"event": "call_analyzed", "call": a_retell_call(call_id=call_id, call_analysis={"call_summary": "Moved."})},
            [a_retell_call(call_id=call_id), a_retell_call(call_id=f"{call_id}2")],
            {"event": "call_started", "call": a_retell_call(call_id=call_id, call_status="ongoing")},
            {"event": "call_ended", "call": a_retell_call(call_id=None)},
            5,
        ]
    )
)


def ids_of(line):
    """The ids of the calls in a line."""
    calls = [one.get("call", one) for one in (line if isinstance(line, list) else [line]) if isinstance(one, dict)]
    return [call["call_id"] for call in calls if call["call_id"]]


@settings(max_examples=80, deadline=None)
@given(lines=st.lists(LINE, min_size=1, max_size=8), size=st.sampled_from([1, 900, 4000]), count=st.sampled_from([1, 2]))
def test_read_once_a_file_gives_what_two_readings_give(tmp_path_factory, lines, size, count):
    """However the events of calls are spread over chunks: the same rows, or, where a call has two, nothing but the word for it.

    The chunks are worked on one after the other here; that other processes say the same is shown above.
    """
    path = write_rows(tmp_path_factory.mktemp("once") / "hooks.jsonl", lines)
    by = rules(form="retell", source="retell")
    ids = [call_id for line in lines for call_id in ids_of(line)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("evalharness.collect.chunks.CHUNK_BYTES", size)
        patch.setattr(side_by_side, "in_order", lambda tasks, work, _: map(work, tasks))
        if len(set(ids)) < len(ids):
            with pytest.raises(SeveralEventsError):
                list(rows_of(path, by, count, Once()))
        else:
            once = list(rows_of(path, by, count, Once()))
            assert plain(once) == plain(rows_of(path, by, count)) == plain(read_rows(path, by))


def test_two_processes_say_that_a_call_comes_again(tmp_path, monkeypatch):
    """Within one chunk, and in two."""
    path = write_rows(tmp_path / "hooks.jsonl", [{"event": "call_ended", "call": a_retell_call(call_id=one)} for one in "abca"])
    for size in (1, 1 << 19):
        monkeypatch.setattr("evalharness.collect.chunks.CHUNK_BYTES", size)
        with pytest.raises(SeveralEventsError):
            list(rows_of(path, rules(form="retell", source="retell"), 2, Once()))


@pytest.mark.parametrize("cut", [True, False])
def test_a_file_that_is_rotated_while_it_is_read_gives_nothing(tmp_path, monkeypatch, cut):
    """Its lines are read where it lies: another file of its name, or one cut to nothing, is an error and no smaller file."""
    monkeypatch.setattr("evalharness.collect.chunks.CHUNK_BYTES", 1)
    path = write_rows(tmp_path / "calls.jsonl", mixed(200))
    rows = rows_of(path, rules(), 2, Once())
    next(rows)
    if cut:
        path.write_bytes(b"")
    else:
        write_rows(tmp_path / "new.jsonl", mixed(200)).replace(path)
    with pytest.raises(InputError, match="was replaced or cut while it was read"):
        list(rows)


def test_a_call_that_came_from_another_process_is_the_call(tmp_path):
    """It is carried as text, and is equal, digest and all; its limits are those of the rules."""
    path = write_rows(tmp_path / "calls.jsonl", mixed(3))
    alone = [row for row in read_rows(path, rules()) if isinstance(row, Candidate)]
    carried = [row for row in rows_of(path, rules(), 2) if isinstance(row, Candidate)]
    assert [row.call for row in carried] == [row.call for row in alone]
    assert [row.digest for row in carried] == [row.call.digest() for row in alone]
    with pytest.raises(AttributeError):
        _ = carried[0].unheard_of
    few = replace(rules(), limits=Limits(turns=1))
    assert [row.reason for row in rows_of(path, few, 2)] == [row.reason for row in read_rows(path, few)]


def test_the_scope_is_decided_where_the_calls_are_read(tmp_path):
    """No call is made anew of its text to be decided about; what is out of scope is not made ready for the log."""
    path, by = write_rows(tmp_path / "calls.jsonl", mixed(6)), rules(scope=parse_rule("agent != Other"))
    rows = list(rows_of(path, by, 2))
    intake = Intake(by, lambda _: {}, file="x", file_digest="")
    taken = [row for batch in intake.decide(rows) for row in batch]
    assert (len(taken), intake.report.other_agent) == (3, 3 + 1)  # c1, c3, c5; the others, c0 again
    assert not [row for row in rows if isinstance(row, Candidate) and "call" in vars(row)]
    assert {row.kept is None for row in rows if isinstance(row, Candidate) and not row.taken} == {True}


def test_small_files_maps_and_tables_are_read_by_one(tmp_path, monkeypatch):
    """Processes are started for lines that are worth it only; a packed file counts as what it may unpack to."""
    started = []
    monkeypatch.setattr(side_by_side, "in_order", lambda *_: started.append(1) or iter(()))
    monkeypatch.setattr(side_by_side, "processes", lambda: 2)
    small = write_rows(tmp_path / "small.jsonl", [a_row()])
    assert len(list(rows_of(small, rules()))) == 1
    monkeypatch.setattr(side_by_side, "WORTH_BYTES", small.stat().st_size)
    document = tmp_path / "one.json"
    document.write_text(json.dumps(a_vapi_call()) + " " * 1000)
    assert len(list(rows_of(document, rules(form="vapi")))) == 1
    assert not started
    small.write_bytes(gzip.compress(small.read_bytes()))
    list(rows_of(small, rules()))
    assert started == [1]
