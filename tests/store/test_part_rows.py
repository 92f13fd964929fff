"""What is written of a call: its rows in lines of JSON, by table, in its week."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from pydantic_core import to_json

from evalharness.models.call import Latency, ToolCall, Turn
from evalharness.models.call_text import call_text
from evalharness.store.part_rows import TURN_JSON, TURN_PLAIN, written
from tests.builders import a_call, call_measures
from tests.store.logs import calls

ZONE = ZoneInfo("Europe/Berlin")


def rows_of(one, kind):
    lines = [json.loads(line) for line in one.lines[kind].splitlines()]
    if kind != "turns":
        return lines
    return [dict(zip(line, values, strict=True)) for line in lines for values in zip(*line.values(), strict=True)]


def test_a_call_is_a_row_its_turns_are_rows_and_so_are_its_measures():
    """As many lines as rows are counted; each names the week, and its call."""
    call = a_call()
    one = written(call, call_measures(call.id), ZONE)
    assert {kind: len(rows_of(one, kind)) for kind in one.lines} == one.rows
    assert one.rows["calls"] == 1
    assert one.rows["turns"] == len(call.turns)
    assert {row["week"] for kind in one.lines for row in rows_of(one, kind)} == {one.week}
    assert [row["position"] for row in rows_of(one, "turns")] == list(range(len(call.turns)))
    assert [row["text"] for row in rows_of(one, "turns")] == [turn.text for turn in call.turns]


def test_what_is_known_already_is_not_worked_out_again():
    """The call's text and its digest give the same rows, given or not."""
    call = a_call()
    measures = call_measures(call.id)
    assert written(call, measures, ZONE, call_text(call), call.digest()) == written(call, measures, ZONE)
    assert rows_of(written(call, measures, ZONE), "calls")[0]["digest"] == call.digest()


def test_the_week_is_that_of_the_zone():
    """Sunday 23:30 UTC is Monday in Berlin: week 48 there, 47 in London."""
    call = a_call(started_at=datetime(2026, 11, 22, 23, 30, tzinfo=UTC), ended_at=None)
    weeks = [written(call, call_measures(call.id), ZoneInfo(zone)).week for zone in ("Europe/Berlin", "Europe/London")]
    assert weeks == ["2026-W48", "2026-W47"]


def test_hostile_texts_stay_in_their_line():
    """Line feeds, quotes and control characters are escaped: a row is one line, and comes back as it was."""
    text = 'one\ntwo\r\u2028\x00\x85 "three" \\ \u202e'
    tool = ToolCall(name=text, arguments={text: [text]}, result=text)
    turn = Turn(index=0, speaker="agent", text=text, latency=Latency(components={text: 1.0}), tool_calls=(tool,))
    one = written(a_call(turns=()).model_copy(update={"turns": (turn,), "metadata": {text: text}}), call_measures(), ZONE)
    assert {kind: data.count(b"\n") for kind, data in one.lines.items() if kind != "measures"} == {"calls": 0, "turns": 0}
    (row,) = rows_of(one, "turns")
    assert (row["text"], json.loads(row["tool_calls"])[0]["result"]) == (text, text)


def test_large_numbers_that_rules_compare():
    """A whole number too large for the engine's floats becomes its largest one; others stay."""
    one = written(a_call().model_copy(update={"metadata": {"n": 10**400, "m": 3, "t": [1]}}), call_measures(), ZONE)
    assert json.loads(rows_of(one, "calls")[0]["rule_metadata"]) == {"m": 3, "n": 1.7976931348623157e308}


def test_what_rules_compare_is_the_metadata_where_nothing_else_is_in_it():
    """Words, flags and numbers as they stand; a whole number from 2^53 on is written as a float; None and lists are left out."""
    for metadata, text in (
        ({"b": "x", "a": True, "c": -0.0, "n": 2**53 - 1}, '{"a":true,"b":"x","c":-0.0,"n":9007199254740991}'),
        ({"n": 2**53, "a": 1}, '{"a":1,"n":9007199254740992.0}'),
        ({"a": 1, "t": None, "l": []}, '{"a":1}'),
        ({}, "{}"),
    ):
        one = written(a_call().model_copy(update={"metadata": metadata}), call_measures(), ZONE)
        assert rows_of(one, "calls")[0]["rule_metadata"] == text


@settings(max_examples=200, deadline=None)
@given(calls)
def test_the_turns_are_written_as_their_fields_are(call):
    """The line of `turns` is made of texts; it is, to the byte, the JSON of the fields of each turn under their names."""
    one, text = written(call, call_measures(), ZONE), call_text(call)
    count = len(call.turns)
    columns = {"week": [one.week] * count, "source": [call.source] * count, "call_id": [call.id] * count}
    columns |= {"position": list(range(count))} | {name: [getattr(turn, name) for turn in call.turns] for name in TURN_PLAIN}
    columns |= {name: json.loads(b"[%b]" % text.columns.get(name, b"")) for name in TURN_JSON}
    assert one.lines["turns"] == (to_json(columns) if call.turns else b"")


def test_a_call_without_turns_has_no_line_of_them():
    """Nothing was said: no row of `turns`, one of `calls`, one of `measures`."""
    one = written(a_call(turns=()), call_measures(), ZONE)
    assert (one.rows["turns"], one.lines["turns"], one.rows["calls"]) == (0, b"", 1)
