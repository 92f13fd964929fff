"""Which JSON schemas structured outputs take: the documented subset, so that what passes here compiles at the API.

Closed objects, no recursion, no numeric or length limits, minItems 0 or 1, enums of plain values; over the whole schema at
most 24 optional properties and 16 unions. (platform.claude.com, "Structured outputs", JSON Schema limitations.)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

KEYWORDS = {
    *("type", "properties", "required", "additionalProperties", "items", "enum", "const", "anyOf", "allOf", "$ref", "$defs"),
    *("definitions", "description", "title", "default", "format", "minItems", "pattern", "$schema", "examples"),
}
TYPES = {"object", "array", "string", "integer", "number", "boolean", "null"}
OPTIONAL_MOST, UNIONS_MOST = 24, 16
Schema = dict[str, Any]


def resolve(schema: Schema, root: Schema) -> Schema:
    """The schema behind a local $ref; itself without one.

    Raises KeyError for a reference that leads nowhere.
    """
    while "$ref" in schema:
        found = root
        for step in str(schema["$ref"]).removeprefix("#/").split("/"):
            found = found[step]
        schema = found
    return schema


def schema_problem(schema: Any) -> str | None:
    """What is wrong with it in the API's manner; None when it would be compiled."""
    if not isinstance(schema, dict) or not schema:
        return "Input should be a JSON schema object"
    nodes: list[Schema] = []
    for found in _walk(schema, schema, (), nodes):
        return found
    optional = sum(len(set(node.get("properties", {})) - set(node.get("required", []))) for node in nodes)
    unions = sum("anyOf" in node or isinstance(node.get("type"), list) for node in nodes)
    if optional > OPTIONAL_MOST:
        return f"Schema contains too many optional parameters ({optional}), limit: {OPTIONAL_MOST}"
    if unions > UNIONS_MOST:
        return f"Schema contains too many parameters with union types ({unions}), limit: {UNIONS_MOST}"
    return None


def _walk(schema: Any, root: Schema, refs: tuple[str, ...], nodes: list[Schema]) -> Iterator[str]:
    if not isinstance(schema, dict):
        yield "Input should be a JSON schema object"
        return
    reference = schema.get("$ref")
    if reference is not None:
        yield from _reference(str(reference), root, refs, nodes)
        return
    nodes.append(schema)
    yield from _own(schema)
    for name, part in schema.get("properties", {}).items():
        yield from (f"{name}: {found}" for found in _walk(part, root, refs, nodes))
    for part in (*schema.get("anyOf", ()), *schema.get("allOf", ())):
        yield from _walk(part, root, refs, nodes)
    if "items" in schema:
        yield from _walk(schema["items"], root, refs, nodes)


def _reference(reference: str, root: Schema, refs: tuple[str, ...], nodes: list[Schema]) -> Iterator[str]:
    if not reference.startswith("#/"):
        yield f"External $ref '{reference}' is not supported"
    elif reference in refs:
        yield "Recursive schemas are not supported"
    else:
        try:
            target = resolve({"$ref": reference}, root) if reference not in refs else {}
        except (KeyError, TypeError):
            yield f"Unresolvable $ref '{reference}'"
            return
        yield from _walk(target, root, (*refs, reference), nodes)


def _own(schema: Schema) -> Iterator[str]:
    kinds = schema.get("type", [])
    kinds = kinds if isinstance(kinds, list) else [kinds]
    unknown = sorted(key for key in schema if key not in KEYWORDS)
    if unknown:
        yield f"For '{' or '.join(map(str, kinds))}' type, properties {', '.join(unknown)} are not supported"
    yield from (f"'{kind}' is no type" for kind in kinds if kind not in TYPES)
    if "object" in kinds:
        if schema.get("additionalProperties") is not False:
            yield "For 'object' type, 'additionalProperties' must be explicitly set to false"
        yield from (
            f"required '{name}' is no property" for name in schema.get("required", ()) if name not in schema.get("properties", {})
        )
    if schema.get("minItems", 0) not in {0, 1}:
        yield "For 'array' type, 'minItems' values other than 0 or 1 are not supported"
    values = schema.get("enum", [""])
    if not isinstance(values, list) or not values or any(isinstance(value, dict | list) for value in values):
        yield "Enum values must be plain values, at least one"
    if not {"type", "enum", "const", "anyOf", "allOf"} & set(schema):
        yield "Schema has no type"
