"""A call as the lines of JSON that the Parquet tables `calls`, `turns` and `measures` are made of. No Parquet here: this is done
in the processes that read calls, which need not load its library.

A line of `calls` and of `measures` is a row; a line of `turns` holds the turns of a call, a list a column.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from operator import is_
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from pydantic_core import to_json

from evalharness.models.call import Call
from evalharness.models.call_text import CallText, call_text
from evalharness.models.facts import PARTS, AnchorLatency, CallMeasures, fact_fields
from evalharness.models.noun import canonical_json, digest_of
from evalharness.models.week import week_of

if TYPE_CHECKING:
    from evalharness.store.intakes import Kind

Row = dict[str, Any]
CALL_JSON = ("errors", "handoff", "cost", "metadata", "inferred")
TURN_JSON = ("latency", "tool_calls")
TURN_PLAIN = ("index", "speaker", "text", "start_ms", "end_ms", "interrupted", "heard_filler")
_OF_TURNS = ("week", "source", "call_id", "position", *TURN_PLAIN, *TURN_JSON)
_TURNS_LINE = b"{" + b",".join([b'"%b":[%%b]' % name.encode() for name in _OF_TURNS]) + b"}"
PART_COLUMNS = {f"part_{name}": name for name in PARTS}
OF_CALL = ("p50_ms", "p99_ms", "p50_unanswered", "greeting_ms")
_LARGEST = 1.7976931348623157e308
_RULED = (str, int, float)


@dataclass(frozen=True)
class Written:
    """What is written of one call: its week and place there, and by kind of table its lines and how many rows they are."""

    week: str
    started_at: datetime
    source: str
    id: str
    lines: dict[Kind, bytes]
    rows: dict[Kind, int]


def written(
    call: Call, measures: CallMeasures, zone: ZoneInfo, text: CallText | None = None, digest: str | None = None
) -> Written:
    """The rows of a call of a week in `zone`. `text`, `digest`: of the call, where they are known already."""
    text = call_text(call) if text is None else text
    digest = digest_of(text.whole) if digest is None else digest
    week = week_of(call.started_at, zone)
    of_measures = _measure_rows(measures, week)
    row = _call_row(call, measures, zone, text)
    row["week"], row["digest"] = week, digest
    lines: dict[Kind, bytes] = {
        "calls": to_json(row),
        "turns": _turns_line(call, text, week) if call.turns else b"",
        "measures": b"\n".join(map(to_json, of_measures)),
    }
    rows: dict[Kind, int] = {"calls": 1, "turns": len(call.turns), "measures": len(of_measures)}
    return Written(week, call.started_at, call.source, call.id, lines, rows)


def _call_row(call: Call, measures: CallMeasures, zone: ZoneInfo, text: CallText) -> Row:
    row = fact_fields(call, measures, zone)
    row.update(text.parts)
    row["started_at"] = _utc(call.started_at)
    row["ended_at"] = None if call.ended_at is None else _utc(call.ended_at)
    row["recording_url"], row["rule_metadata"] = call.recording_url, _rule_metadata(call.metadata, text.parts["metadata"])
    return row


def _utc(at: datetime) -> str:
    """An instant as the JSON reader takes it."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def _rule_metadata(metadata: dict[str, Any], text: str | None) -> str | None:
    """What a rule can compare: words, flags and numbers; whole numbers too large for the engine become its largest ones. Where
    that is all of the metadata it is `text`, its JSON."""
    kept = {name: _plain(value) for name, value in metadata.items() if isinstance(value, _RULED)}
    whole = len(kept) == len(metadata) and all(map(is_, kept.values(), metadata.values()))
    return text if whole else canonical_json(kept)


def _plain(value: str | bool | float) -> str | bool | float:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) < 2**53:
        return value
    try:
        return float(value)
    except OverflowError:
        return _LARGEST if value > 0 else -_LARGEST


def _turns_line(call: Call, text: CallText, week: str) -> bytes:
    """The columns of `turns` as a JSON object, each with a value a turn in the order spoken."""
    count = len(call.turns)
    same = [b",".join([to_json(value)] * count) for value in (week, call.source, call.id)]
    return _TURNS_LINE % (*same, to_json(list(range(count)))[1:-1], *text.columns.values())


def _measure_rows(measures: CallMeasures, week: str) -> list[Row]:
    """The rows of `measures`: one a call and anchor; one without an anchor's figures for a call that has none."""
    same = {"week": week} | {name: getattr(measures, name) for name in ("source", "call_id", *OF_CALL)}
    if not measures.latencies:
        return [{**same, "position": -1}]
    return [{**same, "position": position, **_figures(latency)} for position, latency in enumerate(measures.latencies)]


def _figures(latency: AnchorLatency) -> Row:
    figures = dict(vars(latency))
    parts = figures.pop("parts_ms")
    return figures | {column: parts[name] for column, name in PART_COLUMNS.items() if name in parts}
