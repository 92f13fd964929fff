"""Our form of a call -> Call: every field, every refusal with its field and reason."""

from copy import deepcopy
from datetime import UTC, datetime

import pytest

from evalharness.collect.our_form import CALL_KEYS, HANDOFF_KEYS, TOOL_KEYS, TURN_KEYS, RowDefaults, call_from
from evalharness.collect.reasons import FieldError
from evalharness.models.call import Cost, Handoff, Latency, ToolCall
from tests.collect.files import a_row, a_turn_row, the_call

WHOLE = a_row(
    source="vapi",
    agent="Front Desk",
    version="v12",
    started_at="2026-11-16T10:00:00+01:00",
    ended_at="2026-11-16T09:03:20.5Z",
    direction="inbound",
    channel="phone",
    language="de",
    intent="move_appointment",
    caller="+49 30 5550123",
    status="completed",
    errors=["tts timeout"],
    outcome="follow_up",
    end_reason="caller_hung_up",
    csat=4,
    cost={"llm": 0.13, "tts": 0},
    currency="EUR",
    handoff={
        "at_ms": 90000,
        "kind": "warm",
        "destination": "human",
        "status": "failed",
        "context_summary": "Toothache",
        "talk_ms": 0,
    },
    recording_url="https://example.com/a.wav",
    metadata={"reward": 1.0, "deep": {"list": [1, None, "x"]}},
    turns=[
        a_turn_row(
            "agent",
            "One moment.",
            start_ms=1200,
            end_ms=2000,
            latency_ms=480,
            latency_anchor="acoustic",
            components={"llm": 200, "tts": 90.5},
            interrupted=False,
            heard_filler=True,
            tool_calls=[{"name": "find_slot", "arguments": {"day": "Fri"}, "result": "", "error": False, "duration_ms": 67}],
        )
    ],
)


def refusal(**fields):
    with pytest.raises(FieldError) as caught:
        the_call(**fields)
    return caught.value.field, caught.value.reason


def in_a_turn(**fields):
    return refusal(turns=[{**a_turn_row("agent", "Sure."), **fields}])


def test_a_whole_call():
    """Every field of the form arrives, times in UTC, the caller as a key."""
    call = call_from(WHOLE, RowDefaults("demo", lambda caller: f"key:{caller}"))
    assert (call.id, call.source, call.agent, call.version) == ("c1", "vapi", "Front Desk", "v12")
    assert call.started_at == datetime(2026, 11, 16, 9, tzinfo=UTC)
    assert call.duration_s == 200.5
    assert (call.direction, call.channel, call.language, call.intent) == ("inbound", "phone", "de", "move_appointment")
    assert (call.caller_key, call.status, call.errors) == ("key:+49 30 5550123", "completed", ("tts timeout",))
    assert (call.outcome, call.end_reason, call.csat) == ("follow_up", "caller_hung_up", 4.0)
    assert call.cost == Cost(components={"llm": 0.13, "tts": 0.0}, currency="EUR")
    assert call.handoff == Handoff(
        at_ms=90000.0, kind="warm", destination="human", status="failed", context_summary="Toothache", talk_ms=0.0
    )
    assert call.recording_url == "https://example.com/a.wav"
    assert call.metadata == {"reward": 1.0, "deep": {"list": [1, None, "x"]}}
    assert call.inferred == ()


def test_a_whole_turn():
    """The flat latency fields of a turn become a Latency; an empty result stays a result."""
    turn = call_from(WHOLE, RowDefaults("demo", str)).turns[0]
    assert (turn.index, turn.speaker, turn.text, turn.start_ms, turn.end_ms) == (0, "agent", "One moment.", 1200.0, 2000.0)
    assert turn.latency == Latency(voice_to_voice_ms=480.0, anchor="acoustic", components={"llm": 200.0, "tts": 90.5})
    assert (turn.interrupted, turn.heard_filler) == (False, True)
    assert turn.tool_calls == (ToolCall(name="find_slot", arguments={"day": "Fri"}, result="", error=False, duration_ms=67.0),)


