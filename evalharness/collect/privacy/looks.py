"""A quick look at a text: whether anything personal, names and addresses apart, may stand in it. Most texts need no more.

It rules out nothing that a finder would find: each of its rules says which finders need what it asks for.
"""

from __future__ import annotations

import re
from string import ascii_lowercase, ascii_uppercase

from evalharness.collect.privacy.dates import MONTHS, ORDINALS
from evalharness.collect.privacy.findings import has_figure
from evalharness.collect.privacy.mail import MAIL_WORDS
from evalharness.collect.privacy.papers import SMALL
from evalharness.collect.privacy.spoken import IDLE
from evalharness.collect.privacy.stems import any_of
from evalharness.collect.privacy.words import FREQUENT, GERMAN_YEARS, SPELLING, TIMES, WORDS

_HINTS = FREQUENT | MAIL_WORDS | frozenset(MONTHS) | frozenset(ORDINALS)
_WEAK = re.compile(r"\D*+(?<!\w)(?<![A-Z][A-Z][ ])\d{1,2}(?::\d\d)?(?!\w)\D*+")
"""A text whose only figures are those of one time or of one small number, and neither begins an IBAN."""
_LOW = bytes.maketrans(f"{ascii_uppercase}123456789,-.".encode(), f"{ascii_lowercase}{'0' * 9}   ".encode())
"""ASCII in lower case, each figure a nought, and a space for each sign that parts the words of `_HINTS`."""
_GAPS = bytes(sign if chr(sign).isalpha() and sign < 128 else 32 for sign in range(256))
_LETTERS = re.compile(r"[^\W\d_]+")
_KINDS = {
    **dict.fromkeys(IDLE | SMALL, "small"),
    **dict.fromkeys(SPELLING, "letter"),
    **dict.fromkeys(MONTHS, "month"),
    **dict.fromkeys((*WORDS, *ORDINALS, *GERMAN_YEARS), "number"),
    **dict.fromkeys((*TIMES, *MAIL_WORDS, "hundred", "thousand", "plus"), "sure"),
}
"""Words that may stand in a number or beside it in an answer that says nothing else."""
_SHORT = 4
"""No part of a number is longer in letters, unless it is one of the words above."""
_BARE, _SURELY_MORE = 4, 6
"""An answer to a question for a number has at most so many other words: more where letters are dictated among them."""
_TELLING = any_of((
    "pin", "otp", " tan", "geheim", "einmal", "num", "account", "code", "cv", "social", "insurance", "sozial", "steuer", "rout",
    "blz", "bankleit", "aba", "vorwahl", "digits", "landline", "from ends", "pass", "ausweis", "id card", "identity", "licen",
    "plate", "kennzeichen", "registration", "versicher", "führerschein",
))  # fmt: skip
"""Of these one stands in every text that says itself what its few figures are (see context.py and papers.py)."""


def may_be_personal(text: str, *, asked: bool = True) -> bool:
    """Whether the text has a figure, a number word or another sign of what is looked for, and not only a time or one such word.

    One of these is something only in a bare answer, or where the text says what it is. `asked`: it may be an answer.
    """
    if text.isascii():
        line = text.encode().translate(_LOW).decode()
        figures = "0" in line
    else:
        line = text.lower().replace(",", " ").replace("-", " ").replace(".", " ")
        figures = has_figure(text)
    return (figures or "@" in line or not _HINTS.isdisjoint(line.split())) and _has_more(text, figures=figures, asked=asked)


def _has_more(text: str, *, figures: bool, asked: bool) -> bool:
    """Whether a text with a sign has more than a time, a small number or such a word, or these are something in it."""
    if "@" in text or "[" in text or "+" in text or (figures and not _WEAK.fullmatch(text)):
        return True
    return _may_tell(text, text.lower(), figures=figures, asked=asked)


def _may_tell(text: str, lower: str, *, figures: bool, asked: bool) -> bool:
    """Whether the one time, number or word for a number in the text, or two such words, may be a part of a personal one."""
    words = lower.encode().translate(_GAPS).decode().split() if text.isascii() else _LETTERS.findall(lower)
    kinds, others = [], 0
    for word in words:
        if word in _KINDS:
            kinds.append(_KINDS[word])
        elif len(word) >= _SHORT:
            others += 1
    months = kinds.count("month")
    signs = months + kinds.count("number") + figures
    if "sure" in kinds or signs > (1 if months or figures else 2) or (asked and others <= _BARE):
        return True
    if asked and others <= _SURELY_MORE:
        letters = kinds.count("letter") + len([word for word in words if len(word) == 1])
        if others <= signs + letters:
            return True
    return _TELLING.search(lower) is not None
