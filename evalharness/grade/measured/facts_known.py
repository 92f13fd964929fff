"""What is known in a call before the agent speaks: values in tool results and arguments, and in the words of others."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import combinations

from evalharness.grade.measured import spoken_amounts, spoken_dates, spoken_times
from evalharness.grade.measured.spoken_numbers import facts_in
from evalharness.grade.measured.spoken_reader import Fact, Reader

LONGEST = 50_000
MOST_AMOUNTS = 40
SMALLEST = 10.0
MULTIPLES = (0.5, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 24, 52)
_LEAF = re.compile(r"[:\[,] ?(\d{1,9}(?:\.\d{1,6})?)(?=\s*[,}\]])|^\s*(\d{1,9}(?:\.\d{1,6})?)\s*$")
_NUMBER = re.compile(r"\d{1,12}(?:[.,]\d{1,6})*")
_NOT_CODE = re.compile(r"[^A-Z0-9]+")
_TOKEN = re.compile(r"(?<![A-Za-z0-9])(?=[A-Za-z]*\d)[A-Za-z0-9]{4,15}(?![A-Za-z0-9])")
_PRICED = re.compile(
    r"[\"'](?:\w{0,30}(?:price|amount|fee|total|cost|fare|balance|charge|refund|due|paid|preis|betrag)\w{0,30})[\"']"
    r": ?[\"']?(\d{1,9}(?:\.\d{1,2})?)\b"
)
_HOURS = re.compile(r"(?<![\d:./-])(\d{1,2})-(\d{1,2})(?![\d:./-])")
_LATE = re.compile(r"\b(?:1[3-9]|2[0-3]):[0-5]\d")
_OTHER_CLOCK = re.compile(r"\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:Z|\+00:?00)|(?<!\d)1[5-9]\d{8}(?:\d{3})?(?!\d)")


@dataclass
class Known:
    """`values`: kind -> value -> the turn it stands in. `numbers`: every number as it stands; `leaves`: those that are values of
    their own; `letters`: capitals and digits in a row, for codes; `other_clock`: times of another zone, or as seconds."""

    values: dict[str, dict[str, int]] = field(default_factory=dict)
    numbers: dict[float, int] = field(default_factory=dict)
    leaves: dict[float, None] = field(default_factory=dict)
    letters: list[tuple[str, int]] = field(default_factory=list)
    other_clock: bool = False

    def hear(self, text: str, turn: int, language: str | None) -> None:
        """Adds what a person said."""
        for fact in facts_in(text, language):
            self._put(fact, turn)
        self._raw(text, turn)

    def read(self, text: str, turn: int, language: str | None) -> None:
        """Adds what a tool was given or gave."""
        text = text[:LONGEST]
        reader = Reader(text, language or "en", text)
        for kind in (spoken_dates.written, spoken_amounts.named, spoken_dates.read, spoken_times.read):
            kind(reader)
        reader.take(_HOURS, "time", _opening)
        if _LATE.search(text):  # one clock of 24 hours in a result: all of its times are
            reader.facts = [Fact(fact.kind, fact.value.split("|")[0]) if fact.kind == "time" else fact for fact in reader.facts]
        facts = [*reader.facts, *(Fact("amount", f"{float(match[1]):.2f}") for match in _PRICED.finditer(text))]
        facts += [Fact("code", token[0].upper()) for token in _TOKEN.finditer(text)]
        for fact in facts:
            self._put(fact, turn)
        self._raw(text, turn)
        self.leaves |= dict.fromkeys(leaf for leaf in _leaves(text) if leaf >= SMALLEST)
        self.other_clock = self.other_clock or _OTHER_CLOCK.search(text) is not None

    def add(self, other: Known) -> None:
        """Takes over what another one knows."""
        for kind, values in other.values.items():
            self.values.setdefault(kind, {}).update(values)
        for number, turn in other.numbers.items():
            self.numbers.setdefault(number, turn)
        self.leaves.update(other.leaves)
        self.letters += other.letters
        self.other_clock = self.other_clock or other.other_clock

    def _put(self, fact: Fact, turn: int) -> None:
        self.values.setdefault(fact.kind, {})[fact.value] = turn

    def _raw(self, text: str, turn: int) -> None:
        for match in _NUMBER.finditer(text):
            self.numbers.setdefault(spoken_amounts.number(match[0], "en"), turn)
        self.letters.append((_NOT_CODE.sub("", text.upper()), turn))

    def has(self, fact: Fact) -> bool:
        """Whether the fact stands here, or follows from amounts that do."""
        if fact.kind == "amount":
            return any(self._amount(float(reading)) for reading in fact.readings)
        if fact.kind in ("phone", "code"):
            return any(_in_letters(fact, text) for text, _ in self.letters) or any(
                self.same(fact, kind) for kind in ("phone", "code")
            )
        return self.same(fact, fact.kind)

    def same(self, fact: Fact, kind: str) -> bool:
        """Whether a value of this kind agrees with the fact."""
        return any(agree(fact, Fact(kind, value)) for value in self.values.get(kind, ()))

    def _amount(self, amount: float) -> bool:
        if amount in self.numbers or round(amount * 100) in self.numbers or amount == 0:
            return True
        return _follows(amount, self._amounts())

    def _amounts(self) -> list[float]:
        """Amounts as such first, then other values; a limited count, so that the time is."""
        said = [float(value.split("|")[0]) for value in self.values.get("amount", ())]
        return list(dict.fromkeys([*said, *self.leaves]))[:MOST_AMOUNTS]


def _leaves(text: str) -> list[float]:
    return [float(leaf[1] or leaf[2]) for leaf in _LEAF.finditer(text)]


def agree(one: Fact, other: Fact) -> bool:
    """Whether two facts of a kind can mean the same: any reading of one is any of the other's, dates as far as both go."""
    if not one.readings.isdisjoint(other.readings):
        return True
    if one.kind in ("phone", "code"):
        return len(one.value) >= 7 and (one.value.endswith(other.value[-7:]) if len(other.value) >= 7 else False)
    return one.kind == "date" and any(_date_agrees(a, b) for a in one.readings for b in other.readings)


