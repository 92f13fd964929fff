"""Quantiles of reply times, with the turns that nobody answered ranked above every measured one."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evalharness.stats.call_quantile import UNANSWERED, neighbours

if TYPE_CHECKING:  # they load scipy.special (24 MB), which no process that only reads calls needs
    from evalharness.stats.design import Array
    from evalharness.stats.interval import Interval, State

Codes = NDArray[np.int64]


def week_quantile(values: ArrayLike, unanswered: int, q: float, higher: bool = False) -> float | Literal["unanswered"] | None:
    """The q-quantile of all replies, in the unit of the values; "unanswered" where it touches an unanswered turn; None if empty.

    values (n,) measured replies in any order; `unanswered` turns stand above all of them, as if infinite. With
    m = n + unanswered and position q (m - 1), counted from 0 and computed exactly: linear interpolation between the two
    neighbours (numpy's default; Hyndman, Fan 1996 type 7), or with `higher` the upper neighbour (p99). A linear quantile
    that gives an unanswered neighbour any weight is "unanswered". These are all turns of the week: exact, no interval.
    Not for averaging quantiles of calls. Raises ValueError for q outside 0..1, a negative count or values not finite.
    """
    replies = np.asarray(values, dtype=float)
    if not 0 <= q <= 1 or unanswered < 0 or not np.isfinite(replies).all():
        raise ValueError(f"no quantile {q} of {replies.size} replies and {unanswered} unanswered turns")
    if replies.size + unanswered == 0:
        return None
    below, above, share = neighbours(replies.size + unanswered, q)
    if above >= replies.size:
        return UNANSWERED
    ordered = np.partition(replies, [below, above])
    if higher:
        return float(ordered[above])
    return float(ordered[below] + (ordered[above] - ordered[below]) * share)


def quantile_interval(values: ArrayLike, call: ArrayLike, q: float, tail: float = 0.025, *, guard: bool = True) -> Interval:
    """The q-quantile of the process behind the turns, turns clustered in calls. [Woodruff 1952; call-level linearised variance]

    values (T,) in any unit, call (T,) the call of each turn (whole numbers are fastest); math.inf = nobody answered.

        x = the smallest value with F(x) >= q;  z_c = sum over the turns of call c of (1[value <= x] - F(x))
        se = sqrt(m/(m-1) sum z_c^2) / T, m calls;  a, b = q -+ t(m-1) se;  limits = the order statistics at a and b

    `guard` (False = as published): a and b at least as far out as Clopper-Pearson at q with the effective number of turns
    min(T, q(1-q)/se^2) (t(T-1)/t(m-1))^2, as shares near 0 or 1 are not symmetric (p95 at 20 calls: covered .947,
    without .90; p99 at 50: .973, without .91; 3-10 % wider). These hold for calls of 1 to some 40 turns; where a tenth of the
    calls has 100 turns and the others 7, 20 calls cover .84 at p50 and .90 at p95, 50 calls .91.
    An infinite limit means none: "at least x, no upper limit" (often so for p99 below some 200 calls). Where F(x) = 1 (ties,
    or fewer than 1/(1-q) turns) nothing varies: order statistics of m calls, state "wide". One call has no limits.
    n: turns, n_eff: calls. NaN, -inf or a q outside 0..1 are "bad input".
    For trends and comparisons, never for this week's verdict (`week_quantile` is exact over all calls); not for a sample
    with unequal weights, nor for one figure a call.
    """
    from evalharness.stats.interval import Interval

    v, c = np.asarray(values, dtype=float), np.asarray(call)
    why = _unusable(v, c) or ("" if 0 <= q <= 1 else f"no quantile {q}")
    if why:
        return Interval(None, -math.inf, math.inf, "bad input", note=why)
    T = v.size
    if T == 0:
        return Interval(None, -math.inf, math.inf, "no data")
    rank = min(T, max(1, math.ceil(q * T - 1e-9)))
    x = float(np.partition(v, rank - 1)[rank - 1])
    codes = _codes(c)
    m = int(np.count_nonzero(np.bincount(codes)))
    if m < 2:
        return Interval(x, -math.inf, math.inf, "wide", T, 1, "one call: no limits")
    (a, b), state = _ranks(v <= x, codes, (m, q, tail), guard=guard)
    low, high = _order_statistics(v, a * T, b * T)
    return Interval(x, min(low, x), max(high, x), state, T, m, "" if state == "ok" else "nothing varies around the quantile")


def share_above(values: ArrayLike, call: ArrayLike, limit: float, tail: float = 0.025) -> Interval:
    """The share of turns above `limit`, calls as clusters: `weighted_share` with slow turns as hits, turns as sizes.

    values (T,), call (T,) as in `quantile_interval`; an unanswered turn (math.inf) is above every limit. For comparisons
    "p99 < 1.5 s" is "the share above 1.5 s is below 1 %". The guard keeps one slow turn from narrowing the limits, so that
    claim needs some 300 calls.
    """
    from evalharness.stats.interval import Interval
    from evalharness.stats.share import weighted_share

    v, c = np.asarray(values, dtype=float), np.asarray(call)
    if why := _unusable(v, c):
        return Interval(None, 0.0, 1.0, "bad input", note=why)
    if v.size == 0:
        return Interval(None, 0.0, 1.0, "no data")
    codes = _codes(c)
    turns = np.bincount(codes).astype(float)
    slow = np.bincount(codes, v > limit)
    return weighted_share(slow[turns > 0], turns[turns > 0], tail=tail)


def _unusable(v: Array, c: NDArray[Any]) -> str:
    if v.ndim != 1 or v.shape != c.shape:
        return "values and calls differ in number"
    return "a value is not a number" if np.isnan(v).any() or np.isneginf(v).any() else ""


def _codes(call: NDArray[Any]) -> Codes:
    """(T,) small whole numbers, one a call; sorted for only where the labels are not small whole numbers already."""
    if call.dtype.kind in "iu" and call.min() >= 0 and call.max() < 4 * call.size + 1000:
        return call.astype(np.int64, copy=False)
    return np.unique(call, return_inverse=True)[1].astype(np.int64)


def _ranks(
    below: NDArray[np.bool_], codes: Codes, asked: tuple[int, float, float], *, guard: bool
) -> tuple[tuple[float, float], State]:
    """Between which shares of all turns the quantile may lie; asked: calls, q and tail."""
    from evalharness.stats.exact import clopper_pearson
    from evalharness.stats.interval import student_t

    (m, q, tail), T = asked, below.size
    share = float(below.mean())
    z = np.bincount(codes, below - share)
    se = math.sqrt(m / (m - 1) * float((z**2).sum())) / T
    if se <= 0:
        return clopper_pearson(q * m, m, tail), "wide"
    half = student_t(m - 1, tail) * se
    if not guard:
        return (q - half, q + half), "ok"
    turns = min(q * (1 - q) / se**2, T) * (student_t(T - 1, tail) / student_t(m - 1, tail)) ** 2
    low, high = clopper_pearson(q * turns, turns, tail)
    return (min(q - half, low), max(q + half, high)), "ok"


def _order_statistics(v: Array, low: float, high: float) -> tuple[float, float]:
    T = v.size
    at = [math.floor(low) if low >= 1 else 0, math.ceil(high) - 1 if high <= T - 1 else T - 1]
    ordered = np.partition(v, at)
    return (float(ordered[at[0]]) if low >= 1 else -math.inf), (float(ordered[at[1]]) if high <= T - 1 else math.inf)
