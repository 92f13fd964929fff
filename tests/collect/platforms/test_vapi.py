"""Vapi: every figure of the payloads with its unit, how a call ended, and what a hostile or a thin payload becomes."""

import json

import pytest

from evalharness.collect.named_forms import form_like
from evalharness.collect.reasons import FieldError
from evalharness.grade.measured.latency import measure_call
from tests.collect.files import counts, take, write_rows
from tests.collect.payloads import PAYLOADS, a_message, a_vapi_call, needs_payloads, payload, understood, write_json

REPORT = "vapi/end_of_call_report_webhook.json"
GET = "vapi/get_call.json"


@pytest.fixture(params=[REPORT, GET])
def call(request):
    """The same call by webhook and by the API."""
    if not PAYLOADS.is_dir():
        pytest.skip("the payloads lie beside the project, not in it")
    return understood("vapi", payload(request.param))


def test_the_cost_is_in_dollars(call):
    """Five parts as itemised; other = .0004 + .0003 analysis + .0015 that no part explains; in sum the .0647 USD billed."""
    assert call.cost.currency == "USD"
    assert call.cost.components == {
        "telephony": 0.0073, "stt": 0.0061, "llm": 0.0092, "tts": 0.0134, "platform": 0.0265, "other": 0.0022,
    }  # fmt: skip
    assert call.cost.total == pytest.approx(0.0647, abs=1e-12)


def test_the_latencies_are_milliseconds_as_reported(call):
    """Two replies to the caller and two turnLatencies: 1250 and 1830 ms, each with its four parts."""
    found = [turn.latency for turn in call.turns if turn.latency]
    assert [(one.voice_to_voice_ms, one.anchor) for one in found] == [(1250.0, "reported"), (1830.0, "reported")]
    assert [one.components for one in found] == [
        {"endpointing": 534.0, "stt": 121.0, "llm": 412.0, "tts": 183.0},
        {"endpointing": 531.0, "stt": 118.0, "llm": 980.0, "tts": 201.0},
    ]
    assert "turns.latency_ms" in call.inferred
    (measured,) = measure_call(call).latencies
    assert (measured.anchor, measured.values_ms, measured.tool_ms) == ("reported", (1250.0, 1830.0), (1830.0,))


def test_turn_times_are_milliseconds_from_the_start(call):
    """secondsFromStart 1.2 s is 1200 ms; the end is endTime - time = 4100 ms later; the greeting came at 1200 ms."""
    assert [(turn.speaker, turn.start_ms, turn.end_ms) for turn in call.turns] == [
        ("agent", 1200.0, 5300.0),
        ("caller", 6400.0, 9100.0),
        ("agent", 10350.0, 13250.0),
        ("caller", 14100.0, 14900.0),
        ("agent", 15600.0, None),
        ("agent", 22900.0, 27500.0),
        ("agent", 27600.0, None),
    ]
    assert measure_call(call).greeting_ms == 1200.0


def test_tool_calls_and_their_results(call):
    """A result with an error says so, 15.6 s to 20.7 s is 5100 ms; a result that is no object says nothing of errors."""
    lookup, transfer = (tool for turn in call.turns for tool in turn.tool_calls)
    assert (lookup.name, lookup.arguments, lookup.error, lookup.duration_ms) == (
        "find_booking",
        {"last_name": "Okafor"},
        True,
        5100.0,
    )
    assert (transfer.name, transfer.result, transfer.error, transfer.duration_ms) == (
        "transferCall",
        "Transfer initiated.",
        None,
        100.0,
    )


def test_the_handoff_and_the_outcome(call):
    """Forwarded to a number is a handoff to a human at 27.6 s; the platform's own "false" stays a word in the metadata."""
    assert call.handoff.model_dump(exclude_none=True) == {"at_ms": 27600.0, "destination": "human", "status": "connected"}
    assert (call.status, call.outcome, call.end_reason) == ("completed", "transferred", "assistant-forwarded-call")
    assert "outcome" in call.inferred
    assert call.metadata["success_evaluation"] == "false"
    assert call.metadata["assistant_interruptions"] == 1


def test_who_when_and_where(call):
    """Times in UTC, 31.9 s long; the caller is the customer; the agent has the assistant's name."""
    assert (call.id, call.agent, call.direction, call.channel) == (
        "019a9000-0000-7000-8000-0000000000a1", "Front desk", "inbound", "phone",
    )  # fmt: skip
    assert (call.started_at.isoformat(), call.duration_s) == ("2025-11-17T11:00:00+00:00", 31.9)
    assert call.caller_key == "key:+15550100042"
    assert call.recording_url == "https://storage.example.com/v/abc-stereo.wav"
    assert "monitor" not in json.dumps(call.metadata)


