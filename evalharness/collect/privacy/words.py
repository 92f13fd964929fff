"""Number words of English and German as digits, and the words that stand between digits when a number is dictated."""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W_]+")
_APART = bytes(sign if chr(sign).isalnum() and sign < 128 else 32 for sign in range(256))


def listed(words: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(words.split())


def words_of(lower: str) -> list[str]:
    """The runs of letters and figures of a text; quick where it is ASCII."""
    return lower.encode().translate(_APART).decode().split() if lower.isascii() else _WORD.findall(lower)


_ENGLISH = (
    ("zero oh o nought naught", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
    ("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
    ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"),
)
_GERMAN = (
    ("null", "eins", "zwei zwo", "drei", "vier", "fünf fuenf", "sechs", "sieben", "acht", "neun"),
    ("zehn", "elf", "zwölf zwoelf", "dreizehn", "vierzehn", "fünfzehn", "sechzehn", "siebzehn", "achtzehn", "neunzehn"),
    ("zwanzig", "dreißig dreissig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig"),
)


def _spoken(rows: tuple[tuple[str, ...], ...]) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """Units, teens and tens, each a word -> its digits."""
    return tuple(  # type: ignore[return-value]
        {word: str(first + step * i) for i, words in enumerate(row) for word in words.split()}
        for row, (first, step) in zip(rows, ((0, 1), (10, 1), (20, 10)), strict=True)
    )


_UNITS, _TEENS, TENS = _spoken(_ENGLISH)
_EINER, _ZEHNER, _ZIGER = _spoken(_GERMAN)
UNITS = {**_UNITS, **_EINER}
COMPOUNDS = {
    f"{unit.removesuffix('s') if unit == 'eins' else unit}und{ten}": str(int(tens) + int(one))
    for unit, one in _EINER.items()
    for ten, tens in _ZIGER.items()
    if one != "0"
}
"""einundzwanzig to neunundneunzig, in one word as German writes them."""
WORDS = {**_UNITS, **_TEENS, **TENS, **_EINER, **_ZEHNER, **_ZIGER, **COMPOUNDS}
"""Every number word below one hundred -> its digits."""
TIMES = {"double": 2, "doppel": 2, "triple": 3, "treble": 3, "dreifach": 3, "quadruple": 4}
FREQUENT = frozenset(WORDS) - {"o", "oh", "one", "elf"}
"""Words of which one at least stands in every dictated number; the others are too common elsewhere."""
FILLERS = listed(
    "uh um er erm eh hm mm äh ähm hmm dash hyphen minus slash plus then and und dann okay ok yes yeah ja so like also"
)
CORRECTIONS = listed("no wait sorry actually correction hang hold on nein moment nee halt quatsch stimmt nicht sondern")
SPELLING = {
    word: word[0]
    for word in listed(
        "alpha alfa bravo charlie delta echo foxtrot golf hotel india juliet juliett kilo lima mike november oscar papa "
        "quebec romeo sierra tango uniform victor whiskey xray yankee zulu anton berta cäsar dora emil friedrich gustav "
        "heinrich ida julius kaufmann konrad ludwig martha nordpol otto paula quelle richard siegfried samuel theodor "
        "ulrich viktor wilhelm xanthippe ypsilon zeppelin"
    )
}
"""The words by which letters are spelled, NATO's and Germany's -> the letter."""


def _years() -> dict[str, int]:
    """neunzehnhundertzweiundachtzig, zweitausendneun: the years 1900 to 2039 in one word."""
    below = {
        word: int(value) for table in (_EINER, _ZEHNER, _ZIGER, COMPOUNDS) for word, value in table.items() if word != "null"
    }
    years = {"neunzehnhundert": 1900, "zweitausend": 2000}
    years |= {f"neunzehnhundert{word}": 1900 + value for word, value in below.items()}
    years |= {f"zweitausend{und}{word}": 2000 + n for und in ("", "und") for word, n in below.items() if n < 40}
    return years


GERMAN_YEARS = _years()
