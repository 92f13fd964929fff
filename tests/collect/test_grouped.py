"""Rows that are turns: grouped whatever their order, counted, and never lost."""

import json
import random

import pytest

from evalharness.collect.field_map import FieldMap
from evalharness.collect.grouped import one_a_group
from evalharness.collect.rows import Limits, RawRow
from evalharness.models.intake import Rejected
from tests.collect.files import counts, take, write_rows

MAP = {
    "group": "call", "id": "call", "started_at": "at",
    "turns": {"each": "rows", "speaker": "who", "text": "said"},
}  # fmt: skip


def rows_of(calls: int, turns: int) -> list[dict]:
    """Call by call, its turns one a row; the start stands in the first of them only."""
    return [
        {"call": f"c{call}", "who": "agent", "said": f"{call}.{turn}", **({} if turn else {"at": "2026-11-16T09:00:00Z"})}
        for call in range(calls)
        for turn in range(turns)
    ]


def test_any_order_gives_the_same_calls(tmp_path):
    """60 rows of 12 calls, sorted and shuffled: the same 12 ids with 5 turns each, in the order of their rows."""
    rows = rows_of(12, 5)
    random.Random(1).shuffle(rows)
    calls, report = take(write_rows(tmp_path / "t.jsonl", rows), form=FieldMap.parse("m", MAP), source="m")
    assert counts(report) == (12, 0, 0, 0, 0)
    for call in calls:
        assert [turn.text for turn in call.turns] == [row["said"] for row in rows if row["call"] == call.id]


def test_rows_of_nobody_and_lines_that_are_no_json(tmp_path):
    """Each is rejected by itself, with its line; the others are taken."""
    path = write_rows(tmp_path / "t.jsonl", [*rows_of(1, 2), {"who": "agent"}, {"call": True}, {"call": " "}, 5])
    path.write_text(path.read_text() + "{broken\n")
    _, report = take(path, form=FieldMap.parse("m", MAP), source="m")
    assert counts(report) == (1, 0, 0, 0, 5)
    assert [(row.line, row.field) for row in report.rejects] == [(3, "call"), (4, "call"), (5, "call"), (6, "call"), (7, "")]


def test_a_bad_turn_rejects_its_call_once(tmp_path):
    """The row of the call is its first line."""
    rows = [*rows_of(1, 2), {"call": "c0", "who": "nobody we know", "said": "x"}]
    _, report = take(write_rows(tmp_path / "t.jsonl", rows), form=FieldMap.parse("m", MAP), source="m")
    assert (counts(report), report.rejects[0].line) == ((0, 0, 0, 0, 1), 1)


def test_groups_of_a_document(tmp_path):
    """An array at a path, and keys below the surface; numbers are keys too."""
    data = [{"k": {"n": 7}, "who": "agent", "said": str(at), "at": "2026-11-16T09:00:00Z"} for at in range(3)]
    path = tmp_path / "t.json"
    path.write_text(json.dumps({"data": data}))
    mine = FieldMap.parse("m", {**MAP, "each": "data", "group": "k.n", "id": "k.n"})
    (call,), _ = take(path, form=mine, source="m")
    assert (call.id, len(call.turns)) == ("7", 3)


def test_a_call_of_many_rows_has_a_limit(tmp_path):
    """Its rows together are held to collect.limits.call_kb."""
    rows = [{**row, "said": "x" * 600} for row in rows_of(1, 2)]
    _, report = take(write_rows(tmp_path / "t.jsonl", rows), form=FieldMap.parse("m", MAP), source="m", limits=Limits(call_kb=1))
    assert (counts(report), report.rejects[0].reason) == ((0, 0, 0, 0, 1), "the call is longer than 1 kB")


@pytest.mark.parametrize("first", [1, 2, 3])
def test_a_row_written_while_the_file_is_read_is_not_lost(first):
    """Two passes that see another number of rows: every row of the second is in a call."""
    rows = [RawRow({"call": "c", "n": at}, at) for at in range(3)]
    passes = iter([rows[:first], rows])
    found = list(one_a_group(lambda: next(passes), "call", "f"))
    assert not any(isinstance(row, Rejected) for row in found)
    assert sorted(one["n"] for row in found for one in row.raw["rows"]) == [0, 1, 2]
