"""The ledger: append-only tables in one SQLite file, each row hashed, all rows linked in one chain.

The chain makes tampering evident, not impossible: whoever holds the disk can recompute all of it or cut its tail, unless
a head is kept elsewhere (every report and export names the head it rests on).
"""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, Engine, update

from evalharness.errors import ExportError, LedgerCorruptError, LedgerError
from evalharness.store import migrations, rows, standing, verify
from evalharness.store.files import create_private, make_folder, sync_folder
from evalharness.store.hashing import as_stored, row_hash
from evalharness.store.schema import KEPT, SCHEMA
from evalharness.store.sqlite import in_words, make_engine

NAMED = 3
"""So many problems are named where a ledger is refused; `verify` lists all."""


class Transaction:
    """What is appended here is kept together or not at all. Made by `Ledger.transaction`."""

    def __init__(self, connection: Connection) -> None:
        self._connection, self._appender = connection, rows.Appender(connection)

    def append(self, table: str, row: Mapping[str, Any]) -> int:
        """Write one row (`at` included; JSON columns as values) with its hash and chain link; its id."""
        return self.append_many(table, [row])[0]

    def append_many(self, table: str, given: Sequence[Mapping[str, Any]]) -> list[int]:
        """Write many rows of one table at once; their ids."""
        return self._appender.append(table, given)

    def rows(self, table: str, **equal: Any) -> list[dict[str, Any]]:
        """As `Ledger.rows`, with what this transaction has appended so far."""
        return [rows.decoded(table, row) for row in self.stored(table, **equal)]

    def stored(self, table: str, **equal: Any) -> list[dict[str, Any]]:
        """As `Ledger.stored`, with what this transaction has appended so far."""
        self._appender.flush()
        return list(rows.stored_rows(self._connection, table, equal))

    def head(self) -> str:
        """As `Ledger.head`, with what this transaction has appended so far; nobody else can append before it ends."""
        return self._appender.head()[1]

    def entomb(self, purge: int, table: str, row: int, columns: Mapping[str, Any], at: Any) -> None:
        """Take texts out of a row: a tombstone under the audit row `purge`, then the columns anew (JSON as values).

        The row keeps the hash it was written with. Raises LedgerError for a table whose rows never change.
        """
        before = self.stored(table, id=row)[0]
        new = {name: value for name, value in as_stored(KEPT[table], columns).items() if name in columns}
        named = {"purge_id": purge, "table_name": table, "row_id": row, "fields": sorted(columns), "at": at}
        self.append("tombstones", {**named, "row_hash": row_hash(table, row, {**before, **new})})
        self._connection.execute(update(KEPT[table]).where(KEPT[table].c.id == row).values(new))

    def finish(self) -> None:
        """What waits to be written is written. `Ledger.transaction` calls it; nobody else needs to."""
        self._appender.flush()


