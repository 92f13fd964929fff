"""A piece of personal data found in a text, and its normal form, by which equal values get equal pseudonyms."""

from __future__ import annotations

import re
from dataclasses import dataclass

ALL_CATEGORIES = ("card", "account", "phone", "email", "dob", "ssn", "name", "address")
"""Every kind that can be found; which of them are replaced is the workspace's choice."""
NUMERIC = frozenset({"card", "account", "phone", "ssn"})
_NOT_DIGITS = re.compile(r"\D+")
_FIGURE = re.compile(r"\d")
_FIGURES = b"0123456789"
_NO_FIGURES = bytes(set(range(128)) - set(_FIGURES))
_SPACES = "\u00a0\u1680\u2000-\u200d\u202f\u205f\u2060\u3000\ufeff\u00ad"
_HYPHENS = "\u2010-\u2013\u2212\ufe63\uff0d"
_ODD = re.compile(f"(?P<space>[{_SPACES}])|(?P<hyphen>[{_HYPHENS}])|’")
_PLAIN = {"space": " ", "hyphen": "-"}


@dataclass(frozen=True, slots=True)
class Finding:
    """text[start:end] is of this category; `value` is its normal form (digits only, lower-case mail, yyyymmdd).

    `partial`: a piece of a number only, such as its last four digits; the pseudonym says so.
    """

    start: int
    end: int
    category: str
    value: str
    partial: bool = False


def has_figure(text: str) -> bool:
    """Whether a decimal digit stands in the text; quick where it is ASCII."""
    return len(text.encode().translate(None, _FIGURES)) < len(text) if text.isascii() else _FIGURE.search(text) is not None


def digits_of(text: str) -> str:
    """The decimal digits of the text as ASCII."""
    if text.isascii():
        return text.encode().translate(None, _NO_FIGURES).decode()
    return "".join([str(int(digit)) for digit in _NOT_DIGITS.sub("", text)])


def plain_signs(text: str) -> str:
    """The text with a space, hyphen or apostrophe of ASCII for each other one, those of no width too: it is as long as before."""
    return text if text.isascii() else _ODD.sub(lambda match: _PLAIN.get(match.lastgroup or "", "'"), text)


def phone_value(digits: str) -> str:
    """Digits of a phone number without the international prefix 00 and without North America's leading 1."""
    digits = digits.removeprefix("00")
    return digits[1:] if len(digits) == 11 and digits.startswith("1") else digits


def luhn(digits: str) -> bool:
    """Whether the check digit is that of a payment card (ISO/IEC 7812-1, annex B)."""
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (sum(doubled) + sum(map(int, digits[-1::-2]))) % 10 == 0
