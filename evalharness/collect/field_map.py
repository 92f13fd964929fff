"""The field map: where the fields of a call stand in JSON of another shape. Models only; mapping.py applies them.

A value is a dotted path, or {path, values, unit, json, default, timezone}, or {const}, or {join, with}. Whatever the map
may not say is an error that names the map and the key.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag, ValidationError, field_validator

from evalharness.collect.reasons import in_words, kind_of, unknown_key
from evalharness.collect.units import DURATIONS, EPOCHS, MONEY
from evalharness.errors import ConfigError
from evalharness.models.call import COST_COMPONENTS

UNITS = (*DURATIONS, *EPOCHS, *MONEY)
_INSTANTS = ("started_at", "ended_at")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", allow_inf_nan=False)


class PathValue(_Part):
    """A value found at a dotted path ("." is the item itself, a number indexes a list), translated on the way.

    `values`: source value -> ours, null = no value. `unit`: of the source. `json`: the value is JSON text. `default`: for
    a missing value and for one that `values` does not list. `timezone`: of times without an offset.
    """

    path: Annotated[str, Field(min_length=1)]
    values: dict[str, Any] | None = None
    unit: Literal[UNITS] | None = None  # type: ignore[valid-type]
    json_text: bool = Field(default=False, alias="json")
    default: Any = None
    timezone: str | None = None

    @field_validator("values", mode="before")
    @classmethod
    def _texts(cls, values: Any) -> Any:
        return {value_key(key): value for key, value in values.items()} if isinstance(values, dict) else values

    @field_validator("timezone")
    @classmethod
    def _zone(cls, name: str | None) -> str | None:
        try:
            _ = ZoneInfo(name) if name is not None else None
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"{name!r} is not a time zone such as Europe/Berlin") from None
        return name


class ConstValue(_Part):
    """The same value for every call."""

    const: Any


class JoinValue(_Part):
    """Texts and whole numbers at several paths, joined: {join: [task_id, trial], with: "-"}."""

    join: Annotated[list[Annotated[str, Field(min_length=1)]], Field(min_length=1)]
    by: str = Field(default="", alias="with")


def value_key(value: Any) -> str:
    """The text by which `values` knows a scalar: YAML's true and 1 match JSON's true and 1."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return str(value)


def _kind(raw: Any) -> str:
    """Which form a value has. Tags are in brackets, so that they never look like a key in an error."""
    for key in ("const", "join", "from_role", "from_tool"):
        if isinstance(raw, dict) and key in raw:
            return f"<{key}>"
    return "<path>" if isinstance(raw, str | dict) else f"<{type(raw).__name__}>"


def _long_form(value: Any) -> Any:
    return {"path": value} if isinstance(value, str) else value


class ResultMap(_Part):
    """The result of a tool call: at a path of the call itself, or (`from_role`) in the first unclaimed message of that
    role after the call; where the call and the message both carry a call id, the two must agree."""

    from_role: str
    path: Annotated[str, Field(min_length=1)]


_FORM = Discriminator(
    _kind,
    custom_error_type="value_form",
    custom_error_message="must be a dotted path, {path: ...}, {const: ...} or {join: [...], with: ...}",
)
Value = Annotated[
    Annotated[PathValue, Tag("<path>")] | Annotated[ConstValue, Tag("<const>")] | Annotated[JoinValue, Tag("<join>")],
    _FORM,
    BeforeValidator(_long_form),
]
Result = Annotated[
    Annotated[PathValue, Tag("<path>")] | Annotated[ConstValue, Tag("<const>")] | Annotated[ResultMap, Tag("<from_role>")],
    _FORM,
    BeforeValidator(_long_form),
]


class ToolMap(_Part):
    """The tool calls of a message."""

    each: str
    name: Value
    arguments: Value | None = None
    result: Result | None = None
    error: Value | None = None
    duration_ms: Value | None = None


