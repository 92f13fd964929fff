"""A measure less the same of an earlier week, with the limits of that difference. STATISTICS f: an interval, never an alarm."""

from __future__ import annotations

import math

from evalharness.models.measure import Measure
from evalharness.models.trend import Difference
from evalharness.models.weekly import WeekFigures
from evalharness.stats.interval import Interval
from evalharness.stats.mean_difference import difference_of_means


def difference(name: str, now: WeekFigures, before: WeekFigures) -> Difference | None:
    """now - before in the unit of the measure, with two-sided 95 % limits; None where either has no value.

    From each week's limits for the process, by the method of variance estimates recovery [Zou, Donner 2008]; no limit on a side
    where a week has none, and none at all where the process is not known: how many calls were reviewed, verified resolution, a
    figure of people and LLM together. Shares of all calls so compared cover .952-.998 of 15 to 1,500 calls a week, and are 2-5 %
    narrower than melded binomials. Only for weeks in which the measure means the same.
    """
    first, second = now.measures.get(name), before.measures.get(name)
    if first is None or second is None or first.value is None or second.value is None:
        return None
    limits: tuple[float | None, float | None] = (None, None)
    if name == "csat_gap_points":  # its own limits are those of a process: its calls were not drawn
        limits = _limits(first, second)
    elif name in now.process and name in before.process:
        limits = _limits(now.process[name], before.process[name])
    return Difference(before=before.week.week, value=first.value - second.value, low=limits[0], high=limits[1])


def _limits(first: Measure, second: Measure) -> tuple[float | None, float | None]:
    found = difference_of_means(_interval(first), _interval(second))
    return _finite(found.low), _finite(found.high)


def _interval(measure: Measure) -> Interval:
    low = -math.inf if measure.low is None else measure.low
    high = math.inf if measure.high is None else measure.high
    return Interval(measure.value, low, high, "ok", measure.n, measure.n)


def _finite(limit: float) -> float | None:
    return limit if math.isfinite(limit) else None
