"""Whoever edits, deletes, inserts, reorders or cuts rows behind the ledger's back is found, with table and row."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing

import pytest

from evalharness.store.hashing import link_hash, row_hash
from evalharness.store.ledger import Ledger
from evalharness.store.records import add_change, add_grades, add_intake, freeze_sample
from evalharness.store.schema import KEPT, guards
from tests.builders import MONDAY, a_grade, a_sample, an_intake
from tests.store.logs import AT, a_ledger

TABLES = ("meta", "intakes", "changes", "samples", "sample_items", "grades", "audit")


@pytest.fixture
def path(tmp_path):
    """A ledger with a sample of 3, 8 grades, an intake, a change and 4 audit rows."""
    from evalharness.models.call import Change

    with a_ledger(tmp_path) as ledger:
        with ledger.transaction() as tx:
            add_intake(tx, an_intake(), [], AT)
            freeze_sample(tx, a_sample(3), AT)
            add_change(tx, Change(at=MONDAY, label="prompt 2"), AT)
        for n in range(4):
            with ledger.transaction() as tx:
                add_grades(tx, [a_grade(4, call_id=f"c{n}"), a_grade(2, call_id=f"c{n}")])
                tx.append("audit", {"action": "imported", "details": {"n": n}, "at": AT})
    return tmp_path / "ledger.db"


def _tamper(path, *statements):
    """Run SQL without the guards, which are put back: somebody who knows what he does."""
    with closing(sqlite3.connect(path)) as raw:
        for name in guards():
            raw.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            raw.execute(*statement) if isinstance(statement, tuple) else raw.execute(statement)
        for statement in guards().values():
            raw.execute(statement)
        raw.commit()


def _problems(path, head=None):
    with Ledger.open(path) as ledger:
        return ledger.verify(head)


def _head(path):
    with Ledger.open(path) as ledger:
        return ledger.head()


def test_untouched_it_is_whole(path):
    """No false alarm, with the right head or without."""
    assert _problems(path) == _problems(path, _head(path)) == []


@pytest.mark.parametrize("table", TABLES)
def test_every_field_of_every_row_is_covered(path, table):
    """Each column of each row, changed alone, is found and named."""
    with closing(sqlite3.connect(path)) as raw:
        rows = raw.execute(f"SELECT id FROM {table} ORDER BY id").fetchall()
    changed = [column.name for column in KEPT[table].columns if column.name != "id"]
    for (row_id,) in rows[-2:]:
        for column in changed:
            copy = path.with_name("copy.db")
            copy.write_bytes(_bytes(path))
            _tamper(copy, f"UPDATE {table} SET {column} = CASE WHEN {column} = 77 THEN 78 ELSE 77 END WHERE id = {row_id}")
            if table == "meta" and column == "schema_version":
                continue  # an unknown schema is refused at opening
            assert any(f"{table} row {row_id} " in problem for problem in _problems(copy)), (column, row_id)


def _bytes(path):
    """The whole file, with what stood in the write-ahead log."""
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path.read_bytes()


def test_an_edit_with_a_new_row_hash_is_found(path):
    """Recomputing the row's own hash is not enough: the chain holds the old one."""
    with Ledger.open(path) as ledger:
        row = ledger.stored("audit", id=2)[0] | {"action": "nothing"}
    _tamper(path, ("UPDATE audit SET action = ?, sha256 = ? WHERE id = 2", ("nothing", row_hash("audit", 2, row))))
    assert _problems(path) == ["audit row 2 is not the row that the chain holds: it was replaced"]


def test_an_edit_with_a_new_link_hash_is_found(path):
    """Recomputing the link as well breaks the link after it."""
    with Ledger.open(path) as ledger:
        row = ledger.stored("audit", id=2)[0] | {"action": "nothing"}
        link = ledger.rows("chain", table_name="audit", row_id=2)[0]
    digest = row_hash("audit", 2, row)
    hash_ = link_hash(link["seq"], "audit", 2, digest, link["previous"])
    _tamper(
        path,
        ("UPDATE audit SET action = 'nothing', sha256 = ? WHERE id = 2", (digest,)),
        ("UPDATE chain SET row_hash = ?, hash = ? WHERE seq = ?", (digest, hash_, link["seq"])),
    )
    assert _problems(path) == [f"chain row {link['seq'] + 1} does not follow the row before it"]


@pytest.mark.parametrize("row_id", [1, 3, 8])
def test_a_deleted_grade_is_found(path, row_id):
    """First, middle or last: the chain still names it."""
    _tamper(path, f"DELETE FROM grades WHERE id = {row_id}")
    assert f"grades row {row_id} is missing: it was deleted" in _problems(path)


