"""A call as canonical JSON without a copy of it in plain dicts, which took longer: the same text as `Noun.canonical` gives.

Every call that is taken in is written so: the text is what its digest covers, and parts of it stand in the call log. The keys of
each noun stand here in the order of the alphabet; whoever adds a field to the noun adds it here. Turns are read a field at a
time: what one field's values are as text is needed twice, in the whole and in the column of the call log.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from json.encoder import encode_basestring as quoted
from operator import itemgetter
from typing import Any

from pydantic_core import to_json

from evalharness.models.call import Call, Cost, Latency, ToolCall, Turn
from evalharness.models.noun import canonical_json

_FLAGS = {None: "null", True: "true", False: "false"}
_Shape = tuple[str, Callable[[dict[str, float]], tuple[float, ...]]]
_SHAPES: dict[tuple[str, ...], _Shape] = {}
_SHAPES_MOST, _SHAPE_LONGEST = 1000, 200


@dataclass(frozen=True)
class CallText:
    """`whole`: the canonical JSON of the call; `parts`: of those of its fields that the log keeps as JSON, None for a field
    without a value; `columns`: of its turns each field as the log keeps it, a JSON value a turn with commas between: latency and
    tool calls are texts that hold JSON, null for a turn without. A call without turns has no columns."""

    whole: str
    parts: dict[str, str | None]
    columns: dict[str, bytes]


def call_text(call: Call) -> CallText:
    """The call as text. Raises ValueError for a number that is not finite, in its metadata or in what a tool was given."""
    turns, columns = _turns(call.turns) if call.turns else ("", {})
    parts = {
        "errors": _texts(call.errors),
        "handoff": call.handoff.canonical() if call.handoff else None,
        "cost": _cost(call.cost) if call.cost else None,
        "metadata": canonical_json(call.metadata),
        "inferred": _texts(call.inferred),
    }
    whole = (
        f'{{"agent":{_text(call.agent)},"caller_key":{_text(call.caller_key)},"channel":{_text(call.channel)},'
        f'"cost":{parts["cost"] or "null"},"csat":{_number(call.csat)},"direction":{_text(call.direction)},'
        f'"end_reason":{_text(call.end_reason)},"ended_at":{to_json(call.ended_at).decode()},"errors":{parts["errors"]},'
        f'"handoff":{parts["handoff"] or "null"},"id":{quoted(call.id)},"inferred":{parts["inferred"]},'
        f'"intent":{_text(call.intent)},"language":{_text(call.language)},"metadata":{parts["metadata"]},'
        f'"outcome":"{call.outcome}","recording_url":{_text(call.recording_url)},"source":{quoted(call.source)},'
        f'"started_at":{to_json(call.started_at).decode()},"status":{_text(call.status)},"turns":[{turns}],'
        f'"version":{_text(call.version)}}}'
    )
    return CallText(whole, parts, columns)


def _turns(turns: Sequence[Turn]) -> tuple[str, dict[str, bytes]]:
    """The turns as JSON with commas between them, and their columns."""
    given = [turn.__dict__ for turn in turns]
    ends, starts = [one["end_ms"] for one in given], [one["start_ms"] for one in given]
    indexes, speakers = [one["index"] for one in given], [one["speaker"] for one in given]
    end_ms, start_ms = _column(ends), _column(starts)
    filler, interrupted = [_FLAGS[one["heard_filler"]] for one in given], [_FLAGS[one["interrupted"]] for one in given]
    words = [quoted(one["text"]) for one in given]
    latency = [None if one["latency"] is None else _latency(one["latency"]) for one in given]
    tools = [f"[{','.join(map(_tool, one['tool_calls']))}]" if one["tool_calls"] else None for one in given]
    times = _one_by_one(end_ms.decode(), ends), _one_by_one(start_ms.decode(), starts)
    fields = zip(indexes, speakers, words, *times, filler, interrupted, latency, tools, strict=True)
    whole = [
        f'{{"end_ms":{end},"heard_filler":{fill},"index":{index},"interrupted":{cut},"latency":{ms or "null"},'
        f'"speaker":"{speaker}","start_ms":{start},"text":{text},"tool_calls":{used or "[]"}}}'
        for index, speaker, text, end, start, fill, cut, ms, used in fields
    ]
    columns = {
        "index": _column(indexes),
        "speaker": _column(speakers),
        "text": _column([one["text"] for one in given]),
        "start_ms": start_ms,
        "end_ms": end_ms,
        "interrupted": ",".join(interrupted).encode(),
        "heard_filler": ",".join(filler).encode(),
        "latency": _column(latency),
        "tool_calls": _column(tools),
    }
    return ",".join(whole), columns


def _column(values: Sequence[Any]) -> bytes:
    """The values as JSON with commas between them; bytes, for one sign beyond ASCII makes a long text of all of them slow."""
    return to_json(values)[1:-1]


def _one_by_one(column: str, values: Sequence[float | None]) -> Sequence[str]:
    """The numbers of a column as the canonical text has them. Where one of them may be very large or small its form is another
    one: 1e+16 and 1e-05, in the column 1e16 and 0.00001."""
    return list(map(_number, values)) if "e" in column or "0.0000" in column else column.split(",")


def _latency(latency: Latency) -> str:
    fields = latency.__dict__
    named, ms = fields["components"], fields["voice_to_voice_ms"]
    template, values = _SHAPES.get(tuple(named)) or _shape(tuple(named))
    shown = "null" if ms is None else repr(ms)
    return f'{{"anchor":"{fields["anchor"]}","components":{template % values(named)},"voice_to_voice_ms":{shown}}}'


def _tool(tool: ToolCall) -> str:
    return (
        f'{{"arguments":{canonical_json(tool.arguments)},"duration_ms":{_number(tool.duration_ms)},"error":{_FLAGS[tool.error]},'
        f'"name":{quoted(tool.name)},"result":{_text(tool.result)}}}'
    )


def _cost(cost: Cost) -> str:
    return f'{{"components":{_numbers(cost.components)},"currency":"{cost.currency}"}}'


def _numbers(named: dict[str, float]) -> str:
    names = tuple(named)
    template, values = _SHAPES.get(names) or _shape(names)
    return template % values(named)


def _shape(names: tuple[str, ...]) -> _Shape:
    """How numbers of these names are written: a template, and what picks them in its order. Replies of a log have the same few
    names, which are kept; a hostile log does not fill the memory with others."""
    ordered = sorted(names)
    template = "{" + ",".join([f"{quoted(name).replace('%', '%%')}:%r" for name in ordered]) + "}"
    shape: _Shape = template, itemgetter(*ordered) if len(names) > 1 else lambda named: tuple(named.values())
    if len(_SHAPES) < _SHAPES_MOST and sum(map(len, names)) <= _SHAPE_LONGEST:
        _SHAPES[names] = shape
    return shape


def _number(value: float | None) -> str:
    return "null" if value is None else repr(value)


def _text(value: str | None) -> str:
    return "null" if value is None else quoted(value)


def _texts(values: tuple[str, ...]) -> str:
    return f"[{','.join(map(quoted, values))}]"
