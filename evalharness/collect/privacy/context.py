"""The words around a number that say what it is: "my phone number is ...", "order number ...", a JSON key, a question."""

from __future__ import annotations

import re
from dataclasses import dataclass

_WORDS = re.compile(
    r"""
    (?P<card>\bcards?(?![a-z])|card[ _]?n(?:o|um)|visa|mastercard|amex|american[ ]express)
  | (?P<ssn>(?<![a-z])ssn|social[ _]?sec|\bsocial\b|tax[ _]?id)
  | (?P<account>acc(?:oun)?t|iban|routing|sort[ _]?code|policy|member(?:ship)?[ _]?(?:n|id|is)|insurance|customer[ _]?(?:n|id)
      |patient[ _]?(?:n|id)|passport|licen[cs]e|(?<![a-z])mrn|medicare|loyalty|frequent[ _]?fl[iy]er)
  | (?P<phone>phone|mobile|(?<![a-z])cell(?![a-z])|(?<![a-z])tel(?![a-z])|fax|whatsapp
      |call[ -]?(?:me|us|him|her|back)\b|call[ ]you[ ]back
      |(?:reach|text|ring|dial)[ ](?:me|us|you|him|her|at)|contact|caller[ _]?id|(?:my|his|her|their|best|good|new|this)[ ]number)
  | (?P<other>order|reserv|booking|confirm|ticket|flight|track|case[ ](?:n|id|is)|referen|(?<![a-z])ref(?![a-z])|invoice|receipt
      |(?<![a-z])id(?![a-z])|(?<=[a-z])id(?=["'])|item|product|price|total|amount|[$€£]|(?<![a-z])(?:usd|eur)(?![a-z])|balance|serial|model
      |sku|isbn|version|timestamp|population|rooms?(?![a-z])|zip|postcode|postal)
    """,
    re.VERBOSE,
)
_ANY = re.compile(r"[^\W\d_]|[$€£]")
_BEFORE = 48
_AFTER = re.compile(
    r"\s?(?:[€$£%]|(?:dollars|euros?|usd|eur|pounds|percent|people|points|miles|km|meters|users|visitors|units|copies)\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Context:
    """What the text says of the number at one place: a category, "other" (an id, a price), or "" (nothing).

    `near`: said just before the number, not only in the question before.
    """

    kind: str
    near: bool


def last_kind(text: str) -> str:
    """The category that the last telling word of the text speaks of; "" where there is none."""
    kind = ""
    if not _ANY.search(text):
        return kind
    for match in _WORDS.finditer(text.lower()):
        kind = match.lastgroup or ""
    return kind


def context_of(text: str, start: int, end: int, question: str) -> Context:
    """What is said of text[start:end]. `question`: what was asked before it, or its key, for where the text is silent."""
    if _AFTER.match(text, end):
        return Context("other", near=True)
    kind = last_kind(text[max(0, start - _BEFORE) : start])
    return Context(kind or last_kind(question), near=bool(kind))
