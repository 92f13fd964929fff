"""A week's calls are read once, whole, in the order collected, however their turns lie in the files."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalharness.errors import LedgerCorruptError
from evalharness.models.call import Call, Supplement
from evalharness.models.noun import canonical_json
from evalharness.store import parquet, part_rows, streaming
from evalharness.store.intakes import add_supplements
from tests.builders import MONDAY, WEEK, a_call
from tests.store.logs import AT, UTC_ZONE, a_log, collect, different, no_measures
from tests.store.logs import calls as any_calls


def _long(call_id, turns, minutes=0, **fields):
    """A call with so many turns."""
    said = [("agent" if number % 2 else "caller", f"turn {number}") for number in range(turns)]
    return a_call(said, id=call_id, started_at=MONDAY + timedelta(minutes=minutes), **fields)


def test_calls_longer_than_a_batch_and_calls_without_turns_come_whole(tmp_path, monkeypatch):
    """Batches of 3 rows; calls of 7, 0, 1, 5 and 0 turns in two intakes."""
    monkeypatch.setattr(streaming, "_BATCH", 3)
    first = [_long("a", 7), _long("b", 0, 1), _long("c", 1, 2)]
    second = [_long("d", 5, 3), _long("e", 0, 4)]
    with a_log(tmp_path, first) as log:
        collect(log, log._parts._ledger, second)
        assert list(log.each(WEEK)) == [*first, *second]
        assert list(log.each("2026-W46")) == []


@settings(max_examples=20, deadline=None)
@given(st.lists(any_calls, min_size=1, max_size=5).map(different))
def test_any_call_comes_as_it_was_collected(tmp_path_factory, calls):
    """Hostile text, every field: what `calls` gives one by one, and what a full check of each makes of it."""
    with a_log(tmp_path_factory.mktemp("log"), calls, [no_measures(call) for call in calls], UTC_ZONE) as log:
        found = [call for week in log.weeks() for call in log.each(week)]
    assert sorted(map(canonical, found)) == sorted(map(canonical, calls))
    assert [Call.model_validate(call.model_dump()) for call in found] == found


def canonical(call):
    """A call as text."""
    return canonical_json(call.model_dump(mode="json"))


def test_what_came_later_stands_over_the_call(tmp_path):
    """An outcome from elsewhere."""
    with a_log(tmp_path, [_long("a", 2)]) as log:
        later = Supplement(source="demo", call_id="a", field="outcome", value="abandoned", known_at=AT)
        with log._parts._ledger.transaction() as tx:
            add_supplements(tx, [later], AT)
        (call,) = log.each(WEEK)
    assert (call.outcome, len(call.turns)) == ("abandoned", 2)


def test_files_in_another_order_are_not_guessed(tmp_path, monkeypatch):
    """The turns of the second intake alone: a call that has turns does not find its own."""
    with a_log(tmp_path, [_long("a", 2)]) as log:
        collect(log, log._parts._ledger, [_long("b", 2, 1)])
        paths = log._parts.paths
        monkeypatch.setattr(log._parts, "paths", lambda kind, weeks: paths(kind, weeks)[-1 if kind == "turns" else 0 :])
        with pytest.raises(LedgerCorruptError, match="do not stand where the call does"):
            list(log.each(WEEK))


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ('"caller"', '"robot"'),
        ('"index":[0', '"index":[-1'),
        ('"index":[0', '"index":[null'),
        ('"turn 0"', "null"),
    ],
)
def test_a_row_that_is_no_turn_is_refused(tmp_path, said, written):
    """A speaker that is none, an index below 0 or none, no text."""
    call = _long("a", 2)
    lines = part_rows.written(call, no_measures(call), UTC_ZONE).lines
    assert said in lines["turns"].decode()
    files = {"calls": lines["calls"], "turns": lines["turns"].decode().replace(said, written, 1).encode()}
    for kind, line in files.items():
        (tmp_path / kind).write_bytes(parquet.to_bytes(kind, [line]))
    with pytest.raises(ValueError, match="no turn has"):
        list(streaming.calls([tmp_path / "calls"], [tmp_path / "turns"]))
