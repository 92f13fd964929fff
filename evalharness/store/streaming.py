"""The calls of a week one after the other, read from their files once and in the order written: no more than a batch in memory.

Turns of a call stand together, in the order of the calls of the same intake, so both kinds of files are read side by side.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from pydantic import TypeAdapter

from evalharness.models.call import Call, Cost, Handoff, Latency, ToolCall, Turn

_BATCH = 5_000
_CALL = tuple(name for name in Call.model_fields if name != "turns")
_TURN = ("index", "speaker", "text", "start_ms", "end_ms", "interrupted", "heard_filler")
_TURNS: TypeAdapter[tuple[Turn, ...]] = TypeAdapter(tuple[Turn, ...])
_LATENCIES: TypeAdapter[list[Latency | None]] = TypeAdapter(list[Latency | None])
_TOOLS: TypeAdapter[list[tuple[ToolCall, ...] | None]] = TypeAdapter(list[tuple[ToolCall, ...] | None])
_NOTHING = (None, "", "[]", "{}")
_Said = tuple[str, str, Turn]
"""A turn behind the source and the id of its call."""


def calls(call_files: Sequence[Path], turn_files: Sequence[Path]) -> Iterator[Call]:
    """The calls of these files as they were written, each with its turns.

    Raises ValueError where the files do not stand in the same order.
    """
    turns = _turns_of(turn_files)
    for row in _rows(call_files):
        said = list(islice(turns, row["turns"]))
        source, call_id = row["source"], row["id"]
        if len(said) < row["turns"] or any(one[1] != call_id or one[0] != source for one in said):
            raise ValueError("the turns of a call do not stand where the call does")
        yield _call(row, tuple([one[2] for one in said]))


def _call(row: dict[str, Any], turns: tuple[Turn, ...]) -> Call:
    """The call of a `calls` row: what is kept as JSON text is read, everything is checked again."""
    fields = {name: row[name] for name in _CALL}
    for name in ("errors", "inferred"):
        fields[name] = () if row[name] in _NOTHING else tuple(json.loads(row[name]))
    fields["metadata"] = {} if row["metadata"] in _NOTHING else json.loads(row["metadata"])
    fields["handoff"] = None if row["handoff"] is None else Handoff.model_validate_json(row["handoff"])
    fields["cost"] = None if row["cost"] is None else Cost.model_validate_json(row["cost"])
    fields["turns"] = turns
    return Call.model_validate(fields)


def _rows(files: Sequence[Path]) -> Iterator[dict[str, Any]]:
    """The rows of `calls`; `turns` is how many turns the call has."""
    names = [*_CALL, "turns"]
    for file in files:
        with pq.ParquetFile(file) as opened:
            for batch in opened.iter_batches(_BATCH, columns=names):
                for cells in zip(*(batch.column(name).to_pylist() for name in names), strict=True):
                    yield dict(zip(names, cells, strict=True))


def _turns_of(files: Sequence[Path]) -> Iterator[_Said]:
    """The turns of all calls, one after the other."""
    for file in files:
        with pq.ParquetFile(file) as opened:
            for batch in opened.iter_batches(_BATCH, columns=["source", "call_id", *_TURN, "latency", "tool_calls"]):
                whose = (batch.column(name).to_pylist() for name in ("source", "call_id"))
                yield from zip(*whose, _turns(batch), strict=True)


def _turns(batch: Any) -> tuple[Turn, ...]:
    """The rows of `turns` in a batch, all checked at once. Names are written out: a `zip` of names and cells takes longer."""
    latencies = _LATENCIES.validate_json(_listed(batch, "latency"))
    tools = _TOOLS.validate_json(_listed(batch, "tool_calls"))
    columns = (batch.column(name).to_pylist() for name in _TURN)
    rows = [
        {
            "index": index,
            "speaker": speaker,
            "text": text,
            "start_ms": start,
            "end_ms": end,
            "interrupted": interrupted,
            "heard_filler": filler,
            "latency": latency,
            "tool_calls": used or (),
        }
        for index, speaker, text, start, end, interrupted, filler, latency, used in zip(*columns, latencies, tools, strict=True)
    ]
    return _TURNS.validate_python(tuple(rows))


def _listed(batch: Any, name: str) -> str:
    """A column of JSON texts as one JSON list."""
    return f"[{','.join([text or 'null' for text in batch.column(name).to_pylist()])}]"
