"""A sheet beside answers given at the desk since it was written: an older file never takes a newer answer back unseen.

A sheet is read against what it showed. Cells that still say what they said then are no answers, whatever was given at the
desk since; a cell that was changed, or filled in, and says something else than a newer answer of the desk is named and not
taken. The desk's grades are known by their time: only the desk measures seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from evalharness.grade.human.reading import CellProblem, RowReading, SheetReading
from evalharness.grade.human.standing import answer_text
from evalharness.models.grade import Grade
from evalharness.models.sample import WeeklySample


def at_the_desk(grade: Grade, since: datetime | None) -> bool:
    """Whether the grade was given at the desk, after `since` (None: at any time)."""
    return grade.seconds is not None and (since is None or grade.at > since)


def shown_on(current: Sequence[Grade], written_at: datetime | None) -> list[Grade]:
    """The grader's grades that a sheet written then knows of; `written_at` None: no one knows when, so none of the desk's."""
    return [grade for grade in current if not at_the_desk(grade, written_at)]


def beside_newer(
    grades: Sequence[Grade], current: Sequence[Grade], reading: SheetReading, sample: WeeklySample, written_at: datetime | None
) -> tuple[list[Grade], list[CellProblem]]:
    """The sheet's new grades that stand beside no newer, different one of the desk; and a problem for each that does."""
    newest = {_slot(grade): grade for grade in current}
    taken: list[Grade] = []
    problems = []
    for grade in grades:
        desk = newest.get(_slot(grade))
        if desk is None or not at_the_desk(desk, written_at):
            taken.append(grade)
        elif _says(grade) != _says(desk):
            problems.append(_problem(grade, desk, reading, sample))
    return taken, problems


def _slot(grade: Grade) -> tuple[object, ...]:
    """What is answered, in whatever lane: somebody may have been shown an LLM's answer in between."""
    return grade.source, grade.call_id, grade.criterion, grade.turn


def _says(grade: Grade) -> tuple[object, ...]:
    return grade.state, answer_text(grade), grade.manner, grade.rationale


def _problem(grade: Grade, desk: Grade, reading: SheetReading, sample: WeeklySample) -> CellProblem:
    row = _row_of(grade, reading, sample)
    answer = row.answer(grade.criterion) if row else None
    sheet, cell = (answer.sheet, answer.cell) if answer else (row.sheet, row.cell) if row else (reading.file_name, "row")
    same = answer_text(grade) == answer_text(desk)
    stands = "the note or mark given there stays" if same else f"{answer_text(desk) or 'no answer'}, given there, stays"
    why = f"was answered at the desk after this sheet was written ({desk.at:%Y-%m-%d %H:%M} UTC): {stands}"
    accepted = "change it at the desk, or move the file away: a new one is written with the answers so far"
    return CellProblem(sheet, cell, str(answer_text(grade) or ""), why, accepted)


def _row_of(grade: Grade, reading: SheetReading, sample: WeeklySample) -> RowReading | None:
    position = next((item.position for item in sample.on_sheets if item.identity == grade.identity), None)
    return next((row for row in reading.rows if (row.position, row.turn) == (position, grade.turn)), None)
