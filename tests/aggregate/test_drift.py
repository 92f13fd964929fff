"""A judge on gold calls against its own baseline."""

from __future__ import annotations

import pytest

from evalharness.aggregate.drift import drift
from evalharness.models.trust import Drift

GOLD = {("demo", f"g{number}"): "no" for number in range(100)}


def graded(wrong: range) -> dict[tuple[str, str], float | str]:
    """The judge's grades of the gold calls; those numbers are wrong."""
    return {("demo", f"g{number}"): "yes" if number in wrong else "no" for number in range(100)}


def test_a_judge_that_stayed_as_it_was_has_not_drifted() -> None:
    """Ten wrong then, the same ten now: nothing is new, p = 1."""
    assert drift(GOLD, graded(range(10)), graded(range(10))) == Drift(items=100, newly_wrong=0, newly_right=0, p=1.0)


def test_newly_wrong_grades_are_held_against_newly_right_ones() -> None:
    """Wrong then 0-9, now 5-21: 12 newly wrong, 5 newly right. P(X >= 12 of 17) = 9402 / 131072 = .0717."""
    found = drift(GOLD, graded(range(10)), graded(range(5, 22)))

    assert (found.newly_wrong, found.newly_right) == (12, 5)
    assert found.p == pytest.approx(9402 / 131072)


def test_twelve_newly_wrong_and_none_newly_right_is_a_drift() -> None:
    """p = 1 / 2^12 = .00024, below .05 / 26 = .0019."""
    assert drift(GOLD, graded(range(0)), graded(range(12))).p == pytest.approx(2**-12)


def test_only_calls_that_were_graded_both_times_are_items() -> None:
    """Of 100 gold calls 40 have no baseline and another 10 no grade now: 50 items; none at all: p = 1."""
    baseline = {call: value for call, value in graded(range(0)).items() if int(call[1][1:]) >= 40}
    now = {call: value for call, value in graded(range(60)).items() if int(call[1][1:]) < 90}

    assert drift(GOLD, baseline, now) == Drift(items=50, newly_wrong=20, newly_right=0, p=2**-20)
    assert drift(GOLD, {}, now) == Drift(items=0, newly_wrong=0, newly_right=0, p=1.0)
