"""Calls as flat rows of three Parquet tables, and back. The same rows give the same bytes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.json as json_reader
import pyarrow.parquet as pq

from evalharness.models.call import Call
from evalharness.models.facts import PARTS, AnchorLatency, CallFacts, CallMeasures, facts_of
from evalharness.models.noun import canonical_json, digest_of
from evalharness.store.intakes import Kind

Row = dict[str, Any]
Measured = tuple[Call, CallMeasures]
_INSTANT = pa.timestamp("us", tz="UTC")
_NUMBERS = pa.list_(pa.float64())
_CALL_TEXT = ("agent", "version", "direction", "channel", "language", "intent", "caller_key", "status", "outcome", "end_reason")
_CALL_JSON = ("errors", "handoff", "cost", "metadata", "inferred")
_TURN_JSON = ("latency", "tool_calls")
_TURN_PLAIN = ("index", "speaker", "text", "start_ms", "end_ms", "interrupted", "heard_filler")
_COUNTS = ("changes", "unanswered", "overlaps", "rejected", "missing")
_LISTS = ("values_ms", "tool_ms", "plain_ms")
_PARTS = {f"part_{name}": name for name in PARTS}
_OF_CALL = ("p50_ms", "p99_ms", "p50_unanswered", "greeting_ms")
_BLOCK = 5_000
_LARGEST = 1.7976931348623157e308
SCHEMAS: dict[Kind, pa.Schema] = {
    "calls": pa.schema(
        [(name, pa.string()) for name in ("week", "source", "id", "digest")]
        + [("started_at", _INSTANT), ("ended_at", _INSTANT)]
        + [(name, pa.string()) for name in (*_CALL_TEXT, *_CALL_JSON, "rule_metadata", "recording_url", "currency")]
        + [(name, pa.float64()) for name in ("csat", "duration_s", "cost_usd", "p50_ms", "p99_ms")]
        + [(name, pa.int64()) for name in ("hour", "weekday", "error_count", "turns")]
        + [(name, pa.bool_()) for name in ("handed_off", "handoff_failed", "has_transcript")]
    ),
    "turns": pa.schema(
        [(name, pa.string()) for name in ("week", "source", "call_id")]
        + [("position", pa.int64()), ("index", pa.int64()), ("speaker", pa.string()), ("text", pa.string())]
        + [("start_ms", pa.float64()), ("end_ms", pa.float64()), ("interrupted", pa.bool_()), ("heard_filler", pa.bool_())]
        + [(name, pa.string()) for name in _TURN_JSON]
    ),
    "measures": pa.schema(
        [(name, pa.string()) for name in ("week", "source", "call_id")]
        + [("position", pa.int64()), ("anchor", pa.string())]
        + [(name, _NUMBERS) for name in (*_LISTS, *_PARTS)]
        + [(name, pa.int64()) for name in _COUNTS]
        + [("p50_ms", pa.float64()), ("p99_ms", pa.float64()), ("p50_unanswered", pa.bool_()), ("greeting_ms", pa.float64())]
    ),
}
"""`calls`: one row a call (the JSON columns are text; `rule_metadata` is what rules may ask of the metadata); `turns`: one
row a turn; `measures`: one row a call and anchor, `position` -1 for the one row of a call without latencies."""


def to_bytes(kind: Kind, rows: Sequence[Row]) -> bytes:
    """One Parquet file of the rows (values as JSON has them)."""
    blocks = [_table(kind, rows[first : first + _BLOCK]) for first in range(0, len(rows), _BLOCK)]
    buffer = BytesIO()
    pq.write_table(pa.concat_tables(blocks), buffer, compression="zstd", row_group_size=100_000)
    return buffer.getvalue()


def _table(kind: Kind, rows: Sequence[Row]) -> pa.Table:
    """The rows as a table, by way of JSON text: pyarrow's own way from Python objects imports pandas (0.9 CPU seconds)."""
    data = "\n".join(json.dumps(row, ensure_ascii=False, allow_nan=False) for row in rows).encode()
    reading = json_reader.ReadOptions(use_threads=False, block_size=len(data) + 1)
    parsing = json_reader.ParseOptions(explicit_schema=SCHEMAS[kind], unexpected_field_behavior="error")
    return json_reader.read_json(BytesIO(data), read_options=reading, parse_options=parsing).select(SCHEMAS[kind].names)


