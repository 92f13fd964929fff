"""Where the turns of a call stand, proposed from names of keys and the values under them: the list, who, what, when, tools."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from evalharness.collect.grouped import ROWS
from evalharness.collect.map_values import entries_at, list_at, look_up
from evalharness.collect.platforms import payload
from evalharness.collect.reasons import FieldError
from evalharness.collect.units import number_of, number_with_comma

UNKNOWN = "..."
_LISTS = (
    "turns", "transcript", "messages", "transcriptobject", "traj", "items", "conversation", "dialog", "utterances", "phrases",
)  # fmt: skip
_SPEAKER = (
    "speaker", "role", "from", "participant", "channel", "who", "participantpurpose", "participantrole", "participantid", "type",
    "sprecher", "rolle",
)  # fmt: skip
_TEXT = ("decoratedtext", "text", "content", "message", "utterance", "body", "said", "transcript", "gesagt", "inhalt")
_TOOL = ("tool", "toolname", "functionname")
_TIMES = {
    "start_ms": (
        "startms", "beginoffsetmillis", "starttimems", "startoffsetms", "ats", "starts", "startseconds", "start", "starttime",
        "begin", "zeits", "zeitms",
    ),
    "end_ms": ("endms", "endoffsetmillis", "endtimems", "ends", "endseconds", "end", "endtime"),
    "duration_ms": ("durationms", "milliseconds", "durations", "lastss", "durationseconds", "lengths"),
}  # fmt: skip
_SPEAKERS = {
    **dict.fromkeys(
        ("user", "caller", "customer", "human", "client", "external", "kunde", "kundin", "anrufer", "anruferin"), "caller"
    ),
    **dict.fromkeys(("assistant", "agent", "bot", "ai", "model", "internal"), "agent"),
    **dict.fromkeys(("human_agent", "operator", "transfer_target", "person"), "human_agent"),
    **dict.fromkeys(("system", "developer", "tool", "function", "tool_call", "tool_result"), None),
    "conversation.item.input_audio_transcription.completed": "caller",
    "response.done": "agent",
}
_SECONDS = re.compile(r"(?:[a-z0-9](?:_s|_secs?)|[sS]econds?|Secs?|\((?:s|sec|Sek\.?)\))$")
_MILLISECONDS = re.compile(r"(?:ms|Ms|[mM]illis(?:econds)?|\(ms\))$")
_COMMA_SHOWN = re.compile(r"-?[0-9.]{1,20},[0-9]{1,9}")
_EPOCH_MS, _EPOCH_S = 1e11, 1e9


def plain(key: str) -> str:
    """A key as names are compared: small letters and digits alone, of a path its last part."""
    return re.sub(r"[^a-z0-9]", "", key.rpartition(".")[2].lower())


def plain_values(value: Any, deep: int = 1) -> dict[str, Any]:
    """The values of an object that are neither lists nor objects by dotted path, those of inner objects after its own."""
    if not isinstance(value, dict):
        return {}
    own = {name: one for name, one in value.items() if one is not None and not isinstance(one, dict | list)}
    inner = ((name, plain_values(one, deep - 1)) for name, one in value.items() if deep and isinstance(one, dict))
    return {**own, **{f"{name}.{key}": one for name, held in inner for key, one in held.items()}}


def first_of(values: Mapping[str, Any], names: Iterable[str]) -> str | None:
    """The path of the first of these names under which a value stands."""
    named: dict[str, str] = {}
    for path in values:
        named.setdefault(plain(path), path)
    return next((named[name] for name in names if name in named), None)


def unit_of(path: str, value: Any, *, lengths: bool = True) -> str | None:
    """The unit that a number's size (times since 1970) or its name tells; None where neither does."""
    number = number_of(value)
    if number is None:
        number = number_with_comma(value)
    if number is None:
        return None
    if number >= _EPOCH_S:
        return "epoch_ms" if number >= _EPOCH_MS else "epoch_s"
    if not lengths:
        return None
    if _MILLISECONDS.search(path):
        return "ms"
    return "s" if _SECONDS.search(path) or number % 1 else None


def decimal_of(values: Iterable[Any]) -> dict[str, str]:
    """What the map says of numbers of which one is written with a decimal comma."""
    shown = any(isinstance(value, str) and _COMMA_SHOWN.fullmatch(value.strip()) for value in values)
    return {"decimal": ","} if shown else {}


def turns(calls: list[dict[str, Any]]) -> dict[str, Any]:
    """The map of the turns, of calls that have them in a list."""
    each = _list_path(calls[0] if calls else {})
    spoken = [entry for call in calls for entry in _entries(call, each)] if each else []
    return {"each": each or UNKNOWN, **_in_turns(spoken, calls[0] if calls else {})}


def turns_in_rows(rows: list[dict[str, Any]], group: str) -> dict[str, Any] | None:
    """The map of the turns where each row is one; None where a row does not say who spoke and what.

    What is the same in all rows of every call is the call's.
    """
    first: dict[str, dict[str, Any]] = {}
    own: set[str] = set()
    for row in rows:
        head = first.setdefault(str(row.get(group)), row)
        own |= {name for name, value in row.items() if head.get(name) != value}
    found = _in_turns([{name: value for name, value in row.items() if name in own} for row in rows], {})
    return None if UNKNOWN in (found["speaker"], found["text"]) else {"each": ROWS, **found}


def _entries(call: Any, each: str) -> list[dict[str, Any]]:
    try:
        return [entry for entry, _ in entries_at(call, each) if isinstance(entry, dict)]
    except FieldError:
        return []


