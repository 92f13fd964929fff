"""What a grader has said of a call so far: their standing grades, and remarks made before any answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from evalharness.grade.human.standing import Place, Remark, Standing, is_skipped, remark_of
from evalharness.models.call import Call
from evalharness.models.grade import Evidence, Grade, NotApplicable, Scored, Ungraded

NOT_APPLICABLE = "N/A"
Manner = Literal["read", "heard"]


@dataclass(frozen=True)
class Draft:
    """Remarks on a call that has no grade yet to carry them. `evidence`: question key -> quotes."""

    note: str = ""
    manner: Manner = "read"
    evidence: Mapping[str, tuple[Evidence, ...]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """As the ledger keeps it."""
        quotes = {key: [one.model_dump(mode="json") for one in found] for key, found in self.evidence.items()}
        return {"note": self.note, "manner": self.manner, "evidence": quotes}

    @classmethod
    def from_json(cls, held: Mapping[str, Any]) -> Draft:
        """The inverse of `as_json`."""
        quotes = {key: tuple(Evidence(**one) for one in found) for key, found in held["evidence"].items()}
        return cls(str(held["note"]), "heard" if held["manner"] == "heard" else "read", quotes)


NOTHING = Draft()


class Said:
    """One grader's answers and remarks on one call. Nobody else's grade can be in it: `Standing` drops them unseen."""

    def __init__(self, call: Call, standing: Standing, draft: Draft = NOTHING) -> None:
        self.call, self.draft, self._standing = call, draft, standing

    def place(self, turn: int | None = None) -> Place:
        """What the standing grades are filed under."""
        return self.call.source, self.call.id, turn

    def grade(self, criterion: str, turn: int | None) -> Grade | None:
        """The standing grade of a question."""
        return self._standing.at(self.place(turn)).get(criterion)

    def grades(self, turns: Sequence[int | None]) -> list[Grade]:
        """Every standing grade of the call (turn None) and of these turns."""
        return [grade for turn in turns for grade in self._standing.at(self.place(turn)).values()]

    def answer(self, criterion: str, turn: int | None) -> int | str | None:
        """The answer that stands: a value, "N/A", or None."""
        grade = self.grade(criterion, turn)
        if isinstance(grade, Scored):
            return grade.value
        return NOT_APPLICABLE if isinstance(grade, NotApplicable) else None

    def evidence(self, criterion: str, turn: int | None) -> tuple[Evidence, ...]:
        """The quotes beside a question."""
        grade = self.grade(criterion, turn)
        waiting = self.draft.evidence.get(key_of(criterion, turn), ())
        return grade.evidence if grade is not None and grade.evidence else waiting

    def remark(self, turn: int | None = None) -> Remark:
        """Note, mark and skip reason; the note of the draft as long as no grade carries one."""
        remark = self._standing.remark(self.place(turn))
        return replace(remark, note=self.draft.note) if turn is None and not remark.note else remark

    def carrier(self, turn: int | None = None, new: Sequence[Grade] = ()) -> Grade | None:
        """The grade that carries the remarks, with `new` ones in place of the old."""
        return self._standing.carrier(self.place(turn), new)

    @property
    def manner(self) -> Manner:
        """Whether the call was read or heard."""
        carrier = self.carrier()
        return self.draft.manner if carrier is None else carrier.manner or "read"

    def skip_reason(self) -> str:
        """The reason with which the call was skipped, also where one answer was given since."""
        skipped = [remark_of(one).skip_reason for one in self._standing.at(self.place()).values() if is_skipped(one)]
        return next((reason for reason in skipped if reason), "")

    def draft_after(self, grades: Sequence[Grade]) -> Draft:
        """The draft without what these new grades carry."""
        carried = {key_of(grade.criterion, grade.turn) for grade in grades}
        left = {key: quotes for key, quotes in self.draft.evidence.items() if key not in carried}
        note = "" if any(grade.turn is None for grade in grades) else self.draft.note
        return replace(self.draft, note=note, evidence=left)


def key_of(criterion: str, turn: int | None) -> str:
    """How the page and a draft name a question: `tone`, or `tone@4` of turn 4."""
    return criterion if turn is None else f"{criterion}@{turn}"


def quoted(evidence: Sequence[Evidence]) -> list[dict[str, Any]]:
    """Quotes as the page sends and shows them."""
    return [{"turn": one.turn, "quote": one.quote} for one in evidence]


def is_answered(grade: Grade | None) -> bool:
    """Whether a person has dealt with the question: a value, N/A, or a transcript too wrong to answer by."""
    return isinstance(grade, Scored | NotApplicable) or (isinstance(grade, Ungraded) and grade.reason == "transcript")
