"""A field map proposed from a few values of a file: what stands where, as far as names of keys and sizes of numbers tell."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import combinations
from typing import Any
from urllib.parse import unquote

from evalharness.collect.known_exports import known_map
from evalharness.collect.map_values import look_up
from evalharness.collect.platforms import payload
from evalharness.collect.propose_turns import UNKNOWN, decimal_of, first_of, plain, plain_values, turns, turns_in_rows, unit_of
from evalharness.collect.reasons import FieldError
from evalharness.collect.units import instant_of

__all__ = ["UNKNOWN", "map_yaml", "missing", "proposal", "proposed_map"]

_IDS = ("id", "callid", "conversationid", "uuid", "sessionid", "contactid", "interactionid", "anrufid")
_OPTIONAL = {
    "started_at": (
        "startedat", "starttime", "starttimestamp", "conversationstarttime", "started", "start", "createdat", "starttimeunixsecs",
        "timestamp", "receivedat", "beginn",
    ),
    "ended_at": ("endedat", "endtime", "endtimestamp", "conversationendtime", "ended"),
    "duration_ms": (
        "durationms", "durations", "durationseconds", "totalconversationdurationmillis", "calllengthseconds", "dauers", "dauerms",
    ),
    "agent": ("agent", "agentname", "assistant", "bot"),
    "version": ("version", "agentversion", "botversion"),
    "language": ("language", "languagecode"),
    "intent": ("intent", "topic"),
    "caller": ("caller", "fromnumber", "customernumber", "phonenumber", "callernumber", "ani"),
    "end_reason": ("endreason", "endedreason", "disconnectionreason", "hangupreason"),
    "recording_url": ("recordingurl",),
}  # fmt: skip
_MONEY = re.compile(r"(?:^|.*_)(llm|stt|tts|telephony|platform)_?(?:cost|price)?_?(cents|usd)$", re.IGNORECASE)
_NAMED_TIME = re.compile(r"(\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d))(\.\w+)$", re.ASCII)
_DATED = re.compile(r"(\d{1,2})([./])(\d{1,2})\2(\d{4}|\d\d)(,? )\d{1,2}:\d\d(:\d\d)?", re.ASCII)
_OFFSET = re.compile(r"(?:Z|[+-]\d\d:?\d\d)$")


def proposal(values: Iterable[Any], zone: str = "", file: str = "") -> dict[str, Any]:
    """The map as data; "..." where no key fits. `values`: the first calls of the file, as many as are at hand.

    `zone`: of times without an offset, where one is declared. `file`: the name of the file, which may say when the call began.
    """
    calls = [value for value in values if isinstance(value, dict)]
    if calls and (whole := known_map(calls[0])):
        return whole
    first = {name: value for call in reversed(calls) for name, value in call.items()}
    group = _group(calls)
    said = turns_in_rows(calls, group) if group else None
    found: dict[str, Any] = {"group": group, "id": group} if said else {"each": ".", "id": _id(calls)}
    near = {**plain_values(first), **_first_entries(first)}
    taken = str(said) if said else ""
    for name, keys in _OPTIONAL.items():
        path = first_of({key: value for key, value in near.items() if f"'{key}'" not in taken}, keys)
        column = [look_up(call, path) for call in calls] if path else []
        value = _value(name, path, [near[path], *column], zone) if path else None
        if value is not None and not (name == "duration_ms" and "ended_at" in found):
            found[name] = value
    found |= {"cost": cost} if (cost := _cost(near, in_rows=bool(said))) else {}
    named = _NAMED_TIME.search(unquote(file))
    if "started_at" not in found and named:
        before = re.escape(unquote(file)[: named.start()][-1:])
        found["started_at"] = {"file": f"{before}([^{before or '/'}]+){re.escape(named[2])}$"}
    found.setdefault("started_at", UNKNOWN)
    return {**found, "turns": said or turns(calls)}


def missing(found: dict[str, Any]) -> list[str]:
    """The keys of a proposal for which nothing fitted, dotted."""
    inner = [f"turns.{name}" for name, value in found["turns"].items() if value == UNKNOWN]
    return [*(name for name, value in found.items() if value == UNKNOWN), *inner]


def proposed_map(values: Iterable[Any], name: str = "my-platform", file: str = "") -> str:
    """The proposal as YAML, as it stands in evalharness.yaml."""
    return "collect:\n  maps:\n" + map_yaml(proposal(values, file=file), name)


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
    bare = str(value).replace("_", "").replace("-", "").replace(".", "")
    safe = bare.isascii() and bare.isalnum() and bare[0].isalpha() and bare.lower() not in _READ_AS
    return str(value) if safe or value == UNKNOWN else _quoted(str(value))


_READ_AS = frozenset(("null", "true", "false", "yes", "no", "on", "off", "y", "n", "inf", "nan"))


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    letters = (letter if letter.isprintable() else f"\\U{ord(letter):08X}" for letter in escaped)
    return f'"{"".join(letters)}"'


def _first_entries(call: dict[str, Any]) -> dict[str, Any]:
    """The plain values in the first entries of lists of objects, such as participants.0.ani."""
    held = ((name, entries[0]) for name, one in call.items() if (entries := payload.objects(one)))
    return {
        f"{name}.0.{key}": value
        for name, entry in held
        if plain(name) == "participants"
        for key, value in plain_values(entry, 0).items()
    }


def _value(name: str, path: str, values: list[Any], zone: str) -> Any:
    """Values as the map takes them: a time's number by its size, a length's by its name; None where that tells no unit."""
    value = values[0]
    if name == "duration_ms":
        unit = unit_of(path, value)
        return {"path": path, "unit": unit, **decimal_of(values)} if unit in ("ms", "s") else None
    if not name.endswith("_at"):
        return path
    if written := _written_as(values):
        return {"path": path, "format": written} | ({"timezone": zone} if zone else {})
    if isinstance(value, str) and not value.strip().replace(".", "").isdecimal():
        return path if not zone or _OFFSET.search(value.strip()) or not _is_time(value) else {"path": path, "timezone": zone}
    unit = unit_of(path, value, lengths=False)
    return {"path": path, "unit": unit} if unit else None


def _written_as(values: Iterable[Any]) -> str | None:
    """How times with the day or the month first are written; None for others, and where it cannot be told which comes first."""
    dated = [found for value in values if isinstance(value, str) and (found := _DATED.fullmatch(value.strip()))]
    if not dated:
        return None
    day_first = dated[0][2] == "." or any(int(one[1]) > 12 for one in dated)
    if not day_first and not any(int(one[3]) > 12 for one in dated):
        return None
    sign, year = dated[0][2], "%Y" if len(dated[0][4]) == 4 else "%y"
    days = f"%d{sign}%m" if day_first else f"%m{sign}%d"
    return f"{days}{sign}{year}{dated[0][5]}%H:%M" + (":%S" if dated[0][6] else "")


def _is_time(value: str) -> bool:
    try:
        return bool(instant_of(value.strip() + "Z", ""))
    except FieldError:
        return False


def _cost(near: dict[str, Any], *, in_rows: bool) -> dict[str, Any]:
    """Amounts whose name says component and unit (llm_cents); of rows their sums."""
    found: dict[str, Any] = {}
    for path, amount in near.items():
        named = _MONEY.match(path)
        if named:
            place = {"sum": f"rows[].{path}"} if in_rows else {"path": path}
            found.setdefault(named[1].lower(), {**place, "unit": named[2].lower(), **decimal_of([amount])})
    return found


def _group(calls: list[dict[str, Any]]) -> str | None:
    """The usual id of which the same value stands in several rows; None where every row has its own."""
    key = first_of(calls[0] if calls else {}, _IDS)
    seen = [str(call.get(key)) for call in calls if key and call.get(key) is not None]
    return key if key and len(set(seen)) < len(seen) else None


def _id(calls: list[dict[str, Any]]) -> Any:
    """A key whose value differs in every call, else two keys that do so together; a usual name first."""
    first = calls[0] if calls else {}
    usual = first_of(plain_values(first), _IDS)
    if usual is not None:
        return usual
    scalars = [key for key, value in first.items() if isinstance(value, str | int) and not isinstance(value, bool)]
    likely = [key for key in scalars if key.lower().endswith(("id", "_no", "number", "trial"))]
    for keys in (*((key,) for key in likely), *combinations(likely, 2)):
        seen = {tuple(str(call.get(key)) for key in keys) for call in calls}
        if len(calls) > 1 and len(seen) == len(calls):
            return keys[0] if len(keys) == 1 else {"join": list(keys), "with": "-"}
    return UNKNOWN
