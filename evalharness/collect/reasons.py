"""Why a row is not taken, in plain words: which field, what is wrong with it, what stands there."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Mapping
from typing import Any

SHOWN = 40
_KINDS = {
    bool: "true or false", int: "a number", float: "a number", str: "text", list: "a list", tuple: "a list", dict: "an object",
}  # fmt: skip
_WANTED = {
    "string_type": "text",
    "float_type": "a number",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "dict_type": "an object",
    "model_type": "an object",
    "model_attributes_type": "an object",
    "tuple_type": "a list",
    "list_type": "a list",
}
_SENTENCES = {
    "missing": "is missing",
    "literal_error": "must be one of {expected}; it is {shown}",
    "greater_than_equal": "must be at least {ge:g}; it is {shown}",
    "less_than_equal": "must be at most {le:g}; it is {shown}",
    "string_too_short": "must not be empty",
    "string_too_long": "must have at most {max_length} characters; it has {length}",
    "string_pattern_mismatch": "must be a currency code such as USD; it is {shown}",
}


class FieldError(ValueError):
    """One field of one row may not be what it is. `line` is set where it differs from the row's own (a turn of a CSV)."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}" if field else reason)
        self.field, self.reason = field, reason


def kind_of(value: Any) -> str:
    """What a JSON value is, in words: "a number", "text", "a list", "nothing"."""
    return _KINDS.get(type(value), "nothing")


def shown(value: Any) -> str:
    """The value as JSON on one line, cut after 40 characters: fit for a message."""
    text = json.dumps(value, ensure_ascii=True, default=str)
    return text if len(text) <= SHOWN else text[:SHOWN] + "..."


def printable(name: str) -> str:
    """A key or column as one line of ASCII without control characters, cut after 40: fit for a message."""
    return json.dumps(name)[1:-1][:SHOWN]


def wrong_kind(wanted: str, value: Any) -> str:
    """Such as: must be a number, not text ("abc"). Containers are not repeated."""
    if value is None or isinstance(value, list | tuple | dict):
        return f"must be {wanted}, not {kind_of(value)}"
    return f"must be {wanted}, not {kind_of(value)} ({shown(value)})"


def unknown_key(name: str, known: Iterable[str]) -> str:
    """Names the nearest known key, or all of them where none is near."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1)
    return f"unknown key {shown(name)}; " + (f"did you mean {near[0]}?" if near else f"known: {', '.join(names)}")


def check_keys(raw: Mapping[str, Any], known: frozenset[str], prefix: str = "") -> None:
    """Refuses keys outside `known`. Raises FieldError naming the first one."""
    if raw.keys() <= known:
        return
    name = next(key for key in raw if key not in known)
    raise FieldError(prefix + printable(name), unknown_key(name, known))


def in_words(error: Mapping[str, Any]) -> str:
    """One entry of pydantic's `ValidationError.errors()` in plain words."""
    kind, value = error["type"], error.get("input")
    if kind in _WANTED:
        return wrong_kind(_WANTED[kind], value)
    if kind in _SENTENCES:
        filled = {**error.get("ctx", {}), "shown": shown(value), "length": len(str(value))}
        return _SENTENCES[kind].format_map(filled)
    return str(error["msg"]).removeprefix("Value error, ")
