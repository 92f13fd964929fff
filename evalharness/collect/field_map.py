"""The field map: where the fields of a call stand in JSON of another shape. Models only; mapping.py applies them.

A value has one of the forms of map_forms.py. Whatever the map may not say is an error that names the map and the key.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Discriminator, Field, Tag, ValidationError

from evalharness.collect.map_forms import (
    AnyValue,
    ConstValue,
    FileValue,
    JoinValue,
    Lookup,
    Part,
    PathValue,
    Result,
    ResultMap,
    SumValue,
    Value,
    kind_of_value,
)
from evalharness.collect.reasons import in_words, kind_of, unknown_key
from evalharness.collect.units import DURATIONS, EPOCHS, MONEY
from evalharness.errors import ConfigError
from evalharness.models.call import COST_COMPONENTS

_INSTANTS = ("started_at", "ended_at")


class ToolMap(Part):
    """The tool calls of a message: a list, or one object. An entry whose name is mapped to null is none."""

    each: str
    name: Value
    arguments: Value | None = None
    result: Result | None = None
    error: Value | None = None
    duration_ms: Value | None = None


class TurnMap(Part):
    """The turns of a call. A message whose speaker is mapped to null is no turn.

    `each`: the path of the list, or of lists in the entries of a list (transcripts[].phrases[]); turns of several lists stand
    in the order in which they begin, where all say so. `duration_ms`: instead of `end_ms`.
    """

    each: str
    speaker: Value
    text: Value
    start_ms: Value | None = None
    end_ms: Value | None = None
    duration_ms: Value | None = None
    latency_ms: Value | None = None
    latency_anchor: Value | None = None
    components: dict[str, Value] = Field(default_factory=dict)
    interrupted: Value | None = None
    heard_filler: Value | None = None
    tool_calls: ToolMap | None = None


class HandoffFromTool(Part):
    """A handoff is a call of one of these tools. The other keys: literal words; paths lie within the tool call
    (name, arguments, result). Where the tools reported an error every time, the handoff failed."""

    from_tool: Annotated[list[str], Field(min_length=1)]
    destination: Literal["human", "bot"] = "human"
    status: Literal["connected", "failed"] = "connected"
    kind: Literal["warm", "blind"] | None = None
    context_summary: Value | None = None


class HandoffMap(Part):
    """A handoff described in the call; there is one where any of these, constants and defaults aside, has a value."""

    at_ms: Value | None = None
    kind: Value | None = None
    destination: Value | None = None
    status: Value | None = None
    context_summary: Value | None = None
    talk_ms: Value | None = None


Handoff = Annotated[
    Annotated[HandoffFromTool, Tag("<from_tool>")] | Annotated[HandoffMap, Tag("<path>")],
    Discriminator(kind_of_value, custom_error_type="handoff_form", custom_error_message="must be an object of handoff fields"),
]


class FieldMap(Part):
    """A whole map. `each`: "." for each line of JSONL, or the whole document or array; else the path to an array.

    `group`: rows with the same value there are one call: the first value of each key, and the rows themselves as `rows`.
    `duration_ms`: how long the call was, instead of `ended_at`.
    """

    name: str
    each: str = "."
    group: Annotated[str, Field(min_length=1)] | None = None
    id: Value
    source: Value | None = None
    agent: Value | None = None
    version: Value | None = None
    started_at: Value | None = None
    ended_at: Value | None = None
    duration_ms: Value | None = None
    direction: Value | None = None
    channel: Value | None = None
    language: Value | None = None
    intent: Value | None = None
    caller: Value | None = None
    status: Value | None = None
    errors: Value | None = None
    outcome: Value | None = None
    end_reason: Value | None = None
    csat: Value | None = None
    cost: dict[str, Value] = Field(default_factory=dict)
    currency: Value | None = None
    handoff: Handoff | None = None
    recording_url: Value | None = None
    metadata: dict[str, Value] = Field(default_factory=dict)
    turns: TurnMap

    @classmethod
    def parse(cls, name: str, raw: Any) -> FieldMap:
        """The map of that name from its YAML or JSON value. Raises ConfigError naming the map and the key."""
        if not isinstance(raw, dict):
            raise _error(name, f"must be an object, not {kind_of(raw)}")
        if "name" in raw:
            raise _error(name, f"name: {unknown_key('name', _names(cls))}")
        try:
            found = cls.model_validate({**raw, "name": name})
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            raise _error(name, f"{_place(first['loc'])}: {_in_words(first)}") from None
        for key, value in _values(found):
            _check_use(name, key, value)
        return found


_MODELS: dict[str, type[Part]] = {
    "<path>": PathValue, "<const>": ConstValue, "<join>": JoinValue, "<from_role>": ResultMap, "<from_tool>": HandoffFromTool,
    "<sum>": SumValue, "<file>": FileValue, "since": PathValue, "lookup": Lookup, "turns": TurnMap, "tool_calls": ToolMap,
}  # fmt: skip


def _error(name: str, what: str) -> ConfigError:
    return ConfigError(
        f"field map {name!r}: {what}",
        where=f"evalharness.yaml, collect.maps.{name}",
        why="with a map that is read wrongly every call would be read wrongly",
        fix="correct the key; docs/field-map.md lists all of them",
    )


def _place(loc: Iterable[Any]) -> str:
    """Dotted, entries of a list by their number: id.join[0]."""
    named = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc if not str(part).startswith("<"))
    return "".join(named).removeprefix(".")


def _in_words(error: Mapping[str, Any]) -> str:
    if error["type"] != "extra_forbidden":
        return in_words(error)
    *outer, key = error["loc"]
    owner = str(outer[-1]) if outer else ""
    model = HandoffMap if outer == ["handoff", "<path>"] else _MODELS.get(owner, FieldMap)
    return unknown_key(str(key), _names(model))


def _names(model: type[Part]) -> tuple[str, ...]:
    """The keys as people write them."""
    hidden = "name" if model is FieldMap else ""
    return tuple(field.alias or name for name, field in model.model_fields.items() if name != hidden)


def _check_use(name: str, key: str, value: AnyValue) -> None:
    """A unit and a time zone fit only where there is something to convert; costs have known components."""
    if key.startswith("cost.") and key[5:] not in COST_COMPONENTS:
        raise _error(name, f"{key}: {unknown_key(key[5:], COST_COMPONENTS)}")
    for wrong in (_wrong_unit(key, value), _wrong_clock(key, value)):
        if wrong:
            raise _error(name, f"{key}: {wrong}")
    if isinstance(value, PathValue) and value.since is not None:
        _check_since(name, key, value, value.since)


def _wrong_unit(key: str, value: AnyValue) -> str:
    """What is wrong with the unit or the decimal sign; "" where nothing is."""
    if not isinstance(value, PathValue | SumValue):
        return ""
    units = _units_of(key)
    if value.unit not in (None, *units):
        return f"the unit {value.unit} does not fit; units here: {', '.join(units) or 'none'}"
    number = key not in _INSTANTS and (bool(units) or key == "csat" or key.startswith("metadata."))
    return "a decimal sign belongs to numbers only" if value.decimal is not None and not number else ""


def _wrong_clock(key: str, value: AnyValue) -> str:
    """What is wrong with the time zone or the form of a time; "" where nothing is."""
    instants = " and ".join(_INSTANTS)
    if isinstance(value, PathValue | FileValue) and value.timezone is not None and key not in _INSTANTS:
        return f"a timezone belongs to {instants} only"
    written = value.written if isinstance(value, PathValue) else None
    fits = key in _INSTANTS and isinstance(value, PathValue) and value.unit is None
    return f"a format belongs to {instants} only, and without a unit" if written is not None and not fits else ""


def _check_since(name: str, key: str, value: PathValue, since: PathValue) -> None:
    """Only a length of time counts from something."""
    if key not in ("turns.start_ms", "turns.end_ms"):
        raise _error(name, f"{key}: `since` belongs to turns.start_ms and turns.end_ms only")
    if value.unit not in DURATIONS:
        raise _error(name, f"{key}: `since` needs a `unit` that is a length of time: {', '.join(DURATIONS)}")
    if since.unit is not None and since.unit in MONEY:
        raise _error(name, f"{key}.since: the unit {since.unit} does not fit; units here: {', '.join((*DURATIONS, *EPOCHS))}")


def _units_of(key: str) -> tuple[str, ...]:
    last = key.rpartition(".")[2]
    if key in _INSTANTS:
        return tuple(EPOCHS)
    if key.startswith("cost."):
        return tuple(MONEY)
    if last in ("start_ms", "end_ms", "at_ms"):
        return (*DURATIONS, *EPOCHS)
    return tuple(DURATIONS) if last.endswith("_ms") or ".components." in key else ()


def _values(part: BaseModel | Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every value of the map with its dotted key."""
    for name, value in part.items() if isinstance(part, Mapping) else part:
        if isinstance(value, AnyValue):
            yield prefix + name, value
        elif isinstance(value, BaseModel | Mapping):
            yield from _values(value, f"{prefix}{name}.")
