"""One value of a field map, looked up in one item and translated: path, values, json, default, unit, timezone."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from evalharness.collect.field_map import ConstValue, JoinValue, PathValue, value_key
from evalharness.collect.reasons import FieldError, kind_of, shown, wrong_kind
from evalharness.collect.strict_json import StrictJsonError, parse_json
from evalharness.collect.units import (
    DURATIONS,
    EPOCHS,
    amount,
    from_start,
    instant_of,
    instant_of_number,
    milliseconds,
    number_of,
)

AnyValue = PathValue | ConstValue | JoinValue


@lru_cache(maxsize=512)
def _steps(path: str) -> tuple[str, ...]:
    return () if path == "." else tuple(path.split("."))


def look_up(item: Any, path: str) -> Any:
    """What stands at the dotted path; a number is an index into a list. None where there is nothing.

    A key that is written with its dots (a column such as cost.llm) comes first.
    """
    if isinstance(item, dict) and path in item:
        return item[path]
    for step in _steps(path):
        if isinstance(item, dict):
            item = item.get(step)
        elif isinstance(item, list) and step.isdecimal() and int(step) < len(item):
            item = item[int(step)]
        else:
            return None
    return item


def list_at(item: Any, path: str) -> Any:
    """What stands at the path; JSON text there is read, so that a cell of a table can hold a list."""
    found = look_up(item, path)
    return _parsed(found) if isinstance(found, str) else found


def evaluate(value: AnyValue | None, item: Any, field: str) -> Any:
    """The value in one item before any unit. Raises FieldError for a source value that `values` does not list."""
    match value:
        case None:
            return None
        case ConstValue():
            return value.const
        case JoinValue():
            return value.by.join(_joinable(look_up(item, path), path, field) for path in value.join)
    found = look_up(item, value.path)
    if value.json_text and isinstance(found, str):
        found = _parsed(found)
    if found is None:
        return value.default
    return found if value.values is None else _translated(value, found, field)


def _translated(value: PathValue, found: Any, field: str) -> Any:
    if isinstance(found, list | dict):
        raise FieldError(field, f"{value.path} must be a single value to be translated, not {kind_of(found)}")
    key = value_key(found)
    if value.values is not None and key in value.values:
        return value.values[key]
    if value.default is None:
        raise FieldError(field, f"{value.path} is {shown(found)}, which the map's `values` do not list")
    return value.default


def _parsed(text: str) -> Any:
    """Text that is not JSON stays text: the field decides whether text may stand there."""
    try:
        return parse_json(text)
    except StrictJsonError:
        return text


def _joinable(part: Any, path: str, field: str) -> str:
    if isinstance(part, bool) or not isinstance(part, str | int):
        raise FieldError(field, f"{path} must be text or a whole number to be joined, not {kind_of(part)}")
    return str(part)


def text_value(value: AnyValue | None, item: Any, field: str) -> Any:
    """A value for a field of text: a whole number becomes its digits, anything else stays what it is."""
    found = evaluate(value, item, field)
    return str(found) if isinstance(found, int) and not isinstance(found, bool) else found


def instant_value(value: AnyValue | None, item: Any, field: str) -> str | None:
    """A time as ISO 8601 text in UTC. Raises FieldError."""
    found = evaluate(value, item, field)
    if found is None:
        return None
    unit = _unit(value)
    if unit in EPOCHS:
        return str(_epoch(found, unit, field).isoformat())
    zone = value.timezone if isinstance(value, PathValue) else None
    return instant_of(found, field, ZoneInfo(zone) if zone else None).isoformat()


def milliseconds_value(value: AnyValue | None, item: Any, field: str, start: datetime | None = None) -> Any:
    """A duration, or a time from `start` on (epoch units), in milliseconds. Without a unit the value as it is."""
    found = evaluate(value, item, field)
    unit = _unit(value)
    if found is None or not unit:
        return found
    if unit in DURATIONS:
        return milliseconds(_number(found, field), unit)
    if start is None:
        raise FieldError(field, "is an instant, and the call has no started_at to count from")
    return from_start(_epoch(found, unit, field), start)


def amount_value(value: AnyValue | None, item: Any, field: str) -> Any:
    """Money in the unit of the currency."""
    found = evaluate(value, item, field)
    unit = _unit(value)
    return found if found is None or not unit else amount(_number(found, field), unit)


def _unit(value: AnyValue | None) -> str:
    return (value.unit or "") if isinstance(value, PathValue) else ""


def _epoch(found: Any, unit: str, field: str) -> datetime:
    instant = instant_of_number(found, unit, field)
    if instant is None:
        raise FieldError(field, wrong_kind("a number", found))
    return instant


def _number(found: Any, field: str) -> float:
    number = number_of(found)
    if number is None:
        raise FieldError(field, wrong_kind("a number", found))
    return number
