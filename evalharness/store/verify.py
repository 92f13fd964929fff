"""Whether the ledger is whole: every row fits its hash, every link fits the link before it and the row it stands for."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from contextlib import suppress
from typing import Any

from sqlalchemy import Connection, func, select, text

from evalharness.store.hashing import link_hash, row_hash
from evalharness.store.rows import tombstoned
from evalharness.store.schema import AUDIT, CHAIN, KEPT, TOMBSTONES, guards

Links = dict[tuple[str, int], str]
PURGE = "purge"
"""The audit action under which texts may go."""
CUT = "purge cut"
"""The audit action under which the ledger's texts went: how many rows of each table, in one transaction with their tombstones."""
PURGED = "purged"
"""The audit action of a purge that is finished."""

NO_HEAD = "the chain does not hold the head"
"""How the problem begins that a head kept elsewhere is not in the chain: the ledger itself may be whole."""


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
    """Tombstones that no purge in the audit trail stands behind, that came after its cut, or more or fewer than it counted.

    A purge that waits to be finished has no cut; what came before that is counted by it.
    """
    begun = set(connection.execute(select(AUDIT.c.id).where(AUDIT.c.action == PURGE)).scalars())
    ended, at, found = _cuts(connection), _places(connection), []
    seen: dict[int, Counter[str]] = defaultdict(Counter)
    for row in connection.execute(select(TOMBSTONES).order_by(TOMBSTONES.c.id)):
        place = at.get((TOMBSTONES.name, row.id), 0)
        last = at.get((AUDIT.name, ended[row.purge_id][0]), 0) if row.purge_id in ended else place + 1
        if row.purge_id not in begun:
            found.append(f"tombstones row {row.id} names no purge of the audit trail")
        elif place >= last:
            found.append(f"tombstones row {row.id} lies behind the end of its purge")
        else:
            seen[row.purge_id][row.table_name] += 1
    for number, (end, counts) in ended.items():
        told = {name: counts.get(name, 0) for name in KEPT}
        wrong = [name for name, count in told.items() if count != seen[number][name]]
        found += [f"audit row {end} counts {told[name]} rows of {name}, its purge has {seen[number][name]}" for name in wrong]
    return found


def _cuts(connection: Connection) -> dict[int, tuple[int, dict[str, Any]]]:
    """Purge -> the first row of the trail behind which no text goes under it, and what that counts."""
    found: dict[int, tuple[int, dict[str, Any]]] = {}
    query = select(AUDIT.c.id, AUDIT.c.details).where(AUDIT.c.action.in_((CUT, PURGED))).order_by(AUDIT.c.id)
    for row in connection.execute(query):
        with suppress(ValueError, KeyError, TypeError):
            details = json.loads(row.details)
            found.setdefault(int(details["purge"]), (row.id, dict(details["counts"])))
    return found


def _places(connection: Connection) -> dict[tuple[str, int], int]:
    """(table, row) -> its place in the chain, of the trail and of tombstones."""
    query = select(CHAIN.c.table_name, CHAIN.c.row_id, CHAIN.c.seq).where(CHAIN.c.table_name.in_((AUDIT.name, TOMBSTONES.name)))
    return {(row.table_name, row.row_id): row.seq for row in connection.execute(query)}


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
        reasons = "it is of another workspace or copy, or rows after it or with it were cut off or rewritten"
        found.append(f"{NO_HEAD} {head}: {reasons}")
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
