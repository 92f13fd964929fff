"""Reading and appending rows inside one database transaction; no row is used whose hash does not fit."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import chain
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Insert, Select, Table, func, insert, select

from evalharness.errors import LedgerCorruptError
from evalharness.store.hashing import as_stored, link_hash, row_hash
from evalharness.store.schema import CHAIN, KEPT, METADATA, TOMBSTONES, is_json

_AT_ONCE = 500
"""Rows fetched at once."""


def stored_rows(connection: Connection, name: str, equal: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The rows as they stand in the file, oldest first; `equal` filters by column (None = empty; a list: any of these).

    A row whose texts were purged is given as it stands since.

    Raises LedgerCorruptError for a row that does not fit its hash and KeyError for an unknown table or column.
    """
    table = METADATA.tables[name]
    purged: dict[int, str] | None = None
    query = select(table).where(*(_is(table.columns[column], value) for column, value in equal.items()))
    result = connection.execute(query.order_by(_key(table)))
    names = tuple(result.keys())
    for found in chain.from_iterable(result.partitions(_AT_ONCE)):
        row = dict(zip(names, found, strict=True))
        if table is not CHAIN and (digest := row_hash(name, row["id"], row)) != row["sha256"]:
            purged = tombstoned(connection, name) if purged is None else purged
            if purged.get(row["id"]) == digest:
                yield row
                continue
            raise LedgerCorruptError(
                f"{name} row {row['id']} does not match its hash",
                why="It was changed after it was written, or the disk damaged it.",
                fix="Run `evalharness verify`, and restore the newest backup.",
            )
        yield row


def tombstoned(connection: Connection, name: str) -> dict[int, str]:
    """Row id -> the hash that the row of this table has since a purge took texts out of it."""
    query = select(TOMBSTONES.c.row_id, TOMBSTONES.c.row_hash).where(TOMBSTONES.c.table_name == name)
    return {row.row_id: row.row_hash for row in connection.execute(query.order_by(TOMBSTONES.c.id))}


def _is(column: Column[Any], value: Any) -> ColumnElement[bool]:
    return column.in_(value) if isinstance(value, list) else column == value


def decoded(name: str, row: dict[str, Any]) -> dict[str, Any]:
    """The row with its JSON columns as values."""
    columns = [column.name for column in METADATA.tables[name].columns if is_json(column)]
    return row | {column: json.loads(row[column]) for column in columns if row[column] is not None}


def head(connection: Connection) -> tuple[int, str]:
    """Number and hash of the newest link of the chain; (0, "") when there is none."""
    found = connection.execute(_HEAD).first()
    return (0, "") if found is None else (found.seq, found.hash)


_HEAD = select(CHAIN.c.seq, CHAIN.c.hash).order_by(CHAIN.c.seq.desc()).limit(1)


@cache
def _insert(table: Table) -> Insert:
    """Made once: a statement that is used again is not compiled again."""
    return insert(table)


@cache
def _newest(table: Table) -> Select[Any]:
    return select(func.max(_key(table)))


class Appender:
    """Appends rows inside one transaction whose caller holds the write lock, so ends of tables and chain are read once.

    The links of the chain are written by `flush`, many at a time; whoever reads the chain before that flushes first.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._last: dict[str, int] = {}
        self._head: tuple[int, str] | None = None
        self._links: list[dict[str, Any]] = []

    def append(self, name: str, rows: Sequence[Mapping[str, Any]]) -> list[int]:
        """Write the rows with their hashes; their ids. Their links of the chain wait for `flush`."""
        table, first = KEPT[name], self._next_id(name)
        written = [_hashed(table, row_id, row) for row_id, row in enumerate(rows, first)]
        if written:
            self._connection.execute(_insert(table), written)
            self._last[name] = written[-1]["id"]
            self._links += self._linked(name, written)
        return [row["id"] for row in written]

    def flush(self) -> None:
        """Write the links that wait."""
        if self._links:
            self._connection.execute(_insert(CHAIN), self._links)
            self._links = []

    def head(self) -> tuple[int, str]:
        """Number and hash of the newest link, written or waiting."""
        if self._head is None:
            self._head = head(self._connection)
        return self._head

    def _next_id(self, name: str) -> int:
        if name not in self._last:
            self._last[name] = self._connection.execute(_newest(KEPT[name])).scalar() or 0
        return self._last[name] + 1

    def _linked(self, name: str, written: list[dict[str, Any]]) -> list[dict[str, Any]]:
        seq, previous = self.head()
        links = []
        for row in written:
            seq += 1
            digest = link_hash(seq, name, row["id"], row["sha256"], previous)
            link = {"seq": seq, "table_name": name, "row_id": row["id"], "row_hash": row["sha256"]}
            links.append({**link, "previous": previous, "hash": digest})
            previous = digest
        self._head = seq, previous
        return links


def append_rows(connection: Connection, name: str, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Write the rows with their hashes and their links of the chain; their ids. The caller holds the write lock."""
    appender = Appender(connection)
    ids = appender.append(name, rows)
    appender.flush()
    return ids


def _key(table: Table) -> Any:
    return table.c.seq if table is CHAIN else table.c.id


def _hashed(table: Table, row_id: int, row: Mapping[str, Any]) -> dict[str, Any]:
    fields = as_stored(table, row)
    return {"id": row_id, **fields, "sha256": row_hash(table.name, row_id, fields)}
