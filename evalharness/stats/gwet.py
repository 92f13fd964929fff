"""Gwet's AC1 and AC2: agreement beyond chance that does not collapse where nearly all ratings are the same."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from evalharness.stats.bootstrap import fisher_z_interval
from evalharness.stats.design import Array
from evalharness.stats.interval import Interval
from evalharness.stats.kappa import Weights, weight_matrix
from evalharness.stats.ratings import Disagreement, divided, rating_counts


def gwet_ac(ratings: ArrayLike, scale: Sequence[float], weights: Weights, rng: np.random.Generator) -> Interval:
    """AC1 (identity weights) or AC2 of two or more raters, one unit a call, with its bootstrap interval. [Gwet 2014]

    ratings (units, raters), missing = nan or None. pa over units with two or more ratings, pi_k = the mean share of value
    k over units with any; pe = sum(W) / (q(q - 1)) sum pi_k (1 - pi_k), q = the values of the FULL scale;
    AC = (pa - pe) / (1 - pe). n is the number of rated units.
    Not alone: with (118, 5, 2, 0) AC1 is .94 although the first rater found none of the second's failures.
    """
    w = weight_matrix(scale, weights)
    terms = gwet_terms(rating_counts(ratings, scale), w)
    return fisher_z_interval(terms[terms[:, 2] > 0], lambda sums: gwet_disagreement(sums, w), rng)


def gwet_terms(counts: Array, weights: Array) -> Array:
    """(units, 3 + q) terms that add up: [rated twice, agreement, rated, shares of the values], from counts (units, q)."""
    m = counts.sum(1)
    two, one = m >= 2, m >= 1
    agreement = np.where(two, (counts * (counts @ weights - 1)).sum(1) / np.maximum(m * (m - 1), 1), 0.0)
    return np.column_stack([two, agreement, one, counts / np.maximum(m, 1)[:, None]])


def pair_terms(tables: Array, weights: Array) -> Array:
    """The same terms (..., 3 + q) for two raters, from joint counts (..., q, q)."""
    n = tables.sum((-1, -2))
    shares = (tables.sum(-1) + tables.sum(-2)) / 2
    return np.concatenate([np.stack([n, (tables * weights).sum((-1, -2)), n], -1), shares], -1)


def gwet_disagreement(terms: Array, weights: Array) -> Disagreement:
    """Disagreement seen and expected, 1 - pa and 1 - pe, from summed terms (..., 3 + q)."""
    q, twice = len(weights), terms[..., 0]
    pi = divided(terms[..., 3:], terms[..., 2:3])
    expected = 1 - weights.sum() / (q * (q - 1)) * (pi * (1 - pi)).sum(-1)
    return Disagreement(divided(twice - terms[..., 1], twice), np.where(twice > 0, expected, 0.0))
