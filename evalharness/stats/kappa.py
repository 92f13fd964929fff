"""Cohen's weighted kappa of two raters, and the weights that say how much a near miss counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from evalharness.stats.bootstrap import fisher_z_interval
from evalharness.stats.design import Array
from evalharness.stats.interval import Interval
from evalharness.stats.ratings import Disagreement, divided, full_scale, joint_counts

Weights = Literal["identity", "linear", "quadratic", "ordinal"]


def cohens_kappa(
    first: ArrayLike, second: ArrayLike, scale: Sequence[float], weights: Weights, rng: np.random.Generator
) -> Interval:
    """Kappa = (pa - pe) / (1 - pe) of ratings (units,) by two raters, one unit a call, with its bootstrap interval. [Cohen]

    p = joint shares, pa = sum W p, pe = sum W (row sums)(column sums). Both used one and the same value: "no data".
    Not alone: with (118, 5, 2, 0) the raters agree on 94.4 % and kappa is -.02; see `agreement`.
    """
    tables, w = joint_counts(first, second, scale), weight_matrix(scale, weights)
    met = tables[tables.any((1, 2))]
    return fisher_z_interval(met, lambda sums: kappa_disagreement(sums, w), rng)


def kappa_disagreement(tables: Array, weights: Array) -> Disagreement:
    """Disagreement seen and expected, 1 - pa and 1 - pe, from joint counts (..., q, q), rows = first rater; weights (q, q)."""
    p = divided(tables, tables.sum((-1, -2), keepdims=True))
    apart = 1 - weights
    expected = (p.sum(-1) * (p.sum(-2) @ apart)).sum(-1)
    return Disagreement(np.asarray((p * apart).sum((-1, -2))), np.asarray(expected))


def weight_matrix(scale: Sequence[float], kind: Weights) -> Array:
    """(q, q) weights of agreement, 1 on the diagonal and 0 for the ends of the scale. [Gwet 2014]

    identity: 1 only for the same value; linear 1 - |a - b|/range; quadratic 1 - (a - b)^2/range^2;
    ordinal 1 - C(|i - j| + 1, 2)/C(q, 2) from positions i, j on the scale of q values.
    """
    values = full_scale(scale)
    q = len(values)
    steps = np.abs(np.subtract.outer(np.arange(q), np.arange(q)))
    apart = np.abs(np.subtract.outer(values, values)) / np.ptp(values)
    if kind == "identity":
        return np.eye(q)
    if kind == "ordinal":
        return np.asarray(1 - steps * (steps + 1) / (q * (q - 1)))
    return np.asarray(1 - (apart if kind == "linear" else apart**2))
