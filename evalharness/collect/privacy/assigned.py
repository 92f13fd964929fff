"""Credentials that a text gives a name, as logs of tools do: `X-Api-Key: 9f8e...`, `password=...`, `Authorization: Basic ...`,
`Authorization: Token ...`."""

from __future__ import annotations

import re
from functools import lru_cache

_KEY = re.compile(
    r"(?:^|_)(?:access_?token|refresh_?token|auth_?token|id_?token|bearer|authorization|api_?keys?|(?:encrypted|secret|access|signing|master|subscription)_?key|jwt|client_?secret|secrets?|passwords?"
    r"|passwd|pwd|passphrase|private_?key|cookie|set_?cookie|session_?token|credentials?|control_?url|listen_?url|signature|token)$",
    re.IGNORECASE,
)
_OF_TEXT = re.compile(r"(?:^|_)(?:tokens|auth)$", re.IGNORECASE)
"""Keys that hold a credential where they hold text; as a number they count, as true they tell that there was one."""
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_PASSWORD = re.compile(r"(?:passwords?|passwd|pwd)$", re.IGNORECASE)
_NAME_LENGTH = 40
_NAME = re.compile(r"""([\w -]*)(?:\\*["']\]?)?[ :=]*\Z""")
"""The words before a separator; behind a quote also the bracket of `headers["X-Api-Key"]`, but not that of "[secret]"."""
_QUOTED = r"""[ \t]*\\*["']?"""
_LIKE_ONE = r"(?!=|//)(?=[A-Za-z0-9._~+/=-]{12})(?=[A-Za-z0-9._~+/=-]{0,200}[0-9])(?=[A-Za-z0-9._~+/=-]{0,200}[A-Za-z])"
"""Looks no further than 200 characters: a text of nothing but separators is looked at once, not once for each of them."""
_BEGINS = re.compile(_LIKE_ONE)
_LONG = re.compile(r"[A-Za-z0-9._~+/=-]{11,}[A-Za-z0-9_~+/=-]")
_ANYTHING = re.compile(r"""(?!\[)(?=\W{0,200}\w)[^\s"'`<>&;,\\]{5,}[^\s"'`<>&;,\\.)\]}]""")
"""A password, without the brackets and the full stop behind it; none where all of it is masked or redacted."""
_SEPARATOR = re.compile(rf"[:=]>?{_QUOTED}")
_COLON = re.compile(rf":>?{_QUOTED}{_LIKE_ONE}")
_AUTHORIZED = re.compile(
    r"((?i:authorization)\W{1,6}(?ai:basic) +)"
    r"(?=[A-Za-z0-9+/]*(?:[0-9]|[a-z][A-Z]))(?=[0-9+/]*[A-Za-z])[A-Za-z0-9+/]{8,}={0,2}(?![\w-])"
    rf"|((?i:authorization)\W{{1,6}}(?ai:token) +){_LIKE_ONE}{_LONG.pattern}"
)
"""A password as Basic writes it, or a key behind the word Token, as Django REST and Deepgram have it."""


@lru_cache(maxsize=1024)
def held(key: str) -> str:
    """Which values under this key are credentials: "any", "text", or "" for none. The same few keys come over and over."""
    plain = _CAMEL.sub("_", key).replace("-", "_").replace(" ", "_")
    return "any" if _KEY.search(plain) else "text" if _OF_TEXT.search(plain) else ""


def may_be_assigned(text: str, folded: str) -> bool:
    """Whether `without_assigned` may change the text, which is given in small letters too: a quick look."""
    if "=" in text or ("author" in folded and ("basic" in folded or "token" in folded)):
        return True
    return ":" in text and _COLON.search(text) is not None


def without_assigned(text: str) -> str:
    """The text with "[secret]" for each value behind the name of a credential, where it looks like one.

    That is: at least 12 characters as tokens have them, with a digit and a letter; behind `password=` any 6 without a space.
    """
    parts: list[str] = []
    done = 0
    for separator in _SEPARATOR.finditer(text):
        if separator.start() >= done and (value := _value(text, separator)):
            parts += (text[done : value.start()], "[secret]")
            done = value.end()
    return _AUTHORIZED.sub(r"\1\2[secret]", "".join((*parts, text[done:])))


def _value(text: str, separator: re.Match[str]) -> re.Match[str] | None:
    """The credential behind a separator."""
    start, end = separator.span()
    is_close = separator[0].rstrip("\\\"'") == "=" and text[start - 1 : start] != " "
    is_token = _BEGINS.match(text, end) is not None
    if not (is_token or is_close):
        return None
    named = _NAME.search(text, max(start - _NAME_LENGTH, 0), start)
    name = named[1].strip() if named else ""
    if is_close and _PASSWORD.search(name):
        return _ANYTHING.match(text, end)
    return _LONG.match(text, end) if is_token and held(name) else None
