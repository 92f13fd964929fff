"""Why a row is not taken, in plain words: which field, what is wrong with it, what stands there."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

SHOWN, NAMED = 20, 40
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
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
    """The value as JSON where it is one word of at most 20 characters or a UUID, else what it is: "text of 48 characters".

    Reasons are kept for ever and printed, and what stands in a wrong field may be what a caller said.
    """
    return _one_word(value) or _measured(value)


def _one_word(value: Any) -> str | None:
    if isinstance(value, list | tuple | dict):
        return None
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    return json.dumps(value, default=str) if is_word(text, SHOWN) or _UUID.fullmatch(text) else None


def is_word(text: str, longest: int) -> bool:
    """Whether the text has no spaces and at most `longest` characters."""
    return len(text) <= longest and not any(sign.isspace() for sign in text)


def _measured(value: Any) -> str:
    if isinstance(value, list | tuple | dict):
        return f"{kind_of(value)} of {len(value)} entries"
    return f"{_KINDS.get(type(value), 'a value')} of {len(str(value))} characters"


def printable(name: str) -> str:
    """A key or column as one line of ASCII; one with spaces or of more than 40 characters by its length alone."""
    return json.dumps(name)[1:-1] if is_word(name, NAMED) else f"(a name of {len(name)} characters)"


def wrong_kind(wanted: str, value: Any) -> str:
    """Such as: must be a number, not text ("abc"). Containers are not repeated."""
    if value is None or isinstance(value, list | tuple | dict):
        return f"must be {wanted}, not {kind_of(value)}"
    word = _one_word(value)
    return f"must be {wanted}, not " + (f"{kind_of(value)} ({word})" if word else _measured(value))


def unknown_key(name: str, known: Iterable[str]) -> str:
    """Names the nearest known key, or all of them where none is near."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1)
    named = json.dumps(name) if is_word(name, NAMED) else f"of {len(name)} characters"
    return f"unknown key {named}; " + (f"did you mean {near[0]}?" if near else f"known: {', '.join(names)}")


def check_keys(raw: Mapping[str, Any], known: frozenset[str], prefix: str = "") -> None:
    """Refuses keys outside `known`. Raises FieldError naming the first one."""
    if known.issuperset(raw):
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
