"""Whether a quote stands where the judge says: word for word, in that turn, spoken by whom the criterion asks for."""

from __future__ import annotations

from collections.abc import Sequence

from evalharness.grade.llm.questions import Question
from evalharness.grade.llm.reply import Said
from evalharness.grade.llm.visible import comparable
from evalharness.models.call import Call
from evalharness.models.grade import Evidence

LEAST_LETTERS = 2
"""A single letter or mark stands in every turn and shows nothing, unless it is all that was said."""


def is_shown(said: Said, question: Question, call: Call) -> bool:
    """Whether the answer may stand: it has a quote where it needs one, and every quote it gives is true."""
    if question.needs_quote(said.answer) and question.answers and not said.evidence:
        return False
    return all(is_spoken(quote, question, call) for quote in said.evidence)


def is_spoken(quote: Evidence, question: Question, call: Call) -> bool:
    """Whether the quote stands in that turn of a right speaker; case and white space aside, nothing else."""
    turn = next((turn for turn in call.turns if turn.index == quote.turn), None)
    if turn is None or question.criterion.evidence not in ("any", turn.speaker):
        return False
    words, said = comparable(quote.quote), comparable(turn.text)
    enough = sum(map(str.isalnum, words)) >= LEAST_LETTERS or words == said
    return bool(words) and enough and words in said


def unshown(answers: dict[str, Said], asked: Sequence[Question], call: Call) -> tuple[Question, ...]:
    """The questions whose answers do not stand."""
    return tuple(question for question in asked if not is_shown(answers[question.key], question, call))
