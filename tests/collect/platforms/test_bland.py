"""Bland: minutes, seconds as text, dollars, times of writing; how a call ended; and what hostile shapes become."""

import pytest

from evalharness.collect.named_forms import form_like
from evalharness.collect.reasons import FieldError
from evalharness.grade.measured.latency import measure_call
from tests.collect.files import take
from tests.collect.payloads import needs_payloads, payload, understood, write_json

PLACE = "bland/get_call.json"


def a_call(**fields):
    """An inbound call of half a minute: a greeting, a question, its answer."""
    said = [("assistant", "Hello?"), ("user", "Hi."), ("assistant", "How can I help?")]
    spoken = [
        {"id": at, "user": who, "text": text, "created_at": f"2025-11-17T11:00:0{at}+00:00"}
        for at, (who, text) in enumerate(said)
    ]
    call = {
        "call_id": "b1", "call_length": 0.5, "corrected_duration": None, "inbound": True, "from": "+15550100042",
        "to": "+15550100001", "completed": True, "status": "completed", "started_at": "2025-11-17T11:00:00+00:00",
        "created_at": "2025-11-17T10:59:00+00:00", "end_at": "2025-11-17T12:00:00+00:00", "transcripts": spoken,
    }  # fmt: skip
    return {**call, **fields}


@needs_payloads
def test_every_field_of_the_payload():
    """ "45" s after 11:00:07 it ended at 11:00:52, 0.75 minutes; .068 USD; utterances 2287.493 and 4100 ms after the start."""
    call = understood("bland", payload(PLACE))
    assert (call.id, call.direction, call.channel, call.caller_key) == (
        "c0000000-0000-4000-8000-000000000001", "outbound", "phone", "key:+15550100042",
    )  # fmt: skip
    assert (call.started_at.isoformat(), call.duration_s) == ("2025-11-17T11:00:07+00:00", 45.0)
    assert (call.cost.components, call.cost.currency) == ({"other": 0.068}, "USD")
    assert [(turn.speaker, turn.text, turn.start_ms, turn.end_ms) for turn in call.turns] == [
        ("caller", "Hello?", 2287.493, None), ("agent", "Hi there!", 4100.0, None),
    ]  # fmt: skip
    assert (call.status, call.outcome, call.end_reason, call.handoff) == ("completed", "unknown", "ended-by-assistant", None)
    assert call.metadata == {
        "answered_by": "human", "ended_by": "ASSISTANT", "agent_actions": ["Ended call"], "summary": "Booked a room.",
        "outcome_rule": "bland.ended",
    }  # fmt: skip
    assert set(call.inferred) == {"outcome", "turns.start_ms"}


@needs_payloads
def test_times_of_writing_are_no_latency():
    """An utterance has no end, so nothing is measured."""
    assert [one.values_ms for one in measure_call(understood("bland", payload(PLACE))).latencies] in ([], [()])


def test_the_length_in_minutes_where_nothing_is_corrected():
    """Half a minute is 30 s; end_at, an hour later, is the forced end and not read."""
    assert understood("bland", a_call()).duration_s == 30.0
    assert understood("bland", a_call(corrected_duration="12.5")).duration_s == 12.5
    assert understood("bland", a_call(call_length=None)).ended_at is None


def test_a_transfer():
    """To a number, 20 s into the call: a human; whether it was warm is not said."""
    call = understood("bland", a_call(transferred_to="+15550100099", transferred_at="2025-11-17T11:00:20+00:00"))
    assert call.handoff.model_dump(exclude_none=True) == {"at_ms": 20000.0, "destination": "human", "status": "connected"}
    assert (call.outcome, call.end_reason) == ("transferred", "transferred")
    assert "+1555010009" not in call.canonical()


def test_a_transfer_that_broke_the_call():
    """To a number that does not exist: the platform calls it call_error; the attempt failed."""
    call = understood("bland", a_call(transferred_to="+1555", queue_status="call_error"))
    assert (call.handoff.status, call.outcome, call.end_reason) == ("failed", "failed_technical", "call_error")


def test_variables_of_the_call_without_those_of_the_platform():
    """What a tool found stays; numbers and places of the caller do not."""
    variables = {"phone_number": "+15550100042", "short_to": "5550100042", "zip": "12345", "city": "X", "rooms": 3}
    assert understood("bland", a_call(variables=variables)).metadata["variables"] == {"rooms": 3}


def test_an_id_may_be_a_number():
    """As the documentation has it."""
    assert understood("bland", a_call(call_id=17)).id == "17"


