"""Reference and phone numbers that are known: found whole, by their last signs, or nearly.

A code is never looked for inside other digits. "SK610" is also "610", as a flight is said; "ending in 7447" is the end of a
longer one. The letter O and the digit 0 are one: said aloud they cannot be told apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

SHORTEST = 4
"""Codes of fewer signs are never called nearly the same: too many of them are."""
LONGEST = 24
_RUN = re.compile(r"\d{3,}")
_ENDS = (3, 4)
_PHONE = 7


@dataclass(slots=True)
class Codes:
    """Codes -> the turn each stands in last. `near` is asked of few calls: what it needs is made then, each code once."""

    whole: dict[str, int] = field(default_factory=dict)
    _runs: set[str] = field(default_factory=set)
    _ends: set[str] = field(default_factory=set)
    _phones: set[str] = field(default_factory=set)
    _new: list[str] = field(default_factory=list)
    _blanked: dict[str, str] = field(default_factory=dict)

    def add(self, codes: Iterable[str], turn: int) -> None:
        """Takes them in."""
        for given in codes:
            code = plain(given)
            if code not in self.whole:
                self._new.append(code)
                self._ends.update(code[-many:] for many in _ENDS)
                digits = code.isdigit()
                if digits and len(code) >= _PHONE:
                    self._phones.add(code[-_PHONE:])
                elif not digits:
                    self._runs.update(_RUN.findall(code))
            self.whole[code] = turn

    def has(self, value: str, *, ending: bool) -> bool:
        """Whether this code is known; `ending`: it is said to be the last signs of one."""
        code = plain(value)
        return (
            code in self.whole
            or code in self._runs
            or (ending and code in self._ends)
            or (code.isdigit() and code[-_PHONE:] in self._phones)
        )

    def near(self, value: str) -> list[str]:
        """Known codes that differ in one sign, or have two neighbours changed about."""
        code = plain(value)
        if not SHORTEST <= len(code) <= LONGEST:
            return []
        for one in self._new:
            if SHORTEST <= len(one) <= LONGEST:
                self._blanked.update((blank, one) for blank in _blanked(one))
        self._new = []
        turned = (code[:at] + code[at + 1] + code[at] + code[at + 2 :] for at in range(len(code) - 1))
        found = [one for one in turned if one in self.whole and one != code]
        return [*found, *(self._blanked[blank] for blank in _blanked(code) if blank in self._blanked)]


def plain(code: str) -> str:
    """The form in which codes are compared."""
    return code.upper().replace("-", "").replace("O", "0")


def _blanked(code: str) -> Iterator[str]:
    return (f"{code[:at]}?{code[at + 1 :]}" for at in range(len(code)))
