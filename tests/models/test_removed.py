"""A call without its text: values are as they were, every text is a mark, and nothing happens to it twice."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evalharness.models.call import Call, Cost, ToolCall
from evalharness.models.removed import ON_REQUEST, UNDER_RETENTION, Removal, removed, texts_of
from tests.builders import a_call, a_handoff, a_turn

MARK = "[text removed on 2026-11-24 on request]"
GONE = Removal("2026-11-24", ON_REQUEST, frozenset({"tier"}), {"k1": "someone"})


def a_full_call() -> Call:
    """One with a text in every place that may hold one."""
    tool = ToolCall(name="find", arguments={"who": ["Ada Stone", 4915112345]}, result="found her", error=False, duration_ms=20)
    return a_call(
        [
            a_turn("caller", "I am Ada Stone.", 0, 900),
            a_turn("agent", "", 1000, 1100, tool_calls=(tool,)),
            a_turn("agent", "Hello!"),
        ],
        errors=("no line to Ada",),
        end_reason="caller hung up angrily",
        handoff=a_handoff(context_summary="Ada wants a nurse", talk_ms=500.0),
        metadata={"tier": "gold", "note": "Ada", "cost_reckoned": {"total": 1.0}},
        recording_url="https://example.org/1.wav",
        caller_key="k1",
        cost=Cost(components={"llm": 0.1}),
    )


def test_texts_go_and_values_stay() -> None:
    """Times, names of tools, errors in number, cost, outcome; an empty text stays empty; a rule's entry of metadata stays."""
    before, after = a_full_call(), GONE.call(a_full_call())
    assert [turn.text for turn in after.turns] == [MARK, "", MARK]
    assert [(turn.start_ms, turn.end_ms) for turn in after.turns] == [(turn.start_ms, turn.end_ms) for turn in before.turns]
    (tool,) = after.turns[1].tool_calls
    assert (tool.name, tool.arguments, tool.result, tool.error, tool.duration_ms) == ("find", MARK, MARK, False, 20)
    assert (after.errors, after.end_reason, after.recording_url, after.caller_key) == ((MARK,), MARK, None, "someone")
    assert after.handoff is not None
    assert (after.handoff.context_summary, after.handoff.talk_ms) == (MARK, 500.0)
    assert after.metadata == {"tier": "gold", "cost_reckoned": {"total": 1.0}, "text_removed": MARK}
    assert (after.cost, after.outcome, after.id) == (before.cost, before.outcome, before.id)
    assert (after.has_transcript, removed(after), removed(before)) == (before.has_transcript, MARK, "")


FIGURES = {
    "latency_not_tied_to_turns_ms": [1088.0, None, 1412],
    "latency_parts_ms": {"llm": [611.0, 803.0], "knowledge_base": [120.0]},
    "transport_latency_ms_average": {"from": 41, "to": 39},
    "assistant_interruptions": 1,
    "user_interruptions": 0,
    "transfer_leg_cost_usd": 1.0,
}


def test_what_the_platform_measured_stays() -> None:
    """Latencies that are tied to no turn, counts and costs of Vapi and Retell; they are not looked for afterwards."""
    call = a_call(metadata={**FIGURES, "note": "Ada", "scores": [1, 2]})
    assert GONE.call(call).metadata == {**FIGURES, "text_removed": MARK}
    looked_for = set(texts_of(call))
    assert {"note", "Ada", "scores"} <= looked_for
    assert not FIGURES.keys() & looked_for


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("latency_not_tied_to_turns_ms", [1088.0, "Ada"]),
        ("latency_not_tied_to_turns_ms", [4915112345.0]),
        ("latency_parts_ms", {"Ada": [1.0]}),
        ("latency_parts_ms", {"llm": {"note": 1}}),
        ("user_interruptions", "Ada"),
        ("assistant_interruptions", 4915112345),
        ("transfer_leg_cost_usd", -1e6),
        ("caller_no", 17),
    ],
)
def test_only_a_figure_is_one(name: str, value: object) -> None:
    """Words, numbers of seven digits, names that no platform gives its parts, and figures under another name go."""
    call = a_call(metadata={name: value})
    assert GONE.call(call).metadata == {"text_removed": MARK}
    assert name in set(texts_of(call))


def test_a_second_time_changes_the_caller_alone() -> None:
    """Under retention first, on request later: the first mark stays, the caller's word is new."""
    first = Removal("2026-05-01", UNDER_RETENTION).call(a_full_call())
    second = GONE.call(first)
    assert second == first.model_copy(update={"caller_key": "someone"})
    assert removed(second) == "[text removed on 2026-05-01 under retention]"


def test_all_that_goes_is_named_and_no_mark() -> None:
    """Texts, names of arguments, long numbers; of a call without its text only what is no mark."""
    found = set(texts_of(a_full_call()))
    assert {
        "I am Ada Stone.",
        "who",
        "Ada Stone",
        "4915112345",
        "found her",
        "no line to Ada",
        "Ada wants a nurse",
        "Ada",
    } <= found
    assert "https://example.org/1.wav" in found
    assert not any("text removed" in text for text in texts_of(GONE.call(a_full_call())))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("customer-ended-call", True),
        ("agent.hangup_1", True),
        ("call.in-progress.error-x", True),
        ("anna.keller.hiv.positive", False),
        ("She said no", False),
        (None, True),
    ],
)
def test_codes_of_a_platform_stay(given: str | None, kept: bool) -> None:
    """A word of small letters is a code; a sentence is a text."""
    assert GONE.code(given) == (given if kept else MARK)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("book_appointment", True),
        ("Clinical question", True),
        ("v2.0.1-rc.3", True),
        ("en-US", True),
        ("Über_uns", True),
        (None, True),
        ("", True),
        ("Anna Keller", False),
        ("Anna Keller wants her result", False),
        ("she wants her result", False),
        ("the rule's own Label", True),
    ],
)
def test_labels_stay_and_sentences_go(given: str | None, kept: bool) -> None:
    """One word, three in small letters, or what a rule names; a name or a sentence goes, and is looked for."""
    removal = replace(GONE, rules='intent == "the rule\'s own Label"')
    fields = {"intent": given, "version": given, "channel": given, "language": given}
    tool = ToolCall(name=given or "x")
    call = a_call([a_turn("agent", "Hello!", tool_calls=(tool,))], **fields)
    after = removal.call(call)
    assert {getattr(after, name) for name in fields} == {given if kept else MARK}
    assert after.turns[0].tool_calls[0].name == ((given or "x") if kept else MARK)
    looked_for = not kept or given == "the rule's own Label"  # the scan's own list leaves out what the configuration holds
    assert [text for text in texts_of(call) if text and text == given] == [given] * (5 if looked_for else 0)


@pytest.mark.parametrize("held", [7, "gone", "[text removed yesterday]", f"{MARK} "])
def test_only_a_mark_is_a_mark(held: object) -> None:
    """An entry of that name that a platform wrote says nothing."""
    assert removed(a_call(metadata={"text_removed": held})) == ""
