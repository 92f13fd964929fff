"""Questions and answers in words, for the form's head and the instructions."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from evalharness.cell_text import row_height, text_units, visible
from evalharness.models.rubric import Criterion, Level

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
_WIDTHS = {"ordinal": 34, "yes_no": 17, "category": 28, "text": 32}
GUIDE_LINE, GUIDE_LINES = 12.0, 12
"""Points a line of the small print above the rows takes, and how many there are at most: calls are to fit below them."""

BESIDE_GUIDE = "What the LLM answered, why, and the words it rests on. Nobody has checked it but for the quote."

_PROMPT = 250
_SHORTER = (110, 90, 75, 60, 50, 40, 30, 20)
_NOT_APPLICABLE = "N/A – the question does not arise"


def answers_text(criterion: Criterion) -> str:
    """One line an answer, best level first, what it means in full behind it; N/A last."""
    return "\n".join(_answers(criterion, None))


def guide_text(criterion: Criterion) -> str:
    """Question and answers for the cell above the rows: whole where they fit the lines there, else with short level names."""
    width = question_width(criterion) * 1.25  # the small print takes less room than the digits a width counts
    most = GUIDE_LINES * GUIDE_LINE + 4
    return _fitted(criterion, lambda text: row_height([(text, width)], GUIDE_LINE) <= most)


def prompt_text(criterion: Criterion) -> str:
    """Question and short answers as the note that a spreadsheet program shows beside a chosen cell holds them."""
    return visible(_fitted(criterion, lambda text: text_units(visible(text)) <= _PROMPT))


def question_width(criterion: Criterion) -> float:
    """Characters of the question's column."""
    return float(_WIDTHS.get(criterion.type, 26))


def _fitted(criterion: Criterion, fits: Callable[[str], bool]) -> str:
    """The fullest wording that fits; the whole stands on the page Instructions."""
    return next((text for text in _wordings(criterion) if fits(text)), "")


def _wordings(criterion: Criterion) -> Iterator[str]:
    """Question and answers, ever shorter: the levels first, then the question."""
    for limit in (None, *_SHORTER):
        yield "\n".join([criterion.question, *_answers(criterion, limit)])
    bare = " / ".join([*map(str, criterion.answers), "N/A"]) if criterion.answers else _answers(criterion, None)[0]
    for size in (text_units(criterion.question), 150, 100, 60, 30):
        yield f"{short(criterion.question, size)}\n{bare}"
    yield short(criterion.question, 60)


def short(text: str, limit: int) -> str:
    """A text in at most about `limit` characters: whole, else up to its first colon or stop, else its first words."""
    if len(text) <= limit:
        return text
    head = min((text.find(mark) for mark in (": ", "; ", ". ") if mark in text), default=-1)
    if 0 < head <= limit:
        return text[:head]
    cut = text[:limit].rsplit(" ", 1)[0].rstrip(" ,;:")
    return f"{cut} …"


def _answers(criterion: Criterion, limit: int | None) -> list[str]:
    """One line an answer, best level first; `limit`: characters of what a level means, None for all of it."""
    if criterion.type == "text":
        return ["your own words, or N/A"]
    if criterion.type == "yes_no":
        texts = {str(level.value): level for level in criterion.levels}
        return [*(_level(criterion, texts[word], limit) if word in texts else word for word in ("yes", "no")), "N/A"]
    levels = sorted(criterion.levels, key=_best_first) if criterion.type == "ordinal" else criterion.levels
    return [*(_level(criterion, level, limit) for level in levels), _NOT_APPLICABLE]


def _best_first(level: Level) -> int:
    return -level.value if isinstance(level.value, int) else 0


def level_words(criterion: Criterion, level: Level) -> str:
    """What an answer means: the rubric's text, else, of the outcome, what the word stands for; "" where neither says it."""
    return level.text or (OUTCOME_WORDS.get(str(level.value), "") if criterion.id == "outcome" else "")


def _level(criterion: Criterion, level: Level, limit: int | None) -> str:
    text = level_words(criterion, level)
    fails = {"call": " ▲ fails the call", "section": " ▲ fails the section", None: ""}[level.fail]
    means = text.strip() if limit is None else short(text.strip(), limit)
    return f"{level.value} – {means}{fails}" if means else f"{level.value}{fails}"
