"""How many of the true events a grader finds, and how many of the others he leaves alone."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evalharness.stats.interval import Interval
from evalharness.stats.share import weighted_share


@dataclass(frozen=True, slots=True)
class Detection:
    """sensitivity: flagged among the true events; specificity: not flagged among the others. Each carries its own n."""

    sensitivity: Interval
    specificity: Interval


def detection(
    flagged: ArrayLike,
    truth: ArrayLike,
    stratum: Sequence[Hashable] | None = None,
    population: Mapping[Hashable, int] | None = None,
) -> Detection:
    """Sensitivity and specificity of `flagged` against `truth`, (calls,) of 0/1, one row a graded CALL, missing = nan or None.

    Each is a share of a part of the calls: `weighted_share` with size 1 for calls that belong to it and 0 for the others,
    so that an oversampled tail counts for what it is (unweighted it would make a grader look better or worse than he is).
    Without strata and population the calls count alike and the limits are Clopper-Pearson's, exact.
    No true event: sensitivity is "no data", never 0 or 1. A call where either is missing belongs to neither part.
    Raises ValueError for anything but 0, 1 and missing, or unequal lengths. Not where truth is in doubt: that is agreement.
    """
    found, true = _verdicts(flagged), _verdicts(truth)
    if found.shape != true.shape:
        raise ValueError(f"{len(found)} verdicts but {len(true)} truths")
    known = ~(np.isnan(found) | np.isnan(true))
    rows = _Rows(stratum, population)
    return Detection(rows.share(found == 1, known & (true == 1)), rows.share(found == 0, known & (true == 0)))


def _verdicts(given: ArrayLike) -> NDArray[np.float64]:
    values = np.atleast_1d(np.asarray(given, dtype=float))
    if values.ndim != 1 or not (np.isnan(values) | np.isin(values, (0, 1))).all():
        raise ValueError("a verdict is 0, 1 or missing, one a call")
    return values


@dataclass(frozen=True)
class _Rows:
    stratum: Sequence[Hashable] | None
    population: Mapping[Hashable, int] | None

    def share(self, hits: NDArray[np.bool_], part: NDArray[np.bool_]) -> Interval:
        """The share of hits within a part of the calls."""
        if self.stratum is None and self.population is None:
            return weighted_share(hits[part])
        return weighted_share(hits & part, part, self.stratum, self.population)
