"""Limits moved out for skewness: never shorter than Student's, and the first terms of Hall's transformation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalharness.stats.skew import skewed_t, skewness


def test_without_skewness_it_is_students_t() -> None:
    """Both sides 2.093."""
    assert skewed_t(2.093, 0.0) == (2.093, 2.093)


@pytest.mark.parametrize("skew", [0.02, 0.05, 0.1])
def test_inverts_halls_transformation(skew: float) -> None:
    """T = (3/a) ((1 + a (x - a/6))^(1/3) - 1) at a = -b, x = t, for skewness b: equal up to the fourth term, 10/81 b^3 u^4."""
    t = 2.0
    exact = 3 / -skew * (np.cbrt(1 - skew * (t + skew / 6)) - 1)
    assert skewed_t(t, -skew)[0] == pytest.approx(exact, abs=1.3 * 10 / 81 * skew**3 * 2.1**4)


@given(st.floats(1, 13), st.floats(-3, 3))
def test_only_the_side_of_the_longer_tail_moves(t: float, skew: float) -> None:
    """A tail of low scores moves the lower limit; mirrored; never inwards."""
    below, above = skewed_t(t, skew)
    assert min(below, above) == t
    assert max(below, above) >= t
    assert skewed_t(t, -skew) == (above, below)
    assert (below > above) == (skew < 0) or skew == 0 or below == above


def test_skewness_of_a_mean() -> None:
    """The adjusted sample skewness of scipy over sqrt(n)."""
    from scipy.stats import skew

    y = np.array([5, 5, 5, 4, 5, 1, 5, 3, 5, 5.0])
    assert skewness(y - y.mean()) == pytest.approx(skew(y, bias=False) / np.sqrt(10))
    assert skewness(np.zeros(9)) == skewness(np.array([1.0, -1.0])) == skewness(np.zeros(0)) == 0
