"""Opening, appending, reading, backing up: the ledger keeps what is acknowledged and refuses what would change it."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import stat

import pytest
from sqlalchemy import text

from evalharness.errors import ExportError, LedgerCorruptError, LedgerError, SchemaError
from evalharness.store.hashing import iso, row_hash
from evalharness.store.ledger import Ledger
from evalharness.store.schema import KEPT, METADATA, SCHEMA
from tests.store.logs import AT, a_ledger


def _note(ledger, action="drawn", **details):
    with ledger.transaction() as tx:
        return tx.append("audit", {"action": action, "details": details, "at": AT})


def test_pragmas(tmp_path):
    """WAL, full sync, foreign keys, a wait for other writers, and deleted bytes overwritten."""
    with a_ledger(tmp_path) as ledger, ledger._reading() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "secure_delete", "recursive_triggers")
        }
    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,  # FULL
        "foreign_keys": 1,
        "busy_timeout": 30_000,
        "secure_delete": 1,
        "recursive_triggers": 1,
    }


@pytest.mark.parametrize("umask", [0o000, 0o022])
def test_every_file_is_private(tmp_path, umask):
    """ledger.db, its -wal and its -shm are 0600, new folders 0700, and so is a backup."""
    before = os.umask(umask)
    try:
        with Ledger.open(tmp_path / "w" / "ledger.db", create=True) as ledger:
            _note(ledger)
            ledger.backup(tmp_path / "copies" / "b" / "ledger.db")
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.rglob("*")}
    finally:
        os.umask(before)
    folders = {"w", "copies", "b"}
    assert {"ledger.db", "ledger.db-wal", "ledger.db-shm"} <= set(modes)
    assert modes == {name: 0o700 if name in folders else 0o600 for name in modes}


def test_a_new_ledger_is_whole_and_knows_its_schema(tmp_path):
    """All tables of the format are there; the schema itself is the first row of the chain."""
    with a_ledger(tmp_path) as ledger:
        assert (ledger.schema_version, ledger.verify()) == (SCHEMA, [])
        assert [link["table_name"] for link in ledger.rows("chain")] == ["meta"]
    intake = {"parts", "intakes", "rejects", "supplements", "changes"}
    grading = {
        "rubrics",
        "samples",
        "sample_items",
        "picks",
        "tombstones",
        "grades",
        "llm_calls",
        "llm_events",
        "reviews",
        "adjudications",
        "disputes",
    }
    assert set(METADATA.tables) == {"meta", *intake, *grading, "exports", "signoffs", "actions", "audit", "chain"}


def test_rows_come_back_decoded_and_filtered(tmp_path):
    """JSON columns as values, in the order written; `stored` gives their text."""
    with a_ledger(tmp_path) as ledger:
        assert [_note(ledger, "a", n=1), _note(ledger, "b", n=[2, None])] == [1, 2]
        assert [row["details"] for row in ledger.rows("audit")] == [{"n": 1}, {"n": [2, None]}]
        assert [row["id"] for row in ledger.rows("audit", action="b")] == [2]
        assert ledger.stored("audit", id=2)[0]["details"] == '{"n":[2,null]}'
        assert ledger.rows("audit")[0]["at"] == "2026-11-24T09:30:00.000000Z"
        assert ledger.rows("exports", week=None) == []


def test_a_transaction_sees_its_own_rows_and_others_do_not(tmp_path):
    """Until the commit nobody else sees a row."""
    with a_ledger(tmp_path) as ledger:
        with ledger.transaction() as tx:
            tx.append("audit", {"action": "x", "details": {}, "at": AT})
            assert len(tx.rows("audit")) == 1
            assert ledger.rows("audit") == []
        assert len(ledger.rows("audit")) == 1


def test_an_error_inside_keeps_nothing(tmp_path):
    """All or nothing: after the error, rows and chain are as before, and the ledger goes on."""
    with a_ledger(tmp_path) as ledger:
        head = ledger.head()
        with pytest.raises(KeyError), ledger.transaction() as tx:
            tx.append_many("audit", [{"action": "x", "details": {}, "at": AT}, {"action": "y", "colour": 1, "at": AT}])
        assert (ledger.rows("audit"), ledger.head(), ledger.verify()) == ([], head, [])
        assert _note(ledger) == 1


def test_an_interruption_keeps_nothing(tmp_path):
    """Ctrl-C after a row was written, before the commit."""
    with a_ledger(tmp_path) as ledger:
        with pytest.raises(KeyboardInterrupt), ledger.transaction() as tx:
            _append_and_stop(tx)
        assert (ledger.rows("audit"), ledger.verify()) == ([], [])


def _append_and_stop(tx):
    tx.append("audit", {"action": "x", "details": {}, "at": AT})
    assert len(tx.rows("audit")) == 1
    raise KeyboardInterrupt


def test_the_same_rows_have_the_same_hashes(tmp_path):
    """Two ledgers with equal rows at equal times end in the same head."""
    heads = []
    for name in ("one", "two"):
        with a_ledger(tmp_path / name) as ledger:
            _note(ledger, "a", x=1.0, y="é")
            _note(ledger, "b")
            heads.append(ledger.head())
    assert heads[0] == heads[1] != ""


def test_long_texts_enter_a_hash_by_their_own_hash():
    """A text of 1,000 characters enters as it is, one of 1,001 by its SHA-256; empty fields do not enter."""
    short, long = row_hash("t", 1, {"a": "x" * 1000}), row_hash("t", 1, {"a": "x" * 1001})
    digest = hashlib.sha256(b"x" * 1001).hexdigest()
    assert long == row_hash("t", 1, {"a": {"sha256": digest}}) != short
    assert short == row_hash("t", 1, {"a": "x" * 1000, "added_later": None})
    assert len({row_hash("t", 1, {"a": "x"}), row_hash("t", 2, {"a": "x"}), row_hash("u", 1, {"a": "x"})}) == 3


@pytest.mark.parametrize(
    ("row", "error"),
    [
        ({"action": "x", "details": {}, "at": AT, "colour": 1}, KeyError),
        ({"action": "x", "details": {}, "at": AT, "sha256": "0"}, KeyError),
        ({"action": 5, "details": {}, "at": AT}, TypeError),
        ({"action": "x", "details": {"a": float("nan")}, "at": AT}, ValueError),
        ({"action": "x", "details": {}, "at": AT.replace(tzinfo=None)}, ValueError),
        ({"action": "x", "details": {}}, LedgerError),  # `at` may not be empty
    ],
)
def test_a_row_of_another_form_is_refused(tmp_path, row, error):
    """Unknown columns, other kinds, NaN, naive times, a missing value: nothing is written."""
    with a_ledger(tmp_path) as ledger:
        with pytest.raises(error), ledger.transaction() as tx:
            tx.append("audit", row)
        assert ledger.rows("audit") == []


def test_numbers_keep_their_hash_through_the_file(tmp_path):
    """A whole number in a REAL column comes back as 1.0, a flag in an INTEGER column as 1; the hash was made of those."""
    with a_ledger(tmp_path) as ledger:
        with ledger.transaction() as tx:
            fields = {"week": "w", "source": "s", "call_id": "c", "call_digest": "d", "criteria_digest": "e", "judge_digest": "f"}
            call = tx.append("llm_calls", {**fields, "repeat": True, "request": {}, "at": AT})
            tx.append("llm_events", {"llm_call_id": call, "state": "sent", "attempt": 1, "cost_usd": 1, "at": AT})
        assert ledger.rows("llm_events")[0]["cost_usd"] == 1.0
        assert ledger.verify() == []


@pytest.mark.parametrize("table", sorted(METADATA.tables))
@pytest.mark.parametrize("verb", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "INSERT OR REPLACE INTO {} SELECT * FROM {}"])
def test_no_row_can_be_changed_deleted_or_replaced(tmp_path, table, verb):
    """The guards hold for every table, also against a replacing insert."""
    with a_ledger(tmp_path) as ledger:
        _fill(ledger, table)
        column = "seq" if table == "chain" else "id"
        statement = verb.format(table, *([column, column] if verb.startswith("UPDATE") else [table]))
        before = ledger.rows(table)
        with pytest.raises(LedgerError, match="append-only"), ledger._writing() as connection:
            connection.execute(text(statement))
        assert ledger.rows(table) == before != []


def _fill(ledger, table):
    """One row, with whatever it refers to."""
    if table in ("chain", "meta"):
        return
    with ledger.transaction() as tx:
        _append_one(tx, table)


def _append_one(tx, table):
    row = {"at": AT}
    for column in KEPT[table].columns:
        for key in column.foreign_keys:
            row[column.name] = None if column.nullable else _append_one(tx, key.column.table.name)
        if column.name not in ("id", "at", "sha256", *row) and not column.nullable:
            row[column.name] = 1 if str(column.type) in ("INTEGER", "REAL") else "x"
    return tx.append(table, row)


def test_a_row_that_was_changed_is_not_used(tmp_path):
    """Reading meets the edit before anybody computes with it."""
    with a_ledger(tmp_path) as ledger:
        _note(ledger, "fair")
    with sqlite3.connect(tmp_path / "ledger.db") as raw:
        raw.execute("DROP TRIGGER audit_no_update")
        raw.execute("UPDATE audit SET action = 'foul'")
    raw.close()
    with Ledger.open(tmp_path / "ledger.db") as ledger, pytest.raises(LedgerCorruptError, match="audit row 1 does not match"):
        ledger.rows("audit")


def test_a_missing_ledger_is_an_error_in_words(tmp_path):
    """Nothing is created by looking."""
    with pytest.raises(LedgerError, match="no ledger here"):
        Ledger.open(tmp_path / "ledger.db")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "error", "words"),
    [
        (b"this is no database, it is a text" * 100, LedgerCorruptError, "not a ledger"),
        (b"", LedgerError, "empty"),
    ],
)
def test_a_file_that_is_no_ledger(tmp_path, content, error, words):
    """A text file and an empty file are named for what they are."""
    (tmp_path / "ledger.db").write_bytes(content)
    with pytest.raises(error, match=words):
        Ledger.open(tmp_path / "ledger.db")


def test_a_database_of_something_else(tmp_path):
    """Another program's SQLite file is left alone."""
    with sqlite3.connect(tmp_path / "ledger.db") as raw:
        raw.execute("CREATE TABLE cats (name)")
    raw.close()
    with pytest.raises(LedgerError, match="not a ledger of evalharness"):
        Ledger.open(tmp_path / "ledger.db", create=True)