def call_rows(measured: Iterable[Measured], week: str, zone: ZoneInfo) -> list[Row]:
    """The rows of `calls`: the call's own fields and those that rules and whole-week measures ask for."""
    return [_call_row(call, measures, week, zone) for call, measures in measured]


def _call_row(call: Call, measures: CallMeasures, week: str, zone: ZoneInfo) -> Row:
    whole = call.model_dump(mode="json")
    facts = facts_of(call, measures, zone).model_dump(exclude={"metadata"})
    texts = {name: None if whole[name] is None else canonical_json(whole[name]) for name in _CALL_JSON}
    plain = {"week": week, "digest": digest_of(canonical_json(whole)), "recording_url": call.recording_url}
    times = {"started_at": _utc(call.started_at), "ended_at": None if call.ended_at is None else _utc(call.ended_at)}
    return {**facts, **texts, **plain, **times, "rule_metadata": _rule_metadata(call.metadata)}


def _utc(at: datetime) -> str:
    """An instant as the JSON reader takes it."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _rule_metadata(metadata: dict[str, Any]) -> str:
    """What a rule can compare: words, flags and numbers; whole numbers too large for the engine become its largest ones."""
    kept = {name: _plain(value) for name, value in metadata.items() if isinstance(value, str | bool | int | float)}
    return canonical_json(kept)


def _plain(value: str | bool | float) -> str | bool | float:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) < 2**53:
        return value
    try:
        return float(value)
    except OverflowError:
        return _LARGEST if value > 0 else -_LARGEST


def turn_rows(measured: Iterable[Measured], week: str) -> list[Row]:
    """The rows of `turns`, in the order spoken."""
    rows = []
    for call, _ in measured:
        for position, turn in enumerate(call.turns):
            whole = turn.model_dump(mode="json")
            texts = {name: canonical_json(whole[name]) if whole[name] else None for name in _TURN_JSON}
            plain = {name: whole[name] for name in _TURN_PLAIN}
            rows.append({"week": week, "source": call.source, "call_id": call.id, "position": position, **plain, **texts})
    return rows


def measure_rows(measured: Iterable[Measured], week: str) -> list[Row]:
    """The rows of `measures`: one a call and anchor; one without an anchor's figures for a call that has none."""
    rows = []
    for _, measures in measured:
        same = {"week": week, "source": measures.source, "call_id": measures.call_id}
        same |= {name: getattr(measures, name) for name in _OF_CALL}
        rows += [{**same, "position": position, **_figures(latency)} for position, latency in enumerate(measures.latencies)]
        if not measures.latencies:
            rows.append({**same, "position": -1})
    return rows


def _figures(latency: AnchorLatency) -> Row:
    figures = latency.model_dump()
    parts = figures.pop("parts_ms")
    return figures | {column: parts[name] for column, name in _PARTS.items() if name in parts}


def to_call(row: Row, turns: Sequence[Row]) -> Call:
    """The call of a `calls` row and its `turns` rows, equal to the one written."""
    names = ("source", "id", "recording_url", "csat", *_CALL_TEXT)
    whole = {name: row[name] for name in names} | {name: _read(row[name]) for name in _CALL_JSON}
    whole |= {"started_at": _iso(row["started_at"]), "ended_at": _iso(row["ended_at"])}
    return Call.model_validate_json(json.dumps({**whole, "turns": [_turn(turn) for turn in turns]}))


def _turn(row: Row) -> Row:
    plain = {name: row[name] for name in _TURN_PLAIN}
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
    same = {name: first[name] for name in _OF_CALL}
    return CallMeasures(source=first["source"], call_id=first["call_id"], latencies=latencies, **same)


def _latency(row: Row) -> AnchorLatency:
    figures: Row = {name: tuple(row[name]) for name in _LISTS} | {name: row[name] for name in _COUNTS}
    parts = {name: tuple(row[column]) for column, name in _PARTS.items() if row.get(column) is not None}
    return AnchorLatency(anchor=row["anchor"], parts_ms=parts, **figures)
