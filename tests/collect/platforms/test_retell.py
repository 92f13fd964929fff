"""Retell: every figure of the payloads with its unit, how a call ended, and what a hostile or a thin payload becomes."""

import pytest

from evalharness.collect.named_forms import form_like
from evalharness.collect.reasons import FieldError
from evalharness.grade.measured.latency import measure_call
from tests.collect.files import counts, take, write_rows
from tests.collect.payloads import PAYLOADS, a_retell_call, an_utterance, payload, understood, write_json

WEBHOOK = "retell/webhook_call_analyzed.json"
GET = "retell/get_call.json"


@pytest.fixture(params=[WEBHOOK, GET])
def call(request):
    """The same call by webhook and by the API."""
    if not PAYLOADS.is_dir():
        pytest.skip("the payloads lie beside the project, not in it")
    return understood("retell", payload(request.param))


def test_the_cost_comes_in_cents(call):
    """2.84 + 1.82 + 1.82 = 6.48 cents = 0.0648 USD."""
    assert call.cost.currency == "USD"
    assert call.cost.components == {"tts": 0.0284, "llm": 0.0182, "platform": 0.0182}
    assert call.cost.total == pytest.approx(0.0648, abs=1e-12)


def test_reported_latencies_are_not_paired_where_the_counts_differ(call):
    """e2e has 1088 and 1412 ms, but the agent answered the caller once: no pairing is made up, both stay as they are."""
    assert call.metadata["latency_not_tied_to_turns_ms"] == [1088.0, 1412.0]
    assert "latency_not_tied_to_turns" in call.inferred
    assert all(turn.latency is None for turn in call.turns)


def test_the_latency_left_is_by_turn_times(call):
    """The caller's last word ends at 8.28 s, the reply's first begins at 10.1 s: 1820 ms, by the transcript's anchor."""
    (measured,) = measure_call(call).latencies
    assert (measured.anchor, measured.changes) == ("transcript", 1)
    assert measured.values_ms == pytest.approx((1820.0,))


def test_word_times_are_seconds(call):
    """0.4 s is 400 ms; the tool call has no time; the transfer target is a human agent."""
    assert [(turn.speaker, turn.start_ms, turn.end_ms) for turn in call.turns] == [
        ("agent", 400.0, 3980.0),
        ("caller", 5600.0, 8280.0),
        ("agent", 10100.0, 13980.0),
        ("agent", None, None),
        ("human_agent", 17500.0, 18680.0),
        ("caller", 19000.0, 19580.0),
    ]


def test_the_tool_call(call):
    """`successful: true` is no error; arguments come as JSON text."""
    (tool,) = (tool for turn in call.turns for tool in turn.tool_calls)
    assert (tool.name, tool.arguments) == ("transfer_call", {"reason": "caller asked for a human"})
    assert (tool.result, tool.error) == ('{"ok":true}', False)


def test_the_handoff_and_the_outcome(call):
    """Transferred; the talk went on for 1763377296000 - 1763377224300 = 71,700 ms after the agent's part."""
    assert call.handoff.model_dump(exclude_none=True) == {"destination": "human", "status": "connected", "talk_ms": 71700.0}
    assert (call.status, call.outcome, call.end_reason) == ("completed", "transferred", "call_transfer")


def test_the_analysis_is_metadata_and_no_csat(call):
    """A CSAT that a model read out of the transcript is a prediction, not an answer."""
    assert call.csat is None
    assert call.metadata["custom_analysis_data"] == {"csat": 3}
    assert (call.metadata["call_successful"], call.metadata["user_sentiment"]) == (True, "Negative")
    assert call.metadata["in_voicemail"] is False


def test_who_when_and_where(call):
    """Epoch milliseconds, 24.3 s long; the caller of an inbound call is from_number."""
    assert (call.id, call.agent, call.version, call.direction, call.channel) == (
        "call_000000000000000000000000000a1", "Harbor Plumbing", "12", "inbound", "phone",
    )  # fmt: skip
    assert (call.started_at.isoformat(), call.duration_s) == ("2025-11-17T11:00:00+00:00", 24.3)
    assert call.caller_key == "key:+15550100042"
    assert call.recording_url == "https://storage.example.com/r/a1.wav"


def test_the_callee_is_the_caller_of_an_outbound_call():
    """`caller` is the other party."""
    assert understood("retell", a_retell_call(direction="outbound")).caller_key == "key:+15550100001"


