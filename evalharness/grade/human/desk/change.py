"""One change as the page sends it: checked field by field, so that nothing unexpected reaches a grade."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from evalharness import numbers
from evalharness.grade.human.desk.board import Asked, Grading
from evalharness.grade.human.desk.said import NOT_APPLICABLE
from evalharness.models.call import Call
from evalharness.models.grade import Evidence

Kind = Literal["answer", "confirm", "evidence", "note", "manner", "wrong", "skip"]
MAX_TEXT, MAX_REASON, MAX_QUOTES, MAX_SECONDS = 20_000, 500, 5, 3_600.0
QUOTE_LENGTH = 300
"""A quote keeps at most so many characters, as on the sheet."""


class ChangeError(ValueError):
    """The change cannot be taken; the message says why, in words for the grader."""


@dataclass(frozen=True)
class Change:
    """What the grader did on one call: `value` by kind an answer (None: taken back), quotes, a text, a manner, a mark, a reason.

    `asked` is set for answers, confirmed ones too, and evidence. `seconds`: time spent on the call since the last kept change.
    """

    row: str
    kind: Kind
    value: Any
    asked: Asked | None = None
    seconds: float = 0.0


def read_change(body: bytes, grading: Grading) -> Change:
    """The change in a request's body. Raises ChangeError for one that is not of this grader's list or form."""
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        sent = None
    if not isinstance(sent, dict) or sent.get("row") not in (grading.queue if isinstance(sent.get("row"), str) else ()):
        raise ChangeError("This call is not on your list any more. Reload the page.")
    kind, value = sent.get("do"), sent.get("value")
    if kind not in _READERS:
        raise ChangeError("The page asked for something this version does not know. Reload it.")
    asked = _asked(sent, grading) if kind in ("answer", "confirm", "evidence") else None
    call = grading.queue[sent["row"]].call
    return Change(sent["row"], kind, _READERS[kind](value, asked, call), asked, _seconds(sent.get("seconds")))


def _asked(sent: Mapping[str, Any], grading: Grading) -> Asked:
    found = [one for one in grading.board.questions(sent["row"]) if one.key == sent.get("question")]
    if not found:
        raise ChangeError("This question is not asked of this call. Reload the page.")
    return found[0]


def _seconds(sent: Any) -> float:
    usable = isinstance(sent, int | float) and not isinstance(sent, bool) and math.isfinite(sent)
    return round(min(max(float(sent), 0.0), MAX_SECONDS), 1) if usable else 0.0


def _answer(value: Any, asked: Asked | None, _call: Call) -> int | str | None:
    if asked is None or value is None or value == NOT_APPLICABLE:
        return None if value is None else NOT_APPLICABLE
    if asked.criterion.type == "text":
        return _text(value, MAX_TEXT) or None
    if isinstance(value, bool) or value not in asked.criterion.answers:
        raise ChangeError("That is none of the answers to this question.")
    return next(answer for answer in asked.criterion.answers if answer == value)


def _quotes(value: Any, _asked: Asked | None, call: Call) -> tuple[Evidence, ...]:
    if not isinstance(value, list) or len(value) > MAX_QUOTES:
        raise ChangeError(f"At most {MAX_QUOTES} quotes stand beside a question.")
    return tuple(_quote(one, call) for one in value)


def _quote(sent: Any, call: Call) -> Evidence:
    """A turn and words of it, verbatim."""
    named, words = (sent.get("turn"), sent.get("quote")) if isinstance(sent, dict) else (None, None)
    whole = isinstance(named, int) and not isinstance(named, bool)
    turn = next((turn for turn in call.turns if whole and turn.index == named), None)
    if turn is None or not isinstance(words, str) or not words.strip() or words not in turn.text:
        raise ChangeError("Evidence is the words of one turn, as they stand there.")
    return Evidence(turn=turn.index, quote=words[:QUOTE_LENGTH])


def _note(value: Any, _asked: Asked | None, _call: Call) -> str:
    return _text(value, MAX_TEXT)


def _text(value: Any, most: int) -> str:
    if not isinstance(value, str) or len(value) > most:
        raise ChangeError(f"A text has at most {numbers.count(most)} characters; this one was not saved.")
    return value.strip()


def _manner(value: Any, _asked: Asked | None, _call: Call) -> str:
    if value not in ("read", "heard"):
        raise ChangeError("A call is read or heard.")
    return str(value)


def _mark(value: Any, _asked: Asked | None, _call: Call) -> bool:
    if not isinstance(value, bool):
        raise ChangeError("A transcript is wrong or it is not.")
    return value


def _reason(value: Any, _asked: Asked | None, _call: Call) -> str | None:
    """On one line; None takes the skip back."""
    if value is None:
        return None
    reason = " ".join(_text(value, MAX_REASON).split())
    if not reason:
        raise ChangeError("A skipped call needs a reason.")
    return reason


_READERS = {
    "answer": _answer,
    "confirm": _answer,
    "evidence": _quotes,
    "note": _note,
    "manner": _manner,
    "wrong": _mark,
    "skip": _reason,
}
