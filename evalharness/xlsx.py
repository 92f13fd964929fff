"""Spreadsheet cells done safely: text is never a formula, equal content gives equal bytes, a hostile file is refused unread.

Writing: `new_workbook`, `put_text`, `put_number`, `put_style`, `put_verdict`, `put_link`, `put_web_link`, `add_table`,
`row_height`, `to_bytes`; reading: `open_safely`, `sheet_rows`. Styles are chosen by name (`STYLES`).
"""

from __future__ import annotations

import io
import math
import re
import warnings
import zipfile
import zlib
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import openpyxl
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.filters import AutoFilter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.protection import SheetProtection
from openpyxl.worksheet.table import Table, TableColumn
from openpyxl.worksheet.worksheet import Worksheet

from evalharness import numbers
from evalharness.cell_text import CELL_LIMIT, LINE_HEIGHT, MAX_ROW_HEIGHT, row_height, split_text, text_units, visible
from evalharness.errors import SheetError

__all__ = [
    "CELL_LIMIT",
    "LINE_HEIGHT",
    "MAX_ROW_HEIGHT",
    "MAX_UNPACKED",
    "STYLES",
    "VERDICTS",
    "ReadCell",
    "add_table",
    "new_workbook",
    "open_safely",
    "protect",
    "put_link",
    "put_number",
    "put_style",
    "put_text",
    "put_verdict",
    "put_web_link",
    "row_height",
    "sheet_rows",
    "split_text",
    "text_units",
    "to_bytes",
    "visible",
]

_FIXED = datetime(2000, 1, 1)  # noqa: DTZ001 - core.xml holds naive UTC
_LONGEST_HEAD = 200
_KNOWN_STYLES = "_styles_by_name"
_UNREADABLE = (
    zipfile.BadZipFile, zlib.error, InvalidFileException, KeyError, IndexError, ValueError, TypeError, AttributeError,
    SyntaxError, OSError, EOFError, NotImplementedError, RuntimeError, OverflowError, AssertionError,
)  # fmt: skip


def put_text(cell: Cell | MergedCell, text: str, style: str | None = None) -> None:
    """Write text that stays text: never a formula, an error or a number; unshowable characters become visible escapes.

    Raises ValueError where the visible text is over 32,767 UTF-16 units: callers use `split_text` first.
    """
    shown = visible(text)
    if text_units(shown) > CELL_LIMIT:
        raise ValueError(f"{numbers.count(text_units(shown))} characters do not fit a cell: split_text first")
    if style is not None:
        put_style(cell, style)
    cell.value = shown
    cell.data_type = "s"
    cell.quotePrefix = True


def put_style(cell: Cell | MergedCell, style: str, number_format: str = "") -> None:
    """Give the cell a style by name, and a format for numbers where one is given.

    The same as setting `cell.style` and `cell.number_format`, which look through every style of the workbook each time.
    """
    own: Any = cell
    known: dict[tuple[str, str], Any] = vars(own.parent.parent).setdefault(_KNOWN_STYLES, {})
    if (style, number_format) in known:
        own._style = copy(known[style, number_format])  # noqa: SLF001 - what the public setters end in
        return
    own.style = style
    if number_format:
        own.number_format = number_format
    known[style, number_format] = copy(own._style)  # noqa: SLF001


def put_number(cell: Cell | MergedCell, value: float | None, number_format: str, style: str | None = None) -> None:
    """Write a number with its format; None leaves the cell empty. Raises ValueError for NaN and infinity."""
    if value is not None and not math.isfinite(value):
        raise ValueError(f"{value} is no number a cell can hold")
    if style is not None:
        put_style(cell, style, number_format if value is not None else "")
    elif value is not None:
        cell.number_format = number_format
    if value is not None:
        cell.value = value


def put_link(cell: Cell | MergedCell, text: str, target_sheet: str, target_cell: str, style: str = "link") -> None:
    """Write text that leads to a cell of this workbook; there are no links out of it."""
    put_text(cell, text, style)
    quoted = target_sheet.replace("'", "''")
    cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{quoted}'!{target_cell}")


def put_web_link(cell: Cell | MergedCell, text: str, address: str, style: str = "link") -> None:
    """Write text that leads to a web address, which the caller has found safe: http or https and plain characters alone.

    Raises ValueError for any other scheme.
    """
    if not address.startswith(("https://", "http://")):
        raise ValueError("a link out of a workbook leads to the web or nowhere")
    put_text(cell, text, style)
    cell.hyperlink = Hyperlink(ref=cell.coordinate, target=address)


