"""Differences of weeks: the limits of the process behind them, covered as often as they say."""

from __future__ import annotations

import numpy as np
import pytest

from evalharness.aggregate.trend import trends
from evalharness.aggregate.week_differences import difference
from evalharness.models.call import Cost
from evalharness.models.trend import Difference
from evalharness.models.week import shift
from evalharness.models.weekly import WeekFigures
from evalharness.stats.exact import clopper_pearson
from evalharness.stats.interval import Interval
from evalharness.stats.mean_difference import difference_of_means
from tests.aggregate.building import facts_of_calls
from tests.aggregate.figures import counted_week, made_week
from tests.aggregate.test_trend import altered
from tests.builders import WEEK, a_call

BEFORE = shift(WEEK, -1)


def with_process(week: str, hits: int, n: int) -> WeekFigures:
    """A share of all calls with its limits for the process."""
    found = counted_week(week, slow_calls=(hits, n))
    low, high = clopper_pearson(hits, n)
    return found.model_copy(
        update={"process": {"slow_calls": found.measures["slow_calls"].model_copy(update={"low": low, "high": high})}}
    )


def of_slow(now: WeekFigures, before: WeekFigures) -> Difference:
    """The difference of the share of slow calls."""
    found = difference("slow_calls", now, before)
    assert found is not None
    return found


def test_a_share_of_all_calls_is_binomial_for_the_process() -> None:
    """30 of 150 less 10 of 140: 12.9 points, with Clopper-Pearson's limits of each recovered."""
    found = of_slow(with_process(WEEK, 30, 150), with_process(BEFORE, 10, 140))
    first, second = (Interval(k / n, *clopper_pearson(k, n), "ok", n, n) for k, n in ((30, 150), (10, 140)))
    expected = difference_of_means(first, second)
    assert found.value == pytest.approx(30 / 150 - 10 / 140)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
    assert found.before == BEFORE


def test_without_limits_of_the_process_there_are_none_of_the_difference() -> None:
    """The value stands, the limits are not known."""
    found = of_slow(counted_week(WEEK, slow_calls=(30, 150)), counted_week(BEFORE, slow_calls=(10, 140)))
    assert (found.low, found.high) == (None, None)


def test_limits_of_one_week_alone_are_none_of_the_difference() -> None:
    """Known now and not before, or before and not now: the value stands, the limits are not known."""
    for now, before in (((30, 150), None), (None, (10, 140))):
        first = with_process(WEEK, *now) if now else counted_week(WEEK, slow_calls=(30, 150))
        second = with_process(BEFORE, *before) if before else counted_week(BEFORE, slow_calls=(10, 140))
        found = of_slow(first, second)
        assert (found.low, found.high) == (None, None)


def test_an_open_limit_stays_open() -> None:
    """A quantile without an upper limit this week: the difference has none either."""
    now, before = with_process(WEEK, 30, 150), with_process(BEFORE, 10, 140)
    open_ = now.process["slow_calls"].model_copy(update={"high": None})
    found = of_slow(now.model_copy(update={"process": {"slow_calls": open_}}), before)
    assert found.high is None
    assert found.low is not None


def test_nothing_from_nothing() -> None:
    """A week without the figure, or without a value, has no difference."""
    empty = counted_week(BEFORE, slow_calls=(0, 0))
    assert difference("slow_calls", counted_week(WEEK, slow_calls=(1, 9)), empty) is None
    assert difference("other", counted_week(WEEK, slow_calls=(1, 9)), empty) is None


def test_only_joined_weeks_have_a_difference() -> None:
    """The question on correctness is another one: that line has none, resolution has."""
    found = trends([made_week(BEFORE), made_week(rubric=altered("correctness", question="Was all of it right?"))])
    assert found.trend("correctness").points[1].difference is None
    assert found.trend("resolution_rate").points[1].difference is not None


def test_over_a_week_without_the_figure_it_names_the_week_it_is_from() -> None:
    """W45, nobody graded W46, W47: the difference is from W45."""
    weeks = [made_week(shift(WEEK, -2)), made_week(BEFORE, graded=0), made_week()]
    points = trends(weeks).trend("resolution_rate").points
    assert points[1].difference is None
    assert points[2].difference is not None
    assert points[2].difference.before == shift(WEEK, -2)


def test_the_process_is_less_certain_than_the_weeks_own_calls() -> None:
    """20 of 40 calls graded leave nothing open about half of them; for the process each is one of many: wider limits."""
    week = made_week(WEEK, {p: {"outcome": "unresolved"} for p in range(1, 9)})
    own, behind = week.measures["resolution_rate"], week.process["resolution_rate"]
    assert behind.value == own.value
    assert None not in (own.low, own.high, behind.low, behind.high)
    assert (behind.low or 0) <= (own.low or 0)
    assert (behind.high or 0) >= (own.high or 0)
    low, high = clopper_pearson(12, 20)
    assert (behind.low, behind.high) == pytest.approx((low, high), abs=2e-3)
    assert behind.of == own.of


def test_technical_failures_come_by_chance_too() -> None:
    """Four of 204 calls failed by the log: wider than the judged calls alone leave it."""
    week = made_week(WEEK, technical=4)
    own, behind = week.measures["clear_failure_rate"], week.process["clear_failure_rate"]
    assert (own.low or 0) == pytest.approx(4 / 204)
    assert (behind.low or 0) < 4 / 204
    assert (behind.high or 0) > (own.high or 0)


def test_cost_has_the_t_interval_over_calls() -> None:
    """Four calls at 0.10, 0.20, 0.30 and 0.40 USD: 0.25 -+ t(3) 0.0645, 3.182 x 0.0645 = 0.205."""
    calls = [a_call(id=f"c{at}", cost=Cost(components={"llm": usd})) for at, usd in enumerate((0.1, 0.2, 0.3, 0.4), 1)]
    behind = made_week(facts=facts_of_calls(*calls)).process["cost_per_call"]
    assert (behind.value, behind.n) == (pytest.approx(0.25), 4)
    assert (behind.low, behind.high) == pytest.approx((0.25 - 0.2054, 0.25 + 0.2054), abs=2e-4)


@pytest.mark.parametrize(("first", "second"), [((35, 0.7), (35, 0.7)), ((150, 0.05), (140, 0.12)), ((20, 0.05), (20, 0.05))])
def test_the_limits_cover(first: tuple[int, float], second: tuple[int, float]) -> None:
    """300 made pairs of weeks, seeded: the true difference lies within in at least 92 % (95 % is meant)."""
    rng, inside, runs = np.random.default_rng(9), 0, 300
    for _ in range(runs):
        (n1, p1), (n2, p2) = first, second
        found = of_slow(with_process(WEEK, int(rng.binomial(n1, p1)), n1), with_process(BEFORE, int(rng.binomial(n2, p2)), n2))
        inside += (found.low or -1.0) <= p1 - p2 <= (found.high or 1.0)
    assert inside / runs >= 0.92
