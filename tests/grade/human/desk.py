"""A sheet on a desk: written, edited cell by cell the way people and programs do it, read again."""

from __future__ import annotations

import io
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import timedelta
from functools import cache
from typing import Any

import openpyxl
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from evalharness.grade.human.layout import row_id
from evalharness.grade.human.sheet import CellProblem, Own, SheetReading, grades_from, read_sheet, write_sheet
from evalharness.models.grade import Grade
from evalharness.models.rubric import Rubric
from evalharness.models.sample import WeeklySample
from tests.builders import MONDAY, a_rubric, a_sample, rubric_form

AT = MONDAY + timedelta(days=9)
HEADER_ROW, FIRST_ROW = 4, 7
SAMPLE, RUBRIC = a_sample(3), a_rubric()
QUESTIONS = ("correctness", "greeted", "human_needed", "outcome", "wrong_information", "unsafe_speech")
Edits = Mapping[tuple[int, str], Any]
"""(queue position, column heading) -> what is typed."""


@cache
def blank_sheet() -> bytes:
    """Anna Keller's empty sheet of three calls."""
    return written()


def written(sample: WeeklySample = SAMPLE, rubric: Rubric = RUBRIC, grades: Sequence[Grade] = (), **options: Any) -> bytes:
    """Anna Keller's sheet of all calls of the sample."""
    positions = options.pop("positions", [item.position for item in sample.items])
    own = Own(grades, options.pop("answers", {}), options.pop("heard", ()))
    return write_sheet(sample, rubric, grader="Anna Keller", positions=positions, own=own, **options)


def rubric_with(criterion: str, **fields: Any) -> Rubric:
    """The small rubric with these fields of one criterion."""
    form = rubric_form()
    for section in form["sections"]:
        if section["id"] == criterion:
            section["criteria"][0].update(fields)
    return Rubric.model_validate(form, strict=False)


def edited(data: bytes, change: Callable[[Workbook], None]) -> bytes:
    """The workbook after a change by hand, saved by another program (plain openpyxl)."""
    workbook = openpyxl.load_workbook(io.BytesIO(data))
    change(workbook)
    target = io.BytesIO()
    workbook.save(target)
    return target.getvalue()


def typed(edits: Edits, data: bytes | None = None, sheet: str = "Scores") -> bytes:
    """The sheet with these cells typed into."""

    def change(workbook: Workbook) -> None:
        for (position, heading), value in edits.items():
            cell_at(workbook[sheet], position, heading).value = value

    return edited(data or blank_sheet(), change)


def cell_at(sheet: Worksheet, position: int, heading: str) -> Any:
    """The cell of the call (its place in the sheet, from 1) under a heading."""
    return sheet.cell(FIRST_ROW + position - 1, column_of(sheet, heading))


def column_of(sheet: Worksheet, heading: str) -> int:
    """The number of the column with this heading."""
    return next(cell.column for cell in sheet[HEADER_ROW] if cell.value == heading)


def read(data: bytes, name: str = "Anna Keller.xlsx") -> SheetReading:
    """The sheet as read."""
    return read_sheet(data, name)


def answers_of(reading: SheetReading) -> dict[tuple[int, str], Any]:
    """(queue position, criterion) -> value, or "N/A"."""
    return {
        (row.position, answer.criterion): answer.value if answer.state == "scored" else "N/A" for row, answer in reading.answers()
    }


def imported(
    data: bytes,
    current: Sequence[Grade] = (),
    sample: WeeklySample = SAMPLE,
    rubric: Rubric = RUBRIC,
    days: int = 0,
    seen: Collection[tuple[str, str]] = (),
) -> tuple[list[Grade], list[CellProblem]]:
    """New grades and all problems of a sheet, imported some days later. `seen`: calls whose LLM answers she has been shown."""
    reading = read(data)
    grades, problems = grades_from(reading, sample, rubric, Own(current, dict.fromkeys(seen, ())), at=AT + timedelta(days=days))
    return grades, [*reading.problems, *problems]


def said(grades: Sequence[Grade]) -> list[tuple[str, str, Any]]:
    """Call, criterion and value, "N/A" or reason of each grade."""
    return [(grade.call_id, grade.criterion, getattr(grade, "value", getattr(grade, "reason", "N/A"))) for grade in grades]


def id_of(position: int, turn: int | None = None, sample: WeeklySample = SAMPLE) -> str:
    """The row id of a call, or of one of its turns."""
    return row_id(sample.frozen_digest(), sample.items[position - 1].call, turn)
