"""ElevenLabs: every figure of the payload with its unit, parts of a wait counted once, who was handed to, and hostile shapes."""

import pytest
from hypothesis import given

from evalharness.collect.named_forms import form_like
from evalharness.collect.reasons import FieldError
from evalharness.grade.measured.latency import measure_call
from tests.collect.files import counts, take, write_rows
from tests.collect.payloads import PAYLOADS, payload, understood, write_json
from tests.collect.platforms.mutated import a_call_or_a_reason, mutations

START = 1763377200  # 2025-11-17T11:00:00Z


def an_entry(role, at_s, message="Words.", parts=None, **fields):
    """An entry of a transcript; `parts`: metrics in seconds by name."""
    names = {"stt": "convai_asr_trailing_service_latency", "llm": "convai_llm_service_ttfb", "tts": "convai_tts_service_ttfb"}
    metrics = {names[part]: {"elapsed_time": seconds} for part, seconds in (parts or {}).items()}
    whole = {"metrics": metrics} if metrics else None
    return {"role": role, "message": message, "time_in_call_secs": at_s, "conversation_turn_metrics": whole, **fields}


def a_tool(name="look_up", request="r1", **fields):
    """A tool call of an entry."""
    return {"tool_name": name, "request_id": request, "params_as_json": '{"a": 1}', "tool_has_been_called": True, **fields}


def a_conversation(*entries, metadata=None, **fields):
    """A conversation of the API: a greeting and one question with its answer, unless entries are given."""
    entries = entries or (an_entry("agent", 0), an_entry("user", 2), an_entry("agent", 5, parts={"llm": 0.7}))
    about = {"start_time_unix_secs": START, "call_duration_secs": 60, "termination_reason": "end_call tool was called."}
    call = {"agent_id": "a1", "conversation_id": "e1", "status": "done", "transcript": list(entries), "metadata": about}
    return {**call, "metadata": {**about, **(metadata or {})}, **fields}


@pytest.fixture(params=["get", "webhook"])
def call(request):
    """The same conversation by the API and by webhook."""
    if not PAYLOADS.is_dir():
        pytest.skip("the payloads lie beside the project, not in it")
    got = payload("elevenlabs/get_conversation.json")
    hook = {"type": "post_call_transcription", "event_timestamp": START + 30, "data": got}
    return understood("elevenlabs", got if request.param == "get" else hook)


def test_the_cost_is_money_and_credits_are_not(call):
    """0.0247 USD were charged, 0.0016 of it the LLM: 0.0231 is what no part explains. 203 credits are metadata."""
    assert call.cost.currency == "USD"
    assert call.cost.components == pytest.approx({"llm": 0.0016, "other": 0.0231})
    assert call.cost.total == pytest.approx(0.0247)
    assert call.metadata["cost_credits"] == 203


def test_components_and_no_figure_of_the_whole(call):
    """0.164 s heard, two passes of the model (0.713 + 0.655 s), a tool of 3.91 s, 0.233 s to the first sound: 5675 ms."""
    (reply,) = (turn for turn in call.turns if turn.latency and turn.index)
    assert (reply.latency.voice_to_voice_ms, reply.latency.anchor) == (None, "components")
    assert reply.latency.components == {"stt": 164.0, "llm": 1368.0, "tool": 3910.0, "tts": 233.0}
    (measured,) = measure_call(call).latencies
    assert (measured.anchor, measured.changes) == ("components", 1)
    assert measured.values_ms == pytest.approx((5675.0,))


def test_turns_with_whole_seconds(call):
    """4 s is 4000 ms; the end of a turn is not told; tools stand after the words they were called with."""
    found = [(turn.speaker, turn.start_ms, turn.end_ms, [tool.name for tool in turn.tool_calls]) for turn in call.turns]
    assert found == [
        ("agent", 0.0, None, []),
        ("caller", 4000.0, None, []),
        ("agent", 7000.0, None, ["block_card"]),
        ("agent", 12000.0, None, []),
        ("agent", 12000.0, None, ["transfer_to_number"]),
    ]


def test_the_tool_that_failed(call):
    """With the raw message, and its 3.91 s; arguments come as JSON text."""
    tool = call.turns[2].tool_calls[0]
    assert (tool.arguments, tool.error, tool.duration_ms) == ({"last4": "1881"}, True, 3910.0)
    assert tool.result == "HTTP 502 (http_error: Bad gateway)"


