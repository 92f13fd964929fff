"""Dates of birth: a date is one only where the words around it, or the question before it, speak of a birth."""

from __future__ import annotations

import re
from bisect import bisect_right

from evalharness.collect.privacy.dates import Date, dates
from evalharness.collect.privacy.findings import Finding

_ASKED = re.compile(
    r"date[ _-]?of[ _-]?birth|birth[ _-]?da(?:te|y)|year of birth|(?<![a-z])d ?o ?b(?![a-z])|d\.o\.b|(?<![a-z])born(?![a-z])"
    r"|geboren|geburts(?:datum|tag|jahr)",
    re.IGNORECASE,
)
_WINDOW = 60
_AFTER = 24
"""So far behind a date may stand the word that tells: "04/03/1982 is my birthday"."""
_WORD = re.compile(r"[^\W_]+")
_FEW = 4


def asks_for_birth(text: str) -> bool:
    """Whether the text speaks of a date of birth."""
    return _may_ask(text) and _ASKED.search(text) is not None


def _may_ask(text: str) -> bool:
    """A quick look, so that most texts need no expression."""
    lower = text.lower()
    return (
        "birth" in lower
        or "dob" in lower
        or "born" in lower
        or "d o b" in lower
        or "d.o.b" in lower
        or "gebur" in lower
        or "gebor" in lower
    )


def find_births(text: str, *, asked: bool) -> list[Finding]:
    """The dates of birth in a text. `asked`: the question before it, or its key, spoke of one."""
    if not asked and not _may_ask(text):
        return []
    spans = [match.span() for match in _ASKED.finditer(text)]
    asks = ([start for start, _ in spans], [end for _, end in spans])
    answered: set[int] = set()
    found = [date for date in dates(text) if date.parts]
    short = (
        asked
        and not any(date.whole for date in found)
        and len(_WORD.findall(text)) - sum(len(date.words) for date in found) <= _FEW
    )
    births = []
    for date in found:
        telling = date.whole or date.named
        ask = _ask(date, asks, asked=asked) if telling or short else None
        if ask is None or not (telling or _is_part(date)):
            continue
        if ask not in answered or _is_past(date) or not telling:
            answered.add(ask)
            births.append(Finding(date.start, date.end, "dob", date.value(), partial=not date.whole))
    return births


def _ask(date: Date, asks: tuple[list[int], list[int]], *, asked: bool) -> int | None:
    """Which mention of a birth the date answers: the one before it, the question (-1), or one close behind it.

    `asks`: where the mentions start and where they end.
    """
    starts, ends = asks
    before = bisect_right(ends, date.start) - 1
    if before >= 0:
        return before if date.start - ends[before] <= _WINDOW else None
    if asked and date.start <= 2 * _WINDOW:
        return -1
    return 0 if starts and 0 <= starts[0] - date.end <= _AFTER else None


def _is_part(date: Date) -> bool:
    """A month, an ordinal or a year alone: an answer in pieces."""
    return any(kind in ("month", "day", "year") for kind, _ in date.parts)


def _is_past(date: Date) -> bool:
    """A further date in the same breath counts only with a year in which most callers were born."""
    return date.year is not None and 1900 <= date.year <= 2012


def joined_birth(pieces: str) -> str:
    """The normal form of a date whose pieces were said one after the other."""
    date = next(dates(pieces), Date())
    return date.value() if date.whole else pieces
