"""Made weeks beside each other for the reporters: a break, a gap, an unanswered percentile, a figure signed otherwise."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from evalharness.models.act import SignedFigure, SignOff
from evalharness.models.call import Change
from evalharness.models.measure import Measure
from evalharness.models.trend import Trend, TrendPoint, TrendWeek, WeekTrends
from evalharness.models.week import shift
from tests.builders import MONDAY, WEEK, a_threshold

WEEKS = tuple(shift(WEEK, back) for back in (-3, -2, -1, 0))
BREAK = "the criterion outcome changed"
WAS = SignedFigure(check="resolution", measure="resolution_rate", verdict="not_proven", value=0.61, n=33, of=140)


def a_sign_off(**fields: Any) -> SignOff:
    """Anna Keller keeps the agent, on the Tuesday after the week."""
    ordinary = {"week": WEEK, "by": "Anna Keller", "decision": "keep", "at": MONDAY + timedelta(days=8)}
    known = {"verdict": "not proven yet", "sample_digest": "s" * 64, "summary_digest": "d" * 64}
    return SignOff(**{**ordinary, **known, **fields})


def some_trends(label: str = "prompt v12") -> WeekTrends:
    """Four weeks: resolution with a break before the third and another signed figure in the last; p99 unanswered in the
    second and nowhere to be had in the third; cost of all calls, without any bar."""
    shares = (0.62, 0.59, 0.71, 0.66)
    resolution = [
        _point(week, value, breaks=BREAK if number == 2 else "", signed=WAS if number == 3 else None)
        for number, (week, value) in enumerate(zip(WEEKS, shares, strict=True))
    ]
    slowest = [
        _measured("latency_p99_ms", week, value, unit="ms", unanswered=value is None and number == 1, n=0 if number == 2 else 400)
        for number, (week, value) in enumerate(zip(WEEKS, (1210.0, None, None, 990.0), strict=True))
    ]
    cost = [_measured("cost_per_call", week, 0.32, unit="money", currency="EUR", n=140) for week in WEEKS]
    trends = (
        Trend(name="resolution_rate", points=tuple(resolution), bar=a_threshold("resolution_rate", at_least=0.6)),
        Trend(name="latency_p99_ms", points=tuple(slowest), bar=a_threshold("latency_p99_ms", below=1500)),
        Trend(name="cost_per_call", points=tuple(cost)),
    )
    return WeekTrends(weeks=tuple(map(_week, WEEKS, (label,) * 4)), trends=trends, timezone="Europe/Berlin")


def _week(week: str, label: str) -> TrendWeek:
    last = week == WEEKS[-1]
    changes = (Change(at=MONDAY, label=label, kind="prompt"),) if last else ()
    known = {"calls": 150, "drawn": 35, "graded": 34, "verdict": "not proven yet", "versions": {"v11": 90, "v12": 60}}
    return TrendWeek(week=week, **known, changes=changes, signed=a_sign_off() if last else None, differs=last)


def _point(week: str, value: float, **fields: Any) -> TrendPoint:
    limits = {"low": value - 0.17, "high": value + 0.14, "n": 34, "of": 140, "basis": "sample"}
    return TrendPoint(week=week, measure=Measure(name="resolution_rate", unit="share", value=value, **limits), **fields)


def _measured(name: str, week: str, value: float | None, **fields: Any) -> TrendPoint:
    return TrendPoint(week=week, measure=Measure(name=name, value=value, of=400, **fields))