def test_a_number_is_a_human(call):
    """Transferred; its second is that of the words before it, so when is not told."""
    assert call.handoff.model_dump(exclude_none=True) == {"destination": "human", "status": "connected"}
    assert (call.status, call.outcome, call.end_reason) == ("completed", "transferred", "Call transferred to a number.")
    assert call.metadata["outcome_rule"] == "elevenlabs.transferred"
    assert call.inferred == ("outcome",)


def test_who_when_and_what_they_said_of_it(call):
    """Epoch seconds, 19 s long; the caller's own rating is CSAT, the platform's judgement metadata."""
    assert (call.id, call.agent, call.version) == ("conv_00000000000000000000000000", "Support", "agtvrsn_01")
    assert (call.started_at.isoformat(), call.duration_s) == ("2025-11-17T11:00:00+00:00", 19.0)
    assert (call.direction, call.channel, call.language, call.caller_key) == ("inbound", "phone", "en", "key:+15550100042")
    assert call.csat == 2
    assert (call.metadata["call_successful"], call.metadata["call_success_score"]) == ("failure", 0.2)
    assert call.metadata["evaluation_criteria_results"]["resolved"]["result"] == "failure"
    assert (call.metadata["summary"], call.metadata["feedback"]["comment"]) == (
        "Card block failed; transferred.", "did not help",
    )  # fmt: skip


def test_flat_metrics_as_in_the_docs():
    """Without the level `metrics`, and a number in place of {elapsed_time}: the same parts."""
    flat = {"convai_llm_service_ttfb": {"elapsed_time": 0.7}, "convai_tts_service_ttfb": 0.2}
    entries = an_entry("user", 1), {**an_entry("agent", 3), "conversation_turn_metrics": flat}
    (_, reply) = understood("elevenlabs", a_conversation(*entries)).turns
    assert reply.latency.components == {"llm": 700.0, "tts": 200.0}


def test_repeated_metrics_count_once():
    """The tool that ends the call and its result repeat the metrics of the words before them: one wait of 900 ms, not three."""
    parts = {"llm": 0.7, "tts": 0.2}
    ending = an_entry("agent", 4, None, parts, tool_calls=[a_tool("end_call")])
    result = an_entry("agent", 4, None, parts, tool_results=[{"request_id": "r1", "result_value": "ok", "is_error": False}])
    call = understood("elevenlabs", a_conversation(an_entry("user", 1), an_entry("agent", 3, "Bye.", parts), ending, result))
    assert measure_call(call).latencies[0].values_ms == (900.0,)
    before = understood("elevenlabs", a_conversation(an_entry("user", 1), ending, an_entry("agent", 4, "Bye.", parts)))
    assert measure_call(before).latencies[0].values_ms == (900.0,)


def test_parts_of_nothing_are_none():
    """0 s is not reported, and what another reply waited for is not counted again."""
    first, second = an_entry("agent", 2, parts={"llm": 0.5, "tts": 0}), an_entry("agent", 6, parts={"llm": 0.4})
    call = understood("elevenlabs", a_conversation(an_entry("user", 1), first, an_entry("user", 4), second))
    assert [turn.latency.components for turn in call.turns if turn.latency] == [{"llm": 500.0}, {"llm": 400.0}]


def test_each_reply_has_its_own_wait():
    """What a tool after the reply took is no wait of the next one, nor what the words before it waited for."""
    aside = an_entry("agent", 3, None, {"llm": 0.9}, tool_calls=[a_tool()])
    first, more, last = (an_entry("agent", at, parts={"llm": seconds}) for at, seconds in ((2, 0.5), (4, 0.3), (6, 0.4)))
    call = understood("elevenlabs", a_conversation(an_entry("user", 1), first, aside, an_entry("user", 4), last, more))
    assert [turn.latency.components for turn in call.turns if turn.latency] == [{"llm": 500.0}, {"llm": 400.0}, {"llm": 300.0}]


def test_silence_is_no_turn():
    """ "..." is what a silent caller is written as; a call of it alone has no caller."""
    call = understood("elevenlabs", a_conversation(an_entry("agent", 0), an_entry("user", 3, "..."), an_entry("agent", 9)))
    assert [turn.speaker for turn in call.turns] == ["agent", "agent"]
    assert call.outcome == "out_of_scope"


@pytest.mark.parametrize(
    ("about", "components"),
    [
        ({"cost_fiat": 0.02}, {"other": 0.02}),
        ({"cost_fiat": 0.02, "charging": {"llm_price": 0.05}}, {"other": 0.02}),  # more than was charged: it was free
        ({"charging": {"llm_price": 0.05}}, {"llm": 0.05}),
        ({"cost": 203}, None),
        ({"cost_fiat": -1, "charging": {"llm_price": "x"}}, None),
    ],
)
def test_cost(about, components):
    """What was charged in USD decides; missing cost is unknown, never 0, and credits are no cost."""
    found = understood("elevenlabs", a_conversation(metadata=about)).cost
    assert (None if found is None else found.components) == components


