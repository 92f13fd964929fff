"""Calls as flat rows of three Parquet tables, and back. The same rows give the same bytes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pyarrow as pa
import pyarrow.json as json_reader
import pyarrow.parquet as pq

from evalharness.models.call import Call
from evalharness.models.facts import AnchorLatency, CallFacts, CallMeasures
from evalharness.store.intakes import Kind
from evalharness.store.part_rows import CALL_JSON, OF_CALL, PART_COLUMNS, TURN_JSON, TURN_PLAIN, Row

_INSTANT = pa.timestamp("us", tz="UTC")
_NUMBERS = pa.list_(pa.float64())
_CALL_TEXT = ("agent", "version", "direction", "channel", "language", "intent", "caller_key", "status", "outcome", "end_reason")
_COUNTS = ("changes", "unanswered", "overlaps", "rejected", "missing")
_LISTS = ("values_ms", "tool_ms", "plain_ms")
_BLOCK_BYTES = 1_000_000
SCHEMAS: dict[Kind, pa.Schema] = {
    "calls": pa.schema(
        [(name, pa.string()) for name in ("week", "source", "id", "digest")]
        + [("started_at", _INSTANT), ("ended_at", _INSTANT)]
        + [(name, pa.string()) for name in (*_CALL_TEXT, *CALL_JSON, "rule_metadata", "recording_url", "currency")]
        + [(name, pa.float64()) for name in ("csat", "duration_s", "cost_usd", "p50_ms", "p99_ms")]
        + [(name, pa.int64()) for name in ("hour", "weekday", "error_count", "turns")]
        + [(name, pa.bool_()) for name in ("handed_off", "handoff_failed", "has_transcript")]
    ),
    "turns": pa.schema(
        [(name, pa.string()) for name in ("week", "source", "call_id")]
        + [("position", pa.int64()), ("index", pa.int64()), ("speaker", pa.string()), ("text", pa.string())]
        + [("start_ms", pa.float64()), ("end_ms", pa.float64()), ("interrupted", pa.bool_()), ("heard_filler", pa.bool_())]
        + [(name, pa.string()) for name in TURN_JSON]
    ),
    "measures": pa.schema(
        [(name, pa.string()) for name in ("week", "source", "call_id")]
        + [("position", pa.int64()), ("anchor", pa.string())]
        + [(name, _NUMBERS) for name in (*_LISTS, *PART_COLUMNS)]
        + [(name, pa.int64()) for name in _COUNTS]
        + [("p50_ms", pa.float64()), ("p99_ms", pa.float64()), ("p50_unanswered", pa.bool_()), ("greeting_ms", pa.float64())]
    ),
}
"""`calls`: one row a call (the JSON columns are text; `rule_metadata` is what rules may ask of the metadata); `turns`: one
row a turn; `measures`: one row a call and anchor, `position` -1 for the one row of a call without latencies."""
_LINES: dict[Kind, pa.Schema] = {"turns": pa.schema([(field.name, pa.list_(field.type)) for field in SCHEMAS["turns"]])}
"""The lines that are not rows: of `turns` a line holds a list a column."""


def to_bytes(kind: Kind, lines: Sequence[bytes]) -> bytes:
    """One Parquet file of the rows in these lines of JSON, see part_rows; a text may hold several lines."""
    blocks = [_table(kind, b"\n".join(block)) for block in _blocks(lines)]
    buffer = BytesIO()
    pq.write_table(pa.concat_tables(blocks), buffer, compression="zstd", row_group_size=100_000)
    return buffer.getvalue()


def _blocks(lines: Sequence[bytes]) -> Iterator[list[bytes]]:
    block: list[bytes] = []
    size = 0
    for text in lines:
        block.append(text)
        size += len(text)
        if size >= _BLOCK_BYTES:
            yield block
            block, size = [], 0
    if block:
        yield block


def _table(kind: Kind, data: bytes) -> pa.Table:
    """The rows as a table, by way of JSON text: pyarrow's own way from Python objects imports pandas (0.9 CPU seconds)."""
    schema = _LINES.get(kind, SCHEMAS[kind])
    reading = json_reader.ReadOptions(use_threads=False, block_size=len(data) + 1)
    parsing = json_reader.ParseOptions(explicit_schema=schema, unexpected_field_behavior="error")
    found = json_reader.read_json(BytesIO(data), read_options=reading, parse_options=parsing).select(schema.names)
    if kind not in _LINES:
        return found
    columns = [pa.chunked_array([chunk.values for chunk in column.chunks]) for column in found.columns]  # flatten imports more
    return pa.table(columns, schema=SCHEMAS[kind])


def to_call(row: Row, turns: Sequence[Row]) -> Call:
    """The call of a `calls` row and its `turns` rows, equal to the one written."""
    names = ("source", "id", "recording_url", "csat", *_CALL_TEXT)
    whole = {name: row[name] for name in names} | {name: _read(row[name]) for name in CALL_JSON}
    whole |= {"started_at": _iso(row["started_at"]), "ended_at": _iso(row["ended_at"])}
    return Call.model_validate_json(json.dumps({**whole, "turns": [_turn(turn) for turn in turns]}))


def _turn(row: Row) -> Row:
    plain = {name: row[name] for name in TURN_PLAIN}
    return {**plain, "latency": _read(row["latency"]), "tool_calls": _read(row["tool_calls"]) or []}


def _read(text: str | None) -> Any:
    return None if text is None else json.loads(text)


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.replace(tzinfo=UTC).isoformat()


def to_facts(row: Row) -> CallFacts:
    """The facts of a `calls` row (naive times are UTC)."""
    fields = {name: row[name] for name in CallFacts.model_fields}
    return CallFacts(**{**fields, "started_at": row["started_at"].replace(tzinfo=UTC), "metadata": json.loads(row["metadata"])})


def to_measures(rows: Sequence[Row]) -> CallMeasures:
    """The measures of one call from its `measures` rows in order."""
    first = rows[0]
    latencies = tuple(_latency(row) for row in rows if row["position"] >= 0)
    same = {name: first[name] for name in OF_CALL}
    return CallMeasures(source=first["source"], call_id=first["call_id"], latencies=latencies, **same)


def _latency(row: Row) -> AnchorLatency:
    figures: Row = {name: tuple(row[name]) for name in _LISTS} | {name: row[name] for name in _COUNTS}
    parts = {name: tuple(row[column]) for column, name in PART_COLUMNS.items() if row.get(column) is not None}
    return AnchorLatency(anchor=row["anchor"], parts_ms=parts, **figures)
