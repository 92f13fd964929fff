"""JSON in texts (tool results, arguments as strings) stays JSON, whatever is said in it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from benchmarks.redaction import Item, items
from evalharness.collect.privacy.findings import ALL_CATEGORIES
from evalharness.collect.privacy.json_text import after_escape, nested_quote, outside_strings
from tests.collect.files import redactor


def _forms(item: Item) -> list[Any]:
    texts = [text for _, text in item.turns]
    return [
        {"say": texts[0], "n": None, "ok": True},
        [*texts, 4155550132, None],
        {"turns": [{"role": role, "text": text} for role, text in item.turns], "street": "1 Elm Street", "first_name": "Rosa"},
        {texts[0]: {"email": texts[-1]}},
    ]


def _shape(value: Any) -> Any:
    """The structure without its texts and keys."""
    if isinstance(value, dict):
        return [_shape(inner) for inner in value.values()]
    if isinstance(value, list):
        return [_shape(inner) for inner in value]
    return "text" if isinstance(value, str | int) and not isinstance(value, bool) else value


@pytest.mark.parametrize("dumped", [json.dumps, lambda value: json.dumps(value, separators=(",", ":"), ensure_ascii=False)])
def test_every_line_in_every_place(dumped):
    """534 items in four structures, spaced and compact: JSON after redaction, of the same structure, keys apart."""
    masker = redactor(*ALL_CATEGORIES)
    broken = []
    for item in items():
        for value in _forms(item):
            redacted = masker.text(dumped(value))
            try:
                same = _shape(json.loads(redacted)) == _shape(value)
            except ValueError:
                same = False
            if not same:
                broken.append((dumped(value), redacted))
    assert broken == []


def test_json_within_json():
    """A string of JSON in a string of JSON, with a number, a name and an address in the inner one."""
    inner = {"first_name": "Rosa", "phone": 4155550132, "address1": "1 Elm Street", "note": "rosa at example dot com"}
    redacted = redactor(*ALL_CATEGORIES).text(json.dumps({"body": json.dumps(inner)}))
    found = json.loads(json.loads(redacted)["body"])
    assert [str(value)[:6] for value in found.values()] == ["[name-", "[phone", "[addre", "[email"]


def test_places_outside_strings():
    """Escaped quotes do not end a string; a text that is no JSON has no such places."""
    text = '{"a\\"1": 2, "b": [3, "4"]}'
    digits = [i for i, sign in enumerate(text) if sign.isdecimal()]
    assert [text[i] for i in digits if i in outside_strings(text, digits)] == ["2", "3"]
    assert outside_strings("call 1, 2", [5, 8]) == set()
    assert outside_strings('["1', [2]) == {2}


def test_quotes_within_a_longer_text():
    """A bare value behind a key gets the quotation mark of its level; anything else none."""
    assert nested_quote('x {"a": 12}', 8, 10) == '"'
    assert nested_quote('{\\"a\\": 12}', 8, 10) == '\\"'
    assert nested_quote("a: 12", 3, 5) == ""
    assert nested_quote('"a": 12x', 5, 7) == ""


@pytest.mark.parametrize(("text", "start", "moved"), [("M\\u00fchl", 2, 7), ("a\\nb", 2, 3), ("ab", 1, 1), ("ab", 0, 0)])
def test_an_escape_is_not_cut(text, start, moved):
    """A finding that begins in the middle of one begins behind it."""
    assert after_escape(text, start) == moved
