"""Encoded text inside a text: what it says, and where it stands. Base64, hexadecimal, escapes, Morse and others."""

from __future__ import annotations

import base64
import binascii
import html
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from urllib.parse import unquote_to_bytes

from evalharness.grade.llm.sieve import held_by, words_of


def _words(text: str) -> list[str]:
    return text.split()


_BASE64 = re.compile(r"(?<![A-Za-z0-9+/_=-])[A-Za-z0-9+/_-]{14,}={0,2}(?![A-Za-z0-9+/_=-])")
_BASE32 = re.compile(r"(?<![A-Z2-7=])[A-Z2-7]{16,}={0,6}(?![A-Z2-7=])")
_HEX = re.compile(r"(?<!\w)(?:(?:0x|\\x)?[0-9a-fA-F]{2}[\s:,-]?){10,}(?!\w)")
_BINARY = re.compile(r"(?<!\w)(?:[01]{7,8}\s?){6,}")
_DECIMAL = re.compile(r"(?<!\w)(?:(?:3[2-9]|[4-9]\d|1[01]\d|12[0-6])[\s,;]+){8,}(?:\d{2,3})")
_ESCAPES = re.compile(
    r"(?:\\u\{?[0-9a-fA-F]{2,6}\}?|\\x[0-9a-fA-F]{2}|&#x?[0-9a-fA-F]+;|%[0-9a-fA-F]{2}|U\+[0-9a-fA-F]{4}\s?){4,}"
)
_PERCENT = re.compile(r"(?:[\w.-]*%[0-9a-fA-F]{2}[\w.-]*){3,}")
_MORSE = re.compile(r"(?<!\S)(?:[.\-·–]{1,5}(?:\s+/?\s*|/)){7,}[.\-·–]{1,5}(?!\S)")
_NATO = _words(
    "alpha alfa bravo charlie delta echo foxtrot golf hotel india juliet juliett kilo lima mike november oscar "
    "papa quebec romeo sierra tango uniform victor whiskey xray yankee zulu"
)
_SPELT = re.compile(rf"\b(?:(?:{'|'.join(_NATO)}|x-ray)\b[\s,.-]*){{5,}}", re.IGNORECASE)
_MORSE_LETTERS = dict(
    zip(
        _words(".- -... -.-. -.. . ..-. --. .... .. .--- -.- .-.. -- -. --- .--. --.- .-. ... - ..- ...- .-- -..- -.-- --.."),
        "abcdefghijklmnopqrstuvwxyz",
        strict=True,
    )
)
MOST_LETTERS = 20_000
"""No more of one encoded stretch is read: what it begins with shows what it is."""


def decoded(text: str) -> Iterator[tuple[str, int, int]]:
    """(what it says, start, end) of every stretch that can be read as encoded text; not all of them say something."""
    held = _possible(text)
    for pattern, read in (form[:2] for number, form in enumerate(_FORMS) if held >> number & 1):
        for match in pattern.finditer(text):
            said = read(match[0][:MOST_LETTERS])
            if said:
                yield said, match.start(), match.end()


def says_words(said: str) -> bool:
    """Whether a decoded stretch is written language: three words and more, and little else."""
    words = re.findall(r"[^\W\d_]{2,}", said)
    letters = sum(letter.isalpha() or letter.isspace() for letter in said)
    return len(words) >= 3 and " " in said.strip() and letters >= 0.85 * len(said)


def _text(data: bytes) -> str:
    try:
        said = data.decode("utf-8").strip("\0\r\n\t ")
    except UnicodeDecodeError:
        return ""
    return said if said.isprintable() else ""


def _base64(text: str) -> str:
    body = text.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return _text(base64.b64decode(body[: len(body) - (len(body) % 4 == 1)] + "=" * (-len(body) % 4), validate=True))
    except (binascii.Error, ValueError):
        return ""


def _base32(text: str) -> str:
    body = text.rstrip("=")
    try:
        return _text(base64.b32decode(body + "=" * (-len(body) % 8)))
    except (binascii.Error, ValueError):
        return ""


def _hex(text: str) -> str:
    digits = re.sub(r"0x|\\x|[\s:,-]", "", text)
    return _text(bytes.fromhex(digits[: len(digits) // 2 * 2]))


def _binary(text: str) -> str:
    return _text(bytes(int(octet, 2) for octet in re.findall(r"[01]{7,8}", text)))


def _decimal(text: str) -> str:
    return _text(bytes(int(number) for number in re.findall(r"\d+", text) if int(number) < 256))


def _escapes(text: str) -> str:
    def letter(match: re.Match[str]) -> str:
        code = int(match[1], 16)
        return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else ""

    said = re.sub(r"(?:\\u\{?|\\x|U\+)([0-9a-fA-F]{2,6})\}?\s?", letter, text)
    return html.unescape(_text(unquote_to_bytes(said)) or said)


def _morse(text: str) -> str:
    words = re.split(r"\s*/\s*|\s{2,}", text.replace("·", ".").replace("–", "-").strip())
    return " ".join("".join(_MORSE_LETTERS.get(sign, "") for sign in word.split()) for word in words)


def _spelt(text: str) -> str:
    return "".join(word[0] for word in re.findall(r"[a-z]+", re.sub(r"x-ray", "xray", text.lower())))


_NUMBER = r"(?:3[2-9]|[4-9]\d|1[01]\d|12[0-6])"
_PAIR = r"(?:(?:0x|\\x)?[0-9a-fA-F]{2}[:,-]?)"
_FORMS: tuple[tuple[re.Pattern[str], Callable[[str], str], re.Pattern[str]], ...] = (
    (_BASE64, _base64, re.compile(r"[A-Za-z0-9+/_-]{14}")),
    (_BASE32, _base32, re.compile(r"[A-Z2-7]{16}")),
    (_HEX, _hex, re.compile(rf"(?<!\w)(?:{_PAIR}{{10}}|{_PAIR}+$)")),
    (_BINARY, _binary, re.compile(r"[01]{7}")),
    (_DECIMAL, _decimal, re.compile(rf"(?<!\w){_NUMBER}(?:[,;]|$)")),
    (_ESCAPES, _escapes, re.compile(r"\\[ux]|&#|%[0-9a-fA-F]{2}|U\+")),
    (_PERCENT, _escapes, re.compile(r"%[0-9a-fA-F]{2}")),
    (_MORSE, _morse, re.compile(r"^[.\-·–]")),
    (_SPELT, _spelt, re.compile(rf"\b(?:{'|'.join(_NATO)}|x-ray)\b", re.IGNORECASE)),
)
"""Each form, how it is read, and what some word (between white space) holds wherever it stands."""
_ALL = (1 << len(_FORMS)) - 1


def _possible(text: str) -> int:
    """A bit for each form that may stand in the text; most texts have none."""
    return held_by(words_of(text), _forms_of, _ALL)


@lru_cache(maxsize=8192)
def _forms_of(word: str) -> int:
    return sum(1 << number for number, (_, _, hint) in enumerate(_FORMS) if hint.search(word))
