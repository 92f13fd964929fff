"""A field map applied to one item of JSON: the item in our form, not checked yet (our_form.py does that)."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from evalharness.collect.field_map import FieldMap, HandoffFromTool, HandoffMap, ToolMap, TurnMap
from evalharness.collect.map_forms import PathValue, ResultMap
from evalharness.collect.map_values import (
    NOTHING,
    Around,
    amount_value,
    entries_at,
    evaluate,
    instant_value,
    list_at,
    look_up,
    milliseconds_value,
    present,
    source_value,
    text_value,
)
from evalharness.collect.reasons import FieldError, wrong_kind
from evalharness.collect.units import after, instant_of
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


def in_our_form(field_map: FieldMap, item: Any, file: str = "") -> dict[str, Any]:
    """The fields of one call. `file`: the name of its file. Raises FieldError where the item does not have what the map says."""
    if not isinstance(item, dict):
        raise FieldError("", wrong_kind("an object", item))
    around = Around(item, item, None, file)
    raw: dict[str, Any] = {name: text_value(getattr(field_map, name), item, name, around) for name in _TEXTS}
    raw |= {name: evaluate(getattr(field_map, name), item, name, around) for name in _PLAIN}
    raw |= {name: instant_value(getattr(field_map, name), item, name, around) for name in ("started_at", "ended_at")}
    start = _start(raw)
    lasts = milliseconds_value(field_map.duration_ms, item, "duration_ms", around)
    if lasts is not None and raw["started_at"] and start and not raw["ended_at"]:
        end = after(start, lasts, "ms", "duration_ms")
        raw["ended_at"] = end.isoformat() if end else None
    errors = evaluate(field_map.errors, item, "errors", around)
    raw["errors"] = [errors] if isinstance(errors, str) else errors
    raw["cost"] = {name: amount_value(value, item, f"cost.{name}", around) for name, value in field_map.cost.items()}
    metadata = {name: evaluate(value, item, f"metadata.{name}", around) for name, value in field_map.metadata.items()}
    raw["metadata"] = present(metadata)
    around = replace(around, start=start)
    raw["turns"] = turns_of(field_map.turns, item, around)
    if isinstance(field_map.handoff, HandoffFromTool):
        raw["handoff"] = _handoff_from_tool(field_map.handoff, raw["turns"])
    elif field_map.handoff is not None:
        raw["handoff"] = _handoff(field_map.handoff, item, around)
    return raw


def _start(raw: Mapping[str, Any]) -> datetime | None:
    begin = raw["started_at"] or raw["ended_at"]
    return instant_of(begin, "started_at") if begin else None


def turns_of(turn_map: TurnMap, item: Any, around: Around = NOTHING) -> list[dict[str, Any]]:
    """The turns in one item, in our form; a list that is written as JSON text (a cell of a table) is read.

    Turns of several lists (`[]` within `each`) stand in the order in which they begin, where each says when. Raises FieldError.
    """
    entries = entries_at(item, turn_map.each)
    results = _Results(turn_map, [entry for entry, _ in entries])
    turns: list[dict[str, Any]] = []
    for at, (message, holder) in enumerate(entries):
        field = f"{turn_map.each}[{at}]"
        if not isinstance(message, dict):
            raise FieldError("turns", f"{field} {wrong_kind('an object', message)}")
        here = replace(around, outer=holder)
        speaker = evaluate(turn_map.speaker, message, "turns.speaker", here)
        if speaker is not None:
            turn = _turn(turn_map, message, f"turns[{len(turns)}]", here)
            turns.append({**turn, "speaker": speaker, "tool_calls": _tools(turn_map.tool_calls, message, at, results)})
        elif _role(turn_map, message, here) is None and not _open(turn_map):
            raise FieldError("turns.speaker", f"{field} does not say who speaks")
    if "[]" in turn_map.each.removesuffix("[]") and all(_is_number(turn["start_ms"]) for turn in turns):
        turns.sort(key=lambda turn: turn["start_ms"])
    return turns


def _open(turn_map: TurnMap) -> bool:
    """Whether entries that do not say who speaks are no turns, by the map's own word."""
    return isinstance(turn_map.speaker, PathValue) and turn_map.speaker.open_ended


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _turn(turn_map: TurnMap, message: dict[str, Any], field: str, around: Around) -> dict[str, Any]:
    turn: dict[str, Any] = {
        name: evaluate(getattr(turn_map, name), message, f"{field}.{name}", around)
        for name in ("text", "latency_anchor", "interrupted", "heard_filler")
    }
    for name in ("start_ms", "end_ms", "latency_ms"):
        turn[name] = milliseconds_value(getattr(turn_map, name), message, f"{field}.{name}", around)
    lasts = milliseconds_value(turn_map.duration_ms, message, f"{field}.duration_ms", around)
    if turn["end_ms"] is None and _is_number(turn["start_ms"]) and _is_number(lasts):
        turn["end_ms"] = round(turn["start_ms"] + lasts, 3)
    parts = {
        name: milliseconds_value(value, message, f"{field}.components.{name}", around)
        for name, value in turn_map.components.items()
    }
    turn["components"] = present(parts)
    return turn


def _role(turn_map: TurnMap, message: Mapping[str, Any], around: Around = NOTHING) -> Any:
    """The speaker as the source calls it."""
    speaker = turn_map.speaker
    if isinstance(speaker, PathValue):
        return source_value(speaker, message, around)
    return evaluate(speaker, message, "turns.speaker", around)


def _tools(tool_map: ToolMap | None, message: dict[str, Any], at: int, results: _Results) -> list[dict[str, Any]] | None:
    calls = list_at(message, tool_map.each) if tool_map else None
    if tool_map is None or calls is None:
        return None
    if isinstance(calls, dict):
        calls = [calls]
    if not isinstance(calls, list):
        raise FieldError("turns.tool_calls", f"{tool_map.each} {wrong_kind('a list', calls)}")
    return [tool for call in calls if (tool := _tool(tool_map, call, at, results))]


def _tool(tool_map: ToolMap, call: Any, at: int, results: _Results) -> dict[str, Any] | None:
    name, result_map = text_value(tool_map.name, call, "tool_calls.name"), tool_map.result
    if name is None and isinstance(tool_map.name, PathValue) and (tool_map.name.open_ended or source_value(tool_map.name, call)):
        return None
    if isinstance(result_map, ResultMap):
        result = results.claim(at, call, result_map)
    else:
        result = evaluate(result_map, call, "tool_calls.result")
    return {
        "name": name,
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


def _handoff(handoff: HandoffMap, item: Any, around: Around) -> dict[str, Any] | None:
    """The handoff described in the call; constants alone describe none."""
    plain = [name for name in type(handoff).model_fields if name not in ("at_ms", "talk_ms")]
    found = {name: evaluate(getattr(handoff, name), item, f"handoff.{name}", around) for name in plain}
    found["at_ms"] = milliseconds_value(handoff.at_ms, item, "handoff.at_ms", around)
    found["talk_ms"] = milliseconds_value(handoff.talk_ms, item, "handoff.talk_ms", around)
    paths = [value for _, value in handoff if isinstance(value, PathValue)]
    return present(found) if any(source_value(value, item, around) is not None for value in paths) else None
