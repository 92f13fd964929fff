"""LiveKit: every figure of the report with its unit, the start that is not exported, bots handing to bots, hostile shapes."""

import pytest
from hypothesis import given

from evalharness.collect.named_forms import form_like
from evalharness.collect.reasons import FieldError
from evalharness.grade.measured.latency import measure_call
from evalharness.models.agent_prices import AgentPrices, reckoned, usage_of
from tests.collect.files import counts, take
from tests.collect.payloads import needs_payloads, payload, understood, write_json
from tests.collect.platforms.mutated import a_call_or_a_reason, mutations

START = 1763377200  # 2025-11-17T11:00:00Z
LATER_KEYS = ("sdk_version", "agent_name", "tags", "duration_ms", "user_turns", "errors", "close_reason")
PRICES = AgentPrices.model_validate({
    "llm": {"any": ({"as_of": "2025-01-01", "input": 0.001, "output": 0.01},)},
    "tts": {"any": ({"as_of": "2025-01-01", "per_1k_characters": 0.1},)},
    "stt": {"any": ({"as_of": "2025-01-01", "per_minute": 0.01},)},
})  # fmt: skip


def a_message(role, at_s, lasts_s=1.0, text="Words.", **metrics):
    """An item that began so many seconds after the start, with metrics in seconds."""
    spoke = {"started_speaking_at": START + at_s, "stopped_speaking_at": START + at_s + lasts_s}
    return {"type": "message", "role": role, "content": [text], "created_at": START + at_s, "metrics": {**spoke, **metrics}}


def a_report(*items, **fields):
    """A report of 1.8.9: one question and its answer, unless items are given."""
    items = items or (a_message("user", 1), a_message("assistant", 3, e2e_latency=1.0))
    report = {"job_id": "j1", "room": "r1", "chat_history": {"items": list(items)}, "timestamp": START + 62, "duration_ms": 60000}
    return {**report, "close_reason": "participant_disconnected", **fields}


@pytest.fixture
def call():
    """The report that the library made."""
    return understood("livekit", payload("livekit/session_report.json"))


@needs_payloads
def test_latency_is_seconds_and_reported(call):
    """2.1 s is 2100 ms; of 0.55 s to the end of the turn 0.21 s are transcription, so 340 ms are left for endpointing."""
    (reply,) = (turn for turn in call.turns if turn.latency and turn.latency.voice_to_voice_ms)
    assert (reply.latency.voice_to_voice_ms, reply.latency.anchor) == (2100.0, "reported")
    assert reply.latency.components == {"stt": 210.0, "endpointing": 340.0, "llm": 510.0, "tts": 220.0}
    (measured,) = measure_call(call).latencies
    assert (measured.anchor, measured.values_ms, measured.tool_ms) == ("reported", (2100.0,), (2100.0,))


@needs_payloads
def test_turns_are_timed_by_speech(call):
    """Epoch seconds less the start: 1763377200.9 is 900 ms. The reply was interrupted."""
    assert [(turn.speaker, turn.start_ms, turn.end_ms, turn.interrupted) for turn in call.turns] == [
        ("agent", 900.0, 3100.0, False),
        ("caller", 4000.0, 5600.0, None),
        ("agent", 6400.0, None, None),
        ("agent", 7700.0, 8900.0, True),
    ]


@needs_payloads
def test_the_tool_and_its_output(call):
    """Paired by call_id; created at .4 and at 1.0 s: 600 ms."""
    tool = call.turns[2].tool_calls[0]
    assert (tool.name, tool.arguments, tool.error, tool.duration_ms) == ("list_slots", {"service": "flu shot"}, False, 600.0)
    assert tool.result == '["Mon 9:00","Mon 9:30"]'


@needs_payloads
def test_an_agent_handing_to_an_agent_is_no_escalation(call):
    """Whatever the agent is called."""
    assert call.handoff.model_dump(exclude_none=True) == {"destination": "bot", "status": "connected", "at_ms": 9500.0}
    assert (call.handed_off, call.outcome, call.status) == (False, "unknown", "completed")
    assert call.metadata["agents"] == ["human_handoff"]


@needs_payloads
def test_the_start_is_concluded(call):
    """From the recording's; the end from it and duration_ms, 11.4 s."""
    assert (call.started_at.isoformat(), call.duration_s) == ("2025-11-17T11:00:00+00:00", 11.4)
    assert call.inferred == ("outcome", "started_at", "ended_at")
    assert (call.id, call.agent, call.metadata["room"], call.metadata["user_turns"]) == ("AJ_0", None, "call-0001", 1)


