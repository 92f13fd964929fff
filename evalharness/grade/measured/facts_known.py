"""What is known in a call before the agent speaks: values in tool results and arguments, and in the words of others."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations

from evalharness.grade.measured.facts_source import Source, Values
from evalharness.grade.measured.spoken_reader import Fact

MOST_AMOUNTS = 40
FEW = 12
VERBATIM = 12
"""So many of the last sources are looked through for a value as it was said, before any is read."""
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
MULTIPLES = (0.5, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 24, 52)


@dataclass
class Known:
    """Sources of values. They are read when a question needs it, and each once."""

    sources: list[Source] = field(default_factory=list)
    _read: int = 0
    _values: dict[str, dict[str, int]] = field(default_factory=dict)
    _numbers: set[float] = field(default_factory=set)
    _leaves: dict[float, None] = field(default_factory=dict)
    _letters: list[str] = field(default_factory=list)
    _other_clock: bool = False

    def values(self, kind: str) -> dict[str, int]:
        """Value -> the turn it stands in last, of this kind."""
        self._settle()
        return self._values.get(kind, {})

    @property
    def other_clock(self) -> bool:
        """Whether times of another zone, or as seconds, stand somewhere."""
        self._settle()
        return self._other_clock

    def _settle(self) -> None:
        for source in self.sources[self._read :]:
            self._take(source.values, source.turn)
        self._read = len(self.sources)

    def _take(self, values: Values, turn: int) -> None:
        for fact in values.facts:
            self._values.setdefault(fact.kind, {})[fact.value] = turn
        self._numbers.update(values.numbers)
        self._leaves.update(dict.fromkeys(values.leaves))
        self._letters += [values.letters] if values.letters else []
        self._other_clock = self._other_clock or values.other_clock

    def holds(self, fact: Fact) -> bool:
        """Whether the fact stands here in the very characters it was said in: quick, and sure only where it says yes."""
        said = fact.said
        if fact.kind == "amount":  # 95 EUR holds 95 euros
            numbers = _NUMBER.findall(said)
            said = numbers[0] if len(numbers) == 1 else ""
        return len(said) > 1 and any(source.holds(said) for source in reversed(self.sources[-VERBATIM:]))

    def has(self, fact: Fact, said: Sequence[float] = ()) -> bool:
        """Whether the fact stands here, or follows from amounts that do, and from those `said` with it."""
        if self.holds(fact):
            return True
        self._settle()
        if fact.kind == "amount":
            return any(self._amount(float(reading), said) for reading in fact.readings)
        if fact.kind in ("phone", "code"):
            return any(_in_letters(fact, text) for text in self._letters) or self._same(fact, "phone") or self._same(fact, "code")
        return self._same(fact, fact.kind)

    def _same(self, fact: Fact, kind: str) -> bool:
        return any(agree(fact, Fact(kind, value)) for value in self._values.get(kind, ()))

    def _amount(self, amount: float, said: Sequence[float]) -> bool:
        """Sums of a long list of values prove nothing: there only what was said with it counts, besides amounts as such."""
        if amount in self._numbers or round(amount * 100) in self._numbers or amount == 0:
            return True
        given = [float(value.split("|")[0]) for value in self._values.get("amount", ())]
        base = list(dict.fromkeys([*given, *self._leaves]))
        said = [other for other in said if other != amount]
        return _follows(amount, list(dict.fromkeys([*said, *base]))[:MOST_AMOUNTS] if len(base) <= FEW else said[-MOST_AMOUNTS:])

    def only(self, fact: Fact) -> int | None:
        """The turn of the one value of this kind, where there is one and it is another."""
        given = self.values(fact.kind)
        if len(given) != 1 or any(agree(fact, Fact(fact.kind, value)) for value in given):
            return None
        return next(iter(given.values()))

    def near(self, fact: Fact) -> int | None:
        """The turn of a code as long as this one that differs in one or two characters; None where there is none."""
        for value, turn in (*self.values("phone").items(), *self.values("code").items()):
            differ = sum(a != b for a, b in zip(value, fact.value, strict=False))
            if len(value) == len(fact.value) >= 4 and 1 <= differ <= 2:
                return turn
        return None


def agree(one: Fact, other: Fact) -> bool:
    """Whether two facts of a kind can mean the same: any reading of one is any of the other's, dates as far as both go."""
    if not one.readings.isdisjoint(other.readings):
        return True
    if one.kind in ("phone", "code"):
        return min(len(one.value), len(other.value)) >= 7 and one.value.endswith(other.value[-7:])
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
