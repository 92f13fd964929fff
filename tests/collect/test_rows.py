"""Which fields a log gives of a call: they are counted."""

from __future__ import annotations

from evalharness.collect.rows import FIELDS, Candidate
from evalharness.models.call import Cost, Latency
from tests.builders import a_call, a_handoff, a_turn

ORDINARY = ("agent", "started_at", "status", "outcome")


def test_what_is_empty_is_not_given():
    """No errors, turns or metadata: empty is nothing. A text of no length is what the log has, and so is a metadata of 0."""
    assert Candidate(a_call([]), 1, {}).filled == ORDINARY
    one = Candidate(a_call([a_turn()], intent="", errors=("e",), metadata={"n": 0}), 1, {})
    assert set(one.filled) == {*ORDINARY, "intent", "errors", "turns", "metadata"}


def test_what_was_concluded_is_not_given_and_latency_is_asked_of_the_turns():
    """In the order of FIELDS, `latency` last."""
    turns = [a_turn(), a_turn(latency=Latency(), index=1)]
    call = a_call(
        turns, handoff=a_handoff(), cost=Cost(components={"llm": 0.0}), csat=1.0, inferred=("outcome", "turns.latency_ms")
    )
    filled = Candidate(call, 1, {}).filled
    assert filled == ("agent", "started_at", "status", "handoff", "csat", "cost", "turns", "latency")
    assert [*filled[:-1]] == [name for name in FIELDS if name in filled]
