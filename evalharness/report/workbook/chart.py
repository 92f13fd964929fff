"""A native line chart of one measure over weeks: its value with the 95 % interval of each week as a bar behind it, and the bar.

A gap where weeks must not be joined. Told apart by shape (dots on a line, broad upright bars, dashes, triangles), not by colour.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from openpyxl.chart import LineChart, Reference
from openpyxl.chart.axis import ChartLines
from openpyxl.chart.data_source import AxDataSource, NumDataSource, NumRef, StrRef
from openpyxl.chart.error_bar import ErrorBars
from openpyxl.chart.legend import Legend
from openpyxl.chart.marker import Marker
from openpyxl.chart.series import Series, SeriesLabel
from openpyxl.chart.series_factory import SeriesFactory
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText, Text
from openpyxl.chart.title import Title
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import CharacterProperties, Paragraph, ParagraphProperties, RegularTextRun
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from evalharness.models.measure import Unit

WIDTH_CM, HEIGHT_CM = 15.4, 6.2  # openpyxl takes floats, its stubs whole numbers
_FORMATS: dict[Unit, str] = {"share": "0%", "money": "0.00"}
_VALUE, _BAND, _BAR, _ALARM, _GRID = "1F4E79", "B4C7DC", "8A4B08", "9E2A2B", "E3E7EC"
_STEPS = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
_BAND_WIDTH, _VALUE_WIDTH, _BAR_WIDTH = 101_600, 25_000, 12_000
"""EMU: the interval is eight points broad."""

Dots = tuple[Literal["circle", "triangle"], int, str]
"""Shape, size in points and colour of a line's marks."""


@dataclass(frozen=True)
class Lines:
    """The rows of a chart (`first` to `last`, names in the row above), and the columns of what it draws, from 1.

    `top`: the highest of all that is drawn, limits too, which a program does not look at when it chooses the axis.
    """

    first: int
    last: int
    top: float
    label: int
    value: int
    bar: int
    up: int
    down: int
    alarm: int


def line_chart(sheet: Worksheet, title: str, unit: Unit, lines: Lines) -> LineChart:
    """The chart; `up` and `down` hold how far the limits lie above and below the value, empty where none is known.

    Do not use it for weeks that are not in rows of their own: a row without a value is the gap.
    """
    chart = LineChart()
    chart.title = _title(title)
    vars(chart).update(width=WIDTH_CM, height=HEIGHT_CM)
    chart.display_blanks = "gap"
    chart.legend = Legend(legendPos="b")
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.y_axis.number_format = _FORMATS.get(unit, "0")
    chart.y_axis.scaling.min = 0
    chart.y_axis.scaling.max = _highest(unit, lines.top)
    chart.y_axis.majorGridlines = ChartLines(GraphicalProperties(ln=LineProperties(solidFill=_GRID, w=6_000)))
    chart.series.extend(_drawn(sheet, lines))
    return chart


def _highest(unit: Unit, top: float) -> float | None:
    """The end of the axis: 100 for scores, at most 1 for shares, else a round number above all that is drawn."""
    if unit == "score":
        return 100.0
    if top <= 0:
        return None
    power = 10.0 ** math.floor(math.log10(top))
    found = next(step * power for step in _STEPS if step * power >= top)
    return min(found, 1.0) if unit == "share" else found


def _drawn(sheet: Worksheet, lines: Lines) -> list[Series]:
    """Behind: the intervals; then the bar, the values, alarms on top. What has no number is left out."""
    found = [_interval(sheet, lines)] if _has(sheet, lines, lines.up) or _has(sheet, lines, lines.down) else []
    if _has(sheet, lines, lines.bar):
        found.append(_line(sheet, lines, lines.bar, GraphicalProperties(ln=_pen(_BAR, _BAR_WIDTH, "dash"))))
    found.append(_line(sheet, lines, lines.value, GraphicalProperties(ln=_pen(_VALUE, _VALUE_WIDTH)), ("circle", 6, _VALUE)))
    if _has(sheet, lines, lines.alarm):
        found.append(_line(sheet, lines, lines.alarm, _unseen(), ("triangle", 11, _ALARM)))
    return found


def _has(sheet: Worksheet, lines: Lines, column: int) -> bool:
    return any(sheet.cell(row, column).value is not None for row in range(lines.first, lines.last + 1))


def _interval(sheet: Worksheet, lines: Lines) -> Series:
    """The values once more, unseen, with their limits as broad bars: a bar a week, so nothing lies between two weeks."""
    series = _line(sheet, lines, lines.value, _unseen())
    series.tx = SeriesLabel(v="95 % interval")
    up, down = (NumDataSource(numRef=NumRef(f=_cells(sheet, lines, column))) for column in (lines.up, lines.down))
    look = GraphicalProperties(ln=_pen(_BAND, _BAND_WIDTH))
    series.errBars = ErrorBars(errDir="y", errBarType="both", errValType="cust", noEndCap=True, plus=up, minus=down, spPr=look)
    series.marker = Marker(symbol="square", size=8, spPr=GraphicalProperties(solidFill=_BAND, ln=LineProperties(noFill=True)))
    return series


def _line(sheet: Worksheet, lines: Lines, column: int, look: GraphicalProperties, dots: Dots | None = None) -> Series:
    values = Reference(sheet, min_col=column, min_row=lines.first - 1, max_row=lines.last)
    series: Series = SeriesFactory(values, title_from_data=True)
    series.cat = AxDataSource(strRef=StrRef(f=_cells(sheet, lines, lines.label)))
    series.smooth = False
    series.marker = Marker(symbol="none")
    if dots is not None:
        symbol, size, color = dots
        series.marker = Marker(symbol=symbol, size=size, spPr=GraphicalProperties(solidFill=color, ln=_pen(color, 9_000)))
    series.graphicalProperties = look
    return series


def _cells(sheet: Worksheet, lines: Lines, column: int) -> str:
    """The cells of a column, as a chart names them."""
    letter = get_column_letter(column)
    return f"'{sheet.title}'!${letter}${lines.first}:${letter}${lines.last}"


def _pen(color: str, width: int, dash: Literal["dash"] | None = None) -> LineProperties:
    return LineProperties(solidFill=color, w=width, cap="flat", prstDash=dash)


def _unseen() -> GraphicalProperties:
    return GraphicalProperties(ln=LineProperties(noFill=True))


def _title(text: str) -> Title:
    """A title of 11 points, since programs show one of their own size otherwise, over half the chart."""
    look = CharacterProperties(sz=1100, b=True, solidFill="24405F")
    said = RegularTextRun(rPr=look, t=text)
    paragraph = Paragraph(pPr=ParagraphProperties(defRPr=look), r=[said])
    return Title(tx=Text(rich=RichText(p=[paragraph])), overlay=False)
