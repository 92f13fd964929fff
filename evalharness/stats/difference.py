"""The difference of two shares from independent calls, such as CSAT against a baseline with its own n."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import betainc, betaincinv, ndtr, ndtri

from evalharness.stats.design import Array
from evalharness.stats.interval import Interval

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(128)
_FARTHEST = 8.0
_STEPS = 34
"""Halvings of (-1, 1): 1e-10."""

Beta = tuple[float, float]


def melded_difference(k1: float, n1: float, k2: float, n2: float, tail: float = 0.025) -> Interval:
    """p1 - p2 of two independent binomials, k1 hits of n1 calls and k2 of n2. [Fay, Proschan, Brittain 2015]

    Melds the Clopper-Pearson confidence distributions: high = quantile 1 - tail of Beta(k1 + 1, n1 - k1) minus
    Beta(k2, n2 - k2 + 1); low = quantile tail of Beta(k1, n1 - k1 + 1) minus Beta(k2 + 1, n2 - k2). The same as
    binomMeld.test of R's exact2x2, and in accord with Fisher's exact test: the interval excludes 0 on one side exactly
    where the one-sided p value is at most `tail`. Gauss-Legendre quadrature, accurate to 1e-6; no random numbers.

    Shares are fractions of 1; tail: error on EACH side; n and n_eff are n1 + n2. No call on one side: "no data", (-1, 1).
    Not for two grades of the same calls (paired), nor for shares from several strata.
    """
    counts = (k1, n1, k2, n2)
    if not all(map(math.isfinite, counts)) or not (0 <= k1 <= n1 and 0 <= k2 <= n2):
        return Interval(None, -1.0, 1.0, "bad input", note="hits outside 0..n")
    if n1 == 0 or n2 == 0:
        return Interval(None, -1.0, 1.0, "no data", n1 + n2, n1 + n2)
    low = _quantile((k1, n1 - k1 + 1), (k2 + 1, n2 - k2), tail)
    high = _quantile((k1 + 1, n1 - k1), (k2, n2 - k2 + 1), 1 - tail)
    value = k1 / n1 - k2 / n2
    return Interval(value, min(low, value), max(high, value), "ok", n1 + n2, n1 + n2)


def _quantile(x: Beta, y: Beta, probability: float) -> float:
    """The quantile of X - Y for independent Beta variables; Beta(0, b) is always 0 and Beta(a, 0) always 1."""
    if 0 in y:
        return _point(x, probability) - (1.0 if y[1] == 0 else 0.0)
    if 0 in x:
        return (1.0 if x[1] == 0 else 0.0) - _point(y, 1 - probability)
    if _variance(y) > _variance(x):  # integrate over the narrower of the two: X - Y = (1 - Y) - (1 - X)
        x, y = y[::-1], x[::-1]
    low, high = -1.0, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if _at_most(x, y, middle) < probability else (low, middle)
    return (low + high) / 2


def _point(x: Beta, probability: float) -> float:
    if 0 in x:
        return 1.0 if x[1] == 0 else 0.0
    return float(betaincinv(*x, probability))


def _variance(x: Beta) -> float:
    a, b = x
    return a * b / ((a + b) ** 2 * (a + b + 1))


def _at_most(x: Beta, y: Beta, difference: float) -> float:
    """P(X - Y <= difference) = E[F_X(difference + Y)], integrated over the normal score z of Y, F_Y(Y) = Phi(z).

    The integrand has a kink where difference + Y leaves (0, 1): it is 0 below and 1 above.
    """
    first, last = betainc(*y, max(0.0, -difference)), betainc(*y, min(1.0, 1.0 - difference))
    from_, to = np.clip(ndtri([first, last]), -_FARTHEST, _FARTHEST)
    z: Array = (from_ + to) / 2 + (to - from_) / 2 * _NODES
    density = np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
    inside = betainc(*x, np.clip(difference + betaincinv(*y, ndtr(z)), 0.0, 1.0))
    return float((inside * density * _WEIGHTS).sum() * (to - from_) / 2) + float(1.0 - last)
