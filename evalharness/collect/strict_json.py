"""JSON read strictly: RFC 8259, and nothing that would change silently on the way in.

Refused beside bad grammar: NaN and Infinity, numbers no float can hold, a key that stands twice in one object, nesting
deeper than 200, bytes that are not UTF-8, half of a surrogate pair. A byte order mark is tolerated at the very start.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

from pydantic_core import from_json, to_json

from evalharness.collect.reasons import NAMED, is_word

MAX_DEPTH = 200
MAX_DIGITS = 300
_BOM = "\ufeff"
_TOKEN = re.compile(r'"(?:[^"\\]|\\.?)*"?|[\[\]{}:,]|[^\s\[\]{}:,"]+', re.DOTALL)
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|.)", re.DOTALL)


class StrictJsonError(ValueError):
    """The text is not JSON we take. `reason` says why in words; `line` and `column` count from 1 within the text."""

    def __init__(self, reason: str, line: int, column: int) -> None:
        super().__init__(f"{reason} (line {line}, column {column})")
        self.reason, self.line, self.column = reason, line, column


class _RefusedError(ValueError):
    """Raised inside the parser's hooks, which know the token but not where it stands. Without one a key stands twice."""

    def __init__(self, reason: str, token: str | None = None) -> None:
        super().__init__(reason)
        self.token = token


def parse_json(data: bytes | str, *, unique_keys: bool = True) -> Any:
    """The value of one JSON text. Raises StrictJsonError with line and column.

    The grammar allows a key that stands twice and parsers then keep the last value silently; it is refused here
    unless `unique_keys` is False.
    """
    if isinstance(data, bytes) and (quick := _quick(data)) is not _UNSURE:
        return quick
    text = _decoded(data) if isinstance(data, bytes) else data
    text = text.removeprefix(_BOM)
    if text.count("[") + text.count("{") > MAX_DEPTH:
        _check_depth(text)
    try:
        value = _decoder(text, unique_keys=unique_keys).decode(text)
    except json.JSONDecodeError as error:
        raise StrictJsonError(_in_words(error), error.lineno, error.colno) from None
    except _RefusedError as error:
        raise _at(text, _place(text, error.token), str(error)) from None
    if _SURROGATE.search(text):
        _check_surrogates(text)
    return value


def _quick(data: bytes) -> Any:
    """The value by a quicker parser, and _UNSURE wherever it may decide otherwise: bad grammar, half of a surrogate pair,
    nesting, numbers too large, a key that stands twice.

    The quicker parser keeps the last of two such keys. Its own limit of nesting is MAX_DEPTH, but it takes an empty object one
    level below that; so it gets the text within an array, where the text must be all there is.
    """
    if _MANY_ZEROS in data[::_STEP].translate(_DIGITS_AS_ZERO):
        return _UNSURE
    text = b"[%b]" % data
    try:
        values = from_json(text, allow_inf_nan=False, cache_strings="keys")
        again = to_json(values, inf_nan_mode="constants")
    except ValueError:
        return _UNSURE
    return values[0] if len(values) == 1 and (again == text or _as_many_keys(data, again)) else _UNSURE


def _as_many_keys(data: bytes, again: bytes) -> bool:
    """Whether the value written out again surely has every key of the text: where one stood twice it has fewer colons. Those in
    strings are the same in both unless one is escaped. False also where a number was too large.

    Searches go from the end, and colons are counted by what is left without them: each is the quicker way.
    """
    if (b"\\" in data and data.rfind(b"\\u003") >= 0) or again.rfind(b"Infinity") >= 0:
        return False
    return len(again) - len(again.replace(b":", b"")) == len(data) - len(data.replace(b":", b""))


_UNSURE = object()
_STEP = 20
_DIGITS_AS_ZERO = bytes.maketrans(b"123456789", b"000000000")
_MANY_ZEROS = b"0" * (MAX_DIGITS // _STEP)
"""In every 20th byte: more digits than MAX_DIGITS leave at least 15 of them one after the other."""


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        raise _at(before, len(before), f"byte 0x{data[error.start]:02X} is not UTF-8") from None


def _at(text: str, position: int, reason: str) -> StrictJsonError:
    line = text.count("\n", 0, position) + 1
    return StrictJsonError(reason, line, position - text.rfind("\n", 0, position))


def _in_words(error: json.JSONDecodeError) -> str:
    if error.pos >= len(error.doc.rstrip()):
        return "the text ends too early"
    return error.msg[:1].lower() + error.msg[1:]


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        named = repr(twice) if is_word(twice, NAMED) else f"of {len(twice)} characters"
        raise _RefusedError(f"the key {named} stands twice in one object")
    return found


def _float(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise _RefusedError(f"the number {text[:40]} is too large", text)
    return value


def _int(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise _RefusedError(f"a number of {len(text)} digits is too large", text)
    return int(text)


def _constant(text: str) -> Any:
    raise _RefusedError(f"{text} is not a JSON number", text)


def _decoder(text: str, *, unique_keys: bool) -> json.JSONDecoder:
    """Each number is looked at only where the text has one of 200 digits, or with an exponent of three: no other is too large."""
    if not unique_keys:
        return _LAST_WINS
    return _DECODER if _LARGE.search(text) else _QUICK


_LARGE = re.compile(r"[0-9](?:[eE]\+?[0-9]{3}|[0-9]{199})")
_QUICK = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant)
_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_float=_float, parse_int=_int, parse_constant=_constant)
_LAST_WINS = json.JSONDecoder(parse_float=_float, parse_int=_int, parse_constant=_constant)


def _place(text: str, token: str | None) -> int:
    """Where the token stands for the first time, or (None) where a key stands for the second time in its object."""
    keys: list[set[str]] = [set()]
    last = _TOKEN.match("")
    for match in _TOKEN.finditer(text):
        if match[0] == token:
            return match.start()
        if match[0] in ("{", "["):
            keys.append(set())
        elif match[0] in ("}", "]") and len(keys) > 1:
            keys.pop()
        elif match[0] == ":" and token is None and last is not None:
            name = json.loads(last[0])
            if name in keys[-1]:
                return last.start()
            keys[-1].add(name)
        last = match
    return 0


def _check_depth(text: str) -> None:
    depth = 0
    for match in _TOKEN.finditer(text):
        if match[0] in ("[", "{"):
            depth += 1
            if depth > MAX_DEPTH:
                raise _at(text, match.start(), f"nested deeper than {MAX_DEPTH} levels")
        elif match[0] in ("]", "}"):
            depth -= 1


def _check_surrogates(text: str) -> None:
    """A high surrogate must be followed at once by a low one, and a low one must follow a high one."""
    high_end: int | None = None
    high_start = 0
    for match in _ESCAPE.finditer(text):
        code = int(match[1], 16) if match[1] else 0
        low = 0xDC00 <= code <= 0xDFFF
        if low != (high_end == match.start()):
            break
        if high_end is not None and not low:
            break
        high_end = None
        if 0xD800 <= code <= 0xDBFF:
            high_start, high_end = match.start(), match.end()
    else:
        if high_end is None:
            return
    where = high_start if high_end is not None else match.start()
    raise _at(text, where, "half of a surrogate pair is not a character")
