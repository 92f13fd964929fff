"""What holds for the figures of escalation, disclosure and failures in any call: order, missing data, turns that exist."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalharness.grade.measured import disclosure, escalation, handlers
from evalharness.grade.measured.detectors import findings_of
from evalharness.grade.measured.escalation import UNNEEDED
from evalharness.models.call import Call, Handoff, ToolCall
from evalharness.models.measuring import Measuring
from evalharness.models.noun import tuples
from tests.builders import MONDAY, a_call, a_turn
from tests.store.logs import calls as any_calls

RULES = Measuring.model_validate(
    tuples(
        {
            "disclosure": [
                {"name": "recording", "phrases": ["this call is recorded"], "within_turns": 2},
                {"name": "machine", "phrases": ["i am a machine"], "within_s": 10.0, "when": "direction == outbound"},
            ],
            "escalation": {"triggers": ["request", "emergency", "stuck", "tool_failed", "intent"], "intents": ["legal"]},
            "identity": {"check_phrases": ["date of birth"], "data_tools": ["lookup_customer"]},
            "outbound": {"hours": {"timezone": "Europe/Berlin", "timezone_field": "zone"}},
            "handlers": {"not_found": {"responses": ["we have no account of yours"]}, "bad_audio": {"enabled": True}},
        }
    )
)
OURS = {*escalation.FIGURES, *disclosure.FIGURES, *handlers.FIGURES}
WORDS = (
    "Hello.", "A person, please!", "Can I talk to someone?", "I don't want to talk to a person.", "He is unconscious.",
    "Tell me then.", "Sorry, I didn't catch that.", "The line is bad.", "Could you repeat that?", "The system is down.",
    "A colleague will call you back.", "I can't find you.", "This call is recorded.", "I am a machine.", "Your date of birth?",
    "Stop calling me.", "You were removed.", "Sorry for the wait.", "Hello?", "Which day?", "Wie bitte?", "Einen Menschen bitte.",
    "",
)  # fmt: skip
tools = st.builds(
    ToolCall,
    name=st.sampled_from(["transfer", "book", "lookup_customer", "create_ticket", "do_not_call"]),
    result=st.sampled_from([None, "no match", "ok"]),
    error=st.sampled_from([None, True, False]),
)
spoken = st.tuples(
    st.sampled_from(["caller", "agent", "agent", "human_agent", "system"]),
    st.sampled_from(WORDS),
    st.floats(0, 9000),
    st.floats(0, 6000),
    st.lists(tools, max_size=2).map(tuple),
)
handoffs = st.none() | st.builds(
    Handoff,
    at_ms=st.none() | st.floats(0, 60_000),
    kind=st.sampled_from([None, "warm", "blind"]),
    destination=st.sampled_from(["human", "bot"]),
    status=st.sampled_from(["connected", "failed"]),
    context_summary=st.sampled_from([None, "", "Mia Li wants a refund of 20."]),
)


@st.composite
def talks(draw: st.DrawFn) -> Call:
    """Calls in which these things are said and done, one turn after the other."""
    turns, clock = [], 0.0
    for who, text, pause, lasted, used in draw(st.lists(spoken, max_size=9)):
        start, clock = clock + pause, clock + pause + lasted
        turns.append(a_turn(who, text, start, clock, tool_calls=used if who == "agent" else ()))
    fields: dict[str, Any] = {
        "handoff": draw(handoffs),
        "language": draw(st.sampled_from([None, "en", "de", "fr"])),
        "direction": draw(st.sampled_from([None, "inbound", "outbound"])),
        "outcome": draw(st.sampled_from(["unknown", "follow_up", "resolved"])),
        "intent": draw(st.sampled_from([None, "legal", "billing"])),
    }
    return a_call(turns, started_at=MONDAY, **fields)


def _ours(call: Call) -> dict[str, float]:
    return {name: value for name, value in findings_of(call, RULES).values.items() if name in OURS}


@settings(max_examples=200, deadline=None)
@given(talks() | any_calls)
def test_findings_name_turns_that_exist_and_say_what_the_figures_say(call: Call) -> None:
    """Counts are the number of findings; the four cells of the matrix are one call; a note holds only our words."""
    found = findings_of(call, RULES)
    turns = {turn.index for turn in call.turns}
    for finding in found.findings:
        assert set(finding.turns) <= turns
        assert finding.measure not in OURS or finding.note in ("", "recording", "machine", *UNNEEDED)
    for name in ("human_requests", "emergency_words", "stuck_steps", "opt_outs", "slow_replies", "tool_failures", "bad_audio"):
        if name in found.values:
            assert found.values[name] == sum(one.measure == name for one in found.findings)
    cells = ("escalation_correct", "escalation_missed", "escalation_unneeded", "containment_correct")
    assert sum(found.values.get(name, 0) for name in cells) == ("escalation_needed" in found.values)
    assert all(0 <= found.values[name] <= 1 for name in found.values if name.endswith("_handled"))


@settings(max_examples=60, deadline=None)
@given(st.lists(talks(), min_size=2, max_size=4), st.randoms(use_true_random=False))
def test_the_order_of_calls_does_not_matter(drawn: list[Call], rng: Any) -> None:
    """What was found in a call before, or in between, changes nothing of it."""
    alone = [_ours(call) for call in drawn]
    order = list(range(len(drawn))) * 2
    rng.shuffle(order)
    assert all(_ours(drawn[k]) == alone[k] for k in order)


MISSING = ("times", "summary", "kind", "intent", "csat", "direction", "results")


def _without(call: Call, what: str) -> Call:
    """The call as a log would give it that lacks this."""
    turns = call.turns
    if what == "times":
        turns = tuple(turn.model_copy(update={"start_ms": None, "end_ms": None}) for turn in turns)
    if what == "results":
        bare = [tuple(tool.model_copy(update={"result": None}) for tool in turn.tool_calls) for turn in turns]
        turns = tuple(turn.model_copy(update={"tool_calls": tools}) for turn, tools in zip(turns, bare, strict=True))
    handoff = call.handoff
    if handoff is not None and what in ("summary", "kind", "times"):
        lost = {"summary": "context_summary", "kind": "kind", "times": "at_ms"}[what]
        handoff = handoff.model_copy(update={lost: None})
    gone = {what: None} if what in ("intent", "csat", "direction") else {}
    return call.model_copy(update={"turns": turns, "handoff": handoff, **gone})


@pytest.mark.parametrize("what", MISSING)
@settings(max_examples=60, deadline=None)
@given(call=talks())
def test_missing_data_never_raises_or_lowers_a_figure(what: str, call: Call) -> None:
    """A figure is as it was, or it is not told.

    But: an intent can be a trigger of its own; without times the place of a handoff that nothing else shows is not known, and
    words after it cannot be told from those before; a look-up that reports nobody as an error is told from a failure by its
    result. The calls here leave these three out.
    """
    if what == "intent" and call.intent == "legal":
        return
    if what == "times" and call.handoff is not None and call.handoff.at_ms is not None:
        return
    if what == "results" and any(tool.result == "no match" and tool.error for turn in call.turns for tool in turn.tool_calls):
        return
    before, after = _ours(call), _ours(_without(call, what))
    if what == "direction":
        before = {name: value for name, value in before.items() if not name.startswith("disclosures_")}  # another rule's calls
        after = {name: value for name, value in after.items() if not name.startswith("disclosures_")}
    for name, value in after.items():
        assert before.get(name, value) == value, name
