"""The difference of two means from independent calls, from the interval of each."""

from __future__ import annotations

import math

from evalharness.stats.interval import Interval


def difference_of_means(first: Interval, second: Interval) -> Interval:
    """first - second in the unit of the values, 95 % where both are. [Zou, Donner 2008: method of variance estimates recovery]

        low  = d - sqrt((m1 - l1)^2 + (u2 - m2)^2),  high = d + sqrt((u1 - m1)^2 + (m2 - l2)^2),  d = m1 - m2

    Takes over whatever each interval is worth, its skew included; n is the sum. "wide" where one of them is; "no data" without
    limits narrower than all that is possible where one has no value. Not for two grades of the same calls (paired).
    """
    n, n_eff = first.n + second.n, first.n_eff + second.n_eff
    if first.value is None or second.value is None:
        return Interval(None, first.low - second.high, first.high - second.low, "no data", n, n_eff, first.note or second.note)
    value = first.value - second.value
    low = value - math.hypot(first.value - first.low, second.high - second.value)
    high = value + math.hypot(first.high - first.value, second.value - second.low)
    wide = "wide" in (first.state, second.state)
    return Interval(value, low, high, "wide" if wide else "ok", n, n_eff, first.note or second.note)
