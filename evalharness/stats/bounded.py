"""Limits for the mean of a bounded score that ask nothing of its distribution: few low grades among many high ones."""

from __future__ import annotations

import math

import numpy as np

from evalharness.stats.design import Array

_STEP = 0.2
_FROM, _TO = -18.0, 14.0
_HALVINGS = 26
_MOST_LEVELS = 200


def bounded_limits(
    values: Array, scale: tuple[float, float], tail: float = 0.025, population: float = math.inf
) -> tuple[float, float]:
    """Limits for the mean of one stratum, values (n,) on `scale`, error at most `tail` each. [Learned-Miller, Thomas 2019]

    Lower: the `tail` quantile of sum_i D_i z_i, z = the values and once the scale's low end, D ~ Dirichlet(1, ..., 1); upper
    mirrored with the high end. For 0/1 values exactly Clopper-Pearson; no failure known for others [Phan et al. 2021].
    The quantile has no random numbers in it: D_i = G_i / sum G with G exponential, so P(sum D z <= c) = P(sum (z - c) G <= 0),
    by the integral of Imhof (1961). Of a week of N calls the rest N - n is predicted by Polya's urn, as the beta-binomial
    predicts hits: its mean is that of D, its variance times 1 - n/N and (N + 1)/N; the quantile is scaled to that and moved
    outward by half a call, span / 2N, as whole calls cannot lie in between (0/1 values, 10-50 of 15-500 calls: a one-sided
    5 % limit errs in at most 5.2 %, without the half call in 11.7 %). n = 0 gives the scale.
    Some tenth wider than Student's t where that holds: for symmetric scores more than is needed.
    """
    n = len(values)
    if n == 0:
        return scale
    rest = 1 - n / population
    half_a_call = (scale[1] - scale[0]) / population / 2 if rest > 0 else 0.0
    shrink = math.sqrt(rest * (1 + 1 / population))
    limits = []
    for sign, end in ((1.0, scale[0]), (-1.0, scale[1])):
        z = np.append(values, end) * sign
        centre, mean = float(z.mean()), float(values.mean()) * sign
        limits.append(sign * ((1 - rest) * mean + rest * centre - shrink * (centre - _quantile(z, tail)) - half_a_call))
    return max(limits[0], scale[0]), min(limits[1], scale[1])


def _quantile(z: Array, tail: float) -> float:
    """The `tail` quantile of the mean of z with Dirichlet(1, ..., 1) weights, by bisection between the least z and its mean."""
    levels, shapes = np.unique(_coarse(z), return_counts=True)
    low, high = float(levels[0]), float(z.mean())
    for _ in range(_HALVINGS if len(levels) > 1 else 0):
        middle = (low + high) / 2
        low, high = (low, middle) if _probability(levels - middle, shapes.astype(float)) > tail else (middle, high)
    return low


def _coarse(z: Array) -> Array:
    """Values in up to 200 steps, rounded down, away from the mean of what is still possible; grades have fewer steps anyway."""
    least, span = float(z.min()), float(np.ptp(z))
    if len(np.unique(z)) <= _MOST_LEVELS:
        return z
    return np.asarray(least + np.floor((z - least) / span * (_MOST_LEVELS - 1)) * span / (_MOST_LEVELS - 1))


def _probability(factors: Array, shapes: Array) -> float:
    """P(sum of factor * gamma variable of that shape <= 0) = 1/2 - (1/pi) integral of sin(theta)/rho over log u. [Imhof 1961]

    theta turns faster the more variables there are: a step of 1 / sqrt of their number keeps 1e-7 from 1 to 5,000 of them.
    """
    step = min(_STEP, 1 / math.sqrt(float(shapes.sum())))
    u = np.outer(factors, np.exp(np.arange(_FROM, _TO, step)) / math.sqrt(float((shapes * factors**2).sum())))
    theta, log_rho = shapes @ np.arctan(u), shapes @ np.log1p(u**2) / 2
    return 0.5 - step / math.pi * float((np.sin(theta) * np.exp(-log_rho)).sum())