@needs_payloads
def test_webhook_and_api_give_the_same_call(tmp_path):
    """So the second is a duplicate, whichever comes first."""
    path = write_rows(tmp_path / "log.jsonl", [payload(REPORT), payload(GET)])
    calls, report = take(path, form="vapi", source="vapi")
    assert (len(calls), counts(report)) == (1, (1, 1, 0, 0, 0))


@pytest.mark.parametrize("wrap", [lambda call: [call], lambda call: {"results": [call], "metadata": {"page": 1}}])
def test_arrays_and_pages(tmp_path, wrap):
    """An array of calls, or a page of the API that holds one."""
    calls, report = take(write_json(tmp_path / "page.json", wrap(a_vapi_call())), form="vapi", source="vapi")
    assert ([call.id for call in calls], counts(report)) == (["v1"], (1, 0, 0, 0, 0))


@pytest.mark.parametrize(
    ("reason", "status", "outcome"),
    [
        ("customer-ended-call", "completed", "unknown"),
        ("assistant-ended-call", "completed", "unknown"),
        ("silence-timed-out", "completed", "unknown"),
        ("pipeline-error-openai-llm-failed", "error", "failed_technical"),
        ("call.in-progress.error-providerfault-openai-500-server-error", "error", "failed_technical"),
        ("call.start.assistant-version-error-validation", "error", "failed_technical"),
        ("worker-shutdown", "error", "failed_technical"),
        ("twilio-failed-to-connect-call", "error", "failed_technical"),
        ("voicemail", "completed", "out_of_scope"),
        ("customer-ended-call-during-transfer", "abandoned", "abandoned"),
        ("customer-ended-call-before-warm-transfer", "abandoned", "abandoned"),
        ("call.forwarding.operator-busy", "completed", "unknown"),
        ("a-reason-of-next-year", "completed", "unknown"),
    ],
)
def test_how_a_call_with_a_caller_ended(reason, status, outcome):
    """The ended reason decides the outcome only where it says so."""
    call = understood("vapi", a_vapi_call(endedReason=reason))
    assert (call.status, call.outcome) == (status, outcome)
    assert call.errors == ((reason,) if status == "error" else ())


@pytest.mark.parametrize(
    ("fields", "handoff"),
    [
        ({"destination": {"type": "number"}}, ("human", "connected", None)),
        ({"destination": {"type": "sip"}}, ("human", "connected", None)),
        ({"destination": {"type": "assistant"}}, ("bot", "connected", None)),
        ({"destination": {"type": "number", "transferPlan": {"mode": "blind-transfer"}}}, ("human", "connected", "blind")),
        ({"endedReason": "call.in-progress.error-transfer-failed"}, ("human", "failed", None)),
        ({"endedReason": "call.forwarding.no-answer"}, ("human", "failed", None)),
    ],
)
def test_handoffs(fields, handoff):
    """To a number or SIP address a human, to an assistant a bot; a bot transfer is no escalation."""
    call = understood("vapi", a_vapi_call(**{"endedReason": "assistant-forwarded-call", **fields}))
    assert (call.handoff.destination, call.handoff.status, call.handoff.kind) == handoff
    assert call.handed_off == (handoff[:2] == ("human", "connected"))


def test_a_warm_transfer_by_its_record():
    """artifact.transfers says the mode where the call has no destination of its own."""
    artifact = {"messages": [], "transfers": [{"mode": "warm-transfer-experimental", "destination": {"type": "number"}}]}
    call = understood("vapi", a_vapi_call(endedReason="assistant-forwarded-call", artifact=artifact))
    assert (call.handoff.kind, call.handoff.destination) == ("warm", "human")


@pytest.mark.parametrize(
    ("reason", "states", "handoff", "outcome"),
    [
        ("customer-ended-call", ["no-answer"], ("human", "failed"), "unknown"),
        ("customer-ended-call", ["busy", "completed"], ("human", "connected"), "transferred"),
        ("assistant-forwarded-call", ["cancelled"], ("human", "failed"), "unknown"),
        ("assistant-forwarded-call", ["of-next-year"], ("human", "connected"), "transferred"),
    ],
)
def test_what_became_of_the_last_attempt(reason, states, handoff, outcome):
    """The record of a transfer knows better than the reason of the end; every attempt is named, none of their numbers."""
    transfers = [
        {"status": one, "mode": "blind-transfer", "destination": {"type": "number", "number": "+15550100099"}} for one in states
    ]
    artifact = {**a_vapi_call()["artifact"], "transfers": transfers}
    call = understood("vapi", a_vapi_call(endedReason=reason, artifact=artifact))
    assert ((call.handoff.destination, call.handoff.status), call.outcome) == (handoff, outcome)
    assert call.metadata["transfers"] == [{"destination": "number", "mode": "blind-transfer", "status": one} for one in states]
    assert "+1555010009" not in call.canonical()


