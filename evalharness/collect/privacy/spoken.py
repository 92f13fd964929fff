"""Numbers as they are dictated: "five five five, oh one two three", "triple nine", "null eins sieben eins", in pieces too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from evalharness.collect.privacy.context import (
    Context,
    answered_kind,
    context_of,
    has_piece_stem,
    lettered,
    piece_kind,
    speaks_of_piece,
)
from evalharness.collect.privacy.findings import Finding, luhn, phone_value
from evalharness.collect.privacy.numbers import weak_category
from evalharness.collect.privacy.words import (
    CORRECTIONS,
    FILLERS,
    FREQUENT,
    SPELLING,
    TENS,
    TIMES,
    UNITS,
    WORDS,
    listed,
    words_of,
)

WHOLE = 7
"""Digits from which on a number is one by itself; a shorter one is a piece, and needs words or a question that tell."""
_LONGEST = 34
_FEW = 4
"""Words at least in which seven digits can be said."""
_GAPS = ",.-–—…/;:!?()\"'"
_PREFIX = 4
"""Digits said one by one after "plus" that are a country's prefix and what follows it: "plus four nine one five"."""
_BRIDGE = 4
"""So many words may stand between two digits of one number ("no wait sorry uh")."""
_TOKEN = re.compile(r"[^\W_]+|[^\w\s]+|_|\n")
_FIGURE = re.compile(r"\d")
_THREE = re.compile(r"\d(?:[^\d:]*+\d){2}")
"""Figures that may be one piece: no number goes on behind a colon, and but for social security no piece has two digits."""
_MARKS = re.compile(r"[,.\-–…/]+")
_SMALL = listed("it's its it s is the my that's that das ist die der sure ja yes thanks danke bitte please number nummer")
_BETWEEN = FILLERS | CORRECTIONS
IDLE = _SMALL | _BETWEEN
"""Words that say nothing beside the number of an answer."""
_PLUS = frozenset({"plus", "+"})
_STARTS = frozenset(WORDS) | frozenset(TIMES) | _PLUS | {"hundred"}
_NUMBERED = IDLE | _STARTS
_WORDED = 3
"""Number words at least in a number that is one by itself."""
_MOST_BESIDE = 6
"""Words at most, small ones apart, beside the numbers of an answer."""
_BEGINS = re.compile(r"[\d+]")
_FIRST = re.compile(r"\d(?<![^\W_]\d)")


def find_spoken_numbers(text: str, question: str, known: Finding | None = None) -> list[Finding]:
    """Runs of seven and more spoken digits, and shorter ones where the words before or the question before tell what they are.

    Figures of up to eight digits may stand among them. The `value` of a corrected number is that after the correction.
    `known`: a number in figures that was found in the text already; where it holds all figures there are, nothing more is sought.
    """
    lower = text.lower()
    letters = lettered(lower) or (bool(question) and lettered(question.lower()))
    words = words_of(lower)
    starts = sum(map(_STARTS.__contains__, words))
    worded = bool(starts) or letters
    if known and not worded and _holds_all(text, known):
        return []
    asked = answered_kind(question) if question else ""
    if starts < _WORDED and not _tells(lower, words, asked, lettered=letters):
        return []
    if not (worded or asked == "ssn" or _THREE.search(text)) or not _is_worth_it(text, lower, asked):
        return []
    runs = list(_runs(text, lettered=letters, figures_only=not (worded or "+" in text)))
    return _of_runs(runs, text, question, asked if asked and _answers(words, runs) else "")


def _holds_all(text: str, known: Finding) -> bool:
    """Whether all figures of the text are in this finding."""
    return not (_BEGINS.search(text[: known.start]) or _FIGURE.search(text, known.end))


def _tells(lower: str, words: list[str], asked: str, *, lettered: bool) -> bool:
    """Whether the question or the text itself says that a few figures or number words may be a number."""
    return (asked != "" and _may_answer(lower, words, lettered=lettered)) or has_piece_stem(lower)


def _of_runs(runs: list[_Run], text: str, question: str, answers: str) -> list[Finding]:
    several = [run for run in runs if run.tokens > 1 or answers or run.end - run.start > 1]
    return [found for run in several if (found := _finding(run, text, question, answers))]


def _may_answer(lower: str, words: list[str], *, lettered: bool) -> bool:
    """Whether `_answers` may be true of the text: it has few words that are neither small nor a part of a number."""
    rest = [word for word in words if word not in _NUMBERED and not word.isdecimal()]
    if lettered:
        rest = [word for word in rest if len(word) > 1 and word not in SPELLING]
    small = lower.count("+") + lower.count("plus") + (words.count("s") if lettered else 0)
    return len(rest) - small <= _MOST_BESIDE


def _is_worth_it(text: str, lower: str, asked: str) -> bool:
    """Whether there are enough number words, or a question or words that ask for a number and something that may be one."""
    tells = asked != "" or speaks_of_piece(lower)
    if tells and _FIGURE.search(text):
        return True
    words = _words(lower)
    return not FREQUENT.isdisjoint(words) and (tells or _longest(words) >= _FEW)


def _words(lower: str) -> list[str]:
    """The words, with signs as gaps between them."""
    for sign in _GAPS:
        if sign in lower:
            lower = lower.replace(sign, " ")
    return lower.split()


def _longest(words: list[str]) -> int:
    """The most words that follow each other and may be of one number."""
    longest = streak = 0
    for word in words:
        if word in _STARTS or word.isdecimal():
            streak += 1
            longest = max(longest, streak)
        elif word not in _BETWEEN:
            streak = 0
    return longest


