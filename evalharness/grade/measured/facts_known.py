"""What is known in a call before the agent speaks: values in tool results and arguments, and in the words of others.

Every question costs the same however many values are known: they are kept by what is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from evalharness.grade.measured.facts_codes import Codes
from evalharness.grade.measured.facts_hidden import alike, is_hidden, same
from evalharness.grade.measured.facts_source import Source, Values
from evalharness.grade.measured.spoken_reader import Fact

FEW = 12
"""Of more amounts nearly everything is a sum: from them nothing follows."""
FEWEST = 5
"""Of more amounts nearly everything is a sum of three."""
VERBATIM = 12
"""So many of the last sources are looked through for a value as it was said, before any is read."""
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_HUNDREDS = re.compile(r"\d\d \d\d")
MULTIPLES = (2, 3, 4, 5, 6, 7, 8, 9, 12)


@dataclass(slots=True)
class Known:
    """Sources of values. They are read when a question needs it, and each once."""

    sources: list[Source] = field(default_factory=list)
    _read: int = 0
    _values: dict[str, dict[str, int]] = field(default_factory=dict)
    _readings: dict[str, set[str]] = field(default_factory=dict)
    _numbers: set[float] = field(default_factory=set)
    _base: dict[float, None] = field(default_factory=dict)
    _codes: Codes = field(default_factory=Codes)
    _hidden: dict[str, int] = field(default_factory=dict)
    _logged: set[str] = field(default_factory=set)
    _other_clock: bool = False

    def values(self, kind: str) -> dict[str, int]:
        """Value -> the turn it stands in last, of this kind."""
        self._settle()
        return self._values.get(kind, {})

    def logs(self, fact: Fact) -> bool:
        """Whether this date stands only in what the tools keep for their log."""
        self._settle()
        return fact.kind == "date" and not self._logged.isdisjoint(_asked(fact))

    @property
    def other_clock(self) -> bool:
        """Whether times of another zone, or as seconds, stand somewhere."""
        self._settle()
        return self._other_clock

    @property
    def hidden(self) -> dict[str, int]:
        """Pseudonym -> the turn it stands in last."""
        self._settle()
        return self._hidden

    def _settle(self) -> None:
        for source in self.sources[self._read :] if self._read < len(self.sources) else ():
            self._take(source.values, source.turn)
        self._read = len(self.sources)

    def _take(self, values: Values, turn: int) -> None:
        for fact in values.facts:
            self.know(fact, turn)
            if fact.kind == "amount" and len(self._base) <= FEW:
                self._base[float(fact.value.split("|")[0])] = None
        self._numbers.update(values.numbers)
        if len(self._base) <= FEW:
            self._base.update(dict.fromkeys(values.leaves))
        self._codes.add(values.codes, turn)
        self._hidden.update(dict.fromkeys(values.hidden, turn))
        for date in values.logged:
            self._logged.update(_shorter(Fact("date", date)))
        self._other_clock = self._other_clock or values.other_clock

    def know(self, fact: Fact, turn: int) -> None:
        """Takes in one value."""
        self._values.setdefault(fact.kind, {})[fact.value] = turn
        self._readings.setdefault(fact.kind, set()).update(_shorter(fact))

    def holds(self, fact: Fact) -> bool:
        """Whether a time, date or amount stands here in the very characters it was said in: quick, and sure only where it says
        yes. 95 EUR holds 95 euros."""
        last = reversed(self.sources[-VERBATIM:])
        if fact.kind == "amount":
            numbers = _NUMBER.findall(fact.said)
            return len(numbers) == 1 and any(source.holds_amount(numbers[0]) for source in last)
        return fact.kind in ("time", "date") and len(fact.said) > 1 and any(source.holds(fact.said) for source in last)

    def has(self, fact: Fact, *, ending: bool = False) -> bool:
        """Whether the fact stands here. `ending`: a code is said to be the last signs of one."""
        if is_hidden(fact):
            return any(same(fact.value, other) for other in self.hidden)
        if self.holds(fact):
            return True
        self._settle()
        if fact.kind in ("phone", "code"):
            return self._codes.has(fact.value, ending=ending)
        if fact.kind == "amount" and any(amount in self._numbers for amount in _amounts(fact)):
            return True
        return self._same(fact)

    def _same(self, fact: Fact) -> bool:
        """As `agree`, with any of the values."""
        known = self._readings.get(fact.kind)
        return known is not None and not known.isdisjoint(_asked(fact))

    def follows(self, amount: float, said: Sequence[float]) -> bool:
        """Whether the amount follows from a few that stand here, and from those `said` with it that do. Of a long list nothing
        follows: there only what was said with it counts."""
        self._settle()
        base = self._base if len(self._base) <= FEW else ()
        return amount > 0 and _follows(amount, list(dict.fromkeys([*(other for other in said if other != amount), *base])))

    def only(self, fact: Fact) -> int | None:
        """The turn of the one value of this kind, where there is one and it is another."""
        if is_hidden(fact):
            others = {turn for other, turn in self.hidden.items() if alike(other, fact.value)}
            many = sum(alike(other, fact.value) for other in self.hidden)
            return others.pop() if many == 1 and not self.has(fact) else None
        given = self.values(fact.kind)
        if len(given) != 1 or any(agree(fact, Fact(fact.kind, value)) for value in given):
            return None
        return next(iter(given.values()))

    def near(self, fact: Fact, said: Iterable[str]) -> int | None:
        """The turn of a code that is nearly this one; None where there is none, or where the agent says that one, too."""
        self._settle()
        others = [code for code in self._codes.near(fact.value) if code not in said]
        return self._codes.whole[others[0]] if others else None


def _amounts(fact: Fact) -> list[float]:
    """Every amount that it may be: "fifteen fifty" is 15.50 and 1,550."""
    hundreds = [float(fact.said.replace(" ", ""))] if _HUNDREDS.fullmatch(fact.said) else []
    return [*map(float, fact.readings), *hundreds]


def agree(one: Fact, other: Fact) -> bool:
    """Whether two facts of a kind can mean the same: any reading of one is any of the other's, dates as far as both go."""
    if not one.readings.isdisjoint(other.readings):
        return True
    if one.kind in ("phone", "code"):
        return min(len(one.value), len(other.value)) >= 7 and one.value[-7:] == other.value[-7:]
    return one.kind == "date" and any(_date_agrees(a, b) for a in one.readings for b in other.readings)