def test_the_whole_call_names_every_key_of_the_form():
    """The example above leaves no key out, so that no key is untested."""
    turn = WHOLE["turns"][0]
    assert set(WHOLE) == set(CALL_KEYS)
    assert set(turn) == set(TURN_KEYS)
    assert set(turn["tool_calls"][0]) == set(TOOL_KEYS)
    assert set(WHOLE["handoff"]) == set(HANDOFF_KEYS)


def test_nulls_are_missing_values():
    """null everywhere but in required fields gives the same call as leaving the field out."""
    nulls = dict.fromkeys(set(CALL_KEYS) - {"id", "started_at", "turns"})
    assert the_call(**nulls) == the_call()


def test_defaults_of_the_row():
    """Source and currency come from the rules where the row gives none."""
    call = call_from(a_row(cost={"llm": 1}), RowDefaults("inbox", str, "GBP"))
    assert (call.source, call.cost.currency) == ("inbox", "GBP")


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [
        ({}, "unknown"),
        ({"status": "completed"}, "unknown"),
        ({"status": "no_answer"}, "unknown"),
        ({"status": "error"}, "failed_technical"),
        ({"status": "abandoned"}, "abandoned"),
        ({"handoff": {"status": "connected"}}, "transferred"),
        ({"handoff": {"kind": "warm"}}, "transferred"),
        ({"handoff": {"status": "failed"}}, "unknown"),
        ({"handoff": {"destination": "bot"}}, "unknown"),
        ({"handoff": {}}, "unknown"),
        ({"status": "error", "handoff": {"status": "connected"}}, "failed_technical"),
        ({"status": "abandoned", "handoff": {"status": "connected"}}, "transferred"),
        ({"status": "abandoned", "handoff": {"status": "failed"}}, "abandoned"),
    ],
)
def test_outcome_follows_from_status_and_handoff(fields, outcome):
    """error, then a connected handoff to a human, then abandoned, else unknown; and it is marked as inferred."""
    call = the_call(**fields)
    assert (call.outcome, call.inferred) == (outcome, ("outcome",))


def test_a_given_outcome_is_kept():
    """Also one that the status would contradict; nothing is marked."""
    call = the_call(status="error", outcome="resolved")
    assert (call.outcome, call.inferred) == ("resolved", ())


def test_started_at_falls_back_to_ended_at():
    """A call without a start is placed by its end, and says so."""
    call = the_call(started_at=None, ended_at="2026-11-16T09:00:00Z")
    assert call.started_at == call.ended_at == datetime(2026, 11, 16, 9, tzinfo=UTC)
    assert call.inferred == ("started_at", "outcome")
    assert refusal(started_at=None) == ("started_at", "is missing, and there is no ended_at to take instead")


def test_a_call_may_not_end_before_it_starts():
    """One second before is refused; the same instant is a call of 0 s."""
    assert refusal(ended_at="2026-11-16T08:59:59Z") == ("ended_at", "lies before started_at")
    assert the_call(ended_at="2026-11-16T09:00:00Z").duration_s == 0


def test_a_turn_without_text_needs_tool_calls():
    """null text with a tool call is empty text; without one it is refused; empty text is text."""
    call = the_call(turns=[a_turn_row("agent", None, tool_calls=[{"name": "x"}]), a_turn_row("caller", "")])
    assert [turn.text for turn in call.turns] == ["", ""]
    assert refusal(turns=[a_turn_row("agent", None)]) == (
        "turns[0].text",
        "is missing; only a turn with tool calls may go without",
    )


