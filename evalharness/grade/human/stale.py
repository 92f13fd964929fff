"""Cells of an old copy: what a person answered before and changed since, elsewhere, is not taken for a new answer.

A cell that says again what stood there once, while something else stands now, was either changed back or comes from a file that
knows nothing of the change. It was changed back where this very file has been written or read since the change; else it is named,
and what stands stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from evalharness.grade.human.own import File
from evalharness.grade.human.reading import Answer, CellProblem, RowReading
from evalharness.grade.human.standing import Place, Standing, answer_text, remark_of, shown
from evalharness.models.grade import Grade, NotApplicable, Scored

_REMARKS = ("note", "skip_reason", "transcript_wrong", "manner", "evidence_turn")
_ACCEPTED = "another answer; or change it in the sheet of the week's folder or at the desk"


def up_to_date(row: RowReading, place: Place, standing: Standing, file: File) -> tuple[RowReading, list[CellProblem]]:
    """The row without the cells of an old copy, and a problem for each of these."""
    old = {answer.criterion: stands for answer, stands in _old_answers(row, place, standing, file)}
    problems = [_problem(row, one, old[one.criterion]) for one in row.answers if one.criterion in old]
    answers = tuple(replace(one, state="unclear", value=None) if one.criterion in old else one for one in row.answers)
    remarks = dict(_old_remarks(row, place, standing, file))
    for key, stands in remarks.items():
        typed = str(getattr(row, key))
        sheet, cell = row.cell_of(key)
        problems.append(CellProblem(sheet, cell, typed, _why(str(stands)), _ACCEPTED, (row.row, key)))
    nothing: dict[str, Any] = dict.fromkeys(remarks)
    return replace(row, answers=answers, **nothing), problems


def _old_answers(row: RowReading, place: Place, standing: Standing, file: File) -> Iterator[tuple[Answer, Grade]]:
    for answer in row.answers:
        stands = standing.at(place).get(answer.criterion)
        typed = {"scored": answer.value, "not_applicable": "N/A"}.get(answer.state)
        if typed is None or not isinstance(stands, Scored | NotApplicable) or not _since(stands, row, answer.criterion, file):
            continue
        before = {answer_text(one) for one in standing.older(place) if one.criterion == answer.criterion}
        if typed != answer_text(stands) and typed in before:
            yield answer, stands


def _old_remarks(row: RowReading, place: Place, standing: Standing, file: File) -> Iterator[tuple[str, Any]]:
    carrier = standing.carrier(place)
    if carrier is None:
        return
    for key in _REMARKS:
        typed, stands = getattr(row, key), _remark(key, carrier)
        if typed is None or typed in (stands, shown(str(stands))) or not _since(carrier, row, key, file):
            continue
        before = {_remark(key, one) for one in standing.older(place)}
        if typed in before | {shown(one) for one in before if isinstance(one, str)}:
            yield key, stands


def _remark(key: str, grade: Grade) -> Any:
    """What a grade says of a remark of its row; "" or None where it says nothing."""
    if key == "manner":
        return grade.manner
    if key == "evidence_turn":
        return grade.evidence[0].turn if grade.evidence else None
    return getattr(remark_of(grade), key)


def _since(stands: Grade, row: RowReading, key: str, file: File) -> bool:
    """Whether what stands came after the file was last written or read, or the cell was old already then."""
    return file.known_at is None or stands.at > file.known_at or (row.row, key) in file.stale


def _problem(row: RowReading, answer: Answer, stands: Grade) -> CellProblem:
    typed = "N/A" if answer.value is None else str(answer.value)
    why = _why(str(answer_text(stands)))
    return CellProblem(answer.sheet, answer.cell, typed, why, _ACCEPTED, (row.row, answer.criterion))


def _why(stands: str) -> str:
    kept = f"{stands[:60]!r} stays" if stands not in ("", "None") else "that stays"
    return f"is what stood here before you changed it elsewhere: {kept}"
