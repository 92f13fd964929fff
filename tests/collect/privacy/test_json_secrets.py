"""Credentials in texts that are JSON, hold it, or were cut out of it."""

from __future__ import annotations

import json
import time

import pytest

from evalharness.collect.privacy.credentials import drop_credentials, plain_text

ONE = '{"access_token": "s3cret", "b": 1}'


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (ONE, '{"b": 1}'),
        (f"\n {ONE}\n", '\n {"b": 1}\n'),
        (f"\ufeff{ONE}", '\ufeff{"b": 1}'),
        (f"HTTP 200 {ONE} in 3 ms", 'HTTP 200 {"b": 1} in 3 ms'),
        (f"[info] {ONE}", '[info] {"b": 1}'),
        (f'{ONE}\n{{"pwd": "s3cret"}}', '{"b": 1}\n{}'),
        ('{"a": NaN, "token": "s3cret"}', '{"a": NaN}'),
        ('{"token": "s3cret", "token": "s3cret", "b": 1}', '{"b": 1}'),
        ('{"tokens": "s3cret", "auth": ["s3cret"], "b": {"tokens": 12, "auth": true}}', '{"b": {"tokens": 12, "auth": true}}'),
        ('{"token": "s3cret", "b": "\\ud83d"}', '{"b": "\\ud83d"}'),
    ],
)
def test_json_in_a_text(text, kept):
    """Whole, in the middle of words, a line each, twice under one key, not quite JSON; counts of tokens stay."""
    assert plain_text(text) == kept


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ('{"access_token": "s3cret", "b": ', '{"access_token": "[secret]", "b": '),
        ('"a": 1, "api key":"s3\\"cret", "b": 2', '"a": 1, "api key":"[secret]", "b": 2'),
        ("{'access_token': 's3cret', 'b': 2}", "{'access_token': '[secret]', 'b': 2}"),
        ('{"secrets": {"a": "s3cret"}, "b": ', '{"secrets": "[secret]", "b": '),
        ('{"pwd": 12345678, "tokens": 12, ', '{"pwd": "[secret]", "tokens": 12, '),
        ('{"token": "s3cret', '{"token": "[secret]"'),
    ],
)
def test_what_cannot_be_parsed(text, kept):
    """Cut short, without brackets, with other quotes: the value behind the key goes."""
    assert plain_text(text) == kept


def test_encoded_twice():
    """JSON in a string of JSON stays JSON, and the secret goes at either depth."""
    twice = json.dumps(ONE)
    assert json.loads(json.loads(plain_text(twice))) == {"access_token": "[secret]", "b": 1}
    assert json.loads(json.loads(plain_text(json.dumps({"body": ONE})))["body"]) == {"b": 1}
    thrice = json.dumps(json.dumps({"token": 's3"cret', "b": 1}))
    assert json.loads(json.loads(plain_text(thrice))) == {"token": "[secret]", "b": 1}


@pytest.mark.parametrize("text", ['say "key": of what?', '{"keyword": "x", "b": "y"}', "my token: 5", '{"a": "the key is red"}'])
def test_other_texts_stay(text):
    """Not a character changes."""
    assert plain_text(text) == text
    assert drop_credentials({"text": text}) == ({"text": text}, 0)


@pytest.mark.parametrize(
    "piece", ['{"token":', "[", '"key":{', '"aa\\', "'key' ", '{"token":1}', '"key":"\\\\', "://a:", '"a":"']
)
def test_the_cost_grows_with_the_length(piece):
    """200 kB take at most 8 times what 50 kB take, and a little; nesting without end is read as far as it goes."""

    def cost(size: int) -> float:
        text = ("token " + piece * size)[:size]
        start = time.process_time()
        plain_text(text)
        return time.process_time() - start

    assert cost(200_000) < 8 * cost(50_000) + 0.3