@pytest.mark.parametrize(
    ("reason", "status", "outcome"),
    [
        ("user_hangup", "completed", "unknown"),
        ("agent_hangup", "completed", "unknown"),
        ("inactivity", "completed", "unknown"),
        ("error_asr", "error", "failed_technical"),
        ("error_llm_websocket_runtime", "error", "failed_technical"),
        ("concurrency_limit_reached", "error", "failed_technical"),
        ("dial_failed", "error", "failed_technical"),
        ("voicemail_reached", "completed", "out_of_scope"),
        ("ivr_reached", "completed", "out_of_scope"),
        ("marked_as_spam", "completed", "out_of_scope"),
        ("transfer_bridged", "completed", "transferred"),
        ("call_take_over", "completed", "transferred"),
        ("a_reason_of_next_year", "completed", "unknown"),
    ],
)
def test_how_a_call_with_a_caller_ended(reason, status, outcome):
    """The disconnection reason decides the outcome only where it says so."""
    call = understood("retell", a_retell_call(disconnection_reason=reason))
    assert (call.status, call.outcome) == (status, outcome)


def test_a_cancelled_transfer_is_a_failed_handoff():
    """And no outcome: what became of the caller is for people to say."""
    call = understood("retell", a_retell_call(disconnection_reason="transfer_cancelled"))
    assert (call.handoff.status, call.handed_off, call.outcome) == ("failed", False, "unknown")


@pytest.mark.parametrize(
    ("fields", "status", "outcome"),
    [
        ({"disconnection_reason": "dial_no_answer", "call_status": "not_connected"}, "no_answer", "out_of_scope"),
        ({"disconnection_reason": "dial_busy", "call_status": "not_connected"}, "no_answer", "out_of_scope"),
        ({"disconnection_reason": None, "call_status": "not_connected"}, "error", "failed_technical"),
        ({"disconnection_reason": None, "call_status": "error"}, "error", "failed_technical"),
        ({"call_analysis": {"in_voicemail": True}}, "completed", "out_of_scope"),
        ({"transcript_object": [an_utterance("agent", (0.1, 0.4))]}, "completed", "out_of_scope"),
    ],
)
def test_calls_without_a_caller(fields, status, outcome):
    """Not connected, voicemail, or only a greeting; never resolved."""
    call = understood("retell", a_retell_call(**{"transcript_object": [], **fields}))
    assert (call.status, call.outcome) == (status, outcome)


def test_as_many_values_as_replies_are_paired_in_order():
    """Two replies, two e2e values; llm has two as well and goes along, tts has one and does not; 0 is no component."""
    spoken = [an_utterance(role, (at, at + 0.5)) for at, role in enumerate(("agent", "user", "agent", "user", "agent"))]
    latency = {"e2e": {"values": [900, 1200]}, "llm": {"values": [400, 0]}, "tts": {"values": [80]}}
    call = understood("retell", a_retell_call(transcript_object=spoken, latency=latency))
    found = [turn.latency for turn in call.turns if turn.latency]
    assert [(one.voice_to_voice_ms, one.anchor, one.components) for one in found] == [
        (900.0, "reported", {"llm": 400.0}),
        (1200.0, "reported", {}),
    ]
    assert "turns.latency_ms" in call.inferred


def test_speech_to_speech_and_round_trips():
    """s2s is the llm of a call without one; a knowledge base's and a websocket's figures are parts of others and stay apart."""
    latency = {
        "e2e": {"values": [900]}, "s2s": {"values": [450]}, "llm_websocket_network_rtt": {"values": [40]},
        "knowledge_base": {"values": [120, 80]},
    }  # fmt: skip
    call = understood("retell", a_retell_call(latency=latency))
    assert [turn.latency.components for turn in call.turns if turn.latency] == [{"llm": 450.0}]
    assert call.metadata["latency_parts_ms"] == {"llm_websocket_network_rtt": [40.0], "knowledge_base": [120.0, 80.0]}
    both = understood("retell", a_retell_call(latency={**latency, "llm": {"values": [300]}}))
    assert [turn.latency.components for turn in both.turns if turn.latency] == [{"llm": 300.0}]


def test_figures_without_an_end_to_end_one_are_kept():
    """No e2e: nothing is attached, nothing is lost."""
    call = understood("retell", a_retell_call(latency={"llm": {"values": [300, 310]}, "tts": "x"}))
    assert call.metadata["latency_parts_ms"] == {"llm": [300.0, 310.0]}
    assert all(turn.latency is None for turn in call.turns)


def test_transfer_legs_are_telephony_and_stand_apart():
    """100 cents of a transfer leg are 1 USD, and what no product explains (5 of 125 cents) is other."""
    products = [
        {"product": "twilio_telephony", "cost": 20},
        {"product": "anything", "cost": 100, "is_transfer_leg_cost": True},
        {"product": "unheard_of", "cost": 0},
    ]
    call = understood("retell", a_retell_call(call_cost={"combined_cost": 125, "product_costs": products}))
    assert call.cost.components == {"telephony": 1.2, "other": 0.05}
    assert call.metadata["transfer_leg_cost_usd"] == 1.0


