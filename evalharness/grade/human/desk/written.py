"""A change -> the grades that are new. Pure, and by the sheet's rules: what the desk keeps reads the same on a sheet.

- A grade comes only from an answer that differs from the one that stands. Taking an answer back is a new revision without
  one (Ungraded, skipped, no reason); nothing is deleted.
- Note and mark belong to the call: every grade written carries them, and always the first graded question in form order.
- Evidence belongs to its question. "Heard" or "read" belongs to the call: a change writes every grade of it anew.
- What is said of a call whose LLM answers the grader has been shown is assisted, all of it; what they had said blind stays.
- Remarks on a call without any grade wait in a draft, which is kept in the ledger too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from evalharness.grade.human.desk.board import Asked, Grading
from evalharness.grade.human.desk.change import Change, ChangeError
from evalharness.grade.human.desk.said import NOT_APPLICABLE, Draft, Said, quoted
from evalharness.grade.human.desk.suggested import value_of
from evalharness.grade.human.standing import Remark, is_skipped
from evalharness.models.grade import Grade, Grader, NotApplicable, Reason, Scored, Ungraded
from evalharness.models.removed import removed


@dataclass(frozen=True)
class Written:
    """What a change adds to the ledger, and the value (as the page sends it) that takes it back."""

    row: str
    grades: tuple[Grade, ...] = ()
    draft: Draft | None = None
    before: Any = None

    @property
    def is_new(self) -> bool:
        """Whether anything is to be kept."""
        return bool(self.grades) or self.draft is not None


def written(change: Change, grading: Grading, at: datetime) -> Written:
    """The grades and draft a change gives. Raises ChangeError where it contradicts what stands, or the week is signed."""
    if grading.board.signed:
        raise ChangeError("The week is signed off; its grades stay as they are.")
    desk = _Desk(grading, change, at)
    found = _WRITERS[change.kind](desk)
    seconds = [change.seconds, *(0.0 for _ in found.grades)]
    timed = [grade.model_copy(update={"seconds": took}) for grade, took in zip(found.grades, seconds, strict=False)]
    left = desk.said.draft_after(timed) if found.draft is None else found.draft
    return replace(found, grades=tuple(timed), draft=left if left != desk.said.draft else None)


class _Desk:
    """A change beside what was said of its call."""

    def __init__(self, grading: Grading, change: Change, at: datetime) -> None:
        self.change, self.at, self._grading = change, at, grading
        self.said: Said = grading.said(change.row)
        self.lane = grading.lane(change.row)
        self.questions = grading.board.questions(change.row)
        self.turns = list(dict.fromkeys([None, *(one.turn for one in self.questions)]))

    def new(self, asked: Asked, value: int | str | None, reason: Reason, remark: Remark) -> Grade:
        """A grade of a question: a value, N/A, or none for the reason."""
        criterion, said = asked.criterion.id, self.said
        if value is not None and (mark := removed(said.call)):
            raise ChangeError(f"The call is not graded any more: {mark}")
        shared: dict[str, Any] = {
            "week": self._grading.board.sample.week,
            "source": said.call.source,
            "call_id": said.call.id,
            "criterion": criterion,
            "turn": asked.turn,
            "grader": Grader(kind="human", name=self._grading.person),
            "criterion_digest": self._grading.board.sample.criterion_digests[criterion],
            "lane": self.lane,
            "manner": said.manner,
            "evidence": said.evidence(criterion, asked.turn),
            "rationale": remark.rationale(skipped=value is None and reason == "skipped"),
            "at": self.at,
        }
        if value is None:
            return Ungraded(**shared, reason=reason)
        return NotApplicable(**shared) if value == NOT_APPLICABLE else Scored(**shared, value=value)

    def unanswered(self) -> list[Asked]:
        """Questions with neither a value nor N/A."""
        return [one for one in self.questions if self.said.answer(one.criterion.id, one.turn) is None]

    def carried(self, new: list[Grade], remark: Remark) -> tuple[Grade, ...]:
        """The new grades, and the carrier of the call's remarks written anew where it would say something else."""
        carrier = self.said.carrier(None, [grade for grade in new if grade.turn is None])
        if carrier is None:
            return tuple(new)
        rationale = remark.rationale(skipped=is_skipped(carrier))
        if carrier.rationale != rationale:
            new = [grade for grade in new if grade is not carrier]
            new.append(self.again(carrier, rationale=rationale))
        return tuple(new)

    def again(self, grade: Grade, **fields: Any) -> Grade:
        """A grade written anew in the call's lane; one given blind before stays beside it."""
        return grade.model_copy(update={**fields, "lane": self.lane, "at": self.at})

    def suggested(self, asked: Asked) -> Scored | NotApplicable | None:
        """The LLM's answer that the grader is shown."""
        found = self._grading.suggested.get(self.change.row, {}).get(asked.key)
        return found if isinstance(found, Scored | NotApplicable) else None


