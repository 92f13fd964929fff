"""Krippendorff's alpha: agreement of two or more raters beyond chance, with missing ratings, for any level of measurement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from evalharness.stats.bootstrap import fisher_z_interval
from evalharness.stats.design import Array
from evalharness.stats.interval import Interval
from evalharness.stats.ratings import Disagreement, by_call, divided, full_scale, rating_counts

Level = Literal["nominal", "ordinal", "interval", "ratio"]


def krippendorff_alpha(
    ratings: ArrayLike, scale: Sequence[float], level: Level, rng: np.random.Generator, call: ArrayLike | None = None
) -> Interval:
    """Alpha with its interval by bootstrap over calls. [Krippendorff 2011]

    ratings (units, raters), two or more raters, missing = nan or None; call (units,), None = one unit a call.

        o = sum over units of (r r' - diag r) / (m - 1), r = the unit's counts on the scale, m = its ratings, m >= 2
        alpha = 1 - sum o d / n over sum n_a n_b d / (n (n - 1)), n_a = row sums of o, n = their sum
        d: nominal 1; interval (a - b)^2; ratio ((a - b)/(a + b))^2; ordinal (mid-rank a - mid-rank b)^2

    n is the number of calls with a unit that was rated twice. Nothing varies: "no data". Not alone where one value is
    rare: a single disagreement then decides it (see `agreement`).
    """
    terms = by_call(coincidences(rating_counts(ratings, scale)), call)
    doubly = terms[terms.any((1, 2))]
    return fisher_z_interval(doubly, lambda sums: alpha_disagreement(sums, scale, level), rng)


def coincidences(counts: Array) -> Array:
    """(units, q, q) coincidence matrices of counts (units, q); zeros for units with fewer than two ratings."""
    m = counts.sum(1)
    r = np.where(m[:, None] >= 2, counts, 0.0)
    pairs = r[:, :, None] * r[:, None, :] - r[:, :, None] * np.eye(r.shape[1])
    return np.asarray(pairs / np.maximum(m - 1, 1)[:, None, None])


def alpha_disagreement(o: Array, scale: Sequence[float], level: Level) -> Disagreement:
    """Disagreement seen and expected, from coincidences (..., q, q) summed over units; mid-ranks anew in each of them."""
    given = o.sum(-1)
    n = given.sum(-1)
    d = _distances(given, full_scale(scale), level)
    d = divided(d, d.max((-1, -2), keepdims=True))
    expected = (given * (d @ given[..., None])[..., 0]).sum(-1)
    return Disagreement(divided((o * d).sum((-1, -2)), n), divided(expected, n * (n - 1)))


def _distances(given: Array, values: Array, level: Level) -> Array:
    """(..., q, q) squared distances between the values of the scale."""
    places = np.cumsum(given, -1) - given / 2 if level == "ordinal" else values
    d = (places[..., :, None] - places[..., None, :]) ** 2
    if level == "nominal":
        return 1 - np.eye(len(values))
    if level == "ratio":
        return divided(d, (values[:, None] + values) ** 2)
    return np.asarray(d)
