"""Where a line of the trend breaks at another text of its criterion, and that change was bridged, the shift stands beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evalharness.flows.opened import Opened
from evalharness.models.bridge import Bridge
from evalharness.models.trend import Trend, TrendPoint, WeekTrends
from evalharness.report.bridge_words import shift_words
from evalharness.store.records import load_rubric, load_sample

RESULT = "rubric bridged"
"""The action of the audit trail that keeps what a bridge showed."""


@dataclass(frozen=True)
class _Known:
    """A bridge with the digests of its criteria before and after."""

    bridge: Bridge
    before: dict[str, str]
    after: dict[str, str]


def bridges(house: Opened) -> list[Bridge]:
    """What every bridge showed, as recorded, oldest first; one that was gone on with stands once more, newer."""
    return [Bridge.model_validate(row["details"], strict=False) for row in house.ledger.rows("audit", action=RESULT)]


def with_bridges(house: Opened, found: WeekTrends) -> WeekTrends:
    """The trends with the shift of the newest bridge at each break that it is about. Lines stay apart, figures as they are."""
    known = [_digests(house, one) for one in reversed(bridges(house))]
    if not known:
        return found
    drawn = {one.week: sample.criterion_digests for one in found.weeks if (sample := load_sample(house.ledger, one.week))}
    return found.model_copy(update={"trends": tuple(_with(trend, drawn, known) for trend in found.trends)})


def _digests(house: Opened, one: Bridge) -> _Known:
    before, after = (load_rubric(house.ledger, version.sha256).digests() for version in (one.before, one.after))
    return _Known(one, before, after)


def _with(trend: Trend, drawn: dict[str, dict[str, str]], known: Sequence[_Known]) -> Trend:
    return trend.model_copy(update={"points": tuple(_points(trend, drawn, known))})


def _points(trend: Trend, drawn: dict[str, dict[str, str]], known: Sequence[_Known]) -> Iterator[TrendPoint]:
    """`before`: the criterion's digest in the week drawn last before the point."""
    before = None
    for point in trend.points:
        now = drawn.get(point.week, {}).get(trend.name)
        words = _words(trend.name, before, now, known) if point.breaks else ""
        yield point.model_copy(update={"breaks": f"{point.breaks}; {words}"}) if words else point
        before = now or before


def _words(criterion: str, before: str | None, now: str | None, known: Sequence[_Known]) -> str:
    for one in known:
        if None not in (before, now) and (one.before.get(criterion), one.after.get(criterion)) == (before, now):
            return next((shift_words(one.bridge, found) for found in one.bridge.criteria if found.criterion == criterion), "")
    return ""