class Ledger:
    """One ledger file. Close it, or use it in a `with` block."""

    def __init__(self, path: Path, engine: Engine) -> None:
        self.path, self._engine = path, engine

    @classmethod
    def open(cls, path: Path, *, create: bool = False) -> Self:
        """Open the ledger at `path`; with `create` make it (mode 0600) where there is none. Older schemas are migrated.

        Raises LedgerError where there is none or it cannot be used, LedgerCorruptError for a damaged file, SchemaError for
        a ledger of a newer version.
        """
        if create:
            with suppress(FileExistsError):
                make_folder(path.parent)
                os.close(create_private(path))
                sync_folder(path.parent)
        elif not path.is_file():
            raise LedgerError("there is no ledger here", where=str(path), fix="Run `evalharness init` in this folder first.")
        ledger = cls(path, make_engine(path))
        try:
            ledger._prepare(create=create)
        except BaseException:
            ledger.close()
            raise
        return ledger

    def _prepare(self, *, create: bool) -> None:
        with self._reading() as connection:
            found = migrations.stored_schema(connection)
        if found == SCHEMA:
            return
        if found is None and not create:
            raise LedgerError("the ledger is empty", where=str(self.path), fix="Restore the newest backup.")
        with self._writing() as connection:
            self._step_up(connection, migrations.stored_schema(connection))

    @staticmethod
    def _step_up(connection: Connection, found: int | None) -> None:
        if found is None:
            migrations.create_tables(connection)
            rows.append_rows(connection, "meta", [{"at": "", "schema_version": SCHEMA}])
            return
        for step in migrations.pending(found, SCHEMA):
            migrations.MIGRATIONS[step](connection)
            rows.append_rows(connection, "meta", [{"at": "", "schema_version": step + 1}])

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with in_words(self.path), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with in_words(self.path), self._engine.connect().execution_options(writer=True) as connection, connection.begin():
            yield connection

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """The only way to write. What the block appends is kept (synced to the disk) when it ends, or nothing of it.

        Other writers wait up to 30 s; one inside another never ends. Raises LedgerError.
        """
        with self._writing() as connection:
            transaction = Transaction(connection)
            yield transaction
            transaction.finish()

    def rows(self, table: str, **equal: Any) -> list[dict[str, Any]]:
        """The rows of a table in the order written, JSON columns decoded; `equal` filters by column (a list: any of these).

        Raises LedgerCorruptError for a row that does not match its hash, KeyError for an unknown table or column.
        """
        return [rows.decoded(table, row) for row in self.stored(table, **equal)]

    def stored(self, table: str, **equal: Any) -> list[dict[str, Any]]:
        """As `rows`, with JSON columns as the text that is stored."""
        with self._reading() as connection:
            return list(rows.stored_rows(connection, table, equal))

    def head(self) -> str:
        """The hash of the newest chain link, which covers everything before it; "" when nothing is written."""
        with self._reading() as connection:
            return rows.head(connection)[1]

    def links(self) -> standing.Links:
        """Table -> week -> the chain link of its newest row of that week, of the tables whose rows are of a week."""
        with self._reading() as connection:
            return standing.links(connection)

    def head_of(self, week: str) -> str:
        """The newest chain link that something written of the week rests on, as "NUMBER:HASH" (`standing.head_of`)."""
        with self._reading() as connection:
            return standing.head_of(connection, week)

    def since(self, link: str) -> tuple[int, dict[str, int]] | None:
        """The number of a chain link and how many rows of each table came after it; None where the chain does not hold it."""
        with self._reading() as connection:
            return standing.since(connection, link)

    @property
    def schema_version(self) -> int:
        """The schema of the file."""
        with self._reading() as connection:
            return migrations.stored_schema(connection) or 0

    def verify(self, head: str | None = None) -> list[str]:
        """Recompute every hash and link; the problems in words, each with its table and row. [] = whole.

        `head`: a head kept elsewhere (on a sheet, a report), against which a cut or rewritten tail shows.
        """
        try:
            with self._reading() as connection:
                return verify.problems(connection, head)
        except LedgerError as error:
            return [error.what]

    def check(self) -> None:
        """Refuse a ledger whose rows or chain do not fit. Raises LedgerCorruptError that names the first three problems."""
        with self._reading() as connection:
            found = verify.problems(connection)
        if found:
            more = f"; and {len(found) - NAMED} more" if len(found) > NAMED else ""
            raise LedgerCorruptError(
                "the ledger is not whole: " + "; ".join(found[:NAMED]) + more,
                where=str(self.path),
                why="Somebody or something changed it behind its back, so no figure may rest on it.",
                fix="Run `evalharness verify` to see all of it, and restore the newest backup.",
            )

    def shrink(self) -> None:
        """Write the file anew without anything that was deleted or replaced, and empty its log. Raises LedgerError where somebody
        else has the ledger open and keeps the log from being emptied."""
        with in_words(self.path), closing(self._engine.raw_connection()) as raw:
            cursor = raw.cursor()
            try:
                cursor.execute("VACUUM")
                busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            except sqlite3.OperationalError as error:
                busy = str(error)
        if busy:
            raise LedgerError(
                "another process reads the ledger, so its log cannot be emptied",
                where=str(self.path),
                why="The log still holds what was taken out.",
                fix="Stop the desk and other commands of this workspace, then run `evalharness purge` again: it goes on.",
            )

    def backup(self, target: Path) -> None:
        """Copy the ledger as it stands to the new file `target` (mode 0600), whole or not at all, while others write.

        Raises ExportError where something stands at `target`, LedgerError where it cannot be written.
        """
        if target.exists():
            raise ExportError("a file is already there", where=str(target), fix="Give a new name; a backup replaces nothing.")
        make_folder(target.parent)
        temporary = target.parent / f".{secrets.token_hex(8)}.tmp"
        try:
            os.close(create_private(temporary))
            self._copy(temporary)
            temporary.replace(target)
            sync_folder(target.parent)
        finally:
            temporary.unlink(missing_ok=True)

    def _copy(self, target: Path) -> None:
        try:
            with closing(sqlite3.connect(target)) as copy, closing(self._engine.raw_connection()) as source:
                source.driver_connection.backup(copy)  # type: ignore[union-attr]
                copy.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.Error as error:
            raise LedgerError(f"the backup cannot be written ({error})", where=str(target)) from error

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        """The ledger itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Let go of the file."""
        self.close()
