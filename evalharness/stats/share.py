"""A share (a rate) from a weighted, stratified sample of calls, with limits that hold at 20 to 50 calls."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evalharness import numbers
from evalharness.stats.design import Array, Rows, rows_of
from evalharness.stats.exact import clopper_pearson, hypergeometric_limits, no_hit_limit
from evalharness.stats.interval import Interval, State, student_t
from evalharness.stats.monotone import outermost

__all__ = ["Interval", "clopper_pearson", "hypergeometric_limits", "weighted_share"]


def weighted_share(
    hits: ArrayLike,
    sizes: ArrayLike | None = None,
    stratum: Sequence[Hashable] | None = None,
    population: Mapping[Hashable, int] | None = None,
    tail: float = 0.025,
    guard: bool = True,
) -> Interval:
    """The share sum(hits) / sum(sizes) of the week, from one row a graded CALL. [Hajek; Kish 1965; Korn, Graubard 1998]

    hits (n,) in 0..size; sizes (n,) = 1 for one verdict a call (default), the number of turns or items of the call, or,
    for a part of the calls (a domain), 1 if the call belongs to it and 0 if not. stratum and population: see `rows_of`.
    tail: error allowed on EACH side, below .5: .025 = two-sided 95 %, .05 = one-sided 95 % bounds for a verdict.

        w_h = N_h / n_h;  p = sum w hits / sum w sizes;  e = w (hits - p sizes) / sum w sizes
        v = sum_h (1 - n_h/N_h) n_h/(n_h-1) sum (e - mean_h e)^2
        n_eff = min(sum sizes, p(1-p)/v);  Kish's (sum w sizes)^2 / sum (w sizes)^2 where p is 0 or 1, or v is 0
        n_eff *= (t(units-1) / t(calls-strata))^2, calls and strata with a size; limits = Clopper-Pearson(p n_eff, n_eff)

    One stratum with one verdict a call is exact: binomial, or hypergeometric where N is given.
    `guard` (False = as published):
    - n_eff is at most (sum w sizes)^2 / sum (w^2 sizes), what equal rates in all strata would give: hits that happen to lie
      where the weights are small earn no credit. Without it a claim at the bar is false in up to 8.7 % of weeks that
      oversample a tail (25 of 35 calls from a tenth of the week: 19 %), with it in 5.0 %.
    - t has at most the degrees of freedom [Satterthwaite] that equal rates in all strata would give, (sum v_h)^2 / sum
      v_h^2/(n_h - 1), v_h = w_h^2 n_h: where one stratum is most of the week, its few calls carry the limits (11 calls for 70 %
      of a week, 3 x 8 for the rest, all hits in the 70 %: a 5 % bound errs in up to 6.3 % without, 5.1 % with; 1-5 % wider).
    - The upper limit is never below that of a sample with fewer hits in any strata (`outermost`; of turns: with any strata
      cleared of hits), nor below `no_hit_limit`; the lower mirrored. As published one more failure can LOWER the upper limit
      (core 30 + tail 20: 9.7 % at none, 8.1 % at one in the tail). Of turns that can still happen.
    - Of turns the call with the largest e counts twice in v, as few slow turns show few of the calls that are slow throughout
      (1 % of the turns of 1,000 calls: a one-sided 5 % bound errs in 6.5 % without, 5.0 % with).
    Graded calls are known: in a finite population the limits never contradict them, and may meet (19 of 20 calls graded,
    no hit, tail .05: none). A stratum without a graded call counts as anything from none to all.
    Not for hand-picked calls (no inclusion probability), nor for means of scores (`weighted_mean`).
    """
    y = np.atleast_1d(np.asarray(hits, dtype=float))
    m = np.ones_like(y) if sizes is None else np.atleast_1d(np.asarray(sizes, dtype=float))
    rows = _contradiction(y, m) or rows_of(len(y), stratum, population)
    if isinstance(rows, str):
        return Interval(None, 0.0, 1.0, "bad input", note=rows)
    if m.sum() == 0:
        return Interval(None, 0.0, 1.0, "no data")
    return _exact(y, m, rows, tail) or _korn_graubard(y, m, rows, tail, guard=guard)


def _contradiction(y: Array, m: Array) -> str:
    if y.shape != m.shape:
        return "hits and sizes differ in number"
    within = np.isfinite(y).all() and np.isfinite(m).all() and (y >= 0).all() and (y <= m).all()
    return "" if within else "hits outside 0..size"


def _exact(y: Array, m: Array, rows: Rows, tail: float) -> Interval | None:
    """The exact answer where there is one: one stratum with one yes or no a call, or everything graded."""
    n, k, units = len(y), float(y.sum()), float(m.sum())
    if rows.census:
        share = min(k / units, 1.0)
        return Interval(share, share, share, "census", units, units)
    if len(rows.drawn) > 1 or not (m == 1).all():
        return None
    if not rows.finite:
        return Interval(k / n, *clopper_pearson(k, n, tail), "ok", n, n)
    if not k.is_integer():
        return None
    N = int(rows.population[0])
    low, high = hypergeometric_limits(int(k), n, N, tail)
    return Interval(k / n, low / N, high / N, "ok", n, n)


def _korn_graubard(y: Array, m: Array, rows: Rows, tail: float, *, guard: bool) -> Interval:
    adjust = _adjustment(m, rows, tail, guard=guard)
    share, n_eff = _effective(y, m, rows, adjust, capped=guard)
    limits = clopper_pearson(share * n_eff, n_eff, tail)
    if guard:
        limits = outermost(y, m, rows, adjust, tail) or _cleared(limits, (y, m), rows, adjust, tail)
        limits = _wherever_they_hide(limits, m, rows, tail)
    low, high = _within_what_is_known(*limits, y, m, rows)
    state: State = "wide" if rows.lone or rows.hidden > 0 else "ok"
    return Interval(share, low, high, state, float(m.sum()), n_eff, _note(rows))


def _adjustment(m: Array, rows: Rows, tail: float, *, guard: bool) -> float:
    """(t(units - 1) / t(calls - strata))^2, counting calls and strata with a size; `guard`: at most Satterthwaite's freedom."""
    units, counted = float(m.sum()), m > 0
    calls = np.bincount(rows.codes[counted], minlength=len(rows.drawn)).astype(float)
    freedom = float(calls.sum() - np.count_nonzero(calls))
    if guard:
        v = np.bincount(rows.codes, rows.weights**2 * counted, len(rows.drawn))
        freedom = min(freedom, float(v.sum() ** 2 / (v**2 / np.maximum(calls - 1, 1)).sum()))
    return (student_t(units - 1, tail) / student_t(freedom, tail)) ** 2 if units > 1 else 1.0


