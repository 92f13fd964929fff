"""Made movements, alarms and shifts of the judge for the reporters."""

from __future__ import annotations

from typing import Any

from evalharness.models.trend import (
    Alarm,
    Difference,
    GraderShift,
    MovedPart,
    Movement,
    Trend,
    TrendPoint,
    TrendSlice,
    Watch,
    WeekTrends,
    WhatChanged,
)
from tests.report.trends import WEEKS, _point, some_trends

NOW, BEFORE = WEEKS[-1], WEEKS[-2]


def a_difference(value: float = -0.2, low: float | None = -0.38, high: float | None = -0.02) -> Difference:
    """Twenty points down from the week before."""
    return Difference(before=BEFORE, value=value, low=low, high=high)


def a_part(name: str = "bills", kind: Any = "intent", moved: float | None = -0.15, **fields: Any) -> MovedPart:
    """Two of nine, before seven of eight."""
    counts = {"hits": 2, "calls": 9, "hits_before": 7, "calls_before": 8, **fields}
    return MovedPart(kind=kind, name=name, moved=moved, **counts)


def a_movement(**fields: Any) -> Movement:
    """Resolution clearly down; the intent bills goes with most of it, an error tag has counts alone."""
    parts = (a_part(moved=-0.05, name="hours"), a_part(), a_part("v12", "version", -0.1), a_part("misheard", "error_tag", None))
    ordinary = {"measure": "resolution_rate", "difference": a_difference(), "clear": True, "n": 34, "n_before": 33}
    return Movement(**{**ordinary, "parts": parts, **fields})


def what_changed(*movements: Movement, **fields: Any) -> WhatChanged:
    """One clear movement, unless others are given."""
    return WhatChanged(**{"week": NOW, "before": BEFORE, "movements": movements or (a_movement(),), **fields})


def a_watch(**fields: Any) -> Watch:
    """Clear failures against the bar of 1 %, too many in the newest week."""
    alarm = Alarm(week=NOW, watched_from=WEEKS[1], failures=9, calls=102, statistic=951.0)
    ordinary = {"measure": "clear_failure_rate", "target": 0.01, "target_from": "bar", "alarms": (alarm,), "sees": 0.06}
    return Watch(**{**ordinary, "weeks": 4, "watched": 3, "threshold": 468.0, **fields})


def a_shift(**fields: Any) -> GraderShift:
    """Another judge; 14 newly wrong answers to 90 gold calls."""
    ordinary = {"week": NOW, "judge": "judge-b", "verdict": "another_judge", "before": "judge-a"}
    return GraderShift(**{**ordinary, "newly_wrong": 14, "newly_right": 2, "gold": 90, "p": 0.002, **fields})


def moving_trends(**fields: Any) -> WeekTrends:
    """The made weeks, the last resolution with its difference from the one before, an alarm, slices, a shift."""
    trends = some_trends()
    resolution, *others = trends.trends
    last = resolution.points[-1].model_copy(update={"difference": a_difference()})
    points = (*resolution.points[:-1], last)
    ordinary = {
        "trends": (resolution.model_copy(update={"points": points}), *others),
        "watches": (a_watch(), a_watch(measure="resolution_rate", target=None, alarms=(), sees=None, why_not="too few weeks")),
        "slices": (a_slice("intent", "bills"), a_slice("version", "v12"), a_slice("hour", "09"), a_slice("intent", "")),
        "shifts": (a_shift(),),
    }
    return trends.model_copy(update={**ordinary, **fields})


def a_slice(kind: Any, value: str) -> TrendSlice:
    """Resolution of a group in two of the weeks."""
    points: tuple[TrendPoint, ...] = (_point(BEFORE, 0.7), _point(NOW, 0.4))
    return TrendSlice(kind=kind, value=value, trends=(Trend(name="resolution_rate", points=points),))
