"""The golden workbooks, written once and opened again."""

from __future__ import annotations

import io
from functools import cache

import openpyxl
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from evalharness.report.workbook import write_workbook
from tests.report.weeks import a_week_summary


@cache
def written(*, hostile: bool = False) -> bytes:
    """The file of the golden week."""
    return write_workbook(a_week_summary(hostile=hostile))


@cache
def opened(*, hostile: bool = False) -> Workbook:
    """The same, read back."""
    return openpyxl.load_workbook(io.BytesIO(written(hostile=hostile)))


def texts(sheet: Worksheet) -> list[str]:
    """Every filled cell as text, row by row."""
    return [str(value) for row in sheet.iter_rows(values_only=True) for value in row if value is not None]


def rows(sheet: Worksheet, head: int) -> list[dict[str, object]]:
    """The rows of a table below its header row; a name that stands twice gets a number."""
    given = [str(cell.value) for cell in sheet[head]]
    names = [f"{name} {given[:at].count(name) + 1}" if name in given[:at] else name for at, name in enumerate(given)]
    return [dict(zip(names, row, strict=True)) for row in sheet.iter_rows(min_row=head + 1, values_only=True)]
