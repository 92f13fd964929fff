"""An interval for a coefficient of agreement: bootstrap over calls, on the Fisher-z scale."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.special import ndtri

from evalharness.stats.design import Array
from evalharness.stats.interval import Interval, never_seen
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
) -> Interval:
    """tanh(atanh(estimate) -+ z sd(atanh(replicates)))."""
    n = len(calls)
    seen = statistic(calls.sum(0))
    if not n or not seen.defined:
        return Interval(None, -1.0, 1.0, "no data", n, note="nothing varies, or nothing was rated twice")
    value = float(1 - seen.observed / seen.expected)
    if n < FEWEST_CALLS:
        return Interval(value, -1.0, 1.0, "wide", n, n, f"fewer than {FEWEST_CALLS} calls")
    if seen.observed <= 0:
        low = max(-1.0, 1 - never_seen(n, tail) / float(seen.expected))
        return Interval(value, low, 1.0, "wide", n, n, "no disagreement seen")
    draws = rng.multinomial(n, np.full(n, 1 / n), replicates).astype(float)
    sums = (draws @ calls.reshape(n, -1)).reshape(replicates, *calls.shape[1:])
    found = statistic(sums).coefficients()
    sd = float(np.arctanh(np.clip(found, -_NEARLY_ONE, _NEARLY_ONE)).std(ddof=1)) if 2 * len(found) > replicates else 0.0
    if sd <= _NO_SPREAD:
        return Interval(value, -1.0, 1.0, "wide", n, n, "too little variation for a bootstrap")
    middle, half = np.arctanh(np.clip(value, -_NEARLY_ONE, _NEARLY_ONE)), -float(ndtri(tail)) * sd
    return Interval(value, float(np.tanh(middle - half)), max(value, float(np.tanh(middle + half))), "ok", n, n)
