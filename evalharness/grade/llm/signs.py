"""Which rules hold in a text, and which stems of other languages."""

from __future__ import annotations

import re
from collections.abc import Iterator

from evalharness.grade.llm.rules import RULES, STEM, stems
from evalharness.grade.llm.tongues import TONGUES

_SPACED = [tongue for tongue in TONGUES.values() if tongue.spaced]
_HINTS = re.compile("|".join([one.hint() for one in _SPACED]))
_SPACED_TONGUES = [pattern for tongue in _SPACED for pattern in tongue.patterns()]
_OTHER_TONGUES = [pattern for tongue in TONGUES.values() if not tongue.spaced for pattern in tongue.patterns()]
_OTHER_SCRIPT = re.compile(r"[\u0590-\u11ff\u3040-\ud7ff]")


_TELLING = stems(
    "ignore disregard rubric criteria score grade evaluate judge five verdict correctness tone escalation prompt instructions"
    " perfect maximum"
)
_HINTING = _TELLING | stems(
    "forget override give mark rating quality review full system note output agent transcript recording confirm certify step 5"
)


def is_telling(text: str) -> bool:
    """Whether two words that speak of grading stand in a text: only then is it worth reading a twisted text closely."""
    return len(stems_of(text) & _TELLING) > 1


def may_tell(text: str) -> bool:
    """Whether any word of an order to a judge stands in a text: only then is it read once more in another order."""
    return not text.isascii() or bool(stems_of(text) & _HINTING)


def stems_of(text: str) -> frozenset[str]:
    """The first letters of every word."""
    return frozenset(word[:STEM] for word in re.findall(r"\w+", text))


def found_in(text: str) -> Iterator[tuple[str, int, int]]:
    """Every (sign, start, end) of a plain text that a rule finds, in English or what looks alike in other languages."""
    stems = stems_of(text)
    for rule in RULES:
        if rule.can_hold(stems):
            yield from ((rule.sign, match.start(), match.end()) for match in rule.pattern.finditer(text))


def in_tongues(text: str) -> Iterator[tuple[str, int, int]]:
    """Every (sign, start, end) that the stems of other languages find."""
    found: list[re.Pattern[str]] = _SPACED_TONGUES if _HINTS.search(text) else []
    for pattern in [*found, *(_OTHER_TONGUES if _OTHER_SCRIPT.search(text) else ())]:
        yield from (("another language", match.start(), match.end()) for match in pattern.finditer(text))
