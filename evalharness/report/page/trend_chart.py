"""A measure over weeks as a picture: its line with interval bands, broken where weeks must not be joined, its bar, and marks."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from evalharness import numbers
from evalharness.models.trend import Trend, TrendPoint, WeekTrends
from evalharness.report import moved_words, phrases, trend_words
from evalharness.report.page.scale import Scale, places, scale_of

WIDTH, HEIGHT = 380, 190
_LEFT, _RIGHT, _TOP, _BOTTOM = 58.0, 370.0, 26.0, 160.0
_MOST_LABELS = 8


@dataclass(frozen=True)
class Dot:
    """A week's figure: its place, and its value, interval and n in words."""

    x: str
    y: str
    said: str
    unanswered: bool = False


@dataclass(frozen=True)
class Mark:
    """Something of a week that is no figure: a change of the agent, a break, an alarm."""

    x: str
    said: str


@dataclass(frozen=True)
class Chart:
    """Coordinates and texts of one picture. `lines`, `bands`: a path for each run of weeks that may be joined."""

    lines: tuple[str, ...]
    bands: tuple[str, ...]
    dots: tuple[Dot, ...]
    breaks: tuple[Mark, ...]
    changes: tuple[Mark, ...]
    alarms: tuple[Mark, ...]
    bar: str
    bar_text: str
    ticks: tuple[tuple[str, str], ...]
    weeks: tuple[tuple[str, str], ...]


def chart(trend: Trend, trends: WeekTrends) -> Chart | None:
    """The picture of a measure; None where no week has a value."""
    values = [number for point in trend.points for number in _numbers(point)]
    if not any(point.measure.value is not None for point in trend.points):
        return None
    unit, currency = trend.points[-1].measure.unit, trend.points[-1].measure.currency
    whole = {"share": 1.0, "score": 100.0}.get(unit)
    up = scale_of([*values, trend.bar.value if trend.bar else None], _BOTTOM, _TOP, whole=whole)
    across = _across(trend)
    runs = _runs(trend)
    return Chart(
        lines=tuple(_path([(across(p), up.at(p.measure.value or 0.0)) for p in run]) for run in runs if len(run) > 1),
        bands=tuple(_band(run, across, up) for run in runs if any(_has_limits(point) for point in run)),
        dots=tuple(_dot(trend, point, across, up) for point in trend.points if _is_known(point)),
        breaks=tuple(Mark(places(across(p) - _step(trend) / 2), _broken(p)) for p in trend.points if p.breaks),
        changes=tuple(_changes(trend, trends, across)),
        alarms=tuple(_alarms(trend, trends, across)),
        bar=places(up.at(trend.bar.value)) if trend.bar else "",
        bar_text=numbers.bar(trend.bar, currency, signs=True) if trend.bar else "",
        ticks=tuple((places(up.at(tick)), numbers.figure(tick, unit, currency)) for tick in up.ticks()),
        weeks=tuple(_labels(trend, across)),
    )


def _numbers(point: TrendPoint) -> tuple[float | None, ...]:
    return point.measure.value, point.measure.low, point.measure.high


def _is_known(point: TrendPoint) -> bool:
    return point.measure.value is not None or point.measure.unanswered


def _has_limits(point: TrendPoint) -> bool:
    low, high = point.measure.low, point.measure.high
    return point.measure.value is not None and low is not None and high is not None and low != high


def _step(trend: Trend) -> float:
    return (_RIGHT - _LEFT) / max(len(trend.points), 1)


def _across(trend: Trend) -> Callable[[TrendPoint], float]:
    """The place of a week: the middle of its share of the width."""
    order = {point.week: number for number, point in enumerate(trend.points)}
    return lambda point: _LEFT + (order[point.week] + 0.5) * _step(trend)


def _runs(trend: Trend) -> list[list[TrendPoint]]:
    """Stretches of weeks that may be joined: a break, a week without a value or an unanswered one ends a stretch."""
    runs: list[list[TrendPoint]] = [[]]
    for point in trend.points:
        if point.measure.value is None:
            runs.append([])
        elif point.breaks:
            runs.append([point])
        else:
            runs[-1].append(point)
    return [run for run in runs if run]


def _path(corners: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(places(*corner) for corner in corners)


def _band(run: Sequence[TrendPoint], across: Callable[[TrendPoint], float], up: Scale) -> str:
    """Upper limits from left to right, lower ones back; of a single week a bar as wide as its dot."""
    limited = [point for point in run if _has_limits(point)]
    wide = 3.0 if len(limited) == 1 else 0.0
    tops = [(across(p) + side * wide, up.at(p.measure.high or 0.0)) for p in limited for side in _sides(wide)]
    floors = [(across(p) + side * wide, up.at(p.measure.low or 0.0)) for p in limited for side in _sides(wide)]
    return _path([*tops, *reversed(floors)]) + "Z"


def _sides(wide: float) -> tuple[int, ...]:
    return (-1, 1) if wide else (0,)


def _dot(trend: Trend, point: TrendPoint, across: Callable[[TrendPoint], float], up: Scale) -> Dot:
    limits, n = trend_words.limits(trend, point), phrases.n_of(point.measure)
    said = f"{point.week}: {trend_words.value(trend, point)}{f', 95 % {limits}' if limits else ''}, {n}"
    y = _TOP if point.measure.value is None else up.at(point.measure.value)
    return Dot(places(across(point)), places(y), said, point.measure.unanswered)


def _broken(point: TrendPoint) -> str:
    return f"{point.week} {trend_words.NOT_JOINED}: {point.breaks}"


def _changes(trend: Trend, trends: WeekTrends, across: Callable[[TrendPoint], float]) -> list[Mark]:
    """A mark on each week in which the owner noted a change."""
    noted = {week.week: [change.named for change in week.changes] for week in trends.weeks if week.changes}
    return [
        Mark(places(across(point)), f"{point.week}: {'; '.join(noted[point.week])}")
        for point in trend.points
        if point.week in noted
    ]


def _alarms(trend: Trend, trends: WeekTrends, across: Callable[[TrendPoint], float]) -> Iterator[Mark]:
    """A mark on each week with an alarm."""
    places_of = {point.week: places(across(point)) for point in trend.points}
    for watch in trends.watches:
        for alarm in watch.alarms if watch.measure == trend.name else ():
            if alarm.week in places_of:
                yield Mark(places_of[alarm.week], f"{alarm.week}: {moved_words.alarm_sentence(watch, alarm)}")


def _labels(trend: Trend, across: Callable[[TrendPoint], float]) -> list[tuple[str, str]]:
    """The numbers of the weeks, of many every second or third, always the last."""
    every = math.ceil(len(trend.points) / _MOST_LABELS)
    last = len(trend.points) - 1
    return [(places(across(point)), point.week[5:]) for number, point in enumerate(trend.points) if (last - number) % every == 0]
