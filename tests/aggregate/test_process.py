"""Limits for the process behind a week: which measures have them, and that differences made from them cover."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
import pytest

from evalharness.aggregate.process import process_of
from evalharness.aggregate.summary import summarise
from evalharness.aggregate.weeklog import WeekLog
from evalharness.models.call import Cost
from evalharness.models.measure import Measure
from evalharness.stats.exact import clopper_pearson
from evalharness.stats.interval import Interval
from evalharness.stats.mean import weighted_mean
from evalharness.stats.mean_difference import difference_of_means
from evalharness.stats.quantile import quantile_interval
from evalharness.stats.share import weighted_share
from tests.aggregate.building import a_week, facts_of_calls
from tests.aggregate.figures import made_week
from tests.builders import a_call

ENDLESS: dict[Hashable, int] = {"core": 105_000, "tail": 35_000}
"""A week of 105 and 35 calls, each a thousand times, as `process_of` takes it."""
DRAWN, RATES = {"core": 27, "tail": 8}, {"core": 0.75, "tail": 0.30}
RUNS = 250


def test_which_measures_have_them() -> None:
    """Judged rates, scores, shares of all calls and latency; not owner review, nor what is no data."""
    found = made_week().process
    assert {"resolution_rate", "clear_failure_rate", "call_score", "correctness", "slow_calls", "technical_failure_rate"} <= set(
        found
    )
    assert {"latency_p50_ms", "share_4_5.correctness", "escalation_precision"} & set(found) >= {"latency_p50_ms"}
    assert not {"owner_reviewed_calls", "verified_resolution_rate", "csat_gap_points"} & set(found)
    for name, measure in found.items():
        assert measure.value is not None, name
        assert (measure.low or measure.value) <= measure.value <= (measure.high or measure.value), name


def test_calls_without_the_figure_count_as_none_and_as_all() -> None:
    """4 of the 60 calls that tell, 40 do not: from the lower limit of 4 of 100 to the upper one of 44 of 100."""
    share = Measure(name="calls_with.tool_errors", unit="share", value=4 / 60, n=60, of=100, missing=40, low=0.04, high=0.44)
    found = process_of({share.name: share}, summarise(a_week()), WeekLog())[share.name]
    assert (found.low, found.high) == pytest.approx((clopper_pearson(4, 100, 0.025)[0], clopper_pearson(44, 100, 0.025)[1]))


def test_costs_that_are_not_the_measures_own_give_no_limits() -> None:
    """A figure of five calls, of which the log at hand has four: no limits are made up."""
    calls = [a_call(id=f"c{at}", cost=Cost(components={"llm": usd})) for at, usd in enumerate((0.1, 0.2, 0.3, 0.4), 1)]
    log = WeekLog(facts=facts_of_calls(*calls))
    cost = Measure(name="cost_per_call", unit="money", value=0.25, n=4, of=4, currency="USD")
    assert "cost_per_call" in process_of({cost.name: cost}, summarise(a_week()), log)
    five = cost.model_copy(update={"n": 5, "of": 5})
    assert "cost_per_call" not in process_of({cost.name: five}, summarise(a_week()), log)


def covered(first: list[Interval], second: list[Interval], truth: float) -> float:
    """How often the difference of a week of the first and one of the second holds the true one."""
    found = [difference_of_means(one, other) for one, other in zip(first, second, strict=True)]
    return sum(one.low <= truth <= one.high for one in found) / len(found)


def test_differences_of_judged_shares_cover() -> None:
    """Core and tail drawn with unequal chances; 250 pairs of weeks that do not differ, seeded: .95 is meant, .93 asked."""
    rng = np.random.default_rng(11)
    strata = [name for name, n in DRAWN.items() for _ in range(n)]

    def week() -> Interval:
        hits = [float(rng.random() < RATES[name]) for name in strata]
        return weighted_share(hits, None, strata, ENDLESS)

    assert covered([week() for _ in range(RUNS)], [week() for _ in range(RUNS)], 0.0) >= 0.93


def test_differences_of_scores_cover() -> None:
    """Levels 1 to 5 as points of 100, 35 calls of a process."""
    rng = np.random.default_rng(12)

    def week() -> Interval:
        return weighted_mean((rng.choice(5, 35, p=(0.03, 0.07, 0.15, 0.35, 0.40)) * 25.0).tolist())

    assert covered([week() for _ in range(RUNS)], [week() for _ in range(RUNS)], 0.0) >= 0.93


@pytest.mark.parametrize(("q", "least"), [(0.5, 0.93), (0.95, 0.93)])
def test_differences_of_latency_quantiles_cover(q: float, least: float) -> None:
    """150 calls of four turns that are alike within a call; 250 pairs of weeks that do not differ."""
    rng = np.random.default_rng(13)
    calls = np.repeat(np.arange(150), 4)

    def week() -> Interval:
        values = np.exp(6.2 + np.repeat(rng.normal(0, 0.25, 150), 4) + rng.normal(0, 0.25, 600))
        return quantile_interval(values, calls, q)

    assert covered([week() for _ in range(RUNS)], [week() for _ in range(RUNS)], 0.0) >= least


def test_differences_of_cost_cover() -> None:
    """150 calls with a long tail of cost, two weeks that differ by 0.05 USD."""
    rng = np.random.default_rng(14)

    def week(mean: float) -> Interval:
        costs = (rng.gamma(2.0, mean / 2.0, 150)).tolist()
        return weighted_mean(costs, scale=(0.0, 2 * max(costs)), guard=False)

    assert covered([week(0.35) for _ in range(RUNS)], [week(0.30) for _ in range(RUNS)], 0.05) >= 0.92