@pytest.mark.parametrize(
    ("product", "component"),
    [
        ("elevenlabs_tts", "tts"), ("openai_tts", "tts"), ("cartesia_tts", "tts"), ("gpt_4_1_mini", "llm"),
        ("claude_4_5_haiku", "llm"), ("us_telephony", "telephony"), ("retell_platform", "platform"), ("deepgram_asr", "stt"),
        ("knowledge_base", "other"),
    ],
)  # fmt: skip
def test_products_by_their_names(product, component):
    """Names change; what nobody knows is other."""
    cost = {"combined_cost": 1, "product_costs": [{"product": product, "cost": 1}]}
    assert understood("retell", a_retell_call(call_cost=cost)).cost.components == {component: 0.01}


def test_missing_cost_is_unknown():
    """Never 0."""
    assert understood("retell", a_retell_call()).cost is None
    assert understood("retell", a_retell_call(call_cost={"combined_cost": "6.48"})).cost is None


def test_words_may_be_missing():
    """Then a turn has no times."""
    call = understood("retell", a_retell_call(transcript_object=[an_utterance("user")]))
    assert (call.turns[0].start_ms, call.turns[0].end_ms) == (None, None)


def test_a_plain_transcript_is_better_than_none():
    """Its lines are turns, and `inferred` says that they were read out of text."""
    given = a_retell_call(transcript_object=None, transcript="Agent: Hello.\nUser: Hi.\nTransfer Target: Lee here.\n(music)")
    call = understood("retell", given)
    assert [(turn.speaker, turn.text) for turn in call.turns] == [
        ("agent", "Hello."), ("caller", "Hi."), ("human_agent", "Lee here."),
    ]  # fmt: skip
    assert "turns" in call.inferred


def test_other_entries_are_no_turns():
    """Nodes by name; keys pressed, messages and injected texts by their number alone, for digits may be a card's."""
    others = [
        {"role": "node_transition", "new_node_id": "n1", "new_node_name": "Booking"},
        {"role": "node_transition", "new_node_id": "n2"},
        {"role": "dtmf", "digit": "4"}, {"role": "dtmf", "digit": "2"}, {"role": "sms", "content": "x"},
        {"role": "injected", "content": "note"},
    ]  # fmt: skip
    call = understood("retell", a_retell_call(transcript_with_tool_calls=[*others, an_utterance("user", (0.1, 0.2))]))
    assert [turn.speaker for turn in call.turns] == ["caller"]
    assert call.metadata["nodes"] == ["Booking", "n2"]
    assert [call.metadata[name] for name in ("keys_pressed", "messages_sent", "texts_injected")] == [2, 1, 1]


@pytest.mark.parametrize(
    ("fields", "turns", "words"),
    [
        ({"transcript_object": [an_utterance("agent"), an_utterance("coach", text="Calm.")]}, 1, "agent: Words.\ncoach: Calm."),
        ({"transcript_with_tool_calls": [{"content": "Hm."}, {"role": "dtmf", "content": "4"}]}, 0, "None: Hm."),
        ({"transcript_object": None, "transcript": "Agent: Hello.\n\nCoach: Calm.\nBe"}, 1, "agent: Hello.\nCoach: Calm. Be"),
        ({"transcript_object": None, "transcript": "(music)\nUser: Hi."}, 1, "(music)"),
    ],
)
def test_words_of_somebody_unknown_are_kept(fields, turns, words):
    """Beside the turns, behind what was said before them."""
    call = understood("retell", a_retell_call(**fields))
    assert (len(call.turns), call.metadata["transcript_not_tied_to_speakers"]) == (turns, words)
    assert "transcript_not_tied_to_speakers" in call.inferred
    assert "transcript_not_tied_to_speakers" not in understood("retell", a_retell_call()).metadata


def test_a_line_without_a_name_goes_on_with_the_one_before_it():
    """The agent's own words, and the caller's after a note in brackets; the note alone is nobody's."""
    lines = "Agent: Hi, this is Ava.\nPlease note: we record.\nUser: My card is\n(silence)\nfour two."
    call = understood("retell", a_retell_call(transcript_object=None, transcript=lines))
    said = [("agent", "Hi, this is Ava.\nPlease note: we record."), ("caller", "My card is\nfour two.")]
    assert [(turn.speaker, turn.text) for turn in call.turns] == said
    assert call.metadata["transcript_not_tied_to_speakers"].endswith("\n(silence)")


