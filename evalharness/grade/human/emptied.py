"""Cells of a row that were emptied over what stands: nothing is deleted, and the row is named once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evalharness.grade.human.context import RowContext
from evalharness.grade.human.layout import title
from evalharness.grade.human.reading import CellProblem
from evalharness.grade.human.standing import Remark, answer_text
from evalharness.models.grade import Grade, NotApplicable, Scored
from evalharness.models.rubric import Criterion


@dataclass(frozen=True)
class _Emptied:
    """An emptied cell: its heading, what stood there, and what would change it."""

    place: tuple[str, str]
    heading: str
    was: str
    accepted: str


def emptied_of(about: RowContext, criteria: Sequence[Criterion], have: Mapping[str, Grade], before: Remark) -> list[CellProblem]:
    """One problem for all emptied cells of a row, none where there are none or where the row says why."""
    found = [*_answers(about, criteria, have), *_remarks(about, before)]
    if not found:
        return []
    sheet, cell = found[0].place
    if len(found) == 1:
        one = found[0]
        return [CellProblem(sheet, cell, "", f"{one.heading} was {one.was}, now empty: it stays", one.accepted)]
    was = ", ".join(f"{one.heading} {one.was}" for one in found)
    why = f"{len(found)} cells of this row are now empty: what they said stays ({was})"
    return [CellProblem(sheet, f"{cell} to {found[-1].place[1]}", "", why, "N/A or another answer; another text for a note")]


def _answers(about: RowContext, criteria: Sequence[Criterion], have: Mapping[str, Grade]) -> list[_Emptied]:
    """Answers emptied over a standing one, unless the row says why there is none now."""
    if about.skipped or about.head.transcript_wrong:
        return []
    found = []
    for criterion in criteria:
        answer, old = about.row.answer(criterion.id), have.get(criterion.id)
        if answer is not None and answer.state == "empty" and isinstance(old, Scored | NotApplicable):
            was = str(answer_text(old))[:60]
            found.append(_Emptied((answer.sheet, answer.cell), title(criterion.id), was, "N/A or another answer"))
    return found


def _remarks(about: RowContext, before: Remark) -> list[_Emptied]:
    found = []
    if before.transcript_wrong and "transcript_wrong" in about.row.blank:
        found.append(_Emptied(about.row.cell_of("transcript_wrong"), "Transcript wrong", "yes", "yes or no"))
    if before.note and "note" in about.row.blank:
        found.append(_Emptied(about.row.cell_of("note"), "Note", repr(before.note[:60]), "another text"))
    return found
