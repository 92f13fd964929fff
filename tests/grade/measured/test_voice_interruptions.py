"""Who spoke over whom."""

from __future__ import annotations

import pytest

from evalharness.grade.measured import voice
from evalharness.models.measuring import Measuring
from tests.builders import a_call, a_turn
from tests.grade.measured.voicing import found, numbered, places, said, timed

OVER = ("a 0 5 Welcome to the line, please tell me", "c 4 6 I want to cancel.", "a 6.5 8 Sure.")


def test_the_one_who_begins_before_the_other_has_ended_interrupts():
    """The caller begins 1,000 ms before the agent ends."""
    call = timed(*OVER)
    assert found(call).values["caller_interruptions"] == 1
    assert places(call, "caller_interruptions") == [(0, 1)]
    assert found(call).values["agent_interruptions"] == 0


def test_the_agent_interrupts_the_caller():
    call = timed("a 0 1 Hello.", "c 2 9 My car was hit in the parking lot and", "a 7 9 Was anyone hurt?")
    assert places(call, "agent_interruptions") == [(1, 2)]
    assert found(call).values["caller_interruptions"] == 0


@pytest.mark.parametrize(("begins", "count"), [(4.7, 1), (4.71, 0), (5.0, 0)])
def test_an_overlap_counts_from_300_ms_on(begins, count):
    """5,000 - 4,700 = 300 ms."""
    call = timed("a 0 5 Welcome to the line, please tell me", f"c {begins} 6 I want to cancel.")
    assert found(call).values["caller_interruptions"] == count


def test_the_limit_is_a_setting():
    assert found(timed(*OVER), overlap_ms=1500.0).values["caller_interruptions"] == 0


@pytest.mark.parametrize("word", ["mhm", "Yes, yes.", "Ja, genau.", "uh-huh"])
def test_a_word_of_listening_interrupts_nobody(word):
    call = timed("a 0 9 First pull the plug, then wait for half a minute.", f"c 4 4.6 {word}", "c 10 11 It is green.")
    assert found(call).values["caller_interruptions"] == 0


def test_a_turn_is_interrupted_once():
    """Three fragments of the caller over one turn of the agent."""
    call = timed("a 0 9 We have many offers for you", "c 3 4 No, wait", "c 5 6 I said no", "c 7 8 Please stop that")
    assert places(call, "caller_interruptions") == [(0, 1)]


def test_the_flag_of_the_log_decides_over_the_times():
    """Flagged although the times do not overlap, and not flagged although they do."""
    flagged = numbered(a_turn("agent", "Hello, our", 0, 4000, interrupted=True), a_turn("caller", "Are you open?", 4100, 6000))
    denied = numbered(a_turn("agent", "Hello, our", 0, 4000, interrupted=False), a_turn("caller", "Are you open?", 2000, 6000))
    assert places(flagged, "caller_interruptions") == [(0, 1)]
    assert found(denied).values["caller_interruptions"] == 0


def test_flags_alone_tell_of_the_side_that_has_them():
    """Every agent turn is flagged, no caller turn is: nothing is known of the agent over the caller."""
    turns = [
        a_turn("agent", "Hello, our", interrupted=True),
        a_turn("caller", "Stop."),
        a_turn("agent", "Yes?", interrupted=False),
    ]
    values = found(numbered(*turns)).values
    assert values["caller_interruptions"] == 1
    assert "agent_interruptions" not in values


def test_an_interrupted_last_turn_stands_alone():
    call = numbered(a_turn("caller", "Hi.", 0, 900), a_turn("agent", "Hello, our", 1000, 4000, interrupted=True))
    assert places(call, "caller_interruptions") == [(1,)]


@pytest.mark.parametrize(
    "call",
    [said("a Hello.", "c Hi."), timed("a 0 5 Hello."), numbered(a_turn("agent", "Hi.", 0, 900), a_turn("caller", "Hi.", 1000))],
)
def test_without_times_or_flags_nothing_is_told(call):
    """No times at all, one side alone, one end missing."""
    assert not {"agent_interruptions", "caller_interruptions"} & found(call).values.keys()


def test_what_comes_after_the_handoff_is_not_the_agents():
    call = timed("a 0 3 I connect you to a colleague.", "c 4 5 Thanks.", "h 6 9 Rita here, what is it", "c 7 10 Hello Rita!")
    assert found(call).values["caller_interruptions"] == 0


def test_the_platforms_count_stands_apart_where_the_turns_do_not_tell():
    """Vapi: the assistant was interrupted twice, the user never; no turn has times. With times they tell, and no count stands."""
    counts = {"assistant_interruptions": 2, "user_interruptions": 0}
    lines = [("agent", "Thank you for calling"), ("caller", "I want to book")]
    untimed = voice.detect(a_call(lines, metadata=counts), Measuring()).values
    assert {name: n for name, n in untimed.items() if "interruptions" in name} == {
        "caller_interruptions_reported": 2,
        "agent_interruptions_reported": 0,
    }
    timed = [(*line, place * 2000, place * 2000 + 1500) for place, line in enumerate(lines)]
    found = voice.detect(a_call(timed, metadata=counts), Measuring()).values
    assert {name: n for name, n in found.items() if "interruptions" in name} == {
        "caller_interruptions": 0,
        "agent_interruptions": 0,
    }
    odd = voice.detect(a_call(lines, metadata={"assistant_interruptions": True, "user_interruptions": "3"}), Measuring()).values
    assert not [name for name in odd if "interruptions" in name]