def _date_agrees(one: str, other: str) -> bool:
    """As far as both go: --23 agrees with every 23rd, 05-23 with 2026-05-23."""
    short, long = sorted((one, other), key=len)
    return long.endswith(short.removeprefix("--"))


def _shorter(fact: Fact) -> set[str]:
    """The readings under which a value is looked for: a date also by "?" and its end, as a shorter one may be said."""
    if fact.kind != "date":
        return set(fact.readings)
    return {key for reading in fact.readings for key in (reading, *(f"?{end}" for end in _ends(reading)))}


def _asked(fact: Fact) -> set[str]:
    """The readings with which a value is looked for: a date as it stands, then its ends among dates that say less."""
    if fact.kind != "date":
        return set(fact.readings)
    return {key for one in fact.readings for key in (one, f"?{one.removeprefix('--')}", *_ends_said(one))}


def _ends(date: str) -> tuple[str, ...]:
    """Of 2026-05-23 its ends 05-23 and 23."""
    return (date[-5:], date[-2:]) if len(date) == 10 else (date[-2:],)


def _ends_said(date: str) -> tuple[str, ...]:
    """Of 2026-05-23 the dates that say less: 05-23 and --23."""
    return (date[-5:], f"--{date[-2:]}") if len(date) == 10 else (f"--{date[-2:]}",)


def _follows(amount: float, amounts: list[float]) -> bool:
    """Whether it is a small multiple of one of the amounts, a sum or difference of two (of few also of three), or the sum."""
    if any(abs(known * times - amount) < 0.006 for known in amounts for times in MULTIPLES):
        return True
    if len(amounts) > 1 and abs(sum(amounts) - amount) < 0.006:
        return True
    pairs = {round(total, 2) for a, b in combinations(amounts, 2) for total in (a + b, abs(a - b))}
    return round(amount, 2) in pairs or (len(amounts) <= FEWEST and _of_three(amount, amounts))


def _of_three(amount: float, amounts: list[float]) -> bool:
    """Whether it is a sum of three, each once and with either sign."""
    return any(
        abs(total - amount) < 0.006
        for a, b, c in combinations(amounts, 3)
        for total in (a + b + c, a + b - c, a - b + c, b + c - a)
    )
