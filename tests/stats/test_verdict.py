"""Verdicts from bounds, and the calls that would settle them: the tables of the method, checked exactly."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from scipy.special import bdtr

from evalharness.models.threshold import Direction
from evalharness.stats.exact import clopper_pearson, hypergeometric_limits
from evalharness.stats.verdict import Answer, calls_for, calls_needed, verdict_from_bounds
from tests.stats.oracle import the_oracle


def _answer(k: int, n: int, threshold: float, direction: Direction) -> Answer:
    return verdict_from_bounds(*clopper_pearson(k, n, tail=0.05), threshold, direction)


@pytest.mark.parametrize(
    ("low", "high", "direction", "answer"),
    [
        (0.6, 0.8, "at_least", "met"),
        (0.6, 0.8, "above", "not_proven"),
        (0.61, 0.8, "above", "met"),
        (0.4, 0.6, "at_least", "not_proven"),
        (0.4, 0.6, "above", "missed"),
        (0.4, 0.59, "at_least", "missed"),
        (0.4, 0.6, "at_most", "met"),
        (0.4, 0.6, "below", "not_proven"),
        (0.4, 0.59, "below", "met"),
        (0.6, 0.8, "at_most", "not_proven"),
        (0.6, 0.8, "below", "missed"),
        (0.61, 0.8, "at_most", "missed"),
        (0.0, 1.0, "at_least", "not_proven"),
    ],
)
def test_every_value_still_possible_must_satisfy_the_claim(low: float, high: float, direction: Direction, answer: Answer) -> None:
    """The bar is .6; the interval is closed, so its ends count."""
    assert verdict_from_bounds(low, high, 0.6, direction) == answer


def test_a_share_exactly_at_the_bar_is_at_the_bar() -> None:
    """12 of 20 is at least .6 and not above it, as a float and as a fraction; 11.999... of 20 is not."""
    for share in (12 / 20, Fraction(12, 20)):
        assert verdict_from_bounds(share, share, 0.6, "at_least") == "met"
        assert verdict_from_bounds(share, share, 0.6, "above") == "missed"
    assert verdict_from_bounds(math.nextafter(0.6, 0), 0.6, 0.6, "at_least") == "not_proven"


def test_no_limit_and_unanswered_percentiles_are_infinite() -> None:
    """No upper limit proves nothing below; an unanswered percentile misses every bar."""
    assert verdict_from_bounds(700, math.inf, 1500, "below") == "not_proven"
    assert verdict_from_bounds(math.inf, math.inf, 1500, "below") == "missed"


@pytest.mark.parametrize(("low", "high"), [(math.nan, 1), (0, math.nan), (0.7, 0.6)])
def test_bounds_that_are_none_are_refused(low: float, high: float) -> None:
    """A verdict is never taken from a NaN or from limits in the wrong order."""
    with pytest.raises(ValueError, match="bound"):
        verdict_from_bounds(low, high, 0.6, "at_least")


@pytest.mark.parametrize(("n", "met", "missed"), [(20, 17, 7), (35, 27, 15), (50, 37, 23), (100, 69, 51)])
def test_resolved_calls_that_show_more_or_less_than_sixty_percent(n: int, met: int, missed: int) -> None:
    """From `met` on a lower bound lies above 60 %, up to `missed` the upper one below."""
    assert [_answer(k, n, 0.6, "above") for k in (met - 1, met)] == ["not_proven", "met"]
    assert [_answer(k, n, 0.6, "above") for k in (missed, missed + 1)] == ["missed", "not_proven"]


def test_fifty_clean_calls_do_not_show_less_than_one_percent() -> None:
    """299 do."""
    assert [_answer(0, n, 0.01, "below") for n in (50, 298, 299)] == ["not_proven", "not_proven", "met"]


@pytest.mark.parametrize(("failures", "calls"), [(0, 299), (1, 473), (2, 628), (3, 773)])
def test_calls_for_a_fixed_number_of_failures(failures: int, calls: int) -> None:
    """Below 1 %; one call fewer is not enough."""
    assert calls_for(failures, 0.01) == calls
    assert clopper_pearson(failures, calls, 0.05)[1] <= 0.01 < clopper_pearson(failures, calls - 1, 0.05)[1]


@pytest.mark.parametrize(("n", "threshold", "failures"), [(1, 0.99, 0), (1, 0.5, 1)])
def test_calls_for_large_thresholds(n: int, threshold: float, failures: int) -> None:
    """One clean call shows "at most 99 %" (.01 <= .05); with a failure more calls than failures are needed."""
    assert calls_for(failures, threshold) == n if failures == 0 else calls_for(failures, threshold) > failures


@pytest.mark.parametrize(("N", "calls"), [(100, 95), (200, 155), (500, 225), (1000, 258), (5000, 290)])
def test_clean_calls_needed_of_a_finite_week(N: int, calls: int) -> None:
    """0 of 1 seen; "below 1 %" of these N calls."""
    assert calls_needed(0, 1, 0.01, "below", population=N) == calls


def test_at_most_needs_fewer_than_below() -> None:
    """ "Below 1 %" of 100 calls is none of them, "at most 1 %" allows one: 95 and 78 clean calls."""
    assert [calls_needed(0, 20, 0.01, side, population=100) for side in ("below", "at_most")] == [95, 78]


def test_calls_needed_if_the_rate_stays_as_seen() -> None:
    """0 of 50 -> 299. 35 of 50 resolved, bar 60 %: the first n at which .7 n hits have a lower bound above .6."""
    assert calls_needed(0, 50, 0.01, "below") == 299
    needed = calls_needed(35, 50, 0.6, "at_least")
    assert needed is not None
    assert clopper_pearson(0.7 * needed, needed, 0.05)[0] >= 0.6 > clopper_pearson(0.7 * (needed - 1), needed - 1, 0.05)[0]


def test_what_is_shown_needs_no_more_calls() -> None:
    """50 of 50 resolved: the 50 are enough."""
    assert calls_needed(50, 50, 0.6, "at_least") == 50


@pytest.mark.parametrize(
    ("k", "n", "threshold", "direction"),
    [(0, 0, 0.01, "below"), (1, 50, 0.01, "below"), (30, 50, 0.6, "above"), (0, 50, 0.0, "at_most"), (599, 1000, 0.6, "below")],
)
def test_no_number_of_calls_can_be_named(k: int, n: int, threshold: float, direction: Direction) -> None:
    """Nothing graded; the rate breaks the claim, or stands at the bar; a bar at 0; a gap too small for 100,000 calls."""
    assert calls_needed(k, n, threshold, direction) is None


@pytest.mark.parametrize("N", [40, 60, 90, 100])
@pytest.mark.parametrize("direction", ["at_least", "above", "at_most", "below"])
def test_calls_needed_of_a_finite_week_are_those_of_the_limits(direction: Direction, N: int) -> None:
    """Of N calls, bar 50 %: brute force with the hypergeometric limits and hits rounded against the claim."""
    up = direction in ("at_least", "above")
    k = 12 if up else 8
    hits = math.floor if up else math.ceil

    def proven(n: int) -> bool:
        low, high = hypergeometric_limits(hits(k / 20 * n + (1e-9 if up else -1e-9)), n, N, tail=0.05)
        return verdict_from_bounds(Fraction(low, N), Fraction(high, N), 0.5, direction) == "met"

    assert calls_needed(k, 20, 0.5, direction, population=N) == next(n for n in range(20, N + 1) if proven(n))


def test_a_census_settles_it() -> None:
    """1 of 100 seen as 1 of 50: only the whole week can show "at most 2 %" of 50 calls with 1 hit."""
    assert calls_needed(1, 50, 0.03, "at_most", population=50) == 50


@pytest.mark.parametrize(("n", "at_70", "at_80"), [(20, 0.11, 0.41), (35, 0.23, 0.75), (50, 0.33, 0.89), (100, 0.63, 1.0)])
def test_power_to_show_more_than_sixty_percent(n: int, at_70: float, at_80: float) -> None:
    """The chance of enough resolved calls where 70 or 80 % are resolved."""
    enough = next(k for k in range(n + 1) if _answer(k, n, 0.6, "above") == "met")
    assert 1 - bdtr(enough - 1, n, 0.7) == pytest.approx(at_70, abs=0.006)
    assert 1 - bdtr(enough - 1, n, 0.8) == pytest.approx(at_80, abs=0.006)


def test_of_two_hundred_resolved_calls_132_show_more_than_sixty_percent() -> None:
    """131 do not."""
    assert [_answer(k, 200, 0.6, "above") for k in (131, 132)] == ["not_proven", "met"]


def test_verdicts_agree_with_the_oracle() -> None:
    """1,000 seeded counts, thresholds and directions, half of them in finite weeks."""
    oracle, rng = the_oracle(), np.random.default_rng(11)
    for i in range(1000):
        n = int(rng.integers(1, 60))
        k, bar = int(rng.integers(0, n + 1)), float(rng.choice([0.01, 0.05, 0.1, 0.5, 0.6, 0.9]))
        side = ("at_least", "above", "at_most", "below")[rng.integers(4)]
        population = int(rng.integers(n, 300)) if i % 2 else None
        theirs = oracle.verdict(k, n, bar, side, population=population)
        if population is None:
            ours = _answer(k, n, bar, side)
        else:
            counts = hypergeometric_limits(k, n, population, 0.05)
            ours = verdict_from_bounds(*(Fraction(count, population) for count in counts), bar, side)
        assert ours == theirs.answer.replace(" ", "_")
        assert calls_needed(k, n, bar, side, population=population) == oracle.calls_needed(k, n, bar, side, population=population)


def test_planning_agrees_with_the_oracle() -> None:
    """1,000 seeded thresholds and numbers of failures."""
    oracle, rng = the_oracle(), np.random.default_rng(12)
    for _ in range(1000):
        failures, threshold = int(rng.integers(0, 30)), float(rng.uniform(0.002, 0.9))
        assert calls_for(failures, threshold) == oracle.calls_for(failures, threshold)
