"""Which rules hold in a text, and which stems of other languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from evalharness.grade.llm.quick import quick
from evalharness.grade.llm.rules import RULES, STEM, stems
from evalharness.grade.llm.sieve import Sieve, words_of
from evalharness.grade.llm.tongues import TONGUES

_SPACED = [pattern for tongue in TONGUES.values() if tongue.spaced for pattern in tongue.patterns()]
_TONGUES = _SPACED + [pattern for tongue in TONGUES.values() if not tongue.spaced for pattern in tongue.patterns()]
_OTHER_SCRIPT = re.compile(r"[\u0590-\u11ff\u3040-\ud7ff]")
PATTERNS = (*(rule.pattern for rule in RULES), *_TONGUES)
"""All that is looked for in a plain text, rules first."""
_SIEVE = Sieve(PATTERNS)

_TELLING = stems(
    "ignore disregard rubric criteria score grade evaluate judge five verdict correctness tone escalation prompt instructions"
    " perfect maximum"
)
_HINTING = _TELLING | stems(
    "forget override give mark rating quality review full system note output agent transcript recording confirm certify step 5"
)

_ASKED_FOR = _HINTING.union(*(group for rule in RULES for group in rule.needs))


def is_telling(text: str) -> bool:
    """Whether two words that speak of grading stand in a text: only then is it worth reading a twisted text closely."""
    return len(stems_of(text) & _TELLING) > 1


def may_tell(text: str) -> bool:
    """Whether any word of an order to a judge stands in a text: only then is it read once more in another order."""
    return not text.isascii() or not _HINTING.isdisjoint(stems_of(text))


def stems_of(text: str) -> frozenset[str]:
    """The first letters of every word that any rule asks for."""
    return frozenset().union(*filter(None, map(_stems_in, words_of(text))))


@lru_cache(maxsize=8192)
def _stems_in(word: str) -> frozenset[str]:
    return _ASKED_FOR.intersection(part[:STEM] for part in re.findall(r"\w+", word))


def found_in(text: str) -> Iterator[tuple[str, int, int]]:
    """Every (sign, start, end) of a plain text that a rule finds, in English or what looks alike in other languages."""
    rules = [RULES[number] for number in passing(text) if number < len(RULES)]
    stems = stems_of(text) if rules else frozenset()
    for rule in rules:
        if rule.can_hold(stems):
            yield from ((rule.sign, match.start(), match.end()) for match in compiled(rule.pattern).finditer(text))


def in_tongues(text: str) -> Iterator[tuple[str, int, int]]:
    """Every (sign, start, end) that the stems of other languages find."""
    numbers = [number - len(RULES) for number in passing(text) if number >= len(RULES)]
    most = len(_TONGUES) if numbers and _OTHER_SCRIPT.search(text) else len(_SPACED)
    for number in numbers:
        if number < most:
            pattern = compiled(_TONGUES[number])
            yield from (("another language", match.start(), match.end()) for match in pattern.finditer(text))


@lru_cache(maxsize=4)
def passing(text: str) -> list[int]:
    """The numbers of the patterns that may match; asked for twice in a row."""
    return _SIEVE.passing(text)


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern, once some text needs it: most are not needed in a week."""
    return re.compile(quick(pattern), re.DOTALL)
