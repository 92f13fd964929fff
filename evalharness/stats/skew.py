"""Means of skewed scores: most calls get the best level, and the few bad ones may all have been missed."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from scipy.special import stdtr

from evalharness.stats.design import Array, rows_of
from evalharness.stats.interval import Interval, student_t
from evalharness.stats.mean import weighted_mean


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


def skewed_mean(
    values: Sequence[float | None],
    stratum: Sequence[Hashable] | None = None,
    population: Mapping[Hashable, int] | None = None,
    tail: float = 0.025,
    scale: tuple[float, float] = (0.0, 100.0),
) -> Interval:
    """`weighted_mean` with its limit on the side of the longer tail moved out for the skewness of the scores.

    Arguments and states as there. On the longer side the tail is made smaller until Student's t equals `skewed_t`.
    """
    mean = weighted_mean(values, stratum, population, tail, scale)
    rows = rows_of(len(values), stratum, population)
    if mean.value is None or mean.state == "census" or isinstance(rows, str):
        return mean
    rated = np.array([value is not None for value in values], dtype=bool)
    y = np.array([0.0 if value is None else float(value) for value in values])
    parts = (rows.weights * rated * (y - mean.value))[rated]
    freedom = max(mean.n - int((rows.drawn > 0).sum()), 1.0)
    below, above = skewed_t(student_t(freedom, tail), skewness(parts))
    farther = weighted_mean(values, stratum, population, float(stdtr(freedom, -max(below, above))), scale)
    return replace(mean, low=farther.low) if below > above else replace(mean, high=farther.high)
