"""Alarms over weeks: their targets, what starts them anew, how often they come by chance and how soon they see a shift."""

from __future__ import annotations

import numpy as np
import pytest

from evalharness.aggregate.alarms import BASELINE_WEEKS, spread_of, watches
from evalharness.aggregate.trend import newest, trends
from evalharness.models.trend import Watch
from evalharness.models.week import shift
from evalharness.models.weekly import WeekFigures
from evalharness.stats.alarm import baseline_target, e_detector
from tests.aggregate.figures import counted_week, made_week
from tests.builders import WEEK, a_threshold, some_thresholds

SLOW, CALLS = "slow_calls", 150


def years(failures: list[int], calls: int = CALLS, breaks: int | None = None) -> list[WeekFigures]:
    """A week a count; before the week at `breaks` the clock was another one."""
    found = [counted_week(shift(WEEK, at - len(failures) + 1), slow_calls=(k, calls)) for at, k in enumerate(failures)]
    if breaks is None:
        return found
    other = {SLOW: {"how": "another clock"}}
    return [one.model_copy(update={"meanings": other}) if at < breaks else one for at, one in enumerate(found)]


def watch(weeks: list[WeekFigures], name: str = SLOW) -> Watch:
    """The watch of one measure."""
    return next(one for one in trends(weeks).watches if one.measure == name)


def test_the_first_four_weeks_are_the_target_and_are_not_watched() -> None:
    """8 of 600 calls, each counted as 1 / 1.18 (30 % from week to week); 40 slow calls in the first week raise nothing."""
    found = watch(years([2, 2, 2, 2, 2]))
    assert (found.target_from, found.weeks, found.watched, found.threshold) == ("baseline", 1, 1, 156.0)
    assert found.baseline == tuple(shift(WEEK, back) for back in (-4, -3, -2, -1))
    assumed = 1 + 149 * 0.3**2 * (8 / 600) / (592 / 600)
    assert found.spread == pytest.approx(assumed)
    assert found.target == pytest.approx(baseline_target(8 / assumed, 600 / assumed))
    assert watch(years([40, 2, 2, 2, 2])).alarms == ()


def test_a_regression_is_seen_in_its_week() -> None:
    """2 slow calls a week, then 14 of 139: the alarm names the week, what it counted, and starts from nothing after it."""
    weeks = [*years([2, 2, 2, 2, 14])]
    found = watch([*weeks[:-1], counted_week(WEEK, slow_calls=(14, 139))])
    assert [(one.week, one.watched_from, one.failures, one.calls) for one in found.alarms] == [(WEEK, WEEK, 14, 139)]
    assert (found.alarms[0].statistic or 0) > found.threshold
    assert found.target is not None
    assert found.sees is not None
    assert found.target < found.sees < 14 / 139


@pytest.mark.parametrize("shown", range(1, 10))
def test_no_alarm_hangs_on_how_many_weeks_are_shown(shown: int) -> None:
    """Nine weeks, a regression in the sixth that is never mended: the target stays that of the first four."""
    whole = trends(years([2, 2, 2, 2, 2, 20, 20, 20, 20]))
    cut, all_weeks = newest(whole, shown), [week.week for week in whole.weeks]
    assert [week.week for week in cut.weeks] == all_weeks[-shown:]
    (seen,), (known,) = cut.watches, whole.watches
    assert seen.model_copy(update={"alarms": ()}) == known.model_copy(update={"alarms": ()})
    assert seen.alarms == tuple(alarm for alarm in known.alarms if alarm.week in all_weeks[-shown:])
    assert known.alarms[0].week == all_weeks[5]
    assert cut.trend(SLOW).points == whole.trend(SLOW).points[-shown:]


def test_after_an_alarm_counting_starts_from_nothing() -> None:
    """20 of 150 in two weeks, each an alarm: the second is watched from its own week and counts its own calls."""
    first, second = watch(years([2, 2, 2, 2, 20, 20])).alarms
    assert (first.week, second.week, second.watched_from) == (shift(WEEK, -1), WEEK, WEEK)
    assert (second.failures, second.calls) == (20, 150)


def test_how_many_calls_count_as_one() -> None:
    """2 and 8 of 10: p = .5, chi2 = 2 x 3^2 / 2.5 = 7.2 over one degree of freedom; by 30 % a week alone 1 + 9 x .09 = 1.81."""
    assert spread_of([(2, 10), (8, 10)]) == pytest.approx(7.2)
    assert spread_of([(5, 10), (5, 10)]) == pytest.approx(1.81)
    assert spread_of([(0, 10), (0, 10)]) == 1.0


def test_before_the_fifth_week_nothing_is_watched_and_it_says_why() -> None:
    """Three weeks; of five weeks the four that have calls make the target, and none is left to watch."""
    found = watch(years([2, 2, 90]))
    assert (found.target, found.target_from, found.alarms, found.sees) == (None, None, (), None)
    assert found.why_not == "the first 4 weeks with calls make the target; there are 3 so far"
    empty = years([2, 2, 2, 2, 2])
    empty[2] = counted_week(empty[2].week.week, slow_calls=(0, 0))
    assert (watch(empty).why_not, watch(empty).weeks) == ("", 0)


