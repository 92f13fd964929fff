"""The sheet "Trend data": a row a measure and week, numbers as numbers, to be filtered or charted by whoever likes.

Only the main measures are printed.
"""

from __future__ import annotations

from openpyxl.workbook.workbook import Workbook

from evalharness import numbers
from evalharness.models.summary import WeekSummary
from evalharness.models.trend import Trend, TrendPoint
from evalharness.report import moved_words, phrases, trend_words
from evalharness.report.workbook.page import Content, Number, Page
from evalharness.report.workbook.trend import MAIN, cell_of, drawn_limits

NAME = "Trend data"
TABLE = "Trend_data"
_COLUMNS: tuple[tuple[str, float, str], ...] = (
    ("measure", 30, "name"),
    ("week", 12, "cell"),
    ("value", 12, "fact"),
    ("lower 95 %", 12, "fact"),
    ("upper 95 %", 12, "fact"),
    ("n", 9, "fact"),
    ("of", 9, "fact"),
    ("basis", 12, "cell"),
    ("bar", 12, "fact"),
    ("less the week before", 14, "fact"),
    ("lower 95 % of that", 14, "fact"),
    ("upper 95 % of that", 14, "fact"),
    ("remarks", 60, "cell"),
)


def add(workbook: Workbook, summary: WeekSummary) -> None:
    """Write the sheet; none where there is no trend."""
    if summary.trend is None or not summary.trend.trends:
        return
    page = Page(workbook, NAME, [width for _, width, _ in _COLUMNS])
    page.header([name for name, _, _ in _COLUMNS])
    looks = [style for _, _, style in _COLUMNS]
    printed = 1
    for number, trend in enumerate(summary.trend.trends):
        for point in trend.points:
            page.table_row(_row(trend, point), looks, 18)
        printed = page.row - 1 if number < MAIN else printed
    page.named(TABLE, 1, page.row - 1)
    page.finish(freeze="C2", head=(1, 1), last=printed)


def _row(trend: Trend, point: TrendPoint) -> list[Content]:
    """What is not known stays empty: never 0."""
    measure, moved = point.measure, point.difference
    changed = (moved.value, moved.low, moved.high) if moved else (None, None, None)
    return [
        moved_words.title(trend.name, measure.unit),
        point.week,
        *(cell_of(value, trend) for value in (measure.value, *drawn_limits(point))),
        *(Number(float(count), "0") for count in (measure.n, measure.of)),
        phrases.BASIS_WORDS[measure.basis] if measure.of or measure.n else "",
        cell_of(trend.bar.value if trend.bar else None, trend),
        *(Number(value, numbers.cell_format(value, measure.unit)) for value in changed),
        _remarks(point),
    ]


def _remarks(point: TrendPoint) -> str:
    parts = [f"{trend_words.NOT_JOINED}: {point.breaks}"] if point.breaks else []
    parts += ["it falls on a turn without an answer"] if point.measure.unanswered else []
    return "; ".join(part for part in (*parts, trend_words.remarks(point)) if part)
