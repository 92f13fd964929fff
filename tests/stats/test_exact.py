"""Exact limits: published values, brute force with whole numbers, and what happens at the edges."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import numpy as np
import pytest

from evalharness.stats.exact import clopper_pearson, hypergeometric_limits, hypergeometric_tail, no_hit_limit
from evalharness.stats.interval import never_seen, student_t
from tests.stats.oracle import the_oracle


@pytest.mark.parametrize(
    ("x", "n", "low", "high"),
    [(81, 263, 0.2527, 0.3676), (15, 148, 0.0578, 0.1617), (0, 20, 0, 0.1684), (1, 29, 0.0009, 0.1776), (20, 20, 0.8316, 1)],
)
def test_clopper_pearson_gives_newcombes_values(x: int, n: int, low: float, high: float) -> None:
    """Newcombe 1998, table II; 20 of 20 mirrors 0 of 20."""
    assert clopper_pearson(x, n) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


@pytest.mark.parametrize(("n", "bound"), [(20, 0.139), (35, 0.082), (50, 0.058), (100, 0.0295), (200, 0.0149), (299, 0.00997)])
def test_no_failure_in_n_leaves_this_rate_open(n: int, bound: float) -> None:
    """One-sided 95 %: 1 - .05^(1/n)."""
    high = clopper_pearson(0, n, tail=0.05)[1]
    assert high == pytest.approx(bound, rel=0.01)
    assert high == pytest.approx(1 - 0.05 ** (1 / n)) == pytest.approx(never_seen(n, 0.05))


def test_agrees_with_statsmodels_and_with_the_oracle() -> None:
    """1,000 seeded counts: `proportion_confint(method="beta")` is Clopper-Pearson; finite weeks against the oracle alone."""
    proportion, oracle, rng = pytest.importorskip("statsmodels.stats.proportion"), the_oracle(), np.random.default_rng(1)
    for _ in range(1000):
        n = int(rng.integers(1, 400))
        k, tail = int(rng.integers(0, n + 1)), float(rng.choice([0.005, 0.025, 0.05]))
        assert clopper_pearson(k, n, tail) == pytest.approx(
            proportion.proportion_confint(k, n, 2 * tail, method="beta"), abs=1e-9
        )
        assert clopper_pearson(k + 0.3, n + 1, tail) == pytest.approx(oracle.clopper_pearson(k + 0.3, n + 1, tail), abs=1e-12)
        N = int(rng.integers(n, 2 * n + 200))
        assert hypergeometric_limits(k, n, N, tail) == oracle.hypergeometric_limits(k, n, N, tail)


def test_wilson_in_newcombes_table_is_not_our_method() -> None:
    """81 of 263: Wilson .2553 to .3662 lies inside Clopper-Pearson, as it covers less than 95 % at some rates."""
    proportion = pytest.importorskip("statsmodels.stats.proportion")
    for k, n, limits in (
        (81, 263, (0.2553, 0.3662)),
        (15, 148, (0.0624, 0.1605)),
        (0, 20, (0, 0.1611)),
        (1, 29, (0.0061, 0.1718)),
    ):
        wilson = proportion.proportion_confint(k, n, 0.05, method="wilson")
        assert wilson == pytest.approx(limits, abs=5e-5)
        low, high = clopper_pearson(k, n)
        assert low <= wilson[0] + 1e-12
        assert high >= wilson[1]


def test_hits_hide_best_where_calls_stand_for_most() -> None:
    """40 of 900 and 10 of 100, tail .05: by search over both shares, none of 50 seen has a chance of .05 or more up to .0636.

    A stratum with nothing behind it hides nothing; one stratum: N'/N (1 - .05^(1/40)), N' = 900 - 19.5.
    """
    drawn, population = np.array([40.0, 10.0]), np.array([900.0, 100.0])
    core, tail = np.meshgrid(np.linspace(0, 0.2, 2001), np.linspace(0, 0.5, 501))
    possible = 40 * np.log1p(-core) + 10 * np.log1p(-tail) >= np.log(0.05)
    searched = (0.8805 * core + 0.0955 * tail)[possible].max()
    assert no_hit_limit(drawn, population, 0.05) == pytest.approx(searched, abs=1e-4)
    assert no_hit_limit(drawn[:1], population[:1], 0.05) == pytest.approx(880.5 / 900 * (1 - 0.05 ** (1 / 40)))


def test_nothing_graded_leaves_everything_open() -> None:
    """No calls: not [0, 0]."""
    assert clopper_pearson(0, 0) == (0, 1)
    assert never_seen(0, 0.05) == 1


def test_limits_of_a_clopper_pearson_interval_leave_exactly_the_tail() -> None:
    """P(X >= 3 | n = 20, low) = P(X <= 3 | n = 20, high) = .025, summed by hand."""
    low, high = clopper_pearson(3, 20)
    assert sum(comb(20, i) * low**i * (1 - low) ** (20 - i) for i in range(3, 21)) == pytest.approx(0.025)
    assert sum(comb(20, i) * high**i * (1 - high) ** (20 - i) for i in range(4)) == pytest.approx(0.025)


def test_fractional_counts_lie_between_whole_ones() -> None:
    """Effective counts: 1.5 of 20 is more than 1 and less than 2 of 20."""
    assert clopper_pearson(1, 20)[1] < clopper_pearson(1.5, 20)[1] < clopper_pearson(2, 20)[1]


@pytest.mark.parametrize(("N", "n"), [(7, 3), (12, 12), (31, 8), (60, 20)])
def test_hypergeometric_limits_are_the_counts_still_possible(N: int, n: int) -> None:
    """Every A from 0 to N is tried with whole numbers: both tails above .025."""

    def possible(k: int, hits: int) -> bool:
        ways = [comb(hits, x) * comb(N - hits, n - x) for x in range(n + 1)]
        return all(Fraction(sum(part), comb(N, n)) > Fraction(25, 1000) for part in (ways[k:], ways[: k + 1]))

    for k in range(n + 1):
        counts = [hits for hits in range(N + 1) if possible(k, hits)]
        assert hypergeometric_limits(k, n, N) == (min(counts), max(counts))


@pytest.mark.parametrize(("N", "clean"), [(100, 95), (200, 155), (500, 225), (1000, 258), (5000, 290)])
def test_clean_calls_that_show_below_one_percent_of_a_finite_week(N: int, clean: int) -> None:
    """That 1 % or more of these N failed is rejected from this many clean calls on, and not one earlier."""
    assert hypergeometric_limits(0, clean, N, tail=0.05)[1] < N / 100 <= hypergeometric_limits(0, clean - 1, N, tail=0.05)[1]


def test_a_census_is_known() -> None:
    """All 12 graded, 4 hits: 4 it is."""
    assert hypergeometric_limits(4, 12, 12) == (4, 4)


def test_a_tail_of_exactly_five_percent_counts_as_reached() -> None:
    """One call of 20 drawn and no hit: P(X = 0 | 19 hits of 20) = 1/20 exactly."""
    assert hypergeometric_tail(0, 1, 20, 19) <= 0.05
    assert hypergeometric_limits(0, 1, 20, tail=0.05) == (0, 18)


@pytest.mark.parametrize(("k", "n", "N"), [(3, 2, 10), (-1, 2, 10), (1, 11, 10)])
def test_counts_that_contradict_each_other_are_refused(k: int, n: int, N: int) -> None:
    """0 <= k <= n <= N."""
    with pytest.raises(ValueError, match="contradict"):
        hypergeometric_limits(k, n, N)


@pytest.mark.parametrize(("df", "quantile"), [(1, 12.706), (19, 2.093), (48, 2.0106), (0, 12.706)])
def test_students_t(df: float, quantile: float) -> None:
    """Printed tables of t at 2.5 %; no degrees of freedom count as one."""
    assert student_t(df, 0.025) == pytest.approx(quantile, abs=5e-4)
