"""The calls of a week one after the other, read from their files once and in the order written: no more than a batch in memory.

Turns of a call stand together, in the order of the calls of the same intake, so both kinds of files are read side by side.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
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
Identity = tuple[str, str]


def calls(call_files: Sequence[Path], turn_files: Sequence[Path]) -> Iterator[Call]:
    """The calls of these files as they were written, each with its turns.

    Raises ValueError where the files do not stand in the same order.
    """
    groups = _groups(turn_files)
    waiting = next(groups, None)
    for row in _rows(call_files):
        said: tuple[Turn, ...] = ()
        if waiting is not None and waiting[0] == (row["source"], row["id"]):
            said = waiting[1]
            waiting = next(groups, None)
        elif row["turns"]:
            raise ValueError("the turns of a call do not stand where the call does")
        yield _call(row, said)


def _call(row: dict[str, Any], turns: tuple[Turn, ...]) -> Call:
    """The call of a `calls` row: what is kept as JSON text is read, everything is checked again."""
    fields = {name: row[name] for name in _CALL}
    fields |= {name: tuple(json.loads(row[name] or "[]")) for name in ("errors", "inferred")}
    fields["metadata"] = json.loads(row["metadata"] or "{}")
    fields["handoff"] = None if row["handoff"] is None else Handoff.model_validate_json(row["handoff"])
    fields["cost"] = None if row["cost"] is None else Cost.model_validate_json(row["cost"])
    return Call.model_validate({**fields, "turns": turns})


def _rows(files: Sequence[Path]) -> Iterator[dict[str, Any]]:
    """The rows of `calls`; `turns` is how many turns the call has."""
    names = [*_CALL, "turns"]
    for file in files:
        with pq.ParquetFile(file) as opened:
            for batch in opened.iter_batches(_BATCH, columns=names):
                for cells in zip(*(batch.column(name).to_pylist() for name in names), strict=True):
                    yield dict(zip(names, cells, strict=True))


def _groups(files: Sequence[Path]) -> Iterator[tuple[Identity, tuple[Turn, ...]]]:
    """The turns call by call; those of one call may lie in two batches of a file."""
    for file in files:
        held: tuple[Identity, tuple[Turn, ...]] | None = None
        for identity, turns in _runs(file):
            if held is not None and held[0] == identity:
                held = identity, held[1] + turns
                continue
            if held is not None:
                yield held
            held = identity, turns
        if held is not None:
            yield held


def _runs(file: Path) -> Iterator[tuple[Identity, tuple[Turn, ...]]]:
    """Turns that stand together in a batch and are of one call."""
    with pq.ParquetFile(file) as opened:
        for batch in opened.iter_batches(_BATCH, columns=["source", "call_id", *_TURN, "latency", "tool_calls"]):
            whose = list(zip(batch.column("source").to_pylist(), batch.column("call_id").to_pylist(), strict=True))
            turns = _turns(batch)
            starts = [0, *(at for at in range(1, len(whose)) if whose[at] != whose[at - 1])]
            for first, last in zip(starts, [*starts[1:], len(whose)], strict=True):
                yield whose[first], turns[first:last]


def _turns(batch: Any) -> tuple[Turn, ...]:
    """The rows of `turns` in a batch, all checked at once."""
    latencies = _LATENCIES.validate_json(_listed(batch, "latency"))
    tools = _TOOLS.validate_json(_listed(batch, "tool_calls"))
    names = (*_TURN, "latency", "tool_calls")
    columns = (*(batch.column(name).to_pylist() for name in _TURN), latencies, [one or () for one in tools])
    return _TURNS.validate_python(tuple(dict(zip(names, cells, strict=True)) for cells in zip(*columns, strict=True)))


def _listed(batch: Any, name: str) -> str:
    """A column of JSON texts as one JSON list."""
    return f"[{','.join(text or 'null' for text in batch.column(name).to_pylist())}]"
