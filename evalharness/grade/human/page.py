"""How every page of the sheet is finished: locked, without grid lines, printed as wide as the paper."""

from __future__ import annotations

from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from evalharness.xlsx import protect

A3, A4 = 8, 9


def finish_page(sheet: Worksheet, *, header_row: int | None = None, paper: int = A4) -> None:
    """Lock the page and make it printable, with the header row on every sheet of paper."""
    sheet.sheet_view.showGridLines = False
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", paper
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    if header_row is not None:
        sheet.print_title_rows = f"{header_row}:{header_row}"
    protect(sheet)