def test_failed_before_the_answer():
    """No start, no transcript, an empty analysis: failed technically at the time it was created, never resolved, never drawn."""
    call = a_vapi_call(startedAt=None, endedAt=None, endedReason="call.start.error-get-transport", artifact={}, analysis={})
    found = understood("vapi", call)
    assert (found.outcome, found.status, found.has_transcript) == ("failed_technical", "error", False)
    assert found.started_at.isoformat() == "2025-11-17T10:59:58+00:00"
    assert "started_at" in found.inferred


def test_a_call_that_never_started_for_no_reason_failed():
    """Also where the reason is one of next year's, or none at all."""
    for reason in ("a-reason-of-next-year", None):
        assert understood("vapi", a_vapi_call(startedAt=None, artifact={}, endedReason=reason)).outcome == "failed_technical"


@pytest.mark.parametrize("reason", ["customer-did-not-answer", "customer-busy"])
def test_nobody_answered(reason):
    """No speech of a caller: out of scope, and no fault of ours."""
    found = understood("vapi", a_vapi_call(startedAt=None, artifact={}, endedReason=reason))
    assert (found.status, found.outcome) == ("no_answer", "out_of_scope")


def test_a_caller_who_never_spoke():
    """Only the greeting: out of scope."""
    assert understood("vapi", a_vapi_call(artifact={"messages": [a_message("bot", 1)]})).outcome == "out_of_scope"


def test_latencies_that_no_turn_can_be_told_for():
    """One reply and two figures: nothing is paired; both figures stay, and `inferred` says so."""
    metrics = {"turnLatencies": [{"turnLatency": 900}, {"turnLatency": 1100}]}
    messages = a_vapi_call()["artifact"]["messages"]
    call = understood("vapi", a_vapi_call(artifact={"messages": messages, "performanceMetrics": metrics}))
    assert [turn.latency for turn in call.turns] == [None, None, None]
    assert call.metadata["latency_not_tied_to_turns_ms"] == [900.0, 1100.0]
    assert "latency_not_tied_to_turns" in call.inferred


def test_a_figure_of_zero_is_no_component():
    """A part of 0 ms is not reported; the reply's own figure stays."""
    metrics = {"turnLatencies": [{"turnLatency": 900, "modelLatency": 0, "voiceLatency": 200}]}
    messages = a_vapi_call()["artifact"]["messages"]
    call = understood("vapi", a_vapi_call(artifact={"messages": messages, "performanceMetrics": metrics}))
    assert [turn.latency.components for turn in call.turns if turn.latency] == [{"tts": 200.0}]


@pytest.mark.parametrize(
    ("fields", "components"),
    [
        ({}, None),
        ({"cost": 0.5}, {"other": 0.5}),
        ({"costBreakdown": {"stt": 0.1, "vapi": 0.05, "total": 0.15}}, {"stt": 0.1, "platform": 0.05}),
        ({"costs": [{"type": "model", "cost": 0.2}, {"type": "model", "cost": 0.1}], "cost": 0.1}, {"llm": 0.3}),
        ({"costs": [{"type": "knowledge-base", "cost": 0.2}]}, {"other": 0.2}),
        ({"costs": [{"type": "model", "cost": "0.2"}], "cost": True}, None),
    ],
)
def test_costs(fields, components):
    """Missing is unknown, never 0; the breakdown where nothing is itemised; a total below its parts is not used."""
    cost = understood("vapi", a_vapi_call(**fields)).cost
    assert (cost.components if cost else None) == components


@pytest.mark.parametrize(
    ("kind", "component"),
    [
        ("transport", "telephony"), ("transcriber", "stt"), ("model", "llm"), ("voice", "tts"), ("vapi", "platform"),
        ("voicemail-detection", "other"), ("analysis", "other"), ("knowledge-base", "other"), ("of-next-year", "other"),
    ],
)  # fmt: skip
def test_every_kind_of_cost(kind, component):
    """The eight of the SDK; a ninth is other."""
    assert understood("vapi", a_vapi_call(costs=[{"type": kind, "cost": 0.5}])).cost.components == {component: 0.5}


def test_the_breakdown_alone():
    """.01 + .02 explained of .04 in all: the other .01, which has the analysis in it, is other; a part of 0 is a part."""
    breakdown = {"stt": 0.01, "llm": 0.02, "chat": 0, "total": 0.04, "analysisCostBreakdown": {"summary": 0.004}}
    assert understood("vapi", a_vapi_call(costBreakdown=breakdown)).cost.components == {"stt": 0.01, "llm": 0.02, "other": 0.01}


