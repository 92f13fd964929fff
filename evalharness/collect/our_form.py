"""Our form of a call: one JSON object (also the common shape every other form is brought into) -> Call.

Types are strict: a number is a number, a time is text with an offset.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from evalharness.collect.reasons import FieldError, check_keys, in_words, kind_of, printable, wrong_kind
from evalharness.collect.units import instant_of
from evalharness.models.call import COST_COMPONENTS, Call

CALL_KEYS = (
    "id", "source", "agent", "version", "started_at", "ended_at", "direction", "channel", "language", "intent", "caller",
    "status", "errors", "outcome", "end_reason", "csat", "cost", "currency", "handoff", "recording_url", "metadata", "turns",
)  # fmt: skip
TURN_KEYS = (
    "speaker", "text", "start_ms", "end_ms", "latency_ms", "latency_anchor", "components", "interrupted", "heard_filler",
    "tool_calls",
)  # fmt: skip
TOOL_KEYS = ("name", "arguments", "result", "error", "duration_ms")
HANDOFF_KEYS = ("at_ms", "kind", "destination", "status", "context_summary", "talk_ms")
_CALL, _TURN, _TOOL, _HANDOFF, _COST = map(frozenset, (CALL_KEYS, TURN_KEYS, TOOL_KEYS, HANDOFF_KEYS, COST_COMPONENTS))
_AS_GIVEN = (
    "id", "agent", "version", "direction", "channel", "language", "intent", "status", "end_reason", "csat",
    "recording_url", "metadata",
)  # fmt: skip
_SPOKEN = frozenset(("speaker", "text", "start_ms", "end_ms", "interrupted", "heard_filler"))
"""Fields of a turn that the model takes as they are."""
_INNER = {"voice_to_voice_ms": "latency_ms", "anchor": "latency_anchor"}
_OUTER = {"caller_key": "caller", "cost.currency": "currency"}


@dataclass(frozen=True)
class RowDefaults:
    """What a row does not say itself: its source, its currency, the zone of times without an offset; and how a caller's number
    becomes a key."""

    source: str
    caller_key: Callable[[str], str | None]
    currency: str = "USD"
    naive: ZoneInfo | None = None


def call_from(raw: Any, defaults: RowDefaults, concluded: Sequence[str] = ()) -> Call:
    """The Call of one object in our form. `concluded`: fields that are inferred beside those that are concluded here.

    Raises FieldError with the first field that may not be so, and why.
    """
    if not isinstance(raw, dict):
        raise FieldError("", wrong_kind("an object with the fields of a call", raw))
    check_keys(raw, _CALL)
    given = {key: value for key, value in raw.items() if value is not None}
    fields = {key: given[key] for key in _AS_GIVEN if key in given}
    fields["source"] = given.get("source", defaults.source)
    fields["errors"] = _listed(given, "errors")
    fields["handoff"] = _handoff(given)
    fields["cost"] = _cost(given, defaults.currency)
    fields["caller_key"] = _caller(given, defaults)
    if "id" not in given or "turns" not in given:
        name = "turns" if "id" in given else "id"
        raise FieldError(name, "is missing" + ("; a call without any is written []" if name == "turns" else ""))
    fields["turns"] = tuple([_turn(turn, index) for index, turn in enumerate(_listed(given, "turns"))])
    _add_times(fields, given, defaults.naive)
    _add_outcome(fields, given)
    if concluded:
        fields["inferred"] = tuple(dict.fromkeys((*fields.get("inferred", ()), *concluded)))
    return _validated(fields)


def _validated(fields: dict[str, Any]) -> Call:
    try:
        return Call.model_validate(fields)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise FieldError(_field(first["loc"]), in_words(first)) from None


def _field(loc: tuple[int | str, ...]) -> str:
    """The name in our form of a place in the model: turns, 3, latency, voice_to_voice_ms -> turns[3].latency_ms."""
    name = ""
    for part in loc:
        if isinstance(part, int):
            name += f"[{part}]"
        elif part != "latency" and not (part == "components" and name == "cost"):
            name += f".{_INNER.get(part) or printable(part)}" if name else part
    return _OUTER.get(name, name)


def _listed(given: Mapping[str, Any], name: str, field: str = "") -> tuple[Any, ...]:
    value = given.get(name)
    if value is None:
        return ()
    if not isinstance(value, list):
        raise FieldError(field or name, wrong_kind("a list", value))
    return tuple(value)


def _object(raw: Any, field: str, known: frozenset[str] | None = None) -> dict[str, Any]:
    """The given entries of an object. Raises FieldError for another kind and for keys outside `known`."""
    if not isinstance(raw, dict):
        raise FieldError(field, wrong_kind("an object", raw))
    if known is not None:
        check_keys(raw, known, f"{field}.")
    return {key: value for key, value in raw.items() if value is not None}


def _caller(given: Mapping[str, Any], defaults: RowDefaults) -> str | None:
    caller = given.get("caller")
    if caller is not None and not isinstance(caller, str):
        raise FieldError("caller", f"must be text, not {kind_of(caller)}")
    return None if caller is None else defaults.caller_key(caller)


def _cost(given: Mapping[str, Any], currency: str) -> dict[str, Any] | None:
    """None where no component is known: unknown, never 0."""
    components = _object(given.get("cost", {}), "cost", _COST)
    return {"components": components, "currency": given.get("currency", currency)} if components else None


def _handoff(given: Mapping[str, Any]) -> dict[str, Any] | None:
    raw = given.get("handoff")
    return None if raw is None else _object(raw, "handoff", _HANDOFF) or None


def _turn(raw: Any, index: int) -> dict[str, Any]:
    """The turn as the model takes it. What is None is left in where the model takes None for "not given"."""
    spoken = isinstance(raw, dict) and _SPOKEN.issuperset(raw)
    fields = raw.copy() if spoken else _with_inner(raw, index)
    fields["index"] = index
    if fields.get("text") is None:
        if not fields.get("tool_calls"):
            raise FieldError(f"turns[{index}].text", "is missing; only a turn with tool calls may go without")
        fields["text"] = ""
    if fields.get("speaker") is None:
        raise FieldError(f"turns[{index}].speaker", "is missing")
    if not spoken:
        fields["latency"] = _latency(fields, index)
    return fields


def _with_inner(raw: Any, index: int) -> dict[str, Any]:
    """A turn's fields with its tool calls, whose keys are checked as its own are. Raises FieldError."""
    if not isinstance(raw, dict) or not _TURN.issuperset(raw):
        _object(raw, f"turns[{index}]", _TURN)
    fields: dict[str, Any] = raw.copy()
    if fields.pop("tool_calls", None) is not None:
        field = f"turns[{index}].tool_calls"
        listed = _listed(raw, "tool_calls", field)
        fields["tool_calls"] = tuple([_object(tool, f"{field}[{at}]", _TOOL) for at, tool in enumerate(listed)])
    return fields


