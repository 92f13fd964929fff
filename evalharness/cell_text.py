"""Text as a cell of a spreadsheet can hold and show it: pure, and without the library that writes spreadsheets."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable

CELL_LIMIT = 32_767
"""UTF-16 units a cell can hold; what is longer is cut silently by spreadsheet programs."""

MAX_ROW_HEIGHT = 409.0
"""Points; spreadsheet programs refuse more."""

LINE_HEIGHT = 13.0
_FIT = 1.12  # average letters a width unit, a digit wide, holds
_UNSHOWABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_MARK_ROOM = 40


def visible(text: str) -> str:
    r"""The text with every character that a workbook cannot carry shown as an escape such as `\u{d}`.

    Those are control characters but tab and line feed, U+FFFE, U+FFFF, lone surrogates, and the underscore of `_x000D_`,
    which spreadsheet programs would decode. Doing it twice changes nothing more.
    """
    return _UNSHOWABLE.sub(lambda found: f"\\u{{{ord(found[0]):x}}}", text)


def text_units(text: str) -> int:
    """Length in UTF-16 units, the unit of the limit of a cell."""
    return len(text) if text.isascii() else len(text) + sum(character > "\uffff" for character in text)


def split_text(text: str, limit: int = 32_000) -> list[str]:
    """The text in parts whose visible form, mark included, has at most `limit` UTF-16 units each.

    Parts after the first begin with a mark such as "(continued 2 of 3) "; without the marks they join to the text again.
    Parts end behind a space where one is near. Raises ValueError for a limit below 100.
    """
    if limit < 100:
        raise ValueError(f"a part of {limit} characters is too small to be read")
    if text_units(visible(text)) <= limit:
        return [text]
    parts, start = [], 0
    while start < len(text):
        end = _part_end(text, start, limit - _MARK_ROOM)
        parts.append(text[start:end])
        start = end
    return [parts[0], *(f"(continued {number} of {len(parts)}) {part}" for number, part in enumerate(parts[1:], start=2))]


def _part_end(text: str, start: int, room: int) -> int:
    """Where the part that starts at `start` ends, at least one character later."""
    end = start
    while end < len(text):
        room -= 8 if _UNSHOWABLE.match(text, end) else text_units(text[end])
        if room < 0:
            break
        end += 1
    if end < len(text):
        space = max(text.rfind(" ", end - 80, end), text.rfind("\n", end - 80, end))
        end = space + 1 if space > start else end
    return end


def row_height(texts_and_widths: Iterable[tuple[str, float]], line: float = LINE_HEIGHT) -> float:
    """Points that show all texts wrapped in columns of these widths (characters), one line at least, at most 409."""
    lines = max((_lines(text, width) for text, width in texts_and_widths), default=1)
    return min(MAX_ROW_HEIGHT, lines * line + 4)


def _lines(text: str, width: float) -> int:
    """Lines a text takes when wrapped at words; wide characters count twice."""
    return sum(_paragraph_lines(paragraph, max(width * _FIT - 1.5, 3)) for paragraph in visible(text).split("\n"))


def _paragraph_lines(paragraph: str, width: float) -> int:
    lines, used = 1, 0.0
    for word in paragraph.split(" "):
        size = _columns(word)
        if used and used + 1 + size > width:
            lines, used = lines + 1, 0.0
        used += size + (1 if used else 0)
        if used > width:
            more = math.ceil(used / width) - 1
            lines, used = lines + more, used - more * width
    return lines


def _columns(word: str) -> int:
    if word.isascii():
        return len(word)
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in word)
