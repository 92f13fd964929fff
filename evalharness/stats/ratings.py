"""Ratings of the same units by several raters, counted on the full scale: what every coefficient of agreement starts from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evalharness.stats.design import Array

_UNDEFINED_BELOW = 1e-12


class Disagreement(NamedTuple):
    """Disagreement seen and expected by chance, arrays of one shape; 1 is the largest disagreement two ratings can have.

    Every coefficient is 1 - observed / expected. Where `expected` is 0 there is none: nothing varies, or nothing was rated
    twice.
    """

    observed: Array
    expected: Array

    @property
    def defined(self) -> NDArray[np.bool_]:
        """Where there is a coefficient at all."""
        return np.asarray(self.expected > _UNDEFINED_BELOW)

    def coefficients(self) -> Array:
        """The coefficients where they are defined, in one row."""
        defined = self.defined
        return np.asarray(1 - self.observed[defined] / self.expected[defined])


def divided(top: Array, bottom: Array) -> Array:
    """top / bottom, and 0 where the bottom is 0."""
    top, bottom = np.broadcast_arrays(np.asarray(top, dtype=float), np.asarray(bottom, dtype=float))
    return np.divide(top, bottom, out=np.zeros(top.shape), where=bottom != 0)


def full_scale(scale: Sequence[float]) -> Array:
    """(q,) the values of a scale in rising order. Raises ValueError unless there are two or more, each once."""
    values = np.unique(np.asarray(scale, dtype=float))
    if len(values) != len(scale) or len(values) < 2 or not np.isfinite(values).all():
        raise ValueError(f"a scale needs two or more different values, not {list(scale)}")
    return values


def positions(ratings: ArrayLike, scale: Sequence[float]) -> NDArray[np.int64]:
    """Ratings of any shape as positions on the scale, 0..q - 1; missing (nan or None) is -1. ValueError if not on the scale."""
    values, given = full_scale(scale), np.asarray(ratings, dtype=float)
    missing = np.isnan(given)
    places = np.minimum(np.searchsorted(values, np.where(missing, values[0], given)), len(values) - 1)
    if not (missing | (values[places] == given)).all():
        raise ValueError(f"a rating is not on the scale {values.tolist()}")
    return np.where(missing, -1, places)


def rating_counts(ratings: ArrayLike, scale: Sequence[float]) -> Array:
    """(units, q) how many raters gave each value of the FULL scale; ratings (units, raters), missing = nan or None;
    (units,) is a single rater.

    The whole scale counts, also values nobody gave: AC1 and AC2 depend on how many there are.
    Raises ValueError for a rating that is not on the scale.
    """
    places = positions(ratings, scale)
    if places.ndim == 1:
        places = places[:, None]
    return np.asarray((places[:, :, None] == np.arange(len(scale))).sum(1), dtype=float)


def joint_counts(first: ArrayLike, second: ArrayLike, scale: Sequence[float]) -> Array:
    """(units, q, q) a single 1 where two raters met on a unit, row = first, column = second; zeros where one is missing."""
    a, b, steps = positions(first, scale), positions(second, scale), np.arange(len(scale))
    return np.asarray((a[:, None, None] == steps[:, None]) & (b[:, None, None] == steps), dtype=float)


def by_call(terms: Array, call: ArrayLike | None = None) -> Array:
    """(calls, ...) sums of per-unit terms (units, ...) within calls; call (units,) names them, None = one unit a call."""
    if call is None:
        return terms
    names, codes = np.unique(np.asarray(call), return_inverse=True)
    sums = np.zeros((len(names), *terms.shape[1:]))
    np.add.at(sums, codes, terms)
    return sums
