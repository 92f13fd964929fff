"""Which patterns can match a text at all, told from its words: most turns hold nothing that the detector's patterns need.

`needed.json` holds the ways in which each pattern can match; of a way, sets of short letter groups, of each of which one stands
in any text that matches so. They are worked out from the patterns themselves (tests/grade/llm/needed.py), and a test holds the
file to them. A pattern that the file does not know is always tried, so an edited pattern is slower until the file is written
again, and never blind.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Sequence
from functools import lru_cache, reduce
from operator import or_
from pathlib import Path

from evalharness.models.noun import digest_of

KEPT = Path(__file__).with_name("needed.json")
LONGEST = 6
"""Characters of a letter group."""
MARK = "^"
"""Stands where a word begins and where it ends."""
EDGES = re.compile(r"\b")
LONG_WORD = 64
"""A longer word may hold anything."""


@lru_cache(maxsize=4)
def words_of(text: str) -> frozenset[str]:
    """What stands between white space, each once. Asked for several times in a row."""
    return frozenset(text.split())


def held_by(words: Collection[str], of: Callable[[str], int], all_of: int) -> int:
    """The bits that the words hold together, by a function of one word; all of them where a word is too long to look at."""
    if max(map(len, words), default=0) > LONG_WORD:
        return all_of
    return reduce(or_, map(of, words), 0)


def key_of(pattern: str) -> str:
    """How the file names a pattern."""
    return digest_of(pattern)[:12]


def kept() -> dict[str, list[list[str]]]:
    """The file: pattern's key -> its ways, of each its needs, the groups of a need with spaces between them."""
    found: dict[str, list[list[str]]] = json.loads(KEPT.read_text(encoding="utf-8"))
    return found


class Sieve:
    """The patterns of one kind, in their order."""

    def __init__(self, patterns: Sequence[str]) -> None:
        held = kept()
        ways = [held.get(key_of(pattern), [[]]) for pattern in patterns]
        bits = {need: 1 << n for n, need in enumerate(dict.fromkeys(need for each in ways for way in each for need in way))}
        self._ways = [(number, sum(bits[need] for need in way)) for number, each in enumerate(ways) for way in each]
        self._groups: dict[str, int] = {}
        for need, bit in bits.items():
            for group in need.split(" "):
                self._groups[group] = self._groups.get(group, 0) | bit
        self._any = sum(bits.values())
        self._of = lru_cache(maxsize=8192)(self._of_word)

    def passing(self, text: str) -> list[int]:
        """The numbers of the patterns that may match the text, ascending. No other one does."""
        held = held_by(words_of(text), self._of, self._any)
        return list(dict.fromkeys([number for number, needed in self._ways if held & needed == needed]))

    def _of_word(self, word: str) -> int:
        """The needs that a word meets."""
        marked, groups = EDGES.sub(MARK, word), self._groups
        parts = {marked[at : at + size] for size in range(1, LONGEST + 1) for at in range(len(marked) - size + 1)}
        held = 0
        for part in parts & groups.keys():
            held |= groups[part]
        return held
