"""Agreement of two graders on the same calls: never one coefficient alone, and every figure with its n."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evalharness.stats.alpha import Level, alpha_disagreement
from evalharness.stats.bootstrap import fisher_z_interval
from evalharness.stats.design import Array
from evalharness.stats.detection import detection
from evalharness.stats.gwet import gwet_disagreement, pair_terms
from evalharness.stats.interval import Interval, never_seen
from evalharness.stats.kappa import Weights, kappa_disagreement, weight_matrix
from evalharness.stats.mean import weighted_mean
from evalharness.stats.ratings import Disagreement, by_call, full_scale, joint_counts
from evalharness.stats.share import weighted_share

Kind = Literal["ordinal", "yes_no", "category"]

_TAIL = 0.025
_LEVELS: dict[Kind, Level] = {"ordinal": "ordinal", "yes_no": "nominal", "category": "nominal"}
_KAPPA: dict[Kind, Weights] = {"ordinal": "quadratic", "yes_no": "identity", "category": "identity"}
_AC: dict[Kind, Weights] = {"ordinal": "ordinal", "yes_no": "identity", "category": "identity"}


@dataclass(frozen=True, slots=True)
class Agreement:
    """What two graders' grades of the same calls say about each other. Each Interval has its own n and state.

    alpha: Krippendorff's (ordinal or nominal). kappa: quadratic for ordinal, else plain. ac: Gwet's AC2 (ordinal weights)
    for ordinal, else AC1. exact: share of equal grades. within_one: share at most one step of the scale apart (ordinal).
    bias: mean of first - second in points of the scale (ordinal). first, second: how often each grader gave each value of
    `scale`, over the pairs. sensitivity, specificity: of first against second for the HIGHER value of the scale (yes_no).
    What a kind has not is None.
    """

    kind: Kind
    pairs: int
    calls: int
    alpha: Interval
    kappa: Interval
    ac: Interval
    exact: Interval
    scale: tuple[float, ...]
    first: tuple[int, ...]
    second: tuple[int, ...]
    within_one: Interval | None = None
    bias: Interval | None = None
    sensitivity: Interval | None = None
    specificity: Interval | None = None


def agreement(
    first: ArrayLike,
    second: ArrayLike,
    scale: Sequence[float],
    *,
    kind: Kind,
    rng: np.random.Generator,
    call: ArrayLike | None = None,
) -> Agreement:
    """The agreement of grades (units,) by two graders, missing = nan or None; only units that both graded count.

    scale: ALL values a grade can take (AC1 and AC2 depend on their number; yes_no has two, the higher is the event). call
    (units,): which call a unit lies in, None = one unit a call; calls are resampled whole. Intervals: see
    `fisher_z_interval` (coefficients), `weighted_share` (shares), `weighted_mean` (bias; mean of the calls' means).
    Constant or empty columns give "no data", perfect agreement a wide lower limit, never a width of zero.
    Raises ValueError for a grade off the scale, unequal lengths, or yes_no with a scale of more than two values.
    Every call counts alike: for a sample with an oversampled tail pass the equal-probability core, and take sensitivity
    from `detection` with its strata. Agreement with one owner is agreement with this owner, never "as good as a human".
    """
    values = full_scale(scale)
    if kind == "yes_no" and len(values) != 2:
        raise ValueError(f"yes or no has two values, not {values.tolist()}")
    a, b, calls = _pairs(first, second, call)
    tables = joint_counts(a, b, scale)
    grades = _Grades(a, b, calls, by_call(tables, calls), values)
    total = tables.sum(0)
    apart = np.abs(np.subtract.outer(np.arange(len(values)), np.arange(len(values))))
    ordinal, found = kind == "ordinal", detection(a == values[1], b == values[1]) if kind == "yes_no" else None
    return Agreement(
        kind,
        len(a),
        len(grades.tables),
        **grades.coefficients(kind, rng),
        exact=grades.share(apart < 1),
        scale=tuple(values.tolist()),
        first=tuple(total.sum(1).astype(int).tolist()),
        second=tuple(total.sum(0).astype(int).tolist()),
        within_one=grades.share(apart <= 1) if ordinal else None,
        bias=grades.bias() if ordinal else None,
        sensitivity=found.sensitivity if found else None,
        specificity=found.specificity if found else None,
    )


def coefficients(kind: Kind, scale: Sequence[float]) -> dict[str, Callable[[Array], Disagreement]]:
    """alpha, kappa and ac of a kind, each from joint counts (..., q, q) to the disagreement seen and expected."""
    w_kappa, w_ac = weight_matrix(scale, _KAPPA[kind]), weight_matrix(scale, _AC[kind])
    return {
        "alpha": lambda tables: alpha_disagreement(tables + np.swapaxes(tables, -1, -2), scale, _LEVELS[kind]),
        "kappa": lambda tables: kappa_disagreement(tables, w_kappa),
        "ac": lambda tables: gwet_disagreement(pair_terms(tables, w_ac), w_ac),
    }


def _pairs(first: ArrayLike, second: ArrayLike, call: ArrayLike | None) -> tuple[Array, Array, Array]:
    """The grades of the units that both graded, and a number for the call of each."""
    a, b = (np.atleast_1d(np.asarray(grades, dtype=float)) for grades in (first, second))
    names = np.arange(len(a)) if call is None else np.atleast_1d(np.asarray(call))
    if not a.shape == b.shape == names.shape or a.ndim != 1:
        raise ValueError(f"{len(a)} grades by the first, {len(b)} by the second, {len(names)} calls")
    both = ~(np.isnan(a) | np.isnan(b))
    return a[both], b[both], np.unique(names[both], return_inverse=True)[1].astype(float)


@dataclass(frozen=True)
class _Grades:
    """Grades by two graders (pairs,), and their joint counts a call (calls, q, q)."""

    first: Array
    second: Array
    call: Array
    tables: Array
    scale: Array

    def coefficients(self, kind: Kind, rng: np.random.Generator) -> dict[str, Interval]:
        return {
            name: fisher_z_interval(self.tables, statistic, rng)
            for name, statistic in coefficients(kind, self.scale.tolist()).items()
        }

    def share(self, counted: NDArray[np.bool_]) -> Interval:
        """The share of pairs in the cells counted."""
        return weighted_share((self.tables * counted).sum((1, 2)), self.tables.sum((1, 2)))

    def bias(self) -> Interval:
        """Mean of first - second, one value a call; where all are equal, a share u = 1 - .025^(1/n) may lie anywhere."""
        pairs = self.tables.sum((1, 2))
        means = by_call(self.first - self.second, self.call) / np.maximum(pairs, 1)
        span, n = float(np.ptp(self.scale)), len(means)
        if n and np.ptp(means) == 0:
            value, hidden = float(means[0]), never_seen(n, _TAIL)
            low, high = value - hidden * (value + span), value + hidden * (span - value)
            return Interval(value, low, high, "wide", n, n, "no spread seen")
        return weighted_mean(means.tolist(), scale=(-span, span))
