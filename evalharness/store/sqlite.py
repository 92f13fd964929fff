"""SQLite through SQLAlchemy: how a connection is set up, and its errors in words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from evalharness.errors import LedgerCorruptError, LedgerError

BUSY_MS = 30_000
PRAGMAS = (
    f"PRAGMA busy_timeout = {BUSY_MS}",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",
    "PRAGMA recursive_triggers = ON",  # else INSERT OR REPLACE deletes behind the back of the guards
)


def make_engine(path: Path) -> Engine:
    """An engine on the file, which must exist. Writers (`execution_options(writer=True)`) begin IMMEDIATE, readers plainly."""
    engine = create_engine(URL.create("sqlite", database=str(path)), hide_parameters=True)
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    return engine


def _on_connect(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver begins no transactions of its own
    connection.text_factory = _decode
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _decode(text: bytes) -> str:
    """A damaged byte shows as a changed text, which the row's hash finds, instead of an error without a row."""
    return text.decode(errors="replace")


def _on_begin(connection: Connection) -> None:
    writer = connection.get_execution_options().get("writer", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writer else "BEGIN")


_SAYINGS = {
    "file is not a database": ("the ledger's file is not a ledger", "Restore the newest backup."),
    "malformed": ("the ledger's file is damaged", "Restore the newest backup; nothing is repaired silently."),
    "disk is full": ("the disk is full", "Free some space, then run the same command again."),
    "disk i/o error": ("the disk refuses to read or write", "Check the disk and its free space, then run it again."),
    "locked": ("another process is writing to the ledger", "Let it finish, then run the same command again."),
    "readonly": ("the ledger may not be written", "Check who owns the workspace and its files."),
    "unable to open": ("the ledger cannot be opened", "Check the path and who may read it."),
    "append-only": ("a row of the ledger cannot be changed or deleted", "Append a new row that supersedes it."),
    "constraint failed": ("the ledger refuses a row that contradicts another one", ""),
}
_CORRUPT = ("file is not a database", "malformed")


@contextmanager
def in_words(path: Path) -> Iterator[None]:
    """Turn the driver's errors into a LedgerError (LedgerCorruptError for a damaged file) that says what to do."""
    try:
        yield
    except DBAPIError as error:
        text = str(error.orig)
        known = next((saying for saying in _SAYINGS if saying in text.lower()), None)
        what, fix = _SAYINGS[known] if known else ("the ledger cannot be used", "")
        kind = LedgerCorruptError if known in _CORRUPT else LedgerError
        raise kind(f"{what} ({text})", where=str(path), why="Nothing of this step was kept.", fix=fix) from error
