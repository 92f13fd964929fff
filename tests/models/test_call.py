"""Call, its turns and its cost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import ValidationError

from evalharness.models.call import OUTCOMES, Cost, ToolCall
from tests.builders import MONDAY, a_call, a_handoff, a_turn


@pytest.mark.parametrize(
    ("turns", "expected"),
    [
        ([], False),
        ([("caller", "Hello")], True),
        ([("agent", "Hello")], True),
        ([("agent", "  \n")], False),
        ([("system", "connected")], False),
        ([("human_agent", "Hello")], False),
        ([("agent", ""), ("caller", "Hi")], True),
    ],
)
def test_only_words_of_caller_or_agent_make_a_transcript(turns, expected):
    assert a_call(turns).has_transcript is expected


@pytest.mark.parametrize(
    ("handoff", "expected"),
    [
        (None, False),
        (a_handoff(), True),
        (a_handoff(status="failed"), False),
        (a_handoff(destination="bot"), False),
        (a_handoff(kind="blind"), True),
    ],
)
def test_handed_off_means_a_connected_human(handoff, expected):
    assert a_call(handoff=handoff).handed_off is expected


def test_the_duration_is_in_seconds_and_unknown_without_an_end():
    assert a_call(ended_at=MONDAY + timedelta(minutes=2, milliseconds=500)).duration_s == 120.5
    assert a_call().duration_s is None


def test_the_cost_is_the_sum_of_its_components():
    # 0.02 + 0.10 + 0.005
    assert Cost(components={"stt": 0.02, "llm": 0.10, "telephony": 0.005}).total == pytest.approx(0.125)


@pytest.mark.parametrize("components", [{}, {"gpu": 1.0}, {"llm": -0.1}])
def test_a_cost_needs_known_components_that_are_not_negative(components):
    with pytest.raises(ValidationError):
        Cost(components=components)


def test_an_unknown_component_is_named_with_the_known_ones():
    with pytest.raises(ValidationError, match="'gpu'; known: telephony, stt, llm, tts, platform, other"):
        Cost(components={"gpu": 1.0})


@pytest.mark.parametrize("currency", ["usd", "US", "EURO", "€"])
def test_a_currency_is_three_capital_letters(currency):
    with pytest.raises(ValidationError, match="currency"):
        Cost(components={"llm": 0.1}, currency=currency)


@pytest.mark.parametrize("csat", [0.9, 5.1, -1.0])
def test_csat_lies_between_1_and_5(csat):
    with pytest.raises(ValidationError, match="csat"):
        a_call(csat=csat)


def test_there_are_nine_outcomes_and_unknown_is_the_default():
    assert len(OUTCOMES) == 9
    assert {"resolved", "transferred", "failed_technical", "out_of_scope", "unknown"} <= set(OUTCOMES)
    assert type(a_call()).model_fields["outcome"].default == "unknown"


def test_an_empty_tool_result_is_a_result_and_none_is_none():
    assert ToolCall(name="book", result="").result == ""
    assert ToolCall(name="book").result is None


def test_a_latency_is_never_negative():
    with pytest.raises(ValidationError):
        a_turn(latency=-1.0)
