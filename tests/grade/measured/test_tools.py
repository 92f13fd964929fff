"""Tool calls: how they went, and what the figures count."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evalharness.grade.measured.tool_claims import claims_success
from evalharness.grade.measured.tool_results import gives_result, outcome_of
from evalharness.grade.measured.tools import FIGURES, detect
from evalharness.models.call import ToolCall
from evalharness.models.measuring import Measuring
from tests.builders import a_call, a_turn
from tests.store.logs import calls


def tool(result: str | None = "ok", error: bool | None = None, name: str = "book", **arguments) -> ToolCall:
    """A call of `book` that worked."""
    return ToolCall(name=name, arguments=arguments, result=result, error=error)


def found(*turns):
    """Figures and (measure, turns, state) of a call of these agent turns: (text, tools); a text alone is the caller's."""
    built = [a_turn("caller", turn) if isinstance(turn, str) else a_turn("agent", turn[0], tool_calls=turn[1:]) for turn in turns]
    numbered = [turn.model_copy(update={"index": i}) for i, turn in enumerate(built)]
    one = detect(a_call(numbered), Measuring())
    return one.values, [(finding.measure, finding.turns, finding.state) for finding in one.findings]


@pytest.mark.parametrize(
    ("result", "error", "outcome"),
    [
        ("ok", None, "worked"),
        ("", None, "worked"),
        (None, None, "unknown"),
        (None, False, "worked"),
        (None, True, "failed"),
        ("timeout", None, "failed"),
        ("Error: timeout", None, "failed"),
        ("Errors last week: none", None, "worked"),
        ("Error 42 means that the lid is open.", None, "worked"),
        ("Error 503", None, "failed"),
        ("Error: not found", None, "argument"),
        ("Error: slot must be a string", None, "schema"),
        ('{"error": null}', None, "worked"),
        ('{"error": ""}', None, "worked"),
        ('{"error": "boom"}', None, "failed"),
        ('{"success": false}', None, "failed"),
        ('{"status": 503}', None, "failed"),
        ('{"status": 200}', None, "worked"),
        ('{"status": true}', None, "worked"),
        ('{"status": "failed", "why": "invalid date"}', None, "argument"),
        ('{"results": ["error"]}', None, "worked"),
        ('{"error"', None, "worked"),
        ("[" * 100_000, None, "worked"),
        ("HTTP 404 Not Found", None, "argument"),
        ("Fehler: Zeitüberschreitung", None, "failed"),
    ],
)
def test_how_a_call_went(result, error, outcome):
    """The flag, or a result that says so."""
    assert outcome_of(tool(result, error)) == outcome


def test_arguments_that_are_no_json():
    """A text that begins as JSON and is none never had the tool's form."""
    assert outcome_of(ToolCall(name="pay", arguments='{"amount": 12', result="ok")) == "schema"
    assert outcome_of(ToolCall(name="pay", arguments='{"amount": 12}', result="ok")) == "worked"
    assert outcome_of(ToolCall(name="say", arguments="hello", result="ok")) == "worked"


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        ("You're booked for ten.", True),
        ("Your refund has been processed.", True),
        ("I've cancelled it.", True),
        ("Ihr Termin ist gebucht.", True),
        ("Is it booked?", False),
        ("Once it is booked, you get a text.", False),
        ("I'm sorry, it was cancelled by mistake.", False),
        ("It has not been booked; there is a problem.", False),
        ("Let me look.", False),
        ("", False),
    ],
)
def test_claims(text, claims):
    """A sentence that says it is done: no question, no condition, no failure told."""
    assert claims_success(text) is claims


def test_no_tool_no_figure():
    """Missing is not zero."""
    assert found("Hi", ("Hello",)) == ({}, [])


def test_a_call_that_nobody_knows_of():
    """Neither flag nor result: it may have failed, so that only the count of calls is told; a hang-up leaves no result."""
    assert found(("Hm", tool(None)))[0] == {"tool_calls": 1}
    assert not gives_result(tool(None, name="end_call"))
    assert found(("Bye", tool(None, name="end_call")))[0]["tool_errors"] == 0


