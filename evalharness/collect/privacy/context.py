"""The words around a number that say what it is: "my phone number is ...", "order number ...", a JSON key, a question."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from evalharness.collect.privacy.findings import NUMERIC
from evalharness.collect.privacy.stems import any_of
from evalharness.collect.privacy.words import listed

_WORDS = re.compile(
    r"""
    (?P<card>\bcards?(?![a-z])|card[ _]?n(?:o|um)|visa|mastercard|amex|american[ ]express|\bcv[vc]\b
      |security[ ]code|kreditkarte|kartennummer
      |prüfnummer|prüfziffer|rückseite|digits?[ ](?:number[ ])?on[ ]the|code[ ]on[ ]the[ ]back)
  | (?P<ssn>(?<![a-z])ssn|s[ ]s[ ]n|social[ _]?sec|\bsocial\b|tax[ _]?id|national[ ]insurance|\bni[ ]number
      |sozialvers|steuer-?id)
  | (?P<account>acc(?:oun)?t|iban|routing|\baba\b|sort[ _]?code|policy|member(?:ship)?[ _]?(?:n|id|is)
      |insurance|customer[ _]?(?:n|id)
      |patient[ _]?(?:n|id)|passport|licen[cs]e|(?<![a-z])mrn|medicare|loyalty|frequent[ _]?fl[iy]er|\bkonto
      |bankleitzahl|\bblz\b)
  | (?P<phone>phone|mobile|(?<![a-z])cell(?![a-z])|(?<![a-z])tel(?![a-z])|fax|whatsapp
      |call[ -]?(?:me|us|him|her|back)\b|call[ ]you[ ]back|area[ ]code|landline|callback
      |(?:reach|text|ring|dial)[ ](?:me|us|you|him|her|at)|contact|call(?:er|ing)[ _]?(?:id|number)|(?:from|to)[ _]number
      |(?:my|his|her|their|best|good|new|this)[ ]number
      |(?:the|which|that|and)[ ]number\b|number[ ](?:for|in)[ ]|telefon|handy|\bmobil|festnetz|vorwahl|rückruf
      |durchwahl|zurückrufen
      |rufen[ ]sie[ ]mich|(?:meine|welcher|die)[ ]nummer\b|letzten[ ]\w+[ ]ziffern)
  | (?P<other>order|reserv|booking|confirm|ticket|flight|track|case[ ](?:n|id|is)|referen
      |(?<![a-z])ref(?![a-z])|invoice|receipt
      |(?<![a-z])id(?![a-z])|(?<=[a-z])id(?=["'])|item|product|price|total|amount|[$€£]|(?<![a-z])(?:usd
      |eur)(?![a-z])|balance|serial|model
      |sku|isbn|version|timestamp|population|rooms?(?![a-z])|zip|postcode|postal|claim|voucher|meter[ ]|case[ ]number
      |\bbestell|auftrag|vorgang|rechnung|zimmer|buchung|\bflug|zähler|fehlercode|postleitzahl|kundennummer
      |referenz|\bpnr\b|locator)
    """,
    re.VERBOSE,
)
_BEFORE_STEM = 32
"""No word of _WORDS begins further before the letter by which its stem is sought, "letzten ... ziffern" apart."""
_PIECES = re.compile(
    r"""
    (?P<card>security[ ]code|\bcv[vc]\b
      |code[ ]on[ ]the[ ]back|prüfnummer|kartennummer|card[ ]number)
  | (?P<ssn>social[ ](?:security[ ](?:number[ ])?)?(?:is|ending)|national[ ]insurance|\bni[ ]number|sozialvers
      |steuer-?id)
  | (?P<account>sort[ ]code|routing|bankleitzahl|\bblz\b|account[ ](?:number[ ])?(?:is|ending)|account[ ]number
      |kontonummer|\baba[ ])
  | (?P<phone>(?:my|phone|mobile|calling|contact)[ ](?:number[ ]is|number|from[ ]ends)
      |number[ ]you're[ ]calling|area[ ]code|vorwahl
      |take[ ]down[ ]this[ ]number|last[ ]digits|landline)
    """,
    re.VERBOSE,
)
_LETTERED = re.compile(r"\biban|national insurance|\bni number|sozialvers")
_REQUEST = re.compile(r"[?]|please|bitte|could you|can you|may i|go ahead|give me|tell me|verify|nennen|and the|und die|\brest\b")
_STEMS = any_of(
    (
        *listed(
            "card visa amex american cvv cvc security karte prüf rückseite digit code ssn social tax national steuer sozial "
            "acct account iban routing aba sort policy member insurance customer patient passport licen mrn medicare loyalty "
            "frequent konto bank blz phone mobil cell tel fax whatsapp call area landline reach text ring dial contact number "
            "handy festnetz vorwahl ruf durchwahl nummer ziffern order reserv booking confirm ticket flight track case ref "
            "invoice receipt id item product price total amount $ € £ usd eur balance serial model sku isbn version timestamp "
            "population room zip post claim voucher meter bestell auftrag vorgang rechnung zimmer buchung flug zähler fehler "
            "referenz pnr locator"
        ),
        "s s n",
        "ni ",
        "from ends",
    )
)
"""Of these one stands in every text in which _WORDS finds anything: quicker to look for."""
_PIECE_STEMS = any_of((
    "my number", "phone number", "card number", "account number", "security code", "social ", "last digits", "mobile number",
    "calling number", "contact number", "number you're", "this number", "from ends", "code on the back", "cvv", "cvc",
    "national insurance", "ni number", "account is", "account ending", "sort code", "area code", "routing", "aba ", "landline",
    "prüfnummer", "kartennummer", "kontonummer", "sozialvers", "steuer", "bankleitzahl", "blz", "vorwahl",
))  # fmt: skip
"""Of these one stands in every text in which _PIECES finds anything."""
_TAIL = 60
"""Most questions say at their end what they ask for."""
_BEFORE = 48
_AFTER = re.compile(
    r"\s?(?:[€$£%]|(?:dollars|euros?|usd|eur|pounds|percent|people|points|personen|leute|stück|prozent|uhr|miles|km|meters|users|visitors|units|copies)\b)",
    re.IGNORECASE,
)


class Context(NamedTuple):
    """What the text says of the number at one place: a category, "other" (an id, a price), or "" (nothing).

    `near`: said just before the number, not only in the question before.
    """

    kind: str
    near: bool


@lru_cache(maxsize=256)
def last_kind(text: str) -> str:
    """The category that the last telling word of the text speaks of; "" where there is none."""
    kind, lower = "", text.lower()
    stem = _STEMS.search(lower)
    if not stem:
        return kind
    tail = max(0, len(lower) - _TAIL)
    before = len(lower) if "ziffern" in lower else _BEFORE_STEM
    last = _STEMS.search(lower, tail)
    places = (max(tail, last.start() - before), stem.start() - before) if last else (stem.start() - before,)
    for place in places:
        for match in _WORDS.finditer(lower, max(0, place)):
            kind = match.lastgroup or ""
        if kind:
            return kind
    return kind


def context_of(text: str, start: int, end: int, question: str) -> Context:
    """What is said of text[start:end]. `question`: what was asked before it, or its key, for where the text is silent."""
    if _AFTER.match(text, end):
        return Context("other", near=True)
    kind = last_kind(text[max(0, start - _BEFORE) : start])
    return Context(kind or last_kind(question), near=bool(kind))


def lettered(lower: str) -> bool:
    """Whether the text (in lower case) speaks of a number that has letters in it."""
    may = "iban" in lower or "insurance" in lower or "ni number" in lower or "sozialvers" in lower
    return may and _LETTERED.search(lower) is not None


def piece_kind(before: str) -> str:
    """What a short run of digits after these words (in lower case) is: "sort code", "ending in"; "" where they do not tell."""
    kind = ""
    for match in _PIECES.finditer(before) if has_piece_stem(before) else ():
        kind = match.lastgroup or ""
    return kind


def speaks_of_piece(lower: str) -> bool:
    """Whether `piece_kind` finds anything in the text (in lower case)."""
    return has_piece_stem(lower) and _PIECES.search(lower) is not None


def has_piece_stem(lower: str) -> bool:
    """Whether `piece_kind` may find anything in the text (in lower case) or in a part of it."""
    return _PIECE_STEMS.search(lower) is not None


@lru_cache(maxsize=32)
def answered_kind(question: str) -> str:
    """The kind of number that the question asks for; "" where it asks for none."""
    lower = question.lower()
    kind = last_kind(lower)
    return kind if kind in NUMERIC and _REQUEST.search(lower) else ""
