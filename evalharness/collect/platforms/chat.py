"""Chat messages: objects with an id and `messages` of role and content -> our form. No times a turn, so no latency.

Content is text or a list of parts. Tool calls stand in `tool_calls` or in parts of type tool_use; results in messages of the
role tool or in parts of type tool_result.
"""

from __future__ import annotations

from typing import Any, get_args

from evalharness.collect.field_map import FieldMap
from evalharness.collect.mapping import turns_of
from evalharness.collect.platforms import payload, tools
from evalharness.collect.platforms.payload import Draft, Json, number, objects, present, text
from evalharness.collect.reasons import FieldError, shown
from evalharness.collect.units import instant_of_epoch
from evalharness.models.call import COST_COMPONENTS, OUTCOMES, Direction, Status

ID_KEYS = ("id", "call_id", "conversation_id", "callId", "conversationId", "session_id", "thread_id")
START_KEYS = (
    "started_at", "startedAt", "start_time", "start_timestamp", "created_at", "createdAt", "created", "timestamp", "date",
)  # fmt: skip
END_KEYS = ("ended_at", "endedAt", "end_time", "end_timestamp")
_CALLERS = ("user", "human", "caller", "customer")
_AGENTS = ("assistant", "agent", "ai", "bot", "model")
_TOOLS = ("tool", "function")
_SILENT = ("system", "developer")
_PEOPLE = ("human_agent", "operator")
_ROLES = frozenset((*_CALLERS, *_AGENTS, *_TOOLS, *_SILENT, *_PEOPLE))
_TEXTS = ("agent", "version", "channel", "language", "intent", "caller", "end_reason", "recording_url")
_WORDS = {"direction": get_args(Direction), "status": get_args(Status), "outcome": OUTCOMES}
_LATEST_SECONDS = 1e11
_MAP = FieldMap.parse(
    "chat",
    {
        "id": "id",
        "turns": {
            "each": "messages",
            "speaker": {
                "path": "role",
                "values": {"caller": "caller", "agent": "agent", "human_agent": "human_agent", "silent": None, "tool": None},
            },
            "text": "text",
            "tool_calls": {
                "each": "tool_calls",
                "name": "name",
                "arguments": {"path": "arguments", "json": True},
                "error": "error",
                "result": {"from_role": "tool", "path": "text"},
            },
        },
    },
)


def recognises(value: Any) -> bool:
    """An id, and messages that all have a known role and content or tool calls. Anything less is not unmistakable."""
    messages = value.get("messages") if isinstance(value, dict) else None
    if not isinstance(messages, list) or not messages or not any(name in value for name in ID_KEYS):
        return False
    return all(
        isinstance(one, dict) and text(one.get("role")) in _ROLES and not {"content", "tool_calls"}.isdisjoint(one)
        for one in messages
    )


def draft(given: Any) -> Draft:
    """One conversation. Raises FieldError where it has no id of its own or a role nobody knows.

    A place in a file is no id: it would be another one after the next export, and the call would be taken in twice.
    """
    value = payload.needed(given, "")
    raw: Json = {"id": _id(value), "turns": _turns(value)}
    start, guessed = _start(value)
    own = {name: value[name] for name in _TEXTS if text(value.get(name))}
    own |= {name: value[name] for name, words in _WORDS.items() if text(value.get(name)) in words}
    own |= _figures(value)
    handoff = tools.handing(raw["turns"])
    raw |= {"started_at": start, "ended_at": _first_time(value, END_KEYS), "handoff": handoff}
    raw |= {**own, "metadata": _metadata(value, own)}
    return Draft(raw, (*(["started_at"] if guessed else []), *(["handoff"] if handoff else [])))


def _id(value: Json) -> Any:
    found = next((value[name] for name in ID_KEYS if value.get(name) is not None), None)
    if found is None:
        raise FieldError("id", f"is missing; an id stands under one of {', '.join(ID_KEYS)}")
    return str(found) if isinstance(found, int) and not isinstance(found, bool) else found


