r"""Other ways to read a text: look-alike letters, backwards, spaced out, scrambled, encoded; each knows where it stands.

What a model can read without being told how, code must read too. A reading is plain lower-case text and, for each of its
characters, the place in the original that it came from.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from evalharness.grade.llm.sieve import words_of
from evalharness.grade.llm.visible import is_hidden

_LATIN = "abcdefghijklmnopqrstuvwxyz"
_LOOKALIKES = MappingProxyType(
    {
        **dict(zip("авеєзіјкмнорстухѕԁһӏԛԝьгпи", "abeesijkmhopctyxsdhlqwbrnu", strict=True)),
        **dict(zip("αβγδεζηικμνοπρστυχω", "abydeznikuvonpotuxw", strict=True)),
        **dict(zip("ɑɐʙƅᴄɔɗᴅɘəǝɛғɡɢʜɩıɪᴊᴋʟɭᴍɴᴏøᴘɋʀɹꜱʂᴛʇᴜʋᴠᴡʏᴢłđ", "aabbccddeeeefgghiiijkllmnoopqrrssttuuvwyzld", strict=True)),
    }
)
_LEET = str.maketrans("013457@$!|+", "oieastasilt")
_LETTER_RUN = re.compile(r"(?<![^\W_])(?:[^\W_](?:[\W_]{1,6})){5,}[^\W_](?![^\W_])")
_SHAPES = {code: "x" if chr(code).isalnum() else " " for code in range(128)}
_SHAPE_OF_RUN = re.compile(r" x {1,6}x {1,6}x {1,6}x {1,6}x {1,6}x ")
_GAP = re.compile(r"[\W_]+")
_ASCII_GAPS = dict.fromkeys(code for code in range(128) if _GAP.match(chr(code)))
_MIXED = re.compile(r"(?<!\S)(?=\S*[a-z])(?=\S*[013457@$!|+])\S+")
_CONTROLS = re.compile(r"[^ -~\n\r\t]")
_TOKEN = re.compile(r"\S+")
_SPACES = re.compile(r"(\s+)")
_WORD = re.compile(r"[a-z0-9]{3,}")


@dataclass(frozen=True)
class Reading:
    """A text read in some way. `places`: for each character its index in the original, asked for only after a find."""

    text: str
    places: Callable[[], Sequence[int]] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the original that these characters come from."""
        if self.places is None:
            return start, end
        held = self.places()[start : max(end, start + 1)]
        return min(held), max(held) + 1

    def further(self, text: str, places: Callable[[], Iterable[int]]) -> Reading:
        """The reading read once more: `places` gives for each character of `text` its index in this one."""
        before = self.places
        if before is None:
            return Reading(text, lambda: list(places()))
        return Reading(text, lambda: list(map(before().__getitem__, places())))

    def changed(self, letters: Sequence[str]) -> Reading:
        """Each character replaced by some, or by none."""
        return self.further("".join(letters), lambda: [i for i, letter in enumerate(letters) for _ in letter])


def plain(text: str) -> Reading:
    """Lower case, without accents of Latin letters, compatible forms made plain, hidden characters left out, tags as letters."""
    if text.isascii() and (text.isprintable() or not _CONTROLS.search(text)):
        return Reading(text.lower())
    return Reading(text).changed([_plain(letter) for letter in text])


@lru_cache(maxsize=4096)
def _plain(letter: str) -> str:
    if letter.isascii():
        return letter.lower() if letter.isprintable() or letter.isspace() else ""
    code = ord(letter)
    if 0xE0020 <= code <= 0xE007E:
        return chr(code - 0xE0000).lower()
    if 0x1F1E6 <= code <= 0x1F1FF:
        return chr(code - 0x1F1E6 + ord("a"))
    if is_hidden(letter):
        return " " if unicodedata.category(letter) in ("Zl", "Zp") else ""
    parts = unicodedata.normalize("NFKD", letter).casefold()
    return "".join(part for part in parts if not 0x300 <= ord(part) <= 0x36F and part != "\u20e3")


def simple(text: str) -> Iterator[Reading]:
    """The text as it stands, and with look-alike letters as the Latin ones that they look like."""
    first = plain(text)
    yield first
    if not first.text.isascii():
        latin = [_LOOKALIKES.get(letter, letter) for letter in first.text]
        if "".join(latin) != first.text:
            yield first.changed(latin)


def twisted(reading: Reading) -> Iterator[Reading]:
    """Every other way in which such a reading can be read: backwards, spaced out, in figures, scrambled."""
    length = len(reading.text)
    yield reading.further(reading.text[::-1], lambda: range(length - 1, -1, -1))
    yield _backwards(reading)
    for other in (_unspaced(reading), _leet(reading), _unscrambled(reading)):
        if other is not None:
            yield other


def readings(text: str) -> Iterator[Reading]:
    """The text as it stands and every other way in which it can be read."""
    *firsts, latin = simple(text)
    yield from (*firsts, latin)
    yield from twisted(latin)


def _backwards(reading: Reading) -> Reading:
    """The words in reverse order."""
    text = " ".join(reading.text.split()[::-1])

    def places() -> list[int]:
        tokens = list(_TOKEN.finditer(reading.text))[::-1]
        return [i for token in tokens for i in (*range(*token.span()), token.end() - 1)][: len(text)]

    return reading.further(text, places)