@pytest.mark.parametrize(
    ("fields", "status", "outcome", "rule"),
    [
        ({}, "completed", "unknown", "bland.ended"),
        ({"answered_by": "voicemail"}, "completed", "out_of_scope", "bland.voicemail"),
        ({"answered_by": "no-answer", "transcripts": []}, "no_answer", "out_of_scope", "bland.not_answered"),
        ({"status": "busy", "transcripts": []}, "no_answer", "out_of_scope", "bland.not_answered"),
        ({"status": "failed"}, "error", "failed_technical", "bland.failed"),
        ({"status": "unknown", "error_message": "TTS broke"}, "error", "failed_technical", "bland.error_message"),
        ({"error_message": "The webhook answered 500"}, "completed", "unknown", "bland.ended"),
        ({"status": None, "queue_status": "complete_error"}, "completed", "unknown", "bland.after_the_call"),
        ({"queue_status": "call_error"}, "error", "failed_technical", "bland.failed"),
        ({"queue_status": "queue_error", "started_at": None, "transcripts": []}, "error", "failed_technical", "bland.failed"),
        ({"started_at": None, "transcripts": []}, "error", "failed_technical", "bland.never_began"),
        ({"transcripts": [{"user": "robot", "text": "Hello?"}]}, "completed", "out_of_scope", "bland.silent"),
        ({"status": "of-next-year"}, "completed", "unknown", "bland.other"),
    ],
)
def test_how_a_call_ended(fields, status, outcome, rule):
    """By its status, who answered, and an error's own words."""
    call = understood("bland", a_call(**fields))
    assert (call.status, call.outcome, call.metadata["outcome_rule"]) == (status, outcome, rule)


def test_a_call_that_is_not_over():
    """Is refused by its status; one that failed before it began is not."""
    with pytest.raises(FieldError, match="not over"):
        understood("bland", a_call(completed=False, status="in-progress"))
    assert understood("bland", a_call(completed=False, status="failed")).outcome == "failed_technical"


def test_never_begun_is_dated_by_when_it_was_made():
    """created_at, and `inferred` says so."""
    call = understood("bland", a_call(started_at=None, transcripts=[]))
    assert (call.started_at.isoformat(), "started_at" in call.inferred) == ("2025-11-17T10:59:00+00:00", True)


def test_a_price_that_is_none_is_unknown():
    """Missing, negative or a word: never 0; a price of 0 is one."""
    assert [understood("bland", a_call(price=price)).cost for price in (None, -1, "x")] == [None] * 3
    assert understood("bland", a_call(price=0)).cost.components == {"other": 0.0}


def test_own_metadata_and_new_fields_stay(tmp_path):
    """The request, which repeats numbers and keys, does not."""
    given = a_call(
        metadata={"ticket": "T-1"}, next_year={"a": 1}, request_data={"phone_number": "+15550100042", "api_key": "SECRET"}
    )
    (call,), _ = take(write_json(tmp_path / "b.json", given), form="bland", source="bland")
    assert (call.metadata["ticket"], call.metadata["next_year"]) == ("T-1", {"a": 1})
    assert "SECRET" not in call.canonical()


def test_recognised_by_its_shape_only():
    """Not any object with a call_id."""
    assert form_like(a_call()) == "bland"
    assert form_like({"call_id": "x", "transcripts": []}) is None


def test_words_of_nobody_known_are_kept_and_named():
    """Beside the turns in the metadata; an action of the agent is no speech."""
    said = [
        {"user": "user", "text": "Hi."},
        {"user": "supervisor", "text": "One moment."},
        {"user": "agent-action", "text": "Ended"},
    ]
    call = understood("bland", a_call(transcripts=said))
    assert [turn.text for turn in call.turns] == ["Hi."]
    assert call.metadata["transcript_not_tied_to_speakers"] == "supervisor: One moment."
    assert "transcript_not_tied_to_speakers" in call.inferred


def test_a_transcript_in_one_text_alone_is_kept():
    """Without utterances: nobody is told apart, and that nobody spoke is not concluded. With them it says nothing new."""
    whole = {"concatenated_transcript": "user: Hi. \n assistant: Hello."}
    call = understood("bland", a_call(transcripts=[], **whole))
    assert (call.turns, call.metadata["transcript_not_tied_to_speakers"]) == ((), whole["concatenated_transcript"])
    assert ("transcript_not_tied_to_speakers" in call.inferred, call.outcome) == (True, "unknown")
    assert "transcript_not_tied_to_speakers" not in understood("bland", a_call(**whole)).metadata
