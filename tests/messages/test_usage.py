"""Usage as the server states it, or nothing: a broken or hostile reply bills no invented number."""

from __future__ import annotations

import json

import pytest

from evalharness.messages.usage import Usage, body_of, usage_of


def test_all_four_counts_are_read() -> None:
    """1,000 fresh + 200 written + 300 read from the cache are 1,500 tokens in."""
    given = {
        "input_tokens": 1000,
        "output_tokens": 50,
        "cache_creation_input_tokens": 200,
        "cache_read_input_tokens": 300,
        "service_tier": "standard",
    }
    found = usage_of(json.dumps({"usage": given}))
    assert found == Usage(1000, 50, 200, 300)
    assert found.all_input == 1500
    assert Usage(**found.as_row()) == found


def test_cache_counts_may_be_null() -> None:
    """A server without a cache says null: that is 0 tokens of cache, not an unknown usage."""
    given = {"input_tokens": 7, "output_tokens": 2, "cache_read_input_tokens": None}
    assert usage_of(json.dumps({"usage": given})) == Usage(7, 2)


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "<html>502</html>",
        '{"usage": {"input_tokens": 7}',
        "[" * 100_000,
        "[1, 2]",
        "{}",
        '{"usage": []}',
        '{"usage": {"output_tokens": 3}}',
        '{"usage": {"input_tokens": "7", "output_tokens": 3}}',
        '{"usage": {"input_tokens": 7.5, "output_tokens": 3}}',
        '{"usage": {"input_tokens": true, "output_tokens": 3}}',
        '{"usage": {"input_tokens": -1, "output_tokens": 3}}',
        '{"usage": {"input_tokens": 1e400, "output_tokens": 3}}',
        '{"usage": {"input_tokens": 99999999999, "output_tokens": 3}}',
    ],
)
def test_anything_else_is_no_usage(raw: str) -> None:
    """Unknown is None: the cap then keeps the worst case."""
    assert usage_of(raw) is None


def test_only_an_object_is_a_body() -> None:
    """A list, a word or endless nesting is no reply of the API."""
    assert body_of('{"a": 1}') == {"a": 1}
    assert [body_of(raw) for raw in ("[]", '"x"', "null", "[" * 100_000)] == [None] * 4


@pytest.mark.parametrize(
    ("split", "hour"),
    [('{"ephemeral_5m_input_tokens": 60, "ephemeral_1h_input_tokens": 40}', 40), ('{"ephemeral_1h_input_tokens": 900}', 100),
     ('{"ephemeral_1h_input_tokens": "40"}', 0), ("null", 0), ("[]", 0)],
)  # fmt: skip
def test_what_is_written_for_an_hour(split: str, hour: int) -> None:
    """Taken from the reply's own split, never more than was written in all, nothing where it is not a number."""
    counts = '"input_tokens": 7, "output_tokens": 3, "cache_creation_input_tokens": 100'
    found = usage_of(f'{{"usage": {{{counts}, "cache_creation": {split}}}}}')
    assert found == Usage(7, 3, 100, 0, hour)
