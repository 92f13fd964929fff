"""Two versions on the same calls, each yes or no: the difference with its limits, and the exact test of drift."""

from __future__ import annotations

import math

from scipy.special import bdtr, ndtri

from evalharness.stats.interval import Interval

_NEXT_TO_NOTHING = 1e-14
_HALVINGS = 80


def tango_interval(only_new: int, only_old: int, n: int, tail: float = 0.025) -> Interval:
    """Difference of two paired shares, new - old = (only_new - only_old) / n, with score limits. [Tango 1998]

    only_new: calls with the hit in the new version only, only_old: in the old only, of n calls seen in both. Limits are
    the d at which the score test reaches the normal quantile, found by bisection:

        T(d) = (b - c - n d) / sqrt(n (2 q + d (1 - d))),  b = only_new, c = only_old,
        q = the larger root of 2 n q^2 + (-b - c + (2 n - b + c) d) q - c d (1 - d) = 0

    The sign is new - old: a published row for old - new is this one with the counts exchanged.
    tail: error on EACH side; non-inferior is `tango_interval(..., tail=0.05).low > -margin`. Equal results never give a
    width of zero: 20 of 20 alike leave -+16 points. n = 0: "no data"; counts that contradict each other: "bad input".
    Approximate, by enumeration (benchmarks/coverage/paired.py): two-sided coverage .941 or more from 20 pairs on; the
    one-sided bound is too high in up to .052 where the new version is no better, in up to .073 where it is (20 pairs).
    Not for several replays of a call averaged: these are no longer 0 or 1, take `weighted_mean` of the differences.
    """
    if n == 0 and only_new == only_old == 0:
        return Interval(None, -1.0, 1.0, "no data")
    if min(only_new, only_old) < 0 or only_new + only_old > n:
        return Interval(None, -1.0, 1.0, "bad input", note="more calls differ than were compared")
    z, value = -float(ndtri(tail)), (only_new - only_old) / n
    low, high = (_limit(only_new, only_old, n, z * side) for side in (1, -1))
    return Interval(value, low, high, "ok", n, n)


def _limit(b: int, c: int, n: int, z: float) -> float:
    """Where the score falls to z; T decreases in d, so the lower limit has z > 0, the upper one z < 0."""
    inside, edge = (b - c) / n, -math.copysign(1.0, z)
    for _ in range(_HALVINGS):
        middle = (inside + edge) / 2
        within = abs(_score(middle, b, c, n)) < abs(z)
        inside, edge = (middle, edge) if within else (inside, middle)
    return edge


def _score(d: float, b: int, c: int, n: int) -> float:
    """Tango's T(d); infinite where the variance under d is 0."""
    linear = -b - c + (2 * n - b + c) * d
    root = math.sqrt(max(linear * linear + 8 * n * c * d * (1 - d), 0.0))
    variance = n * ((root - linear) / (2 * n) + d * (1 - d))
    distance = b - c - n * d
    return distance / math.sqrt(variance) if variance > _NEXT_TO_NOTHING else math.copysign(math.inf, distance)


def mcnemar_exact(newly_wrong: int, newly_right: int, *, one_sided: bool = True) -> float:
    """The chance of this many newly wrong items, or more, if right and wrong turned with equal chance. [McNemar, exact]

    P(X >= newly_wrong), X ~ Binomial(newly_wrong + newly_right, 1/2); two-sided min(1, 2 P(X >= the larger)). None of
    either: 1. Judge drift: alarm at p <= .05/26, one-sided, on gold items against the baseline grades of the same judge,
    prompt and rubric. Below 60 gold items it says too little (a drift of 15 % of 50 items is seen in 4 weeks in .14-.17);
    measure the judge's own test-retest noise first. Raises ValueError on a negative count.
    """
    if min(newly_wrong, newly_right) < 0:
        raise ValueError(f"counts below zero: {newly_wrong}, {newly_right}")
    n = newly_wrong + newly_right
    k = newly_wrong if one_sided else max(newly_wrong, newly_right)
    p = float(bdtr(n - k, n, 0.5)) if k else 1.0
    return p if one_sided else min(1.0, 2 * p)
