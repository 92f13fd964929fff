"""Quantiles of a week's reply times, with the turns that nobody answered ranked above every measured one."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

UNANSWERED: Literal["unanswered"] = "unanswered"


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
    position = Fraction(repr(float(q))) * (replies.size + unanswered - 1)
    below, above = math.floor(position), math.ceil(position)
    if above >= replies.size:
        return UNANSWERED
    ordered = np.partition(replies, [below, above])
    if higher:
        return float(ordered[above])
    return float(ordered[below] + (ordered[above] - ordered[below]) * float(position - below))