def test_latency_is_missing_unless_a_figure_is_given():
    """An anchor alone is no latency; components alone have the anchor `components`; 0 is a figure."""
    turns = [
        a_turn_row("agent", "a", latency_anchor="reported"),
        a_turn_row("agent", "b", components={"llm": 300}),
        a_turn_row("agent", "c", latency_ms=0),
        a_turn_row("agent", "d", components={"llm": None}),
        a_turn_row("agent", "e", components={"llm": 0, "tts": None}),
    ]
    assert [turn.latency for turn in the_call(turns=turns).turns] == [
        None,
        Latency(voice_to_voice_ms=None, anchor="components", components={"llm": 300.0}),
        Latency(voice_to_voice_ms=0.0, anchor="reported"),
        None,
        Latency(voice_to_voice_ms=None, anchor="components", components={"llm": 0.0}),
    ]


def test_what_is_read_stays_as_it_was():
    """The same object read again gives the same call: nothing is taken out of it, and nothing put in."""
    before = deepcopy(WHOLE)
    assert call_from(WHOLE, RowDefaults("own", str)) == call_from(WHOLE, RowDefaults("own", str))
    assert before == WHOLE


def test_a_cost_that_cannot_be_added_up_is_refused():
    """1e308 + 1e308 is beyond the largest number: neither a cost nor none."""
    with pytest.raises(FieldError, match="too large to be added up") as caught:
        the_call(cost={"llm": 1e308, "tts": 1e308})
    assert caught.value.field == "cost"
    assert the_call(cost={"llm": 1e308}).cost.total == 1e308


def test_a_cost_without_components_is_unknown():
    """Neither {} nor components of null are a cost of 0."""
    assert the_call(cost={}).cost is None
    assert the_call(cost={"llm": None}).cost is None
    assert the_call(cost={"llm": 0}).cost.total == 0


@pytest.mark.parametrize(
    ("fields", "field", "reason"),
    [
        ({"id": None}, "id", "is missing"),
        ({"id": ""}, "id", "must not be empty"),
        ({"id": 12}, "id", "must be text, not a number (12)"),
        ({"id": "x" * 513}, "id", "must have at most 512 characters; it has 513"),
        ({"source": ""}, "source", "must not be empty"),
        ({"turns": None}, "turns", "is missing; a call without any is written []"),
        ({"turns": {}}, "turns", "must be a list, not an object"),
        ({"turns": ["hi"]}, "turns[0]", 'must be an object, not text ("hi")'),
        ({"agent": 7}, "agent", "must be text, not a number (7)"),
        ({"caller": 4155550123}, "caller", "must be text, not a number"),
        ({"csat": True}, "csat", "must be a number, not true or false (true)"),
        ({"csat": "4"}, "csat", 'must be a number, not text ("4")'),
        ({"csat": 0}, "csat", "must be at least 1; it is 0"),
        ({"csat": 5.5}, "csat", "must be at most 5; it is 5.5"),
        ({"direction": "in"}, "direction", "must be one of 'inbound' or 'outbound'; it is \"in\""),
        ({"status": "done"}, "status", "must be one of 'completed', 'error', 'no_answer' or 'abandoned'; it is \"done\""),
        ({"errors": "boom"}, "errors", 'must be a list, not text ("boom")'),
        ({"errors": [1]}, "errors[0]", "must be text, not a number (1)"),
        ({"cost": 0.2}, "cost", "must be an object, not a number (0.2)"),
        ({"cost": {"llm": -0.1}}, "cost.llm", "must be at least 0; it is -0.1"),
        ({"cost": {"llm": "0.1"}}, "cost.llm", 'must be a number, not text ("0.1")'),
        ({"cost": {"llm": 1}, "currency": "euro"}, "currency", 'must be a currency code such as USD; it is "euro"'),
        ({"handoff": True}, "handoff", "must be an object, not true or false (true)"),
        ({"handoff": {"kind": "cold"}}, "handoff.kind", "must be one of 'warm' or 'blind'; it is \"cold\""),
        ({"handoff": {"talk_ms": -1}}, "handoff.talk_ms", "must be at least 0; it is -1"),
        ({"metadata": []}, "metadata", "must be an object, not a list"),
        ({"started_at": "2026-11-16"}, "started_at", '"2026-11-16" is not a time such as 2026-11-16T09:00:00Z'),
    ],
)
def test_refused_calls(fields, field, reason):
    """What may not stand in a field of a call, in plain words."""
    assert refusal(**fields) == (field, reason)


