"""Is a threshold met? Decided by one-sided exact bounds, compared exactly; and how many calls would settle it."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Literal

import numpy as np
from scipy.special import bdtr, betainc

from evalharness.models.threshold import Direction
from evalharness.stats.exact import hypergeometric_tail

Answer = Literal["met", "missed", "not_proven"]


def verdict_from_bounds(low: float | Fraction, high: float | Fraction, threshold: float, direction: Direction) -> Answer:
    """met = every value still possible in [low, high] satisfies the claim; missed = none does; else not_proven.

    low, high: one-sided 95 % bounds (tail = .05), or twice the value itself where it is known exactly; infinite is allowed
    (no limit, or an unanswered percentile). The interval is closed and compared as fractions: a float stands for the
    decimal number it prints as, so 12 of 20 is "at least 0.6". Raises ValueError on NaN or low > high.
    Not for weeks accumulated and looked at again and again: these bounds hold for one look.
    """
    least, most, bar = (_exact(value) for value in (low, high, threshold))
    if least > most:
        raise ValueError(f"the lower bound {low} lies above the upper bound {high}")
    met, missed = {
        "at_least": (least >= bar, most < bar),
        "above": (least > bar, most <= bar),
        "at_most": (most <= bar, least > bar),
        "below": (most < bar, least >= bar),
    }[direction]
    return "met" if met else "missed" if missed else "not_proven"


def calls_needed(
    k: float, n: float, threshold: float, direction: Direction, alpha: float = 0.05, population: int | None = None
) -> int | None:
    """The smallest total n' >= n of graded calls that proves the claim if the rate stays as seen, k of n. [exact binomial]

    Hits k' = (k/n) n' are not rounded: below, P(X <= k' | n', t) = 1 - I_t(k'+1, n'-k') <= alpha; above, P(X >= k') =
    I_t(k', n'-k'+1) <= alpha. `population` N: proves it of these N calls (hypergeometric, hits rounded against the claim,
    at most N). None: the rate seen does not satisfy the claim, nothing was graded, or 100,000 calls are not enough.
    0 of 50 needs 299 for "below 1 %". k and n may be effective counts of a weighted sample.
    """
    if n <= 0 or not 0 < threshold < 1:
        return None
    rate, down = k / n, direction in ("at_most", "below")
    if rate >= threshold if down else rate <= threshold:
        return None
    first = math.ceil(n)
    if population is not None:
        return _needed_of(population, rate, first, threshold, direction, alpha)
    return _needed_of_process(rate, first, threshold, alpha, down=down)


def calls_for(failures: int, threshold: float, alpha: float = 0.05) -> int:
    """The smallest n whose upper bound is at most the threshold with exactly that many failures: at 1 %, 299 with none.

    P(X <= failures | n, threshold) <= alpha. For planning: the failures are fixed, not the rate as in `calls_needed`.
    """
    low, high = failures, failures + 1
    while bdtr(failures, high, threshold) > alpha:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if bdtr(failures, middle, threshold) > alpha else (low, middle)
    return high


def _exact(value: float | Fraction) -> Fraction | float:
    if isinstance(value, Fraction):
        return value
    if math.isnan(value):
        raise ValueError("a bound is not a number")
    return value if math.isinf(value) else Fraction(repr(float(value)))


def _needed_of_process(rate: float, first: int, threshold: float, alpha: float, *, down: bool) -> int | None:
    start, size = first, 512
    while start <= 100_000:
        n = np.arange(start, min(start + size, 100_001), dtype=float)
        hits = rate * n
        misses = np.maximum(n - hits, 1e-300)
        tail = 1.0 - betainc(hits + 1, misses, threshold) if down else betainc(hits, n - hits + 1, threshold)
        enough = np.flatnonzero(tail <= alpha)
        if enough.size:
            return int(n[enough[0]])
        start, size = start + size, size * 2
    return None


def _needed_of(N: int, rate: float, first: int, threshold: float, direction: Direction, alpha: float) -> int | None:
    down = direction in ("at_most", "below")
    against = _nearest_count_against(N, threshold, direction)
    for n in range(first, N + 1):
        hits = math.ceil(rate * n - 1e-9) if down else math.floor(rate * n + 1e-9)
        if not 0 <= against <= N or hypergeometric_tail(hits, n, N, against, upper=not down) <= alpha:
            return n
    return None


def _nearest_count_against(N: int, threshold: float, direction: Direction) -> int:
    """The count of hits among N nearest to the threshold that breaks the claim: 1 of 100 for "below 1 %", 2 for "at most"."""
    edge = Fraction(repr(float(threshold))) * N
    counts = {
        "below": math.ceil(edge),
        "at_most": math.floor(edge) + 1,
        "at_least": math.ceil(edge) - 1,
        "above": math.floor(edge),
    }
    return counts[direction]
