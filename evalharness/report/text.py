"""Hostile text made safe for each place it is shown in: terminal, CSV, Markdown, JSON.

Nothing is deleted: a character that could act (a control character, an escape sequence, a reversal of direction, an
invisible one) is replaced by its number, so what a reader sees is what stands there.
"""

from __future__ import annotations

import re
import unicodedata

_INVISIBLE = (
    "\x00-\x1f\x7f-\x9f"  # C0, DEL, C1 (terminals obey U+009B as they do ESC [)
    "\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"  # soft hyphen, zero width, line ends, bidi
    "\ufff9-\ufffb\ufffe\uffff\ufe00-\ufe0f\ud800-\udfff"  # annotations, non-characters, variation selectors, lone surrogates
    "\U000e0000-\U000e007f\U000e0100-\U000e01ef"  # tags, more variation selectors
)
_HIDDEN = re.compile(f"[{_INVISIBLE}]")
_ACTS_IN_JSON = re.compile("[\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff\ud800-\udfff]")
_MARKDOWN = re.compile(r"([\\`*_\[\]|#~!$])")
_LINKED, _WIDE = re.compile(r"@(?=\w)|[#!](?=[0-9])"), {"@": "＠", "#": "＃", "!": "！"}
_GH = re.compile(r"(?<=\bgh)-(?=[0-9])", re.IGNORECASE)
_TOKEN = re.compile(r"([\w-]+)")
_COMMIT = re.compile(r"^(?:[\w-]*-)?(?=[0-9]*[a-f])(?=[a-f]*[0-9])[0-9a-f]{7,40}(?:-[\w-]*)?$", re.IGNORECASE)
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_WEB = re.compile(r"https?://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?(?:[/?][A-Za-z0-9/?:@!$&()*+,;=._~%-]*)?")
_LONGEST_ADDRESS = 2000
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
ELLIPSIS = "…"


def visible(text: str, keep: str = "") -> str:
    r"""The text with every character that acts or hides shown by its number, `\u{1b}`; those in `keep` stay."""
    return _HIDDEN.sub(lambda found: found[0] if found[0] in keep else _number(found), text)


def straight(text: str) -> str:
    """The text with the characters shown that turn the direction of all that follows; letters of any script stay as they are."""
    return _TURNS.sub(_number, text)


def _number(found: re.Match[str]) -> str:
    return f"\\u{{{ord(found[0]):x}}}"


def short(text: str, limit: int = 40) -> str:
    """A long name cut in the middle, with an ellipsis where something is left out."""
    if len(text) <= limit:
        return text
    head = (limit - 1) // 2
    return text[:head] + ELLIPSIS + text[len(text) - (limit - 1 - head) :]


def columns(text: str) -> int:
    """How many terminal columns the text takes: wide characters take two, combining ones none."""
    return sum(0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def web_address(text: str | None) -> str | None:
    """The text where it is an http or https address that a program may be given to open; None for all else.

    No name or password before the host, no other scheme, no character that has to be escaped, at most 2,000 characters.
    """
    known = text if text is not None and len(text) <= _LONGEST_ADDRESS else ""
    return known if _WEB.fullmatch(known) else None


def csv_cell(text: str) -> str:
    """A text no spreadsheet takes for a formula: an apostrophe stands before a beginning that could be one (OWASP's list)."""
    safe = visible(text, keep="\t\n")
    return f"'{safe}" if text.startswith(_FORMULA) else safe


def markdown(text: str) -> str:
    """The text as text in Markdown and in the HTML made of it: no tag, no link, no emphasis, no table cell of its own.

    What a forge makes a link of once the Markdown is read, whatever is escaped, has another sign: @ before a name, # and ! before
    a number are full-width, the hyphen of GH-12 joins; what looks like a commit stands as code. Nobody is mentioned and nothing
    linked, wherever it is posted.
    """
    plain = _LINKED.sub(lambda found: _WIDE[found[0]], _GH.sub("\u2011", visible(text)))
    safe = "".join(f"`{part}`" if _COMMIT.search(part) else _escaped(part) for part in _TOKEN.split(plain))
    return safe.replace("://", "\\://").replace("www.", "www\\.")


def _escaped(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def json_text(text: str) -> str:
    """JSON whose hidden characters are written as escapes: it parses to the same values and cannot steer a terminal."""
    return _ACTS_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