def _answers(words: list[str], runs: list[_Run]) -> bool:
    """Whether the text says hardly more than numbers."""
    rest = len([word for word in words if word not in IDLE]) - sum(run.tokens for run in runs)
    return rest <= max(2, min(_MOST_BESIDE, max((run.tokens for run in runs), default=0)))


@dataclass
class _Run:
    """Digits one after the other. `groups`: as the pauses fall; one after "~" takes the place of what it corrects."""

    groups: list[str] = field(default_factory=list)
    start: int = 0
    end: int = 0
    words: int = 0
    tokens: int = 0
    bridge: int = 0
    times: int = 1
    tens: bool = False
    fresh: bool = True
    plus: bool = False
    corrects: bool = False

    @property
    def digits(self) -> str:
        """All of them, corrections carried out."""
        return "".join(self.groups)

    def take(self, word: str, start: int, end: int, *, lettered: bool) -> bool:
        """Adds a word; False where it does not belong to a number."""
        value = WORDS.get(word) or (word if word.isdecimal() and len(word) <= 8 else None)
        if value is None and lettered and (len(word) == 1 or word in SPELLING) and word.isalpha():
            value = word[0]
        if value is not None and len(self.digits) < _LONGEST:
            self._reach(start, end)
            self._add(word, value)
        elif word in TIMES or (word in _PLUS and not self.groups):
            self.times, self.tokens, self.start = TIMES.get(word, 1), self.tokens + 1, self.start if self.tokens else start
            self.plus = self.plus or word in _PLUS
        elif word == "hundred" and self.groups and not self.fresh:
            self.groups[-1], self.tens, self.end = self.groups[-1] + "00", False, end
        else:
            return bool(self.groups) and self._between(word)
        return True

    def _between(self, word: str) -> bool:
        if _MARKS.fullmatch(word):
            self.fresh, self.tens = self.fresh or word[0] not in "-–", self.tens and word in "-–"
            return True
        self.corrects = self.corrects or word in CORRECTIONS
        self.bridge, self.fresh, self.tens = self.bridge + 1, True, False
        return self.bridge <= _BRIDGE and (word in FILLERS or word in CORRECTIONS)

    def _add(self, word: str, value: str) -> None:
        if self.fresh or not self.groups:
            self.groups.append("")
        if self.tens and word in UNITS:
            self.groups[-1] = self.groups[-1][:-1] + value
        else:
            self.groups[-1] += value * self.times
        self.words, self.tokens = self.words + (word in WORDS), self.tokens + 1
        self.tens, self.times, self.bridge, self.fresh = word in TENS and value[-1] == "0", 1, 0, False

    def _reach(self, start: int, end: int) -> None:
        if self.fresh and self.corrects and self.groups:
            self._settle()
        if not self.tokens:
            self.start = start
        self.end = end

    def _settle(self) -> None:
        """The group that follows a correction replaces the last group; longer ones are settled when the run ends."""
        self.groups.append("~")
        self.corrects = False

    def settled(self) -> str:
        """The digits, each group behind a correction in the place of as many digits before it."""
        digits, corrects = "", False
        for group in self.groups:
            if group == "~":
                corrects = True
                continue
            digits = (digits[: -len(group)] if corrects else digits) + group
            corrects = False
        return digits


def _runs(text: str, *, lettered: bool, figures_only: bool = False) -> Iterator[_Run]:
    """The runs from left to right. `figures_only`: no word begins a number, so all before the first figure is passed over."""
    run, lower = _Run(), text.lower()
    first = _FIRST.search(text) if figures_only else None
    for match in _TOKEN.finditer(lower if len(lower) == len(text) else text, first.start() if first else 0):
        word = match[0].lower()
        if not run.tokens and not lettered and word not in _STARTS and not word.isdecimal():
            continue
        if run.take(word, match.start(), match.end(), lettered=lettered):
            continue
        if run.groups:
            yield run
        if run.tokens:
            run = _Run()
        run.take(word, match.start(), match.end(), lettered=lettered)
    if run.groups:
        yield run


def _finding(run: _Run, text: str, question: str, asked: str) -> Finding | None:
    """The finding of this run, or None. `asked`: the kind of number that was asked for, if the text is its answer."""
    digits = run.settled()
    if len(digits) < 2 or not any(sign.isdecimal() for sign in digits):
        return None
    whole = run.words >= 3 and WHOLE <= len(digits) <= _LONGEST
    category = "" if whole else _piece(run, digits, text, asked)
    if not whole and not category:
        return None
    context = context_of(text, run.start, run.end, question)
    if context.kind == "other" and not (asked and not context.near):
        return None
    category = category or _whole(run, digits, context)
    if not category:
        return None
    value = phone_value(digits) if category == "phone" else digits
    return Finding(run.start, run.end, category, value, partial=is_piece(category, digits))


def is_piece(category: str, digits: str) -> bool:
    """Whether so few digits are a part of such a number only."""
    return len(digits) < {"card": 12, "ssn": 9, "phone": WHOLE, "account": WHOLE}[category]


def _whole(run: _Run, digits: str, context: Context) -> str:
    if [len(group) for group in run.groups] == [3, 2, 4] and context.kind != "phone":
        return "ssn"
    if 13 <= len(digits) <= 19 and digits.isdecimal() and luhn(digits):
        return "card"
    return weak_category(digits, context) or ("phone" if len(digits) <= 15 and digits.isdecimal() else "account")


def _piece(run: _Run, digits: str, text: str, asked: str) -> str:
    near = piece_kind(text[max(0, run.start - 40) : run.start].lower())
    if near and len(digits) >= 3:
        return near
    if run.plus and run.words == len(digits) >= _PREFIX:
        return "phone"
    return asked if len(digits) >= (2 if asked == "ssn" else 3) else ""