@needs_payloads
def test_usage_is_kept_for_prices_and_is_no_cost(call):
    """2210 and 61 tokens, 77 characters, 11.4 s: 0.00221 + 0.00061, 0.0077 and 0.0019 with prices, nothing without."""
    assert call.cost is None
    assert [used.component for used in usage_of(call)] == ["llm", "tts", "stt"]
    assert reckoned(call, PRICES).cost.components == pytest.approx({"llm": 0.00282, "tts": 0.0077, "stt": 0.0019})


@needs_payloads
def test_the_shape_before_189_is_the_same_call(call):
    """The snapshot has none of the later keys: all but the end, which is then the time of the report, stays."""
    report = {name: value for name, value in payload("livekit/session_report.json").items() if name not in LATER_KEYS}
    before = understood("livekit", report)
    assert (before.id, before.turns, before.started_at) == (call.id, call.turns, call.started_at)
    assert before.duration_s == 12.0


@pytest.mark.parametrize(
    ("fields", "seconds", "concluded"),
    [
        ({"started_at": START - 2, "audio_recording_started_at": START}, -2, False),
        ({"audio_recording_started_at": START - 1}, -1, True),
        ({}, 1, True),  # the first item
        ({"chat_history": {"items": []}}, 2, True),  # timestamp, 62 s after START, less 60 s
    ],
)
def test_where_the_start_comes_from(fields, seconds, concluded):
    """A release that exports it, the recording, the first item, the report: in that order."""
    call = understood("livekit", a_report(**fields))
    assert call.started_at.timestamp() == START + seconds
    assert ("started_at" in call.inferred) is concluded


def test_minus_one_and_zero_are_none():
    """ttft -1: no token; e2e 0: not detected. Then turn times tell: from 2 s to 3 s."""
    given = a_report(a_message("user", 1), a_message("assistant", 3, e2e_latency=0.0, llm_node_ttft=-1, tts_node_ttfb=0.2))
    (_, reply) = understood("livekit", given).turns
    assert (reply.latency.voice_to_voice_ms, reply.latency.components) == (None, {"tts": 200.0})
    (measured,) = measure_call(understood("livekit", given)).latencies
    assert (measured.anchor, measured.values_ms) == ("transcript", (1000.0,))


def test_the_wait_after_the_caller_is_of_the_first_reply():
    """What the agent adds did not wait for the caller's words."""
    asked = a_message("user", 1, transcription_delay=0.1, end_of_turn_delay=0.4)
    given = a_report(asked, a_message("assistant", 3, llm_node_ttft=0.5), a_message("assistant", 5, llm_node_ttft=0.6))
    (_, reply, more) = understood("livekit", given).turns
    assert reply.latency.components == {"stt": 100.0, "endpointing": 300.0, "llm": 500.0}
    assert more.latency.components == {"llm": 600.0}


def test_a_transfer_that_failed_reached_nobody():
    """The output of the tool says so."""
    tool = {"type": "function_call", "name": "transfer_to_human", "call_id": "c", "created_at": START + 4}
    output = {"type": "function_call_output", "call_id": "c", "output": "busy", "is_error": True, "created_at": START + 5}
    call = understood("livekit", a_report(a_message("user", 1), tool, output))
    assert (call.handoff.destination, call.handoff.status, call.outcome) == ("human", "failed", "unknown")


def test_a_tool_that_names_a_human_is_a_handoff():
    """The one sign of a person that a report has; it outranks agents handing to agents."""
    tool = {"type": "function_call", "name": "transfer_to_human", "call_id": "c", "arguments": '{"summary": "Wants Lee."}'}
    bots = {"type": "agent_handoff", "old_agent_id": "a", "new_agent_id": "b", "created_at": START + 2}
    items = a_message("user", 1), {**tool, "created_at": START + 4}, bots
    call = understood("livekit", a_report(*items, audio_recording_started_at=START))
    assert (call.handoff.destination, call.handoff.at_ms, call.handoff.context_summary) == ("human", 4000.0, "Wants Lee.")
    assert call.outcome == "transferred"


