"""Credentials in a text that is JSON, holds it ("HTTP 200 {...}", a line each) or was cut out of it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

Drop = Callable[[Any], tuple[Any, int]]
"""A JSON value without its credentials, and how many there were."""
_TRIES = 8
"""Brackets that open no JSON ("[info]") before the rest of a text is read by expression alone."""
_OPENING = re.compile(r"[{\[]")
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_PAIR = re.compile(
    r"""(?P<before>["'](?P<key>[\w \-]{2,60})(?P<quote>\\*["'])\s*[:=]\s*)"""
    r"""(?:(?P<text>(?P=quote)(?:(?!(?P=quote))(?:\\+.|[^\\\n]))*(?P=quote)?)|(?P<other>\{[^{}]*\}?|(?!\[secret\])\[[^\[\]]*\]?|-?\d[\w.+\-]*))"""
)


_LAST_KEY = re.compile(r"""["']([\w \-]{2,60})["']\s*:\s*$""")
_KEY_LENGTH = 80
_GONE = '"[secret]"'


def without_pairs(text: str, drop: Drop) -> str:
    """The text without the credentials of every JSON value in it; what cannot be parsed is read by expression.

    Read leniently: a key may stand twice (the last one counts where something is dropped), NaN is a number.
    """
    parts = [piece if parsed else _by_expression(piece, drop) for piece, parsed in _pieces(text, drop)]
    return "".join(parts)


def _pieces(text: str, drop: Drop) -> Iterator[tuple[str, bool]]:
    """The text in pieces: JSON as it is kept (True), and what stands before, between and behind (False)."""
    position = done = failed = 0
    while failed < _TRIES and (opening := _OPENING.search(text, position)):
        try:
            value, end = _DECODER.raw_decode(text, opening.start())
            kept, dropped = drop(value)
            piece = text[opening.start() : end]
            if dropped:
                piece = json.dumps(kept, ensure_ascii=_SURROGATE.search(piece) is not None)
        except (ValueError, RecursionError):
            position, failed = opening.end(), failed + 1
            continue
        before = text[done : opening.start()]
        yield before, False
        yield _GONE if _is_named(before, drop) else piece, True
        position = done = end
    yield text[done:], False


def _is_named(before: str, drop: Drop) -> bool:
    """Whether the key that stands last before a value, in a text cut short, names a credential."""
    key = _LAST_KEY.search(before[-_KEY_LENGTH:])
    return key is not None and not drop({key[1]: [""]})[0]


def _by_expression(text: str, drop: Drop) -> str:
    r"""Each `"key": value` whose key names a credential gets "[secret]" for a value, at any depth of escaped quotes."""

    def changed(match: re.Match[str]) -> str:
        value = "" if match["text"] else 0 if match["other"][0] not in "{[" else [""]
        if drop({match["key"]: value})[0]:
            return match[0]
        return f"{match['before']}{match['quote']}[secret]{match['quote']}"

    return _PAIR.sub(changed, text) if ":" in text or "=" in text else text


_DECODER = json.JSONDecoder()
