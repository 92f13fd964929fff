"""A sheet's reading against the grader's standing grades -> the grades that are new, and what could not be taken."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from evalharness.cell_text import visible
from evalharness.errors import SheetError
from evalharness.grade.human.context import RowContext
from evalharness.grade.human.layout import UTC_ZONE, asked_of_people, row_id
from evalharness.grade.human.own import File, Identity, Own
from evalharness.grade.human.reading import CellProblem, RowReading, SheetReading
from evalharness.grade.human.row_grades import grades_of_row
from evalharness.grade.human.stale import up_to_date
from evalharness.grade.human.standing import Standing
from evalharness.models.call import Call
from evalharness.models.grade import Grade, Lane
from evalharness.models.removed import removed
from evalharness.models.rubric import Rubric
from evalharness.models.sample import WeeklySample


def grades_from(
    reading: SheetReading,
    sample: WeeklySample,
    rubric: Rubric,
    own: Own,
    *,
    at: datetime,
    zone: ZoneInfo = UTC_ZONE,
) -> tuple[list[Grade], list[CellProblem]]:
    """Grades that differ from the grader's newest ones in `own.grades` (ledger order), and cells that changed nothing.

    A grade of a call of `own.answers`, or of a row that stood beside an LLM's answers, is assisted. The rules stand in `sheet`.
    `zone` is the workspace's, for conditions on hour and weekday. Problems of the reading itself are not repeated. Raises
    SheetError for a sheet of another week or of another draw.
    """
    digest = sample.frozen_digest()
    _check_same(reading, sample, digest)
    calls = {item.position: item.call for item in sample.on_sheets}
    seen = {*own.answers, *assisted_in(reading, sample)}
    standing = Standing(own.grades, reading.grader, rubric, seen)
    rows, problems = _current(reading, calls, standing, own.file)
    problems += _missing_columns(reading, rubric)
    heads = {row.position: row for row in rows if row.turn is None}
    grades: list[Grade] = []
    for row in rows:
        call = calls.get(row.position)
        if call is None or row.row != row_id(digest, call, row.turn):
            problems.append(CellProblem(row.sheet, row.cell, row.row, "is no row of this week's draw"))
            continue
        lane: Lane = "assisted" if (call.source, call.id) in seen else "blind"
        about = RowContext(row, heads.get(row.position, row), call, sample, reading.grader, at, zone, lane)
        found, unclear = grades_of_row(about, asked_of_people(rubric, "call" if row.turn is None else "turn"), standing)
        if found and (mark := removed(call)):
            problems.append(CellProblem(row.sheet, row.cell, row.row, f"is not graded any more: {mark}"))
            continue
        grades += found
        problems += unclear
    return grades, problems


def _current(
    reading: SheetReading, calls: Mapping[int, Call], standing: Standing, file: File
) -> tuple[list[RowReading], list[CellProblem]]:
    """The rows without what only an old copy still says."""
    rows: list[RowReading] = []
    problems: list[CellProblem] = []
    for row in reading.rows:
        call = calls.get(row.position)
        found, old = (row, []) if call is None else up_to_date(row, (call.source, call.id, row.turn), standing, file)
        rows.append(found)
        problems += old
    return rows, problems


def assisted_in(reading: SheetReading, sample: WeeklySample) -> frozenset[Identity]:
    """The calls that stood beside an LLM's answers in the sheet that was read."""
    positions = {row.position for row in reading.rows if row.assisted}
    return frozenset(item.identity for item in sample.on_sheets if item.position in positions)


def _check_same(reading: SheetReading, sample: WeeklySample, digest: str) -> None:
    if reading.week != sample.week:
        raise SheetError(
            f"this is the sheet of week {reading.week}, not of {sample.week}",
            where=reading.file_name,
            fix=f"import it with --week {reading.week}",
        )
    if reading.sample_digest != digest:
        raise SheetError(
            f"this sheet belongs to another draw of week {sample.week} or to another workspace",
            where=reading.file_name,
            why=f"its rows are calls of sample {visible(reading.sample_digest[:8])}, the week here is sample {digest[:8]}",
            fix="fill in the sheet of this draw (`evalharness sheet export` writes it), or import this one in its own workspace",
        )


def _missing_columns(reading: SheetReading, rubric: Rubric) -> list[CellProblem]:
    """Questions without a column in a form that is there."""
    lost = [
        criterion.id
        for form, asked in reading.columns.items()
        for criterion in asked_of_people(rubric, "turn" if form in ("turns", "assisted_turns") else "call")
        if criterion.id not in asked
    ]
    why = "has no column in this file any more; its answers stay as they are"
    return [CellProblem(reading.file_name, "column", name, why) for name in lost]
