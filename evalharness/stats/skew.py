"""Limits for means of skewed scores: most calls get the best level, and the few bad ones may have been missed."""

from __future__ import annotations

import math

from evalharness.stats.design import Array


def skewness(parts: Array) -> float:
    """Skewness of a sum of independent parts (n,), each with mean 0: sum z^3 / (sum z^2)^1.5, times sqrt(n(n-1))/(n-2).

    For a mean of n calls, z = (y - mean)/n, it is the sample skewness divided by sqrt(n). Without spread, or n < 3: 0.
    """
    n, square = len(parts), float((parts**2).sum())
    if n < 3 or square <= 0:
        return 0.0
    scaled = parts / math.sqrt(square)
    return float((scaled**3).sum()) * math.sqrt(n * (n - 1)) / (n - 2)


def skewed_t(t: float, skew: float) -> tuple[float, float]:
    """How many standard errors the limits lie below and above the mean, where Student's t says `t` on both sides.

    Inverts Hall's transformation of the t statistic [Hall 1992, J. R. Stat. Soc. B 54:221], its first three terms, on
    the side of the longer tail; the other side is never shortened. b = |skew|, u = t + b/6: u + b u^2/3 + 5 b^2 u^3/27.
    """
    b = abs(skew)
    u = t + b / 6
    longer = u + b * u**2 / 3 + 5 * b**2 * u**3 / 27
    return (longer, t) if skew < 0 else (t, longer)
