"""Each judged check with and without each person who needs calibration."""

from __future__ import annotations

from dataclasses import replace

from evalharness.aggregate.summary import summarise
from tests.aggregate.building import BEN, a_week, answers
from tests.builders import a_threshold, some_thresholds

RESOLVED = a_threshold("resolution_rate", at_least=0.6)


def test_each_person_is_left_out_apart() -> None:
    """Anna and Ben read all 20 calls alike and are far apart in tone: without either one the other's 20 resolved calls stay."""
    week = a_week(judged=100, thresholds=some_thresholds(RESOLVED))
    twice = [*week.grades, *(grade for i in range(1, 21) for grade in answers(f"c{i}", grader=BEN))]
    both = frozenset({"Anna Keller", "Ben Ode"})
    found = summarise(replace(week, grades=twice, uncalibrated=both)).checks[0]
    assert [(one.left_out, one.calls, one.verdict) for one in found.variants] == [
        ("grades of Anna Keller, who needs calibration", 20, "met"),
        ("grades of Ben Ode, who needs calibration", 20, "met"),
    ]
    assert found.verdict == "met"


def test_without_the_person_the_others_decide() -> None:
    """Ben alone read calls 11 to 20: without his grades the 10 of Anna's are left, 10 of 10 of 100 calls show more than 60 %."""
    week = a_week(judged=100, thresholds=some_thresholds(RESOLVED), graded=10)
    more = [*week.grades, *(grade for i in range(11, 21) for grade in answers(f"c{i}", grader=BEN, outcome="unresolved"))]
    found = summarise(replace(week, grades=more, uncalibrated=frozenset({"Ben Ode"}))).checks[0]
    assert [(one.calls, one.verdict) for one in found.variants] == [(10, "met")]
    assert (found.this_week, found.verdict) == ("not_proven", "not_proven")
