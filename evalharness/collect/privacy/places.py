"""Addresses: house number and street, postcodes, and the answer to "your address, please?". English and German, best effort."""

from __future__ import annotations

import re
from collections.abc import Iterator

from evalharness.collect.privacy.findings import Finding
from evalharness.collect.privacy.words import FILLERS, WORDS

_ENGLISH_WORDS = "|".join(sorted((word for word in WORDS if word.isascii()), key=len, reverse=True))
_NUMBER = rf"(?:\d{{1,6}}[a-zA-Z]?|(?:(?:{_ENGLISH_WORDS}|hundred|and)[\s-]){{0,4}}(?:{_ENGLISH_WORDS}|hundred)(?:\s[a-d])?)"
_STREETS = (
    "street|st|avenue|ave|road|rd|lane|ln|drive|dr|court|ct|boulevard|blvd|close|way|terrace|place|gardens|crescent|square|highway|"
    "parkway|circle|view|green|hill|row|mews|grove|walk"
)
_SURE = "street|avenue|road|lane|boulevard|crescent|drive|court|terrace|highway|parkway"
_STREET_WORDS = frozenset(_STREETS.split("|"))
_GERMAN_ENDS = (
    "straße",
    "strasse",
    "str.",
    "weg",
    "platz",
    "allee",
    "gasse",
    "ring",
    "damm",
    "ufer",
    "steig",
    "chaussee",
    "berg",
)
_UNIT = r"(?:flat|apartment|apt\.?|unit|suite)\s(?:\d+[a-zA-Z]?|[a-z]+)\b"
_NOT = r"(?!(?:on|the|of|in|down|from|to|and|at|is|was|up|by|for|minutes?|hours?|miles?|blocks?|days?|people|cars?|times)\b)"
_CITY = r"(?:,\s[A-Z][a-z]+(?:\s[A-Z][a-z]+)?){0,2}(?:,?\s\d{5})?"
_STREET = re.compile(
    rf"(?:(?i:{_UNIT}),?\s)?\b(?i:{_NUMBER})\s(?:"
    rf"(?:(?:North|South|East|West|[NSEW]\.?)\s)?(?:[A-Z][\w'][\w'.]*\s){{1,3}}?(?i:{_STREETS})\b|The\s[A-Z]\w+"
    rf"|(?i:{_NOT}(?!{_ENGLISH_WORDS})[a-z']+\s(?:{_NOT}[a-z']+\s)?(?:{_SURE}))\b|(?i:(?:first|second|third|fourth|fifth|sixth|seventh)\s(?:street|avenue))\b)"
    rf"(?:,?\s(?i:{_UNIT}))?{_CITY}"
)
_REVERSED = re.compile(rf"\b(?:[A-Z]\w+\s){{1,2}}(?:{_STREETS.title()})\s(?i:{_NUMBER})\b")
_BOX = re.compile(r"\bP\.?\s?O\.?\s?Box\s\d{1,6}", re.IGNORECASE)
_UNITS = re.compile(rf"(?<=,\s){_UNIT}|^{_UNIT}", re.IGNORECASE)
_CODE = re.compile(r"\b(?:[A-Z]{1,2}\d[A-Z\d]?\s\d[A-Z]{2}|[A-Z]\d[A-Z]\s\d[A-Z]\d)\b")
_ZIP = re.compile(r"\b(?:zip|postcode|post code|postal code|postleitzahl|plz)\b", re.IGNORECASE)
_AFTER_ZIP = re.compile(r"(?:\s(?:code|is|ist|it's|the|die|lautet|number))*[\s:,]\s?", re.IGNORECASE)
_SIGNS = re.compile(rf"(?:\d+|(?i:{'|'.join(sorted(WORDS, key=len, reverse=True))}|double)|[A-Za-z])(?:[\s,-]{{1,2}}(?=\S)|\b)")
_GERMAN_WORDS = "|".join(sorted((word for word in WORDS if word not in ("o", "oh", "one")), key=len, reverse=True))
_GERMAN = re.compile(
    r"\b(?!(?i:sitz|park|stell|arbeits|heim|um|rück)(?:platz|weg)\b)"
    r"(?:(?:[A-ZÄÖÜ][\wäöüß]+[\s-]){1,3}|[A-ZÄÖÜa-zäöü][\wäöüß]*?)(?:[A-ZÄÖÜa-zäöü][\wäöüß]*?)?(?i:straße|strasse|str\.|weg|platz|allee|gasse|ring|damm|ufer|steig|chaussee|berg)"
    rf"\s(?:\d{{1,4}}(?:\s?[a-z]\b)?|(?i:{_GERMAN_WORDS})\b(?:\s[a-d]\b)?)"
)
_KEYED = re.compile(
    r"(?:zip(?:_?code)?|post(?:al)?_?code|street|address_?(?:line_?)?\d?)\\?\"\s?:\s?\\?\"(?P<value>[^\"\\]{3,80})", re.IGNORECASE
)
"""An address in JSON text."""
_CITY_CODE = re.compile(r"\b\d{5}(?=\s[A-ZÄÖÜ][a-zäöüß]{2,})")
_ASKS = re.compile(
    r"\b(?:address|street|anschrift|adresse|straße|wohnen sie|where (?:should|do) (?:we|you) (?:send|live|deliver))\b",
    re.IGNORECASE,
)
_NOT_ASKED = re.compile(r"e-?mail|ip address|web", re.IGNORECASE)
_LONGEST = 12
_QUICK = re.compile(
    r"\d|\b(?:street|avenue|road|lane|boulevard|drive|zip|post)|straße|weg|platz|allee|gasse|str\.", re.IGNORECASE
)


