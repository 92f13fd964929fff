"""Whether the ledger is whole: every row fits its hash, every link fits the link before it and the row it stands for."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, func, select, text

from evalharness.store.hashing import link_hash, row_hash
from evalharness.store.rows import tombstoned
from evalharness.store.schema import AUDIT, CHAIN, KEPT, TOMBSTONES, guards

Links = dict[tuple[str, int], str]
PURGE = "purge"
"""The audit action under which texts may go."""


def problems(connection: Connection, head: str | None = None) -> list[str]:
    """Everything wrong with the ledger, in words; each names its table and row. Raises DBAPIError for unreadable pages."""
    found = [f"the file: {row[0]}" for row in connection.execute(text("PRAGMA integrity_check")) if row[0] != "ok"]
    found += _missing_guards(connection)
    links: Links = {}
    found += _unauthorised(connection)
    found += _chain_problems(connection, links, head)
    for name in KEPT:
        found += _row_problems(connection, name, links)
    found += [f"{table} row {row} is missing: it was deleted" for table, row in links]
    return found + _cut_tails(connection)


def _missing_guards(connection: Connection) -> list[str]:
    rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
    present: dict[str, str] = {row.name: row.sql for row in rows}
    lost = {
        name: "missing" if name not in present else "another one" for name, sql in guards().items() if present.get(name) != sql
    }
    return [f"the guard {name} that keeps its table append-only is {how}" for name, how in lost.items()]


def _unauthorised(connection: Connection) -> list[str]:
    """Tombstones that no purge in the audit trail stands behind."""
    purges = select(AUDIT.c.id).where(AUDIT.c.action == PURGE)
    query = select(TOMBSTONES.c.id).where(TOMBSTONES.c.purge_id.not_in(purges)).order_by(TOMBSTONES.c.id)
    return [f"tombstones row {row} names no purge of the audit trail" for row in connection.execute(query).scalars()]


def _chain_problems(connection: Connection, links: Links, head: str | None) -> list[str]:
    """Walk the chain in order; `links` gets the row hash that each (table, row) must have."""
    found: list[str] = []
    expected, previous, seen = 1, "", head in (None, "")
    for link in connection.execute(select(CHAIN).order_by(CHAIN.c.seq)):
        if link.seq != expected:
            found.append(f"chain row {expected} is missing: it was deleted")
        elif link.previous != previous:
            found.append(f"chain row {link.seq} does not follow the row before it")
        if _link_hash(link) != link.hash:
            found.append(f"chain row {link.seq} does not match its hash")
        links[link.table_name, link.row_id] = link.row_hash
        expected, previous, seen = link.seq + 1, link.hash, seen or link.hash == head
    if not seen:
        found.append(f"the chain does not hold the head {head}: rows after it or with it were cut off or rewritten")
    return found


def _row_problems(connection: Connection, name: str, links: Links) -> list[str]:
    found, purged = [], tombstoned(connection, name)
    for row in connection.execute(select(KEPT[name]).order_by(KEPT[name].c.id)).mappings():
        held, digest = links.pop((name, row["id"]), None), _hash(name, dict(row))
        if digest not in (row["sha256"], purged.get(row["id"])):
            found.append(f"{name} row {row['id']} does not match its hash: it was changed")
        elif held is None:
            found.append(f"{name} row {row['id']} is not in the chain: it was inserted")
        elif held != row["sha256"]:
            found.append(f"{name} row {row['id']} is not the row that the chain holds: it was replaced")
        elif purged.get(row["id"], digest) != digest:
            found.append(f"{name} row {row['id']} has its text again, which a purge took out")
    return found


def _hash(name: str, row: dict[str, Any]) -> str:
    try:
        return row_hash(name, row["id"], row)
    except (TypeError, ValueError):  # a value of a kind no row is written with
        return ""


def _link_hash(link: Any) -> str:
    try:
        return link_hash(link.seq, link.table_name, link.row_id, link.row_hash, link.previous)
    except (TypeError, ValueError):
        return ""


def _cut_tails(connection: Connection) -> list[str]:
    """SQLite remembers the highest number each table ever had."""
    found = []
    highest: dict[str, int] = {row.name: row.seq for row in connection.execute(text("SELECT name, seq FROM sqlite_sequence"))}
    for name, key in {CHAIN.name: CHAIN.c.seq, **{name: table.c.id for name, table in KEPT.items()}}.items():
        last, ever = connection.execute(select(func.max(key))).scalar() or 0, highest.get(name, 0)
        if last < ever:
            found.append(f"{name} rows {last + 1} to {ever} were cut off the end")
    return found
