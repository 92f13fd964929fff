"""Weeks beside each other on a terminal, in 80 columns and without colour."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evalharness.models.trend import Trend, TrendPoint, WeekTrends
from evalharness.report import numbers, phrases, trend_words
from evalharness.report.terminal import fit, layout, wrap
from evalharness.report.text import columns, visible

MAIN = 6
"""How many measures, the first ones, get a table of their own."""

_MOST_MARKS = 20
_GAP = "  "


def render(trends: WeekTrends, width: int = 80, *, every: bool = False) -> str:
    """The weeks, a line a measure with its sparkline, a table a main measure (`every`: each), the changes."""
    if not trends.weeks:
        return trend_words.heading(trends) + "\n"
    shown = trends.trends if every else trends.trends[:MAIN]
    blocks = [
        [trend_words.heading(trends)],
        _weeks(trends, width),
        _overview(trends, width),
        *(_measure(trend, width) for trend in shown),
        _changes(trends, width),
        wrap(trend_words.CAUTION, width),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _table(rows: Sequence[Sequence[str]], width: int) -> list[list[str]]:
    """Each row as its lines; columns as wide as their content where that fits."""
    safe = [[visible(cell) for cell in row] for row in rows]
    widths = fit([max(columns(row[column]) for row in safe) for column in range(len(safe[0]))], width)
    lines = [[_GAP.join(cells).rstrip() for cells in layout(row, widths)] for row in safe]
    rule = "-" * (sum(widths) + len(_GAP) * (len(widths) - 1))
    return [[*lines[0], rule], *lines[1:]]


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
    return [line for row in _table([head, *rows], width) for line in row]


def _overview(trends: WeekTrends, width: int) -> list[str]:
    """A line a measure: its weeks as bars, and the newest figure."""
    head = ("measure", "weeks", "newest", "95 %", "n of N")
    rows = [
        (
            trend_words.title(trend),
            trend_words.spark(trend.points[-_MOST_MARKS:]),
            trend_words.value(trend, trend.points[-1]),
            trend_words.limits(trend, trend.points[-1]),
            phrases.n_of(trend.points[-1].measure),
        )
        for trend in trends.trends
    ]
    lines = [line for row in _table([head, *rows], width) for line in row]
    return [*lines, *wrap(f"Bars from 0 to the highest week; {_legend(trends)}.", width)]


def _legend(trends: WeekTrends) -> str:
    points = [point for trend in trends.trends for point in trend.points]
    marks = [f"{trend_words.NOTHING} no data"]
    marks += [f"{trend_words.UNANSWERED} unanswered"] if any(point.measure.unanswered for point in points) else []
    marks += [f"{trend_words.BREAK} {trend_words.NOT_JOINED}"] if any(point.breaks for point in points) else []
    return ", ".join(marks)


def _measure(trend: Trend, width: int) -> list[str]:
    """A table of one measure; a line that says why stands where weeks must not be joined."""
    bar = f" (bar: {numbers.bar(trend.bar, _currency(trend))})" if trend.bar else ""
    head = ("week", "value", "95 %", "n of N")
    first, *rows = _table([head, *(_row(trend, point) for point in trend.points)], width - 2)
    lines = [f"{visible(trend_words.title(trend))}{bar}", *(f"  {line}" for line in first)]
    for point, row in zip(trend.points, rows, strict=True):
        lines += [f"  {line}" for line in _break(point, width - 2)]
        lines += [f"  {line}" for line in row]
    return [*lines, *_signed(trend, width)]


def _row(trend: Trend, point: TrendPoint) -> tuple[str, ...]:
    return (point.week, trend_words.value(trend, point), trend_words.limits(trend, point), phrases.n_of(point.measure))


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
