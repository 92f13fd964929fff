"""Plain builders for judging: questions of a small rubric, replies as a server sends them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from evalharness.grade.llm.questions import Question
from evalharness.grade.llm.reply import Said
from evalharness.models.call import Call
from evalharness.models.grade import Evidence
from tests.builders import a_call, a_rubric

CALL = a_call()
"""0 agent: Front desk, how can I help? / 1 caller: ... move my appointment to Friday. / 2 agent: Friday at ten is free. ..."""

TRUE, INVENTED = (2, "Friday at ten is free."), (2, "I have refunded you.")


def question(name: str = "correctness", turn: int | None = None, **fields: Any) -> Question:
    """A criterion of the small rubric as a question; keywords replace its fields."""
    return Question(a_rubric().criterion(name).model_copy(update=fields), turn)


def asked(*names: str) -> tuple[Question, ...]:
    """Questions of the small rubric."""
    return tuple(question(name) for name in names or ("correctness", "greeted"))


def entry(answer: Any = "4", *quotes: tuple[Any, Any], why: Any = "As turn 2 shows.") -> dict[str, Any]:
    """One question's part of a reply; a true quote unless others are given."""
    shown = [{"turn": turn, "quote": quote} for turn, quote in quotes or (TRUE,)]
    return {"evidence": shown, "justification": why, "answer": answer}


def body(answers: Mapping[str, Any] | str, **fields: Any) -> str:
    """A whole reply around the answers (or around a text)."""
    text = answers if isinstance(answers, str) else json.dumps(answers)
    message = {
        "type": "message",
        "model": "claude-haiku-5-5",
        "stop_reason": "end_turn",
        "content": [{"type": "text", "text": text}],
    }
    return json.dumps({**message, "usage": {"input_tokens": 10, "output_tokens": 5}, **fields})


def good(*names: str, **entries: Any) -> str:
    """A reply in which every question has a shown answer."""
    plain = {name: entry("yes" if name == "greeted" else "4") for name in names or ("correctness", "greeted")}
    return body({**plain, **entries})


def said(answer: str = "4", *quotes: tuple[int, str]) -> Said:
    """What the judge said, with a true quote unless others are given."""
    return Said(answer, "Because.", tuple(Evidence(turn=turn, quote=quote) for turn, quote in quotes or (TRUE,)))


def keys(questions: Sequence[Question]) -> tuple[str, ...]:
    """Their keys."""
    return tuple(each.key for each in questions)


def hostile_call(text: str, speaker: str = "caller") -> Call:
    """A call in which somebody says this between two ordinary turns."""
    return a_call([("agent", "Front desk, how can I help?"), (speaker, text), ("agent", "Friday at ten is free.")])  # type: ignore[list-item]