def test_a_week_without_calls_is_skipped() -> None:
    """The same statistic with an empty week in between."""
    full = [*years([2, 2, 2, 2, 4]), counted_week(shift(WEEK, 1), slow_calls=(14, CALLS))]
    gap = [*full[:-1], counted_week(shift(WEEK, 1), slow_calls=(0, 0)), counted_week(shift(WEEK, 2), slow_calls=(14, CALLS))]
    first, second = watch(full).alarms, watch(gap).alarms
    assert [one.statistic for one in first] == [one.statistic for one in second]
    assert second[0].week == shift(WEEK, 2)


def test_a_break_starts_everything_anew() -> None:
    """Another clock from the fifth week on: weeks five to eight are the new target, and nothing of before counts."""
    found = watch(years([2, 2, 2, 2, 20, 20, 20, 20, 20], breaks=4))
    assert found.baseline == tuple(shift(WEEK, back) for back in (-4, -3, -2, -1))
    assert (found.weeks, found.alarms) == (1, ())
    assert len(watch(years([2, 2, 2, 2, 20, 20, 20, 20, 20])).alarms) > 1


def test_alarms_before_a_break_stay() -> None:
    """A regression in the fifth week, then another clock: its alarm stands, and nothing is watched yet."""
    found = watch(years([2, 2, 2, 2, 20, 2, 2], breaks=5))
    assert [one.week for one in found.alarms] == [shift(WEEK, -2)]
    assert found.target is None


def test_the_threshold_counts_the_measures() -> None:
    """Two measures watched: 312."""
    weeks = [counted_week(shift(WEEK, at), slow_calls=(2, CALLS), technical_failure_rate=(1, CALLS)) for at in range(5)]
    assert {one.threshold for one in trends(weeks).watches} == {312.0}


def test_a_judged_rate_is_held_against_its_bar() -> None:
    """Resolution at least 60 %: 40 % may fail. 20 of 200 are drawn from one stratum, so all 20 count; 14 unresolved."""
    weeks = [made_week(shift(WEEK, at), {p: {"outcome": "unresolved"} for p in range(1, 15)}) for at in range(3)]
    found = watch(weeks, "resolution_rate")
    assert (found.target, found.target_from, found.baseline, found.spread) == (0.4, "bar", (), 1.0)
    expected = e_detector([14] * 3, [20] * 3, 0.4, found.threshold)
    assert [one.week for one in found.alarms] == [shift(WEEK, at) for at in range(3) if expected.alarm[at]]
    failing = watch(weeks, "clear_failure_rate")
    assert (failing.target, failing.alarms) == (0.01, ())


def test_open_answers_raise_no_alarm() -> None:
    """An unknown outcome is no failure: 20 of them are 0 failures of 20."""
    week = made_week(WEEK, {p: {"outcome": "unknown"} for p in range(1, 21)})
    assert week.watched["resolution_rate"].failures == 0
    assert week.watched["resolution_rate"].calls == 20


def test_a_rate_of_nothing_or_all_has_a_target_still() -> None:
    """No slow call in 600: the target is the 80 % limit, 0.27 %; all of them: nothing can alarm, and it says why."""
    found = watch(years([0, 0, 0, 0, 0]))
    assert found.target == pytest.approx(1 - 0.2 ** (1 / 600), rel=1e-6)
    all_slow = watch(years([CALLS] * 5))
    assert (all_slow.target, all_slow.sees, all_slow.alarms, all_slow.baseline) == (None, None, (), ())
    assert all_slow.why_not == "every call of the first 4 weeks failed, and nothing could be worse"
    free = [a_threshold("resolution_rate", at_least=0.0)]
    weeks = [made_week(shift(WEEK, at), thresholds=some_thresholds(*free)) for at in range(2)]
    found = watch(weeks, "resolution_rate")
    assert (found.target, found.why_not) == (None, "the bar lets every call fail, and nothing could be worse")


def test_no_calls_at_all() -> None:
    """Nothing is watched without weeks."""
    assert watches((), ()) == ()


@pytest.mark.parametrize(("spread", "most"), [(0.0, 0.15), (0.3, 0.3)])
def test_false_alarms_a_year(spread: float, most: float) -> None:
    """150 calls a week at 5 % that varies by itself by 0 or 30 %: years of 52 weeks behind a baseline of four; seeded."""
    rng = np.random.default_rng(7)
    alarms, runs = 0, 60
    for _ in range(runs):
        shares = np.clip(rng.normal(0.05, 0.05 * spread, BASELINE_WEEKS + 52), 0.001, 1)
        found = watch(years(rng.binomial(CALLS, shares).tolist()))
        alarms += len(found.alarms)
    assert alarms / runs <= most


def test_what_it_sees_is_seen() -> None:
    """A rise to the share that `sees` names: seen within 12 weeks in at least 70 of 100 made histories (80 % is meant)."""
    rng, seen = np.random.default_rng(8), 0
    named = watch(years([8, 7, 8, 7, 8])).sees
    assert named is not None
    for _ in range(100):
        found = watch(years([8, 7, 8, 7, *rng.binomial(CALLS, named, 12).tolist()]))
        seen += bool(found.alarms)
    assert 70 <= seen <= 92
