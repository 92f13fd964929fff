"""Numbers and mail addresses as they are spoken: "five five five, oh one two three", "anna dot keller at mail dot com"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from evalharness.collect.privacy.context import context_of
from evalharness.collect.privacy.findings import Finding, luhn, phone_value
from evalharness.collect.privacy.numbers import weak_category

_UNITS = {
    word: str(digit)
    for digit, words in enumerate(("zero oh o nought", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"))
    for word in words.split()
}
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()  # noqa: SIM905 - reads as it is spoken
_TENS = {
    word: str(2 + i) for i, word in enumerate(("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"))
}
_WORDS = {**_UNITS, **{word: str(10 + i) for i, word in enumerate(_TEENS)}, **{word: tens + "0" for word, tens in _TENS.items()}}
_TIMES = {"double": 2, "triple": 3}
_BETWEEN = frozenset({"uh", "um", "er", "dash", "hyphen", "plus", "then"})
_FREQUENT = frozenset(_WORDS) - {"o", "oh", "one"}
_TOKEN = re.compile(r"[^\W\d_]+|\d+|[^\w\s]+|_")
_LONGEST = 24
_SPEECH_MARKS = re.compile(r"[,.\-–…]+")
_AT = re.compile(r"\sat\s+(\w{2,}(?:\s+dot\s+[a-z]{2,})+)", re.IGNORECASE)
_LOCAL = re.compile(r"(?:(?:\b\w\s+){1,30}\w|\b[\w.\-]+(?:\s+(?:dot|underscore|dash|hyphen)\s+[\w\-]+){0,4})$", re.IGNORECASE)
_NO_NAMES = frozenset(
    {"look", "is", "are", "website", "site", "us", "online", "page", "available", "found", "it", "them", "information", "here"}
)


def find_spoken_numbers(text: str, question: str) -> Iterator[Finding]:
    """Runs of seven and more spoken digits; figures of up to four digits may stand among them."""
    words = text.lower().replace(",", " ").replace("-", " ").split()
    if len(words) < 3 or _FREQUENT.isdisjoint(words):
        return
    run = _Run()
    for match in _TOKEN.finditer(text):
        if not run.take(match[0].lower(), match.start(), match.end()):
            yield from run.finding(text, question)
            run = _Run()
            run.take(match[0].lower(), match.start(), match.end())
    yield from run.finding(text, question)


class _Run:
    """Spoken digits one after the other."""

    def __init__(self) -> None:
        self.digits, self.words, self.start, self.end = "", 0, 0, 0
        self.times, self.tens = 1, False

    def take(self, token: str, start: int, end: int) -> bool:
        """Adds a token; False where it does not belong to a number."""
        if token in _TIMES:
            self.times = _TIMES[token]
            self._reach(start, self.end)
        elif token in _WORDS or (token.isdecimal() and len(token) <= 4):
            self._add(token)
            self._reach(start, end)
        else:
            return bool(self.digits) and (token in _BETWEEN or _SPEECH_MARKS.fullmatch(token) is not None)
        return True

    def _add(self, token: str) -> None:
        if len(self.digits) > _LONGEST:
            return
        if self.tens and token in _UNITS:
            self.digits = self.digits[:-1] + _UNITS[token]
        else:
            self.digits += _WORDS.get(token, token) * self.times
        self.words += token in _WORDS
        self.tens, self.times = token in _TENS, 1

    def _reach(self, start: int, end: int) -> None:
        if not self.end:
            self.start = start
        self.end = max(end, self.end, start + 1)

    def finding(self, text: str, question: str) -> Iterator[Finding]:
        """The finding of this run, if it is one."""
        count = len(self.digits)
        if not 7 <= count <= _LONGEST or self.words < 3:
            return
        context = context_of(text, self.start, self.end, question)
        if context.kind == "other":
            return
        card = 13 <= count <= 19 and luhn(self.digits)
        category = "card" if card else weak_category(self.digits, context) or ("phone" if count <= 15 else "account")
        yield Finding(self.start, self.end, category, phone_value(self.digits) if category == "phone" else self.digits)


def find_spoken_mail(text: str) -> Iterator[Finding]:
    """Mail addresses with a spoken at and dot; the part before the at may be spelled letter by letter."""
    if " dot " not in text.lower():
        return
    for match in _AT.finditer(text):
        local = _LOCAL.search(text[max(0, match.start() - 80) : match.start()])
        if local is None or local[0].lower() in _NO_NAMES:
            continue
        start = match.start() - len(local[0])
        spoken = text[start : match.end()].lower().split()
        signs = {"dot": ".", "at": "@", "underscore": "_", "dash": "-", "hyphen": "-"}
        yield Finding(start, match.end(), "email", "".join(signs.get(word, word) for word in spoken))
