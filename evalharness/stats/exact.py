"""Exact limits for plain counts: binomial (the process) and hypergeometric (these N calls)."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, gammaln

Array = NDArray[np.float64]
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


def no_hit_limit(drawn: Array, population: Array, tail: float = 0.025) -> float:
    """Upper limit for the share of hits among all calls of a stratified week when none of the graded ones is a hit.

    drawn n_h, population N_h (strata,), each n_h >= 1, N_h finite. The largest sum W_h p_h with prod (1 - p_h)^n_h >= tail,
    wherever the hits hide: p_h = max(0, 1 - n_h / (c W_h)), c so that the product is the tail. Drawn without replacement,
    no hit among n of N_h has probability at most (1 - K/N')^n with N' = N_h - (n - 1)/2 [means of logs], so W_h = N'_h / N.
    One stratum: N'/N (1 - tail^(1/n)). Kish's effective number of calls gives less where the hits lie in the calls that
    stand for many others.
    """
    weights = (population - (drawn - 1) / 2) / float(population.sum())
    order = np.argsort(drawn / weights)
    n, W = drawn[order], weights[order]
    limit = 0.0
    for h in range(1, len(n) + 1):
        ratio = n[:h] / W[:h]
        c = math.exp((float((n[:h] * np.log(ratio)).sum()) - math.log(tail)) / float(n[:h].sum()))
        if ratio[-1] <= c:
            limit = max(limit, float((W[:h] * (1 - ratio / c)).sum()))
    return limit


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
