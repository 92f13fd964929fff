"""A raw reply -> what the judge said, strictly: an answer to every question asked, or the reason why there is none."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from evalharness.grade.llm.questions import Question
from evalharness.grade.llm.visible import visible
from evalharness.messages.usage import body_of
from evalharness.models.grade import Evidence, Reason

MOST_QUOTES, LONGEST_QUOTE, LONGEST_TEXT, HIGHEST_TURN = 20, 2_000, 1_000, 10**9
_FENCED = re.compile(r"\s*```(?:json)?\s*\n(.*)\n\s*```\s*", re.DOTALL)
_KEYS = {"evidence", "justification", "answer"}


@dataclass(frozen=True)
class Said:
    """The judge's answer to one question, unchecked against the transcript."""

    answer: str
    justification: str
    evidence: tuple[Evidence, ...]


Answers = dict[str, Said]


def read(raw: str, asked: Sequence[Question], *, single: bool = False) -> Answers | Reason:
    """The answers by question key, or why there are none: truncated, refused or invalid. Never raises.

    `single`: the whole object is the answer to the one question.
    """
    body = body_of(raw) or {}
    stop = body.get("stop_reason")
    if stop == "refusal":
        return "refused"
    if stop in ("max_tokens", "model_context_window_exceeded"):
        return "truncated"
    text = _text(body.get("content"))
    if stop != "end_turn" or text is None:
        return "invalid"
    try:
        given = _strict_json(text)
        return _answers({question.key: given for question in asked} if single else given, asked)
    except (ValueError, RecursionError):
        return "invalid"


def was_too_long(raw: str) -> bool:
    """Whether the call does not fit the model: a larger reply would not help."""
    return (body_of(raw) or {}).get("stop_reason") == "model_context_window_exceeded"


def ignores_schema(raw: str, asked: Sequence[Question], *, single: bool = False) -> bool:
    """Whether a model spoke to its end and not in the form that was enforced: the server does not enforce any."""
    ended = (body_of(raw) or {}).get("stop_reason") == "end_turn"
    return ended and read(raw, asked, single=single) == "invalid"


def model_of(raw: str) -> str:
    """The model that says it answered, as a short visible name; "" where the reply names none."""
    named = (body_of(raw) or {}).get("model")
    return visible(named)[:100] if isinstance(named, str) else ""


def _text(content: Any) -> str | None:
    """The text blocks in order; thinking and other blocks are not answers. None for another shape."""
    if not isinstance(content, list) or not all(isinstance(block, dict) for block in content):
        return None
    texts = [block.get("text") for block in content if block.get("type") == "text"]
    return "".join(texts) if texts and all(isinstance(text, str) for text in texts) else None


def _strict_json(text: str) -> Any:
    """One JSON value and nothing around it but a code fence. Raises ValueError: twice the same key, NaN, a word too many."""
    fenced = _FENCED.fullmatch(text)
    return json.loads(fenced[1] if fenced else text, object_pairs_hook=_once, parse_constant=_refused)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _refused(name: str) -> Any:
    raise ValueError(f"{name} is no number")


def _answers(given: Any, asked: Sequence[Question]) -> Answers:
    if not isinstance(given, dict) or set(given) != {question.key for question in asked}:
        raise ValueError("not exactly the questions asked")
    return {question.key: _said(given[question.key], question) for question in asked}


def _said(given: Any, question: Question) -> Said:
    if not isinstance(given, dict) or set(given) != _KEYS:
        raise ValueError("not exactly evidence, justification and answer")
    answer, justification, evidence = given["answer"], given["justification"], given["evidence"]
    if not isinstance(answer, str) or (question.answers and answer not in question.answers):
        raise ValueError("no answer of the form")
    if not isinstance(justification, str) or not isinstance(evidence, list) or len(evidence) > MOST_QUOTES:
        raise ValueError("no justification or evidence of the form")
    kept = answer if question.answers else visible(answer)[:LONGEST_TEXT]
    return Said(kept, visible(justification)[:LONGEST_TEXT], tuple(_quote(quote) for quote in evidence))


def _quote(given: Any) -> Evidence:
    if not isinstance(given, dict) or set(given) != {"turn", "quote"}:
        raise ValueError("not exactly turn and quote")
    turn, quote = given["turn"], given["quote"]
    if isinstance(turn, bool) or not isinstance(turn, int) or not 0 <= turn <= HIGHEST_TURN:
        raise ValueError("no turn number")
    if not isinstance(quote, str) or len(quote) > LONGEST_QUOTE:
        raise ValueError("no quote")
    return Evidence(turn=turn, quote=visible(quote))
