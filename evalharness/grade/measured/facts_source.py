"""One text that something is known from, read only when it is asked for: what a person said, a tool's arguments or result."""

from __future__ import annotations

import re
from dataclasses import dataclass

from evalharness.grade.measured import spoken_amounts, spoken_dates, spoken_times
from evalharness.grade.measured.facts_hidden import hidden_in, unhidden
from evalharness.grade.measured.facts_tool import amounts_in, dates_of_log, other_clock, without_log
from evalharness.grade.measured.spoken_numbers import facts_in
from evalharness.grade.measured.spoken_reader import Fact, Reader

LONGEST = 50_000
SMALLEST = 10.0
AROUND = 64
_DIGIT = re.compile(r"\d")
_TOKEN = re.compile(r"(?<![A-Za-z0-9.])(?=[A-Za-z-]*\d)[A-Za-z0-9]+(?:-[A-Za-z0-9]+){0,4}(?![A-Za-z0-9]|\.\d)")
_GROUPED = re.compile(r"\+?\(?\d(?<!\w\d)[\d() /.-]{5,18}\d(?!\w)")
_CUT = re.compile(r"^[\w.,]+")
_NO_DIGIT = re.compile(r"\D+")
_PRICE = re.compile(
    r"price|amount|fee|total|cost|fare|balance|charge|refund|due|paid|preis|betrag|copay|deductible|premium|monthly|rent|tarif"
)
_HOURS = re.compile(r"(\d(?<![\d:./-]\d)\d?)-(\d{1,2})(?![\d:./-])")
_LATE = re.compile(r"[12](?<!\w\d)(?:(?<=1)[3-9]|(?<=2)[0-3]):[0-5]\d")
_BEYOND = (":", ".", ",", "/", "-")


@dataclass(frozen=True)
class Values:
    """`facts` of a text; `numbers`: those that may be amounts, as they stand; `leaves`: those of them from which others may
    follow; `codes`: its words that hold a digit; `hidden`: pseudonyms; `logged`: dates of log keeping; `other_clock`: times of
    another zone, or as seconds, stand in it."""

    facts: tuple[Fact, ...] = ()
    numbers: tuple[float, ...] = ()
    leaves: tuple[float, ...] = ()
    codes: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    logged: tuple[str, ...] = ()
    other_clock: bool = False


@dataclass(slots=True)
class Source:
    """A text and the turn it stands in; `spoken`: said by a person, else a tool's."""

    text: str
    turn: int
    language: str | None
    spoken: bool
    _told: str | None = None
    _values: Values | None = None

    def __post_init__(self) -> None:
        self.text = self.text[:LONGEST]

    def holds(self, said: str) -> bool:
        """Whether these very characters stand in the text, and not as a part of a longer number or word."""
        if said not in self.text:
            return False
        text = self.told
        start = text.find(said)
        if start < 0:
            return False
        before, after = text[start - 1 : start] if start else "", text[start + len(said) :][:2]
        return not (before.isalnum() or before in _BEYOND) and not (
            after[:1].isalnum() or (after[:1] in _BEYOND and after[1:].isalnum())
        )

    def holds_amount(self, said: str) -> bool:
        """Whether this number stands in the text as one that may be an amount."""
        if said not in self.text:
            return False
        start = self.told.find(said)
        if start < 0:
            return False
        before, after = self.told[max(0, start - AROUND) : start], self.told[start + len(said) :][:AROUND]
        around = f"{_CUT.sub('', before) if start > AROUND else before}{said}{after}"
        return any(value == spoken_amounts.number(said, "en") for value, _ in amounts_in(around))

    @property
    def told(self) -> str:
        """The text without pseudonyms, and a tool's without what it keeps for its log."""
        if self._told is None:
            text = unhidden(self.text)
            self._told = text if self.spoken else without_log(text)
        return self._told

    @property
    def values(self) -> Values:
        """What the text gives. A tool's without a digit gives nothing but pseudonyms."""
        if self._values is None:
            self._values = self._read()
        return self._values

    def _read(self) -> Values:
        hidden = tuple(fact.value for fact in hidden_in(self.text))
        digit = _DIGIT.search(self.text) is not None
        if self.spoken:
            return self._said(hidden, digit=digit)
        return self._given(hidden) if digit else Values(hidden=hidden)

    def _said(self, hidden: tuple[str, ...], *, digit: bool) -> Values:
        facts = tuple(facts_in(self.told, self.language))
        codes = tuple(fact.value for fact in facts if fact.kind in ("phone", "code"))
        if not digit:
            return Values(facts, codes=codes, hidden=hidden)
        numbers = tuple(value for value, _ in amounts_in(self.told))
        return Values(facts, numbers, (), (*codes, *_codes(self.told)), hidden)

    def _given(self, hidden: tuple[str, ...]) -> Values:
        """By the grammars without words, and the forms that only data have: keys of prices, opening hours, whole words."""
        text = self.told
        reader = Reader(text, self.language or "en", text)
        for kind in (spoken_dates.written, spoken_amounts.named, spoken_dates.read, spoken_times.read):
            kind(reader)
        reader.take(_HOURS, "time", _opening)
        facts = reader.facts
        if _LATE.search(text):  # one clock of 24 hours in a result: all of its times are
            facts = [Fact("time", _by_24(fact.value)) if fact.kind == "time" else fact for fact in facts]
        found = list(amounts_in(reader.rest))
        facts += [Fact("amount", f"{value:.2f}") for value, key in found if _PRICE.search(key.lower())]
        numbers = tuple(value for value, _ in found)
        leaves = tuple(value for value in numbers if value >= SMALLEST)
        return Values(
            tuple(facts), numbers, leaves, tuple(_codes(reader.rest)), hidden, dates_of_log(self.text), other_clock(text)
        )


def _codes(rest: str) -> list[str]:
    """Words that hold a digit and stand free, and digits in groups as one number."""
    grouped = [_NO_DIGIT.sub("", group[0]) for group in _GROUPED.finditer(rest)]
    return [*(token[0] for token in _TOKEN.finditer(rest)), *grouped]


def _by_24(value: str) -> str:
    """The reading of a time as it stands: 12:30 is no half past midnight."""
    first, _, second = value.partition("|")
    return second if second and first.startswith("00:") else first


def _opening(match: re.Match[str]) -> str | None:
    hours = [spoken_times.clock(int(hour), 0, "24") for hour in match.groups()]
    return " ".join(hour for hour in hours if hour) if all(hours) else None
