"""Amounts, times, dates, phone and confirmation numbers in what was said or written, as values that can be compared.

`facts_in(text, language)`: words become digits (spoken_words.py), then each kind is looked for in turn by one small grammar, and
what one has taken the next does not see. Only facts are taken: counts ("two options"), years, street numbers, durations, ages and
versions are not. Where more than one reading is possible a value holds them all: "two thirty" is "02:30|14:30".
"""

from __future__ import annotations

import re
from functools import lru_cache

from evalharness.grade.measured import spoken_amounts, spoken_codes, spoken_dates, spoken_times
from evalharness.grade.measured.spoken_reader import Fact, Reader
from evalharness.grade.measured.spoken_words import LANGUAGES, in_digits, number_words

KINDS = ("amount", "time", "date", "phone", "code")
LONGEST = 20_000


_GRAMMARS = (
    spoken_dates.written,
    spoken_amounts.named,
    spoken_codes.read,
    spoken_amounts.bare,
    spoken_dates.read,
    spoken_times.read,
)
_DIGIT = re.compile(r"\d")
_SENTENCE = re.compile(r"(?:[.!?;]|—)(?:\s|$)|\n")
_NAMED = frozenset(("noon", "midnight", "mittag", "mitternacht"))


def facts_in(text: str, language: str | None = None, said: tuple[str, ...] | None = None) -> list[Fact]:
    """The facts of the text in the order they stand. `language`: en (also None) or de; of another language nothing is read.
    `said`: its words, where they are known."""
    known = language_of(language)
    words = None if known is None else number_words(text[:LONGEST], known, said if len(text) <= LONGEST else None)
    if known is None or words is None:
        return []
    digits = in_digits(text[:LONGEST], known, words)
    if _DIGIT.search(digits) is None and _NAMED.isdisjoint(words):
        return []
    reader = Reader(digits, known, digits, words)
    for read in _GRAMMARS:
        read(reader)
    return sorted(reader.facts, key=lambda fact: fact.span)


def sentence_of(text: str, language: str | None, fact: Fact) -> tuple[str, str]:
    """What stands before and after a fact of this text in its sentence, as digits and in small letters."""
    known = language_of(language) or "en"
    words = number_words(text[:LONGEST], known) or frozenset()
    digits = in_digits(text[:LONGEST], known, words).lower()
    start, end = fact.span
    return _SENTENCE.split(digits[:start])[-1], _SENTENCE.split(digits[end:])[0]


@lru_cache(maxsize=64)
def language_of(language: str | None) -> str | None:
    """The two letters of a language that is read here: "de-AT" is de, None is en; None for another one."""
    short = (language or "en")[:2].lower()
    return short if short in LANGUAGES else None
