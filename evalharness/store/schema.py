"""The ledger's tables (schema 3). Every table but `chain` has `id`, `at` (ISO, UTC) and the row's `sha256`."""

from __future__ import annotations

from typing import Any

from sqlalchemy import REAL, Column, ForeignKey, Integer, MetaData, Table, Text, UniqueConstraint

SCHEMA = 3
METADATA = MetaData()


def _text(name: str, *, null: bool = False) -> Column[Any]:
    return Column(name, Text, nullable=null)


def _json(name: str, *, null: bool = False) -> Column[Any]:
    """Canonical JSON as text; `Ledger.rows` gives it back decoded."""
    return Column(name, Text, nullable=null, info={"json": True})


def _whole(name: str, *, null: bool = False) -> Column[Any]:
    return Column(name, Integer, nullable=null)


def _real(name: str, *, null: bool = False) -> Column[Any]:
    return Column(name, REAL, nullable=null)


def _of(name: str, table: str, *, null: bool = False) -> Column[Any]:
    """The id of a row of another table."""
    return Column(name, Integer, ForeignKey(f"{table}.id"), nullable=null)


def _table(name: str, *columns: Column[Any] | UniqueConstraint) -> Table:
    first, last = Column("id", Integer, primary_key=True), _text("sha256")
    return Table(name, METADATA, first, _text("at"), *columns, last, sqlite_autoincrement=True)


META = _table("meta", _whole("schema_version"))
INTAKES = _table(
    "intakes",
    *(_text(name) for name in ("file", "file_digest", "source")),
    *(_whole(name) for name in ("rows", "accepted", "duplicate", "conflict", "other_agent", "rejected")),
    *(_json(name) for name in ("conflicts", "redactions", "fill")),
)
REJECTS = _table(
    "rejects", _of("intake_id", "intakes"), _text("file"), _whole("line", null=True), _text("field"), _text("reason")
)
PARTS = _table(
    "parts", _of("intake_id", "intakes"), *(_text(name) for name in ("kind", "week", "path", "digest")), _whole("rows")
)
SUPPLEMENTS = _table(
    "supplements", _text("source"), _text("call_id"), _text("field"), _json("value", null=True), _text("known_at")
)
CHANGES = _table("changes", _text("noted_for"), _text("label"), _text("kind"))
RUBRICS = _table(
    "rubrics",
    *(_text("digest"), _text("rubric_id"), _whole("version"), _json("rubric"), _json("criterion_digests")),
    UniqueConstraint("digest"),
)
SAMPLES = _table(
    "samples",
    *(_text("week"), _whole("redraw"), _text("reason", null=True), _json("design"), _text("rubric_digest")),
    *(_json("criterion_digests"), _text("digest")),
    UniqueConstraint("week", "redraw"),
)
SAMPLE_ITEMS = _table(
    "sample_items",
    *(_of("sample_id", "samples"), _whole("position"), _text("stratum"), _text("key"), _real("probability")),
    *(_text("source"), _text("call_id"), _json("call")),
    UniqueConstraint("sample_id", "position"),
    UniqueConstraint("sample_id", "source", "call_id"),
)
PICKS = _table(
    "picks",
    *(_text(name) for name in ("week", "source", "call_id", "person", "reason")),
    _json("call"),
    UniqueConstraint("week", "source", "call_id", "person"),
)
EXPORTS = _table("exports", _text("path"), _text("digest"), _text("kind"), _text("week", null=True), _json("details"))
GRADES = _table(
    "grades",
    *(_text(name) for name in ("week", "source", "call_id", "criterion")),
    *(_whole("turn", null=True), _text("grader_kind"), _text("grader_name"), _text("lane"), _text("state")),
    *(_of("supersedes", "grades", null=True), _json("grade")),
)
LLM_CALLS = _table(
    "llm_calls",
    *(_text(name) for name in ("week", "source", "call_id", "call_digest", "criteria_digest", "judge_digest")),
    *(_whole("repeat"), _json("request")),
    UniqueConstraint("call_digest", "criteria_digest", "judge_digest", "repeat"),
)
LLM_EVENTS = _table(
    "llm_events",
    *(_of("llm_call_id", "llm_calls"), _text("state"), _whole("attempt"), _text("raw", null=True)),
    *(_json("usage", null=True), _real("cost_usd", null=True), _json("details", null=True)),
)
REVIEWS = _table("reviews", *(_text(name) for name in ("week", "source", "call_id", "person", "manner")), _json("details"))
ADJUDICATIONS = _table(
    "adjudications",
    *(_text(name) for name in ("week", "source", "call_id", "criterion")),
    *(_whole("turn", null=True), _text("person"), _json("value"), _text("reason")),
)
DISPUTES = _table(
    "disputes",
    *(_text(name) for name in ("week", "source", "call_id", "criterion", "person", "state", "reason")),
    _json("details"),
)
SIGNOFFS = _table("signoffs", _text("week"), _text("person"), _text("sample_digest"), _text("verdict"), _json("details"))
ACTIONS = _table(
    "actions",
    *(_text("week"), _text("source", null=True), _text("call_id", null=True), _text("criterion", null=True)),
    *(_text("cause"), _text("person"), _text("due", null=True), _text("state"), _json("details")),
)
AUDIT = _table("audit", _text("action"), _json("details"))
TOMBSTONES = _table(
    "tombstones",
    *(_of("purge_id", "audit"), _text("table_name"), _whole("row_id"), _json("fields"), _text("row_hash")),
    _text("replacement", null=True),
    UniqueConstraint("table_name", "row_id", "purge_id"),
)
"""Texts that a purge (a row of `audit`) took out: of which row, from which columns, and the hash of the row as it is since. The
row keeps the hash it was written with. For a part of the call log: the digest of the file that stands in its place."""

CHAIN = Table(
    "chain",
    METADATA,
    Column("seq", Integer, primary_key=True),
    *(_text("table_name"), _whole("row_id"), _text("row_hash"), _text("previous"), _text("hash")),
    UniqueConstraint("table_name", "row_id"),
    sqlite_autoincrement=True,
)
"""One chain over all tables: `hash` covers seq, table, row id, row hash and the hash of the link before (`previous`)."""

KEPT: dict[str, Table] = {name: table for name, table in METADATA.tables.items() if name != "chain"}
"""Every table whose rows are links of the chain, by name."""


def is_json(column: Column[Any]) -> bool:
    """Whether the column holds JSON as text."""
    return bool(column.info.get("json"))


FOREVER = ("meta", "parts", "rubrics", "samples", "tombstones", "chain")
"""Tables that hold no texts of calls: not even a purge may change a row of theirs."""
_PURGED = (
    "WHEN NOT (NEW.id = OLD.id AND NEW.sha256 = OLD.sha256 AND EXISTS "
    "(SELECT 1 FROM tombstones WHERE table_name = '@' AND row_id = OLD.id)) "
)


def guards() -> dict[str, str]:
    """Trigger name -> the SQL that refuses UPDATE or DELETE on one table.

    Only a row that has a tombstone can be changed, and keeps its id and hash: the purge writes the tombstone first.
    """
    found = {}
    for table in METADATA.tables:
        for verb in ("UPDATE", "DELETE"):
            name = f"{table}_no_{verb.lower()}"
            found[name] = (
                f"CREATE TRIGGER {name} BEFORE {verb} ON {table} "
                f"{_PURGED.replace('@', table) if verb == 'UPDATE' and table not in FOREVER else ''}"
                f"BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: no {verb} on {table}'); END"
            )
    return found
