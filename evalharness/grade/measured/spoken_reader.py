"""A number said or written as a value that can be compared, and a text while its numbers are read one kind after another."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple


class Fact(NamedTuple):
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


@dataclass(slots=True)
class Reader:
    """A text while it is read: `text` as digits, `rest` with what was taken blanked out, `small` the text in small
    letters, the facts so far. `words`: those of what was said, None for a text that nobody said.

    `shape`: the text with 0 for each digit, a for each small letter, A for each capital; `flat`: the same with a for both. A
    quick look at them spares most of the patterns.
    """

    text: str
    language: str
    rest: str = ""
    words: frozenset[str] | None = None
    small: str = ""
    shape: str = ""
    flat: str = ""
    facts: list[Fact] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.small = self.text.lower()
        try:
            self.shape = self.text.encode("latin-1").translate(_SHAPE).decode("latin-1")
        except UnicodeEncodeError:  # digits of other scripts are digits too
            self.shape = _DIGIT.sub("0", self.text).encode("latin-1", "replace").translate(_SHAPE).decode("latin-1")
        self.flat = self.shape.lower()

    def shaped(self, *shapes: str) -> bool:
        """A quick look: whether one of these stands in the text's shape, small letters and capitals alike."""
        for shape in shapes:  # noqa: SIM110 - a generator costs more than the looks
            if shape in self.flat:
                return True
        return False

    @property
    def mixes(self) -> bool:
        """A quick look: whether a capital stands beside a digit."""
        shape = self.shape
        return "A0" in shape or "0A" in shape or "A-0" in shape

    @property
    def pairs(self) -> bool:
        """A quick look: whether digits or capitals stand apart from digits by no more than two of blank, comma and hyphen."""
        apart = self.shape
        for sign, apart_as in _APART:
            if sign in apart:
                apart = apart.replace(sign, apart_as)
        for pair in _PAIRS:  # noqa: SIM110 - a generator costs more than the looks
            if pair in apart:
                return True
        return False

    def names(self, words: frozenset[str], stems: tuple[str, ...]) -> bool:
        """A quick look: whether one of the words was said, or one of their stems stands in a text that nobody said."""
        return self.says(stems) if self.words is None else not words.isdisjoint(self.words)

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

        def blank(match: re.Match[str]) -> str:
            found = value(match)
            return self._taken(match, kind, found, sure) if found else match[0]

        self.rest = pattern.sub(blank, self.rest)

    def take_as(self, pattern: re.Pattern[str], fact: Callable[[re.Match[str]], tuple[str, str] | None]) -> None:
        """As `take`, where a match has its kind and value."""

        def blank(match: re.Match[str]) -> str:
            found = fact(match)
            return self._taken(match, *found, True) if found else match[0]

        self.rest = pattern.sub(blank, self.rest)

    def _taken(self, match: re.Match[str], kind: str, value: str, sure: bool) -> str:
        """Keeps the values of the match; what stands in its place."""
        said = match[0]
        for one in value.split(" "):
            self.facts.append(Fact(kind, one, match.span(), sure, said))
        return "\0" * len(said)

    def before(self, match: re.Match[str], width: int = 40) -> str:
        """What stands before a match in its sentence, in small letters."""
        return _SENTENCE.split(self.text[max(0, match.start() - width) : match.start()].lower())[-1]

    def after(self, match: re.Match[str], width: int = 24) -> str:
        """What stands after a match, in small letters."""
        return self.text[match.end() : match.end() + width].lower()


_SENTENCE = re.compile(r"[.!?;] ")
_DIGIT = re.compile(r"\d")


def _sign(char: str) -> str:
    return "0" if char.isdecimal() else "A" if char.isupper() else "a" if char.isalpha() else char


_APART = ((",", " "), ("-", " "), ("(", "0"), (")", "0"))
_PAIRS = ("0 0", "0  0", "0 A", "0  A", "A 0", "A  0")
_SHAPE = "".join(_sign(chr(code)) for code in range(256)).encode("latin-1")
