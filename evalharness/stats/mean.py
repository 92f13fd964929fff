"""The mean of a score over the week's calls, from a weighted, stratified sample."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from evalharness import numbers
from evalharness.stats.bounded import bounded_limits
from evalharness.stats.design import Array, Rows, rows_of
from evalharness.stats.interval import Interval, never_seen, student_t

Rated = NDArray[np.bool_]
Scale = tuple[float, float]
_NO_SPREAD = 1e-18


def weighted_mean(
    values: Sequence[float | None],
    stratum: Sequence[Hashable] | None = None,
    population: Mapping[Hashable, int] | None = None,
    tail: float = 0.025,
    scale: Scale = (0.0, 100.0),
    *,
    guard: bool = True,
) -> Interval:
    """The mean over the week's calls, one value a graded CALL. [Hajek; stratified t interval, Cochran 1977 ch. 5 and 6]

    values (n,) on `scale`; None = not applicable: the call counts as graded, but in neither numerator nor denominator.
    stratum and population: see `rows_of`; tail: error on EACH side, below .5.

        w_h = N_h / n_h;  mean = sum w y / sum w over rated calls;  e = w (y - mean) / sum w, 0 where not applicable
        v_h = (1 - n_h/N_h) n_h/(n_h-1) sum (e - mean_h e)^2;  df = (sum v_h)^2 / sum v_h^2/(n_h - 1) [Satterthwaite]
        limits = mean -+ sqrt(t(df)^2 sum v_h + sum_h (W_h span u_h (1 - n_h/N_h))^2)

    The second sum runs over strata that show no spread, so that equal values never give a width of zero:
    u = 1 - tail^(1/n_h) is the largest share of other values that n_h equal ones leave open; 1 for a lone call (the whole
    scale). `guard` (False = the t interval alone, for symmetric scores): never narrower than

        mean -+ sqrt(sum (W_h (mean_h - limit_h))^2), limit_h by `bounded_limits` [Zou, Donner 2008]

    The t interval alone covers .92-.95 of usual grades (3/7/15/35/40 %) and .81-.95 of 90 % fives, 8 % fours, 2 % ones; with
    the guard .96-1.0 everywhere. Width against t: bimodal 1.0, symmetric 1.1-1.2, usual 1.1-1.2 (35 of 1,000: 20.5 against
    17.6 points), half points 1.2-1.3, near the top of the scale 1.1-1.9.
    Limits keep to the scale and to what the graded calls already settle. Strata without a graded call count as anything on
    the scale. n_eff is Kish's. Not for yes/no (`weighted_share`: exact at rare rates), nor for hand-picked calls.
    """
    rows = _outside(values, scale) or rows_of(len(values), stratum, population)
    if isinstance(rows, str):
        return Interval(None, *scale, "bad input", note=rows)
    rated = np.array([value is not None for value in values], dtype=bool)
    if not rated.any():
        return Interval(None, *scale, "no data")
    y = np.array([0.0 if value is None else float(value) for value in values])
    return _interval(y, rated, rows, (tail, scale), guard=guard)


def _outside(values: Sequence[float | None], scale: Scale) -> str:
    low, high = scale
    within = all(value is None or low <= value <= high for value in values)
    return "" if within else f"a value outside {numbers.plain(low)}..{numbers.plain(high)}"


def _interval(y: Array, rated: Rated, rows: Rows, asked: tuple[float, Scale], *, guard: bool) -> Interval:
    tail, scale = asked
    w, n = rows.weights * rated, int(rated.sum())
    whole = float(w.sum())
    mean = min(max(float((w * y).sum()) / whole, scale[0]), scale[1])
    if rows.census:
        return Interval(mean, mean, mean, "census", n, n)
    v = rows.variance(w * (y - mean) / whole)
    still = (v <= _NO_SPREAD * (scale[1] - scale[0]) ** 2) & (rows.drawn > 0) & (rows.rest > 0)
    half = math.sqrt(student_t(_freedom(v, rows), tail) ** 2 * float(v.sum()) + _unseen(still, rows, tail, scale))
    below, above = _guard(y, rated, rows, tail, scale) if guard else (0.0, 0.0)
    low, high = _within_what_is_known((mean - max(half, below), mean + max(half, above)), y, rated, rows, scale)
    wide = bool(still.any()) or rows.hidden > 0
    kish = whole**2 / float((w**2).sum())
    return Interval(mean, low, high, "wide" if wide else "ok", n, kish, _note(rows) if wide else "")


def _guard(y: Array, rated: Rated, rows: Rows, tail: float, scale: Scale) -> tuple[float, float]:
    """How far below and above the mean the limits that ask nothing of the distribution lie."""
    w = rows.weights * rated
    below = above = 0.0
    for h in np.unique(rows.codes[rated]):
        mine = rated & (rows.codes == h)
        low, high = bounded_limits(y[mine], scale, tail, float(rows.population[h] * mine.sum() / rows.drawn[h]))
        share, mean = float(w[mine].sum() / w.sum()), float(y[mine].mean())
        below, above = math.hypot(below, share * (mean - low)), math.hypot(above, share * (high - mean))
    return below, above


def _freedom(v: Array, rows: Rows) -> float:
    """Satterthwaite's degrees of freedom of a sum of variances."""
    parts = float((v**2 / np.maximum(rows.drawn - 1, 1)).sum())
    return float(v.sum()) ** 2 / parts if parts > 0 else 1.0


def _unseen(still: Rated, rows: Rows, tail: float, scale: Scale) -> float:
    """What strata without spread may hide, squared and summed, in squared units of the score."""
    shares = rows.population / rows.population.sum() if rows.finite else np.ones(1)
    open_ = [1.0 if n == 1 else never_seen(n, tail) for n in rows.drawn]
    return float(((shares * (scale[1] - scale[0]) * np.array(open_) * rows.rest)[still] ** 2).sum())


def _within_what_is_known(limits: tuple[float, float], y: Array, rated: Rated, rows: Rows, scale: Scale) -> tuple[float, float]:
    """Keeps the limits on the scale; where all calls are rated also to the means that the ungraded ones leave possible."""
    (low, high), (least, most) = limits, scale
    low, high = max(low, least), min(high, most)
    if not rows.finite:
        return low, high
    if not rated.all():
        return scale if rows.hidden > 0 else (low, high)
    hidden, N = rows.hidden, float(rows.population.sum())
    low, high = low * (1 - hidden) + least * hidden, high * (1 - hidden) + most * hidden
    known, unknown = float(y.sum()) / N, 1 - len(y) / N
    return max(low, known + unknown * least), min(high, known + unknown * most)


def _note(rows: Rows) -> str:
    if rows.hidden > 0:
        return f"{numbers.figure(rows.hidden, 'share')} of the calls lie in strata with no graded call; the value is for the rest"
    return "no spread seen" if len(rows.drawn) == 1 else "a stratum shows no spread"
