"""Limits of a bounded mean: exact for 0/1, the published quantile otherwise, and what a part of the week leaves open."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import hypergeom

from evalharness.stats.bounded import bounded_limits
from evalharness.stats.exact import clopper_pearson


@pytest.mark.parametrize(("k", "n"), [(0, 1), (0, 20), (1, 2), (3, 20), (25, 50), (49, 50), (50, 50)])
@pytest.mark.parametrize("tail", [0.025, 0.05])
def test_of_zeros_and_ones_it_is_clopper_pearson(k: int, n: int, tail: float) -> None:
    """The integral and the bisection err by less than a millionth."""
    values = np.array([1.0] * k + [0.0] * (n - k))
    assert bounded_limits(values, (0, 1), tail) == pytest.approx(clopper_pearson(k, n, tail), abs=1e-6)


@pytest.mark.parametrize(("k", "n"), [(0, 200), (1, 200), (1, 1000), (500, 1000), (999, 1000), (3, 5000)])
def test_many_calls_are_no_worse_than_few(k: int, n: int) -> None:
    """The integrand turns faster the more calls there are: with a fixed step one hit of 1,000 had an upper limit of 16 %."""
    values = np.array([1.0] * k + [0.0] * (n - k))
    assert bounded_limits(values, (0, 1)) == pytest.approx(clopper_pearson(k, n, 0.025), abs=1e-6)


def test_many_different_values_are_rounded_outward() -> None:
    """500 values around 80: the quantiles of random weights (error .05), further out by at most one step of 100/199."""
    rng = np.random.default_rng(2)
    values = np.clip(rng.normal(80, 10, 500), 0, 100)
    weights = rng.dirichlet(np.ones(501), 20_000)
    low, high = bounded_limits(values, (0, 100))
    least, most = np.quantile(weights @ np.append(values, 0), 0.025), np.quantile(weights @ np.append(values, 100), 0.975)
    assert least - 0.55 < low < least + 0.05
    assert most - 0.05 < high < most + 0.55


def test_the_quantile_is_that_of_random_weights() -> None:
    """100,000 Dirichlet weights on 3/7/15/35/40 % of 50 grades and the scale's end: the 2.5 % quantile within .15 points."""
    values = np.repeat([0.0, 25.0, 50.0, 75.0, 100.0], [2, 4, 7, 17, 20])
    weights = np.random.default_rng(1).dirichlet(np.ones(51), 100_000)
    low, high = bounded_limits(values, (0, 100))
    assert low == pytest.approx(np.quantile(weights @ np.append(values, 0), 0.025), abs=0.15)
    assert high == pytest.approx(np.quantile(weights @ np.append(values, 100), 0.975), abs=0.15)


def test_it_scales_with_the_scale() -> None:
    """Grades 1 to 5 and the same on 0 to 100."""
    grades = np.array([5.0, 5, 4, 3, 5, 1, 4])
    low, high = bounded_limits(grades, (1, 5))
    assert bounded_limits((grades - 1) * 25, (0, 100)) == pytest.approx(((low - 1) * 25, (high - 1) * 25), abs=1e-4)


def test_fours_among_fives_say_little_about_ones() -> None:
    """19 fives and a four: Student's t gives 4.95 -+ .105; 14 % of calls may still be ones (.025 = (1 - p)^20 is .168)."""
    low, high = bounded_limits(np.array([5.0] * 19 + [4.0]), (1, 5))
    assert low < 5 - 4 * 0.14
    assert high == pytest.approx(5, abs=0.01)


def test_nothing_graded_is_the_scale_and_everything_is_the_mean() -> None:
    """No value: 1 to 5. All three calls: their mean."""
    assert bounded_limits(np.array([]), (1, 5)) == (1, 5)
    assert bounded_limits(np.array([1.0, 2, 5]), (1, 5), population=3) == pytest.approx((8 / 3, 8 / 3))


@pytest.mark.parametrize(("n", "N"), [(10, 15), (20, 40), (20, 150), (50, 150), (50, 500)])
def test_a_part_of_the_week_errs_no_more_than_said(n: int, N: int) -> None:
    """0/1 grades of finite weeks, every number of hits, summed exactly: a 5 % limit errs in at most 5.05 %."""
    limits = np.array([bounded_limits(np.arange(n) < k, (0.0, 1.0), 0.05, N) for k in range(n + 1)])
    wrong = []
    for hits in range(N + 1):
        chances = hypergeom.pmf(np.arange(n + 1), N, hits, n)
        known = np.arange(n + 1) / N
        wrong += [chances[np.maximum(limits[:, 0], known) > hits / N + 1e-9].sum()]
        wrong += [chances[np.minimum(limits[:, 1], 1 - known[::-1]) < hits / N - 1e-9].sum()]
    assert max(wrong) <= 0.0505


@given(
    st.lists(st.sampled_from([0.0, 12.5, 25.0, 50.0, 62.5, 100.0]), min_size=1, max_size=50),
    st.sampled_from([math.inf, 1.0, 1.5, 10.0]),
    st.sampled_from([0.001, 0.025, 0.05]),
)
def test_limits_lie_around_the_mean_on_the_scale(values: list[float], times: float, tail: float) -> None:
    """Never NaN, never outside; a better grade never lowers a limit."""
    population = len(values) * times
    low, high = bounded_limits(np.array(values), (0, 100), tail, population)
    assert 0 <= low <= np.mean(values) + 1e-9
    assert np.mean(values) - 1e-9 <= high <= 100
    better = bounded_limits(np.array([100.0, *values[1:]]), (0, 100), tail, population)
    assert better[0] >= low - 1e-4
    assert better[1] >= high - 1e-4


def test_one_of_two_calls_by_hand() -> None:
    """0 graded, one of two open. Upper: z = 0 and 1, weight uniform, its 95 % quantile .95; centre .5, rest 1/2.

    1/2 x .5 + sqrt(1/2 x 3/2) x (.95 - .5) + half a call 1/4 = .25 + .3897 + .25 = .8897; lower: the scale's end.
    """
    low, high = bounded_limits(np.array([0.0]), (0, 1), 0.05, 2)
    assert (low, high) == (0, pytest.approx(0.25 + math.sqrt(0.75) * 0.45 + 0.25, abs=1e-6))
