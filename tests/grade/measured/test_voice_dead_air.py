"""Silence that nobody fills, and by whom it was left."""

from __future__ import annotations

import pytest

from tests.builders import a_turn
from tests.grade.measured.voicing import found, numbered, places, said, timed


def left(call, **rules):
    """(turns, by whom, note) of each silence."""
    return [(one.turns, one.state, one.note) for one in found(call, **rules).findings if one.measure == "dead_air"]


@pytest.mark.parametrize(("start", "count"), [(5.99, 0), (6.0, 1), (9.0, 1)])
def test_from_three_seconds_on(start, count):
    """The caller ends at 3.0 s; 6.0 - 3.0 = 3.0 s."""
    call = timed("a 0 1 Hello.", "c 1.5 3 Hi.", f"a {start} 10 Yes?")
    values = found(call).values
    assert (values["dead_air"], values["dead_air_by_agent"]) == (count, count)
    assert values["dead_air_longest"] == pytest.approx((start - 3) * 1000)


def test_the_limit_is_a_setting():
    assert found(timed("a 0 1 Hello.", "c 1.5 3 Hi.", "a 5 6 Yes?"), dead_air_ms=1500.0).values["dead_air"] == 1


@pytest.mark.parametrize(
    ("first", "second", "state"),
    [
        ("c 0 1 Where is my order?", "a 6 7 It is on its way.", "agent"),
        ("a 0 1 What is your number?", "c 6 7 Four one.", "caller"),
        ("a 0 1 What is your number?", "a 6 7 Hello? Are you there?", "caller"),  # asked, and nobody answered
        ("a 0 1 I have found your file.", "a 6 7 It says Tuesday.", "agent"),  # it just went on
        ("a 0 1 One moment, please.", "c 6 7 Hello?", "agent"),  # it had said that it looks
        ("a 0 1 Einen Moment bitte.", "a 6 7 Da bin ich.", "agent"),
    ],
)
def test_by_whom_it_was_left(first, second, state):
    call = timed(first, second, "c 7 8 Good.", "a 8 9 Bye.")
    assert [one[1] for one in left(call)] == [state]
    assert found(call).values["dead_air_by_agent"] == (state == "agent")


def test_a_running_tool_and_an_announced_wait_are_noted():
    tool = a_turn("agent", "", 1500, None, tool_calls=({"name": "lookup", "duration_ms": 4000.0},))
    call = numbered(a_turn("caller", "Is it there?", 0, 1000), tool, a_turn("agent", "Yes.", 6000, 7000))
    assert left(call) == [((0, 2), "agent", "a tool call was running")]
    waits = timed("a 0 1 Please hold.", "s 1 5 [hold music]", "a 6 7 Here I am.", "c 7 8 Good.")
    assert left(waits) == [((0, 2), "agent", "the agent had said that it takes a moment")]


def test_long_speech_over_short_words_leaves_no_silence():
    """The caller's mhm ends at 2 s, the agent speaks on to 9 s."""
    call = timed("a 0 9 We are open from eight to six.", "c 1 2 mhm", "c 10 11 Good.")
    assert found(call).values == found(call).values | {"dead_air": 0, "dead_air_longest": 1000}


def test_the_order_of_the_log_does_not_matter():
    one, other, last = "c 0 1 Hi, where is it?", "a 7 8 There.", "c 8.5 9 Thanks."
    assert found(timed(one, other, last)).values == found(timed(other, one, last)).values


@pytest.mark.parametrize(
    "call",
    [
        said("c Hi.", "a Hello."),
        timed("a 0 1 Hello."),
        timed("a 0 1 Hello.", "a 9 10 Anybody?"),  # one side only: the other may have filled it
        numbered(a_turn("caller", "Hi.", 0, 900), a_turn("agent", "Hm.", 1000), a_turn("agent", "Yes?", 9000, 9500)),
        numbered(a_turn("caller", "Hi.", -1, 900), a_turn("agent", "Yes?", 9000, 9500)),  # -1: not detected
    ],
)
def test_where_a_turn_has_no_times_silence_is_not_told(call):
    """The turn without an end may have filled it."""
    assert not {"dead_air", "dead_air_by_agent", "dead_air_longest"} & found(call).values.keys()
    assert places(call, "dead_air") == []


def test_a_time_of_another_clock_is_none():
    """A turn in milliseconds since 1970 among turns from the call's start: no silence of years."""
    call = timed("c 0 1 Hi.", "a 1763283600 1763283601 Hello.", "c 3 4 Yes.")
    assert "dead_air" not in found(call).values
