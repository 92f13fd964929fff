"""What follows from the replies so far: one more request, or a verdict a question. Pure, so a resumed run decides alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evalharness.grade.llm.evidence import unshown
from evalharness.grade.llm.questions import Question
from evalharness.grade.llm.reply import Said, read, was_too_long
from evalharness.models.call import Call
from evalharness.models.grade import Reason

MOST_REPLIES = 2
"""A question is asked at most twice; then it waits for a person."""


@dataclass(frozen=True)
class Reading:
    """How replies are read. `single`: an object is the answer to one question; `evidence`: quotes are looked up (a defence).

    `most`: replies after which nothing more is asked.
    """

    single: bool = False
    evidence: bool = True
    most: int = MOST_REPLIES


@dataclass(frozen=True)
class Exchange:
    """A reply that was paid for: the questions that were asked, and the body that came."""

    asked: tuple[str, ...]
    raw: str


@dataclass(frozen=True)
class Next:
    """One more request is due: for these questions, because of `again` ("" the first time)."""

    questions: tuple[Question, ...]
    again: str = ""

    @property
    def larger(self) -> bool:
        """Whether the reply needs more room than the first one had."""
        return self.again == "truncated"


Verdicts = dict[str, Said | Reason]
"""Question key -> what the judge may be held to, or why there is nothing."""


def decide(
    questions: Sequence[Question], call: Call, exchanges: Sequence[Exchange], reading: Reading = Reading()
) -> Next | Verdicts:
    """The next request, or the verdicts once every question has one. An answer that stands is never asked again."""
    verdicts: Verdicts = {}
    pending, again = tuple(questions), ""
    for number, exchange in enumerate(exchanges, start=1):
        asked = tuple(question for question in questions if question.key in exchange.asked)
        answers = read(exchange.raw, asked, single=reading.single)
        if isinstance(answers, dict):
            pending, again = unshown(answers, asked, call) if reading.evidence else (), "unverified"
            verdicts |= {key: said for key, said in answers.items() if key not in {question.key for question in pending}}
        else:
            pending, again = asked, answers
        final = again == "refused" or number >= reading.most or (again == "truncated" and was_too_long(exchange.raw))
        if not pending:
            break
        if final:
            return {**verdicts, **{question.key: _reason(again) for question in pending}}
    return Next(pending, again) if pending else verdicts


def _reason(name: str) -> Reason:
    known: dict[str, Reason] = {"refused": "refused", "truncated": "truncated", "invalid": "invalid"}
    return known.get(name, "unverified")


def state_of(verdicts: Verdicts) -> str:
    """How the ledger calls the end: refused, failed or unverified where any question ended so, else graded."""
    reasons = {verdict for verdict in verdicts.values() if isinstance(verdict, str)}
    if "refused" in reasons:
        return "refused"
    if reasons & {"truncated", "invalid"}:
        return "failed"
    return "unverified" if reasons else "graded"
