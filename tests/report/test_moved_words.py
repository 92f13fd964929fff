"""What moved, in words: differences with limits, the group that goes with it, alarms of this week, the judge."""

from __future__ import annotations

import pytest

from evalharness.models.measure import Measure
from evalharness.models.summary import WeekSummary
from evalharness.models.trend import Difference, Trend, TrendPoint, WeekTrends, WhatChanged
from evalharness.report import moved_words, words
from tests.report.moved import NOW, a_difference, a_movement, a_part, a_shift, a_watch, moving_trends, what_changed
from tests.report.trends import WEEKS, some_trends
from tests.report.weeks import a_week_summary


def a_moved_week(moved: WhatChanged | None, **fields: object) -> WeekSummary:
    return a_week_summary(**{"week": NOW, "trend": some_trends(), "moved": moved, **fields})


@pytest.mark.parametrize(
    ("value", "low", "high", "unit", "said"),
    [
        (-0.2, -0.38, -0.02, "share", "-20 points (-38 to -2 points)"),
        (0.03, -0.22, 0.27, "share", "+3 points (-22 to 27 points)"),
        (0.004, 0.001, 0.2, "share", "+0.4 points (0.1 to 20 points)"),
        (-120.0, None, None, "ms", "-120 ms (limits not known)"),
        (0.05, 0.01, None, "money", "+0.05 EUR (at least 0.01 EUR, no upper limit)"),
        (2.5, 0.5, 4.5, "score", "+2.5 (0.5 to 4.5)"),
    ],
)
def test_a_difference_has_its_sign_and_limits(value, low, high, unit, said):
    """Two shares differ in points: 0.62 - 0.59 = 3 points, not 3 %."""
    assert moved_words.difference(a_difference(value, low, high), unit, "EUR" if unit == "money" else None) == said
    assert moved_words.amount(None, unit) == "no data"


def test_the_box_names_what_moved_clearly_and_the_group_beside_it():
    """The largest part is the one with the greatest share of the difference, 0.15 of 0.20; a part without one is never it."""
    line = (
        f"Since {WEEKS[-2]}: Resolution -20 points (-38 to -2 points); the largest part with intent bills: 2 of 9, before 7 of 8."
    )
    found = a_moved_week(what_changed(a_movement(), a_movement(measure="cost_per_call", clear=False)))
    assert moved_words.box_lines(found) == (line,)
    assert words.Line("Moved", line) in words.box(found)


def test_a_group_that_is_new_or_gone_is_not_named_as_the_one_that_moved():
    """All of a new version's calls are of this week: that it adds most says nothing; bills had calls in both weeks."""
    new = a_part("v13", "version", -0.2, hits_before=0, calls_before=0)
    gone = a_part("v12", "version", 0.19, hits=0, calls=0)
    (line,) = moved_words.box_lines(a_moved_week(what_changed(a_movement(parts=(new, gone, a_part())))))
    assert line.endswith("; the largest part with intent bills: 2 of 9, before 7 of 8.")


def test_two_movements_are_named_those_of_the_bar_first():
    """Of three clear ones the call score has no bar: it is counted."""
    names = ("call_score", "resolution_rate", "cost_per_call")
    *named, rest = moved_words.box_lines(a_moved_week(what_changed(*(a_movement(measure=name, parts=()) for name in names))))
    assert [line.split(": ")[1].split(" -")[0] for line in named] == ["Resolution", "Cost per call"]
    assert rest == "1 more measure moved clearly: sheet What changed of the workbook."


def test_a_movement_without_groups_and_a_week_without_movements():
    """Nothing clear: the number of measures compared; no week before: why; nothing known: no line."""
    alone = a_moved_week(what_changed(a_movement(parts=(a_part(moved=None),))))
    assert moved_words.box_lines(alone) == (f"Since {WEEKS[-2]}: Resolution -20 points (-38 to -2 points).",)
    quiet = a_moved_week(what_changed(a_movement(clear=False), a_movement(clear=False, measure="call_score")))
    assert moved_words.box_lines(quiet) == (f"Since {WEEKS[-2]}: nothing moved by more than chance may; 2 measures within it.",)
    first = a_moved_week(WhatChanged(week=NOW, why_not="it is the first week."))
    assert moved_words.box_lines(first) == ("Not compared with a week before: it is the first week.",)
    assert moved_words.box_lines(a_moved_week(None)) == ()


