"""A number said or written as a value that can be compared, and a text while its numbers are read one kind after another."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Fact:
    """A number of a kind. `value`: its readings, joined by "|": amount 340.50; time 14:30; date 2026-05-23, 05-23 without a
    year or --23 without a month; phone digits; code capitals and digits. `span`: where it stands in `in_digits(text)`; `sure`:
    it can be nothing else, as "at 8" could; `said`: it in digits."""

    kind: str
    value: str
    span: tuple[int, int] = (0, 0)
    sure: bool = True
    said: str = ""

    @property
    def readings(self) -> frozenset[str]:
        """Every value that it may have."""
        return frozenset(self.value.split("|"))


@dataclass
class Reader:
    """A text while it is read: `text` as digits, `rest` with what was taken blanked out, `small` the text in small
    letters, the facts so far."""

    text: str
    language: str
    rest: str = ""
    small: str = ""
    facts: list[Fact] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.small = self.text.lower()

    def says(self, stems: tuple[str, ...]) -> bool:
        """A quick look: whether any of these stands in the text, in small letters."""
        for stem in stems:  # noqa: SIM110 - a generator costs more than the looks
            if stem in self.small:
                return True
        return False

    @property
    def left(self) -> bool:
        """Whether a digit is left that nothing has taken."""
        return _DIGIT.search(self.rest) is not None

    def take(
        self, pattern: re.Pattern[str], kind: str, value: Callable[[re.Match[str]], str | None], *, sure: bool = True
    ) -> None:
        """Every match in what is left for which `value` has one; several values of a match are parted by a blank."""

        def fact(match: re.Match[str]) -> tuple[str, str] | None:
            found = value(match)
            return (kind, found) if found else None

        self.take_as(pattern, fact, sure=sure)

    def take_as(
        self, pattern: re.Pattern[str], fact: Callable[[re.Match[str]], tuple[str, str] | None], *, sure: bool = True
    ) -> None:
        """As `take`, where a match has its kind and value."""

        def blank(match: re.Match[str]) -> str:
            found = fact(match)
            if found is None:
                return match[0]
            self.facts += [Fact(found[0], one, match.span(), sure, match[0]) for one in found[1].split(" ")]
            return "\0" * len(match[0])

        self.rest = pattern.sub(blank, self.rest)

    def before(self, match: re.Match[str], width: int = 40) -> str:
        """What stands before a match in its sentence, in small letters."""
        return _SENTENCE.split(self.text[max(0, match.start() - width) : match.start()].lower())[-1]

    def after(self, match: re.Match[str], width: int = 24) -> str:
        """What stands after a match, in small letters."""
        return self.text[match.end() : match.end() + width].lower()


_SENTENCE = re.compile(r"[.!?;] ")
_DIGIT = re.compile(r"\d")
