"""What was said, as words that can be compared: lower case, no punctuation, no apostrophes."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import filterfalse

from evalharness.models.voice_rules import Phrases

_BREAKS: dict[int, str | None] = {
    **dict.fromkeys(
        map(
            ord,
            '!"#$%&()*+,-./:;<=>?@[\\]^`{|}~\u00ab\u00bb\u00bf\u00a1\u00b7\u2010\u2011\u2013\u2014\u2026\u201c\u201d\u201e\u2022\u202f',
        ),
        " ",
    ),
    **dict.fromkeys(map(ord, "'\u2018\u2019"), None),
}
"""Punctuation is where words end, and apostrophes are nothing."""
_BYTES = bytes(32 if _BREAKS.get(code) else ord(chr(code).lower()) for code in range(256))
_NOTHING = b"'"
_SMALL = frozenset({
    "a", "an", "and", "the", "so", "well", "okay", "ok", "oh", "sorry", "please", "again", "just", "yes", "no", "um", "uh",
    "er", "like", "i", "im", "ive", "id", "you", "your", "my", "me", "we", "it", "its", "that", "this", "is", "are", "was",
    "be", "to", "of", "for", "on", "in", "at", "as", "or", "but", "then", "now", "right", "really", "said", "say", "told",
    "need", "want", "would", "could", "can", "cant", "cannot", "do", "did", "have", "got",
    "und", "oder", "aber", "also", "ja", "nein", "bitte",
    "nochmal", "noch", "einmal", "mal", "ich", "sie", "ihr", "ihre", "ihren", "mein", "meine", "meinen", "der", "die", "das",
    "den", "dem", "ein", "eine", "einen", "ist", "sind", "war", "habe", "hat", "haben", "zu", "für", "am", "auf", "mit", "es",
    "wie", "gesagt", "dass", "doch", "möchte", "will", "kann", "können", "bin",
})  # fmt: skip
_IS_SMALL = _SMALL.__contains__
NEGATIONS = frozenset({
    "not", "never", "cant", "cannot", "dont", "wont", "doesnt", "couldnt", "unable", "nicht", "kein", "keine", "keinen", "nie",
})  # fmt: skip
"""Words that turn what is said round."""
_NUMBERS = frozenset({
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty", "thirty", "forty", "fifty", "sixty",
    "seventy", "eighty", "ninety", "hundred", "thousand", "half", "quarter", "first", "second", "third", "fourth", "fifth",
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "january", "february", "march", "april",
    "may", "june", "july", "august", "september", "october", "november", "december", "morning", "afternoon", "evening", "am",
    "pm", "a_m", "p_m", "null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf",
    "zwölf", "dreizehn", "vierzehn", "fünfzehn", "sechzehn", "siebzehn", "achtzehn", "neunzehn", "zwanzig", "dreißig",
    "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig", "hundert", "tausend", "halb", "viertel", "erste",
    "zweite", "dritte", "montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag", "januar", "februar",
    "märz", "mai", "juni", "juli", "oktober", "dezember", "morgens", "vormittag", "nachmittag", "abends",
})  # fmt: skip


def words_of(text: str) -> tuple[str, ...]:
    """The words of an utterance in order.

    Most texts are Latin-1 but for the curly apostrophe: as bytes their punctuation is taken out in a third of the time.
    """
    if "\u2019" in text:
        text = text.replace("\u2019", "'")
    try:
        return tuple(text.encode("latin-1").translate(_BYTES, _NOTHING).decode("latin-1").split())
    except UnicodeEncodeError:
        return tuple(text.lower().translate(_BREAKS).split())


class Phrasebook:
    """Phrases to look for in utterances. Its longest word is looked for first: most utterances cost little."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self._whole = frozenset(words_of(phrase) for phrase in phrases)
        self._marked: dict[str, list[str]] = {}
        for words in sorted(self._whole - {()}):
            self._marked.setdefault(max(words, key=len), []).append(f" {' '.join(words)} ")
        self._marks = frozenset(self._marked)

    def within(self, words: tuple[str, ...]) -> bool:
        """Whether a phrase stands among the words, one word after the other."""
        if self._marks.isdisjoint(words):
            return False
        said = f" {' '.join(words)} "
        return any(text in said for mark in self._marks.intersection(words) for text in self._marked[mark])

    def whole(self, words: tuple[str, ...]) -> bool:
        """Whether the words are one of the phrases and nothing else."""
        return words in self._whole


_BOOKS: dict[int, tuple[Phrases, Phrasebook]] = {}
"""Phrasebooks made so far, with the phrases that each was made of."""


def book(phrases: Phrases) -> Phrasebook:
    """The phrasebook of all languages; made once for the same phrases."""
    kept = _BOOKS.get(id(phrases))
    if kept is None or kept[0] is not phrases:
        if len(_BOOKS) >= 64:
            _BOOKS.clear()
        kept = _BOOKS[id(phrases)] = phrases, Phrasebook(phrase for language in phrases.values() for phrase in language)
    return kept[1]


def substance(words: tuple[str, ...]) -> frozenset[str]:
    """The words that carry meaning; particles, pronouns and courtesies are left out."""
    return frozenset(filterfalse(_IS_SMALL, words))


def alike(one: frozenset[str], other: frozenset[str], share: float) -> bool:
    """Whether two utterances have at least `share` of their words of substance in common, and no number, code, day or time of
    which the other has another one."""
    if not share * len(one) <= len(other) <= len(one) / share:
        return False
    both = len(one & other)
    return both >= share * (len(one) + len(other) - both) and not any(map(_counts, one ^ other))


def repeats(one: frozenset[str], other: frozenset[str], share: float) -> bool:
    """Whether two utterances, by their words of substance, say the same: one holds the other one whole, which is at least `share`
    of it, and adds no number, code, day or time. Who replaces a word corrects or says something else, and does not repeat."""
    small, large = (one, other) if len(one) <= len(other) else (other, one)
    return len(small) >= share * len(large) and small <= large and not any(map(_counts, large - small))


def _counts(word: str) -> bool:
    return word in _NUMBERS or not word.isalpha()