@pytest.mark.parametrize(
    ("name", "wrong", "destination", "status", "outcome"),
    [
        ("transfer_to_agent", False, "bot", "connected", "unknown"),
        ("transfer_to_number", False, "human", "connected", "transferred"),
        ("transfer_to_number", True, "human", "failed", "unknown"),
    ],
)
def test_transfers(name, wrong, destination, status, outcome):
    """An agent is a bot: no escalation; a transfer that failed reached nobody. Told apart in time, it has one."""
    result = {"request_id": "r1", "is_error": wrong, "result_value": "x"}
    tool = an_entry("agent", 4, None, tool_calls=[a_tool(name, params_as_json='{"agent_message": "Lost card."}')])
    call = understood("elevenlabs", a_conversation(an_entry("user", 1), tool, an_entry("agent", 5, None, tool_results=[result])))
    assert (call.handoff.destination, call.handoff.status, call.handoff.at_ms) == (destination, status, 4000.0)
    assert (call.outcome, call.handoff.context_summary) == (outcome, "Lost card.")


@pytest.mark.parametrize(
    ("about", "status", "rule", "outcome"),
    [
        ({"termination_reason": "end_call tool was called."}, "completed", "ended", "unknown"),
        ({"termination_reason": "Client disconnected: 1005"}, "completed", "ended", "unknown"),
        ({"termination_reason": "Call ended by remote party"}, "completed", "ended", "unknown"),
        ({"termination_reason": "Max duration reached"}, "completed", "cut_off", "unknown"),
        ({"termination_reason": "voicemail_detection tool was called."}, "completed", "voicemail", "out_of_scope"),
        ({"termination_reason": "LLM cascade failed"}, "error", "error", "failed_technical"),
        ({"termination_reason": None}, "completed", "other", "unknown"),
        (
            {"termination_reason": None, "error": {"code": 1011, "reason": "No audio"}},
            "error",
            "error_status",
            "failed_technical",
        ),
        (
            {"termination_reason": None, "features_usage": {"transfer_to_number": {"used": True}}},
            "completed",
            "other",
            "transferred",
        ),
    ],
)
def test_how_a_call_ended(about, status, rule, outcome):
    """Free text, in any case of letters; an error of the platform is named."""
    call = understood("elevenlabs", a_conversation(metadata=about))
    assert (call.status, call.metadata["outcome_rule"], call.outcome) == (status, f"elevenlabs.{rule}", outcome)
    if status == "error":
        assert call.errors == (about["termination_reason"] or "No audio",)


def test_a_call_that_reached_nobody():
    """Its webhook has no transcript and no start: the time of the event stands in."""
    data = {"agent_id": "a1", "conversation_id": "e1", "failure_reason": "busy"}
    call = understood("elevenlabs", {"type": "call_initiation_failure", "event_timestamp": START, "data": data})
    assert (call.status, call.outcome, call.turns) == ("no_answer", "out_of_scope", ())
    assert "started_at" in call.inferred
    assert call.started_at.isoformat() == "2025-11-17T11:00:00+00:00"


@pytest.mark.parametrize("status", ["initiated", "in-progress", "processing"])
def test_a_conversation_that_is_not_over(status):
    """Named, so that it is collected later."""
    with pytest.raises(FieldError, match="not over"):
        understood("elevenlabs", a_conversation(status=status))


def test_the_sound_is_no_conversation(tmp_path):
    """Its webhook is refused by name and takes nothing from the conversation beside it."""
    hooks = [
        {"type": "post_call_audio", "event_timestamp": START, "data": {"conversation_id": "e1", "full_audio": "AAAA"}},
        {"type": "post_call_transcription", "event_timestamp": START, "data": a_conversation()},
    ]
    calls, report = take(write_rows(tmp_path / "hooks.jsonl", hooks), form="elevenlabs", source="elevenlabs")
    assert ([call.id for call in calls], counts(report)) == (["e1"], (1, 0, 0, 0, 1))
    assert "only post_call_transcription" in report.rejects[0].reason


