"""What a reason repeats of a row: one short word, never what somebody said."""

from __future__ import annotations

from datetime import date

import pytest

from evalharness.collect.reasons import in_words, printable, shown, unknown_key, wrong_kind
from tests.collect.files import a_row, a_turn_row, write_rows
from tests.collect.test_reading import rows_of, summary

SAID = "my name is Maria Lopez, I live at 12 Oak Road"  # 45 characters


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("abc", '"abc"'),
        ("", '""'),
        ("x" * 20, f'"{"x" * 20}"'),
        ("x" * 21, "text of 21 characters"),
        (SAID, "text of 45 characters"),
        ("Maria Lopez", "text of 11 characters"),
        ("Maria\u00a0Lopez", "text of 11 characters"),
        ("3f2504e0-4f89-11d3-9a0c-0305e82c3301", '"3f2504e0-4f89-11d3-9a0c-0305e82c3301"'),
        (7, "7"),
        (True, "true"),
        (None, "null"),
        (10**24, "a number of 25 characters"),
        (date(2026, 11, 16), '"2026-11-16"'),
        ([SAID, "x"], "a list of 2 entries"),
        ({SAID: SAID}, "an object of 1 entries"),
    ],
)
def test_a_value_is_shown_only_where_it_is_one_short_word(value, text):
    """Of at most 20 characters and without any kind of space, or a UUID; else its kind and length."""
    assert shown(value) == text


def test_a_wrong_kind():
    """The word in brackets, the length without."""
    assert wrong_kind("a number", "abc") == 'must be a number, not text ("abc")'
    assert wrong_kind("a number", SAID) == "must be a number, not text of 45 characters"
    error = {"type": "literal_error", "input": SAID, "ctx": {"expected": "'a'"}}
    assert in_words(error) == "must be one of 'a'; it is text of 45 characters"


def test_keys():
    """At most 40 characters, no spaces; the nearest known key is named in any case."""
    assert printable("x" * 40) == "x" * 40
    assert printable("x" * 41) == "(a name of 41 characters)"
    assert printable("start time") == "(a name of 10 characters)"
    assert unknown_key("turn", ["turns"]) == 'unknown key "turn"; did you mean turns?'
    assert unknown_key(SAID, ["turns"]) == "unknown key of 45 characters; known: turns"


@pytest.mark.parametrize(
    "row",
    [
        a_row(csat=SAID),
        a_row(outcome=SAID),
        a_row(started_at=SAID),
        a_row(**{SAID: 1}),
        a_row(cost={SAID: 1}),
        a_row(currency=SAID, cost={"llm": 1}),
        a_row(turns=[a_turn_row(SAID, "x")]),
        a_row(turns=[a_turn_row(components={SAID: "x"})]),
        a_row(turns=[a_turn_row(start_ms=SAID)]),
    ],
)
def test_no_rejection_repeats_what_was_said(tmp_path, row):
    """Neither in the field nor in the reason, which the ledger keeps for ever."""
    ((_, field, reason),) = summary(rows_of(write_rows(tmp_path / "calls.jsonl", [row])))
    assert "Maria" not in field + reason
    assert field
