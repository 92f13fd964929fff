"""Verdicts -> grades: a level, N/A, or no grade with its reason. A failure never becomes a number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from evalharness.grade.llm.decide import Verdicts
from evalharness.grade.llm.questions import CANNOT_TELL, NOT_APPLICABLE, Question
from evalharness.grade.llm.reply import Said
from evalharness.models.call import Call
from evalharness.models.grade import Grade, Grader, NotApplicable, Reason, Scored, Ungraded
from evalharness.models.probe import Probe, ProbeAnswer, Role

WORDS: Mapping[str, str] = {
    "truncated": "the reply was cut off",
    "refused": "the model refused",
    "invalid": "the reply was not the form asked for",
    "unverified": "a quote does not stand in the turn it names",
    "api": "the server gave no reply",
    "budget": "the spending cap left nothing for it",
}


@dataclass(frozen=True)
class About:
    """What all grades of one call share. `cost_usd` of the whole call is spread evenly over its grades."""

    week: str
    call: Call
    digests: Mapping[str, str]
    grader: Grader
    at: datetime
    cost_usd: float | None = None


def grades_of(questions: Sequence[Question], verdicts: Verdicts, about: About) -> list[Grade]:
    """One grade a question, in form order."""
    return list(_grades(questions, verdicts, about))


def probe_of(questions: Sequence[Question], verdicts: Verdicts, about: About, sent: tuple[Role, int]) -> Probe:
    """The same verdicts where no grade was asked for. `sent`: what for, and which one of several."""
    role, repeat = sent
    return Probe(
        role=role,
        week=about.week,
        source=about.call.source,
        call_id=about.call.id,
        repeat=repeat,
        judge=about.grader,
        digests={question.criterion.id: about.digests[question.criterion.id] for question in questions},
        answers=tuple(_answer(question, verdicts[question.key]) for question in questions),
        cost_usd=about.cost_usd,
        at=about.at,
    )


def _answer(question: Question, verdict: Said | Reason) -> ProbeAnswer:
    answer = ProbeAnswer(criterion=question.criterion.id, turn=question.turn)
    if isinstance(verdict, str):
        return answer.model_copy(update={"reason": verdict})
    if verdict.answer == CANNOT_TELL:
        return answer.model_copy(update={"reason": "transcript"})
    return answer if verdict.answer == NOT_APPLICABLE else answer.model_copy(update={"value": question.value(verdict.answer)})


def _grades(questions: Sequence[Question], verdicts: Verdicts, about: About) -> Iterator[Grade]:
    each = None if about.cost_usd is None else about.cost_usd / max(len(questions), 1)
    for question in questions:
        common: dict[str, Any] = {
            "week": about.week,
            "source": about.call.source,
            "call_id": about.call.id,
            "criterion": question.criterion.id,
            "turn": question.turn,
            "grader": about.grader,
            "criterion_digest": about.digests[question.criterion.id],
            "manner": "read",
            "cost_usd": each,
            "at": about.at,
        }
        yield _grade(question, verdicts[question.key], common)


def _grade(question: Question, verdict: Said | Reason, common: dict[str, Any]) -> Grade:
    if isinstance(verdict, str):
        return Ungraded(**common, reason=verdict, rationale=WORDS[verdict])
    common |= {"rationale": verdict.justification, "evidence": verdict.evidence}
    if verdict.answer == NOT_APPLICABLE:
        return NotApplicable(**common)
    if verdict.answer == CANNOT_TELL:
        return Ungraded(**common, reason="transcript")
    return Scored(**common, value=question.value(verdict.answer))
