"""What a grader's grades say so far, and how a row's remarks are kept in a grade's rationale and read from it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from evalharness.cell_text import split_text, visible
from evalharness.grade.human.layout import asked_of_people
from evalharness.models.grade import Grade, NotApplicable, Scored, Ungraded
from evalharness.models.rubric import Rubric

TRANSCRIPT_MARK = "[transcript wrong]"
_NOTE_LIMIT = 30_000
Place = tuple[str, str, int | None]
"""(source, call id, turn or None): what a row of the form is about."""


@dataclass(frozen=True)
class Remark:
    """What a row says beside its answers and is kept in the rationale."""

    transcript_wrong: bool = False
    skip_reason: str = ""
    note: str = ""

    def rationale(self, *, skipped: bool = False) -> str:
        """One line a part: the mark, the skip reason (of a skipped call), then the note."""
        mark = [TRANSCRIPT_MARK] if self.transcript_wrong else []
        reason = [self.skip_reason] if skipped else []
        return "\n".join([*mark, *reason, *([self.note] if self.note else [])])


def remark_of(grade: Grade) -> Remark:
    """The remarks kept in a grade: the inverse of `Remark.rationale` for one-line reasons."""
    marked = grade.rationale == TRANSCRIPT_MARK or grade.rationale.startswith(TRANSCRIPT_MARK + "\n")
    rest = grade.rationale.removeprefix(TRANSCRIPT_MARK).removeprefix("\n") if marked else grade.rationale
    if is_skipped(grade):
        reason, _, note = rest.partition("\n")
        return Remark(marked, reason, note)
    return Remark(marked, "", rest)


def is_skipped(grade: Grade) -> bool:
    """Whether the grade only says that the call was skipped."""
    return isinstance(grade, Ungraded) and grade.reason == "skipped"


def shown(text: str) -> str:
    """A text as one cell shows it: unshowable characters as escapes, a very long one up to where a cell ends."""
    parts = split_text(text, _NOTE_LIMIT)
    more = f"(the first of {len(parts)} parts; all of it is kept)"
    return visible(parts[0]) if len(parts) == 1 else f"{visible(parts[0])}{more}"


class Standing:
    """A grader's newest grade by place and criterion: blind ones, and of `assisted` calls those given beside an LLM's answers
    too. Grades of others are dropped unseen.
    """

    def __init__(self, grades: Iterable[Grade], grader: str, rubric: Rubric, assisted: Collection[tuple[str, str]] = ()) -> None:
        self._grades: dict[Place, dict[str, Grade]] = {}
        self._older: dict[Place, list[Grade]] = {}
        self._order = {
            None: [criterion.id for criterion in asked_of_people(rubric, "call")],
            "turn": [criterion.id for criterion in asked_of_people(rubric, "turn")],
        }
        for grade in grades:
            own = grade.grader.kind == "human" and grade.grader.name == grader
            if own and (grade.lane == "blind" or grade.identity in assisted):
                place = (grade.source, grade.call_id, grade.turn)
                stands = self._grades.setdefault(place, {})
                if grade.criterion in stands:
                    self._older.setdefault(place, []).append(stands[grade.criterion])
                stands[grade.criterion] = grade

    def at(self, place: Place) -> dict[str, Grade]:
        """Criterion -> newest grade."""
        return self._grades.get(place, {})

    def older(self, place: Place) -> Sequence[Grade]:
        """What stood before: every grade of the place that a later one replaced."""
        return self._older.get(place, ())

    def carrier(self, place: Place, new: Sequence[Grade] = ()) -> Grade | None:
        """The grade that carries the row's remarks: of the first question in form order that has one, skipped ones last.

        `new` grades stand in for the old ones of their questions.
        """
        found = {**self.at(place), **{grade.criterion: grade for grade in new}}
        order = [found[name] for name in self._order[None if place[2] is None else "turn"] if name in found]
        return next((grade for grade in order if not is_skipped(grade)), order[0] if order else None)

    def remark(self, place: Place) -> Remark:
        """The remarks the row has so far."""
        carrier = self.carrier(place)
        return Remark() if carrier is None else remark_of(carrier)


def answer_text(grade: Grade | None) -> int | str | None:
    """What the cell of a question shows for a grade: its value, "N/A", or nothing."""
    if isinstance(grade, Scored):
        return shown(grade.value) if isinstance(grade.value, str) else grade.value
    return "N/A" if isinstance(grade, NotApplicable) else None
