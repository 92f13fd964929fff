"""The sheet Trend: the main measures as native charts with interval bars, then the weeks, alarms, groups and the charts' rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from openpyxl.workbook.workbook import Workbook

from evalharness import numbers
from evalharness.models.summary import WeekSummary
from evalharness.models.trend import Alarm, Trend, TrendPoint, TrendWeek, Watch, WeekTrends
from evalharness.report import moved_words, phrases, trend_words
from evalharness.report.text import short
from evalharness.report.workbook.chart import Lines, line_chart
from evalharness.report.workbook.page import Content, Number, Page
from evalharness.report.workbook.table import table

NAME = "Trend"
MAIN = 6
"""How many measures, the first ones, get a chart."""

_WIDTHS = (30, 19, 22, 17, 40, 11, 11, 11, 11, 11, 11, 11, 13)
_PRINTED = 9
_HEAD = (
    "week", "value", "95 % interval", "n of N", "remarks", "value", "lower", "upper", "bar", "to lower", "to upper", "alarm",
    "in the chart",
)  # fmt: skip
_STYLES = ("name", "figure", "fact", "fact", "cell", *["fact"] * 4, *["aside"] * 4)
_VALUE, _BAR, _DOWN, _UP, _ALARM, _LABEL = 6, 9, 10, 11, 12, 13
_WEEKS = ("week", "calls", "graded", "verdict", "changes, versions, sign-off")
_WATCHES = ("measure", "held against", "alarm", "weeks watched", "since when, how many, what it can see")
_WATCHES_SAID = (
    "An alarm is raised where failures became too many for what is held against, however often one looks: by chance alone at "
    "most about one in three years over all measures watched. A difference from week to week raises none."
)
_NEWEST = ("measure", "this week", "95 % interval", "n of N", "weeks, oldest first", "week before, and the difference")
_CHART_ROWS, _ROW_POINTS, _TITLE_POINTS = 12, 15.5, 44
_ANCHORS = ("A", "E")
_BREAK, _CHANGE, _RAISED = "‖", "◆", "▲"
LEGEND = (
    f"{_CHANGE} a change of the agent was noted in the week; {_RAISED} alarm; {_BREAK} weeks that must not be joined; "
    "broad upright bar: 95 % interval of the week, which an exact figure has none of; dashes: the bar"
)
Span = tuple[Trend, int, int]
"""A trend and the first and last row of its table."""


def add(workbook: Workbook, summary: WeekSummary) -> None:
    """Write the sheet; with a single week there is nothing to chart yet."""
    trends = summary.trend or WeekTrends(weeks=(), trends=())
    page = Page(workbook, NAME, _WIDTHS, printed=_PRINTED)
    page.line(trend_words.heading(trends), "title", 30)
    page.line(trend_words.CAUTION, "said")
    charted = [trend for trend in trends.trends[:MAIN] if _known(trend)] if len(trends.weeks) > 1 else []
    if charted:
        page.line(LEGEND, "small", 16)
    top = page.row
    for _ in range((len(charted) + 1) // 2 * _CHART_ROWS):
        page.end_row(_ROW_POINTS)
    if trends.weeks:
        page.new_page()
        fill(page, summary, trends)
    spans = [_measure(page, trend, trends) for trend in charted]
    _charts(page, spans, top)
    page.finish(freeze="A3", head=(1, 1))


def fill(page: Page, summary: WeekSummary, trends: WeekTrends) -> None:
    """The tables: weeks, alarms, the newest week of every measure of which anything is known."""
    weeks = (_week(week, trends) for week in reversed(trends.weeks))
    table(page, "Weeks, newest first", _WEEKS, weeks, spread=True)
    if trends.watches:
        table(page, "Alarms", _WATCHES, map(_watch, trends.watches), said=_WATCHES_SAID, spread=True)
    rows = (_newest(trend, summary) for trend in trends.trends if any(point.measure.n for point in trend.points))
    table(page, "Every measure, newest week", _NEWEST, rows, spread=True)


def _known(trend: Trend) -> bool:
    return any(point.measure.value is not None for point in trend.points)


def _week(week: TrendWeek, trends: WeekTrends) -> list[Content]:
    """A week with what was noted, the versions that ran, and how it was signed."""
    told = [note.partition(": ")[2] for note in trend_words.changes(trends) if note.startswith(f"{week.week}: ")]
    signed = f"signed: {trend_words.signed(week)}" if week.signed else ""
    versions = f"version {trend_words.versions(week)}" if trend_words.versions(week) else ""
    graded = numbers.count_of(week.graded, week.drawn) if week.drawn else "not drawn"
    text = "; ".join(part for part in (*told, versions, signed) if part)
    return [week.week, numbers.count(week.calls), graded, week.verdict or "", text]


def _watch(watch: Watch) -> list[Content]:
    raised = ", ".join(f"{_RAISED} {alarm.week}" for alarm in watch.alarms)
    told = [_alarm(alarm) for alarm in watch.alarms] + [moved_words.sees(watch)]
    against = moved_words.target(watch) if watch.target is not None else "not watched"
    rest = watch.why_not if watch.target is None else "; ".join(part for part in told if part)
    return [moved_words.title(watch.measure), against, raised or "none", numbers.count(watch.weeks), rest]


def _alarm(alarm: Alarm) -> str:
    return f"{numbers.count_of(alarm.failures, alarm.calls)} since {alarm.watched_from}"


def _newest(trend: Trend, summary: WeekSummary) -> list[Content]:
    point = trend_words.newest(trend)
    return [
        _upper(trend_words.title(trend)),
        trend_words.value(trend, point),
        trend_words.limits(trend, point),
        phrases.n_of(point.measure),
        trend_words.spark(trend.points),
        moved_words.week_before(summary, trend.name),
    ]


def _upper(title: str) -> str:
    """A title at the beginning of a line; percentiles keep their small p."""
    return title if title[:2] in ("p9", "p5") else title[:1].upper() + title[1:]


def _measure(page: Page, trend: Trend, trends: WeekTrends) -> Span:
    """A table: a row a week, and a marked row where weeks must not be joined, empty in the chart's columns."""
    page.end_row(10)
    page.keep(_TITLE_POINTS + 18 * len(trend.points))
    page.section(short(_titled(trend), 90))
    page.header(_HEAD)
    first = page.row
    raised = {alarm.week for watch in trends.watches if watch.measure == trend.name for alarm in watch.alarms}
    noted = {week.week for week in trends.weeks if week.changes}
    for label, point in _labelled(trend, noted, raised):
        if point.breaks:
            why = f"{trend_words.NOT_JOINED}: {point.breaks}"
            page.table_row([_BREAK, "", "", "", why, *[None] * 3, _bar(trend), *[None] * 3, _BREAK], "group", 18)
        page.table_row(_row(trend, point, label, alarm=point.week in raised), _STYLES, 18)
    return trend, first, page.row - 1