def test_what_the_platform_concluded_and_measured(call):
    """Interruptions both ways, averages on the way of the sound, the summary; nothing structured was found."""
    assert (call.metadata["user_interruptions"], call.metadata["assistant_interruptions"]) == (0, 1)
    assert call.metadata["transport_latency_ms_average"] == {"from": 41, "to": 39}
    assert call.metadata["summary"].startswith("Caller wanted to move a cleaning")
    assert "structured_data" not in call.metadata


def test_structured_outputs_scorecards_consent_and_nodes():
    """As they are; an artifact's field of next year stays, its addresses and copies do not."""
    artifact = {
        **a_vapi_call()["artifact"], "structuredOutputs": {"o1": {"name": "Booked", "result": True}},
        "scorecards": {"s1": {"score": 80}},
        "nodes": [{"nodeName": "greet", "messages": [1]}, {}], "nextYear": 5, "pcapUrl": "https://x.example.com/a.pcap",
        "messagesOpenAIFormatted": [{"role": "user"}], "presignedUrlsExpiresAt": "soon", "variableValues": {"tier": "gold"},
    }  # fmt: skip
    found = understood("vapi", a_vapi_call(artifact=artifact, compliance={"recordingConsent": {"type": "verbal"}})).metadata
    assert found["structured_outputs"] == {"o1": {"name": "Booked", "result": True}}
    assert (found["scorecards"], found["nodes"]) == ({"s1": {"score": 80}}, ["greet"])
    assert found["recording_consent"] == {"type": "verbal"}
    assert found["artifact"] == {"nextYear": 5, "variableValues": {"tier": "gold"}}


def test_secrets_and_signatures_are_dropped(tmp_path):
    """Addresses of control, tokens and presigned recordings never reach the log; unknown fields of next year do."""
    given = a_vapi_call(
        monitor={"controlUrl": "https://x.example.com/SECRET", "listenUrl": "wss://x.example.com/SECRET"},
        access_token="SECRET",
        nextYear={"grade": "A", "apiKey": "SECRET"},
        artifact={
            **a_vapi_call()["artifact"],
            "presignedStereoUrl": "https://x.example.com/a.wav?X-Amz-Signature=SECRET",
            "stereoRecordingUrl": "https://x.example.com/a.wav?X-Amz-Signature=SECRET",
        },
    )
    (call,), _ = take(write_rows(tmp_path / "log.jsonl", [given]), form="vapi", source="vapi")
    assert "SECRET" not in call.canonical()
    assert call.recording_url == "https://x.example.com/a.wav"
    assert call.metadata["nextYear"] == {"grade": "A"}


@pytest.mark.parametrize(
    ("value", "field", "reason"),
    [
        ({"message": {"type": "status-update", "call": {"id": "x"}}}, "message.type", "only end-of-call-report"),
        ({"message": {"type": "end-of-call-report"}}, "message.call", "must be an object, not nothing"),
        (a_vapi_call(status="in-progress"), "status", "the call is not over"),
        ([1], "", "must be an object, not a list"),
    ],
)
def test_what_is_no_call(value, field, reason):
    """Named, so that a rejected row says what to do."""
    with pytest.raises(FieldError) as caught:
        understood("vapi", value)
    assert caught.value.field == field
    assert reason in caught.value.reason


@pytest.mark.parametrize(
    "fields",
    [
        {"artifact": 3}, {"artifact": {"messages": [None, 1, {"role": 7}, {"role": "user"}, {"role": "bot", "message": 5}]}},
        {"costs": "x", "cost": None, "costBreakdown": []}, {"customer": "x", "analysis": "x", "destination": "x"},
        {"type": ["x"], "endedReason": 5, "assistantId": {}},
        {"artifact": {"messages": [a_message("user", 1, time="x", endTime=None, secondsFromStart="1")]}},
        {"artifact": {"messages": [a_message("tool_calls", 1, toolCalls=[{"function": 3}, "x", {}])]}},
        {"artifact": {"performanceMetrics": {"turnLatencies": "x"}}},
    ],
)  # fmt: skip
def test_hostile_shapes_become_a_call_or_a_reason(tmp_path, fields):
    """Never a traceback; the row is counted."""
    _, report = take(write_rows(tmp_path / "log.jsonl", [a_vapi_call(**fields)]), form="vapi", source="vapi")
    assert report.rows == 1
    assert report.adds_up()


def test_recognised_by_its_shape_only():
    """A webhook and a call; not our own form, not chat, not any object with an id."""
    assert form_like(a_vapi_call()) == "vapi"
    assert form_like({"message": {"type": "end-of-call-report", "call": {"id": "x"}}}) == "vapi"
    assert form_like({"id": "x", "type": "inboundPhoneCall"}) is None
    assert form_like({"message": {"type": "x"}}) is None
