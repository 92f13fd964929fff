"""Files of later facts: each row is a fact with the call it names, or rejected with field and reason."""

import json

import pytest

from evalharness.collect.supplements import LaterRow, LaterRules, read_later
from evalharness.errors import InputError
from evalharness.models.intake import Rejected
from tests.collect.files import KEY, redactor


def read(tmp_path, text, kind="csat", join="call_id", name="facts.csv"):
    """All rows of a file with this text."""
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return list(read_later(path, LaterRules(kind, join, KEY)))


def test_csat_by_call_id(tmp_path):
    """As the samples write it; a fact without a date of its own has none."""
    first, second = read(tmp_path, "call_id,csat,known_at\nc1,5,2026-11-16T23:27:58+00:00\nc2,3.5,\n")
    assert (first.line, first.call_id, first.value, first.known_at.isoformat()) == (2, "c1", 5.0, "2026-11-16T23:27:58+00:00")
    assert (second.value, second.known_at, second.source) == (3.5, None, None)


def test_by_caller_and_time(tmp_path):
    """The caller becomes the same key as in calls, however the number is written."""
    (row,) = read(tmp_path, "caller,at,csat\n+49 (30) 123-4567,2026-11-16T09:00:00Z,4\n", join="caller_time")
    assert (row.caller_key, row.at.isoformat()) == (redactor().caller_key("+49301234567"), "2026-11-16T09:00:00+00:00")


@pytest.mark.parametrize(
    ("kind", "row", "value"),
    [
        ("outcome", {"outcome": "resolved"}, "resolved"),
        ("version", {"version": "v2.1"}, "v2.1"),
        ("consent", {"consent": True}, True),
        ("consent", {"consent": "No"}, False),
        ("cost", {"cost": {"llm": 0.2, "tts": 0.1}}, {"components": {"llm": 0.2, "tts": 0.1}, "currency": "USD"}),
        ("cost", {"cost": 0.3, "currency": "EUR"}, {"components": {"other": 0.3}, "currency": "EUR"}),
        ("cost", {"cost.llm": "0.2"}, {"components": {"llm": 0.2}, "currency": "USD"}),
        ("csat", {"csat": 4}, 4.0),
    ],
)
def test_values(tmp_path, kind, row, value):
    """JSONL; an amount without components is other."""
    (found,) = read(tmp_path, json.dumps({"call_id": "c1", **row}) + "\n", kind, name="facts.jsonl")
    assert isinstance(found, LaterRow)
    assert found.value == value


@pytest.mark.parametrize(
    ("kind", "row", "field"),
    [
        ("csat", {"call_id": "c1", "csat": 6}, "csat"),
        ("csat", {"call_id": "c1", "csat": "good"}, "csat"),
        ("csat", {"call_id": "c1", "csat": True}, "csat"),
        ("csat", {"call_id": "c1", "csat": None}, "csat"),
        ("csat", {"csat": 4}, "call_id"),
        ("csat", {"call_id": ["c1"], "csat": 4}, "call_id"),
        ("csat", {"call_id": "c1", "csat": 4, "know_at": "x"}, "know_at"),
        ("csat", {"call_id": "c1", "csat": 4, "known_at": "yesterday"}, "known_at"),
        ("outcome", {"call_id": "c1", "outcome": "solved"}, "outcome"),
        ("version", {"call_id": "c1", "version": 3}, "version"),
        ("consent", {"call_id": "c1", "consent": "maybe"}, "consent"),
        ("cost", {"call_id": "c1", "cost": {"fuel": 1}}, "cost"),
        ("cost", {"call_id": "c1", "cost": -1}, "cost"),
        ("cost", {"call_id": "c1", "cost": 1, "currency": "dollars"}, "currency"),
        ("cost", {"call_id": "c1"}, "cost"),
        ("csat", 3, ""),
    ],
)
def test_rejected_rows(tmp_path, kind, row, field):
    """By the field that is wrong."""
    (found,) = read(tmp_path, json.dumps(row) + "\n", kind, name="facts.jsonl")
    assert isinstance(found, Rejected)
    assert (found.line, found.field) == (1, field)


def test_a_withheld_caller_joins_nothing(tmp_path):
    """And a number in a reason is masked."""
    hidden, shown = read(
        tmp_path, "caller,at,csat\nanonymous,2026-11-16T09:00:00Z,4\n+15550100042,+15550100042,4\n", join="caller_time"
    )
    assert (hidden.field, shown.field) == ("caller", "at")
    assert "5550100042" not in shown.reason


def test_broken_lines_and_headers(tmp_path):
    """A broken line is a row; columns may be separated by semicolons."""
    first, second = read(tmp_path, '{"call_id": "c1"\n{"call_id": "c1", "csat": 4}\n', name="facts.jsonl")
    assert (type(first), type(second)) == (Rejected, LaterRow)
    (row,) = read(tmp_path, "call_id;csat\nc1;4\n")
    assert isinstance(row, LaterRow)
    with pytest.raises(InputError, match="no file"):
        list(read_later(tmp_path / "none.csv", LaterRules("csat", "call_id", KEY)))