@pytest.mark.parametrize(
    ("lines", "reason", "outcome"),
    [
        ("Agent: Hi, this is Ava.\nHow can I help?\nAgent: Hello?", "user_hangup", "out_of_scope"),
        ("Agent: Hi, this is Ava.\n(silence)", "inactivity", "out_of_scope"),
        ("Agent: Hi.\nSupervisor: One moment.", "user_hangup", "out_of_scope"),
        ("(ringing)", "user_hangup", "unknown"),
    ],
)
def test_words_that_nobody_is_known_to_have_said_decide_no_outcome(lines, reason, outcome):
    """A silent call stays one: the caller was not heard."""
    given = a_retell_call(transcript_object=None, transcript=lines, disconnection_reason=reason)
    plain = a_retell_call(transcript_object=None, transcript=lines.partition("\n")[0], disconnection_reason=reason)
    calls = [understood("retell", one) for one in (given, plain)]
    assert [(call.status, call.outcome) for call in calls] == [(calls[1].status, outcome)] * 2


def test_a_person_takes_the_call_over():
    """call_take_over is a handoff to a human; so is what the target says after it."""
    spoken = [an_utterance("user", (1, 2)), an_utterance("transfer_target", (5, 6))]
    call = understood("retell", a_retell_call(disconnection_reason="call_take_over", transcript_object=spoken))
    assert (call.handoff.destination, call.handoff.status, call.outcome) == ("human", "connected", "transferred")
    assert [turn.speaker for turn in call.turns] == ["caller", "human_agent"]


def test_tokens_and_destination(call):
    """812 + 901 = 1713 tokens, in and out together; the latency's parts as they are; where it went (redacted when it is kept)."""
    assert call.metadata["llm_tokens"] == 1713
    assert call.metadata["latency_parts_ms"] == {"llm": [611.0, 803.0], "tts": [240.0, 262.0], "asr": [90.0, 110.0]}
    assert call.metadata["transfer_destination"] == "+15550100088"
    assert call.metadata["summary"] == "Caller with a leaking heater asked for a person and was transferred."
    assert set(call.metadata) == {
        "agent_id", "call_successful", "custom_analysis_data", "in_voicemail", "latency_not_tied_to_turns_ms", "latency_parts_ms",
        "llm_tokens", "outcome_rule", "summary", "transfer_destination", "user_sentiment",
    }  # fmt: skip


def test_a_call_that_is_still_going_on_is_no_call():
    """call_started, and a call of the API that is not over."""
    for status in ("registered", "ongoing"):
        with pytest.raises(FieldError, match="not over"):
            understood("retell", {"event": "call_started", "call": a_retell_call(call_status=status)})


def test_tokens_are_dropped_and_unknown_fields_kept(tmp_path):
    """access_token and signed addresses never reach the log."""
    given = a_retell_call(access_token="SECRET", recording_url="https://x.example.com/a.wav?sig=SECRET", next_year={"a": 1})
    (call,), _ = take(write_rows(tmp_path / "log.jsonl", [given]), form="retell", source="retell")
    assert "SECRET" not in call.canonical()
    assert (call.recording_url, call.metadata["next_year"]) == ("https://x.example.com/a.wav", {"a": 1})


@pytest.mark.parametrize(
    "fields",
    [
        {"call_id": None}, {"call_id": 5}, {"start_timestamp": 5, "end_timestamp": "x"}, {"transcript_object": [1, None, {}]},
        {"transcript_with_tool_calls": [{"role": "tool_call_invocation"}, {"role": "tool_call_result", "content": 3}]},
        {"latency": [], "call_cost": "x", "call_analysis": 4, "metadata": "x"}, {"latency": {"e2e": {"values": "x"}}},
        {"transcript_object": [{"role": "user", "content": "x", "words": [{"start": "a"}, 3]}]}, {"agent_version": {}},
    ],
)  # fmt: skip
def test_hostile_shapes_become_a_call_or_a_reason(tmp_path, fields):
    """Never a traceback; the row is counted."""
    _, report = take(write_rows(tmp_path / "log.jsonl", [a_retell_call(**fields)]), form="retell", source="retell")
    assert report.rows == 1
    assert report.adds_up()


def test_arrays(tmp_path):
    """The list of the API."""
    given = [a_retell_call(), a_retell_call(call_id="r2")]
    calls, report = take(write_json(tmp_path / "list.json", given), form="retell", source="retell")
    assert ([call.id for call in calls], counts(report)) == (["r1", "r2"], (2, 0, 0, 0, 0))


def test_recognised_by_its_shape_only():
    """A webhook and a call; not any object with a call_id."""
    assert form_like(a_retell_call()) == "retell"
    assert form_like({"event": "call_ended", "call": a_retell_call()}) == "retell"
    assert form_like({"call_id": "x", "transcript": "y"}) is None