def _latency(fields: dict[str, Any], index: int) -> dict[str, Any] | None:
    """Takes the latency out of a turn's fields. The anchor alone says nothing; components alone are the anchor `components`."""
    value, anchor, components = fields.pop("latency_ms", None), fields.pop("latency_anchor", None), fields.pop("components", None)
    if components is not None and (not isinstance(components, dict) or not all(components.values())):
        components = _object(components, f"turns[{index}].components")
    if value is None and not components:
        return None
    if anchor is None:
        anchor = "components" if value is None else "reported"
    return {"voice_to_voice_ms": value, "anchor": anchor, "components": components or {}}


def _add_times(fields: dict[str, Any], given: Mapping[str, Any], naive: ZoneInfo | None) -> None:
    """`started_at` falls back to `ended_at` and is then named in `inferred`."""
    for name in ("started_at", "ended_at"):
        if name in given:
            fields[name] = instant_of(given[name], name, naive)
    if "started_at" not in fields:
        if "ended_at" not in fields:
            raise FieldError("started_at", "is missing, and there is no ended_at to take instead")
        fields["started_at"] = fields["ended_at"]
        fields["inferred"] = ("started_at",)
    if "ended_at" in fields and fields["ended_at"] < fields["started_at"]:
        raise FieldError("ended_at", "lies before started_at")


def _add_outcome(fields: dict[str, Any], given: Mapping[str, Any]) -> None:
    """Where the log gives no outcome it follows from status and handoff, and is named in `inferred`."""
    if "outcome" in given:
        fields["outcome"] = given["outcome"]
        return
    handoff = fields["handoff"] or {"status": "failed"}
    reached = handoff.get("destination", "human") == "human" and handoff.get("status", "connected") == "connected"
    by_status = {"error": "failed_technical", "abandoned": "transferred" if reached else "abandoned"}
    status = given.get("status")
    derived = by_status.get(status) if isinstance(status, str) else None
    fields["outcome"] = derived or ("transferred" if reached else "unknown")
    fields["inferred"] = (*fields.get("inferred", ()), "outcome")
