"""The scale of a ratings file: as somebody wrote it, or as the ratings themselves show it; and what a cell says on it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from evalharness.errors import UsageError
from evalharness.models.agreement import RatingKind

BLANK = frozenset({"", ".", "-", "–", "—", "?", "na", "nan", "null", "none", "#n/a", "missing"})
NOT_APPLICABLE = frozenset({"n/a", "not applicable"})
Special = Literal["blank", "not_applicable", "unread"]
_EVENTS = frozenset({"yes", "y", "true", "1", "fail", "failed", "bad", "error", "miss", "missed", "ja", "oui", "si", "sí"})
_NUMBER = re.compile(r"[+-]?\d{1,12}(?:[.,]\d{1,12})?")
_RANGE = re.compile(r"(-?\d{1,4})\s*(?:-|–|\.\.|to)\s*(-?\d{1,4})")
MOST_VALUES = 50
_Value = TypeVar("_Value", float, str)
_MOST_FILLED = 20
_EXAMPLES = "write --scale 1-5, --scale 1,2,3, --scale yes,no, --scale red,amber,green, or in order --scale 'low<middle<high'"


@dataclass(frozen=True)
class RatingScale:
    """`values`: what a rating can be as numbers, rising; `words`: the same as they are shown; `said`: where it comes from.

    Of yes and no the event is 1. Other words are numbered by their place. `places`: the text of a cell, folded -> its number;
    {} for numbers, which are themselves.
    """

    kind: RatingKind
    values: tuple[float, ...]
    words: tuple[str, ...]
    said: str
    places: Mapping[str, float]

    @property
    def event(self) -> str:
        """What sensitivity is about; "" for anything but yes and no."""
        return self.words[1] if self.kind == "yes_no" and len(self.words) > 1 else ""

    def read(self, cell: str) -> float | Special:
        """What a cell says: a number of the scale, or why it is none."""
        text = folded(cell)
        if text in NOT_APPLICABLE:
            return "not_applicable"
        if self.places:
            return self.places.get(text, "blank" if text in BLANK else "unread")
        if text in BLANK:
            return "blank"
        value = number(text)
        return value if value is not None and value in self.values else "unread"


def folded(cell: str) -> str:
    """A cell without outer spaces, in lower case."""
    return " ".join(cell.split()).casefold()


def number(text: str) -> float | None:
    """The number a text says, with a decimal point or comma; None for anything else."""
    return float(text.replace(",", ".")) if _NUMBER.fullmatch(text) else None


def written(text: str) -> RatingScale:
    """The scale somebody wrote: 1-5, a list of numbers, two words or more, or words in order with < between them.

    Raises UsageError for anything else.
    """
    said = "as given"
    span = _RANGE.fullmatch(text.strip())
    if span:
        low, high = int(span[1]), int(span[2])
        if not low < high <= low + MOST_VALUES:
            raise _no_scale(text, f"from {low} to {high} is no scale of 2 to {MOST_VALUES} values")
        return _of_numbers([float(value) for value in range(low, high + 1)], said)
    ordered = "<" in text
    parts = [" ".join(part.split()) for part in text.split("<" if ordered else ",")]
    if len(parts) < 2 or len(parts) > MOST_VALUES or "" in parts or len({part.casefold() for part in parts}) < len(parts):
        raise _no_scale(text, f"it needs 2 to {MOST_VALUES} different values")
    found = [value for part in parts if (value := number(part)) is not None]
    if len(found) == len(parts):
        return _of_numbers(sorted(found), said)
    return _of_words(parts, said, ordered=ordered)


def seen(cells: Sequence[str]) -> RatingScale | None:
    """The scale that these cells show, all of them together; None where none holds a rating.

    Mostly numbers: whole ones with their gaps filled; 0 and 1 alone are no and yes. Else words. Raises UsageError for more than
    50 different values: that is a measurement, not a rating.
    """
    texts = {folded(cell): " ".join(cell.split()) for cell in reversed(cells)}
    counts = Counter(text for cell in cells if (text := folded(cell)) not in BLANK | NOT_APPLICABLE)
    if not counts:
        return None
    numbers = {value for text in counts if (value := number(text)) is not None}
    numeric = sum(times for text, times in counts.items() if number(text) is not None)
    if 2 * numeric >= counts.total():
        return _of_numbers(_filled(_few(numbers)), "from the ratings")
    words = sorted(_few(set(counts)))
    return _of_words([texts[word] for word in words], "from the ratings", ordered=False)


def _few(values: Collection[_Value]) -> Collection[_Value]:
    if len(values) > MOST_VALUES:
        raise UsageError(
            f"the columns hold {len(values)} different values",
            where="--columns",
            why=f"a rating has at most {MOST_VALUES}; agreement of measurements is another matter",
            fix="name columns that hold ratings, or the scale: " + _EXAMPLES,
        )
    return values


def _filled(numbers: Collection[float]) -> list[float]:
    """Whole numbers with those between them: a level that nobody gave is one all the same."""
    low, high = min(numbers), max(numbers)
    whole = all(value == int(value) for value in numbers)
    return [float(value) for value in range(int(low), int(high) + 1)] if whole and high - low <= _MOST_FILLED else sorted(numbers)


def _of_numbers(values: Sequence[float], said: str) -> RatingScale:
    kind: RatingKind = "yes_no" if tuple(values) == (0.0, 1.0) else "ordinal"
    return RatingScale(kind, tuple(values), tuple(f"{value:g}" for value in values), said, {})


def _of_words(words: Sequence[str], said: str, *, ordered: bool) -> RatingScale:
    kind: RatingKind = "ordinal" if ordered else "yes_no" if len(words) == 2 else "category"
    if kind == "yes_no" and words[0].casefold() in _EVENTS and words[1].casefold() not in _EVENTS:
        words = words[::-1]
    places = {word.casefold(): float(place) for place, word in enumerate(words)}
    return RatingScale(kind, tuple(places.values()), tuple(words), said, places)


def _no_scale(text: str, why: str) -> UsageError:
    return UsageError(f"{text!r} is no scale", where="--scale", why=why, fix=_EXAMPLES)