def test_feedback_that_comes_later_is_the_same_call(tmp_path):
    """The webhook, and the conversation as the API gives it after the caller has rated it."""
    hook = {"type": "post_call_transcription", "event_timestamp": START, "data": a_conversation()}
    rated = a_conversation(metadata={"feedback": {"rating": 5}}, analysis={"call_successful": "success"})
    calls, report = take(write_json(tmp_path / "both.json", [rated, hook]), form="elevenlabs", source="elevenlabs")
    assert ([(call.id, call.csat) for call in calls], counts(report)) == ([("e1", 5.0)], (2, 0, 0, 0, 0))


@pytest.mark.parametrize("rating", [0, 6, "5", True, None])
def test_what_is_no_rating(rating):
    """1 to 5 is one."""
    assert understood("elevenlabs", a_conversation(metadata={"feedback": {"rating": rating}})).csat is None


def test_what_callers_bring_along_is_not_kept():
    """Variables of the conversation may hold numbers and secrets; fields of next year are kept."""
    given = a_conversation(conversation_initiation_client_data={"dynamic_variables": {"secret": "SECRET"}}, next_year=1)
    call = understood("elevenlabs", given)
    assert "SECRET" not in call.canonical()
    assert call.metadata["next_year"] == 1


WHOLE = a_conversation(
    an_entry("user", 1, parts={"stt": 0.2}),
    an_entry("agent", 2, "One moment.", {"llm": 0.5}, tool_calls=[a_tool("transfer_to_number")]),
    an_entry("agent", 3, None, tool_results=[{"request_id": "r1", "result_value": "x", "tool_latency_secs": 1}]),
    metadata={"cost_fiat": 1, "charging": {"llm_price": 0.1}, "feedback": {"rating": 3}, "phone_call": {"direction": "inbound"}},
    analysis={"call_successful": "success"},
)


@given(value=mutations(WHOLE) | mutations({"type": "post_call_transcription", "event_timestamp": START, "data": WHOLE}))
def test_any_value_in_any_place(value):
    """A call or a reason."""
    a_call_or_a_reason("elevenlabs", value)
    form_like(value)


def test_recognised_by_its_shape_only():
    """A conversation and a webhook; not chat, not any object with a conversation_id."""
    assert form_like(a_conversation()) == "elevenlabs"
    assert form_like({"type": "post_call_transcription", "event_timestamp": 1, "data": a_conversation()}) == "elevenlabs"
    assert form_like({"conversation_id": "x", "messages": [{"role": "user", "content": "Hi."}]}) == "chat"
    assert form_like({"conversation_id": "x", "transcript": []}) is None


def test_words_of_nobody_known_are_kept_and_named():
    """Beside the turns in the metadata; the tools that stand with them ran."""
    call = understood("elevenlabs", a_conversation(an_entry("user", 1), an_entry("coach", 2, "Calm.", tool_calls=[a_tool()])))
    assert [(turn.speaker, len(turn.tool_calls)) for turn in call.turns] == [("caller", 0), ("agent", 1)]
    assert call.metadata["transcript_not_tied_to_speakers"] == "coach: Calm."
    assert "transcript_not_tied_to_speakers" in call.inferred


def test_words_of_nobody_known_may_be_the_callers():
    """That only the agent spoke is not concluded; without them it is."""
    alone = an_entry("agent", 0, "Hello.")
    assert understood("elevenlabs", a_conversation(alone)).outcome == "out_of_scope"
    assert understood("elevenlabs", a_conversation(alone, an_entry("coach", 2, "Calm."))).outcome == "unknown"


def test_an_event_that_leaves_the_cost_out_does_not_lose_it(tmp_path):
    """The rating comes with the second event, the cost with the first: both are kept, in either order."""
    first = {
        "type": "post_call_transcription",
        "event_timestamp": START + 70,
        "data": a_conversation(metadata={"cost_fiat": 0.5}),
    }
    second = a_conversation(metadata={"feedback": {"rating": 5}}, analysis={"call_successful": "success"})
    for events in ([first, second], [second, first]):
        (call,), _ = take(write_rows(tmp_path / "e.jsonl", events), form="elevenlabs", source="elevenlabs")
        assert (call.cost.total, call.csat) == (0.5, 5)


def test_of_two_events_alike_the_one_sent_last_counts(tmp_path):
    """The rating of the webhook sent later, in either order."""
    events = [
        {
            "type": "post_call_transcription",
            "event_timestamp": START + at,
            "data": a_conversation(metadata={"feedback": {"rating": n}}),
        }
        for at, n in ((90, 2), (70, 5))
    ]
    for given_in in (events, events[::-1]):
        (call,), _ = take(write_rows(tmp_path / "e.jsonl", given_in), form="elevenlabs", source="elevenlabs")
        assert call.csat == 2
