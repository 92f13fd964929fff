"""The sheet "Trend": this week and the weeks before it, measure by measure, the main ones as native charts."""

from __future__ import annotations

from collections.abc import Sequence

from openpyxl.workbook.workbook import Workbook

from evalharness.models.summary import WeekSummary
from evalharness.models.trend import Trend, TrendPoint, WeekTrends
from evalharness.report import numbers, phrases, trend_words
from evalharness.report.text import short
from evalharness.report.workbook.chart import line_chart
from evalharness.report.workbook.page import Content, Number, Page

NAME = "Trend"
MAIN = 6
"""How many measures, the first ones, get a chart."""

_WIDTHS = (16, 17, 22, 17, 52, 11, 11, 11, 11)
_HEAD = ("week", "value", "95 % interval", "n of N", "remarks", "value", "lower", "upper", "bar")
_STYLES = ("name", "figure", "fact", "fact", "cell", "fact", "fact", "fact", "fact")
_WEEKS = ("week", "calls", "graded", "verdict", "changes, versions, sign-off")
_CHART_COLUMN = 6
_CHART_ROWS, _ROW_POINTS = 11, 15.5
_ANCHORS = ("A", "E")
_BREAK = "‖"
_SHAPES = {"share": "0.00%", "money": "0.000", "score": "0.0"}
Span = tuple[Trend, int, int]
"""A trend and the first and last row of its table."""


def add(workbook: Workbook, summary: WeekSummary) -> None:
    """Write the sheet; with a single week there is nothing to chart yet."""
    trends = summary.trend or WeekTrends(weeks=(), trends=())
    page = Page(workbook, NAME, _WIDTHS)
    page.line(trend_words.heading(trends), "title", 30)
    page.line(trend_words.CAUTION, "subtitle", 20)
    charted = [trend for trend in trends.trends[:MAIN] if _known(trend)] if len(trends.weeks) > 1 else []
    top = page.row
    for _ in range((len(charted) + 1) // 2 * _CHART_ROWS):
        page.end_row(_ROW_POINTS)
    if trends.weeks:
        page.new_page()
        _weeks(page, trends)
    spans = [_measure(page, trend) for trend in trends.trends]
    _charts(page, [span for span in spans if span[0] in charted], top)
    page.finish(freeze="A3", head=(1, 1))


def _known(trend: Trend) -> bool:
    return any(point.measure.value is not None for point in trend.points)


def _weeks(page: Page, trends: WeekTrends) -> None:
    page.section("Weeks")
    page.header(_WEEKS, spread=True)
    notes = list(trend_words.changes(trends))
    for week in trends.weeks:
        told = [note.partition(": ")[2] for note in notes if note.startswith(f"{week.week}: ")]
        signed = f"signed: {trend_words.signed(week)}" if week.signed else ""
        versions = f"version {trend_words.versions(week)}" if trend_words.versions(week) else ""
        graded = numbers.count_of(week.graded, week.drawn) if week.drawn else "not drawn"
        text = "; ".join(part for part in (*told, versions, signed) if part)
        page.table_row(
            [week.week, numbers.count(week.calls), graded, week.verdict or "", text],
            ("name", "fact", "fact", "fact", "cell"),
            18,
            spread=True,
        )


def _measure(page: Page, trend: Trend) -> Span:
    """A table: a row a week, and a marked row where weeks must not be joined, empty in the chart's columns."""
    page.end_row(10)
    page.section(short(_titled(trend), 90))
    page.header(_HEAD)
    first = page.row
    for point in trend.points:
        if point.breaks:
            why = f"{trend_words.NOT_JOINED}: {point.breaks}"
            page.table_row([_BREAK, "", "", "", why, None, None, None, _bar(trend)], "group", 18)
        page.table_row(_row(trend, point), _STYLES, 18)
    return trend, first, page.row - 1


def _titled(trend: Trend) -> str:
    title = trend_words.title(trend)
    currency = trend.points[-1].measure.currency
    bar = f" (bar: {numbers.bar(trend.bar, currency)})" if trend.bar else ""
    return f"{title if title[:1] == 'p' else title[:1].upper() + title[1:]}{bar}"


def _row(trend: Trend, point: TrendPoint) -> list[Content]:
    measure = point.measure
    shape = _SHAPES.get(measure.unit, "0")
    exact = measure.low is None or measure.low == measure.high
    low, high = (None, None) if exact or measure.value is None else (measure.low, measure.high)
    return [
        point.week,
        trend_words.value(trend, point),
        trend_words.limits(trend, point),
        phrases.n_of(measure),
        trend_words.remarks(point),
        *(Number(value, shape) for value in (measure.value, low, high)),
        _bar(trend),
    ]


def _bar(trend: Trend) -> Number:
    """The bar goes through where the line breaks."""
    unit = trend.points[-1].measure.unit
    return Number(trend.bar.value if trend.bar else None, _SHAPES.get(unit, "0"))


def _charts(page: Page, spans: Sequence[Span], top: int) -> None:
    """Two charts a row, above the tables they are drawn from."""
    for number, (trend, first, last) in enumerate(spans):
        row = top + number // 2 * _CHART_ROWS
        unit = trend.points[-1].measure.unit
        chart = line_chart(page.sheet, _titled(trend), unit, first, last, _CHART_COLUMN)
        page.sheet.add_chart(chart, f"{_ANCHORS[number % 2]}{row}")