def _effective(y: Array, m: Array, rows: Rows, adjust: float, *, capped: bool = True) -> tuple[float, float]:
    """The share and the number of calls, drawn with equal probability, that would show it as precisely."""
    w, units = rows.weights, float(m.sum())
    whole = float((w * m).sum())
    share = min(max(float((w * y).sum()) / whole, 0.0), 1.0)
    lone = (float(m.max()) / 2 / whole) ** 2  # the largest variance one call can have: half of it hits
    residuals = w * (y - share * m) / whole
    v = float(rows.variance(residuals, lone).sum())
    if capped and v > 0 and m.max() > 1:
        v += float((residuals**2).max())
    kish = whole**2 / float(((w * m) ** 2).sum())
    most = min(units, whole**2 / float((w**2 * m).sum())) if capped else units
    return share, adjust * (kish if v <= 0 or share in (0.0, 1.0) else min(most, share * (1 - share) / v))


def _cleared(
    limits: tuple[float, float], counts: tuple[Array, Array], rows: Rows, adjust: float, tail: float
) -> tuple[float, float]:
    """For turns: limits no tighter than those of the same sample with any strata cleared of hits (upper) or full (lower)."""
    (low, high), (y, m) = limits, counts
    for cleared in _subsets(np.unique(rows.codes[y > 0])):
        share, n_eff = _effective(np.where(np.isin(rows.codes, cleared), 0.0, y), m, rows, adjust)
        high = max(high, clopper_pearson(share * n_eff, n_eff, tail)[1])
    for filled in _subsets(np.unique(rows.codes[y < m])):
        share, n_eff = _effective(np.where(np.isin(rows.codes, filled), m, y), m, rows, adjust)
        low = min(low, clopper_pearson(share * n_eff, n_eff, tail)[0])
    return low, high


def _wherever_they_hide(limits: tuple[float, float], m: Array, rows: Rows, tail: float) -> tuple[float, float]:
    """Limits no tighter than those of a sample without any hit (upper) or miss (lower), with one verdict a call."""
    low, high = limits
    if not rows.finite or not (m == 1).all():
        return low, high
    graded = rows.drawn > 0
    hidden = no_hit_limit(rows.drawn[graded], rows.population[graded], tail)
    return min(low, 1 - hidden), max(high, hidden)


def _subsets(strata: NDArray[np.int64]) -> Iterator[list[int]]:
    """Every set of up to four strata; of more than four only all of them together."""
    smallest = 1 if len(strata) <= 4 else len(strata)
    for size in range(smallest, len(strata) + 1):
        yield from (list(chosen) for chosen in combinations(strata.tolist(), size))


def _within_what_is_known(low: float, high: float, y: Array, m: Array, rows: Rows) -> tuple[float, float]:
    """Strata without a graded call may hold none or nothing but hits; graded calls are what they are."""
    if not rows.finite:
        return low, high
    if not (m == 1).all():
        return (0.0, 1.0) if rows.hidden > 0 else (low, high)
    N, seen = float(rows.population.sum()), 1.0 - rows.hidden
    return max(low * seen, float(y.sum()) / N), min(high * seen + rows.hidden, 1.0 - float((1 - y).sum()) / N)


def _note(rows: Rows) -> str:
    if rows.hidden > 0:
        return f"{numbers.figure(rows.hidden, 'share')} of the calls lie in strata with no graded call; the value is for the rest"
    return "a stratum has a single graded call" if rows.lone else ""
