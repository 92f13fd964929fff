"""The sheet "Trend by group": intent, version, hour and stratum, each with its newest week and the week before it."""

from __future__ import annotations

from openpyxl.workbook.workbook import Workbook

from evalharness import numbers
from evalharness.models.summary import WeekSummary
from evalharness.models.trend import Trend, TrendPoint, TrendSlice
from evalharness.report import moved_words, phrases, trend_words
from evalharness.report.workbook.page import Content, Page

NAME = "Trend by group"
TABLE = "Trend_by_group"
SAID = (
    "The newest week, its count in brackets (n of its N calls where it is not of all), and below it the week before; then "
    "the weeks as bars, oldest first. Each figure is made as the week's own, of the group's calls. Few calls: look at n first. "
    "Groups are not held against the bar, and none raises an alarm."
)
HEAD_ROW = 3
MOST = 8
"""How many measures stand beside each other."""
_GROUP, _WIDE = 30, 22


def add(workbook: Workbook, summary: WeekSummary) -> None:
    """Write the sheet: a row a group, a column a measure; none where the trend knows no groups."""
    measures = _measures(summary)
    if not measures:
        return
    page = Page(workbook, NAME, [_GROUP, *[_WIDE] * len(measures)])
    page.line(NAME, "title", 30)
    page.line(SAID, "said")
    fill(page, summary)
    page.named(TABLE, HEAD_ROW, page.row - 1)
    page.finish(freeze=f"B{HEAD_ROW + 1}", head=(1, HEAD_ROW))


def fill(page: Page, summary: WeekSummary) -> None:
    """The table, on a sheet or on whatever else takes a page's place."""
    measures = _measures(summary)
    page.header(["group", *map(moved_words.title, measures)])
    for one in _slices(summary):
        page.table_row(_row(one, measures), ["name", *["fact"] * len(measures)], 18)


def _slices(summary: WeekSummary) -> tuple[TrendSlice, ...]:
    return summary.trend.slices if summary.trend else ()


def _measures(summary: WeekSummary) -> list[str]:
    return list(dict.fromkeys(trend.name for one in _slices(summary) for trend in one.trends))[:MOST]


def _row(one: TrendSlice, measures: list[str]) -> list[Content]:
    known = {trend.name: trend for trend in one.trends}
    return [name(one), *(_cell(known[measure]) if measure in known else "" for measure in measures)]


def name(one: TrendSlice) -> str:
    """The group in words: "intent book", "from 09:00", "no version"."""
    if not one.value:
        return f"no {one.kind}"
    if one.kind == "hour":
        return f"from {one.value}:00"
    return f"{one.kind} {one.value if one.kind == 'version' else phrases.plain(one.value)}"


def _cell(trend: Trend) -> str:
    """The newest week, the one before where they are joined, and all weeks as bars; "" where no week has a call."""
    if not any(point.measure.n for point in trend.points):
        return ""
    newest, before = trend.points[-1], trend.points[-2] if len(trend.points) > 1 else None
    lines = [_week(newest), f"before: {_week(before)}" if before and not newest.breaks else ""]
    return "\n".join(line for line in (*lines, trend_words.spark(trend.points)) if line)


def _week(point: TrendPoint) -> str:
    if not point.measure.n:
        return numbers.NO_DATA
    measure = point.measure
    stands_on = numbers.count(measure.n) if measure.n == measure.of else numbers.count_of(measure.n, measure.of)
    return f"{numbers.measured(measure)} ({stands_on})"
