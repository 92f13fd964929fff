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
        f"Clearly worse than in {WEEKS[-2]}: Resolution -20 points (-38 to -2 points; n 34, before 33); "
        "the largest part with intent bills: 2 of 9 resolved, before 7 of 8."
    )
    found = a_moved_week(what_changed(a_movement(), a_movement(measure="cost_per_call", clear=False)))
    assert moved_words.box_lines(found) == (line,)
    assert words.Line("Moved", line) in words.box(found)


def test_a_group_that_is_new_or_gone_is_not_named_as_the_one_that_moved():
    """All of a new version's calls are of this week: that it adds most says nothing; bills had calls in both weeks."""
    new = a_part("v13", "version", -0.2, hits_before=0, calls_before=0)
    gone = a_part("v12", "version", 0.19, hits=0, calls=0)
    (line,) = moved_words.box_lines(a_moved_week(what_changed(a_movement(parts=(new, gone, a_part())))))
    assert line.endswith("; the largest part with intent bills: 2 of 9 resolved, before 7 of 8.")


def test_two_movements_are_named_those_of_the_bar_first():
    """Of three clear ones the call score has no bar: it is counted."""
    names = ("call_score", "resolution_rate", "cost_per_call")
    *named, rest = moved_words.box_lines(a_moved_week(what_changed(*(a_movement(measure=name, parts=()) for name in names))))
    assert [line.split(": ")[1].split(" -")[0] for line in named] == ["Resolution", "Cost per call"]
    assert rest == "1 more measure moved clearly: sheet What changed of the workbook."


def test_a_movement_without_groups_and_a_week_without_movements():
    """Nothing clear: the number of measures compared; no week before: why; nothing known: no line."""
    alone = a_moved_week(what_changed(a_movement(parts=(a_part(moved=None),))))
    assert moved_words.box_lines(alone) == (
        f"Clearly worse than in {WEEKS[-2]}: Resolution -20 points (-38 to -2 points; n 34, before 33).",
    )
    quiet = a_moved_week(what_changed(a_movement(clear=False), a_movement(clear=False, measure="call_score")))
    assert moved_words.box_lines(quiet) == (
        f"Since {WEEKS[-2]} nothing moved clearly: 2 measures moved no more than chance explains.",
    )
    first = a_moved_week(WhatChanged(week=NOW, why_not="it is the first week."))
    assert moved_words.box_lines(first) == ("Not compared with a week before: it is the first week.",)
    assert moved_words.box_lines(a_moved_week(None)) == ()


def test_alarms_of_this_week_and_another_judge_are_told_in_the_box():
    """An alarm of an earlier week is not told again; a steady judge is no line."""
    found = a_moved_week(what_changed(shifts=(a_shift(), a_shift(verdict="steady"))), trend=moving_trends())
    alarm, judge, _ = moved_words.box_lines(found)
    assert alarm == f"Alarm: Clear failures: 9 of 102 calls failed since {WEEKS[1]}, too many for 1 % (the bar)."
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
        (a_part("to_a_person", "stratum"), "sampling group to a person"),
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
    assert moved_words.target(a_watch()) == "1 % (the bar)"
    assert moved_words.sees(a_watch()) == "would see a rise to 6 % within 12 weeks"
    baseline = a_watch(target=0.32, target_from="baseline", baseline=WEEKS[:3], sees=None)
    assert moved_words.target(baseline) == "32 % (the most that its first 3 weeks make likely)"
    assert moved_words.sees(baseline) == "would see no shift within 12 weeks at these sizes"
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


def test_what_is_watched_is_said_as_the_measure_is():
    """40 % not resolved is 60 % resolved, so the bar of 60 % reads as one; 51 % not resolved is a fall to 49 %."""
    watch = a_watch(measure="resolution_rate", target=0.4, sees=0.51)
    assert moved_words.target(watch) == "60 % (the bar)"
    assert moved_words.sees(watch) == "would see a fall to 49 % within 12 weeks"
    assert moved_words.alarm_sentence(watch, watch.alarms[0]).startswith("Resolution: 9 of 102 calls not resolved since ")
    rated = a_watch(measure="share_4_5.tone", target=0.3)
    assert "calls below 4 since" in moved_words.alarm_sentence(rated, rated.alarms[0])


def test_a_mean_is_told_in_its_unit_and_a_group_of_one_week_as_such():
    """Of cost the groups have money and calls, no hits: 0.036 USD of it over 39 calls; no part of a version that is new."""
    book = a_part("book", moved=0.036, hits=39, calls=39, hits_before=41, calls_before=41)
    assert moved_words.in_group(book, "cost_per_call", "money", "USD") == "+0.036 USD of it, 39 calls, before 41"
    new = a_part("v2", "version", 0.4, hits=142, calls=142, hits_before=0, calls_before=0)
    assert moved_words.in_group(new, "cost_per_call", "money", "USD") == "only in this week: 142 calls"
    gone = a_part("v1", "version", -0.3, hits=0, calls=0)
    assert moved_words.in_group(gone, "resolution_rate", "share") == "only in the week before: 7 of 8"
    assert moved_words.in_group(a_part(), "share_4_5.tone", "share") == "2 of 9 at 4 or 5, before 7 of 8"


def test_a_mean_of_a_criterion_is_called_a_score():
    """Else a latency score of -26 reads as 26 ms faster."""
    assert moved_words.title("latency", "score") == "Latency score"
    assert moved_words.title("call_score", "score") == "Call score"
    assert moved_words.title("latency_p99_ms", "ms") == "p99 latency"
