"""Weeks beside each other on a terminal, in 80 columns and without colour."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evalharness import numbers
from evalharness.models.trend import Trend, TrendPoint, WeekTrends, WhatChanged
from evalharness.report import moved_words, phrases, trend_watched, trend_words
from evalharness.report.terminal import fit, layout, wrap
from evalharness.report.text import columns, visible

MAIN = 6
"""How many measures, the first ones, get a table of their own."""

_MOST_MARKS = 20
_GAP = "  "
Rows = Sequence[Sequence[str]]


def render(
    trends: WeekTrends,
    width: int = 80,
    *,
    every: bool = False,
    by: str | None = None,
    moved: WhatChanged | None = None,
    plain: bool = False,
) -> str:
    """The weeks, a line a measure with its sparkline, alarms, what changed, a table a main measure (`every`: each), the notes.

    `by`: a kind of group, instead of all calls together; `plain`: ASCII marks, for a terminal that has no other.
    """
    if not trends.weeks:
        return trend_words.heading(trends) + "\n"
    shown = trends.trends if every else trends.trends[:MAIN]
    whole = [_overview(trends, width, plain=plain), *trend_watched.blocks(trends, moved, width)]
    tables = [_measure(trend, width) for trend in shown]
    groups = [] if by is None else _by(trends, by, width, plain=plain)
    middle = groups if by is not None else [*whole, *tables]
    blocks = [[trend_words.heading(trends)], _weeks(trends, width), *middle, _changes(trends, width)]
    return "\n\n".join("\n".join(block) for block in (*blocks, wrap(trend_words.CAUTION, width)) if block) + "\n"


def _table(rows: Rows, width: int) -> list[list[str]]:
    """Each row as its lines; columns as wide as their content where that fits."""
    safe = [[visible(cell) for cell in row] for row in rows]
    widths = fit([max(columns(row[column]) for row in safe) for column in range(len(safe[0]))], width)
    lines = [[_GAP.join(cells).rstrip() for cells in layout(row, widths)] for row in safe]
    rule = "-" * (sum(widths) + len(_GAP) * (len(widths) - 1))
    return [[*lines[0], rule], *lines[1:]]


def _flat(rows: Rows, width: int) -> list[str]:
    return [line for row in _table(rows, width) for line in row]


def _weeks(trends: WeekTrends, width: int) -> list[str]:
    head = ("week", "calls", "graded", "verdict", "signed", "versions")
    rows = [
        (
            week.week,
            numbers.count(week.calls),
            numbers.count_of(week.graded, week.drawn) if week.drawn else "not drawn",
            week.verdict or "",
            trend_words.signed(week),
            trend_words.versions(week),
        )
        for week in trends.weeks
    ]
    return _flat([head, *rows], width)


def _overview(trends: WeekTrends, width: int, *, plain: bool) -> list[str]:
    """A line a measure: its weeks as bars, and the newest figure; of what no call showed in any week only the names."""
    never = [trend for trend in trends.trends if trend.name.startswith("calls_with.") and not _ever(trend)]
    rows = [
        (trend_words.title(trend), *_newest(trend, plain=plain)) for trend in trends.trends if trend.name not in _names(never)
    ]
    lines = _flat([("measure", *_NEWEST), *rows], width)
    found = [*lines, *wrap(f"Bars from 0 to the highest week; {_legend(trends.trends, plain=plain)}.", width)]
    titles = ", ".join(trend_words.title(trend).removeprefix("calls with ") for trend in never)
    return found + (wrap(f"In no week a call with: {titles}.", width) if never else [])


_NEWEST = ("weeks", "newest", "95 %", "n of N")


def _names(trends: Sequence[Trend]) -> set[str]:
    return {trend.name for trend in trends}


def _ever(trend: Trend) -> bool:
    return any(point.measure.value for point in trend.points)


def _newest(trend: Trend, *, plain: bool) -> tuple[str, ...]:
    last = trend.points[-1]
    marks = trend_words.spark(trend.points[-_MOST_MARKS:], plain=plain)
    return marks, trend_words.value(trend, last), trend_words.limits(trend, last), phrases.n_of(last.measure)


def _legend(trends: Sequence[Trend], *, plain: bool) -> str:
    points = [point for trend in trends for point in trend.points]
    marks = [f"{trend_words.nothing(plain=plain)} no data"]
    marks += [f"{trend_words.UNANSWERED} unanswered"] if any(point.measure.unanswered for point in points) else []
    marks += [f"{trend_words.BREAK} {trend_words.NOT_JOINED}"] if any(point.breaks for point in points) else []
    return ", ".join(marks)


def _by(trends: WeekTrends, by: str, width: int, *, plain: bool) -> list[list[str]]:
    """A block a measure with a line a group; a group too small for a figure has its count and no figure."""
    slices = [one for one in trends.slices if one.kind == by]
    names = list(dict.fromkeys(trend.name for one in slices for trend in one.trends))
    blocks = []
    for name in names:
        held = [(one.value, trend) for one in slices for trend in one.trends if trend.name == name]
        rows = [(trend_words.group(by, value), *_newest(trend, plain=plain)) for value, trend in held]
        heading = visible(f"{trend_words.title(held[0][1])} by {by}")
        blocks.append([heading, *(f"  {line}" for line in _flat([(by, *_NEWEST), *rows], width - 2))])
    said = wrap(f"{trend_words.SLICES} {_legend([t for one in slices for t in one.trends], plain=plain)}.", width)
    return [*blocks, said] if blocks else [[f"No {by} is known of these weeks' calls."]]


def _measure(trend: Trend, width: int) -> list[str]:
    """A table of one measure; a line that says why stands where weeks must not be joined."""
    bar = f" (bar: {numbers.bar(trend.bar, _currency(trend))})" if trend.bar else ""
    head = ("week", "value", "95 %", "n of N", "than the week before")
    first, *rows = _table([head, *(_row(trend, point) for point in trend.points)], width - 2)
    lines = [f"{visible(trend_words.title(trend))}{bar}", *(f"  {line}" for line in first)]
    for point, row in zip(trend.points, rows, strict=True):
        lines += [f"  {line}" for line in _break(point, width - 2)]
        lines += [f"  {line}" for line in row]
    return [*lines, *_signed(trend, width)]


def _row(trend: Trend, point: TrendPoint) -> tuple[str, ...]:
    less, measure = point.difference, point.measure
    moved = moved_words.difference(less, measure.unit, measure.currency) if less else ""
    return (point.week, trend_words.value(trend, point), trend_words.limits(trend, point), phrases.n_of(measure), moved)


def _break(point: TrendPoint, width: int) -> list[str]:
    return wrap(f"-- {trend_words.NOT_JOINED}: {point.breaks} --", width) if point.breaks else []


def _signed(trend: Trend, width: int) -> Iterator[str]:
    for point in trend.points:
        if point.signed is not None:
            yield from (f"  {line}" for line in wrap(f"{point.week} {trend_words.remarks(point)}", width - 2))


def _currency(trend: Trend) -> str | None:
    return trend.points[-1].measure.currency


def _changes(trends: WeekTrends, width: int) -> list[str]:
    found = list(trend_words.changes(trends))
    lines = ["Changes"] if found else []
    for text in found:
        first, *rest = wrap(text, width - 4)
        lines += [f"  {first}", *(f"    {line}" for line in rest)]
    return lines
