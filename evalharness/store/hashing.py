"""What a row's hash and a chain link's hash cover."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache, partial
from typing import Any

from sqlalchemy import REAL, Integer, Table

from evalharness.models.noun import canonical_json, digest_of
from evalharness.store.schema import is_json

LONG_TEXT = 1000
_OWN = ("id", "sha256")


def iso(at: datetime) -> str:
    """An aware instant as ISO text in UTC with microseconds, so that texts sort in time order. Raises ValueError if naive."""
    if at.tzinfo is None:
        raise ValueError("an instant needs its time zone")
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def as_stored(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    """The row as SQLite will give it back: JSON as canonical text, instants as ISO text, numbers in the column's kind.

    Every column but `id` and `sha256` is named (None where the row has none). Raises KeyError for an unknown column and
    TypeError for a value of another kind than the column's.
    """
    writers = _writers(table)
    if not row.keys() <= writers.keys():
        raise KeyError(f"{table.name} has no column {min(row.keys() - writers.keys())!r} to write")
    return {name: writer(row.get(name)) for name, writer in writers.items()}


@cache
def _writers(table: Table) -> dict[str, Callable[[Any], str | int | float | None]]:
    """What each column but `id` and `sha256` does with a value."""
    return {column.name: partial(_as_stored, _kind(column), column) for column in table.columns if column.name not in _OWN}


def _kind(column: Any) -> Callable[[Any], str | int | float]:
    if is_json(column):
        return canonical_json
    return int if isinstance(column.type, Integer) else float if isinstance(column.type, REAL) else str


def _as_stored(kind: Callable[[Any], str | int | float], column: Any, value: Any) -> str | int | float | None:
    if value is None:
        return canonical_json(None) if kind is canonical_json and not column.nullable else None
    if kind is not canonical_json and isinstance(value, datetime):
        return iso(value)
    if kind is str and not isinstance(value, str):
        raise TypeError(f"{column.name} takes text, not {type(value).__name__}")
    return kind(value)


def row_hash(table: str, row_id: int, fields: Mapping[str, Any]) -> str:
    """SHA-256 over table, row id and the stored fields; texts over 1,000 characters enter by their own SHA-256.

    Empty fields do not enter, so a column added by a later schema leaves the hashes of earlier rows as they are.
    """
    entering = {
        name: {"sha256": digest_of(value)} if isinstance(value, str) and len(value) > LONG_TEXT else value
        for name, value in fields.items()
        if value is not None and name not in _OWN
    }
    return digest_of(canonical_json([table, row_id, entering]))


def link_hash(seq: int, table: str, row_id: int, row_digest: str, previous: str) -> str:
    """SHA-256 over one link of the chain."""
    return digest_of(canonical_json([seq, table, row_id, row_digest, previous]))