def add_table(sheet: Worksheet, name: str, ref: str, *, filters: bool = True) -> None:
    """Make these cells a named table, its first row the names: no two alike, each one line of text, none empty.

    A name that stands twice gets a number behind it, in the cell too. Raises ValueError for a name a table cannot have.
    """
    if not re.fullmatch("[A-Za-z][A-Za-z0-9_]{0,60}", name):
        raise ValueError(f"{name!r} is no name of a table")
    used: set[str] = set()
    columns = []
    for number, cell in enumerate(sheet[ref][0], start=1):
        said = unique = " ".join(str(cell.value or "").split())[:_LONGEST_HEAD] or f"column {number}"
        again = 2
        while unique.casefold() in used:
            unique, again = f"{said} ({again})", again + 1
        used.add(unique.casefold())
        if unique != cell.value:
            put_text(cell, unique)
        columns.append(TableColumn(id=number, name=str(cell.value)))
    table = Table(name=name, displayName=name, ref=ref, tableColumns=columns)
    table.autoFilter = AutoFilter(ref=ref) if filters else None
    sheet.add_table(table)


def put_verdict(cell: Cell | MergedCell, verdict: Literal["met", "missed", "not_proven", "not_measured"]) -> None:
    """Write a check's verdict as sign and words in its style, so that it reads without colour."""
    put_text(cell, VERDICTS[verdict], verdict)


VERDICTS = {"met": "✓ met", "missed": "✗ missed", "not_proven": "? not proven", "not_measured": "– not measured"}
"""What stands in a cell for each verdict."""

_INK, _SOFT, _LINE, _HEAD = "222B36", "6B7785", "D5DAE1", "24405F"
_SIDE = Side("thin", color=_LINE)
_BOX = Border(_SIDE, _SIDE, _SIDE, _SIDE)
_RULE = Border(bottom=Side("medium", color=_HEAD))
_TOP, _LEFT = Alignment(vertical="top"), Alignment(vertical="center")
_WRAP, _RIGHT = Alignment("left", "top", wrap_text=True, indent=1), Alignment(horizontal="right", vertical="top")
_MIDDLE = Alignment(horizontal="center", vertical="center")
_CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
_UPPER, _OPEN = Alignment("center", "top"), Protection(locked=False)


def _look(font: Font, alignment: Alignment, fill: str = "", border: Border | None = _BOX, **other: Any) -> dict[str, Any]:
    filled = {"fill": PatternFill("solid", fgColor=fill)} if fill else {}
    boxed = {"border": border} if border else {}
    return {"font": font, "alignment": alignment, **filled, **boxed, **other}


def _font(color: str = _INK, size: float = 10, **other: Any) -> Font:
    return Font(name="Arial", size=size, color=color, **other)


STYLES: dict[str, dict[str, Any]] = {
    "title": _look(_font(_HEAD, 18, bold=True), _LEFT, border=None),
    "subtitle": _look(_font(_SOFT, 11), _LEFT, border=None),
    "section": _look(_font(_HEAD, 12, bold=True), _LEFT, border=_RULE),
    "header": _look(_font("FFFFFF", bold=True), _CENTRE, _HEAD),
    "text": _look(_font(), _TOP),
    "wrapped": _look(_font(), _WRAP),
    "plain": _look(_font(), _WRAP, border=None),
    "strong": _look(_font(bold=True), _WRAP),
    "number": _look(_font(), _RIGHT),
    "guide": _look(_font(size=9), _WRAP, "EDF2F8"),
    "input": _look(_font(bold=True), _CENTRE, "FFF6D6", protection=_OPEN),
    "input_text": _look(_font(), _WRAP, "FFF6D6", protection=_OPEN),
    "locked": _look(_font(_SOFT), _MIDDLE, "F5F6F8"),
    "locked_text": _look(_font(), _CENTRE, "F5F6F8"),
    "locked_top": _look(_font(_SOFT, 9), _UPPER, "F5F6F8"),
    "not_asked": _look(_font("7A8390", 9, italic=True), _CENTRE) | {"fill": PatternFill("lightUp", fgColor="B8BFC9")},
    "band": _look(_font(_HEAD, bold=True), _LEFT, "DCE6F2", None),
    "shaded": _look(_font(), _WRAP, "F3F7FB"),
    "offered": _look(_font("4A3B6B", 9, italic=True), _WRAP, "EFEAF7"),
    "small": _look(_font(_SOFT, 8), _LEFT, border=None),
    "link": _look(_font("1F5FBF", underline="single"), _MIDDLE),
    "met": _look(_font("1E6B3A", bold=True), _MIDDLE, "E3F3E8"),
    "missed": _look(_font("FFFFFF", bold=True), _MIDDLE, "9E2A2B"),
    "not_proven": _look(_font("4D3800", bold=True, italic=True), _MIDDLE, "F2CB5B"),
    "not_measured": _look(_font(_SOFT, italic=True), _MIDDLE),
}
"""Style name -> what it sets; verdict styles differ in weight, slant and inversion, not in colour alone."""


