"""Bounds against a bar, compared exactly."""

from __future__ import annotations

from fractions import Fraction

from evalharness.models.measure import Verdict
from evalharness.models.threshold import Direction, Threshold
from evalharness.stats.verdict import verdict_from_bounds

_OPPOSITE: dict[Direction, Direction] = {"at_least": "below", "below": "at_least", "at_most": "above", "above": "at_most"}


def verdict_of(low: float, high: float, threshold: Threshold) -> Verdict:
    """Met or missed only where every value still possible says so. Counts over counts are compared as exact fractions."""
    return verdict_from_bounds(exact(low), exact(high), threshold.value, threshold.direction)


def exact(share: float) -> Fraction:
    """The ratio of counts behind a float such as 0.6000000000000001; weeks have fewer than ten million calls."""
    return Fraction(share).limit_denominator(10_000_000)


def claim(threshold: Threshold, value: float) -> Direction:
    """What more grades would prove if the rate stays as seen: that the bar is met, or that it is missed."""
    return threshold.direction if threshold.holds(value) else _OPPOSITE[threshold.direction]
