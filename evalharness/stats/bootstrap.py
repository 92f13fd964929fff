"""An interval for a coefficient of agreement: bootstrap over calls, on the Fisher-z scale."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from evalharness.stats.design import Array
from evalharness.stats.exact import clopper_pearson
from evalharness.stats.interval import Interval, never_seen, student_t
from evalharness.stats.ratings import Disagreement

Statistic = Callable[[Array], Disagreement]

REPLICATES = 2000
FEWEST_CALLS = 10
"""Below this many calls a resample says nothing: the limits are -1 and 1."""

_NO_SPREAD = 1e-9
_NEARLY_ONE = 0.999


def fisher_z_interval(
    calls: Array,
    statistic: Statistic,
    rng: np.random.Generator,
    replicates: int = REPLICATES,
    tail: float = 0.025,
) -> Interval:
    """A coefficient of agreement with limits within -1..1. [Efron 1979: bootstrap and jackknife; Fisher's z]

    calls (n, ...): terms of each call that add up; statistic: from sums (..., ...) of them to the disagreement seen and
    expected, for many sums at once. One draw of (replicates, n) multinomial counts, no loop.

        limits = tanh(atanh(estimate) -+ t(n - 1) sd),  sd = the larger of the bootstrap's and the jackknife's on the z scale
        never nearer to the estimate than 1 - (1 - estimate) r,  r = Clopper-Pearson limits of a in n over a/n

    a = calls with any disagreement; in a replicate without one, half of one stands. a = 0: low = 1 - u / expected,
    u = 1 - tail^(1/n). Replicates without a coefficient are dropped; more than half: -1 and 1. Below 10 calls -1 and 1.
    Small tables can give kappa and AC a value below -1, which is then the lower limit.
    The plain form (normal quantile, bootstrap sd) holds the truth in .87 of samples of 20 skewed grades (weighted kappa),
    and in .08 to .88 where failures are 1 or 5 % (kappa); this one in .92 or more (benchmarks/coverage/agreement.py).
    Not for turns as if they were calls, nor for weighted samples.
    """
    n, total = len(calls), calls.sum(0)
    seen = statistic(total)
    if not seen.defined:
        return Interval(None, -1.0, 1.0, "no data", n, note="nothing varies, or nothing was rated twice")
    value = float(1 - seen.observed / seen.expected)
    least = min(-1.0, value)
    if n < FEWEST_CALLS:
        return Interval(value, least, 1.0, "wide", n, n, f"fewer than {FEWEST_CALLS} calls")
    apart = int((statistic(calls).observed > 0).sum())
    if not apart:
        low = max(-1.0, 1 - never_seen(n, tail) / float(seen.expected))
        return Interval(value, low, 1.0, "wide", n, n, "no disagreement seen")
    z = _fisher_z(statistic, float(seen.observed) / apart / 2)
    half = student_t(n - 1, tail) * max(_bootstrap_sd(calls, z, rng, replicates), _jackknife_sd(total - calls, z))
    if not _NO_SPREAD < half < math.inf:
        return Interval(value, least, 1.0, "wide", n, n, "too little variation for a bootstrap")
    reach = [value, *np.tanh(z(total[None]) + np.array([-half, half]))]
    reach += [1 - (1 - value) * share * n / apart for share in clopper_pearson(apart, n, tail)]
    return Interval(value, max(least, float(min(reach))), min(1.0, float(max(reach))), "ok", n, n)


def _fisher_z(statistic: Statistic, least: float) -> Callable[[Array], Array]:
    """atanh of those coefficients that are defined, at `least` that much disagreement seen."""

    def z(sums: Array) -> Array:
        found = statistic(sums)
        coefficients = Disagreement(np.maximum(found.observed, least), found.expected).coefficients()
        return np.asarray(np.arctanh(np.clip(coefficients, -_NEARLY_ONE, _NEARLY_ONE)))

    return z


def _bootstrap_sd(calls: Array, z: Callable[[Array], Array], rng: np.random.Generator, replicates: int) -> float:
    """Of the replicates' z; infinite where more than half have none. Calls with the same terms are drawn by their number."""
    n = len(calls)
    kinds, counts = np.unique(calls.reshape(n, -1), axis=0, return_counts=True)
    draws = rng.multinomial(n, counts / n, replicates).astype(float)
    found = z((draws @ kinds).reshape(replicates, *calls.shape[1:]))
    return float(found.std(ddof=1)) if 2 * len(found) > replicates else math.inf


def _jackknife_sd(without_one: Array, z: Callable[[Array], Array]) -> float:
    """Of z with each call left out in turn, sqrt((m - 1)/m sum (z - mean z)^2)."""
    found = z(without_one)
    return math.sqrt((len(found) - 1) * float(found.var())) if len(found) else math.inf