def asks_for_place(question: str) -> bool:
    """Whether the question asks for an address, a street or a postcode."""
    return bool(_ZIP.search(question)) or (bool(_ASKS.search(question)) and not _NOT_ASKED.search(question))


def find_places(text: str, question: str) -> Iterator[Finding]:
    """The addresses in a text. `question`: what was asked before it."""
    asked = bool(question) and asks_for_place(question)
    if not asked and not _QUICK.search(text) and not any(word in WORDS for word in text.lower().split()):
        return
    spans = [match.span() for expression in _worth(text) for match in expression.finditer(text)]
    if '"' in text:
        spans += [match.span("value") for match in _KEYED.finditer(text)]
    if spans:
        spans += [match.span() for match in _UNITS.finditer(text)]
    spans += _postcodes(text, asked=asked and bool(_ZIP.search(question)))
    if asked and not spans:
        spans = _answer(text)
    for start, end in spans:
        yield Finding(start, end, "address", " ".join(text[start:end].lower().replace(",", " ").split()))


def _worth(text: str) -> Iterator[re.Pattern[str]]:
    """The expressions of which the text has what they begin or end with."""
    lower = text.lower()
    if not _STREET_WORDS.isdisjoint(lower.replace(",", " ").replace(".", " ").replace('"', " ").split()):
        yield from (_STREET, _REVERSED)
    elif " The " in text:
        yield _STREET
    if any(end in lower for end in _GERMAN_ENDS):
        yield _GERMAN
    if any(sign.isdecimal() for sign in text):
        yield from (_BOX, _CODE, _CITY_CODE)


def _postcodes(text: str, *, asked: bool) -> list[tuple[int, int]]:
    """Figures, number words and letters one after the other behind "zip" or as the answer to it."""
    starts = [_AFTER_ZIP.match(text, match.end()) for match in _ZIP.finditer(text)]
    places = [match.end() for match in starts if match] or ([0] if asked else [])
    found = []
    for place in places:
        position, seen = place, 0
        while match := _SIGNS.match(text, position):
            position, seen = match.end(), seen + 1
        signs = text[place:position].rstrip(" ,-")
        if (
            seen
            and any(sign.isdecimal() or word in WORDS for sign in signs for word in [signs.split()[0].lower()])
            and len(signs) > 3
        ):
            found.append((place, place + len(signs)))
    return found


def _answer(text: str) -> list[tuple[int, int]]:
    """A short answer that has a house number or a street in it, or is one of the two alone."""
    words = text.strip(" .!?").split()
    telling = [word for word in words if word.lower().strip(",.") not in FILLERS]
    numbered = any(word[0].isdecimal() or word.lower().strip(",.") in WORDS for word in telling)
    streets = bool(re.search(rf"(?i)\b(?:{_STREETS})\b|straße|weg|platz|allee|gasse", text))
    if not telling or len(telling) > _LONGEST or not (numbered or streets):
        return []
    start = text.index(telling[0])
    return [(start, len(text.rstrip(" .!?")))]
