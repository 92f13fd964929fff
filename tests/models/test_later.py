"""Supplements put to use: the newest fact of each field, over the call as it was collected."""

from datetime import UTC, datetime, timedelta

from evalharness.models.call import Call, Cost, Supplement
from evalharness.models.later import merged, newest, with_facts

AT = datetime(2026, 11, 16, 9, tzinfo=UTC)


def fact(field, value, days=0, call_id="c1"):
    """A fact known so many days later."""
    return Supplement(source="demo", call_id=call_id, field=field, value=value, known_at=AT + timedelta(days=days))


def test_the_newest_fact_counts():
    """By when it was known, not by when it came; of equal times the later row."""
    found = newest([fact("csat", 5.0, 2), fact("csat", 3.0, 1), fact("version", "a"), fact("version", "b")])
    assert found == {("demo", "c1"): {"csat": 5.0, "version": "b"}}


def test_metadata_and_consent_are_merged():
    """Entry by entry."""
    found = newest([fact("metadata", {"a": 1, "b": {"x": 1}}), fact("consent", True), fact("metadata", {"b": {"y": 2}}, 1)])
    assert found["demo", "c1"]["metadata"] == {"a": 1, "b": {"x": 1, "y": 2}, "consent": True}


def test_a_call_with_its_facts():
    """Each field, and an outcome that was inferred counts as given; the call itself stays as it was."""
    call = Call(id="c1", source="demo", started_at=AT, metadata={"k": 1}, inferred=("outcome", "started_at"))
    cost = {"components": {"llm": 0.2}, "currency": "EUR"}
    known = with_facts(call, {"csat": 4.0, "outcome": "resolved", "version": "v2", "cost": cost, "metadata": {"m": 2}})
    assert (known.csat, known.outcome, known.version, known.metadata) == (4.0, "resolved", "v2", {"k": 1, "m": 2})
    assert (known.cost, known.inferred) == (Cost(components={"llm": 0.2}, currency="EUR"), ("started_at",))
    assert call.csat is None
    assert with_facts(call, {}) is call


def test_merging_takes_away_with_null():
    """RFC 7396, the examples of its appendix that hold objects."""
    assert merged({"a": "b"}, {"a": None}) == {}
    assert merged({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}) == {"a": {"b": "d"}}
    assert merged({"a": [1, 2]}, {"a": {"x": 1}}) == {"a": {"x": 1}}
    assert merged({}, {"a": {"bb": {"ccc": None}}}) == {"a": {"bb": {}}}
