"""The tables of a workbook or a CSV file as filled cells, within caps."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from evalharness import numbers
from evalharness.errors import SheetError
from evalharness.grade.human.beyond import comments, own_page
from evalharness.grade.human.file_kind import kind_of
from evalharness.grade.human.layout import META, ROW_HEADERS
from evalharness.grade.human.reading import CellProblem
from evalharness.xlsx import ReadCell, open_safely, sheet_rows, visible

MAX_ROWS, MAX_COLUMNS, MAX_CSV = 5_000, 300, 32 * 2**20
_PEEK_ROWS = 40


@dataclass(frozen=True)
class Table:
    """A sheet: its title and its rows that hold anything; `beyond`: what stands there that is read by nobody."""

    title: str
    rows: list[list[ReadCell]]
    beyond: tuple[CellProblem, ...] = ()


def workbook_tables(data: bytes) -> list[Table]:
    """The sheets that can be forms or the hidden sheet, whole; transcripts are looked into and left. Raises SheetError."""
    _refuse_other_kinds(data)
    workbook = open_safely(data)
    tables = []
    for sheet in workbook.worksheets:
        head = sheet_rows(sheet, _PEEK_ROWS, MAX_COLUMNS, peek=True)
        if any(_speaks_to_machine(cell) for row in head for cell in row):
            tables.append(Table(visible(sheet.title), sheet_rows(sheet, MAX_ROWS, MAX_COLUMNS)))
        else:
            tables.append(Table(visible(sheet.title), [], tuple(own_page(sheet.title, head))))
    return [*tables, Table("", [], tuple(comments(data, workbook.worksheets)))]


def _refuse_other_kinds(data: bytes) -> None:
    kind = kind_of(data)
    if kind is not None:
        raise SheetError(f"the grading sheet cannot be read: {kind.words}", fix=kind.fix)


def _speaks_to_machine(cell: ReadCell) -> bool:
    value = cell.value
    return isinstance(value, str) and (value.startswith('{"evalharness"') or value in (META, *ROW_HEADERS.values()))


def csv_table(data: bytes, file_name: str) -> list[Table]:
    """A CSV file as one table; comma, semicolon or tab, whichever gives the machine row its columns. Raises SheetError."""
    if len(data) > MAX_CSV:
        raise SheetError(f"the file has {numbers.size(len(data))}; {numbers.size(MAX_CSV)} are allowed", where=file_name)
    text = _decoded(data)
    tables = [Table(visible(file_name), _csv_rows(text, delimiter, file_name)) for delimiter in ",;\t"]
    return [max(tables, key=_machine_columns)]


def _machine_columns(table: Table) -> int:
    """Columns of the machine row that this delimiter leaves whole."""
    machine = [row for row in table.rows[:_PEEK_ROWS] if any(_speaks_to_machine(cell) for cell in row)]
    whole = [sum(cell.value[0] + cell.value[-1] == "{}" for cell in row) for row in machine]
    return max(whole, default=0)


def _decoded(data: bytes) -> str:
    """UTF-8 (with or without mark), UTF-16 with its mark, else the Western code page spreadsheet programs write."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _csv_rows(text: str, delimiter: str, file_name: str) -> list[list[ReadCell]]:
    rows = []
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), start=1):
            if number > MAX_ROWS or len(row) > MAX_COLUMNS:
                if delimiter == ",":
                    raise SheetError(f"more than {numbers.count(MAX_ROWS)} rows or {MAX_COLUMNS} columns", where=file_name)
                return []
            rows.append([ReadCell(number, at, value) for at, value in enumerate(row, start=1) if value])
    except csv.Error as error:
        raise SheetError(f"the file is no table: {error}", where=file_name, fix="save the Scores sheet as CSV again") from error
    return [row for row in rows if row]
