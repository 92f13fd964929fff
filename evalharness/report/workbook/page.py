"""A page: a sheet with column widths and a next row. Everything a sheet module writes goes through here.

Text stays text (xlsx.put_text), rows get the height their wrapped text needs, since not every program grows them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from openpyxl.cell.cell import Cell
from openpyxl.utils import get_column_letter
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from evalharness import xlsx
from evalharness.models.measure import Verdict
from evalharness.report.text import short, straight, web_address

CUT = " (cut here: longer than a cell can be; whole in scores.csv)"
_PAPER_WIDE, _PAPER_TALL, _PLAIN = 784.0, 500.0, 15.0  # A4 landscape within the margins, and a row without a height, in points
_LONGEST_ADDRESS, _LONGEST_AGENT = 40, 60
FULL_CELL = 32_000
"""UTF-16 units a cell takes before its text goes on in the row below."""


@dataclass(frozen=True)
class Number:
    """A number a program can go on with, and how a person sees it."""

    value: float | None
    shape: str = "General"


@dataclass(frozen=True)
class Link:
    """A text that leads to a cell of another sheet."""

    text: str
    sheet: str
    cell: str


@dataclass(frozen=True)
class Web:
    """A web address, which leads there where it is one that a program may open; else it is text."""

    address: str


@dataclass(frozen=True)
class Mark:
    """A verdict as sign and words."""

    verdict: Verdict


@dataclass(frozen=True)
class Styled:
    """A text in a style other than its column's."""

    text: str
    style: str


Content = str | Number | Link | Web | Mark | Styled | None


