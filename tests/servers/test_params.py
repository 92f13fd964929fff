"""Which bodies and schemas are refused, each in one line of the API's error."""

from __future__ import annotations

import pytest

from tests.servers.asking import body, closed, grading_schema
from tests.servers.params import problem
from tests.servers.schema_rules import schema_problem

TEXT = {"type": "text", "text": "A call."}


def user(content):
    """A body of one message of the user's."""
    return body(messages=[{"role": "user", "content": content}])


@pytest.mark.parametrize(
    "data",
    [
        body(),
        body(output_config=None, system=None),
        body(output_config={"effort": "xhigh"}, system=[{**TEXT, "cache_control": {"type": "ephemeral", "ttl": "1h"}}]),
        user([TEXT, {**TEXT, "cache_control": {"type": "ephemeral"}}]),
        body(thinking={"type": "adaptive"}, metadata={"user_id": "x"}, stop_sequences=["END"], service_tier="auto", stream=False),
        body(thinking={"type": "enabled", "budget_tokens": 1024}),
        body(messages=[{"role": role, "content": "x"} for role in ("user", "assistant", "user")]),
    ],
)
def test_what_the_docs_allow_is_taken(data):
    """No problem is found."""
    assert problem(data) is None


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (body(temperature=1), "temperature: This parameter is no longer supported"),
        (body(top_p=0.9), "top_p: This"),
        (body(top_k=1), "top_k: This"),
        (body(stream=True), "does not stream"),
        (body(output_format={"type": "json_schema"}), "output_format: Extra inputs"),
        (body(model=None), "model: Field required"),
        (body(model=5), "model: Input should be a valid string"),
        (body(messages=None), "messages: Field required"),
        (body(messages=[]), "at least one message"),
        (body(messages=["x"]), "messages.0: Input"),
        (body(messages=[{"role": "user", "content": "x", "name": "y"}]), "messages.0.name: Extra"),
        (body(messages=[{"role": "system", "content": "x"}]), "messages.0.role"),
        (body(messages=[{"role": "assistant", "content": "x"}]), "first message"),
        (body(messages=[{"role": "user", "content": "x"}, {"role": "assistant", "content": "{"}]), "prefill"),
        (user(""), "non-whitespace"),
        (user(" \n"), "non-whitespace"),
        (user([]), "list of content blocks"),
        (user(None), "list of content blocks"),
        (user([{"type": "image"}]), "messages.0.content.0.type"),
        (user([{"type": "text", "text": " "}]), "non-whitespace"),
        (user([{**TEXT, "score": 5}]), "messages.0.content.0.score: Extra"),
        (user([{**TEXT, "cache_control": {"type": "forever"}}]), "'ephemeral'"),
        (user([{**TEXT, "cache_control": {"type": "ephemeral", "ttl": "2h"}}]), "'5m' or '1h'"),
        (body(system=""), "system: text content"),
        (body(system={"text": "x"}), "system: Input"),
        (body(cache_control=True), "cache_control.type"),
        (body(max_tokens=-1), "max_tokens: Input"),
        (body(max_tokens=1.5), "max_tokens: Input"),
        (body(max_tokens=True), "max_tokens: Input"),
        (body(output_config="json"), "output_config: Input"),
        (body(output_config={"efort": "low"}), "output_config.efort: Extra"),
        (body(output_config={"effort": "highest"}), "output_config.effort"),
        (body(output_config={"format": {"type": "json_object"}}), "output_config.format.type"),
        (body(output_config={"format": {"type": "json_schema"}}), "output_config.format.schema: Input"),
        (body(output_config={"format": {"type": "json_schema", "schema": closed(), "name": "x"}}), "format.name: Extra"),
        (body(thinking={"type": "on"}), "thinking.type"),
        (body(thinking={"type": "enabled", "budget_tokens": 100}), "budget_tokens"),
        (body(metadata={"call": "c1"}), "metadata"),
        (body(stop_sequences=[" "]), "stop_sequences"),
        (body(service_tier="batch"), "service_tier"),
    ],
)
def test_what_the_docs_do_not_allow_is_named(data, words):
    """The first problem, with the parameter's path."""
    assert words in problem(data)


def test_counting_wants_no_max_tokens():
    """count_tokens refuses what only a reply needs."""
    assert problem(body(max_tokens=None), counting=True) is None
    assert problem(body(), counting=True) == "max_tokens: Extra inputs are not permitted"


STRING = {"type": "string"}
LOOP = {"type": "object", "properties": {"next": {"$ref": "#/$defs/node"}}, "additionalProperties": False}


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ([], "JSON schema object"),
        ({}, "JSON schema object"),
        ({"type": "object", "properties": {}}, "'additionalProperties' must be explicitly set to false"),
        (closed(a={"type": "object", "properties": {}, "additionalProperties": True}), "a: For 'object' type"),
        ({**closed(), "required": ["b"]}, "required 'b' is no property"),
        (
            closed(a={"type": "integer", "maximum": 5, "minimum": 1}),
            "'integer' type, properties maximum, minimum are not supported",
        ),
        (closed(a={"type": "string", "maxLength": 5}), "properties maxLength"),
        (closed(a={"type": "array", "items": STRING, "minItems": 2}), "minItems"),
        (closed(a={"type": "array", "items": STRING, "maxItems": 2}), "maxItems"),
        (closed(a={"type": "text"}), "'text' is no type"),
        (closed(a={"description": "anything"}), "no type"),
        (closed(a={"enum": []}), "at least one"),
        (closed(a={"enum": [{"b": 1}]}), "plain values"),
        (closed(a={"oneOf": [STRING]}), "oneOf"),
        (closed(a={"$ref": "https://example.org/x.json"}), "External $ref"),
        (closed(a={"$ref": "#/$defs/none"}), "Unresolvable $ref"),
        ({**closed(a={"$ref": "#/$defs/node"}), "$defs": {"node": LOOP}}, "Recursive"),
        ({**closed(**{f"p{i}": STRING for i in range(25)}), "required": []}, "too many optional parameters (25), limit: 24"),
        (closed(**{f"p{i}": {"type": ["string", "null"]} for i in range(17)}), "union types (17), limit: 16"),
    ],
)
def test_a_schema_outside_the_documented_subset_does_not_compile(schema, words):
    """Said with the property it is about."""
    assert words in schema_problem(schema)


def test_a_schema_at_the_limits_compiles():
    """24 optional properties, 16 unions, a definition used twice, minItems 1."""
    optional = {**closed(**{f"p{i}": STRING for i in range(24)}), "required": []}
    unions = closed(**{f"p{i}": {"anyOf": [STRING, {"type": "null"}]} for i in range(16)})
    shared = {**closed(a={"$ref": "#/$defs/s"}, b={"$ref": "#/$defs/s"}), "$defs": {"s": STRING}}
    listed = closed(a={"type": "array", "items": {"enum": [1, "x", None, True]}, "minItems": 1})
    assert [schema_problem(schema) for schema in (optional, unions, shared, listed, grading_schema())] == [None] * 5
