"""One typed cell -> an answer. What is plainly an answer is taken; anything else is named, never guessed."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from typing import Any, Literal

from evalharness.grade.human.layout import CONFIRM, NOT_ASKED, Question, can_confirm
from evalharness.grade.human.reading import AnswerState

Parsed = tuple[AnswerState, int | str | None]
_NOT_APPLICABLE = re.compile(r"n\s*[./]?\s*a\.?|not applicable", re.IGNORECASE)
_NUMBER = re.compile(r"([+-]?\d{1,15})(?:[.,](\d*))?")
_YES, _NO = ("yes", "y"), ("no", "n")


class UnclearError(ValueError):
    """What was typed is no answer; the message says why."""


def parse_answer(value: Any, question: Question, offered: int | str | None = None) -> Parsed:
    """State and value of the answer typed into a question's cell. `offered`: the LLM's answer beside it, which the word "ok"
    takes. Raises UnclearError."""
    if is_blank(value):
        return "empty", None
    text = normal(as_text(value))
    if text.casefold() == CONFIRM and can_confirm(question.type, question.answers):
        value = _taken(offered)
        text = normal(as_text(value))
    if text.casefold() == NOT_ASKED:
        return "not_asked", None
    if isinstance(value, str) and _NOT_APPLICABLE.fullmatch(text):
        return "not_applicable", None
    if question.type == "text":
        return "scored", as_text(value)
    _refuse_kind(value)
    if question.type == "ordinal":
        return "scored", _level(text, question)
    return "scored", _yes_no(text) if question.type == "yes_no" else _category(text, question)


def _taken(offered: int | str | None) -> int | str:
    if offered is None:
        raise UnclearError("takes an LLM's answer, and none stands beside this cell")
    return offered


def is_blank(value: Any) -> bool:
    """Whether nothing was typed."""
    return value is None or (isinstance(value, str) and not value.strip())


def as_text(value: Any) -> str:
    """What was typed, as a person would read it: 5.0 is "5", a date its ISO form."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(" ").removesuffix(" 00:00:00")
    return str(value)


def one_line(value: Any) -> str:
    """What was typed, on one line."""
    return re.sub(r"\s*[\r\n]+\s*", " / ", as_text(value).strip())


def normal(text: str) -> str:
    """Full-width and other compatibility forms made plain, outer space gone."""
    return unicodedata.normalize("NFKC", text).strip()


def parse_flag(value: Any) -> bool:
    """Yes or no. Raises UnclearError."""
    word = normal(as_text(value)).casefold()
    if word in (*_YES, "x", "true", "wrong"):
        return True
    if word in (*_NO, "false"):
        return False
    raise UnclearError("is neither yes nor no")


def parse_manner(value: Any) -> Literal["read", "heard"]:
    """Whether the call was read or heard. Raises UnclearError."""
    word = normal(as_text(value)).casefold()
    if word == "read":
        return "read"
    if word == "heard":
        return "heard"
    raise UnclearError("says neither read nor heard")


def parse_turn(value: Any) -> int:
    """The index of a turn. Raises UnclearError."""
    _refuse_kind(value)
    number = _whole(normal(as_text(value)))
    if number < 0:
        raise UnclearError("is no turn")
    return number


def _refuse_kind(value: Any) -> None:
    if isinstance(value, bool):
        raise UnclearError("is a truth value")
    if isinstance(value, date | time | timedelta):
        raise UnclearError("is a date or time (a spreadsheet program may have made it one)")


def _whole(text: str) -> int:
    found = _NUMBER.fullmatch(text)
    if found is None:
        raise UnclearError("is no number")
    if int(found[2] or "0") != 0:
        raise UnclearError("is no whole number")
    return int(found[1])


def _level(text: str, question: Question) -> int:
    number = _whole(text)
    if number not in question.answers:
        raise UnclearError("is no level of this question")
    return number


def _yes_no(text: str) -> str:
    word = text.casefold()
    if word in _YES or word in _NO:
        return "yes" if word in _YES else "no"
    raise UnclearError("is neither yes nor no")


def _category(text: str, question: Question) -> str:
    for answer in question.answers:
        if text == answer:
            return text
    folded = {_fold(str(answer)): str(answer) for answer in question.answers}
    if len(folded) == len(question.answers) and _fold(text) in folded:
        return folded[_fold(text)]
    raise UnclearError("is none of the words of this question")


def _fold(word: str) -> str:
    return re.sub(r"[\s_-]+", "_", normal(word).casefold())
