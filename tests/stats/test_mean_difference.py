"""The difference of two means, checked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from evalharness.stats.interval import Interval
from evalharness.stats.mean import weighted_mean
from evalharness.stats.mean_difference import difference_of_means


def test_symmetric_intervals_add_in_squares() -> None:
    """3 -+ 0.3 against 2 -+ 0.4: 1 -+ 0.5, since 0.3^2 + 0.4^2 = 0.5^2."""
    found = difference_of_means(Interval(3.0, 2.7, 3.3, "ok", 10, 10), Interval(2.0, 1.6, 2.4, "ok", 20, 20))
    assert (found.value, found.low, found.high) == pytest.approx((1.0, 0.5, 1.5))
    assert (found.n, found.state) == (30, "ok")


def test_skewed_intervals_keep_their_skew() -> None:
    """Lower limit from the lower half of the first (0.3) and the upper half of the second (0.4); the other way round 0.6, 0.8."""
    found = difference_of_means(Interval(1.0, 0.7, 1.6, "ok", 5), Interval(1.0, 0.2, 1.4, "ok", 5))
    assert (found.low, found.high) == pytest.approx((-0.5, 1.0))


def test_nothing_against_something_is_nothing() -> None:
    """No value of one side: no data, and the limits are all that is possible."""
    found = difference_of_means(Interval(None, -4.0, 4.0, "no data"), Interval(1.0, 0.5, 1.5, "ok", 9))
    assert (found.value, found.state, found.low, found.high) == (None, "no data", -5.5, 3.5)


def test_a_wide_side_makes_it_wide() -> None:
    """What one interval admits, the difference admits."""
    found = difference_of_means(Interval(1.0, 0.0, 2.0, "wide", 3, 3, "no spread seen"), Interval(1.0, 0.5, 1.5, "ok", 9))
    assert (found.state, found.note) == ("wide", "no spread seen")


def test_it_covers() -> None:
    """Two samples of 15 and 25 differences with the same mean: 400 runs, at least .93 - 2 sd of .011 hold 0."""
    rng = np.random.default_rng(5)
    held = 0
    for _ in range(400):
        first, second = (rng.choice((-1.0, 0.0, 1.0), n, p=(0.25, 0.6, 0.15)).tolist() for n in (15, 25))
        means = (weighted_mean(one, scale=(-4.0, 4.0), guard=False) for one in (first, second))
        found = difference_of_means(*means)
        held += found.low <= 0 <= found.high
    assert held / 400 >= 0.908