def _unspaced(reading: Reading) -> Reading | None:
    """Spaced-out letters put together ("i g n o r e", "i-g-n-o-r-e"); wider gaps stay gaps. None where there are none."""
    if not _may_be_spelt(reading.text):
        return None
    runs = list(_LETTER_RUN.finditer(reading.text))
    if not runs:
        return None
    letters = list(reading.text)
    for run in runs:
        gaps = list(_GAP.finditer(run[0]))
        narrow = min(len(gap[0]) for gap in gaps)
        for gap in gaps:
            if len(gap[0]) == narrow:
                letters[run.start() + gap.start() : run.start() + gap.end()] = [""] * narrow
    return reading.changed(letters)


def spelt_out(text: str) -> Iterator[tuple[str, int, int]]:
    """Every run of single letters and figures without its gaps, and where it stands."""
    if _may_be_spelt(text):
        yield from ((_GAP.sub("", run[0]), run.start(), run.end()) for run in _LETTER_RUN.finditer(text))


def _may_be_spelt(text: str) -> bool:
    """Whether letters stand alone one after the other, in either case."""
    return _spelt(text.lower()) if text.isascii() else _LETTER_RUN.search(text) is not None


@lru_cache(maxsize=2)
def _spelt(text: str) -> bool:
    """Looked for in the shape of a plain text, a space and an x a character, which takes a third of the time."""
    return _SHAPE_OF_RUN.search(f" {text.translate(_SHAPES)} ") is not None


def run_together(reading: Reading) -> Reading:
    """All letters and figures without anything in between."""
    text = reading.text.translate(_ASCII_GAPS) if reading.text.isascii() else _GAP.sub("", reading.text)
    return reading.further(text, lambda: [i for i, letter in enumerate(reading.text) if not _GAP.fullmatch(letter)])


def _leet(reading: Reading) -> Reading | None:
    """Figures and signs within words read as letters ("1gn0r3"). None where no word has any."""
    mixed = {word: word.translate(_LEET) for word in filter(_is_mixed, words_of(reading.text))}
    if not mixed:
        return None
    text = "".join([mixed.get(part, part) for part in _SPACES.split(reading.text)])
    return reading.further(text, lambda: range(len(text)))


@lru_cache(maxsize=8192)
def _is_mixed(word: str) -> bool:
    return _MIXED.fullmatch(word) is not None


def _words(text: str) -> list[str]:
    return text.split()


_KEYWORDS = _words(
    "ignore ignoring disregard forget override rubric rubrics criteria criterion instructions scoring grading "
    "score scores give every everything five evaluator grader judge rating perfect maximum highest previous "
    "agent correctness escalation evaluation transcript resolved correct answer output instruction system "
    "prompt full marks grade"
)


def _scrambled(word: str) -> str:
    return word[0] + "".join(sorted(word[1:-1])) + word[-1]


def _consonants(word: str) -> str:
    return re.sub(r"[aeiouy]", "", word)


_BY_LETTERS = MappingProxyType({_scrambled(word): word for word in _KEYWORDS})
_BY_CONSONANTS = MappingProxyType({_consonants(word): word for word in _KEYWORDS if len(_consonants(word)) >= 3})


def _unscrambled(reading: Reading) -> Reading | None:
    """Words whose inner letters are shuffled or whose vowels are left out, as the words meant; None where fewer than two are."""
    if not any(map(_holds_meant, words_of(reading.text))):
        return None
    meant = [(word, found) for word in _WORD.finditer(reading.text) if (found := _meant(word[0]))]
    if len(meant) < 2:
        return None
    letters = list(reading.text)
    for word, found in meant:
        rest = [""] * (len(word[0]) - 1)
        letters[word.start() : word.end()] = [found, *rest]
    return reading.changed(letters)


_ALMOST = MappingProxyType({
    f"{word[:i]}?{word[i + 1 :]}": word
    for word in ("ignore", "rubric", "criteria", "criterion", "disregard", "evaluator")
    for i in range(len(word))
})  # fmt: skip


@lru_cache(maxsize=8192)
def _holds_meant(word: str) -> bool:
    return any(map(_meant, _WORD.findall(word)))


@lru_cache(maxsize=8192)
def _meant(word: str) -> str | None:
    if word in _KEYWORDS:
        return None
    found = _BY_LETTERS.get(_scrambled(word))
    if found is None and len(word) in (6, 8, 9):
        found = next((_ALMOST[near] for i in range(len(word)) if (near := f"{word[:i]}?{word[i + 1 :]}") in _ALMOST), None)
    return found or (None if re.search(r"[aeiouy]", word) else _BY_CONSONANTS.get(word))


def _shifts(word: str) -> Iterator[str]:
    """The ASCII letters moved along the alphabet by 1 to 25 (ROT13 is one of them), and mirrored (a for z)."""
    for step in range(1, 26):
        yield word.translate(str.maketrans(_LATIN, _LATIN[step:] + _LATIN[:step]))
    yield word.translate(str.maketrans(_LATIN, _LATIN[::-1]))


_CIPHERED = MappingProxyType({
    cipher: number
    for word in ("ignore", "disregard", "rubric", "criteria", "criterion", "evaluator", "grader", "scores")
    for number, cipher in enumerate(_shifts(word))
})  # fmt: skip


def deciphered(text: str) -> str | None:
    """A text whose letters are moved along the alphabet (or mirrored), read; None where no telling word shows that."""
    low = text.lower()
    words = _WORD.findall(low)
    if _CIPHERED.keys().isdisjoint(words):
        return None
    word = next(word for word in words if word in _CIPHERED)
    back = list(_shifts(low))
    number = _CIPHERED[word]
    return back[25] if number == 25 else back[24 - number]