def test_the_item_that_names_the_first_agent_is_no_handoff():
    """It has no old agent."""
    first = {"type": "agent_handoff", "old_agent_id": None, "new_agent_id": "a", "created_at": START}
    assert understood("livekit", a_report(first, a_message("user", 1))).handoff is None


@pytest.mark.parametrize(
    ("fields", "status", "rule", "outcome"),
    [
        ({}, "completed", "ended", "unknown"),
        ({"close_reason": "error"}, "error", "error", "failed_technical"),
        ({"close_reason": None}, "completed", "other", "unknown"),
        ({"close_reason": None, "events": [{"type": "close", "reason": "error"}]}, "error", "error", "failed_technical"),
        ({"errors": {"llm": 2, "stt": 0}}, "completed", "ended", "unknown"),
        ({"chat_history": {"items": [a_message("assistant", 1)]}}, "completed", "silent", "out_of_scope"),
    ],
)
def test_how_a_session_closed(fields, status, rule, outcome):
    """By its reason, or the event of it; errors it got over are counted and decide nothing."""
    call = understood("livekit", a_report(**fields))
    assert (call.status, call.metadata["outcome_rule"], call.outcome) == (status, f"livekit.{rule}", outcome)
    assert call.metadata.get("errors_by_part") == ({"llm": 2} if "errors" in fields else None)


def test_usage_without_its_kind_and_its_zeros():
    """A release leaves out defaults: the amounts tell the kind, and what is missing is 0."""
    given = [{"model": "m", "input_tokens": 100}, {"characters_count": 7}, {"audio_duration": 3.5}]
    used = usage_of(understood("livekit", a_report(usage=given)))
    assert [(one.component, one.input_tokens, one.output_tokens, one.characters, one.seconds) for one in used] == [
        ("llm", 100, 0, 0, 0), ("tts", 0, 0, 7, 0), ("stt", 0, 0, 0, 3.5),
    ]  # fmt: skip


def test_a_kind_of_usage_without_a_price_leaves_the_cost_unknown():
    """What it costs nobody can tell."""
    call = understood("livekit", a_report(usage=[{"type": "eot_usage", "requests": 2}, {"type": "tts_usage"}]))
    assert usage_of(call) is None
    assert reckoned(call, PRICES).cost is None


def test_content_of_several_parts():
    """Texts in lines, of sound its transcript; instructions are no turn."""
    heard = {**a_message("user", 1), "content": ["Hello.", {"type": "audio_content", "transcript": "There."}, 5]}
    call = understood("livekit", a_report(a_message("system", 0), heard))
    assert [(turn.speaker, turn.text) for turn in call.turns] == [("caller", "Hello.\nThere.")]


def test_milliseconds_in_place_of_seconds_are_refused():
    """They would be a year far away."""
    with pytest.raises(FieldError, match="check the unit"):
        understood("livekit", a_report(timestamp=START * 1000))


def test_many_in_a_file(tmp_path):
    """An array of reports."""
    path = write_json(tmp_path / "reports.json", [a_report(), a_report(job_id="j2")])
    calls, report = take(path, form="livekit", source="livekit")
    assert ([call.id for call in calls], counts(report)) == (["j1", "j2"], (2, 0, 0, 0, 0))


WHOLE = a_report(
    a_message("user", 1, transcription_delay=0.1, end_of_turn_delay=0.2),
    {"type": "function_call", "name": "transfer_to_human", "call_id": "c", "arguments": "{}", "created_at": START + 2},
    {"type": "function_call_output", "call_id": "c", "output": "x", "is_error": False, "created_at": START + 2.5},
    a_message("assistant", 3, e2e_latency=1.0, llm_node_ttft=0.3),
    {"type": "agent_handoff", "old_agent_id": "a", "new_agent_id": "b", "created_at": START + 5},
    usage=[{"type": "llm_usage", "input_tokens": 1}],
    errors={"llm": 1},
    events=[{"type": "close", "reason": "error"}],
    audio_recording_started_at=START,
)


@given(value=mutations(WHOLE))
def test_any_value_in_any_place(value):
    """A call or a reason; what is derived of it later fails neither."""
    call = a_call_or_a_reason("livekit", value)
    form_like(value)
    if call is not None:
        reckoned(call, PRICES)


def test_recognised_by_its_shape_only():
    """A chat history alone is not unmistakable."""
    assert form_like(a_report()) == "livekit"
    assert form_like({"chat_history": {"items": []}}) is None
