"""Verified resolution: resolved and nobody called again; provisional, and open where a caller cannot be known again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from evalharness.aggregate.checks import Known, check
from evalharness.aggregate.judged import resolution
from evalharness.aggregate.population import population
from evalharness.aggregate.summary import summarise
from evalharness.aggregate.verified import NO_KEYS, verified_resolution
from evalharness.models.measure import Measure
from tests.aggregate.building import a_design_of, a_result, a_week, finals, the_facts
from tests.builders import MONDAY, ZONE, a_call, a_threshold

LONG_AFTER = (MONDAY + timedelta(days=30)).astimezone(ZONE)
SIXTY = a_threshold("verified_resolution_rate", at_least=0.6)


def graded(*outcomes, keys=None, **fields):
    """Drawn calls c1, c2 ... of callers k1, k2 ..., each with the outcome people gave it; `keys` replaces the callers."""
    keys = keys or [f"k{i}" for i in range(1, len(outcomes) + 1)]
    calls = [a_call(id=f"c{i}", caller_key=key, **fields) for i, key in enumerate(keys, 1)]
    return [
        a_result(i, call=call, final=finals(outcome=outcome))
        for i, (call, outcome) in enumerate(zip(calls, outcomes, strict=True), 1)
    ]


def verified(results, again=(), known_until=LONG_AFTER, judged=100, **counts):
    """Of a week with so many judged calls."""
    people = population(the_facts(judged, **counts), None)
    return verified_resolution(a_design_of(core=judged), results, {("demo", one) for one in again}, known_until, people)


TEN = ("resolved",) * 8 + ("unresolved",) * 2


def test_without_a_call_again_it_is_resolution():
    found, plain = verified(graded(*TEN)), resolution(a_design_of(core=100), graded(*TEN), population(the_facts(100), None))
    assert (found.measure.value, found.bounds, found.measure.low, found.measure.high) == (
        plain.measure.value, plain.bounds, plain.measure.low, plain.measure.high,
    )  # fmt: skip
    assert (found.measure.value, found.measure.n, found.measure.of, found.measure.basis) == (0.8, 10, 100, "sample")
    assert found.measure.note == "resolved, and no call again for the same within 7 days"


def test_who_called_again_was_not_resolved():
    # 8 resolved of 10, 3 of them called again, and an unresolved one, which changes nothing: 5 of 10
    found = verified(graded(*TEN), again=("c1", "c2", "c3", "c9"))
    assert (found.measure.value, found.measure.n, found.measure.missing) == (0.5, 10, 0)
    half = resolution(a_design_of(core=100), graded(*TEN[3:8], *["unresolved"] * 5), population(the_facts(100), None))
    assert found.bounds == half.bounds


def test_technical_failures_and_calls_out_of_scope_are_taken_as_in_resolution():
    # 100 judged, a tenth of them graded out of scope: 90; 8 of 9 resolved: 80 of 90 + 10 technical failures
    found = verified(graded(*TEN[:9], "out_of_scope"), technical=10)
    assert found.measure.value == pytest.approx(90 * (8 / 9) / 100)
    assert "10 technical failures from the log counted in" in found.measure.note


def test_a_call_without_a_caller_key_is_open_whatever_its_outcome():
    # of 10 calls the first (resolved) and the last (unresolved) have no key: 7 of the other 8, limits with both ways
    keys = [None, *(f"k{i}" for i in range(8)), ""]
    found = verified(graded(*TEN, keys=keys))
    assert (found.measure.value, found.measure.n, found.measure.missing) == (7 / 8, 8, 2)
    assert "2 graded without a caller key, taken both ways" in found.measure.note
    known = verified(graded(*TEN))
    assert found.bounds[0] < known.bounds[0] < known.bounds[1] < found.bounds[1]


def test_only_calls_that_people_reached_and_could_judge_are_taken_both_ways():
    # c1 is read; c2 without a key is a technical failure; c3 without one lies behind the last call read, the log knows its end
    results = graded("resolved", "failed_technical", "transferred", keys=["k1", None, None])
    results[1] = results[1].model_copy(update={"call": results[1].call.model_copy(update={"outcome": "failed_technical"})})
    by_log = {"outcome": results[2].final["outcome"].model_copy(update={"by": "measured"})}
    results[2] = results[2].model_copy(update={"final": by_log})
    found = verified(results)
    assert (found.measure.n, found.measure.missing) == (1, 0)
    assert "without a caller key" not in found.measure.note


def test_where_nobody_can_be_known_again_it_is_not_computed():
    found = verified(graded("resolved", "resolved", keys=[None, None]))
    assert isinstance(found, Measure)
    assert (found.value, found.n, found.of, found.missing, found.note) == (None, 0, 100, 100, NO_KEYS)
    answer = check(SIXTY, Known(pools=(), rates={}, shares={}, exact={found.name: found}))
    assert (answer.verdict, answer.reason) == ("not_measured", NO_KEYS)


def test_until_seven_days_have_passed_in_the_log_it_is_provisional():
    # Monday 9:00 UTC, ended at 9:05: a call again counts until Monday 23, 9:05; the log ends on Saturday
    results = graded(*["resolved"] * 50, ended_at=MONDAY + timedelta(minutes=5))
    until = (MONDAY + timedelta(days=5)).astimezone(ZONE)
    found = verified(results, known_until=until)
    assert found.measure.value == 1.0
    assert (found.bounds[0], found.measure.low) == (0.0, 0.0)  # all 50 may still call again
    assert (
        "provisional until 2026-11-23: 50 resolved calls may still be called about (the log ends on 2026-11-21)"
        in found.measure.note
    )
    answer = check(SIXTY, Known(pools=(), rates={"verified_resolution_rate": found}, shares={}, exact={}))
    assert answer.verdict == "not_proven"


@pytest.mark.parametrize(("minutes", "provisional"), [(4, True), (5, False)])
def test_the_wait_counts_from_the_end_of_the_call(minutes, provisional):
    results = graded("resolved", ended_at=MONDAY + timedelta(minutes=5))
    found = verified(results, known_until=(MONDAY + timedelta(days=7, minutes=minutes)).astimezone(ZONE))
    assert ("provisional" in found.measure.note) is provisional
    assert "1 resolved call may" in found.measure.note or not provisional


def test_an_unresolved_call_waits_for_nobody():
    found = verified(graded("unresolved", "transferred"), known_until=MONDAY)
    assert "provisional" not in found.measure.note
    assert found.measure.value == 0.0


def test_a_provisional_rate_can_already_be_missed():
    # 35 of 50 unresolved: whoever still calls again, at most 15 of 50 are resolved
    found = verified(graded(*["resolved"] * 15, *["unresolved"] * 35), known_until=MONDAY)
    answer = check(SIXTY, Known(pools=(), rates={"verified_resolution_rate": found}, shares={}, exact={}))
    assert answer.verdict == "missed"


def test_nothing_graded_is_no_rate():
    found = verified(graded(None, None))
    assert (found.measure.value, found.measure.n, found.measured) == (None, 0, False)


def test_the_summary_shows_it_beside_resolution():
    """No key in the log: said so; a rubric that does not ask for the outcome has neither."""
    week = summarise(a_week())
    assert week.measure("verified_resolution_rate").note == NO_KEYS
    assert week.measure("resolution_rate").n == 20
