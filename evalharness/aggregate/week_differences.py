"""A measure less the same of an earlier week, with the limits of that difference. STATISTICS f: an interval, never an alarm."""

from __future__ import annotations

import math

from evalharness.models.measure import Measure
from evalharness.models.trend import Difference
from evalharness.models.weekly import WeekFigures
from evalharness.stats.difference import melded_difference
from evalharness.stats.interval import Interval
from evalharness.stats.mean_difference import difference_of_means

_COUNTED_OTHERWISE = ("owner_reviewed_calls",)


def difference(name: str, now: WeekFigures, before: WeekFigures) -> Difference | None:
    """now - before in the unit of the measure, with two-sided 95 % limits; None where either has no value.

    A share counted over all calls: two binomials melded [Fay, Proschan, Brittain 2015]. All else, from each week's limits for the
    process: the method of variance estimates recovery [Zou, Donner 2008]; no limit where a week has none. How many calls a person
    reviewed is a count of what was done: its difference has no limits. Only for weeks in which the measure means the same.
    """
    first, second = now.measures.get(name), before.measures.get(name)
    if first is None or second is None or first.value is None or second.value is None:
        return None
    found = _melded(name, now, before) or _recovered(now.process.get(name, first), before.process.get(name, second), name, now)
    low, high = (None, None) if found is None else (found.low, found.high)
    return Difference(before=before.week.week, value=first.value - second.value, low=_finite(low), high=_finite(high))


def _melded(name: str, now: WeekFigures, before: WeekFigures) -> Interval | None:
    """Of two counted shares whose calls all have the figure, or nearly all."""
    pairs = []
    for week in (now, before):
        if name not in week.hits or week.measures[name].low is not None:
            return None
        pairs.append((week.hits[name], week.measures[name].n))
    (k1, n1), (k2, n2) = pairs
    return melded_difference(k1, n1, k2, n2)


def _recovered(first: Measure, second: Measure, name: str, now: WeekFigures) -> Interval | None:
    """From limits for the process; a CSAT gap's own are such, as its calls were not drawn."""
    known = name in now.process or name == "csat_gap_points"
    if not known or name in _COUNTED_OTHERWISE:
        return None
    return difference_of_means(_interval(first), _interval(second))


def _interval(measure: Measure) -> Interval:
    low = -math.inf if measure.low is None else measure.low
    high = math.inf if measure.high is None else measure.high
    return Interval(measure.value, low, high, "ok", measure.n, measure.n)


def _finite(limit: float | None) -> float | None:
    return limit if limit is not None and math.isfinite(limit) else None
