"""Cells of calls.csv and turns.csv -> the values of our form. Everything arrives as text and is read strictly."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from evalharness.collect.our_form import CALL_KEYS, HANDOFF_KEYS, TURN_KEYS
from evalharness.collect.reasons import FieldError, printable, shown, unknown_key
from evalharness.collect.strict_json import StrictJsonError, parse_json
from evalharness.models.call import COST_COMPONENTS

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?")
_WHOLE = re.compile(r"[0-9]{1,9}")


def number_of(cell: str, column: str) -> float:
    """The number in a cell. Raises FieldError for anything else: no thousands, no signs, no infinity."""
    if not _NUMBER.fullmatch(cell) or abs(float(cell)) == float("inf"):
        raise FieldError(column, f"must be a number such as 0.25, not {shown(cell)}")
    return float(cell)


def _whole(cell: str, column: str) -> int:
    if not _WHOLE.fullmatch(cell):
        raise FieldError(column, f"must be a whole number from 0 on, not {shown(cell)}")
    return int(cell)


def _flag(cell: str, column: str) -> bool:
    if cell.lower() not in ("true", "false"):
        raise FieldError(column, f"must be true or false, not {shown(cell)}")
    return cell.lower() == "true"


def _json(cell: str, column: str) -> Any:
    try:
        return parse_json(cell)
    except StrictJsonError as error:
        raise FieldError(column, f"must be JSON: {error.reason} at column {error.column} of the cell") from None


def _text(cell: str, column: str) -> str:  # noqa: ARG001 - one shape for all readers of cells
    return cell


_Reader = Callable[[str, str], Any]
_CALLS: dict[str, _Reader] = {
    **{key: _text for key in CALL_KEYS if key not in ("cost", "handoff", "turns")},
    "errors": _json, "metadata": _json, "csat": number_of,
    **{f"cost.{component}": number_of for component in COST_COMPONENTS},
    **{f"handoff.{key}": number_of if key.endswith("_ms") else _text for key in HANDOFF_KEYS},
}  # fmt: skip
_TURNS: dict[str, _Reader] = {
    **dict.fromkeys((key for key in TURN_KEYS if key != "components"), _text),
    "call_id": _text, "index": _whole, "start_ms": number_of, "end_ms": number_of, "latency_ms": number_of,
    "interrupted": _flag, "heard_filler": _flag, "tool_calls": _json,
}  # fmt: skip


class Columns:
    """The columns of one file. Raises FieldError for a column that is unknown, doubled, or missing though required."""

    def __init__(self, names: Sequence[str], known: Mapping[str, _Reader], free: _Reader, required: Sequence[str]) -> None:
        self.names = tuple(name.strip() for name in names)
        self.readers: list[_Reader] = [_reader(name, known, free) for name in self.names]
        twice = sorted({name for name in self.names if self.names.count(name) > 1})
        if twice:
            raise FieldError(printable(twice[0]), "stands twice among the columns")
        missing = [name for name in required if name not in self.names]
        if missing:
            raise FieldError(missing[0], f"is missing among the columns: {', '.join(map(printable, self.names))[:200]}")

    def values(self, cells: Sequence[str]) -> dict[str, Any]:
        """The row as nested values; an empty cell is a missing value. Raises FieldError."""
        if len(cells) != len(self.names):
            raise FieldError("", f"the row has {len(cells)} cells, the header {len(self.names)}")
        found: dict[str, Any] = {}
        for name, reader, cell in zip(self.names, self.readers, cells, strict=True):
            if cell or name == "text":
                _put(found, name, reader(cell, name))
        return found


def call_columns(names: Sequence[str]) -> Columns:
    """The columns of calls.csv: our fields, nested ones dotted; metadata.NAME stays text. Raises FieldError."""
    return Columns(names, _CALLS, _text, ("id",))


def turn_columns(names: Sequence[str]) -> Columns:
    """The columns of turns.csv: call_id, index, our fields; components.NAME in milliseconds. Raises FieldError."""
    return Columns(names, _TURNS, number_of, ("call_id", "speaker", "text"))


def _reader(name: str, known: Mapping[str, _Reader], free: _Reader) -> _Reader:
    prefix, _, rest = name.partition(".")
    if rest and prefix == ("components" if "call_id" in known else "metadata"):
        return free
    if name not in known:
        raise FieldError(printable(name), unknown_key(name, known))
    return known[name]


def _put(found: dict[str, Any], name: str, value: Any) -> None:
    prefix, _, rest = name.partition(".")
    if not rest:
        found[name] = {**value, **found.get(name, {})} if isinstance(value, dict) else value
    else:
        inner = found.setdefault(prefix, {})
        if not isinstance(inner, dict):
            raise FieldError(prefix, "must be an object, as JSON text")
        inner[rest] = value
