"""Questions and answers in words, for the form's head and the instructions."""

from __future__ import annotations

from evalharness.models.rubric import Criterion, Level
from evalharness.xlsx import row_height

OUTCOME_WORDS = {
    "resolved": "goal met end to end by the agent",
    "partly_resolved": "told what to do next",
    "transferred": "handed to a human",
    "follow_up": "callback or ticket: a person still has to act",
    "abandoned": "the caller gave up",
    "unresolved": "ended without resolution",
    "failed_technical": "drop or error on our side",
    "out_of_scope": "wrong number, spam, voicemail, test, no caller speech",
    "unknown": "cannot be told",
}
_WIDTHS = {"ordinal": 27, "yes_no": 15, "category": 25, "text": 32}


def answers_text(criterion: Criterion) -> str:
    """One line an answer, best level first, what it means behind it; N/A last."""
    if criterion.type == "text":
        return "your own words, or N/A"
    if criterion.type == "yes_no":
        return "\n".join([*_yes_no(criterion), "N/A"])
    levels = sorted(criterion.levels, key=_best_first) if criterion.type == "ordinal" else criterion.levels
    return "\n".join([*(_level(criterion, level) for level in levels), "N/A – the question does not arise"])


def _yes_no(criterion: Criterion) -> list[str]:
    texts = {str(level.value): level for level in criterion.levels}
    return [_level(criterion, texts[word]) if word in texts else word for word in ("yes", "no")]


def _best_first(level: Level) -> int:
    return -level.value if isinstance(level.value, int) else 0


def _level(criterion: Criterion, level: Level) -> str:
    text = level.text or (OUTCOME_WORDS.get(str(level.value), "") if criterion.id == "outcome" else "")
    fails = {"call": " ▲ fails the call", "section": " ▲ fails the section", None: ""}[level.fail]
    return f"{level.value} – {text.strip()}{fails}" if text else f"{level.value}{fails}"


def question_width(criterion: Criterion) -> float:
    """Characters: wide enough that what the answers mean is within a row's greatest height."""
    width = float(_WIDTHS.get(criterion.type, 26))
    while row_height([(answers_text(criterion), width), (criterion.question, width)], 12) > 320 and width < 90:
        width += 10
    return width