def _list_path(call: dict[str, Any]) -> str | None:
    """The list whose entries say who and what, a usual name first; else a usual name under which anything stands."""
    found = [path for path in _lists(call) if path]
    usual = sorted(
        found, key=lambda path: _LISTS.index(last) if (last := plain(path.replace("[]", ""))) in _LISTS else len(_LISTS)
    )
    both = (path for path in usual if _says(_entries(call, path)))
    named = next((path for path in usual if plain(path.replace("[]", "")) in _LISTS), None)
    return next(both, None) or named or next((name for name in call if plain(name) in _LISTS and call[name] is not None), None)


def _says(entries: list[dict[str, Any]]) -> bool:
    near = _near(entries[:20])
    return first_of(near, _SPEAKER) is not None and first_of(near, _TEXT) is not None


def _lists(call: dict[str, Any]) -> Iterator[str]:
    """The paths of lists of objects: of the call, of its objects, and in the entries of its lists."""
    for name, held in call.items():
        inner = held if isinstance(held, dict) else {}
        yield from (f"{name}.{key}" for key, one in inner.items() if payload.objects(one))
        entries = payload.objects(list_at(call, name)) if isinstance(held, list | str) else []
        if entries:
            yield name
            yield from (f"{name}[].{key}[]" for key, one in entries[0].items() if payload.objects(one))


def _near(entries: Iterable[dict[str, Any]]) -> dict[str, Any]:
    return {path: value for entry in reversed(list(entries)) for path, value in plain_values(entry).items()}


def _in_turns(entries: list[dict[str, Any]], call: dict[str, Any]) -> dict[str, Any]:
    near = _near(entries)
    found: dict[str, Any] = {"speaker": first_of(near, _SPEAKER) or UNKNOWN, "text": first_of(near, _TEXT) or UNKNOWN}
    if found["speaker"] != UNKNOWN:
        found["speaker"] = _speaker(found["speaker"], entries, call)
    if "response.done" in (found["speaker"].get("values", {}) if isinstance(found["speaker"], dict) else {}):
        found["text"] = {"path": [found["text"], _beside(found["text"], "response.output.0.content.0.transcript")]}
        named, arguments = {"path": "name", "default": None}, {"path": "arguments", "json": True}
        found["tool_calls"] = {
            "each": _beside(found["text"]["path"][0], "response.output"),
            "name": named,
            "arguments": arguments,
        }
    for name, keys in _TIMES.items():
        path = first_of(near, keys)
        unit = unit_of(path, near[path]) if path else None
        if path and unit and (name != "duration_ms" or ("end_ms" not in found and not unit.startswith("epoch"))):
            found[name] = {"path": path, "unit": unit, **decimal_of(look_up(entry, path) for entry in entries)}
    tools = [tool for entry in entries for tool in payload.objects(entry.get("tool_calls"))]
    single = first_of(near, _TOOL)
    if tools:
        found["tool_calls"] = _tools(tools[0])
    elif single and "." not in single:
        found["tool_calls"] = {"each": ".", "name": {"path": single, "default": None}}
    return found


def _beside(path: str, other: str) -> str:
    outer = path.rpartition(".")[0]
    return f"{outer}.{other}" if outer else other


def _tools(tool: dict[str, Any]) -> dict[str, Any]:
    """Tool calls as chat messages have them, their results in messages of the role tool; else by the names in the first one."""
    if isinstance(tool.get("function"), dict):
        arguments, result = {"path": "function.arguments", "json": True}, {"from_role": "tool", "path": "content"}
        return {"each": "tool_calls", "name": "function.name", "arguments": arguments, "result": result}
    name = first_of(tool, ("name", "toolname", "functionname")) or "name"
    arguments_key = first_of(tool, ("arguments", "args", "params", "paramsasjson", "input"))
    return {"each": "tool_calls", "name": name} | ({"arguments": {"path": arguments_key, "json": True}} if arguments_key else {})


def _speaker(path: str, entries: list[dict[str, Any]], call: dict[str, Any]) -> dict[str, Any]:
    """The words that occur and that we know; a call with another one is rejected and names it.

    Where they are references, the list of the call that explains them is looked up. Events of which only some are speech: the
    others are no turns.
    """
    words = list(dict.fromkeys(str(look_up(entry, path)) for entry in entries))
    known = {word: _SPEAKERS[word.lower()] for word in words if word.lower() in _SPEAKERS}
    if known:
        return {"path": path, "values": known, **({"default": None} if plain(path) == "type" else {})}
    referred = _reference(path, words, call)
    return referred or {"path": path, "values": {"user": "caller", "assistant": "agent"}}


def _reference(path: str, words: list[str], call: dict[str, Any]) -> dict[str, Any] | None:
    """The list of the call with such ids, and the key in it that says a role we know."""
    for name, held in call.items():
        people = payload.objects(held)
        by = next((key for key in (people[0] if people else {}) if {str(one.get(key)) for one in people} & set(words)), None)
        roles = {key for one in people for key, value in one.items() if str(value).lower() in _SPEAKERS and key != by}
        if by and roles and plain(name) not in _LISTS:
            take = min(roles)
            values = {
                str(one[take]): _SPEAKERS[str(one[take]).lower()] for one in people if str(one.get(take)).lower() in _SPEAKERS
            }
            return {"path": path, "lookup": {"in": name, "by": by, "take": take}, "values": values}
    return None
