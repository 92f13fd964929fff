"""Means of scores: the textbook interval where it holds, and never a zero width from a sample."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalharness.stats.bounded import bounded_limits
from evalharness.stats.interval import Interval
from evalharness.stats.mean import weighted_mean
from tests.stats.oracle import the_oracle

FIVE = (1.0, 5.0)


def test_one_stratum_is_the_t_interval() -> None:
    """2, 3, 4, 5, 5: mean 3.8, s^2 = 1.7, se = sqrt(1.7/5) = .5831, t(4) = 2.776: -+ 1.619, cut at 5."""
    mean = weighted_mean([2, 3, 4, 5, 5], scale=FIVE, guard=False)
    assert (mean.value, mean.low, mean.high) == (pytest.approx(3.8), pytest.approx(3.8 - 1.619, abs=1e-3), 5)
    assert (mean.state, mean.n, mean.n_eff) == ("ok", 5, pytest.approx(5))


def test_the_finite_week_is_known_better() -> None:
    """The same of 20 calls: se times sqrt(1 - 5/20) = .866."""
    mean = weighted_mean([2, 3, 4, 5, 5], population={"all": 20}, scale=FIVE, guard=False)
    assert mean.low == pytest.approx(3.8 - 1.619 * math.sqrt(0.75), abs=1e-3)


@pytest.mark.parametrize(("n", "half"), [(20, 0.47), (35, 0.34), (50, 0.28)])
def test_half_width_of_a_mean_with_sd_one(n: int, half: float) -> None:
    """t(n-1) / sqrt(n)."""
    values = np.array([1.0, -1.0] * (n // 2) + [0.0] * (n % 2))
    mean = weighted_mean(list(values / values.std(ddof=1) + 3), scale=FIVE, guard=False)
    assert mean.high - 3 == pytest.approx(half, abs=0.006)


def test_two_strata_are_weighted_by_their_size() -> None:
    """a: 4, 5, 5, 4 (mean 4.5, s^2 = 1/3) of 90; b: 1, 2, 3, 2 (mean 2, s^2 = 2/3) of 10; W = .9, .1.

    mean = .9 * 4.5 + .1 * 2 = 4.25; v_a = .81 (1 - 4/90)/3/4 = .06450, v_b = .01 (1 - 4/10) 2/3/4 = .00100;
    df = (.06550)^2 / ((.0645^2 + .001^2)/3) = 3.093; t = 3.14: half = 3.14 * .2559 = .80
    """
    mean = weighted_mean([4, 5, 5, 4, 1, 2, 3, 2], ["a"] * 4 + ["b"] * 4, {"a": 90, "b": 10}, scale=FIVE, guard=False)
    assert mean.value == pytest.approx(4.25)
    assert 4.25 - mean.low == pytest.approx(0.80, abs=0.01)
    assert mean.state == "ok"


def test_not_applicable_is_in_neither_numerator_nor_denominator() -> None:
    """4, 2 and two N/A: mean 3, of two rated calls; the same numbers without the N/A are no less certain."""
    mean = weighted_mean([4, None, 2, None], scale=FIVE)
    assert (mean.value, mean.n) == (3, 2)
    assert weighted_mean([None, None], scale=FIVE) == Interval(None, 1, 5, "no data")


def test_equal_values_leave_a_width() -> None:
    """20 fives: up to 1 - .025^(1/20) = 16.8 % of calls may differ, each by 4: down to 5 - .674.

    Of 40 calls, 20 of them seen, 4 others can still be (exact: P = .053) and 5 cannot (.024): between 4.5 and 4.6.
    """
    assert weighted_mean([5] * 20, scale=FIVE) == Interval(5, pytest.approx(4.326, abs=1e-3), 5, "wide", 20, 20, "no spread seen")
    assert 4.5 < weighted_mean([5] * 20, population={"all": 40}, scale=FIVE).low < 4.6


def test_one_stratum_without_spread_does_not_hide_behind_another() -> None:
    """Core 30 fives of 900, tail 2 and 4 of 100: the core alone leaves .9 * 4 * 11.6 % * (1 - 30/900) = .40 open."""
    mean = weighted_mean([5] * 30 + [2, 4], ["core"] * 30 + ["tail"] * 2, {"core": 900, "tail": 100}, scale=FIVE)
    assert mean.value == pytest.approx(4.8)
    assert mean.low <= 4.8 - 0.40
    assert mean.state == "wide"


def test_the_guard_adds_up_the_strata() -> None:
    """Core 19 fives and a four of 900, tail 1, 1, 5 of 100: (.9 (4.95 - low))^2 + (.1 (2.33 - low))^2 below the mean."""
    core, tail = np.array([5.0] * 19 + [4.0]), np.array([1.0, 1.0, 5.0])
    strata, week = ["core"] * 20 + ["tail"] * 3, {"core": 900, "tail": 100}
    mean = weighted_mean([*core, *tail], strata, week, scale=FIVE)
    below = math.hypot(
        0.9 * (core.mean() - bounded_limits(core, FIVE, population=900)[0]),
        0.1 * (tail.mean() - bounded_limits(tail, FIVE, population=100)[0]),
    )
    assert mean.value == pytest.approx(0.9 * 4.95 + 0.1 * 7 / 3)
    assert mean.low == pytest.approx(0.9 * 4.95 + 0.1 * 7 / 3 - below)
    assert weighted_mean([*core, *tail], strata, week, scale=FIVE, guard=False).low > mean.low


def test_one_call_says_next_to_nothing() -> None:
    """Of the process: the whole scale. Of two calls: one is known, 5, so the mean lies from (5 + 1)/2 to 5."""
    assert weighted_mean([5], scale=FIVE) == Interval(5, 1, 5, "wide", 1, 1, "no spread seen")
    two = weighted_mean([5], population={"all": 2}, scale=FIVE)
    assert (two.low, two.high) == (3, 5)


def test_everything_graded_is_the_exact_value() -> None:
    """Two strata whole: (1 + 2 + 5)/3."""
    mean = weighted_mean([1, 2, 5], ["a", "a", "b"], {"a": 2, "b": 1}, scale=FIVE)
    assert (mean.value, mean.low, mean.high, mean.state) == (pytest.approx(8 / 3), mean.value, mean.value, "census")


def test_a_stratum_without_a_graded_call_may_hold_anything() -> None:
    """Half of the week unseen: the mean of the rest is 3, of all anything between about 2 and 4."""
    mean = weighted_mean([2, 3, 4] * 10, ["a"] * 30, {"a": 100, "b": 100}, scale=FIVE)
    assert (mean.value, mean.state) == (pytest.approx(3), "wide")
    assert mean.low < 2
    assert mean.high > 4
    assert "50 %" in mean.note
    assert weighted_mean([2, None], ["a"] * 2, {"a": 9, "b": 9}, scale=FIVE).low == 1


@pytest.mark.parametrize(
    ("values", "options", "why"),
    [
        ([6], {}, "outside 1..5"),
        ([math.nan], {}, "outside"),
        ([1, 2], {"stratum": ["a", "b"]}, "several strata"),
        ([1, 2], {"population": {"all": 1}}, "more graded calls"),
    ],
)
def test_input_that_contradicts_itself_gives_no_value(values: list[float], options: dict[str, object], why: str) -> None:
    """Said in words, with the whole scale."""
    mean = weighted_mean(values, scale=FIVE, **options)
    assert (mean.value, mean.low, mean.high, mean.state) == (None, 1, 5, "bad input")
    assert why in mean.note


def test_nothing_graded_is_no_data() -> None:
    """Empty is not zero."""
    assert weighted_mean([], population={"a": 100}, scale=FIVE) == Interval(None, 1, 5, "no data")


def test_agrees_with_the_oracle() -> None:
    """1,000 seeded samples of one stratum, half of finite weeks; the scale only cuts, the guard only widens."""
    oracle, rng = the_oracle(), np.random.default_rng(5)
    for i in range(1000):
        n = int(rng.integers(2, 50))
        values = rng.integers(1, 6, n).astype(float) if i % 10 else np.full(n, 3.0)
        population = int(rng.integers(n, 400)) if i % 2 else None
        week = {"all": population} if population else None
        ours, guarded = (weighted_mean(list(values), population=week, scale=FIVE, guard=guard) for guard in (False, True))
        assert guarded.low <= ours.low <= ours.high <= guarded.high
        theirs = oracle.mean_interval(values, 4.0, population=population)
        settled, left = (values.sum() / population, 1 - n / population) if population else (0, 1)
        assert ours.value == pytest.approx(theirs.value)
        assert ours.low == pytest.approx(max(theirs.low, 1, settled + left))
        assert ours.high == pytest.approx(min(theirs.high, 5, settled + 5 * left))
        assert ours.state == theirs.state


@given(st.integers(0, 2**32))
def test_never_nan_and_never_certain_without_a_census(seed: int) -> None:
    """Limits around the value, on the scale, and of no width only where everything was graded."""
    rng = np.random.default_rng(seed)
    population = {h: int(rng.integers(0, 30)) for h in range(int(rng.integers(1, 4)))}
    drawn = {h: int(rng.integers(0, N + 1)) for h, N in population.items()}
    strata = [h for h, n in drawn.items() for _ in range(n)]
    values = [None if rng.random() < 0.1 else float(rng.integers(1, int(rng.integers(2, 7)))) for _ in strata]
    mean = weighted_mean(values, strata, population, scale=FIVE)
    assert 1 <= mean.low <= mean.high <= 5
    assert (mean.low == mean.high) == (mean.state == "census")
    assert (mean.value is None) == all(value is None for value in values)
    assert mean.value is None or 1 <= mean.value <= 5


def test_coverage_of_a_stratified_mean() -> None:
    """Core 30 of 900, tail 10 of 100, five levels, 400 seeded samples: at least 93 % of nominal 95 % intervals hold the truth."""
    rng = np.random.default_rng(3)
    week = {"core": rng.choice(np.arange(1, 6), 900, p=[0.02, 0.05, 0.13, 0.4, 0.4]), "tail": rng.choice(np.arange(1, 6), 100)}
    truth = np.concatenate(list(week.values())).mean()
    held = 0
    for _ in range(400):
        drawn = {"core": rng.permutation(week["core"])[:30], "tail": rng.permutation(week["tail"])[:10]}
        values = [float(value) for part in drawn.values() for value in part]
        mean = weighted_mean(values, ["core"] * 30 + ["tail"] * 10, {"core": 900, "tail": 100}, scale=FIVE)
        held += mean.low <= truth <= mean.high
    assert held / 400 >= 0.93


def test_not_applicable_calls_are_no_part_of_what_is_left_open() -> None:
    """Of 40 graded calls of 80 the question arose in 20: they stand for 40, not for 80, so half of them is known."""
    rated = [100.0, 100, 75, 50, 100] * 4
    mean = weighted_mean([*rated, *[None] * 20], population={"all": 80})
    low, high = bounded_limits(np.array(rated), (0, 100), 0.025, 40)
    assert (mean.low, mean.high) == pytest.approx((low, high), abs=1e-6)
    assert bounded_limits(np.array(rated), (0, 100), 0.025, 80)[0] < low - 1