class Page:
    """A sheet being filled from the top. `row` is the next free row, from 1; `sections`: each heading so far and its row.

    `printed`: how many columns are printed and take headings and sentences; those behind are for machines.
    """

    def __init__(self, workbook: Workbook, name: str, widths: Sequence[float], printed: int | None = None) -> None:
        self.sheet: Worksheet = workbook.create_sheet(name)
        self.widths = list(widths)
        self.printed = printed or len(self.widths)
        self.sections: list[tuple[str, int]] = []
        self.row = 1
        self._left = self._printed = _PAPER_TALL * sum(map(_points, widths[: self.printed])) / _PAPER_WIDE
        for number, width in enumerate(widths, start=1):
            self.sheet.column_dimensions[get_column_letter(number)].width = width
        self.sheet.sheet_view.showGridLines = False
        self.sheet.sheet_view.zoomScale = 100

    @property
    def last_column(self) -> str:
        """The letter of the last column."""
        return get_column_letter(len(self.widths))

    def new_page(self) -> None:
        """Print what follows on a new page."""
        self.sheet.row_breaks.append(Break(id=self.row - 1))
        self._left = self._printed

    def keep(self, points: float) -> None:
        """Print what follows on a new page unless so many points of it fit what is left of this one, as far as can be told."""
        if self._left < points <= self._printed:
            self.new_page()

    def line(self, text: str, style: str, height: float | None = None, *, first: int = 1, last: int | None = None) -> None:
        """One text over several columns (merged), from column `first` to `last`, then the next row."""
        self.across(text, style, first, last or self.printed)
        self.end_row(height or self._height([(text, self._room(first, last or self.printed))]))

    def said(self, label: str, text: str) -> None:
        """A label in the first column and a sentence over all others."""
        self.put(1, label, "label")
        self.across(text, "said", 2, self.printed)
        self.end_row(self._height([(text, self._room(2, self.printed)), (label, self.widths[0])], least=18))

    def across(self, text: str, style: str, first: int, last: int) -> None:
        """A text over the columns first to last of the current row."""
        for column in range(first, last + 1):
            xlsx.put_style(self.cell(column), style)
        if last > first:
            merged = CellRange(min_row=self.row, max_row=self.row, min_col=first, max_col=last)
            self.sheet.merged_cells.add(merged)  # merge_cells would work out the borders, which the style has
        xlsx.put_text(self.cell(first), fitted(text), style)

    def section(self, text: str) -> None:
        """A heading over the whole width."""
        self.sections.append((text, self.row))
        self.line(text, "section", 24)

    def header(self, names: Sequence[str], *, spread: bool = False) -> None:
        """The head of a table; with `spread` the last name stands over all columns that are left."""
        self.table_row(names, "header", 20, spread=spread)

    def table_row(
        self, contents: Sequence[Content], styles: Sequence[str] | str, least: float = 0, *, spread: bool = False
    ) -> None:
        """One row of a table, as high as its longest text needs; with `spread` the last text goes to the sheet's end."""
        looks = [styles] * len(contents) if isinstance(styles, str) else styles
        for column, (content, style) in enumerate(zip(contents, looks, strict=True), start=1):
            self.put(column, content, style)
        if spread:
            self.across(_text(contents[-1]), looks[-1], len(contents), self.printed)
        self.end_row(self.height_of(contents, least, spread=spread))

    def height_of(self, contents: Sequence[Content], least: float = 0, *, spread: bool = False) -> float:
        """Points that show these contents in the columns from the first on, with `spread` the last over all that are left."""
        room = list(self.widths[: len(contents)])
        if spread:
            room[-1] = self._room(len(contents), self.printed)
        texts = [(_text(content), width) for content, width in zip(contents, room, strict=True) if _text(content)]
        return self._height(texts, least)

    def put(self, column: int, content: Content, style: str) -> None:
        """One cell of the current row."""
        cell = self.cell(column)
        if isinstance(content, Number):
            xlsx.put_number(cell, content.value, content.shape, style)
        elif isinstance(content, Link):
            xlsx.put_link(cell, fitted(content.text), content.sheet, content.cell, style)
        elif isinstance(content, Web):
            self._web(cell, content.address, style)
        elif isinstance(content, Mark):
            xlsx.put_verdict(cell, content.verdict)
        elif isinstance(content, Styled):
            xlsx.put_text(cell, fitted(content.text), content.style)
        elif content:
            xlsx.put_text(cell, fitted(content), style)
        else:
            xlsx.put_style(cell, style)

    @staticmethod
    def _web(cell: Cell, address: str, style: str) -> None:
        safe = web_address(address)
        if safe is None:
            xlsx.put_text(cell, fitted(address), "odd")
        else:
            xlsx.put_web_link(cell, short(safe, _LONGEST_ADDRESS), safe, style)

    def cell(self, column: int) -> Cell:
        """The cell of the current row in that column."""
        return cast("Cell", self.sheet.cell(self.row, column))

    def end_row(self, height: float | None = None) -> None:
        """Go to the next row; the one left gets this height."""
        if height is not None:
            self.sheet.row_dimensions[self.row].height = height
        self._left -= height or _PLAIN
        if self._left < 0:
            self._left = self._printed - (height or _PLAIN)
        self.row += 1

    def _room(self, first: int, last: int) -> float:
        return sum(self.widths[first - 1 : last])

    @staticmethod
    def _height(texts: Sequence[tuple[str, float]], least: float = 0) -> float:
        return max(least, xlsx.row_height(texts))

    def named(self, name: str, head: int, last: int, *, filters: bool = True) -> None:
        """Make the rows from `head` (its names) to `last` a named table over all columns; nothing where it would have no row."""
        if last > head:
            xlsx.add_table(self.sheet, name, f"A{head}:{self.last_column}{last}", filters=filters)

    def finish(
        self, *, freeze: str, head: tuple[int, int] | None = None, tall: int = 0, wide: int = 1, last: int | None = None
    ) -> None:
        """Freeze, print: landscape, `wide` pages across, `tall` down (0 = as many as it takes), down to the row `last` or all.

        `head`: first and last row repeated on each printed page; of a sheet several pages wide also columns A and B.
        """
        sheet = self.sheet
        sheet.freeze_panes = freeze
        if head:
            sheet.print_title_rows = f"{head[0]}:{head[1]}"
        if wide > 1:
            sheet.print_title_cols = "A:B"
            sheet.page_setup.pageOrder = "overThenDown"
        sheet.print_area = f"A1:{get_column_letter(self.printed)}{max(last or self.row - 1, 1)}"
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.paperSize = 9
        sheet.page_setup.fitToWidth = wide
        sheet.page_setup.fitToHeight = tall
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        sheet.page_margins.left = sheet.page_margins.right = 0.4
        sheet.page_margins.top = sheet.page_margins.bottom = 0.5


def add_footers(workbook: Workbook, agent: str, week: str) -> None:
    """On every printed page: agent and week, the sheet, and page n of N."""
    said = xlsx.visible(straight(short(agent, _LONGEST_AGENT))).replace("&", "&&")
    for sheet in workbook.worksheets:
        parts = (f"{said}, week {week}", sheet.title, "page &P of &N")
        left, center, right = map(_HeaderFooterPart, parts)
        sheet.HeaderFooter.oddFooter = HeaderFooterItem(left=left, center=center, right=right)


def _points(width: float) -> float:
    """Points a column takes on the screen: 7 pixels a digit of Arial 10, and 5 beside them."""
    return (7 * width + 5) * 0.75


def parts_of(text: str) -> list[str]:
    """A text as what fits one cell each; parts after the first say that they go on."""
    return xlsx.split_text(straight(text), FULL_CELL)


def fitted(text: str) -> str:
    """A text as one cell can hold it; where that is not all of it, the cell says so and where the rest is."""
    first, *more = parts_of(text)
    return f"{first}{CUT}" if more else first


def _text(content: Content) -> str:
    """What of a content can wrap."""
    if isinstance(content, str):
        return content
    if isinstance(content, Web):
        return short(content.address, _LONGEST_ADDRESS) if web_address(content.address) else content.address
    return content.text if isinstance(content, Link | Styled) else ""