@pytest.mark.parametrize(
    ("fields", "field", "reason"),
    [
        ({"latency_ms": -5}, "latency_ms", "must be at least 0; it is -5"),
        ({"latency_ms": "NaN"}, "latency_ms", 'must be a number, not text ("NaN")'),
        ({"latency_ms": True}, "latency_ms", "must be a number, not true or false (true)"),
        ({"latency_ms": 5, "latency_anchor": "guess"}, "latency_anchor", None),
        ({"components": {"stt": -1}}, "components.stt", "must be at least 0; it is -1"),
        ({"components": [1]}, "components", "must be an object, not a list"),
        ({"speaker": "bot"}, "speaker", None),
        ({"speaker": None}, "speaker", "is missing"),
        ({"text": 5}, "text", "must be text, not a number (5)"),
        ({"start_ms": "12"}, "start_ms", 'must be a number, not text ("12")'),
        ({"interrupted": 1}, "interrupted", "must be true or false, not a number (1)"),
        ({"tool_calls": {}}, "tool_calls", "must be a list, not an object"),
        ({"tool_calls": ["x"]}, "tool_calls[0]", 'must be an object, not text ("x")'),
        ({"tool_calls": [{"arguments": 1}]}, "tool_calls[0].name", "is missing"),
        ({"tool_calls": [{"name": "a", "result": {"x": 1}}]}, "tool_calls[0].result", "must be text, not an object"),
        ({"tool_calls": [{"name": "a", "error": "no"}]}, "tool_calls[0].error", 'must be true or false, not text ("no")'),
        ({"index": 3}, "index", None),
    ],
)
def test_refused_turns(fields, field, reason):
    """What may not stand in a turn; the field names the turn."""
    found = in_a_turn(**fields)
    assert found[0] == f"turns[0].{field}"
    assert reason is None or found[1] == reason


@pytest.mark.parametrize(
    ("fields", "field", "near"),
    [
        ({"stated_at": 1}, "stated_at", "did you mean started_at?"),
        ({"turn": []}, "turn", "did you mean turns?"),
        ({"handoff": {"destinaton": "human"}}, "handoff.destinaton", "did you mean destination?"),
        ({"turns": [a_turn_row(latency=5)]}, "turns[0].latency", "did you mean latency_ms?"),
        (
            {"turns": [a_turn_row(tool_calls=[{"name": "x", "argument": 1}])]},
            "turns[0].tool_calls[0].argument",
            "did you mean arguments?",
        ),
        ({"cost": {"lmm": 1}}, "cost.lmm", "did you mean llm?"),
        ({"zzzz": 1}, "zzzz", "known: agent, caller"),
    ],
)
def test_unknown_keys_are_refused_with_the_nearest_name(fields, field, near):
    """A misspelt key would be lost in silence."""
    found = refusal(**fields)
    assert found[0] == field
    assert near in found[1]


@pytest.mark.parametrize("raw", [None, 1, "x", [], True, ["id"]])
def test_anything_but_an_object_is_refused(raw):
    """A line may hold any JSON; only an object is a call."""
    with pytest.raises(FieldError, match="must be an object with the fields of a call"):
        call_from(raw, RowDefaults("demo", str))


def test_hostile_names_do_not_reach_a_message_raw():
    """A key of 5,006 characters (6 + 5,000) is not repeated; a short one is escaped: no line break, no control character."""
    field, reason = refusal(**{"\x1b[31m\n" + "x" * 5000: 1})
    assert field == "(a name of 5006 characters)"
    assert refusal(**{"\x1b[31m": 1})[0] == "\\u001b[31m"
    assert "\n" not in reason
    assert len(reason) < 400
