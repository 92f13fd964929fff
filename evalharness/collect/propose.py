"""A field map proposed from a few values of a file: what stands where, as far as the names of the keys tell."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from typing import Any

from evalharness.collect.map_values import list_at
from evalharness.collect.platforms import payload

_IDS = ("id", "call_id", "callId", "conversation_id", "conversationId", "uuid", "session_id", "contact_id")
_TURNS = ("turns", "transcript", "messages", "transcript_object", "traj", "items", "conversation", "dialog", "utterances")
_IN_TURNS = {
    "speaker": ("speaker", "role", "from", "participant", "channel"),
    "text": ("text", "content", "message", "utterance", "body"),
}
_OPTIONAL = {
    "started_at": (
        "started_at",
        "startedAt",
        "start_time",
        "start_timestamp",
        "created_at",
        "createdAt",
        "start_time_unix_secs",
        "timestamp",
    ),
    "ended_at": ("ended_at", "endedAt", "end_time", "end_timestamp"),
    "agent": ("agent", "agent_name", "assistant", "bot"),
    "version": ("version", "agent_version"),
    "language": ("language",),
    "intent": ("intent", "topic"),
    "caller": ("caller", "from_number", "customer_number", "phone_number"),
    "end_reason": ("end_reason", "endedReason", "disconnection_reason", "hangup_reason"),
    "recording_url": ("recording_url", "recordingUrl"),
}
_SPEAKERS = {
    **dict.fromkeys(("user", "caller", "customer", "human", "client"), "caller"),
    **dict.fromkeys(("assistant", "agent", "bot", "ai", "model"), "agent"),
    **dict.fromkeys(("human_agent", "operator", "transfer_target"), "human_agent"),
    **dict.fromkeys(("system", "developer", "tool", "function", "tool_call", "tool_result"), None),
}
_EPOCH_MS = 1e11
UNKNOWN = "..."


def proposal(values: Iterable[Any]) -> dict[str, Any]:
    """The map as data; "..." where no key fits. `values`: the first calls of the file, as many as are at hand."""
    calls = [value for value in values if isinstance(value, dict)]
    first = {name: value for call in reversed(calls) for name, value in call.items()}
    found: dict[str, Any] = {"each": ".", "id": _id(calls)}
    near = {**_one_deeper(first), **first}
    for name, keys in _OPTIONAL.items():
        paths = [*keys, *(path for key in keys for path in near if path.endswith(f".{key}"))]
        path = _first(near, paths)
        if path is not None:
            found[name] = _instant(path, near[path]) if name.endswith("_at") else path
    found.setdefault("started_at", UNKNOWN)
    return {**found, "turns": _turns(calls)}


def missing(found: dict[str, Any]) -> list[str]:
    """The keys of a proposal for which nothing fitted, dotted."""
    turns = [f"turns.{name}" for name, value in found["turns"].items() if value == UNKNOWN]
    return [*(name for name, value in found.items() if value == UNKNOWN), *turns]


def proposed_map(values: Iterable[Any], name: str = "my-platform") -> str:
    """The proposal as YAML, as it stands in evalharness.yaml."""
    return "collect:\n  maps:\n" + map_yaml(proposal(values), name)


def map_yaml(found: dict[str, Any], name: str) -> str:
    """A map as YAML under `maps:`, four spaces in."""
    lines = [f"    {name}:"]
    for key, value in found.items():
        if key == "turns":
            lines += ["      turns:", *(f"        {inner}: {_written(one)}" for inner, one in value.items())]
        else:
            lines.append(f"      {key}: {_written(value)}")
    return "\n".join(lines) + "\n"


def _written(value: Any) -> str:
    """A value in YAML's flow form; words that could be read as something else stand in quotes."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_written(key)}: {_written(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_written, value)) + "]"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    plain = str(value).replace("_", "").replace("-", "").replace(".", "")
    safe = plain.isascii() and plain.isalnum() and plain[0].isalpha() and plain.lower() not in _READ_AS
    return str(value) if safe or value == UNKNOWN else _quoted(str(value))