def _answer(desk: _Desk) -> Written:
    asked, value, said = _question(desk), desk.change.value, desk.said
    before, remark = said.answer(asked.criterion.id, asked.turn), said.remark(asked.turn)
    if value == before:
        return Written(desk.change.row, before=before)
    if asked.criterion.heard and value not in (None, NOT_APPLICABLE) and said.manner != "heard":
        raise ChangeError("This can only be judged by ear: mark the call as heard first, or answer N/A.")
    reason: Reason = "transcript" if said.remark().transcript_wrong else "skipped"
    back = replace(remark, skip_reason=said.skip_reason()) if value is None else remark
    new = [desk.new(asked, value, reason, back)]
    kept = back if asked.turn is None else said.remark()
    return Written(desk.change.row, desk.carried(new, kept), before=before)


def _confirm(desk: _Desk) -> Written:
    """The LLM's answer as the grader's own, with its quotes where they have none. What takes it back is answer and quotes."""
    asked, said = _question(desk), desk.said
    shown, had = desk.suggested(asked), said.evidence(asked.criterion.id, asked.turn)
    if shown is None or value_of(shown) != desk.change.value:
        raise ChangeError("The LLM's answer is another one by now. Reload the page.")
    before = {"answer": said.answer(asked.criterion.id, asked.turn), "evidence": quoted(had)}
    found = _answer(desk)
    quotes = had or tuple(one for one in shown.evidence if one.turn is not None)
    new = [one.model_copy(update={"evidence": quotes}) if _is_of(one, asked) else one for one in found.grades]
    return replace(found, grades=tuple(new), before=before)


def _is_of(grade: Grade, asked: Asked) -> bool:
    return (grade.criterion, grade.turn) == (asked.criterion.id, asked.turn)


def _evidence(desk: _Desk) -> Written:
    asked, said = _question(desk), desk.said
    grade, had = said.grade(asked.criterion.id, asked.turn), said.evidence(asked.criterion.id, asked.turn)
    before = quoted(had)
    if had == desk.change.value:
        return Written(desk.change.row, before=before)
    if grade is None:
        draft = replace(said.draft, evidence={**said.draft.evidence, asked.key: desk.change.value})
        return Written(desk.change.row, draft=draft, before=before)
    return Written(desk.change.row, (desk.again(grade, evidence=desk.change.value),), before=before)


def _note(desk: _Desk) -> Written:
    said, note = desk.said, desk.change.value
    before = said.remark().note
    if note == before:
        return Written(desk.change.row, before=before)
    if said.carrier() is None:
        return Written(desk.change.row, draft=replace(said.draft, note=note), before=before)
    return Written(desk.change.row, desk.carried([], replace(said.remark(), note=note)), before=before)


def _manner(desk: _Desk) -> Written:
    said, manner = desk.said, desk.change.value
    if manner == said.manner:
        return Written(desk.change.row, before=manner)
    by_ear = [one for one in desk.questions if one.criterion.heard]
    if manner == "read" and any(isinstance(said.grade(one.criterion.id, one.turn), Scored) for one in by_ear):
        raise ChangeError("A question that is judged by ear is answered; take that answer back first.")
    draft = replace(said.draft, manner=manner) if said.carrier() is None else None
    new = [desk.again(grade, manner=manner) for grade in said.grades(desk.turns)]
    return Written(desk.change.row, tuple(new), draft, said.manner)


def _wrong(desk: _Desk) -> Written:
    """The mark makes what is unanswered ungraded (transcript); without it those are open again."""
    said, wrong = desk.said, desk.change.value
    remark = said.remark()
    if wrong == remark.transcript_wrong:
        return Written(desk.change.row, before=wrong)
    marked = replace(remark, transcript_wrong=wrong, skip_reason=said.skip_reason())
    asked = desk.unanswered()
    if not wrong:
        asked = [one for one in asked if said.grade(one.criterion.id, one.turn) is not None]
    reason: Reason = "transcript" if wrong else "skipped"
    new = [desk.new(one, None, reason, marked if one.turn is None else said.remark(one.turn)) for one in asked]
    return Written(desk.change.row, desk.carried(new, marked), before=not wrong)


def _skip(desk: _Desk) -> Written:
    said, reason = desk.said, desk.change.value
    before = said.skip_reason() or None
    if reason == before:
        return Written(desk.change.row, before=before)
    asked = desk.unanswered()
    if reason is not None and len(asked) < len(desk.questions):
        raise ChangeError("A call with answers is not skipped; take them back first, or leave the rest open.")
    if reason is None:
        asked = [one for one in asked if said.grade(one.criterion.id, one.turn) is not None]
    remark = replace(said.remark(), skip_reason=reason or "")
    kind: Reason = "transcript" if reason is None and remark.transcript_wrong else "skipped"
    new = [desk.new(one, None, kind, remark) for one in asked]
    return Written(desk.change.row, desk.carried(new, remark), before=before)


def _question(desk: _Desk) -> Asked:
    if desk.change.asked is None:
        raise ChangeError("No question is named.")
    return desk.change.asked


_WRITERS = {
    "answer": _answer,
    "confirm": _confirm,
    "evidence": _evidence,
    "note": _note,
    "manner": _manner,
    "wrong": _wrong,
    "skip": _skip,
}
