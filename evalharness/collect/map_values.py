"""One value of a field map, looked up in one item and translated: path, values, json, default, unit, timezone, since, lookup."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from evalharness.collect.map_forms import (
    AnyValue,
    ConstValue,
    FileValue,
    JoinValue,
    Lookup,
    PathValue,
    SumValue,
    value_key,
)
from evalharness.collect.reasons import FieldError, kind_of, shown, wrong_kind
from evalharness.collect.strict_json import StrictJsonError, parse_json
from evalharness.collect.units import (
    DURATIONS,
    EPOCHS,
    amount,
    from_start,
    instant_of,
    instant_of_number,
    iso_of,
    milliseconds,
    number_of,
    number_with_comma,
)

_OUTER = "^."
_INDEX = re.compile(r"-?[0-9]{1,9}")


@dataclass(frozen=True)
class Around:
    """What an item stands in: its call, what holds the list it is from (`^.`), the start of the call, the name of the file."""

    call: Any = None
    outer: Any = None
    start: datetime | None = None
    file: str = ""


NOTHING = Around()


@lru_cache(maxsize=512)
def _steps(path: str) -> tuple[str, ...]:
    return () if path == "." else tuple(path.split("."))


def look_up(item: Any, path: str) -> Any:
    """What stands at the dotted path; a number is an index into a list, -1 its last entry. None where there is nothing.

    A key that is written with its dots (a column such as cost.llm) comes first.
    """
    if isinstance(item, dict) and path in item:
        return item[path]
    for step in _steps(path):
        if isinstance(item, dict):
            item = item.get(step)
        elif isinstance(item, list) and _INDEX.fullmatch(step) and -len(item) <= int(step) < len(item):
            item = item[int(step)]
        else:
            return None
    return item


def entries_at(item: Any, path: str, field: str = "turns") -> list[tuple[Any, Any]]:
    """The entries of the list at a path, each with what holds the list; `[]` in the path stands for every entry of a list.

    JSON text is read as in `list_at`. An inner list that is missing has no entries. Raises FieldError where there is no list.
    """
    first, *inner = [part.strip(".") or "." for part in path.removesuffix("[]").split("[]")]
    found = [(one, item) for one in _list(list_at(item, first), path, field)]
    for part in inner:
        lists = ((holder, list_at(holder, part)) for holder, _ in found)
        found = [(one, holder) for holder, held in lists if held is not None for one in _list(held, path, field)]
    return found


def _list(held: Any, path: str, field: str) -> list[Any]:
    if not isinstance(held, list):
        raise FieldError(field, f"{path} {wrong_kind('a list', held)}")
    return held


def list_at(item: Any, path: str) -> Any:
    """What stands at the path; JSON text there is read, so that a cell of a table can hold a list."""
    found = look_up(item, path)
    return _parsed(found) if isinstance(found, str) else found


def evaluate(value: AnyValue | None, item: Any, field: str, around: Around = NOTHING) -> Any:
    """The value in one item before any unit. Raises FieldError for a source value that `values` does not list."""
    match value:
        case None | ConstValue():
            return value.const if value else None
        case JoinValue():
            return value.by.join(_joinable(look_up(item, path), path, field) for path in value.join)
        case SumValue():
            return _sum(value, item, field)
        case FileValue():
            named = re.search(value.file, unquote(around.file))
            return named[1] if named else None
    found = source_value(value, item, around)
    if found is None:
        return value.default
    plain = found if value.decimal is None else _number(found, field, value.decimal)
    return plain if value.values is None else _translated(value, plain, field)


def source_value(value: PathValue, item: Any, around: Around = NOTHING) -> Any:
    """What the source says, not translated: at the first of the paths that has a value, or in the entry it refers to."""
    for path in value.path:
        found = look_up(around.outer, path[len(_OUTER) :]) if path.startswith(_OUTER) else look_up(item, path)
        if value.json_text and isinstance(found, str):
            found = _parsed(found)
        if found is not None:
            return found if value.lookup is None else _referred(value.lookup, found, item if around.call is None else around.call)
    return None


def _referred(lookup: Lookup, found: Any, call: Any) -> Any:
    listed = list_at(call, lookup.among)
    entries = listed if isinstance(listed, list) else []
    return next((look_up(one, lookup.take) for one in entries if look_up(one, lookup.by) == found), None)


def _sum(value: SumValue, item: Any, field: str) -> float | None:
    """None where none of the paths has a number; anything else but a number there is an error."""
    found = [one for path in value.sum for one in _all_at(item, path, field) if one is not None]
    return sum(_number(one, field, value.decimal or ".") for one in found) if found else None


def _all_at(item: Any, path: str, field: str) -> list[Any]:
    """What stands at a path, for every entry of the lists in it; [] where the first list is missing."""
    before, mark, last = path.rpartition("[]")
    if not mark:
        return [look_up(item, path)]
    if list_at(item, before.split("[]")[0].strip(".") or ".") is None:
        return []
    return [look_up(entry, last.strip(".") or ".") for entry, _ in entries_at(item, before, field)]


def _translated(value: PathValue, found: Any, field: str) -> Any:
    if isinstance(found, list | dict):
        raise FieldError(field, f"{value.path[0]} must be a single value to be translated, not {kind_of(found)}")
    key = value_key(found)
    if value.values is not None and key in value.values:
        return value.values[key]
    if value.default is None and not value.open_ended:
        raise FieldError(field, f"{value.path[0]} is {shown(found)}, which the map's `values` do not list")
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


def text_value(value: AnyValue | None, item: Any, field: str, around: Around = NOTHING) -> Any:
    """A value for a field of text: a whole number becomes its digits, anything else stays what it is."""
    found = evaluate(value, item, field, around)
    return str(found) if isinstance(found, int) and not isinstance(found, bool) else found


def instant_value(value: AnyValue | None, item: Any, field: str, around: Around = NOTHING) -> str | None:
    """A time as ISO 8601 text in UTC. Raises FieldError."""
    found = evaluate(value, item, field, around)
    return None if found is None else _instant(value, found, field).isoformat()


def _instant(value: AnyValue | None, found: Any, field: str) -> datetime:
    if _unit(value) in EPOCHS:
        return _epoch(found, _unit(value), field)
    zone = value.timezone if isinstance(value, PathValue | FileValue) else None
    if isinstance(value, PathValue) and value.written is not None:
        found = iso_of(found, value.written, field)
    return instant_of(found, field, ZoneInfo(zone) if zone else None)


def milliseconds_value(value: AnyValue | None, item: Any, field: str, around: Around = NOTHING) -> Any:
    """A duration, or a time from the call's start on (epoch units), in milliseconds. Without a unit the value as it is."""
    found = evaluate(value, item, field, around)
    unit = _unit(value)
    if found is None or not unit:
        return found
    if unit not in DURATIONS:
        return from_start(_epoch(found, unit, field), _start(around, field))
    lasts = milliseconds(_number(found, field), unit)
    since = value.since if isinstance(value, PathValue) else None
    return lasts if since is None or lasts is None else round(lasts + _offset(since, item, f"{field}.since", around), 3)


