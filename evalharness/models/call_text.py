"""A call as canonical JSON without a copy of it in plain dicts, which took longer: the same text as `Noun.canonical` gives.

Every call that is taken in is written so: the text is what its digest covers, and parts of it stand in the call log. The keys of
each noun stand here in the order of the alphabet; whoever adds a field to the noun adds it here.
"""

from __future__ import annotations

from dataclasses import dataclass
from json.encoder import encode_basestring as quoted

from pydantic_core import to_json

from evalharness.models.call import Call, Cost, Latency, ToolCall, Turn
from evalharness.models.noun import canonical_json

_FLAGS = {None: "null", True: "true", False: "false"}


@dataclass(frozen=True)
class CallText:
    """`whole`: the canonical JSON of the call; `parts`: of those of its fields that the log keeps as JSON, None for a field
    without a value; `latencies`, `tools`: of each turn, None for a turn without."""

    whole: str
    parts: dict[str, str | None]
    latencies: list[str | None]
    tools: list[str | None]


def call_text(call: Call) -> CallText:
    """The call as text. Raises ValueError for a number that is not finite, in its metadata or in what a tool was given."""
    latencies = [_latency(turn.latency) if turn.latency else None for turn in call.turns]
    tools = [f"[{','.join(map(_tool, turn.tool_calls))}]" if turn.tool_calls else None for turn in call.turns]
    parts = {
        "errors": _texts(call.errors),
        "handoff": call.handoff.canonical() if call.handoff else None,
        "cost": _cost(call.cost) if call.cost else None,
        "metadata": canonical_json(call.metadata),
        "inferred": _texts(call.inferred),
    }
    turns = ",".join(map(_turn, call.turns, latencies, tools))
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
    return CallText(whole, parts, latencies, tools)


def _turn(turn: Turn, latency: str | None, tools: str | None) -> str:
    start, end = turn.start_ms, turn.end_ms
    return (
        f'{{"end_ms":{"null" if end is None else repr(end)},"heard_filler":{_FLAGS[turn.heard_filler]},"index":{turn.index},'
        f'"interrupted":{_FLAGS[turn.interrupted]},"latency":{latency or "null"},"speaker":"{turn.speaker}",'
        f'"start_ms":{"null" if start is None else repr(start)},"text":{quoted(turn.text)},"tool_calls":{tools or "[]"}}}'
    )


def _latency(latency: Latency) -> str:
    components, ms = _numbers(latency.components), _number(latency.voice_to_voice_ms)
    return f'{{"anchor":"{latency.anchor}","components":{components},"voice_to_voice_ms":{ms}}}'


def _tool(tool: ToolCall) -> str:
    return (
        f'{{"arguments":{canonical_json(tool.arguments)},"duration_ms":{_number(tool.duration_ms)},"error":{_FLAGS[tool.error]},'
        f'"name":{quoted(tool.name)},"result":{_text(tool.result)}}}'
    )


def _cost(cost: Cost) -> str:
    return f'{{"components":{_numbers(cost.components)},"currency":"{cost.currency}"}}'


def _numbers(named: dict[str, float]) -> str:
    return "{" + ",".join([f"{quoted(name)}:{named[name]!r}" for name in sorted(named)]) + "}"


def _number(value: float | None) -> str:
    return "null" if value is None else repr(value)


def _text(value: str | None) -> str:
    return "null" if value is None else quoted(value)


def _texts(values: tuple[str, ...]) -> str:
    return f"[{','.join(map(quoted, values))}]"
