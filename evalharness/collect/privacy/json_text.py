"""JSON in a text: where a number stands as a value of its own, so that its pseudonym needs quotes to leave JSON what it is."""

from __future__ import annotations

import re
from collections.abc import Iterable

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{4}|.)", re.DOTALL)


def after_escape(text: str, start: int) -> int:
    """`start`, or the end of the escape (a letter written as u00fc, a line break as n) in whose middle it lies."""
    match = _ESCAPE.match(text, start - 1) if start and text[start - 1] == "\\" else None
    return match.end() if match else start


def outside_strings(text: str, places: Iterable[int]) -> set[int]:
    """Those of the places, given from left to right, that lie outside the strings of a JSON text; none of any other text."""
    if text.lstrip()[:1] not in ("{", "["):
        return set()
    found, left = set(), list(places)
    strings, string = _STRING.finditer(text), (0, 0)
    for place in left:
        while string[1] <= place:
            match = next(strings, None)
            string = match.span() if match else (len(text) + 1, len(text) + 2)
        if place < string[0]:
            found.add(place)
    return found


def nested_quote(text: str, start: int, end: int) -> str:
    """The quotation mark for text[start:end] as a bare value of an object within a longer text or a string; "" elsewhere."""
    before = text[max(0, start - 4) : start].rstrip()
    if not before.endswith('":') or text[end : end + 1] not in (",", "}", "]", " ", "\n", ""):
        return ""
    return '\\"' if before.endswith('\\":') else '"'
