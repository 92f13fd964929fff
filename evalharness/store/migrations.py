"""From an empty file to the newest schema, and from every older schema to it, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, inspect, text

from evalharness.errors import LedgerError, SchemaError
from evalharness.store.schema import METADATA, SCHEMA, guards

_PICKS = (
    "id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT",
    *(f"{name} TEXT NOT NULL" for name in ("at", "week", "source", "call_id", "person", "reason", "call", "sha256")),
    "UNIQUE (week, source, call_id, person)",
)


def _calls_picked_by_hand(connection: Connection) -> None:
    """Schema 2: the table of the calls that people add to a week's grading by hand."""
    columns = ", \n\t".join(_PICKS)  # letter by letter as a new ledger has it
    connection.exec_driver_sql(f"CREATE TABLE picks (\n\t{columns}\n)")
    for name, statement in guards().items():
        if name.startswith("picks_no_"):
            connection.exec_driver_sql(statement)


_TOMBSTONES = (
    "id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT",
    "at TEXT NOT NULL",
    "purge_id INTEGER NOT NULL",
    "table_name TEXT NOT NULL",
    "row_id INTEGER NOT NULL",
    *(f"{name} TEXT NOT NULL" for name in ("fields", "row_hash")),
    "replacement TEXT",
    "sha256 TEXT NOT NULL",
    "UNIQUE (table_name, row_id, purge_id)",
    "FOREIGN KEY(purge_id) REFERENCES audit (id)",
)


def _texts_can_be_purged(connection: Connection) -> None:
    """Schema 3: the table of what purges took out, and guards that let them alone through."""
    columns = ", \n\t".join(_TOMBSTONES)
    connection.exec_driver_sql(f"CREATE TABLE tombstones (\n\t{columns}\n)")
    for name, statement in guards().items():
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
        connection.exec_driver_sql(statement)


Migration = Callable[[Connection], None]
MIGRATIONS: Mapping[int, Migration] = {1: _calls_picked_by_hand, 2: _texts_can_be_purged}
"""Schema n -> the change of tables that makes it n + 1. New columns are nullable: hashes of earlier rows stay valid."""


def create_tables(connection: Connection) -> None:
    """Every table of the newest schema and the guards that keep them append-only."""
    METADATA.create_all(connection)
    for statement in guards().values():
        connection.exec_driver_sql(statement)


def stored_schema(connection: Connection) -> int | None:
    """The schema of the file; None for a file without tables. Raises LedgerError for tables that are not ours."""
    names = inspect(connection).get_table_names()
    if not names:
        return None
    if "meta" not in names or "chain" not in names:
        raise LedgerError("the file is a database, but not a ledger of evalharness", fix="Give the path of ledger.db.")
    found: Any = connection.execute(text("SELECT max(schema_version) FROM meta")).scalar()
    return int(found or 0)


def pending(found: int, newest: int = SCHEMA) -> list[int]:
    """The schemas to step from, in order. Raises SchemaError for one that is newer than this version or unknown."""
    if found > newest:
        raise SchemaError(
            f"the ledger was written by a newer version (schema {found}; this version knows up to {newest})",
            why="An older version could misread what the newer one wrote.",
            fix="Update evalharness.",
        )
    steps = list(range(found, newest))
    if found < 1 or any(step not in MIGRATIONS for step in steps):
        raise SchemaError(f"the ledger has the unknown schema {found}", fix="Restore the newest backup.")
    return steps
