"""Phrases looked for in what was said. "..." in a phrase stands for at most three words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, TypeVar

from evalharness.grade.measured.voice_words import words_of
from evalharness.models.voice_rules import Phrases

Made = TypeVar("Made")
_GAP = r"(?:(?!you |about )\w+ ){0,3}"
"""At most three words between; "talk to you about a person" asks for nobody."""


class Cues:
    """Phrases, ready to be looked for. Of each the longest word comes first, so that most utterances cost one comparison of sets.

    `then`: phrases of which one must follow, after at most three words.
    """

    def __init__(self, phrases: Iterable[str], then: Iterable[str] = ()) -> None:
        first, second = _split(phrases), _split(then)
        grouped: dict[str, list[list[str]]] = {}
        for one in second or first:
            grouped.setdefault(max(" ".join(one).split(), key=len), []).append(one)
        start = f" {_any(first)}{_GAP}" if second else " "
        self._by_mark = {mark: start + _any(held) for mark, held in grouped.items()} if first else {}
        self._made: dict[str, re.Pattern[str]] = {}
        self.marks = frozenset(self._by_mark)

    def may_be(self, words: frozenset[str]) -> bool:
        """Whether a call of these words may hold one of the phrases: a quick no for most calls."""
        return not self.marks.isdisjoint(words)

    def within(self, words: tuple[str, ...]) -> bool:
        """Whether one of the phrases stands among the words."""
        return not self.marks.isdisjoint(words) and self.before(words) is not None

    def before(self, words: tuple[str, ...]) -> tuple[str, ...] | None:
        """The words before the first phrase that stands there; None where none does."""
        if self.marks.isdisjoint(words):
            return None
        text = f" {' '.join(words)} "
        found = (self._pattern(mark).search(text) for mark in self.marks.intersection(words))
        first = min((match.start() for match in found if match is not None), default=None)
        return None if first is None else tuple(text[:first].split())

    def _pattern(self, mark: str) -> re.Pattern[str]:
        """Made when its word is first said: most of some hundred never are."""
        made = self._made.get(mark)
        if made is None:
            made = self._made[mark] = re.compile(self._by_mark[mark])
        return made


def _split(phrases: Iterable[str]) -> list[list[str]]:
    """Each phrase as its parts around "...", as `words_of` has the words; phrases without a word are left out."""
    parts = ([" ".join(words_of(part)) for part in phrase.split("...")] for phrase in phrases)
    return [kept for one in parts if (kept := [part for part in one if part])]


def _any(phrases: list[list[str]]) -> str:
    """A pattern for any of them, each word with the space after it, the longest first."""
    patterns = {_GAP.join(f"{part} " for part in one) for one in phrases}
    return f"(?:{'|'.join(sorted(patterns, key=lambda text: (-len(text), text)))})"


def cues(phrases: Phrases) -> Cues:
    """The cues of all languages."""
    return kept(phrases, lambda: Cues(phrase for language in phrases.values() for phrase in language))


def pair_cues(first: Phrases, then: Phrases) -> list[Cues]:
    """By language: a phrase of the first list with one of the second at most three words after it."""
    return [Cues(said, then[language]) for language, said in first.items() if then.get(language)]


def plain_cues(phrases: tuple[str, ...]) -> Cues:
    """The cues of one list."""
    return kept(phrases, lambda: Cues(phrases))


def kept(settings: object, make: Callable[[], Made]) -> Made:
    """What was made of this very object before; it is held with it, so that no other object can take its place. Of one object
    only one thing is made."""
    held = _KEPT.get(id(settings))
    if held is None:
        if len(_KEPT) >= _MOST:
            _KEPT.clear()
        held = _KEPT[id(settings)] = (settings, make())
    made: Made = held[1]
    return made


_KEPT: dict[int, tuple[object, Any]] = {}
_MOST = 2000


def spoken_in(language: str | None, phrases: Phrases) -> bool:
    """Whether these phrases can tell anything of a call in this language: it is not known, or they have a list for it."""
    return language is None or language[:2].lower() in phrases or language in phrases


@lru_cache(maxsize=4096)
def holds(name: str, parts: tuple[str, ...]) -> bool:
    """Whether one of the parts stands in the name of a tool, in whatever case."""
    lowered = name.lower()
    return any(part in lowered for part in parts)
