"""Share of the speech, and words a minute."""

from __future__ import annotations

import pytest

from tests.builders import a_turn
from tests.grade.measured.voicing import found, numbered, places, said, timed

TEN = "one two three four five six seven eight nine ten"


def test_share_and_pace_by_hand():
    """Agent 5 + 3 s, caller 2 s: 8 / 10. Ten words in 5 s: 120 a minute; the turn of two words is left out."""
    values = found(timed(f"a 0 5 {TEN}", "c 6 8 All right then.", "a 9 12 Thank you.")).values
    assert values["talk_ratio"] == pytest.approx(0.8)
    assert values["agent_words_per_minute"] == pytest.approx(120)


def test_of_an_interrupted_turn_the_text_may_say_more_than_was_heard():
    turns = [
        a_turn("agent", TEN, 0, 5000),
        a_turn("agent", TEN, 6000, 7000, interrupted=True),
        a_turn("caller", "Stop.", 7000, 8000),
    ]
    assert found(numbered(*turns)).values["agent_words_per_minute"] == pytest.approx(120)


def test_turns_that_are_too_fast_and_a_lopsided_call_are_shown():
    """Ten words in 2 s are 300 a minute, above 220; the agent has 9 of 10 s, above 85 %; its longest turns come first."""
    call = timed(f"a 0 2 {TEN}", f"a 2 9 {TEN}", "c 9 10 Okay.")
    assert places(call, "agent_words_per_minute") == [(0,)]
    assert places(call, "talk_ratio") == [(0, 1)]
    assert places(call, "talk_ratio", talk=0.95) == []
    assert places(call, "agent_words_per_minute", fast=400.0) == []


def test_what_the_log_does_not_tell():
    """No times: neither. An agent turn without an end: neither. One side alone: no share. Short turns: no pace."""
    assert not {"talk_ratio", "agent_words_per_minute"} & found(said(f"a {TEN}", "c Hi.")).values.keys()
    open_end = numbered(a_turn("agent", TEN, 0, 5000), a_turn("agent", TEN, 6000), a_turn("caller", "Hi.", 9000, 9500))
    assert not {"talk_ratio", "agent_words_per_minute"} & found(open_end).values.keys()
    assert "talk_ratio" not in found(timed(f"a 0 5 {TEN}")).values
    assert "agent_words_per_minute" not in found(timed("a 0 5 Hello there.", "c 6 7 Hi.")).values


def test_a_caller_turn_without_times_hides_the_share_alone():
    values = found(numbered(a_turn("agent", TEN, 0, 5000), a_turn("caller", "Hi."))).values
    assert "talk_ratio" not in values
    assert values["agent_words_per_minute"] == pytest.approx(120)


def test_a_turn_that_took_next_to_no_time_has_no_times():
    """Twelve words within 1e-310 ms would be faster than any number."""
    call = numbered(a_turn("agent", "one two three four five six seven eight nine ten eleven twelve", 0, 1e-310))
    assert "agent_words_per_minute" not in found(call).values
