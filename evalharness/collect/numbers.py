"""Numbers of seven digits and more in a text: cards, social security, phone and account numbers. Best effort.

Left alone: amounts, dates, times, ranges of years, addresses of machines, postcodes, epoch times, round numbers, ids with
letters, and any weak match that the words before it call an order, a reservation, a flight, a price.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from evalharness.collect.context import Context, context_of
from evalharness.collect.findings import Finding, digits_of, luhn, phone_value

_ENOUGH = re.compile(r"\d(?:[^\w\n]{0,3}\d){6}")
_NUMBER = re.compile(
    r"""
    (?<!\w)(?<!\w-)(?<!\d[.,/:])
    (?:
      (?P<plain>\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?=T?\b|T\d)|\d{1,2}([-/.])\d{1,2}\2(?:\d{4}|\d{2})
        |\d{1,3}(?:\.\d{1,3}){3}(?![\d.])|\d{5}-\d{4}|(?:19|20)\d\d[ ]?[-–/ ][ ]?(?:19|20)\d\d
        |\d{1,3}(?:\.\d{3})+|\d{1,12}\.\d{1,2})
     |(?P<ssn>\d{3}([- ])\d{2}\4\d{4})
     |(?P<card>\d{4}([ -])\d{4}\6\d{4}\6\d{1,7}|3\d{3}([ -])\d{6}\7\d{5})
     |(?P<intl>(?:\+|\b00)[ ]?[1-9](?:[ ().\-/]{0,3}\d){6,14})
     |(?P<nanp>(?:\+?1[-. ]{1,2})?(?:\(\d{3}\)[ -]?|\d{3}[-. ])\d{3}[-. ]\d{4})
     |(?P<local>[2-9]\d{2}-\d{4})
     |(?P<national>\(?0\d{1,4}\)?[ /-]{1,2}\d{2,8}(?:[ -]\d{2,5}){0,4})
     |(?P<single>\d(?:[ \-]{1,2}\d){6,18})
     |(?P<bare>\d{7,19})
     |(?P<groups>\d{2,6}(?:[ \-.]\d{2,6}){1,6})
    )
    (?!\w)(?![-.,/:]\d)
    """,
    re.VERBOSE,
)
_RUN = re.compile(r"\d+")
_RANGE = re.compile(r"\b(?:between|from|pages?|range)\s*$", re.IGNORECASE)
_DAY = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_EPOCH = re.compile(r"1[5-9]\d{8}(?:\d{3})?")
_NANP = re.compile(r"1?[2-9]\d{2}[2-9]\d{6}")


def find_numbers(text: str, question: str) -> Iterator[Finding]:
    """The sensitive numbers of a text, from left to right. `question`: see context.context_of."""
    if not _ENOUGH.search(text):
        return
    position = 0
    while match := _NUMBER.search(text, position):
        kind = match.lastgroup or "plain"
        digits = digits_of(match[0])
        category = None if kind == "plain" else _category(kind, match[0], digits, context_of(text, *match.span(), question))
        if category == "phone" and kind == "local" and _RANGE.search(text[max(0, match.start() - 12) : match.start()]):
            category = None
        if category:
            yield Finding(match.start(), match.end(), category, phone_value(digits) if category == "phone" else digits)
        first = _RUN.search(text, match.start())
        position = match.end() if category or kind == "plain" or first is None else first.end()


def _category(kind: str, text: str, digits: str, context: Context) -> str | None:
    """What a match is, from its shape and the words before it; None = leave it alone."""
    count = len(digits)
    if 13 <= count <= 19 and digits[0] in "23456" and luhn(digits):
        return None if context.kind == "other" and kind == "bare" else "card"
    if kind == "nanp" or (kind == "intl" and text.startswith("+")):
        return "account" if context.kind == "account" and context.near else "phone"
    if context.kind == "other":
        return "ssn" if kind == "ssn" and "-" in text else None
    if kind in ("ssn", "card"):
        return kind
    return weak_category(digits, context) or _by_shape(kind, digits)


def weak_category(digits: str, context: Context) -> str | None:
    """What a number of no telling shape is, by the words before it alone."""
    count = len(digits)
    match context.kind:
        case "card":
            return "card" if 12 <= count <= 19 else "account" if count >= 7 else None
        case "ssn":
            return "ssn" if count == 9 else "account" if count >= 7 else None
        case "account":
            return "account" if count >= 7 else None
        case "phone":
            return "phone" if 7 <= count <= 15 else None
    return None


def _by_shape(kind: str, digits: str) -> str | None:
    count = len(digits)
    if kind in ("intl", "single", "local"):
        return "phone" if count <= 15 else "account"
    if kind == "national":
        return "phone" if 9 <= count <= 12 else None
    if kind == "groups" or _EPOCH.fullmatch(digits) or digits.endswith("000") or (count == 8 and _DAY.fullmatch(digits)):
        return None
    phone = _NANP.fullmatch(digits) or (digits[0] == "0" and 9 <= count <= 12) or (count == 7 and digits[0] not in "01")
    return "phone" if phone else "account"
