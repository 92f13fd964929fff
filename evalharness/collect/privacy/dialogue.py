"""The turns of a call one after the other: what was asked before an answer, and numbers said in pieces over several turns."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from evalharness.collect.privacy.birth import asks_for_birth, joined_birth
from evalharness.collect.privacy.context import answered_kind, last_kind
from evalharness.collect.privacy.findings import NUMERIC, Finding
from evalharness.collect.privacy.people import asks_for_person

Find = Callable[[str, str], list[Finding]]
"""The findings in a text, given what was asked before it."""
_TAIL = 160
_SHORT = 6
_GOING_ON = re.compile(
    r"(?:and|und|yes|ja|yeah|yep|okay|ok|mm|mhm|uh|go|sorry|right|again|please|bitte|weiter|continue|the rest)\b", re.IGNORECASE
)
_WHOLE = 7
_LAST = 3
_JOINED = NUMERIC | {"name"}
_TWO = 2
_MOST = 200
"""Nobody dictates more numbers in a call; a hostile one is not compared number by number."""


def find_in_turns(turns: Sequence[tuple[bool, str]], find: Find, may_find: Callable[[str], bool]) -> list[list[Finding]]:
    """The findings of each turn. `turns`: whether the caller says it, and what. `may_find`: whether a look is worth its cost.

    A question stays open while the agent only says "yes?", "go on", or repeats a piece. The pieces of one number get the
    value of the whole, so that all of them and the number read back in one go have the same pseudonym.
    """
    found: list[list[Finding]] = []
    chains: list[_Chain] = []
    asked = _Asked()
    for index, (by_caller, text) in enumerate(turns):
        hits = find(text, asked.question()) if may_find(text) else []
        found.append(hits)
        if not by_caller and text:
            asked.said.append((text, bool(hits)))
        elif hits:
            asked.dictated(text, hits[-1])
            _chain(chains, asked.opened, index, hits)
    return _joined(found, chains) if any(found) else found


class _Asked:
    """What is being asked: worked out from what the agent said only when a turn may be an answer."""

    def __init__(self) -> None:
        self.said: list[tuple[str, bool]] = []
        self.opened, self._question = 0, ""

    def question(self) -> str:
        """The question that is open now. `said`: what the agent said since the last time, and whether it repeated a piece."""
        for text, echoed in self.said:
            after = _question(self._question, text, echoed=echoed)
            self.opened += not (self._question and after.startswith(self._question))
            self._question = after
        self.said.clear()
        return self._question

    def dictated(self, text: str, last: Finding) -> None:
        """The caller gave a number without being asked: if the turn ends with it, more of it may follow."""
        if last.category in NUMERIC and not text[last.end :].strip(" .,") and not answered_kind(self._question):
            self._question = f"{last.category} number, please"


def _question(before: str, text: str, *, echoed: bool) -> str:
    """What is open after the agent said this: a new question, or the one before it with some words more."""
    if before and (echoed or len(text.split(None, _SHORT)) <= _SHORT) and ("?" not in text or _GOING_ON.match(text.strip())):
        own = last_kind(text) or asks_for_birth(text) or asks_for_person(text)
        if not own:
            return f"{before} {text}"[: 3 * _TAIL]
    return text[-_TAIL:]


class _Chain(list[tuple[int, int]]):
    """Pieces of one number: (turn, place in its findings)."""

    def __init__(self, opened: int, category: str) -> None:
        super().__init__()
        self.opened, self.category, self.value = opened, category, ""


def _chain(chains: list[_Chain], opened: int, index: int, hits: list[Finding]) -> None:
    for place, hit in enumerate(hits):
        if not hit.partial:
            continue
        last = chains[-1] if chains else None
        if last is None or (last.opened, last.category) != (opened, hit.category):
            chains.append(last := _Chain(opened, hit.category))
        last.append((index, place))
        last.value = f"{last.value} {hit.value}".strip() if hit.category == "dob" else last.value + hit.value


def _joined(found: list[list[Finding]], chains: Iterable[_Chain]) -> list[list[Finding]]:
    """The findings with the values of whole numbers in place of those of their pieces: nothing to do for one number alone."""
    if sum(hit.category in _JOINED for hits in found for hit in hits) < _TWO and all(len(chain) == 1 for chain in chains):
        return found
    pieces: dict[tuple[str, str], str] = {}
    for chain in chains:
        if len(chain) > 1:
            for index, place in chain:
                pieces[chain.category, found[index][place].value] = (
                    joined_birth(chain.value) if chain.category == "dob" else chain.value
                )
    wholes = sorted({(hit.category, hit.value) for hits in found for hit in hits if not hit.partial and hit.category in _JOINED})[
        :_MOST
    ]
    wholes += [(chain.category, chain.value) for chain in chains if len(chain) > 1 and len(chain.value) >= _WHOLE]
    return [[_known(hit, pieces, wholes) for hit in hits] for hits in found]


def _known(hit: Finding, pieces: dict[tuple[str, str], str], wholes: Iterable[tuple[str, str]]) -> Finding:
    value = pieces.get((hit.category, hit.value), hit.value) if hit.partial else hit.value
    if hit.category == "name":
        same = [whole for kind, whole in wholes if kind == "name" and set(value.split()) <= set(whole.split())]
        return replace(hit, value=max(same, key=len, default=value))
    if hit.category not in NUMERIC:
        return hit if value == hit.value else replace(hit, value=value)
    same = [whole for kind, whole in wholes if kind == hit.category and whole.endswith(value.lstrip("0") or value)]
    longest = max(same, key=len, default=value) if len(value) >= _LAST else value
    return hit if longest == hit.value else replace(hit, value=longest)
