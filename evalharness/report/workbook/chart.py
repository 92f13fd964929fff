"""A native line chart of one measure over weeks: its value, its limits, its bar; a gap where weeks must not be joined."""

from __future__ import annotations

from typing import Literal

from openpyxl.chart import LineChart, Reference
from openpyxl.chart.axis import ChartLines
from openpyxl.chart.data_source import AxDataSource, StrRef
from openpyxl.chart.legend import Legend
from openpyxl.chart.marker import Marker
from openpyxl.chart.series import Series
from openpyxl.chart.series_factory import SeriesFactory
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText, Text
from openpyxl.chart.title import Title
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import CharacterProperties, Paragraph, ParagraphProperties, RegularTextRun
from openpyxl.worksheet.worksheet import Worksheet

from evalharness.models.measure import Unit

WIDTH_CM, HEIGHT_CM = 13.6, 5.8  # openpyxl takes floats, its stubs whole numbers
_FORMATS: dict[Unit, str] = {"share": "0%", "money": "0.00"}
Look = tuple[str, int, Literal["solid", "sysDash", "dash"]]
_LINES: tuple[Look, ...] = (
    ("2E5E8C", 25_000, "solid"),
    ("9AA7B5", 9_000, "sysDash"),
    ("9AA7B5", 9_000, "sysDash"),
    ("C4573A", 12_000, "dash"),
)
"""Colour, width in EMU and dash of value, lower and upper limit, bar: told apart by dash and markers, not by colour alone."""


def line_chart(sheet: Worksheet, title: str, unit: Unit, first: int, last: int, column: int) -> LineChart:
    """The chart of the rows first to last: categories in column A, then value, lower, upper, bar from `column` on.

    The row above `first` holds the names of the lines.
    """
    chart = LineChart()
    chart.title = _title(title)
    vars(chart).update(width=WIDTH_CM, height=HEIGHT_CM)
    chart.display_blanks = "gap"
    chart.legend = Legend(legendPos="b")
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.y_axis.number_format = _FORMATS.get(unit, "0")
    chart.y_axis.scaling.min = 0
    chart.y_axis.scaling.max = 100 if unit == "score" else None
    chart.y_axis.majorGridlines = ChartLines(GraphicalProperties(ln=LineProperties(solidFill="E3E7EC", w=6_000)))
    weeks = f"'{sheet.title}'!$A${first}:$A${last}"
    for number, look in enumerate(_LINES):
        at = column + number
        if any(sheet.cell(row, at).value is not None for row in range(first, last + 1)):
            chart.series.append(_line(Reference(sheet, min_col=at, min_row=first - 1, max_row=last), weeks, look))
    return chart


def _title(text: str) -> Title:
    """A title of 11 points, since programs show one of their own size otherwise, over half the chart."""
    look = CharacterProperties(sz=1100, b=True, solidFill="24405F")
    said = RegularTextRun(rPr=look, t=text)
    paragraph = Paragraph(pPr=ParagraphProperties(defRPr=look), r=[said])
    return Title(tx=Text(rich=RichText(p=[paragraph])), overlay=False)


def _line(values: Reference, weeks: str, look: Look) -> Series:
    series: Series = SeriesFactory(values, title_from_data=True)
    series.cat = AxDataSource(strRef=StrRef(f=weeks))
    series.smooth = False
    color, width, dash = look
    dots = GraphicalProperties(solidFill=color) if dash == "solid" else None
    series.marker = Marker(symbol="circle" if dots else "none", size=6 if dots else None, spPr=dots)
    series.graphicalProperties.line = LineProperties(solidFill=color, w=width, prstDash=dash)
    return series
