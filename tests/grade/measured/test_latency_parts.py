"""The parts of each reply, beside its latency, in the same order."""

from __future__ import annotations

import pytest
from hypothesis import given

from evalharness.grade.measured.latency import measure_call
from evalharness.models.call import Latency, ToolCall
from evalharness.models.facts import PARTS, AnchorLatency
from tests.builders import a_call, a_turn
from tests.store.logs import calls

NOT_BLANK = {"values_ms", "tool_ms", "plain_ms", "parts_ms", "overlaps", "rejected"}


def _replies(*replies, tools=()):
    """A call in which the caller asks and the agent replies, 1,000 ms later, once for each of these latencies."""
    turns = []
    for place, latency in enumerate(replies):
        start = 10_000.0 * place
        turns.append(a_turn("caller", "And?", start, start + 500))
        if tools and place == 0:
            turns.append(a_turn("agent", "", start + 600, None, tool_calls=tools))
        turns.append(a_turn("agent", "So.", start + 1500, start + 2000, latency=latency))
    return a_call(turns)


def test_parts_stand_beside_the_values_and_0_is_not_reported():
    """Reply 1 reports stt and llm, reply 2 nothing, reply 3 llm and a part of another name; a part of 0 ms is none."""
    call = _replies(
        Latency(voice_to_voice_ms=900.0, components={"stt": 80.0, "llm": 400.0}),
        Latency(voice_to_voice_ms=700.0, components={"tts": 0.0}),
        Latency(voice_to_voice_ms=800.0, components={"llm": 300.0, "network": 40.0, "dns": 2.0}),
    )
    (latency,) = measure_call(call).latencies
    assert latency.values_ms == (900, 700, 800)
    assert latency.parts_ms == {"stt": (80, 0, 0), "llm": (400, 0, 300), "other": (0, 0, 42)}


@pytest.mark.parametrize(("lasted", "part"), [((300.0, 200.0), (500,)), ((900.0, 200.0), None), ((None,), None)])
def test_tools_count_as_long_as_they_ran_where_they_fit_in(lasted, part):
    """Two tools of 300 and 200 ms within a reply of 1,000 ms; 1,100 ms do not fit in; a tool without a time is not known."""
    tools = tuple(ToolCall(name="look_up", duration_ms=ms) for ms in lasted)
    (latency,) = measure_call(_replies(None, tools=tools)).latencies
    assert latency.values_ms == (1000,)
    assert latency.parts_ms.get("tool") == part
    assert latency.tool_ms == (1000,)


def test_the_logs_own_figure_of_the_tools_comes_first():
    call = _replies(Latency(voice_to_voice_ms=900.0, components={"tool": 250.0}), tools=(ToolCall(name="x", duration_ms=400.0),))
    assert measure_call(call).latencies[0].parts_ms == {"tool": (250,)}


def test_tools_of_one_reply_are_not_those_of_the_next():
    call = _replies(None, None, tools=(ToolCall(name="x", duration_ms=400.0),))
    assert measure_call(call).latencies[0].parts_ms == {"tool": (400, 0)}


def test_a_reply_that_nobody_heard_is_none():
    """Cut off by a barge-in before any sound: the caller goes on, and the next reply answers; 4,000 - 3,000 = 1,000 ms."""
    turns = [
        a_turn("caller", "I want", 0, 1000),
        a_turn("agent", "Sure, what would you", 1400, 1400, interrupted=True),
        a_turn("caller", "to cancel.", 1500, 3000),
        a_turn("agent", "Cancelled.", 4000, 5000),
    ]
    (latency,) = measure_call(a_call(turns)).latencies
    assert (latency.values_ms, latency.changes, latency.unanswered) == ((1000,), 1, 0)


def test_parts_too_large_to_be_added_up_are_the_largest_number():
    """1e308 and 1e308 of names of the log's own: their sum is no number that can be stored; nor may it stop an intake."""
    call = _replies(Latency(voice_to_voice_ms=900.0, components={"a": 1e308, "b": 1e308}), Latency(voice_to_voice_ms=700.0))
    (latency,) = measure_call(call).latencies
    assert latency.parts_ms == {"other": (1.7976931348623157e308, 0)}
    assert type(latency).model_validate(vars(latency)) == latency


@given(calls)
def test_every_part_is_as_long_as_the_values(call):
    for latency in measure_call(call).latencies:
        assert set(latency.parts_ms) <= set(PARTS)
        assert {len(times) for times in latency.parts_ms.values()} <= {len(latency.values_ms)}
        assert all(any(times) for times in latency.parts_ms.values())
        assert AnchorLatency(**vars(latency)) == latency  # made without a check, and as with one
        assert latency.model_fields_set == set(AnchorLatency.model_fields) - (set() if latency.anchor else NOT_BLANK)