def _turns(value: Json) -> list[Json]:
    if not isinstance(value.get("messages"), list):
        raise FieldError("messages", "is missing, or not a list")
    messages = [part for at, one in enumerate(value["messages"]) for part in _messages(one, at)]
    return [turn for turn in turns_of(_MAP.turns, {"messages": messages}) if turn["text"] or turn["tool_calls"]]


def _figures(value: Json) -> Json:
    """CSAT and cost as our form has them; written otherwise they are no figures we know and stay in the metadata."""
    found: Json = {"csat": value["csat"]} if number(value.get("csat")) is not None else {}
    cost = value.get("cost")
    if isinstance(cost, dict) and cost.keys() <= set(COST_COMPONENTS):
        found |= {"cost": cost, **({"currency": value["currency"]} if text(value.get("currency")) else {})}
    return found


def _messages(message: Any, at: int) -> list[Json]:
    """One message as one of {role, text, tool_calls}, tool results in parts as messages of their own before it."""
    if not isinstance(message, dict):
        raise FieldError(f"messages[{at}]", "must be an object")
    role = message.get("role")
    if not isinstance(role, str) or role not in _ROLES:
        raise FieldError(f"messages[{at}].role", f"is {shown(role)}; known: {', '.join(sorted(_ROLES))}")
    parts = objects(message.get("content"))
    results = [
        {"role": "tool", "text": _text(part.get("content")) or "", "tool_call_id": part.get("tool_use_id")}
        for part in parts
        if part.get("type") == "tool_result"
    ]
    whole = {"role": _role(role), "text": _text(message.get("content")), "tool_call_id": message.get("tool_call_id")}
    called = [*map(_tool, objects(message.get("tool_calls"))), *(_used(part) for part in parts if part.get("type") == "tool_use")]
    return [*results, {**whole, **({"tool_calls": called} if called else {})}]


def _role(role: str) -> str:
    groups = (("caller", _CALLERS), ("agent", _AGENTS), ("tool", _TOOLS), ("human_agent", _PEOPLE))
    return next((ours for ours, theirs in groups if role in theirs), "silent")


def _text(content: Any) -> str | None:
    """The text of a content, of a list of parts their texts in lines; None where there is none."""
    if isinstance(content, list):
        said = [part if isinstance(part, str) else _part(part) for part in content]
        return "\n".join(part for part in said if part) or None
    return content if isinstance(content, str) else None


def _part(part: Any) -> str | None:
    found = (
        next((part[name] for name in ("text", "refusal", "transcript") if name in part), None) if isinstance(part, dict) else None
    )
    return found if isinstance(found, str) else None


def _tool(call: Json) -> Json:
    function = call["function"] if isinstance(call.get("function"), dict) else call
    return {**{name: function.get(name) for name in ("name", "arguments")}, "id": call.get("id")}


def _used(part: Json) -> Json:
    return {"name": part.get("name"), "arguments": part.get("input"), "id": part.get("id")}


def _start(value: Json) -> tuple[str | None, bool]:
    """When it began, and whether only the time of its first message tells."""
    given = _first_time(value, START_KEYS)
    if given is not None:
        return given, False
    first = next(iter(objects(value.get("messages"))), {})
    found = _first_time(first, START_KEYS)
    return found, found is not None


def _first_time(value: Json, names: tuple[str, ...]) -> str | None:
    """The first of these that has a value: ISO 8601 text as it is; a number as seconds, or milliseconds from 1e11 on."""
    for name in names:
        if value.get(name) is not None:
            seconds = number(value[name])
            if seconds is None:
                return value[name] if isinstance(value[name], str) else None
            return instant_of_epoch(seconds / 1e3 if seconds >= _LATEST_SECONDS else seconds, name).isoformat()
    return None


def _metadata(value: Json, taken: Json) -> Json:
    """The source's own metadata and every field that has no place in our form."""
    used = {*ID_KEYS, *START_KEYS, *END_KEYS, "messages", "metadata", *taken}
    own = value.get("metadata")
    left = {name: one for name, one in value.items() if name not in used}
    return present({**left, **(own if isinstance(own, dict) else {})})
