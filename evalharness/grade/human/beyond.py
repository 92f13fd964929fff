"""What people wrote into a workbook beyond its forms: comments on cells, pages of their own. It is not read, so it is named."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from defusedxml.ElementTree import fromstring

from evalharness.grade.human.cells import as_text, is_blank
from evalharness.grade.human.reading import CellProblem
from evalharness.xlsx import ReadCell, visible

_NOTE = "a text in Note, which is kept"
_MOST = 200
_OURS = re.compile(r"Grading week \d{4}-W\d{2}|Transcripts")
"""What the pages that nobody fills say of themselves."""


def own_page(title: str, rows: list[list[ReadCell]]) -> list[CellProblem]:
    """The first words on a page that is none of the sheet's; nothing for an empty page, the instructions and the transcripts."""
    cells = [cell for row in rows for cell in row if not is_blank(cell.value)]
    if not cells or any(_OURS.fullmatch(as_text(cell.value)) for cell in cells[:3]):
        return []
    why = "stands on a page that is none of this sheet's: the page is not read"
    return [CellProblem(visible(title), cells[0].name, as_text(cells[0].value)[:_MOST], why, _NOTE)]


def comments(data: bytes, sheets: list[Any]) -> list[CellProblem]:
    """Every comment on a cell, of the workbook that was opened as these sheets; none is ever in a sheet as it was written."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = set(archive.namelist())
        if not any("comments" in name for name in names):
            return []
        try:
            return [one for sheet in sheets for one in _of_sheet(archive, names, sheet)]
        except (SyntaxError, ValueError, KeyError, zipfile.BadZipFile, zlib.error):
            return [CellProblem("comments", "", "", "there are comments on cells that cannot be read", _NOTE)]


def _of_sheet(archive: zipfile.ZipFile, names: set[str], sheet: Any) -> Iterator[CellProblem]:
    folder, part = posixpath.split(str(vars(sheet).get("_worksheet_path", "")))
    relations = f"{folder}/_rels/{part}.rels"
    for one in fromstring(archive.read(relations)) if relations in names else ():
        target = str(one.get("Target", ""))
        place = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
        if str(one.get("Type", "")).endswith("/comments") and place in names:
            for comment in fromstring(archive.read(place)).iter():
                if comment.tag.endswith("}comment"):
                    words = "".join(text.text or "" for text in comment.iter() if text.tag.endswith("}t"))
                    why = "is a comment on the cell: it is not read"
                    yield CellProblem(visible(sheet.title), str(comment.get("ref", "")), visible(words)[:_MOST], why, _NOTE)