_READ_AS = frozenset(("null", "true", "false", "yes", "no", "on", "off", "y", "n", "inf", "nan"))


def _quoted(text: str) -> str:
    plain = (letter if letter.isprintable() and letter not in '"\\' else f"\\U{ord(letter):08X}" for letter in text)
    return f'"{"".join(plain)}"'


def _first(value: dict[str, Any], keys: Iterable[str]) -> str | None:
    return next((key for key in keys if value.get(key) is not None), None)


def _one_deeper(value: dict[str, Any]) -> dict[str, Any]:
    """The plain values in the objects of a call, by dotted path."""
    inner = ((name, held) for name, held in value.items() if isinstance(held, dict))
    return {f"{name}.{key}": one for name, held in inner for key, one in held.items() if not isinstance(one, dict | list)}


def _instant(key: str, value: Any) -> Any:
    """A time as the map takes it: text as it is, a number by its size as seconds or milliseconds since 1970."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return key
    return {"path": key, "unit": "epoch_ms" if value >= _EPOCH_MS else "epoch_s"}


def _id(calls: list[dict[str, Any]]) -> Any:
    """A key whose value differs in every call, else two keys that do so together; a usual name first."""
    first = calls[0] if calls else {}
    usual = _first(first, _IDS)
    if usual is not None:
        return usual
    plain = [key for key, value in first.items() if isinstance(value, str | int) and not isinstance(value, bool)]
    likely = [key for key in plain if key.lower().endswith(("id", "_no", "number", "trial"))]
    for keys in (*((key,) for key in likely), *combinations(likely, 2)):
        seen = {tuple(str(call.get(key)) for key in keys) for call in calls}
        if len(calls) > 1 and len(seen) == len(calls):
            return keys[0] if len(keys) == 1 else {"join": list(keys), "with": "-"}
    return UNKNOWN


def _turns(calls: list[dict[str, Any]]) -> dict[str, Any]:
    each = _list_key(calls[0] if calls else {})
    turns = [turn for call in calls for turn in payload.objects(list_at(call, each))] if each else []
    named = {key: turn[key] for turn in reversed(turns) for key in turn}
    found: dict[str, Any] = {"each": each or UNKNOWN}
    found |= {name: next((key for key in keys if key in named), UNKNOWN) for name, keys in _IN_TURNS.items()}
    if found["speaker"] != UNKNOWN:
        found["speaker"] = _speaker(found["speaker"], turns)
    tools = [tool for turn in turns for tool in payload.objects(turn.get("tool_calls"))]
    return {**found, "tool_calls": _tools(tools[0])} if tools else found


def _list_key(call: dict[str, Any]) -> str | None:
    """The usual name under which a list stands, else one under which anything does."""
    return next((key for key in _TURNS if isinstance(list_at(call, key), list)), None) or _first(call, _TURNS)


def _tools(tool: dict[str, Any]) -> dict[str, Any]:
    """Tool calls as chat messages have them, their results in messages of the role tool; else by the names in the first one."""
    if isinstance(tool.get("function"), dict):
        arguments, result = {"path": "function.arguments", "json": True}, {"from_role": "tool", "path": "content"}
        return {"each": "tool_calls", "name": "function.name", "arguments": arguments, "result": result}
    name = _first(tool, ("name", "tool_name", "function_name")) or "name"
    arguments_key = _first(tool, ("arguments", "args", "params", "params_as_json", "input"))
    return {"each": "tool_calls", "name": name} | ({"arguments": {"path": arguments_key, "json": True}} if arguments_key else {})


def _speaker(key: str, turns: list[dict[str, Any]]) -> dict[str, Any]:
    """The words that occur and that we know; a call with another one is rejected and names it."""
    words = list(dict.fromkeys(str(turn.get(key)) for turn in turns))
    known = {word: _SPEAKERS[word.lower()] for word in words if word.lower() in _SPEAKERS}
    return {"path": key, "values": known or {"user": "caller", "assistant": "agent"}}