class TurnMap(_Part):
    """The turns of a call. A message whose speaker is mapped to null is no turn."""

    each: str
    speaker: Value
    text: Value
    start_ms: Value | None = None
    end_ms: Value | None = None
    latency_ms: Value | None = None
    latency_anchor: Value | None = None
    components: dict[str, Value] = Field(default_factory=dict)
    interrupted: Value | None = None
    heard_filler: Value | None = None
    tool_calls: ToolMap | None = None


class HandoffFromTool(_Part):
    """A handoff is a call of one of these tools. The other keys: literal words; paths lie within the tool call
    (name, arguments, result). Where the tools reported an error every time, the handoff failed."""

    from_tool: Annotated[list[str], Field(min_length=1)]
    destination: Literal["human", "bot"] = "human"
    status: Literal["connected", "failed"] = "connected"
    kind: Literal["warm", "blind"] | None = None
    context_summary: Value | None = None


class HandoffMap(_Part):
    """A handoff described in the call; there is one where any of these, constants and defaults aside, has a value."""

    at_ms: Value | None = None
    kind: Value | None = None
    destination: Value | None = None
    status: Value | None = None
    context_summary: Value | None = None
    talk_ms: Value | None = None


Handoff = Annotated[
    Annotated[HandoffFromTool, Tag("<from_tool>")] | Annotated[HandoffMap, Tag("<path>")],
    Discriminator(_kind, custom_error_type="handoff_form", custom_error_message="must be an object of handoff fields"),
]


class FieldMap(_Part):
    """A whole map. `each`: "." for each line of JSONL, or the whole document or array; else the path to an array."""

    name: str
    each: str = "."
    id: Value
    source: Value | None = None
    agent: Value | None = None
    version: Value | None = None
    started_at: Value | None = None
    ended_at: Value | None = None
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
            key = ".".join(str(part) for part in first["loc"] if not str(part).startswith("<"))
            raise _error(name, f"{key}: {_in_words(first)}") from None
        for key, value in _values(found):
            _check_use(name, key, value)
        return found


_MODELS: dict[str, type[_Part]] = {
    "<path>": PathValue, "<const>": ConstValue, "<join>": JoinValue, "<from_role>": ResultMap, "<from_tool>": HandoffFromTool,
    "turns": TurnMap, "tool_calls": ToolMap,
}  # fmt: skip


def _error(name: str, what: str) -> ConfigError:
    return ConfigError(
        f"field map {name!r}: {what}",
        where=f"evalharness.yaml, collect.maps.{name}",
        why="with a map that is read wrongly every call would be read wrongly",
        fix="correct the key; docs/field-map.md lists all of them",
    )


def _in_words(error: Mapping[str, Any]) -> str:
    if error["type"] != "extra_forbidden":
        return in_words(error)
    *outer, key = error["loc"]
    owner = str(outer[-1]) if outer else ""
    model = HandoffMap if outer == ["handoff", "<path>"] else _MODELS.get(owner, FieldMap)
    return unknown_key(str(key), _names(model))


def _names(model: type[_Part]) -> tuple[str, ...]:
    """The keys as people write them."""
    hidden = "name" if model is FieldMap else ""
    return tuple(field.alias or name for name, field in model.model_fields.items() if name != hidden)


def _check_use(name: str, key: str, value: PathValue | ConstValue | JoinValue) -> None:
    """A unit and a time zone fit only where there is something to convert; costs have known components."""
    if key.startswith("cost.") and key[5:] not in COST_COMPONENTS:
        raise _error(name, f"{key}: {unknown_key(key[5:], COST_COMPONENTS)}")
    if not isinstance(value, PathValue):
        return
    if value.unit not in (None, *_units_of(key)):
        fitting = ", ".join(_units_of(key)) or "none"
        raise _error(name, f"{key}: the unit {value.unit} does not fit; units here: {fitting}")
    if value.timezone is not None and key not in _INSTANTS:
        raise _error(name, f"{key}: a timezone belongs to {' and '.join(_INSTANTS)} only")


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
        if isinstance(value, PathValue | ConstValue | JoinValue):
            yield prefix + name, value
        elif isinstance(value, BaseModel | Mapping):
            yield from _values(value, f"{prefix}{name}.")
