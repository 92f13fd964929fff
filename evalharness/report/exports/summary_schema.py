"""The JSON Schema of summary.json, made of the same parts as the document. The committed file is held equal by a test."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

from pydantic import TypeAdapter

from evalharness.report.exports.summary_json import FORMAT, PARTS, Part
from evalharness.report.exports.summary_shapes import SIDES

NAME = "summary.schema.json"
_REFERENCE = "#/$defs/"
_SOMETIMES = {"CheckRecord": SIDES}
"""Noun -> fields that are there only where they say something."""


def summary_schema() -> dict[str, Any]:
    """The schema (draft 2020-12): every key of the document required but those that are there sometimes, no other key allowed."""
    properties: dict[str, Any] = {}
    definitions: dict[str, Any] = {}
    for part in PARTS:
        schema = TypeAdapter(part.kind).json_schema(mode="serialization")
        found = {name: _definition(name, one, part) for name, one in schema.pop("$defs", {}).items()}
        definitions |= {_named(name, part): _renamed(one, part) for name, one in found.items()}
        own = _definition(schema["title"], schema, part) if "properties" in schema else schema
        properties[part.name] = _renamed(own, part)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:{FORMAT.replace('/', ':')}",
        "title": "Week summary",
        "description": "What evalharness says of one week: reports/WEEK/summary.json. Shares are fractions, times milliseconds, "
        "money in the currency beside it; null is not known, never 0.",
        "type": "object",
        "properties": properties,
        "required": sorted(part.name for part in PARTS if not part.sometimes),
        "additionalProperties": False,
        "$defs": definitions,
    }


def schema_bytes() -> bytes:
    """The schema as it is published."""
    return (json.dumps(summary_schema(), indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def published() -> bytes:
    """The file that comes with the package."""
    return (files("evalharness.report.exports") / NAME).read_bytes()


def _definition(name: str, schema: dict[str, Any], part: Part) -> dict[str, Any]:
    """A noun's schema without the dropped fields, every other one required, no further ones allowed."""
    if "properties" not in schema:
        return schema
    kept = {field: one for field, one in schema["properties"].items() if field not in part.drop.get(name, ())}
    if name == "Population":
        kept["in_scope"] = {"minimum": 0, "type": "integer"}
    required = sorted(field for field in kept if field not in _SOMETIMES.get(name, ()))
    return {**schema, "properties": kept, "required": required, "additionalProperties": False}


def _named(name: str, part: Part) -> str:
    """A noun without some fields is another definition."""
    return f"{name}Without{''.join(sorted(field.title() for field in part.drop[name]))}" if name in part.drop else name


def _renamed(value: Any, part: Part) -> Any:
    if isinstance(value, dict):
        return dict(_entries(value, part))
    return [_renamed(one, part) for one in value] if isinstance(value, list) else value


def _entries(value: dict[str, Any], part: Part) -> Iterator[tuple[str, Any]]:
    for key, one in value.items():
        if key == "$ref" and isinstance(one, str):
            yield key, _REFERENCE + _named(one.removeprefix(_REFERENCE), part)
        elif key != "title" or not isinstance(one, str):  # the title of a field is its name again
            yield key, _renamed(one, part)