def test_a_grade_deleted_with_its_link_is_found(path):
    """Without its link the chain has a gap."""
    with Ledger.open(path) as ledger:
        seq = ledger.rows("chain", table_name="grades", row_id=3)[0]["seq"]
    _tamper(path, "DELETE FROM grades WHERE id = 3", f"DELETE FROM chain WHERE seq = {seq}")
    assert f"chain row {seq} is missing: it was deleted" in _problems(path)


def test_an_inserted_grade_is_found(path):
    """A copy of a grade with a right hash of its own is not in the chain."""
    with Ledger.open(path) as ledger:
        row = ledger.stored("grades", id=1)[0] | {"id": 9}
    row["sha256"] = row_hash("grades", 9, row)
    marks = ", ".join("?" * len(row))
    _tamper(path, (f"INSERT INTO grades ({', '.join(row)}) VALUES ({marks})", tuple(row.values())))
    assert _problems(path) == ["grades row 9 is not in the chain: it was inserted"]


def test_swapped_rows_are_found(path):
    """Two grades change places: both hashes cover their row id."""
    _tamper(
        path,
        "PRAGMA foreign_keys = OFF",
        "UPDATE grades SET id = -1 WHERE id = 1",
        "UPDATE grades SET id = 1 WHERE id = 2",
        "UPDATE grades SET id = 2 WHERE id = -1",
    )
    problems = _problems(path)
    assert [f"grades row {n} does not match its hash: it was changed" in problems for n in (1, 2)] == [True, True]


def test_swapped_links_are_found(path):
    """Two links change places: neither matches its hash nor follows the one before."""
    _tamper(
        path,
        "UPDATE chain SET seq = -1 WHERE seq = 4",
        "UPDATE chain SET seq = 4 WHERE seq = 5",
        "UPDATE chain SET seq = 5 WHERE seq = -1",
    )
    problems = _problems(path)
    assert "chain row 4 does not follow the row before it" in problems
    assert "chain row 5 does not match its hash" in problems


def _cut(path, *more):
    """The last audit row goes, with its link."""
    with Ledger.open(path) as ledger:
        last = ledger.rows("chain")[-1]
    _tamper(
        path,
        f"DELETE FROM {last['table_name']} WHERE id = {last['row_id']}",
        f"DELETE FROM chain WHERE seq = {last['seq']}",
        *more,
    )


def test_a_cut_tail_is_found_by_the_numbers(path):
    """SQLite remembers the highest numbers: 4 audit rows and 19 links there were."""
    _cut(path)
    problems = _problems(path)
    assert "audit rows 4 to 4 were cut off the end" in problems
    assert any(problem.startswith("chain rows ") for problem in problems)


def test_a_cut_tail_is_found_against_a_held_head(path):
    """Someone who also sets the numbers back is only found by a head that was kept elsewhere."""
    head = _head(path)
    _cut(path, "UPDATE sqlite_sequence SET seq = seq - 1 WHERE name IN ('audit', 'chain')")
    assert _problems(path) == []  # the known limit of a chain on the same disk
    assert [problem for problem in _problems(path, head) if head in problem] != []


def test_an_older_head_still_holds(path):
    """A head printed last week is still in the chain when rows have followed."""
    head = _head(path)
    with Ledger.open(path) as ledger:
        with ledger.transaction() as tx:
            tx.append("audit", {"action": "later", "details": {}, "at": AT})
        assert ledger.verify(head) == []
        assert ledger.head() != head


def test_missing_guards_are_named(path):
    """A dropped trigger is the first sign."""
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("DROP TRIGGER grades_no_delete")
    assert _problems(path) == ["the guard grades_no_delete that keeps its table append-only is missing"]


@pytest.mark.parametrize("seed", range(30))
def test_random_tampering_is_found(path, seed):
    """One random deletion, edit or move of one random row of any table, chain included."""
    chance = random.Random(seed)
    table = chance.choice([*TABLES[1:], "chain"])
    key = "seq" if table == "chain" else "id"
    with closing(sqlite3.connect(path)) as raw:
        row_id = chance.choice(raw.execute(f"SELECT {key} FROM {table}").fetchall())[0]
        columns = [row[1] for row in raw.execute(f"PRAGMA table_info({table})") if row[1] != key]
    edit = f"UPDATE {table} SET {chance.choice(columns)} = 'tampered' WHERE {key} = {row_id}"
    deletion = f"DELETE FROM {table} WHERE {key} = {row_id}"
    move = f"UPDATE {table} SET {key} = 1000 WHERE {key} = {row_id}"
    _tamper(path, chance.choice([edit, deletion, move]))
    problems = _problems(path)
    assert any(problem.startswith(f"{table} row") for problem in problems), problems


@pytest.mark.parametrize("value", ["X'ff'", "1e999", "12"])
def test_values_of_a_kind_no_row_has_are_found(path, value):
    """A blob, infinity or a number where a text was."""
    _tamper(path, f"UPDATE grades SET lane = {value} WHERE id = 1")
    assert "grades row 1 does not match its hash: it was changed" in _problems(path)
