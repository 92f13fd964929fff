"""A ledger of every released schema opens, verifies and goes on; the newest schema never changes silently."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from evalharness.errors import SchemaError
from evalharness.models.noun import digest_of
from evalharness.models.removed import removed
from evalharness.models.sample import Pick
from evalharness.store import migrations
from evalharness.store.ledger import Ledger
from evalharness.store.records import add_picks, changes, load_grades, load_picks, load_rubric, load_sample
from evalharness.store.schema import METADATA, SCHEMA
from tests.builders import WEEK, a_call
from tests.store.logs import AT

FIRST, SECOND, THIRD = (Path(__file__).parent / f"schema_{number}.sql" for number in (1, 2, 3))
HEAD = "c796e1654a240293a87c7e0b31aac8d398a6b15511668a3a2e773e57035b3f7a"
THIRD_HEAD = "464a4d9ab6018113df3ac86423808dd5dc92de0da46cd77999d8526a42fe1143"
SECOND_HEAD = "26ea3644371f4a3f6b328e36cd38c94f8c44c780170f1e77aaddc5579d22635c"


def committed(script: Path, at: Path) -> Path:
    """The ledger that the script holds, as a file at `at`."""
    with closing(sqlite3.connect(at)) as raw:
        raw.executescript(script.read_text(encoding="utf-8"))
    return at


@pytest.fixture
def path(tmp_path):
    """The committed ledger of schema 1."""
    return committed(FIRST, tmp_path / "ledger.db")


def test_the_first_schema_opens_and_verifies(path):
    """Against the head it had when it was written; and its sample, rubric and grades are read."""
    with Ledger.open(path) as ledger:
        assert ledger.verify(HEAD) == []
        assert ledger.schema_version == SCHEMA
        sample = load_sample(ledger, WEEK)
        assert [item.call.id for item in sample.items] == ["c1", "c2"]
        assert load_rubric(ledger, sample.rubric_digest).id == "small"
        assert [grade.state for grade in load_grades(ledger, WEEK)] == ["scored", "not_applicable", "ungraded"]
        assert [change.label for change in changes(ledger)] == ["prompt 2"]


def test_the_second_schema_opens_and_verifies(tmp_path):
    """With the call that was picked by hand in it, and the grade of it."""
    with Ledger.open(committed(SECOND, tmp_path / "ledger.db")) as ledger:
        assert (ledger.verify(SECOND_HEAD), ledger.schema_version) == ([], SCHEMA)
        (pick,) = load_picks(ledger, WEEK)
        assert (pick.call.id, pick.person, pick.reason) == ("c9", "Anna Keller", "a caller complained")
        assert [item.call.id for item in load_sample(ledger, WEEK).items] == ["c1"]
        assert [grade.call_id for grade in load_grades(ledger, WEEK)] == ["c1", "c9"]


def test_the_third_schema_opens_and_verifies(tmp_path):
    """With a call and a rationale that were purged in it: the draw keeps its digest, the grade its level."""
    with Ledger.open(committed(THIRD, tmp_path / "ledger.db")) as ledger:
        assert (ledger.verify(THIRD_HEAD), ledger.schema_version) == ([], SCHEMA)
        sample = load_sample(ledger, WEEK)
        mark = "[text removed on 2026-11-24 on request]"
        assert [removed(item.call) for item in sample.items] == [mark, ""]
        assert sample.frozen_digest() == ledger.rows("samples")[0]["digest"]
        assert [(grade.value, grade.rationale) for grade in load_grades(ledger, WEEK)] == [(4, mark), (2, "Fine.")]


def test_an_old_ledger_goes_on(path):
    """Rows appended now are linked to those of the first schema; a call can be picked, and not taken back."""
    with Ledger.open(path) as ledger:
        assert load_picks(ledger, WEEK) == []
        with ledger.transaction() as tx:
            tx.append("audit", {"action": "opened", "details": {}, "at": AT})
            add_picks(tx, [Pick(week=WEEK, call=a_call(id="c9"), person="Anna Keller", reason="odd", at=AT)])
        assert [pick.call.id for pick in load_picks(ledger, WEEK)] == ["c9"]
        assert ledger.verify(HEAD) == []
    with closing(sqlite3.connect(path)) as raw, pytest.raises(sqlite3.IntegrityError, match="append-only: no DELETE on picks"):
        raw.execute("DELETE FROM picks")


def definitions(file: Path) -> list[tuple[str, str]]:
    """Every table and guard of a ledger as SQL."""
    with closing(sqlite3.connect(file)) as raw:
        return sorted(raw.execute("SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"))


def test_the_tables_are_those_of_the_committed_schema(path, tmp_path):
    """A changed table needs a new schema number, a migration and a new fixture: the definitions are compared.

    A new ledger, the committed one of the newest schema, and the first one after its migrations are made of the same SQL.
    """
    assert SCHEMA == 3
    with Ledger.open(tmp_path / "new.db", create=True), Ledger.open(path):
        pass
    new = definitions(tmp_path / "new.db")
    with Ledger.open(committed(SECOND, tmp_path / "second.db")):
        pass
    assert definitions(committed(THIRD, tmp_path / "third.db")) == new
    assert definitions(tmp_path / "second.db") == definitions(path) == new


def test_what_a_row_hash_covers_does_not_change():
    """The digest of the definition of a hash: a change makes every old ledger look tampered with."""
    from evalharness.store.hashing import link_hash, row_hash

    row = row_hash("audit", 7, {"at": "2026-11-24T09:30:00.000000Z", "action": "x" * 1001, "details": "{}", "week": None})
    assert row == digest_of(
        f'["audit",7,{{"action":{{"sha256":"{digest_of("x" * 1001)}"}},"at":"2026-11-24T09:30:00.000000Z","details":"{{}}"}}]'
    )
    assert link_hash(3, "audit", 7, row, "abc") == digest_of(f'[3,"audit",7,"{row}","abc"]')


def _add_colour(connection):
    connection.exec_driver_sql("ALTER TABLE audit ADD COLUMN colour TEXT")


def test_a_migration_runs_once_and_in_one_transaction(path, monkeypatch):
    """The next schema adds a column: old hashes hold, each step is a row of `meta`; opening again changes nothing."""
    monkeypatch.setattr(migrations, "MIGRATIONS", {**migrations.MIGRATIONS, SCHEMA: _add_colour})
    monkeypatch.setattr("evalharness.store.ledger.SCHEMA", SCHEMA + 1)
    monkeypatch.setattr("evalharness.store.migrations.SCHEMA", SCHEMA + 1)
    for _ in range(2):
        with Ledger.open(path) as ledger:
            assert (ledger.schema_version, ledger.verify(HEAD)) == (SCHEMA + 1, [])
            assert [row["schema_version"] for row in ledger.rows("meta")] == list(range(1, SCHEMA + 2))


def test_a_failed_migration_leaves_the_old_schema(path, monkeypatch):
    """The second statement of the last step fails: the first is undone too, and so are the steps before it."""

    def broken(connection):
        _add_colour(connection)
        connection.exec_driver_sql("ALTER TABLE nowhere ADD COLUMN x")

    monkeypatch.setattr(migrations, "MIGRATIONS", {**migrations.MIGRATIONS, SCHEMA: broken})
    monkeypatch.setattr("evalharness.store.ledger.SCHEMA", SCHEMA + 1)
    before = definitions(path)
    with pytest.raises(Exception, match="no such table"):
        Ledger.open(path)
    assert definitions(path) == before
    monkeypatch.undo()
    with Ledger.open(path) as ledger:
        assert (ledger.schema_version, ledger.verify(HEAD)) == (SCHEMA, [])


@pytest.mark.parametrize("found", [0, -1])
def test_an_unknown_schema_is_refused(found):
    """Only schemas with a way to the newest one are opened."""
    with pytest.raises(SchemaError, match="unknown schema"):
        migrations.pending(found)


def test_every_older_schema_has_a_step():
    """From schema 1 to the newest, one migration each."""
    assert sorted(migrations.MIGRATIONS) == list(range(1, SCHEMA))
    assert all(name in METADATA.tables for name in ("meta", "chain"))
