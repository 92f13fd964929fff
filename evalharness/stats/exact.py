"""Exact limits for plain counts: binomial (the process) and hypergeometric (these N calls)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, gammaln

_NEXT_TO_NOTHING = 1e-12


def clopper_pearson(x: float, n: float, tail: float = 0.025) -> tuple[float, float]:
    """Exact binomial limits for a share: x hits of n calls, error at most `tail` on each side. [Clopper, Pearson 1934]

    low = I^-1(tail; x, n - x + 1), high = I^-1(1 - tail; x + 1, n - x), I^-1 the inverse regularised incomplete beta
    function. x and n may be fractional (effective counts). n <= 0 gives (0, 1).
    Not for counts from several strata or from several turns a call: `weighted_share`.
    """
    if n <= 0:
        return 0.0, 1.0
    low = float(betaincinv(x, n - x + 1, tail)) if x > _NEXT_TO_NOTHING else 0.0
    high = float(betaincinv(x + 1, n - x, 1 - tail)) if n - x > _NEXT_TO_NOTHING else 1.0
    return low, high


def hypergeometric_limits(k: int, n: int, N: int, tail: float = 0.025) -> tuple[int, int]:
    """Limits for the NUMBER A of hits among N calls, of which n were drawn by chance and k of these are hits.

    {A : P(X >= k | A) > tail and P(X <= k | A) > tail}; both counts returned are still possible. Both tails are monotone
    in A, so each end is found by bisection. The target is these N calls, not the process behind them.
    Raises ValueError unless 0 <= k <= n <= N.
    """
    if not 0 <= k <= n <= N:
        raise ValueError(f"{k} hits of {n} calls of {N}: the counts contradict each other")
    least, most = k, N - (n - k)
    low = _first(least, most, lambda hits: hypergeometric_tail(k, n, N, hits, upper=True) > tail)
    below_most = _first(0, most - least, lambda fewer: hypergeometric_tail(k, n, N, most - fewer) > tail)
    return low, most - below_most


def hypergeometric_tail(k: int, n: int, N: int, hits: int, *, upper: bool = False) -> float:
    """P(X <= k), or P(X >= k) if `upper`, for n calls drawn from N of which `hits` are hits.

    Shaved by 1e-12, so that a probability of exactly .05 counts as having reached .05 in spite of rounding.
    """
    seen = np.arange(k, n + 1) if upper else np.arange(k + 1)
    seen = seen[(seen <= hits) & (n - seen <= N - hits)]
    logs = _log_choose(hits, seen) + _log_choose(N - hits, n - seen) - _log_choose(N, np.array(n))
    return float(np.exp(logs).sum()) - _NEXT_TO_NOTHING


def _log_choose(a: int, b: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.asarray(gammaln(a + 1) - gammaln(b + 1) - gammaln(a - b + 1))


def _first(low: int, high: int, good: Callable[[int], bool]) -> int:
    """The smallest whole number from low to high for which the monotone condition holds; high if none is found before."""
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if good(middle) else (middle + 1, high)
    return low
