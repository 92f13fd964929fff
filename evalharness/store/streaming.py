"""The calls of a week one after the other, read from their files once and in the order written: no more than a batch in memory.

Turns of a call stand together, in the order of the calls of the same intake, so both kinds of files are read side by side.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from pydantic import TypeAdapter

from evalharness.models.call import Call, Latency, ToolCall, Turn
from evalharness.store import parquet

_BATCH = 5_000
_TURN = ("source", "call_id", "index", "speaker", "text", "start_ms", "end_ms", "interrupted", "heard_filler")
_TURN_JSON = ("latency", "tool_calls")
_TURNS: TypeAdapter[tuple[Turn, ...]] = TypeAdapter(tuple[Turn, ...])
_TOOLS: TypeAdapter[tuple[ToolCall, ...]] = TypeAdapter(tuple[ToolCall, ...])
Group = tuple[str, str, list[Mapping[str, Any]]]
"""Source and id of a call, and the fields of its turns in order."""


def calls(call_files: Sequence[Path], turn_files: Sequence[Path]) -> Iterator[Call]:
    """The calls of these files as they were written, each with its turns.

    Raises ValueError where the files do not stand in the same order.
    """
    turns = _groups(turn_files)
    waiting = next(turns, None)
    for row in _rows(call_files):
        call = parquet.to_call(row, [])
        if waiting is not None and waiting[:2] == (call.source, call.id):
            yield call.model_copy(update={"turns": _TURNS.validate_python(tuple(waiting[2]))})
            waiting = next(turns, None)
        elif row["turns"]:
            raise ValueError("the turns of a call do not stand where the call does")
        else:
            yield call


def _rows(files: Sequence[Path]) -> Iterator[dict[str, Any]]:
    for file in files:
        with pq.ParquetFile(file) as opened:
            for batch in opened.iter_batches(_BATCH):
                columns = {name: batch.column(name).to_pylist() for name in batch.schema.names}
                for cells in zip(*columns.values(), strict=True):
                    yield dict(zip(columns, cells, strict=True))


def _groups(files: Sequence[Path]) -> Iterator[Group]:
    """The turns call by call; those of one call may lie in two batches of a file."""
    for file in files:
        group: Group | None = None
        for source, call_id, fields in _turns(file):
            if group is not None and group[0] == source and group[1] == call_id:
                group[2].append(fields)
                continue
            if group is not None:
                yield group
            group = source, call_id, [fields]
        if group is not None:
            yield group


def _turns(file: Path) -> Iterator[tuple[str, str, dict[str, Any]]]:
    with pq.ParquetFile(file) as opened:
        for batch in opened.iter_batches(_BATCH, columns=[*_TURN, *_TURN_JSON]):
            names = _TURN[2:]
            sources, ids, *plain = (batch.column(name).to_pylist() for name in (*_TURN[:2], *names))
            latencies, tools = (batch.column(name).to_pylist() for name in _TURN_JSON)
            for source, call_id, cells, latency, tool in zip(
                sources, ids, zip(*plain, strict=True), latencies, tools, strict=True
            ):
                fields = dict(zip(names, cells, strict=True))
                fields["latency"] = None if latency is None else Latency.model_validate_json(latency)
                fields["tool_calls"] = () if tool is None else _TOOLS.validate_json(tool)
                yield source, call_id, fields