def test_every_figure_is_told_of_a_call_with_tools():
    """0 where it was looked for and is not there."""
    values, findings = found(("Booked.", tool()))
    assert values == {name: float(name == "tool_calls") for name in FIGURES}
    assert findings == []


def test_errors_and_retries():
    """Failed at 0, changed and failed at 1, the same again at 2: 2 errors, 2 retries."""
    _, findings = found(("", tool("Error: invalid day", day=1)), ("", tool("timeout", day=2)), ("Sorry.", tool("ok", day=2)))
    assert findings == [
        ("tool_errors", (0,), None),
        ("tool_argument_errors", (0,), None),
        ("tool_errors", (1,), None),
        ("tool_retries", (0, 1), "changed"),
        ("tool_retries", (1, 2), "same"),
    ]


def test_repeats():
    """The same again; not after another tool, not without arguments, not with others."""
    assert found(("", tool(day=1), tool(day=1)))[1] == [("tool_repeats", (0,), None)]
    assert found(("", tool(day=1)), ("", tool(name="other", day=1)), ("", tool(day=1)))[1] == []
    assert found(("", tool(), tool()))[1] == []
    assert found(("", tool(day=1), tool(day=2)))[1] == []


def test_a_failure_passed_over():
    """Only in the reply of the failed call, and not where another tool worked since."""
    failed = tool("timeout", day=1)
    assert ("tool_results_ignored", (0, 1), None) in found(("", failed), ("You're booked.",))[1]
    assert ("tool_results_ignored", (0, 2), None) not in found(("", failed), "And?", ("You're booked.",))[1]
    assert all(one[0] != "tool_results_ignored" for one in found(("", failed, tool(name="other")), ("You're booked.",))[1])


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(calls, max_size=3))
def test_order_of_calls_and_turns_that_exist(drawn):
    """Each call by itself; every finding names turns of the call and a declared figure; values count the findings."""
    forward = [detect(call, Measuring()) for call in drawn]
    assert forward == [detect(call, Measuring()) for call in reversed(drawn)][::-1]
    for call, one in zip(drawn, forward, strict=True):
        for finding in one.findings:
            assert set(finding.turns) <= {turn.index for turn in call.turns}
        assert set(one.values) <= set(FIGURES)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(calls, st.integers(0, 20))
def test_a_missing_result_changes_no_figure(call, which):
    """Without one tool's result and flag a figure is the same or absent; `tool_calls` counts on."""
    before = detect(call, Measuring()).values
    after = detect(_without(call, which), Measuring()).values
    assert all(before[name] == value for name, value in after.items() if not name.startswith("tool_") or name == "tool_calls")
    assert all(before.get(name) == value for name, value in after.items()) or not _expects(call, which)


def _without(call, which):
    turns, seen = [], 0
    for turn in call.turns:
        tools = []
        for one in turn.tool_calls:
            tools.append(one.model_copy(update={"result": None, "error": None}) if seen == which else one)
            seen += 1
        turns.append(turn.model_copy(update={"tool_calls": tuple(tools)}))
    return call.model_copy(update={"turns": tuple(turns)})


def _expects(call, which) -> bool:
    tools = [one for turn in call.turns for one in turn.tool_calls]
    return which < len(tools) and gives_result(tools[which].model_copy(update={"result": None}))


def test_deep_results_are_no_error():
    """JSON deeper than the parser goes is read as text."""
    assert outcome_of(tool('{"a":' * 5000 + "1" + "}" * 5000)) == "worked"
    assert json.loads('{"a": 1}') == {"a": 1}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("change_booking", True), ("exchange_item", True), ("send_sms", True), ("calendar_search", True), ("vendor_lookup", True),
        ("end_call", False), ("endCall", False), ("hangup", False), ("hang_up", False), ("transfer_to_human", False),
        ("forwardCall", False),
    ],
)  # fmt: skip
def test_only_a_whole_word_of_the_name_ends_the_call(name, expected):
    """A tool that ends or transfers the call may leave no result; one whose name merely holds the letters may not."""
    assert gives_result(ToolCall(name=name)) is expected