def _labelled(trend: Trend, noted: set[str], raised: set[str]) -> Iterator[tuple[str, TrendPoint]]:
    """Each point with its name under the chart: the year with the first week of it, marks for changes and alarms."""
    year = ""
    for point in trend.points:
        name = point.week if point.week[:4] != year else point.week[5:]
        year = point.week[:4]
        marks = (_CHANGE if point.week in noted else "") + (_RAISED if point.week in raised else "")
        yield f"{name} {marks}".rstrip(), point


def _titled(trend: Trend) -> str:
    currency = trend.points[-1].measure.currency
    bar = f" (bar: {numbers.bar(trend.bar, currency)})" if trend.bar else ""
    return f"{_upper(trend_words.title(trend))}{bar}"


def _row(trend: Trend, point: TrendPoint, label: str, *, alarm: bool) -> list[Content]:
    measure = point.measure
    low, high = drawn_limits(point)
    down, up = (None if one is None or measure.value is None else abs(one - measure.value) for one in (low, high))
    raised = measure.value if alarm else None
    return [
        point.week,
        trend_words.value(trend, point),
        trend_words.limits(trend, point),
        phrases.n_of(measure),
        trend_words.remarks(point),
        *(cell_of(value, trend) for value in (measure.value, low, high)),
        _bar(trend),
        *(Number(value, numbers.cell_format(value, measure.unit)) for value in (down, up, raised)),
        label,
    ]


def drawn_limits(point: TrendPoint) -> tuple[float | None, float | None]:
    """The limits that are drawn: of the week's own calls, as the table beside has them; none of an exact figure."""
    measure = point.measure
    exact = measure.value is None or measure.low == measure.high
    return (None, None) if exact else (measure.low, measure.high)


def _bar(trend: Trend) -> Number:
    """The bar goes through where the line breaks."""
    return cell_of(trend.bar.value if trend.bar else None, trend)


def cell_of(value: float | None, trend: Trend) -> Number:
    """A value of the line as a number, shown on its own side of the bar."""
    return Number(value, numbers.cell_format(value, trend.points[-1].measure.unit, trend.bar))


def _top(trend: Trend) -> float:
    """The highest of values, limits and bar."""
    bar = [trend.bar.value] if trend.bar else []
    found = [one for point in trend.points for one in (point.measure.value, drawn_limits(point)[1]) if one is not None]
    return max([*bar, *found], default=0.0)


def _charts(page: Page, spans: Sequence[Span], top: int) -> None:
    """Two charts a row, above the tables they are drawn from."""
    for number, (trend, first, last) in enumerate(spans):
        row = top + number // 2 * _CHART_ROWS
        lines = Lines(first, last, _top(trend), label=_LABEL, value=_VALUE, bar=_BAR, up=_UP, down=_DOWN, alarm=_ALARM)
        chart = line_chart(page.sheet, _titled(trend), trend.points[-1].measure.unit, lines)
        page.sheet.add_chart(chart, f"{_ANCHORS[number % 2]}{row}")
