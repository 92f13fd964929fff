"""Types the simulated graders' answers into their sheets: only the Scores part of the file is opened, as it is saved."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from io import BytesIO
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from defusedxml.ElementTree import fromstring
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from evalharness.grade.human.layout import SCORES, Question, row_id, spec_from
from evalharness.models.sample import WeeklySample

Answers = Mapping[str, int | str]
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
register_namespace("", _MAIN)


def fill_sheet(data: bytes, sample: WeeklySample, answer: Callable[[str], Answers]) -> bytes:
    """The sheet with the answers of `answer(call id)` in the cells of its questions; nothing else in it changes."""
    cells = _cells(data, sample, answer)
    filled = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(filled, "w", zipfile.ZIP_DEFLATED) as new:
        scores = _part_of_scores(old)
        for entry in old.infolist():  # written with the date it has: the same answers give the same bytes at any time
            part = old.read(entry)
            new.writestr(entry, _typed(part, cells) if entry.filename == scores else part)
    return filled.getvalue()


def _cells(data: bytes, sample: WeeklySample, answer: Callable[[str], Answers]) -> dict[str, int | str]:
    """Cell name -> what is typed there."""
    digest = sample.frozen_digest()
    call_of = {row_id(digest, item.call): item.call.id for item in sample.on_sheets}
    columns: dict[int, str] = {}
    typed: dict[str, int | str] = {}
    rows = load_workbook(BytesIO(data), read_only=True)[SCORES].iter_rows(values_only=True)
    for number, row in enumerate(rows, start=1):
        call_id = next((call_of[str(value)] for value in row if value in call_of), None)
        given = answer(call_id) if call_id is not None else {}
        for column, value in enumerate(row, start=1):
            spec = spec_from(value) if isinstance(value, str) else None
            if isinstance(spec, Question):
                columns[column] = spec.criterion
            elif columns.get(column) in given:
                typed[f"{get_column_letter(column)}{number}"] = given[columns[column]]
    return typed


def _part_of_scores(book: zipfile.ZipFile) -> str:
    """The name of the file inside the workbook that holds the Scores sheet."""
    sheets = fromstring(book.read("xl/workbook.xml")).iter(f"{{{_MAIN}}}sheet")
    number = next(place for place, sheet in enumerate(sheets, start=1) if sheet.get("name") == SCORES)
    return f"xl/worksheets/sheet{number}.xml"


def _typed(part: bytes, cells: Mapping[str, int | str]) -> bytes:
    root = fromstring(part)
    for cell in root.iter(f"{{{_MAIN}}}c"):
        if cell.get("r") in cells:
            _type(cell, cells[cell.get("r", "")])
    return bytes(tostring(root, encoding="UTF-8", xml_declaration=True))


def _type(cell: Element, value: int | str) -> None:
    """The value in an empty cell: a number as such, a word as inline text."""
    if isinstance(value, int):
        SubElement(cell, f"{{{_MAIN}}}v").text = str(value)
        cell.attrib.pop("t", None)
    else:
        cell.set("t", "inlineStr")
        inline = SubElement(cell, f"{{{_MAIN}}}is")
        SubElement(inline, f"{{{_MAIN}}}t").text = value
