"""Types the simulated graders' answers into their sheets, as a spreadsheet program would save them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from io import BytesIO
from typing import TYPE_CHECKING

from openpyxl import load_workbook

from evalharness.grade.human.layout import SCORES, Question, row_id, spec_from
from evalharness.models.sample import WeeklySample

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

Answers = Mapping[str, int | str]


def fill_sheet(data: bytes, sample: WeeklySample, answer: Callable[[str], Answers]) -> bytes:
    """The sheet with the answers of `answer(call id)` in the cells of its questions; rows of unknown calls stay empty."""
    workbook = load_workbook(BytesIO(data))
    scores = workbook[SCORES]
    digest = sample.frozen_digest()
    call_of = {row_id(digest, item.call): item.call.id for item in sample.items}
    columns = _question_columns(scores)
    for row in scores.iter_rows():
        call_id = next((call_of[str(cell.value)] for cell in row if cell.value in call_of), None)
        if call_id is not None:
            given = answer(call_id)
            for cell in row:
                if columns.get(cell.column or 0) in given:
                    cell.value = given[columns[cell.column or 0]]
    filled = BytesIO()
    workbook.save(filled)
    return filled.getvalue()


def _question_columns(sheet: Worksheet) -> dict[int, str]:
    """Column number -> criterion id, as the hidden machine row names them."""
    found: dict[int, str] = {}
    for row in sheet.iter_rows(max_row=40):
        for cell in row:
            spec = spec_from(str(cell.value)) if cell.value else None
            if isinstance(spec, Question):
                found[cell.column or 0] = spec.criterion
    return found
