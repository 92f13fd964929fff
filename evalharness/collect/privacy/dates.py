"""Dates as they are written and spoken, in English and German: "04/05/1990", "the third of may seventy nine"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from evalharness.collect.privacy.words import COMPOUNDS, CORRECTIONS, FILLERS, GERMAN_YEARS, TENS, UNITS, WORDS, listed

_TOKEN = re.compile(r"\d+(?=st\b|nd\b|rd\b|th\b)|\d+|[^\W\d_]+|[^\w\s]")
_MONTH_NAMES = (
    "january jan januar jänner", "february feb februar", "march mar märz", "april apr", "may mai", "june jun juni",
    "july jul juli", "august aug", "september sept sep", "october oct oktober okt", "november nov", "december dec dezember dez",
)  # fmt: skip
MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, 1) for name in names.split()}
_ENGLISH = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth "
    "seventeenth eighteenth nineteenth twentieth"
)
_GERMAN = (
    "erst zweit dritt viert fünft sechst siebt acht neunt zehnt elft zwölft dreizehnt vierzehnt fünfzehnt sechzehnt siebzehnt "
    "achtzehnt neunzehnt zwanzigst"
)


def _ordinals() -> dict[str, int]:
    stems = {stem: number for number, stem in enumerate(_GERMAN.split(), 1)} | {"dreißigst": 30}
    stems |= {f"{word}st": int(value) for word, value in COMPOUNDS.items() if int(value) <= 31}
    german = {stem + ending: number for stem, number in stems.items() for ending in ("e", "en", "er", "em")}
    return {word: number for number, word in enumerate(_ENGLISH.split(), 1)} | {"thirtieth": 30} | german


ORDINALS = _ordinals()
_LINKS = listed("of the and in der den dem am im st nd rd th") | FILLERS
_FIRST_YEAR, _LAST_YEAR = 1900, 2039


@dataclass
class Date:
    """text[start:end] and its parts from left to right: ("month" | "day" | "number" | "year", value)."""

    start: int = 0
    end: int = 0
    parts: list[tuple[str, int]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    day_first: bool = False
    open: str = ""

    @property
    def year(self) -> int | None:
        """The year, where one was said or written in full or as the last of three parts."""
        years = [value for kind, value in self.parts if kind == "year"]
        last = self.parts[-1] if len(self.parts) >= 3 else ("", 0)
        short = 1900 + last[1] if last[1] > 25 else 2000 + last[1]
        return years[0] if years else short if last[0] == "number" and last[1] < 100 else None

    @property
    def whole(self) -> bool:
        """Day, month and year are there."""
        return len(self.parts) >= 3 and self.year is not None

    @property
    def named(self) -> bool:
        """It has the name of a month, with something beside it."""
        return len(self.parts) >= 2 and any(kind == "month" for kind, _ in self.parts)

    def value(self) -> str:
        """yyyymmdd where it can be read, month first where the order is open; else its words in lower case."""
        rest = [part for part in self.parts if part[0] != "year"][:2]
        if not self.whole or len(rest) < 2:
            return " ".join(self.words)
        (kind, one), (other, two) = rest
        month_first = kind == "month" or not (other == "month" or kind == "day" or self.day_first)
        month, day = (one, two) if month_first else (two, one)
        month, day = (day, month) if month > 12 >= day else (month, day)
        return f"{self.year}{month:02}{day:02}"


def dates(text: str) -> Iterator[Date]:
    """The runs of words and figures that may be a date or a part of one; a single number is one too."""
    date = Date()
    for match in _TOKEN.finditer(text):
        word = match[0].lower()
        ended = date.whole and not date.open and word not in ("thousand", "hundred")
        if ended or not _take(date, word, match.start(), match.end()):
            if date.parts:
                yield date
            date = Date()
            _take(date, word, match.start(), match.end())
    if date.parts:
        yield date


def _take(date: Date, word: str, start: int, end: int) -> bool:
    """Adds a word; False where it does not belong to a date."""
    if not _part(date, word):
        return bool(date.parts) and _between(date, word)
    date.start, date.end = start if len(date.words) == 0 else date.start, end
    date.words.append(word)
    return True


def _between(date: Date, word: str) -> bool:
    date.day_first = date.day_first or (word == "." and len(date.parts) == 1)
    date.open = date.open if word in "-and" and date.open else ""
    return word in ",.-/" or word in _LINKS or word in CORRECTIONS


def _part(date: Date, word: str) -> bool:
    """Takes a month, an ordinal, a year or a number into the parts; False for any other word."""
    if word in MONTHS or word in ORDINALS:
        kind, value = ("month", MONTHS[word]) if word in MONTHS else ("day", ORDINALS[word])
        if kind == "day" and date.open == "tens":
            value += date.parts.pop()[1]
        date.parts.append((kind, value))
        date.open = ""
    elif word in GERMAN_YEARS:
        date.parts.append(("year", GERMAN_YEARS[word]))
        date.open = ""
    elif word in WORDS:
        _number(date, word, int(WORDS[word]))
    elif word.isascii() and word.isdecimal() and len(word) <= 8:
        return _figure(date, word)
    else:
        return word in ("hundred", "thousand") and _scaled(date, word)
    return True


def _figure(date: Date, word: str) -> bool:
    if len(word) == 8:
        parts = (word[:4], word[4:6], word[6:]) if word[:2] in ("19", "20") else (word[4:], word[:2], word[2:4])
        date.parts += [("year", int(parts[0])), ("number", int(parts[1])), ("number", int(parts[2]))]
        return True
    date.open = ""
    is_year = len(word) == 4 and _FIRST_YEAR <= int(word) <= _LAST_YEAR
    date.parts.append(("year" if is_year else "number", int(word)))
    return len(word) <= 2 or is_year


def _number(date: Date, word: str, value: int) -> None:
    """A number word: twenty + four is 24, nineteen + eighty + two is 1982, oh + four is 4."""
    kind, before = date.parts[-1] if date.parts else ("", -1)
    date.day_first = date.day_first or not word.isascii() or word in ("null", "eins", "zwei", "zwo", "drei", "vier")
    if (date.open in ("tens", "zero") and word in UNITS) or date.open in ("thousand", "hundred"):
        date.parts[-1] = (kind, before + value)
    elif kind == "number" and before in (19, 20) and value >= 10 and date.open in ("tens", "teen"):
        date.parts[-1] = ("year", 100 * before + value)
    else:
        date.parts.append(("number", value))
    date.open = "zero" if value == 0 else "tens" if word in TENS else "teen" if value == 19 else ""


def _scaled(date: Date, word: str) -> bool:
    """The number before "thousand" or "hundred" becomes a year."""
    if not date.parts or date.parts[-1][0] != "number":
        return False
    date.parts[-1] = ("year", date.parts[-1][1] * (1000 if word == "thousand" else 100))
    date.open = word
    return True