def test_alarms_of_this_week_and_another_judge_are_told_in_the_box():
    """An alarm of an earlier week is not told again; a steady judge is no line."""
    found = a_moved_week(what_changed(shifts=(a_shift(), a_shift(verdict="steady"))), trend=moving_trends())
    alarm, judge, _ = moved_words.box_lines(found)
    assert alarm == f"Alarm: Clear failures: 9 of 102 calls against it since {WEEKS[1]}, too many for 1 % against it (the bar)."
    assert judge == (
        "Grader changed: another judge (judge-b, before it judge-a): 14 newly wrong and 2 newly right of 90 gold calls; "
        "what people graded is not touched by it."
    )
    earlier = a_watch().alarms[0].model_copy(update={"week": WEEKS[1]})
    quiet = a_moved_week(what_changed(), trend=moving_trends(watches=(a_watch(alarms=(earlier,)),)))
    assert len(moved_words.box_lines(quiet)) == 1


@pytest.mark.parametrize(
    ("part", "said"),
    [
        (a_part(), "intent bills"),
        (a_part(""), "no intent"),
        (a_part("to_a_person", "stratum"), "stratum to a person"),
        (a_part("09", "hour"), "hour of the day from 09:00"),
        (a_part("misheard", "error_tag"), "kind of error misheard"),
    ],
)
def test_a_group_is_named_with_its_kind(part, said):
    assert moved_words.group(part) == said


def test_last_week_stands_with_its_count_and_the_difference_where_the_weeks_join():
    """The third week is broken from the second; the last one is joined; a week that is not in the trend has none before it."""
    found = a_moved_week(None, trend=moving_trends())
    assert moved_words.week_before(found, "resolution_rate") == "71 % (34 of 140); -20 points (-38 to -2 points)"
    assert moved_words.week_before(found, "csat_gap_points") == "no week before"
    broken = a_moved_week(None, week=WEEKS[2])
    assert moved_words.week_before(broken, "resolution_rate").endswith("; not comparable: the criterion outcome changed")
    assert moved_words.week_before(a_moved_week(None, trend=None), "resolution_rate") == "no week before"
    assert moved_words.week_before(a_moved_week(None, week=WEEKS[0]), "resolution_rate") == "no week before"


def test_what_an_alarm_is_held_against_and_what_it_can_see():
    """The bar, or the upper limit of some weeks; nothing to be seen is said."""
    assert moved_words.target(a_watch()) == "1 % against it (the bar)"
    assert moved_words.sees(a_watch()) == "6 % or more against it within 12 weeks"
    baseline = a_watch(target=0.32, target_from="baseline", baseline=WEEKS[:3], sees=None)
    assert moved_words.target(baseline) == "32 % against it (the 80 % upper limit of 3 weeks)"
    assert moved_words.sees(baseline) == "no shift could be seen within 12 weeks at these sizes"
    none = a_watch(target=None, why_not="too few weeks", alarms=())
    assert (moved_words.target(none), moved_words.sees(none)) == ("too few weeks", "")


def test_last_week_is_the_newest_that_the_difference_is_from():
    """The week between was not drawn: the value is that of the week it is compared with, by name."""
    empty = Measure(name="resolution_rate", unit="share")

    def rate(value: float) -> Measure:
        return Measure(name="resolution_rate", unit="share", value=value, n=24, of=40, basis="sample")

    points = (
        TrendPoint(week=WEEKS[-3], measure=rate(0.6)),
        TrendPoint(week=WEEKS[-2], measure=empty),
        TrendPoint(week=WEEKS[-1], measure=rate(0.8), difference=Difference(before=WEEKS[-3], value=0.2)),
    )
    trend = WeekTrends(weeks=(), trends=(Trend(name="resolution_rate", points=points),))
    said = moved_words.week_before(a_moved_week(None, trend=trend, week=WEEKS[-1]), "resolution_rate")
    assert said == f"60 % (24 of 40) in {WEEKS[-3]}; +20 points (limits not known)"