def new_workbook() -> Workbook:
    """A workbook without sheets that knows every style of `STYLES`."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    workbook.properties.creator = "evalharness"
    vars(workbook)["_named_styles"]["Normal"].font = _font()  # column widths count digits of this font
    for name, look in STYLES.items():
        workbook.add_named_style(NamedStyle(name=name, **{part: copy(value) for part, value in look.items()}))
    return workbook


def to_bytes(workbook: Workbook) -> bytes:
    """The workbook as a file; equal content gives equal bytes (fixed dates inside)."""
    workbook.properties.created = _FIXED
    raw, result = io.BytesIO(), io.BytesIO()
    workbook.save(raw)
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            member = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            member.create_system, member.external_attr, member.compress_type = 3, 0o600 << 16, zipfile.ZIP_DEFLATED
            target.writestr(member, _undated(name, source.read(name)))
    return result.getvalue()


def _undated(name: str, data: bytes) -> bytes:
    """core.xml without the moment of writing."""
    if name != "docProps/core.xml":
        return data
    return re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>2000-01-01T00:00:00Z", data)


def protect(worksheet: Worksheet) -> None:
    """Guard locked cells against slips, without a password; filtering and resizing stay allowed."""
    worksheet.protection = SheetProtection(sheet=True, autoFilter=False, formatColumns=False, formatRows=False, sort=False)


MAX_UNPACKED = 64 * 2**20
_RATIO_FROM = 8 * 2**20
_MAX_RATIO = 100
_MAX_MEMBERS = 500
_ALL_ROWS = 2**20


@dataclass(frozen=True)
class ReadCell:
    """A filled cell: row and column from 1, its value as typed, and whether it is a formula (then the value is its text)."""

    row: int
    column: int
    value: Any
    is_formula: bool = False

    @property
    def name(self) -> str:
        """The cell's name, such as "E7"."""
        return f"{get_column_letter(self.column)}{self.row}"


def open_safely(data: bytes, max_unpacked: int = MAX_UNPACKED) -> Workbook:
    """Open a workbook for reading, row by row, after its sizes are checked unread.

    Raises SheetError in words for what is no workbook, is encrypted, or would unpack to more than `max_unpacked` bytes, and
    for any document type or entity declaration. Read the sheets with `sheet_rows`, which does not believe their dimension record.
    """
    _check_archive(data, max_unpacked)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return openpyxl.load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
    except _UNREADABLE as error:
        raise _unreadable(f"it is damaged ({type(error).__name__})") from error


def _check_archive(data: bytes, max_unpacked: int) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_sizes(archive.infolist(), len(data), max_unpacked)
            for member in archive.infolist():
                _check_declarations(member.filename, archive.read(member))
    except _UNREADABLE as error:
        raise _unreadable("it is no workbook, or it is protected by a password") from error


def _check_sizes(members: list[zipfile.ZipInfo], packed: int, max_unpacked: int) -> None:
    unpacked = sum(member.file_size for member in members)
    if len(members) > _MAX_MEMBERS:
        raise _unreadable(f"it holds {numbers.count(len(members))} parts; {_MAX_MEMBERS} are allowed")
    if unpacked > max_unpacked:
        raise _unreadable(f"it would unpack to {numbers.size(unpacked)}; {numbers.size(max_unpacked)} are allowed")
    if unpacked > _RATIO_FROM and unpacked > _MAX_RATIO * packed:
        raise _unreadable(
            f"it would unpack to {numbers.count(unpacked // max(packed, 1))} times its size; {_MAX_RATIO} are allowed"
        )


def _check_declarations(name: str, content: bytes) -> None:
    """No part of a workbook declares a document type; one written as UTF-16 is seen too."""
    plain = content.replace(b"\0", b"") if content[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in content[:64] else content
    if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
        raise _unreadable(f"its part {visible(name)[:60]} declares a document type")


def _unreadable(why: str) -> SheetError:
    return SheetError(f"the workbook cannot be read: {why}", fix="open it in a spreadsheet program and save it as .xlsx")


def sheet_rows(worksheet: Any, max_rows: int, max_columns: int, *, peek: bool = False) -> list[list[ReadCell]]:
    """The rows of a sheet of `open_safely` that hold anything, each as its filled cells.

    Raises SheetError where content lies beyond `max_rows` or `max_columns` (with `peek` the rest is just not read), or where
    the sheet is damaged.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _rows(worksheet, max_rows, max_columns, peek)
    except _UNREADABLE as error:
        raise _unreadable(f"sheet {visible(worksheet.title)!r} is damaged ({type(error).__name__})") from error


def _rows(worksheet: Any, max_rows: int, max_columns: int, peek: bool) -> list[list[ReadCell]]:
    last, width = (max_rows, max_columns) if peek else (2 * _ALL_ROWS, max_columns + 1)
    rows, blank = [], None
    for number, row in enumerate(worksheet.iter_rows(max_row=last, max_col=width), start=1):
        if row is blank:  # the reader fills gaps with one and the same empty row
            continue
        cells = [ReadCell(number, at, c.value, c.data_type == "f") for at, c in enumerate(row, start=1) if c.value is not None]
        if not cells:
            blank = row
        elif number > max_rows or cells[-1].column > max_columns:
            most = f"{numbers.count(max_rows)} rows or {numbers.count(max_columns)} columns"
            raise SheetError(f"sheet {visible(worksheet.title)!r} goes beyond {most}")
        else:
            rows.append(cells)
    return rows
