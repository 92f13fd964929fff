r"""Text as the judge is shown it: NFC, with everything that would not be seen written as an escape.

A hidden character (tags, bidirectional marks, zero-width, variation selectors, controls) becomes \u{...}: nothing is
deleted, and what the judge reads is what a person reads. Line ends and tabs stay.
"""

from __future__ import annotations

import re
import unicodedata

_KEPT = "\n\r\t"
_ODD = {0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0}
"""Blank letters and joiners that Unicode counts as letters or marks."""

_SELECTORS = (range(0x180B, 0x1810), range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))
_PLAIN = re.compile(f"[ -~{re.escape(''.join(_KEPT))}]*")
"""Text in which nothing can hide: most of every prompt, passed at once."""
_HIDDEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def visible(text: str) -> str:
    r"""The text with every hidden character as \u{HEX}. Doing it twice changes nothing more."""
    if _PLAIN.fullmatch(text):
        return text
    return "".join(f"\\u{{{ord(letter):04X}}}" if is_hidden(letter) else letter for letter in unicodedata.normalize("NFC", text))


def is_hidden(letter: str) -> bool:
    """Whether the character would not be seen, or would act on what is around it."""
    code = ord(letter)
    if code in _ODD or any(code in selectors for selectors in _SELECTORS):
        return True
    return letter not in _KEPT and unicodedata.category(letter) in _HIDDEN


def hidden_count(text: str) -> int:
    """How many hidden characters the text holds: a signal, kept with the request."""
    return 0 if _PLAIN.fullmatch(text) else sum(map(is_hidden, text))


def comparable(text: str) -> str:
    """The text for comparing a quote: visible, case and white space set aside, nothing else.

    The Turkish i has its capitals crosswise (ı and I, i and İ), so with case aside all four are one letter.
    """
    folded = visible(text).casefold().replace("\u0131", "i").replace("i\u0307", "i")
    return " ".join(unicodedata.normalize("NFC", folded).split())
