"""A field map applied to one item of JSON: the item in our form, not checked yet (our_form.py does that)."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from evalharness.collect.field_map import FieldMap, HandoffFromTool, HandoffMap, PathValue, ResultMap, ToolMap, TurnMap
from evalharness.collect.map_values import (
    amount_value,
    evaluate,
    instant_value,
    list_at,
    look_up,
    milliseconds_value,
    text_value,
)
from evalharness.collect.reasons import FieldError, wrong_kind
from evalharness.collect.units import instant_of
from evalharness.models.noun import canonical_json

_TEXTS = (
    "id",
    "source",
    "agent",
    "version",
    "channel",
    "language",
    "intent",
    "caller",
    "end_reason",
    "recording_url",
    "currency",
)
_PLAIN = ("direction", "status", "outcome", "csat")
_CALL_IDS = ("id", "tool_call_id", "toolCallId", "call_id")
_RESULT_IDS = ("tool_call_id", "toolCallId", "call_id")


def in_our_form(field_map: FieldMap, item: Any) -> dict[str, Any]:
    """The fields of one call. Raises FieldError where the item does not have what the map says."""
    if not isinstance(item, dict):
        raise FieldError("", wrong_kind("an object", item))
    raw: dict[str, Any] = {name: text_value(getattr(field_map, name), item, name) for name in _TEXTS}
    raw |= {name: evaluate(getattr(field_map, name), item, name) for name in _PLAIN}
    raw |= {name: instant_value(getattr(field_map, name), item, name) for name in ("started_at", "ended_at")}
    errors = evaluate(field_map.errors, item, "errors")
    raw["errors"] = [errors] if isinstance(errors, str) else errors
    raw["cost"] = {name: amount_value(value, item, f"cost.{name}") for name, value in field_map.cost.items()}
    raw["metadata"] = _present({name: evaluate(value, item, f"metadata.{name}") for name, value in field_map.metadata.items()})
    begin = raw["started_at"] or raw["ended_at"]
    start = instant_of(begin, "started_at") if begin else None
    raw["turns"] = turns_of(field_map.turns, item, start)
    if isinstance(field_map.handoff, HandoffFromTool):
        raw["handoff"] = _handoff_from_tool(field_map.handoff, raw["turns"])
    elif field_map.handoff is not None:
        raw["handoff"] = _handoff(field_map.handoff, item, start)
    return raw


def _present(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def turns_of(turn_map: TurnMap, item: Any, start: datetime | None = None) -> list[dict[str, Any]]:
    """The turns in one item, in our form; a list that is written as JSON text (a cell of a table) is read.

    `start`: of the call, for times of turns that are instants. Raises FieldError.
    """
    messages = list_at(item, turn_map.each)
    if not isinstance(messages, list):
        raise FieldError("turns", f"{turn_map.each} {wrong_kind('a list', messages)}")
    results = _Results(turn_map, messages)
    turns: list[dict[str, Any]] = []
    for at, message in enumerate(messages):
        field = f"{turn_map.each}[{at}]"
        if not isinstance(message, dict):
            raise FieldError("turns", f"{field} {wrong_kind('an object', message)}")
        speaker = evaluate(turn_map.speaker, message, "turns.speaker")
        if speaker is not None:
            turn = _turn(turn_map, message, f"turns[{len(turns)}]", start)
            turns.append({**turn, "speaker": speaker, "tool_calls": _tools(turn_map.tool_calls, message, at, results)})
        elif _role(turn_map, message) is None:
            raise FieldError("turns.speaker", f"{field} does not say who speaks")
    return turns


def _turn(turn_map: TurnMap, message: dict[str, Any], field: str, start: datetime | None) -> dict[str, Any]:
    turn: dict[str, Any] = {
        name: evaluate(getattr(turn_map, name), message, f"{field}.{name}")
        for name in ("text", "latency_anchor", "interrupted", "heard_filler")
    }
    for name in ("start_ms", "end_ms", "latency_ms"):
        turn[name] = milliseconds_value(getattr(turn_map, name), message, f"{field}.{name}", start)
    parts = {
        name: milliseconds_value(value, message, f"{field}.components.{name}") for name, value in turn_map.components.items()
    }
    turn["components"] = _present(parts)
    return turn


def _role(turn_map: TurnMap, message: Mapping[str, Any]) -> Any:
    """The speaker as the source calls it."""
    speaker = turn_map.speaker
    return look_up(message, speaker.path) if isinstance(speaker, PathValue) else evaluate(speaker, message, "turns.speaker")


def _tools(tool_map: ToolMap | None, message: dict[str, Any], at: int, results: _Results) -> list[dict[str, Any]] | None:
    calls = list_at(message, tool_map.each) if tool_map else None
    if tool_map is None or calls is None:
        return None
    if not isinstance(calls, list):
        raise FieldError("turns.tool_calls", f"{tool_map.each} {wrong_kind('a list', calls)}")
    return [_tool(tool_map, call, at, results) for call in calls]


def _tool(tool_map: ToolMap, call: Any, at: int, results: _Results) -> dict[str, Any]:
    result_map = tool_map.result
    if isinstance(result_map, ResultMap):
        result = results.claim(at, call, result_map)
    else:
        result = evaluate(result_map, call, "tool_calls.result")
    return {
        "name": text_value(tool_map.name, call, "tool_calls.name"),
        "arguments": evaluate(tool_map.arguments, call, "tool_calls.arguments"),
        "result": _as_text(result),
        "error": evaluate(tool_map.error, call, "tool_calls.error"),
        "duration_ms": milliseconds_value(tool_map.duration_ms, call, "tool_calls.duration_ms"),
    }


def _as_text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else canonical_json(value)


class _Results:
    """The messages that carry tool results, each claimed once: by the first call before it whose id does not differ."""

    def __init__(self, turn_map: TurnMap, messages: list[Any]) -> None:
        result = turn_map.tool_calls.result if turn_map.tool_calls else None
        role = result.from_role if isinstance(result, ResultMap) else None
        self.messages = messages
        self.claimed: set[int] = set()
        self.queues: dict[str | None, deque[int]] = {}
        self.all: deque[int] = deque()
        for at, message in enumerate(messages):
            if role is not None and isinstance(message, dict) and _role(turn_map, message) == role:
                self.queues.setdefault(_first_text(message, _RESULT_IDS), deque()).append(at)
                self.all.append(at)

    def claim(self, after: int, call: Any, result: ResultMap) -> Any:
        """The result of a call in message `after`, or None. Calls come in order, so earlier messages are done with."""
        call_id = _first_text(call, _CALL_IDS)
        queues = [self.all] if call_id is None else [self.queues.get(call_id), self.queues.get(None)]
        heads = [head for queue in queues if queue and (head := self._head(queue, after)) is not None]
        if not heads:
            return None
        self.claimed.add(min(heads))
        return look_up(self.messages[min(heads)], result.path)

    def _head(self, queue: deque[int], after: int) -> int | None:
        while queue and (queue[0] <= after or queue[0] in self.claimed):
            queue.popleft()
        return queue[0] if queue else None


def _first_text(item: Any, names: tuple[str, ...]) -> str | None:
    found = (item.get(name) for name in names) if isinstance(item, dict) else ()
    return next((value for value in found if isinstance(value, str) and value), None)


def _handoff_from_tool(handoff: HandoffFromTool, turns: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The first call of one of the tools that did not report an error; failed where all of them did."""
    tried = [(turn, tool) for turn in turns for tool in turn["tool_calls"] or () if tool["name"] in handoff.from_tool]
    if not tried:
        return None
    worked = [(turn, tool) for turn, tool in tried if tool["error"] is not True]
    turn, tool = (worked or tried)[0]
    return {
        "at_ms": turn["start_ms"],
        "kind": handoff.kind,
        "destination": handoff.destination,
        "status": handoff.status if worked else "failed",
        "context_summary": _as_text(evaluate(handoff.context_summary, tool, "handoff.context_summary")),
    }


def _handoff(handoff: HandoffMap, item: Any, start: datetime | None) -> dict[str, Any] | None:
    """The handoff described in the call; constants alone describe none."""
    found = {name: evaluate(value, item, f"handoff.{name}") for name, value in handoff if name not in ("at_ms", "talk_ms")}
    found["at_ms"] = milliseconds_value(handoff.at_ms, item, "handoff.at_ms", start)
    found["talk_ms"] = milliseconds_value(handoff.talk_ms, item, "handoff.talk_ms")
    paths = [value.path for _, value in handoff if isinstance(value, PathValue)]
    return _present(found) if any(look_up(item, path) is not None for path in paths) else None
