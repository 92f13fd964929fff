"""The difference of two independent shares: against a slow quadrature, and in accord with Fisher's exact test."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalharness.stats.difference import melded_difference
from evalharness.stats.exact import clopper_pearson
from evalharness.stats.interval import Interval

COUNTS: list[tuple[float, float, float, float]] = [
    (5, 20, 30, 100),
    (1, 20, 19, 20),
    (12, 35, 0, 50),
    (50, 50, 47, 60),
    (3, 4, 1, 9),
    (30, 40, 8000, 10_000),
    (2, 2000, 3, 8),
    (12.5, 31.2, 7.4, 9.7),
]


@pytest.mark.parametrize("counts", COUNTS)
def test_against_a_slow_quadrature(counts: tuple[float, float, float, float]) -> None:
    """At the limit d the melded probability P(X - Y <= d), by the density of Y, is the tail, to 1e-6; effective counts too."""
    from scipy.integrate import quad
    from scipy.stats import beta

    k1, n1, k2, n2 = counts
    found = melded_difference(k1, n1, k2, n2)

    def at_most(x: tuple[float, float], y: tuple[float, float], d: float) -> float:
        if y[0] == 0 or y[1] == 0:
            return float(beta.cdf(d + (y[1] == 0), *x))
        if x[0] == 0 or x[1] == 0:
            return float(beta.sf((x[1] == 0) - d, *y))
        ends, kinks = beta.ppf([1e-13, 1 - 1e-13], *y), beta.ppf([0.001, 0.02, 0.3, 0.7, 0.98, 0.999], *y)
        inside = [point for point in (*kinks, -d, 1 - d, *(beta.ppf([0.01, 0.5, 0.99], *x) - d)) if ends[0] < point < ends[1]]
        edges = [ends[0], *sorted(inside), ends[1]]
        pieces = (quad(lambda t: beta.cdf(d + t, *x) * beta.pdf(t, *y), a, b, epsabs=1e-11)[0] for a, b in pairwise(edges))
        return math.fsum(pieces)

    upper, lower = ((k1 + 1, n1 - k1), (k2, n2 - k2 + 1)), ((k1, n1 - k1 + 1), (k2 + 1, n2 - k2))
    for (x, y), limit, tail in ((upper, found.high, 0.975), (lower, found.low, 0.025)):
        assert at_most(x, y, limit - 1e-6) < tail < at_most(x, y, limit + 1e-6)


def test_in_accord_with_fishers_exact_test() -> None:
    """At tail = the one-sided Fisher p value the limit is 0: 300 seeded tables. [Fay, Proschan, Brittain 2015]"""
    from scipy.stats import fisher_exact

    rng = np.random.default_rng(2)
    for _ in range(300):
        n1, n2 = rng.integers(1, 60, 2)
        k1, k2 = int(rng.integers(1, n1 + 1)), int(rng.integers(0, n2))
        p = fisher_exact([[k1, n1 - k1], [k2, n2 - k2]], alternative="greater").pvalue
        if 1e-8 < p < 0.5:
            assert melded_difference(k1, int(n1), k2, int(n2), tail=p).low == pytest.approx(0, abs=1e-6)


def test_a_certain_baseline_leaves_clopper_pearson() -> None:
    """40 of 50 against exactly 85 % of ten million: the limits of 40/50 less .85, to the .0002 the baseline leaves open."""
    low, high = clopper_pearson(40, 50)
    gap = melded_difference(40, 50, 8_500_000, 10_000_000)
    assert (gap.low, gap.high) == (pytest.approx(low - 0.85, abs=3e-4), pytest.approx(high - 0.85, abs=3e-4))
    assert gap.value == pytest.approx(-0.05)


def test_two_point_masses() -> None:
    """All against none: the lower limit is that of Beta(20, 1) - Beta(1, 30), the upper exactly 1; mirrored, -1."""
    gap = melded_difference(20, 20, 0, 30)
    assert (gap.value, gap.high) == (1, 1)
    assert 0.7 < gap.low < 0.85
    assert melded_difference(0, 30, 20, 20).low == -1


def test_none_against_none() -> None:
    """0 of 20 and 0 of 30: the Clopper-Pearson limits .1684 and .1157, with their signs."""
    gap = melded_difference(0, 20, 0, 30)
    assert (gap.low, gap.value, gap.high) == (pytest.approx(-0.1157, abs=1e-4), 0, pytest.approx(0.1684, abs=1e-4))


@pytest.mark.parametrize("counts", [(0, 0, 3, 9), (3, 9, 0, 0), (0, 0, 0, 0)])
def test_no_call_on_one_side(counts: tuple[int, int, int, int]) -> None:
    """Nothing to compare is not a difference of 0."""
    gap = melded_difference(*counts)
    assert (gap.value, gap.low, gap.high, gap.state) == (None, -1, 1, "no data")


@pytest.mark.parametrize("counts", [(5, 4, 1, 3), (-1, 4, 1, 3), (1, 4, math.nan, 3), (1, math.inf, 1, 3)])
def test_counts_that_contradict_each_other(counts: tuple[float, float, float, float]) -> None:
    """Said, not computed."""
    assert melded_difference(*counts) == Interval(None, -1, 1, "bad input", note="hits outside 0..n")


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 40), st.integers(1, 40), st.integers(0, 40), st.integers(1, 40), st.sampled_from([0.025, 0.05]))
def test_mirrored_and_around_the_value(k1: int, n1: int, k2: int, n2: int, tail: float) -> None:
    """Exchanging the sides changes the sign; the limits hold the value and are never equal; one more hit lowers neither."""
    k1, k2 = min(k1, n1), min(k2, n2)
    gap, mirrored = melded_difference(k1, n1, k2, n2, tail), melded_difference(k2, n2, k1, n1, tail)
    assert gap.value is not None
    assert -1 <= gap.low <= gap.value <= gap.high <= 1
    assert gap.low < gap.high
    assert (gap.low, gap.high) == (pytest.approx(-mirrored.high, abs=1e-8), pytest.approx(-mirrored.low, abs=1e-8))
    if k1 < n1:
        more = melded_difference(k1 + 1, n1, k2, n2, tail)
        assert more.low >= gap.low - 1e-8
        assert more.high >= gap.high - 1e-8


@pytest.mark.parametrize(("p1", "n1", "p2", "n2"), [(0.8, 50, 0.85, 200), (0.05, 35, 0.05, 35), (0.5, 20, 0.3, 50)])
def test_covers_the_true_difference(p1: float, n1: int, p2: float, n2: int) -> None:
    """All outcomes weighed by their probability, no random numbers: at least .95 of nominal .95."""
    from scipy.stats import binom

    k1, k2 = range(n1 + 1), range(n2 + 1)
    w1, w2 = binom.pmf(k1, n1, p1), binom.pmf(k2, n2, p2)
    held = weight = 0.0
    for a in k1:
        for b in k2:
            if w1[a] * w2[b] > 1e-4:
                gap = melded_difference(a, n1, b, n2)
                weight += w1[a] * w2[b]
                held += w1[a] * w2[b] * (gap.low <= p1 - p2 <= gap.high)
    assert held / weight >= 0.95
