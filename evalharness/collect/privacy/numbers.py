"""Numbers of seven digits and more in a text: cards, social security, phone and account numbers. Best effort.

Left alone: amounts, dates, times, ranges of years, addresses of machines, postcodes, epoch times, round numbers, ids with
letters, and any weak match that the words before it call an order, a reservation, a flight, a price.
"""

from __future__ import annotations

import re

from evalharness.collect.privacy.context import Context, context_of
from evalharness.collect.privacy.findings import Finding, digits_of, luhn, phone_value

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
     |(?P<intl>(?:\+|\b00|\b[Pp]lus[ ])[ ]?[1-9](?:[ ().\-/]{0,3}\d){6,14})
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
_FIRST = re.compile(r"[\d+(Pp]")
"""With one of these every number begins."""
_RUN = re.compile(r"\d+")
_BEFORE_DIGITS = 8
"""No number begins further before its first digit: "plus", spaces, a bracket."""
_RANGE = re.compile(r"\b(?:between|from|pages?|range)\s*$", re.IGNORECASE)
_DAY = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_EPOCH = re.compile(r"1[5-9]\d{8}(?:\d{3})?")
_NANP = re.compile(r"1?[2-9]\d{2}[2-9]\d{6}")


def find_numbers(text: str, question: str) -> list[Finding]:
    """The sensitive numbers of a text, from left to right. `question`: see context.context_of."""
    found, position = [], 0
    while (
        (enough := _ENOUGH.search(text, position))
        and (first := _FIRST.search(text, max(position, enough.start() - _BEFORE_DIGITS)))
        and (match := _NUMBER.search(text, first.start()))
    ):
        finding = _finding(match, question)
        if finding:
            found.append(finding)
        position = match.end() if finding or match.lastgroup == "plain" else _first_run_end(match)
    return found


def _first_run_end(match: re.Match[str]) -> int:
    """A match that is nothing may hide a number behind its first digits: "2 555-123-4567"."""
    run = _RUN.search(match.string, match.start())
    return run.end() if run else match.end()


def _finding(match: re.Match[str], question: str) -> Finding | None:
    kind, text = match.lastgroup or "plain", match.string
    if kind == "plain" or (kind == "local" and _RANGE.search(text[max(0, match.start() - 12) : match.start()])):
        return None
    digits = digits_of(match[0])
    category = _category(kind, match[0], digits, context_of(text, *match.span(), question))
    value = phone_value(digits) if category == "phone" else digits
    return Finding(match.start(), match.end(), category, value) if category else None


def _category(kind: str, text: str, digits: str, context: Context) -> str | None:
    """What a match is, from its shape and the words before it; None = leave it alone."""
    if _is_card(digits):
        return None if context.kind == "other" and kind == "bare" else "card"
    if kind == "nanp" or text.startswith("+"):
        return "account" if context.near and context.kind == "account" else "phone"
    if context.kind == "other":
        return "ssn" if kind == "ssn" and "-" in text else None
    if kind in ("ssn", "card"):
        return kind
    return weak_category(digits, context) or _by_shape(kind, digits)


def _is_card(digits: str) -> bool:
    return 13 <= len(digits) <= 19 and digits[0] in "23456" and luhn(digits)


def weak_category(digits: str, context: Context) -> str | None:
    """What a number of seven and more digits and no telling shape is, by the words before it alone."""
    count = len(digits)
    lengths = {"card": range(12, 20), "ssn": range(9, 13), "account": range(7, 25), "phone": range(7, 16)}
    if context.kind not in lengths or count < 7:
        return None
    if count in lengths[context.kind]:
        return context.kind
    return None if context.kind == "phone" else "account"


def _by_shape(kind: str, digits: str) -> str | None:
    match kind:
        case "intl" | "single" | "local":
            return "phone" if len(digits) <= 15 else "account"
        case "national":
            return "phone" if 9 <= len(digits) <= 12 else None
        case "bare":
            return _bare(digits)
    return None


def _bare(digits: str) -> str | None:
    """A number without any separator and without a word that tells: dates, epoch times and round numbers are nothing."""
    count = len(digits)
    if _EPOCH.fullmatch(digits) or digits.endswith("000") or (count == 8 and _DAY.fullmatch(digits)):
        return None
    zero = digits[0] == "0" and 9 <= count <= 12
    return "phone" if zero or _NANP.fullmatch(digits) or (count == 7 and digits[0] not in "01") else "account"
