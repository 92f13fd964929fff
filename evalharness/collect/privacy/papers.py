"""Secret codes (PIN, a code sent once) and numbers of papers: passport, identity card, licence, plate, health insurance.

They have few digits or letters among them and no form of their own, so they are found by the word that stands close before
them, or in the answer to a question for them. Codes of bookings, vouchers and errors are none of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from evalharness.collect.privacy.findings import Finding
from evalharness.collect.privacy.stems import any_of
from evalharness.collect.privacy.words import FILLERS, SPELLING, TIMES, WORDS, listed

_STEMS = any_of((
    "pin", "otp", "passcode", " code", " tan", "geheim", "einmal", "ungscode", "passport", "reisepass", "ausweis", "id card",
    "identity", "licen", "führerschein", "plate", "kennzeichen", "registration", "versicher", "sicherheitscode",
))  # fmt: skip
"""Of these one stands in every text that speaks of such a number: quicker to look for."""
_CODE = (
    r"(?<![a-z])(?:pin(?! (?:it|the|down|up)\b)|otp|tan|passcode"
    r"|(?:one[- ]time|verification|login|log-in|access|authentication|two[- ]factor|2fa) (?:pass)?code"
    r"|einmal-?(?:code|passwort)|bestätigungscode|sicherheitscode|geheim(?:zahl|nummer))(?![a-z])"
)
_SENT = r"(?<![a-z])code\b.{0,24}\b(?:sent|text(?:ed)?|emailed|sms)\b|\b(?:sent|text(?:ed)?|emailed|sms)\b.{0,24}\bcode(?![a-z])"
_NOT_SENT = re.compile(
    r"promo|discount|voucher|coupon|booking|confirmation|reference|error|gate|door|zip|post|area|gutschein|buchung"
)
_PAPER = (
    r"(?<![a-z])(?:passport|reisepass(?:nummer)?|(?:personal)?ausweis(?:nummer)?|(?:identity|id) ?card"
    r"|(?:driver'?s?|driving) licen[cs]e"
    r"|licen[cs]e plate|licence|(?:number )?plate|(?:vehicle |car )registration"
    r"|registration (?:number|of (?:your|the) (?:car|vehicle))|(?:auto)?kennzeichen"
    r"|führerschein(?:nummer)?|(?:kranken)?versicher(?:ten|ungs)nummer)(?![a-z])"
)
_CUE = re.compile(rf"(?P<secret>{_CODE})|(?P<paper>{_PAPER})|(?P<sent>{_SENT})")
_GAP = re.compile(
    r"(?:[\s:=\"'\\,]|\b(?:number|nummer|no|num|code|is|s|was|says?|reads|it|that|would|be|for|you|sent|texted|me|the|my|i|got|have"
    r"|ist|lautet|war|hat|die|der|das|mit|num?mer|um|uh|äh|ähm|well|so|okay)\b)*"
)
_WORDED = "|".join(sorted((*WORDS, *TIMES, *SPELLING), key=len, reverse=True))
_SIGN = rf"(?:(?i:{_WORDED})(?![^\W_])|[A-ZÄÖÜ]{{1,3}}(?![^\W_])|[b-hj-zäöü](?![\w'])|[A-Za-zÄÖÜ]*\d[A-Za-z\d]*(?![^\W_]))"
_BETWEEN = rf"(?:[\s,.\-–/]{{1,3}}(?:(?:{'|'.join(FILLERS)})[\s,.]{{1,2}})?)"
_VALUE = re.compile(rf"(?<![\w'$€£]){_SIGN}(?:{_BETWEEN}{_SIGN})*")
_AS = re.compile(rf",? (?:as|is|was) (?:the|my|your|that|a) (?:{_CODE})")
_PLAIN = re.compile(r"[^\W_]+")
SMALL = listed(
    "it's its it s is the my that's that this would be das ist die der sure ja yes yeah okay ok oh so well please bitte lautet "
    "code number nummer"
)
"""Words that say nothing beside a code or the number of a paper."""
_SHORT = 3
"""Words beside the number, the small ones apart, that an answer may have."""
_ASKING = re.compile(r"[?:]|please|bitte|\b(?:enter|say|tell|give|read|nennen|sagen)\b")
_KEY = 3
"""Words at most of a key of JSON."""


def find_papers(text: str, question: str) -> list[Finding]:
    """Secret codes and numbers of papers, all of them "account". `question`: what was asked before the text, or its key."""
    lower = text.lower()
    found = list(_told(text, lower)) if len(lower) == len(text) and _STEMS.search(lower) else []
    kind = _asked(question) if question else ""
    if kind:
        found += _answer(text, kind)
    return found


def _told(text: str, lower: str) -> Iterator[Finding]:
    """Numbers close behind their word, and codes before it ("491 553 as the login code")."""
    for cue in _CUE.finditer(lower):
        if cue.lastgroup == "sent" and _NOT_SENT.search(lower):
            continue
        gap = _GAP.match(lower, cue.end())
        value = _VALUE.match(text, gap.end() if gap else cue.end())
        finding = _finding(value, cue.lastgroup) if value else None
        if finding:
            yield finding
    if " code" in lower or "pin" in lower:
        for value in _VALUE.finditer(text):
            finding = _finding(value, "secret") if _AS.match(lower, value.end()) else None
            if finding:
                yield finding


@lru_cache(maxsize=64)
def _asked(question: str) -> str:
    """Which kind the question, or the key of JSON, asks for; "" where it asks for none. "I sent you a code" asks for it."""
    lower = question.lower().replace("_", " ")
    if not _STEMS.search(lower):
        return ""
    kind = next((cue.lastgroup or "" for cue in reversed(list(_CUE.finditer(lower)))), "")
    if kind == "sent":
        return "" if _NOT_SENT.search(lower) else kind
    return kind if _ASKING.search(lower) or len(lower.split()) <= _KEY else ""


def _answer(text: str, kind: str) -> Iterator[Finding]:
    """The first such number of a text that says hardly more."""
    for value in _VALUE.finditer(text):
        finding = _finding(value, kind)
        rest = _PLAIN.findall(f"{text[: value.start()]} {text[value.end() :]}".lower())
        if finding and sum(word not in SMALL and word not in FILLERS for word in rest) <= _SHORT:
            yield finding
            return


def _finding(value: re.Match[str], kind: str | None) -> Finding | None:
    """A code has four to ten digits and no letters; a paper's number five signs and more, two of them digits at least."""
    signs = _signs(value[0])
    digits = sum(sign.isdecimal() for sign in signs)
    fits = (5 <= len(signs) <= 20 and digits >= 2) if kind == "paper" else (4 <= digits <= 10 and digits == len(signs))
    return Finding(value.start(), value.end(), "account", signs) if fits else None


def _signs(text: str) -> str:
    """The letters and digits said or written: "K seven double two" is k722."""
    signs, times = "", 1
    for word in _PLAIN.findall(text.lower()):
        if word in TIMES:
            times = TIMES[word]
        elif word not in FILLERS:
            signs, times = signs + (WORDS.get(word) or SPELLING.get(word) or word) * times, 1
    return signs