def _date_agrees(one: str, other: str) -> bool:
    """As far as both go: --23 agrees with every 23rd, 05-23 with 2026-05-23."""
    short, long = sorted((one, other), key=len)
    return long.endswith(short.removeprefix("--"))


def _in_letters(fact: Fact, text: str) -> bool:
    return fact.value in text or (fact.kind == "phone" and fact.value[-9:] in text)


def _follows(amount: float, amounts: list[float]) -> bool:
    """Whether it is a small multiple of one of the amounts, a sum or difference of two or three, or the sum of all."""
    if any(abs(known * times - amount) < 0.006 for known in amounts for times in MULTIPLES):
        return True
    sums = {round(total, 2) for a, b in combinations(amounts, 2) for total in (a + b, abs(a - b))}
    left = (round(abs(amount - known), 2) for known in (0.0, *amounts))
    return abs(sum(amounts) - amount) < 0.006 or any(rest in sums for rest in left)


def _opening(match: re.Match[str]) -> str | None:
    hours = [spoken_times.clock(int(hour), 0, "24") for hour in match.groups()]
    return " ".join(hour for hour in hours if hour) if all(hours) else None


def near_codes(fact: Fact, known: Known) -> int | None:
    """The turn of a code as long as this one that differs in one or two characters; None where there is none."""
    for kind in ("phone", "code"):
        for value, turn in known.values.get(kind, {}).items():
            differ = sum(a != b for a, b in zip(value, fact.value, strict=False))
            if len(value) == len(fact.value) >= 4 and 1 <= differ <= 2:
                return turn
    return None