def _damaged(path, at, length):
    data = bytearray(path.read_bytes())
    data[at : at + length] = bytes(255 - byte for byte in data[at : at + length])
    path.write_bytes(data)


def _read_all(ledger):
    """What verify says must not be that all is well."""
    assert ledger.verify() != []
    ledger.rows("audit")


def test_a_damaged_page_is_named_not_used(tmp_path):
    """A page of rows overwritten: reading raises, verify says so; nothing is computed from it."""
    path = tmp_path / "ledger.db"
    with a_ledger(tmp_path) as ledger:
        for n in range(50):
            _note(ledger, "x" * 900, n=n)
    _damaged(path, path.read_bytes().index(b"x" * 900) // 4096 * 4096, 4096)
    with pytest.raises(LedgerCorruptError), Ledger.open(path) as ledger:
        _read_all(ledger)


@pytest.mark.parametrize("place", [0, 1, 450, 898, 899])
def test_one_flipped_byte_names_its_row(tmp_path, place):
    """One byte of the third row's text, even one that is no longer UTF-8: verify names audit row 3."""
    path = tmp_path / "ledger.db"
    with a_ledger(tmp_path) as ledger:
        for letter in "abc":
            _note(ledger, letter * 900)
    _damaged(path, path.read_bytes().index(b"c" * 900) + place, 1)
    with Ledger.open(path) as ledger:
        assert ledger.verify() == ["audit row 3 does not match its hash: it was changed"]
        with pytest.raises(LedgerCorruptError, match="audit row 3"):
            ledger.rows("audit")


def test_a_half_made_ledger_is_finished(tmp_path):
    """A kill between the file and its tables leaves an empty file; the next `create` makes the tables."""
    (tmp_path / "ledger.db").touch(mode=0o600)
    with Ledger.open(tmp_path / "ledger.db", create=True) as ledger:
        assert ledger.verify() == []
    with Ledger.open(tmp_path / "ledger.db", create=True) as ledger:
        assert len(ledger.rows("meta")) == 1


def test_a_newer_schema_is_refused(tmp_path):
    """Written by a later version: an error that says so, and the file is not touched."""
    with a_ledger(tmp_path) as ledger, ledger.transaction() as tx:
        tx.append("meta", {"at": AT, "schema_version": SCHEMA + 1})
    with pytest.raises(SchemaError, match="newer version"):
        Ledger.open(tmp_path / "ledger.db")


def test_a_backup_restores_equal(tmp_path):
    """The copy verifies, has the same head and rows, and replaces nothing."""
    with a_ledger(tmp_path) as ledger:
        for n in range(20):
            _note(ledger, n=n)
        ledger.backup(tmp_path / "copy.db")
        with Ledger.open(tmp_path / "copy.db") as copy:
            assert (copy.head(), copy.verify(head=ledger.head())) == (ledger.head(), [])
            assert all(copy.rows(table) == ledger.rows(table) for table in METADATA.tables)
            assert _note(copy) == 21
        with pytest.raises(ExportError, match="already there"):
            ledger.backup(tmp_path / "copy.db")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["copy.db", "ledger.db"]


def test_instants_sort_as_texts():
    """UTC with microseconds, always of one length."""
    assert iso(AT) == "2026-11-24T09:30:00.000000Z" < iso(AT.replace(microsecond=1))
    with pytest.raises(ValueError, match="time zone"):
        iso(AT.replace(tzinfo=None))


def test_links_that_wait_are_there_for_whoever_looks(tmp_path):
    """Rows of one transaction are linked together: its own readers see every link, the head is that of the last row."""
    with Ledger.open(tmp_path / "ledger.db", create=True) as ledger:
        with ledger.transaction() as tx:
            first = tx.append("audit", {"action": "one", "details": {}, "at": AT})
            assert [row["row_id"] for row in tx.stored("chain", table_name="audit")] == [first]
            second, third = tx.append_many("audit", [{"action": name, "details": {}, "at": AT} for name in ("two", "three")])
            head = tx.head()
        assert (first, second, third) == (1, 2, 3)
        assert ledger.head() == head
        assert ledger.stored("chain", row_id=third, table_name="audit")[0]["hash"] == head
        assert ledger.verify(head) == []
