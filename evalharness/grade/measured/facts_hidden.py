"""Numbers of which only a pseudonym is left ("[phone-9b83]"): the same one is the same number, another one another.

A clear number that nothing matches may be the one behind a pseudonym: then nothing is said of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from evalharness.grade.measured.spoken_reader import Fact

_HIDDEN = re.compile(r"\[(card|account|phone|ssn|dob)-([0-9a-f]{4})\]")
_ANY = re.compile(r"\[(?:card|account|phone|ssn|dob|email|name|address)-[0-9a-f]{4}(?: part)?\]")
"""A part of a number ("[phone-9b83 part]", its last four digits) is no number to compare."""
_KINDS = {"phone": "phone", "dob": "date"}


def hidden_in(text: str) -> Iterator[Fact]:
    """The pseudonyms of numbers and days of birth as facts; their value is the pseudonym."""
    if "-" not in text or "[" not in text:
        return
    for match in _HIDDEN.finditer(text):
        yield Fact(_KINDS.get(match[1], "code"), match[0], match.span(), sure=True, said=match[0])


def is_hidden(fact: Fact) -> bool:
    """Whether only the pseudonym of it is left."""
    return fact.value.startswith("[")


def unhidden(text: str) -> str:
    """The text without pseudonyms, so that no part of one is read as a code."""
    return _ANY.sub("[]", text) if "[" in text else text


def same(one: str, other: str) -> bool:
    """Whether two pseudonyms are of one number, whatever it was taken for."""
    return one[-5:] == other[-5:]


def alike(one: str, other: str) -> bool:
    """Whether two pseudonyms are of one category."""
    return one[:-5] == other[:-5]
