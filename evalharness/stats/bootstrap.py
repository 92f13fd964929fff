"""An interval for a coefficient of agreement: bootstrap over calls, on the Fisher-z scale."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from evalharness.stats.design import Array
from evalharness.stats.interval import Interval, never_seen, student_t
from evalharness.stats.ratings import Disagreement

REPLICATES = 2000
FEWEST_CALLS = 10
"""Below this many calls a resample says nothing: the limits are -1 and 1."""

_NO_SPREAD = 1e-9
_NEARLY_ONE = 0.999


def fisher_z_interval(
    calls: Array,
    statistic: Callable[[Array], Disagreement],
    rng: np.random.Generator,
    replicates: int = REPLICATES,
    tail: float = 0.025,
    unseen: Array | None = None,
) -> Interval:
    """A coefficient of agreement with limits, in -1..1. [Efron 1979: bootstrap and jackknife; Fisher's z]

    calls (n, ...): terms of each call that add up; statistic: from sums (..., ...) of them to the disagreement seen and
    expected, for many sums at once. One draw of (replicates, n) multinomial counts, no loop.

        limits = tanh(atanh(estimate) -+ t(n - 1) sd),  sd = the larger of the bootstrap's and the jackknife's on the z scale

    The plain form (normal quantile, bootstrap sd) covers weighted kappa in as few as .865 of samples of 20, this one in
    .91 (benchmarks/coverage/agreement.py). Replicates without a coefficient are dropped; more than half: limits -1 and 1.
    No disagreement seen: low = 1 - u / expected, u = 1 - tail^(1/n). unseen (k, ...): terms of calls of which none was
    seen; the limits reach the coefficient that a share u of any of them would give (`never_alike`).
    Below 10 calls -1 and 1. Not for turns as if they were calls, nor for weighted samples.
    """
    n, total = len(calls), calls.sum(0)
    seen = statistic(total)
    if not seen.defined:
        return Interval(None, -1.0, 1.0, "no data", n, note="nothing varies, or nothing was rated twice")
    value = float(1 - seen.observed / seen.expected)
    if n < FEWEST_CALLS:
        return Interval(value, -1.0, 1.0, "wide", n, n, f"fewer than {FEWEST_CALLS} calls")
    hidden = never_seen(n, tail)
    if seen.observed <= 0:
        return Interval(value, max(-1.0, 1 - hidden / float(seen.expected)), 1.0, "wide", n, n, "no disagreement seen")
    sd = max(_bootstrap_sd(calls, statistic, rng, replicates), _jackknife_sd(total - calls, statistic))
    if not _NO_SPREAD < sd < math.inf:
        return Interval(value, -1.0, 1.0, "wide", n, n, "too little variation for a bootstrap")
    middle, half = float(_z(np.array(value))), student_t(n - 1, tail) * sd
    low, high = min(value, math.tanh(middle - half)), max(value, math.tanh(middle + half))
    if unseen is None or not len(unseen):
        return Interval(value, low, high, "ok", n, n)
    possible = statistic((1 - hidden) * total + hidden * n * unseen).coefficients()
    return Interval(value, min(low, *possible), max(high, *possible), "wide", n, n, "agreement seen on one value only")


def _z(coefficients: Array) -> Array:
    return np.asarray(np.arctanh(np.clip(coefficients, -_NEARLY_ONE, _NEARLY_ONE)))


def _bootstrap_sd(calls: Array, statistic: Callable[[Array], Disagreement], rng: np.random.Generator, replicates: int) -> float:
    """Of the replicates' z; infinite where more than half have none."""
    n = len(calls)
    draws = rng.multinomial(n, np.full(n, 1 / n), replicates).astype(float)
    found = statistic((draws @ calls.reshape(n, -1)).reshape(replicates, *calls.shape[1:])).coefficients()
    return float(_z(found).std(ddof=1)) if 2 * len(found) > replicates else math.inf


def _jackknife_sd(without_one: Array, statistic: Callable[[Array], Disagreement]) -> float:
    """Of z with each call left out in turn, sqrt((m - 1)/m sum (z - mean z)^2)."""
    z = _z(statistic(without_one).coefficients())
    return math.sqrt((len(z) - 1) * float(z.var())) if len(z) else math.inf
