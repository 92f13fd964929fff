"""Accumulated weeks: bounds for a share that hold at every look, however often and whenever one looks."""

from __future__ import annotations

import math

from scipy.special import betainc, betaln

from evalharness.models.threshold import Direction
from evalharness.stats.verdict import Answer, verdict_from_bounds

MOST_CALLS = 100_000
_PRIOR = 0.5  # both parameters of the mixing Beta distribution
_HALVINGS = 60


def sequence_bounds(k: float, n: float, tail: float = 0.05) -> tuple[float, float]:
    """Bounds for a share after k hits of n accumulated calls; each errs with probability at most `tail`, EVER.

    [Robbins 1970; Ville; one-sided: the mixture is truncated] Upper bound: the t above which the evidence for "below t" has
    reached 1/tail,

        M(t) = integral over q < t of (q/t)^k ((1-q)/(1-t))^(n-k) dBeta(1/2, 1/2), divided by the same with k = n = 0.

    For a share of p or more each call's factor is 1 + c (x - t), c = (q-t)/(t(1-t)) < 0, of mean at most 1: M is a
    supermartingale under all of "p >= t", also where p moves from week to week above t. The lower bound mirrors it.
    M has one crossing above k/n; both ends are rounded outward. One more hit never lowers a bound, nor does a hit in place
    of a miss. n <= 0 gives (0, 1). k and n may be fractional for planning ("if the rate stays as seen"), never for a verdict.
    Only for calls drawn with EQUAL probability from a fixed start: not for weighted or oversampled counts (thin them first:
    `equal_probability`), not for turns within calls, not for a sliding window (no guarantee there).
    Raises ValueError unless 0 <= k <= n and 0 < tail < 1.
    """
    if n <= 0:
        return 0.0, 1.0
    if not (0 <= k <= n and 0 < tail < 1):
        raise ValueError(f"{k} hits of {n} calls, error {tail}: the counts contradict each other")
    return 1.0 - _upper(n - k, n, tail), _upper(k, n, tail)


def sequence_verdict(k: int, n: int, threshold: float, direction: Direction, alpha: float = 0.05) -> Answer:
    """met, missed or not_proven for accumulated counts, valid at every look: `verdict_from_bounds` of `sequence_bounds`.

    A false "met" (or "missed") in any number of looks has probability at most alpha. Nothing graded is not_proven.
    Raises ValueError as `sequence_bounds` does.
    """
    if n <= 0:
        return "not_proven"
    return verdict_from_bounds(*sequence_bounds(k, n, alpha), threshold, direction)


def sequence_calls_needed(k: float, n: float, threshold: float, direction: Direction, alpha: float = 0.05) -> int | None:
    """The smallest total n' >= n of accumulated calls that proves the claim if the rate stays as seen, k of n.

    Hits (k/n) n' are not rounded. log M is convex in n' and 0 at none, so it passes log(1/alpha) once: bisection.
    0 hits need 377 clean calls for "below 1 %" (one look: 299). None: nothing graded, the rate seen does not satisfy the
    claim, or 100,000 calls are not enough. Raises ValueError unless 0 <= k <= n.
    """
    if n <= 0 or not 0 < threshold < 1:
        return None
    if not 0 <= k <= n:
        raise ValueError(f"{k} hits of {n} calls: the counts contradict each other")
    below = direction in ("at_most", "below")
    rate, bar = (k / n, threshold) if below else (1 - k / n, 1 - threshold)
    if rate >= bar or not _shown(rate, MOST_CALLS, bar, alpha):
        return None
    low, high = math.ceil(n) - 1, MOST_CALLS
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _shown(rate, middle, bar, alpha) else (middle, high)
    return high if high >= n else None


def _shown(rate: float, n: int, bar: float, alpha: float) -> bool:
    return _log_evidence(rate * n, n, bar) >= -math.log(alpha)


def _log_evidence(k: float, n: float, t: float) -> float:
    """log M(t), the evidence that the share lies below t."""
    mixed = betaln(k + _PRIOR, n - k + _PRIOR) - betaln(_PRIOR, _PRIOR)
    below = betainc(k + _PRIOR, n - k + _PRIOR, t)
    if below <= 0:
        return -math.inf
    truncated = math.log(below) - math.log(betainc(_PRIOR, _PRIOR, t))
    return float(mixed + truncated - k * math.log(t) - (n - k) * math.log1p(-t))


def _upper(k: float, n: float, tail: float) -> float:
    """The one crossing of the evidence in (k/n, 1), from the side that is already excluded; 1 where every call was a hit."""
    if k >= n:
        return 1.0
    open_, excluded = k / n, 1.0
    for _ in range(_HALVINGS):
        middle = (open_ + excluded) / 2
        if not open_ < middle < excluded:
            break
        if _log_evidence(k, n, middle) >= -math.log(tail):
            excluded = middle
        else:
            open_ = middle
    return excluded
