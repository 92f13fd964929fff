"""The forms a value of a field map can have: where it stands, and how it is translated on the way. Models only."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag, field_validator

from evalharness.collect.units import DURATIONS, EPOCHS, MONEY

UNITS = (*DURATIONS, *EPOCHS, *MONEY)
Path = Annotated[str, Field(min_length=1)]


class Part(BaseModel):
    """What no part of a map has: keys beyond its own, numbers that are none."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", allow_inf_nan=False)


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{name!r} is not a time zone such as Europe/Berlin") from None
    return name


def _pattern(given: str) -> str:
    try:
        groups = re.compile(given).groups
    except re.error as error:
        raise ValueError(f"is no regular expression ({error.msg})") from None
    if groups != 1:
        raise ValueError("needs one group in parentheses: what is taken of the name")
    return given


Zone = Annotated[str, AfterValidator(_zone)]


def _format(given: str) -> str:
    """A way of writing that keeps year, month, day, hour and minute."""
    moment = datetime(2026, 11, 16, 21, 5)  # noqa: DTZ001 - only written and read again
    try:
        kept = datetime.strptime(moment.strftime(given), given)  # noqa: DTZ007
    except ValueError:
        raise ValueError('is no way to write a time; write such as "%d.%m.%Y %H:%M"') from None
    if kept.replace(tzinfo=None) != moment:
        raise ValueError('needs day, month, year, hour and minute, such as "%d.%m.%Y %H:%M"')
    return given


def _long_form(value: Any) -> Any:
    return {"path": value} if isinstance(value, str) else value


def _paths(given: Any) -> Any:
    return [given] if isinstance(given, str) else given


class Lookup(Part):
    """Another list of the call: the entry of it (`in`) whose `by` is the value found; what counts is its `take`."""

    among: Path = Field(alias="in")
    by: Path
    take: Path


class PathValue(Part):
    """A value found at a dotted path, or at the first of several that has one, translated on the way.

    "." is the item itself, a number indexes a list (-1: its last entry), "^." begins at what holds the list of turns.
    `values`: source value -> ours, null = no value. `unit`: of the source. `json`: the value is JSON text. `default`: for a
    missing value and for one that `values` does not list (null: no value). `timezone`: of times without an offset. `since`:
    the instant, or the time in the call, from which a turn's time counts. `lookup`: the value is a reference to an entry of
    another list of the call. `decimal`: the value is a number written as text with this sign. `format`: how a time of the call is
    written, as strptime has it.
    """

    path: Annotated[list[Path], Field(min_length=1), BeforeValidator(_paths)]
    values: dict[str, Any] | None = None
    unit: Literal[UNITS] | None = None  # type: ignore[valid-type]
    json_text: bool = Field(default=False, alias="json")
    default: Any = None
    timezone: Zone | None = None
    decimal: Literal[",", "."] | None = None
    written: Annotated[str, AfterValidator(_format)] | None = Field(default=None, alias="format")
    since: Annotated[PathValue | None, BeforeValidator(_long_form)] = None
    lookup: Lookup | None = None

    @field_validator("values", mode="before")
    @classmethod
    def _texts(cls, values: Any) -> Any:
        return {value_key(key): value for key, value in values.items()} if isinstance(values, dict) else values

    @property
    def open_ended(self) -> bool:
        """Whether a value that `values` does not list is taken: as the default, which may be none."""
        return "default" in self.model_fields_set


class ConstValue(Part):
    """The same value for every call."""

    const: Any


class JoinValue(Part):
    """Texts and whole numbers at several paths, joined: {join: [task_id, trial], with: "-"}."""

    join: Annotated[list[Path], Field(min_length=1)]
    by: str = Field(default="", alias="with")


class SumValue(Part):
    """The sum of the numbers at these paths; `[]` in a path stands for every entry of a list. None where there is no number."""

    sum: Annotated[list[Path], Field(min_length=1), BeforeValidator(_paths)]
    unit: Literal[UNITS] | None = None  # type: ignore[valid-type]
    decimal: Literal[",", "."] | None = None


class FileValue(Part):
    """What the group of a regular expression finds in the name of the file (%3A in it is read as a colon)."""

    file: Annotated[str, AfterValidator(_pattern)]
    timezone: Zone | None = None


def value_key(value: Any) -> str:
    """The text by which `values` knows a scalar: YAML's true and 1 match JSON's true and 1."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return str(value)


def kind_of_value(raw: Any) -> str:
    """Which form a value has. Tags are in brackets, so that they never look like a key in an error."""
    for key in ("const", "join", "sum", "file", "from_role", "from_tool"):
        if isinstance(raw, dict) and key in raw:
            return f"<{key}>"
    return "<path>" if isinstance(raw, str | dict) else f"<{type(raw).__name__}>"


class ResultMap(Part):
    """The result of a tool call: at a path of the call itself, or (`from_role`) in the first unclaimed message of that
    role after the call; where the call and the message both carry a call id, the two must agree."""

    from_role: str
    path: Annotated[str, Field(min_length=1)]


AnyValue = PathValue | ConstValue | JoinValue | SumValue | FileValue
_FORM = Discriminator(
    kind_of_value,
    custom_error_type="value_form",
    custom_error_message="must be a dotted path, {path: ...}, {const: ...}, {join: [...], with: ...}, {sum: ...} or {file: ...}",
)
Value = Annotated[
    Annotated[PathValue, Tag("<path>")]
    | Annotated[ConstValue, Tag("<const>")]
    | Annotated[JoinValue, Tag("<join>")]
    | Annotated[SumValue, Tag("<sum>")]
    | Annotated[FileValue, Tag("<file>")],
    _FORM,
    BeforeValidator(_long_form),
]
Result = Annotated[
    Annotated[PathValue, Tag("<path>")] | Annotated[ConstValue, Tag("<const>")] | Annotated[ResultMap, Tag("<from_role>")],
    _FORM,
    BeforeValidator(_long_form),
]