def _offset(since: PathValue, item: Any, field: str, around: Around) -> float:
    """From the start of the call to what a turn's time counts from: an instant, or a time in the call. Raises FieldError."""
    found = evaluate(since, item, field, around)
    if found is None:
        raise FieldError(field, f"{since.path[0]} is missing, from which the time counts")
    if since.unit in DURATIONS:
        return milliseconds(_number(found, field), str(since.unit)) or 0.0
    return from_start(_instant(since, found, field), _start(around, field))


def _start(around: Around, field: str) -> datetime:
    if around.start is None:
        raise FieldError(field, "is an instant, and the call has no started_at to count from")
    return around.start


def amount_value(value: AnyValue | None, item: Any, field: str, around: Around = NOTHING) -> Any:
    """Money in the unit of the currency."""
    found = evaluate(value, item, field, around)
    unit = _unit(value)
    return found if found is None or not unit else amount(_number(found, field), unit)


def present(values: Mapping[str, Any]) -> dict[str, Any]:
    """Without what has no value."""
    return {name: value for name, value in values.items() if value is not None}


def _unit(value: AnyValue | None) -> str:
    return (value.unit or "") if isinstance(value, PathValue | SumValue) else ""


def _epoch(found: Any, unit: str, field: str) -> datetime:
    instant = instant_of_number(found, unit, field)
    if instant is None:
        raise FieldError(field, wrong_kind("a number", found))
    return instant


def _number(found: Any, field: str, sign: str = ".") -> float:
    number = number_of(found) if sign == "." or not isinstance(found, str) else number_with_comma(found)
    if number is None and sign == "." and number_with_comma(found) is not None:
        raise FieldError(field, f'{shown(found)} has a decimal comma; write decimal: "," beside its path in the map')
    if number is None:
        raise FieldError(field, wrong_kind("a number", found))
    return number
