"""The calls of a week one after the other, read from their files once and in the order written: no more than a batch in memory.

Turns of a call stand together, in the order of the calls of the same intake, so both kinds of files are read side by side.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import TypeAdapter

from evalharness.models.call import Call, Cost, Handoff, Latency, Speaker, ToolCall, Turn

_BATCH = 5_000
_SAME = ("id", "source", "agent", "version", "direction", "channel", "language", "intent", "caller_key", "status", "outcome",
         "end_reason", "csat", "recording_url", "turns")  # fmt: skip
_TIMES = ("started_at", "ended_at")
_LISTS = ("errors", "inferred")
_TURN = ("index", "speaker", "text", "start_ms", "end_ms", "interrupted", "heard_filler")
_CALLS: TypeAdapter[list[Call]] = TypeAdapter(list[Call])
_HANDOFFS: TypeAdapter[list[Handoff | None]] = TypeAdapter(list[Handoff | None])
_COSTS: TypeAdapter[list[Cost | None]] = TypeAdapter(list[Cost | None])
_LATENCIES: TypeAdapter[list[Latency | None]] = TypeAdapter(list[Latency | None])
_TOOLS: TypeAdapter[list[tuple[ToolCall, ...] | None]] = TypeAdapter(list[tuple[ToolCall, ...] | None])
_1970 = datetime(1970, 1, 1, tzinfo=ZoneInfo("UTC"))
_SPEAKERS = frozenset(get_args(Speaker))
_FIELDS = set(Turn.model_fields)
_Row = dict[str, Any]
_Said = tuple[str, str, Turn]
"""A turn behind the source and the id of its call."""


def calls(call_files: Sequence[Path], turn_files: Sequence[Path]) -> Iterator[Call]:
    """The calls of these files as they were written, each with its turns. Many are made at once: that is quicker.

    Raises ValueError where the files do not stand in the same order.
    """
    turns = _turns_of(turn_files)
    for rows in _blocks(_rows(call_files)):
        said = list(islice(turns, sum([row["turns"] for row in rows])))
        yield from _CALLS.validate_python(list(_joined(rows, said)))


def _joined(rows: Sequence[_Row], said: Sequence[_Said]) -> Iterator[_Row]:
    """The rows, each with its turns in place of their number."""
    end = 0
    for row in rows:
        start, end = end, end + row["turns"]
        own, source, call_id = said[start:end], row["source"], row["id"]
        if end > len(said) or any(one[1] != call_id or one[0] != source for one in own):
            raise ValueError("the turns of a call do not stand where the call does")
        row["turns"] = tuple([one[2] for one in own])
        yield row


def _blocks(rows: Iterator[_Row]) -> Iterator[list[_Row]]:
    """So many rows at a time as have no more than a batch of turns in all, and one at least."""
    block: list[_Row] = []
    count = 0
    for row in rows:
        count += row["turns"]
        if block and count > _BATCH:
            yield block
            block, count = [], row["turns"]
        block.append(row)
    yield block


def _rows(files: Sequence[Path]) -> Iterator[_Row]:
    """The rows of `calls`; `turns` is how many turns the call has."""
    for file in files:
        with pq.ParquetFile(file) as opened:
            for batch in opened.iter_batches(_BATCH, columns=[*_SAME, *_TIMES, *_LISTS, "metadata", "handoff", "cost"]):
                columns = _fields(batch)
                for cells in zip(*columns.values(), strict=True):
                    yield dict(zip(columns, cells, strict=True))


def _fields(batch: Any) -> dict[str, list[Any]]:
    """The columns of `calls` in a batch; what is kept as JSON text is read."""
    columns = {name: batch.column(name).to_pylist() for name in _SAME}
    columns |= {name: _instants(batch.column(name)) for name in _TIMES}
    columns |= {name: [tuple(one or ()) for one in json.loads(_listed(batch, name))] for name in _LISTS}
    columns["metadata"] = [one or {} for one in json.loads(_listed(batch, "metadata"))]
    columns["handoff"] = _HANDOFFS.validate_json(_listed(batch, "handoff"))
    columns["cost"] = _COSTS.validate_json(_listed(batch, "cost"))
    return columns


def _instants(column: Any) -> list[datetime | None]:
    """From microseconds: pyarrow's own way takes ten times as long."""
    counts = column.view(pa.int64()).to_pylist()
    return [None if count is None else _1970 + timedelta(microseconds=count) for count in counts]


def _turns_of(files: Sequence[Path]) -> Iterator[_Said]:
    """The turns of all calls, one after the other."""
    for file in files:
        with pq.ParquetFile(file) as opened:
            for batch in opened.iter_batches(_BATCH, columns=["source", "call_id", *_TURN, "latency", "tool_calls"]):
                whose = (batch.column(name).to_pylist() for name in ("source", "call_id"))
                yield from zip(*whose, _turns(batch), strict=True)


def _turns(batch: Any) -> list[Turn]:
    """The rows of `turns` in a batch. Their columns are checked, then each turn is made of its fields as pydantic makes it: half
    the work of checking every turn. All share one set of the fields that were given."""
    columns = {name: batch.column(name).to_pylist() for name in _TURN}
    _check(columns, missing=batch.column("text").null_count + batch.column("index").null_count)
    latencies = _LATENCIES.validate_json(_listed(batch, "latency"))
    tools = _TOOLS.validate_json(_listed(batch, "tool_calls"))
    made, new, put = list[Turn](), Turn.__new__, object.__setattr__
    for index, speaker, text, start, end, interrupted, filler, latency, used in zip(
        *columns.values(), latencies, tools, strict=True
    ):
        turn = new(Turn)
        fields = {
            "index": index,
            "speaker": speaker,
            "text": text,
            "start_ms": start,
            "end_ms": end,
            "latency": latency,
            "interrupted": interrupted,
            "heard_filler": filler,
            "tool_calls": used or (),
        }
        put(turn, "__dict__", fields)
        put(turn, "__pydantic_fields_set__", _FIELDS)
        put(turn, "__pydantic_extra__", None)
        put(turn, "__pydantic_private__", None)
        made.append(turn)
    return made


def _check(columns: dict[str, list[Any]], *, missing: int) -> None:
    """Raises ValueError for a value that no turn can have. Of which type it is the file itself says. `missing`: cells."""
    if missing or not _SPEAKERS.issuperset(columns["speaker"]) or min(columns["index"], default=0) < 0:
        raise ValueError("no turn has such a speaker or index, or no text")


def _listed(batch: Any, name: str) -> str:
    """A column of JSON texts as one JSON list."""
    return f"[{','.join([text or 'null' for text in batch.column(name).to_pylist()])}]"
