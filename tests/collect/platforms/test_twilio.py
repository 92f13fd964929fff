"""Twilio: sentences with numbers as text, speakers by channel, what is missing, and what hostile shapes become."""

import pytest

from evalharness.collect.named_forms import form_like
from evalharness.collect.reasons import FieldError
from evalharness.grade.measured.latency import measure_call
from tests.collect.files import counts, take
from tests.collect.payloads import needs_payloads, payload, understood, write_json

PLACE = "twilio/transcript_with_sentences.json"


def a_sentence(channel=1, start="1.00", end="2.50", said="Words.", **fields):
    return {"media_channel": channel, "start_time": start, "end_time": end, "transcript": said, "confidence": "0.9", **fields}


def a_transcript(*sentences, **fields):
    """A transcript of two channels: 1 the agent, 2 the customer."""
    people = [{"channel_participant": 1, "role": "Agent"}, {"channel_participant": 2, "role": "Customer"}]
    head = {
        "sid": "GT1", "status": "completed", "channel": {"type": "voice", "participants": people}, "duration": 27,
        "media_start_time": "2025-11-17T11:00:00Z", "date_created": "2025-11-17T12:00:00Z",
    }  # fmt: skip
    return {"transcript": {**head, **fields}, "sentences": list(sentences or (a_sentence(), a_sentence(2, "3.0", "4.0")))}


@needs_payloads
def test_every_field_of_the_payload():
    """Times "0.98" s are 980 ms; 27 s after 11:00:00 it ended; the label stays a word; mean of .93, .88, .95 = .92."""
    call = understood("twilio", payload(PLACE))
    assert (call.id, call.agent, call.channel, call.language) == (
        "GT00000000000000000000000000000000", "ava", "phone", "en-US",
    )  # fmt: skip
    assert (call.started_at.isoformat(), call.duration_s) == ("2025-11-17T11:00:00+00:00", 27.0)
    assert [(turn.speaker, turn.start_ms, turn.end_ms) for turn in call.turns] == [
        ("agent", 980.0, 3420.0), ("caller", 4050.0, 6900.0), ("agent", 9610.0, 13200.0),
    ]  # fmt: skip
    assert call.turns[1].text == "I smell gas in my kitchen."
    assert (call.cost, call.handoff, call.status, call.outcome) == (None, None, None, "unknown")
    assert call.metadata == {
        "customer_key": "call-123",
        "source_sid": "RE00000000000000000000000000000000",
        "operator_results": {"Call Transfer": "true"},
        "mean_confidence": 0.92,
    }
    assert call.inferred == ("outcome", "handoff_not_in_log")


@needs_payloads
def test_latency_is_read_off_the_transcript():
    """9610 - 6900 = 2710 ms; the anchor says how it was measured."""
    (found,) = measure_call(understood("twilio", payload(PLACE))).latencies
    assert (found.anchor, found.values_ms) == ("transcript", (2710.0,))


@needs_payloads
def test_by_its_shape_and_through_the_room(tmp_path):
    """Recognised, taken in once, and a duplicate when it comes again."""
    assert form_like(payload(PLACE)) == "twilio"
    calls, report = take(write_json(tmp_path / "t.json", [payload(PLACE)] * 2), form="twilio", source="twilio")
    assert (len(calls), counts(report)) == (1, (1, 1, 0, 0, 0))


def test_the_transcript_may_hold_its_sentences():
    """{sid, channel, sentences} is the same call."""
    given = a_transcript()
    flat = {**given["transcript"], "sentences": given["sentences"]}
    assert form_like(flat) == "twilio"
    assert understood("twilio", flat).turns == understood("twilio", given).turns


def test_who_speaks_is_never_guessed():
    """A channel without a role, or with one nobody knows: refused by its place; a supervisor is a person."""
    for channel in (3, None, "x"):
        with pytest.raises(FieldError) as caught:
            understood("twilio", a_transcript(a_sentence(), a_sentence(channel)))
        assert caught.value.field == "sentences[1].media_channel"
    people = {"type": "voice", "participants": [{"channel_participant": "1", "role": " SUPERVISOR "}]}
    assert understood("twilio", a_transcript(a_sentence("1"), channel=people)).turns[0].speaker == "human_agent"


def test_without_its_media_start_the_call_is_dated_by_its_transcript():
    """And `inferred` says so; then the end is not known either."""
    call = understood("twilio", a_transcript(media_start_time=None))
    assert (call.started_at.isoformat(), call.ended_at) == ("2025-11-17T12:00:00+00:00", None)
    assert "started_at" in call.inferred


@pytest.mark.parametrize("status", ["queued", "in-progress", "failed", "canceled", "error"])
def test_a_transcript_that_is_not_whole(status):
    """Is refused by its status."""
    with pytest.raises(FieldError, match="no whole transcript"):
        understood("twilio", a_transcript(status=status))


def test_a_transcript_without_its_sentences_is_half_a_call():
    """They are another address of the API; nobody takes a call for silent because they were left out."""
    with pytest.raises(FieldError) as caught:
        understood("twilio", {**a_transcript(), "sentences": None})
    assert caught.value.field == "sentences"


def test_what_an_operator_concluded():
    """A label, what it extracted, or what it wrote; nothing where it found nothing."""
    results = [
        {"name": "a", "predicted_label": "yes"}, {"name": "b", "extract_match": True, "extract_results": {}},
        {"name": "c", "text_generation_results": {"result": "A summary."}}, {"operator_sid": "LY1"},
    ]  # fmt: skip
    found = understood("twilio", {**a_transcript(), "operator_results": results}).metadata["operator_results"]
    assert found == {"a": "yes", "b": True, "c": {"result": "A summary."}}


def test_the_customers_number_is_hashed():
    """media_participant_id of the customer, where it is given."""
    people = [
        {"channel_participant": 1, "role": "Agent"},
        {"channel_participant": 2, "role": "Customer", "media_participant_id": "+1555"},
    ]
    assert understood("twilio", a_transcript(channel={"type": "voice", "participants": people})).caller_key == "key:+1555"


def test_recognised_by_its_shape_only():
    """Sentences alone, or a transcript alone, are no call."""
    assert form_like({"sentences": [a_sentence()]}) is None
    assert form_like(a_transcript()["transcript"]) is None
