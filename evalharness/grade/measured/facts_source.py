"""One text that something is known from, read only when it is asked for: what a person said, a tool's arguments or result."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from evalharness.grade.measured import spoken_amounts, spoken_dates, spoken_times
from evalharness.grade.measured.spoken_numbers import facts_in
from evalharness.grade.measured.spoken_reader import Fact, Reader

LONGEST = 50_000
SMALLEST = 10.0
_DIGIT = re.compile(r"\d")
_LEAF = re.compile(r"[:\[,] ?(\d{1,9}(?:\.\d{1,6})?)(?=\s?[,}\]])|^\s?(\d{1,9}(?:\.\d{1,6})?)\s?$")
_NUMBER = re.compile(r"\d\d{0,11}(?:[.,]\d{1,6})*")
_NO_CODE = bytes(set(range(128)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"))
_TOKEN = re.compile(r"(?<![A-Za-z0-9])(?=[A-Za-z]*\d)[A-Za-z0-9]{4,15}(?![A-Za-z0-9])")
_KEYED = re.compile(r"[\"'](\w{3,60})[\"']: ?[\"']?(\d{1,9}(?:\.\d{1,2})?)\b")
_PRICE = re.compile(r"price|amount|fee|total|cost|fare|balance|charge|refund|due|paid|preis|betrag")
_HOURS = re.compile(r"(\d(?<![\d:./-]\d)\d?)-(\d{1,2})(?![\d:./-])")
_LATE = re.compile(r"[12](?<!\w\d)(?:(?<=1)[3-9]|(?<=2)[0-3]):[0-5]\d")
_STAMP = re.compile(
    r"([\"'](?:created|updated|modified|timestamp|requested)\w{0,20}[\"']: ?[\"'][\d-]{0,10})[T ][^\"']{0,40}(?=[\"'])"
)
_OTHER_ZONE = re.compile(r"\d\d:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:Z|\+00:?00)")
_SECONDS = re.compile(r"1(?<!\d1)[5-9]\d{8}(?:\d{3})?(?!\d)")


@dataclass(frozen=True)
class Values:
    """`facts` of a text; `numbers`: every number as it stands; `leaves`: those that are values of their own; `letters`: its
    capitals and digits in a row, for codes; `other_clock`: times of another zone, or as seconds, stand in it."""

    facts: tuple[Fact, ...] = ()
    numbers: tuple[float, ...] = ()
    leaves: tuple[float, ...] = ()
    letters: str = ""
    other_clock: bool = False


@dataclass
class Source:
    """A text and the turn it stands in; `spoken`: said by a person, else a tool's."""

    text: str
    turn: int
    language: str | None
    spoken: bool

    def __post_init__(self) -> None:
        self.text = self.text[:LONGEST]

    def holds(self, said: str) -> bool:
        """Whether these very characters stand in the text, and not as a part of a longer number or word."""
        start = self.text.find(said)
        if start < 0:
            return False
        before, after = self.text[start - 1 : start] if start else "", self.text[start + len(said) :][:2]
        return not (before.isalnum() or before in (":", ".", ",", "/")) and not (
            after[:1].isalnum() or (after[:1] in (":", ".", ",", "/") and after[1:].isdigit())
        )

    @cached_property
    def values(self) -> Values:
        """What the text gives. A tool's without a digit gives nothing."""
        digit = _DIGIT.search(self.text) is not None
        if self.spoken:
            facts = tuple(facts_in(self.text, self.language))
            return Values(facts, *(self._raw() if digit else ((), (), "")))
        if not digit:
            return Values()
        other_clock = _OTHER_ZONE.search(self.text) is not None or _SECONDS.search(self.text) is not None
        return Values(tuple(self._tool_facts()), *self._raw(), other_clock)

    def _raw(self) -> tuple[tuple[float, ...], tuple[float, ...], str]:
        numbers = tuple(spoken_amounts.number(match[0], "en") for match in _NUMBER.finditer(self.text))
        leaves = () if self.spoken else (float(leaf[1] or leaf[2]) for leaf in _LEAF.finditer(self.text))
        return numbers, tuple(leaf for leaf in leaves if leaf >= SMALLEST), _letters(self.text)

    def _tool_facts(self) -> list[Fact]:
        """By the grammars without words, and the forms that only data have: keys of prices, opening hours, tokens."""
        text = _STAMP.sub(r"\1", self.text)
        reader = Reader(text, self.language or "en", text)
        for kind in (spoken_dates.written, spoken_amounts.named, spoken_dates.read, spoken_times.read):
            kind(reader)
        reader.take(_HOURS, "time", _opening)
        facts = reader.facts
        if _LATE.search(self.text):  # one clock of 24 hours in a result: all of its times are
            facts = [Fact(fact.kind, fact.value.split("|")[0]) if fact.kind == "time" else fact for fact in facts]
        priced = (match for match in _KEYED.finditer(self.text) if _PRICE.search(match[1].lower()))
        facts += [Fact("amount", f"{float(match[2]):.2f}") for match in priced]
        return facts + [Fact("code", token[0].upper()) for token in _TOKEN.finditer(self.text)]


def _letters(text: str) -> str:
    return text.upper().encode("ascii", "ignore").translate(None, _NO_CODE).decode()


def _opening(match: re.Match[str]) -> str | None:
    hours = [spoken_times.clock(int(hour), 0, "24") for hour in match.groups()]
    return " ".join(hour for hour in hours if hour) if all(hours) else None
