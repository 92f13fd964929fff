"""vCon: the examples as they are out there, dialogs with clocks of their own, who is who, and every refusal by name."""

import json
from base64 import urlsafe_b64encode
from zoneinfo import ZoneInfo

import pytest

from evalharness.collect.named_forms import form_like, named_form
from evalharness.collect.our_form import RowDefaults, call_from
from evalharness.collect.reasons import FieldError
from tests.collect.files import counts, take
from tests.collect.payloads import PAYLOADS, needs_payloads, payload, understood, write_json

FAKE = "vcon/fake_05cec3d4-0561-4010-9fb8-23cc7edef146.vcon.json"
IETF = "vcon/ab_call_ext_rec_analysis.vcon"
AT = "2025-11-17T11:00:00Z"


def a_dialog(start=AT, **fields):
    return {"type": "recording", "start": start, "duration": 30, "parties": [1, 0], **fields}


def a_text(party, body, start=AT):
    return {"type": "text", "start": start, "parties": [party], "body": body}


def a_vcon(*dialogs, **fields):
    """An agent and a customer by their roles, one recording and its transcript."""
    parties = [{"name": "Ava", "meta": {"role": "agent"}}, {"tel": "tel:+15550100042", "name": "Lee", "role": "customer"}]
    said = [
        {"speaker": "Agent", "message": "Hello.", "start": 1.5, "end": 2},
        {"speaker": "Lee", "message": "Hi.", "start": "2.5"},
    ]
    body = {"type": "transcript", "dialog": 0, "body": said}
    return {"uuid": "u1", "parties": parties, "dialog": list(dialogs or (a_dialog(),)), "analysis": [body], **fields}


def refusal(value, naive=None):
    with pytest.raises(FieldError) as caught:
        named_form("vcon").read(value, naive)
    return caught.value.field, caught.value.reason


@needs_payloads
def test_the_fake_call_needs_a_declared_zone():
    """Its times have no offset: refused without a zone, 16:09 in Berlin is 15:09 UTC."""
    field, reason = refusal(payload(FAKE))
    assert (field, "collect.timezones" in reason) == ("dialog[0].start", True)
    draft = named_form("vcon").read(payload(FAKE), ZoneInfo("Europe/Berlin"))
    assert draft.raw["started_at"] == "2024-03-16T15:09:20.701736+00:00"


@needs_payloads
def test_every_field_of_the_fake_call(tmp_path):
    """57.168 s long; the agent by its role; eleven turns without times; nothing was guessed."""
    (call,), _ = take(PAYLOADS / FAKE, form="vcon", source="vcon", naive=ZoneInfo("UTC"), redact=frozenset())
    assert (call.id, call.agent, call.direction, call.channel) == (
        "05cec3d4-0561-4010-9fb8-23cc7edef146", "Louis Anderson", "inbound", "phone",
    )  # fmt: skip
    assert (call.started_at.isoformat(), call.duration_s) == ("2024-03-16T16:09:20.701736+00:00", 57.168)
    assert [turn.speaker for turn in call.turns] == ["agent", "caller"] * 5 + ["agent"]
    assert call.turns[1].text == "Hello Louis! I'm Olivia Flores."
    assert {(turn.start_ms, turn.end_ms, turn.latency) for turn in call.turns} == {(None, None, None)}
    assert (call.status, call.outcome, call.end_reason) == ("completed", "unknown", "answered")
    assert call.recording_url.endswith("/05cec3d4-0561-4010-9fb8-23cc7edef146.mp3")
    assert call.caller_key is not None
    assert call.metadata == {"attachments": ["generation_info"], "outcome_rule": "vcon.ended"}
    assert call.inferred == ("outcome",)


@needs_payloads
def test_every_field_of_the_ietf_example():
    """No vcon, no created_at: 33.12 s from the dialog's start. One recognised speaker for two people: nobody is told apart."""
    call = understood("vcon", payload(IETF))
    assert (call.id, call.agent, call.caller_key) == ("019f15a6-a752-826f-b9a2-279e0d16bc46", "Bob", "key:+12345678901")
    assert (call.started_at.isoformat(), call.duration_s) == ("2022-06-21T17:53:26+00:00", 33.12)
    assert (call.turns, call.has_transcript) == ((), False)
    assert call.metadata["transcript_not_tied_to_speakers"].startswith("Hello. This is example.com. My name is Bob.")
    assert set(call.inferred) == {"outcome", "agent", "caller", "transcript_not_tied_to_speakers"}
    assert (call.status, call.outcome, "outcome_rule" in call.metadata) == ("completed", "unknown", False)


@needs_payloads
@pytest.mark.parametrize(
    ("place", "field", "reason"),
    [
        ("invalid_bad_dialog_types.json", "dialog[0].duration", 'must be a number of seconds, not text ("long")'),
        ("invalid_null_parties.json", "parties", "must be a list, not nothing"),
        ("simple-vcon.vcon", "parties", "must be a list, not nothing"),
    ],
)
def test_the_invalid_ones_are_refused_with_a_reason(place, field, reason):
    """The two fixtures of vcon-server, and the example that is no conversation."""
    assert refusal(payload(f"vcon/{place}")) == (field, reason)


def test_signed_and_encrypted_forms_are_refused_by_name(tmp_path):
    """They are known for what they are; the row says what to do."""
    signed, sealed = (
        {"payload": "e30", "signatures": [{"signature": "x"}]},
        {"ciphertext": "x", "protected": "y", "recipients": []},
    )
    assert [form_like(one) for one in (signed, sealed)] == ["vcon", "vcon"]
    assert "signed (JWS)" in refusal(signed)[1]
    assert "encrypted (JWE)" in refusal(sealed)[1]
    _, report = take(write_json(tmp_path / "v.json", [signed, sealed]), form="vcon", source="vcon")
    assert counts(report) == (0, 0, 0, 0, 2)


def test_each_dialog_has_its_own_clock():
    """A transcript 1.5 s into a dialog that began 10 s after the call is at 11,500 ms; turns stand in order."""
    value = a_vcon(a_text(1, "Written first."), a_dialog("2025-11-17T12:00:10+01:00"))
    value["analysis"][0]["dialog"] = [1]
    call = understood("vcon", value)
    assert [(turn.speaker, turn.text, turn.start_ms, turn.end_ms) for turn in call.turns] == [
        ("caller", "Written first.", 0.0, None), ("agent", "Hello.", 11500.0, 12000.0), ("caller", "Hi.", 12500.0, None),
    ]  # fmt: skip
    assert (call.started_at.isoformat(), call.duration_s) == ("2025-11-17T11:00:00+00:00", 40.0)


def test_a_change_of_the_clocks_between_two_dialogs():
    """01:30 and 03:30 of the night in which Berlin springs forward are one hour apart, not two."""
    value = a_vcon(a_dialog("2026-03-29T01:30:00"), a_text(0, "x", "2026-03-29T03:30:00"))
    raw = named_form("vcon").read(value, ZoneInfo("Europe/Berlin")).raw
    assert raw["turns"][-1]["start_ms"] == 3_600_000.0


@pytest.mark.parametrize(
    ("body", "encoding", "said"),
    [
        ("SGFsbG8sIHfDpHI", "base64url", ["Hallo, wär"]), ("Hallo", None, ["Hallo"]), ("Hallo", "none", ["Hallo"]),
        ("__4", "base64url", []), ("a", "base64url", []), (5, "base64url", []), ("ä", "base64url", []),
    ],
)  # fmt: skip
def test_what_is_encoded_is_read(body, encoding, said):
    """base64url without its padding; what is no text then is no turn."""
    value = a_vcon({**a_text(1, body), "encoding": encoding}, analysis=[])
    assert [turn.text for turn in understood("vcon", value).turns] == said


def test_an_encoded_transcript():
    """JSON in base64url is the list of its entries."""
    body = urlsafe_b64encode(json.dumps([{"speaker": "Agent", "message": "Hello."}]).encode()).decode().rstrip("=")
    value = a_vcon(analysis=[{"type": "transcript", "dialog": 0, "encoding": "base64url", "body": body}])
    assert [(turn.speaker, turn.text) for turn in understood("vcon", value).turns] == [("agent", "Hello.")]


def test_channels_are_parties():
    """Two recognised channels of a dialog with two parties are one of them each, by the order of the dialog's parties."""

    def channel(text, start):
        sentences = [{"text": text}, {"text": "So."}]
        return {"alternatives": [{"paragraphs": {"paragraphs": [{"sentences": sentences, "start": start, "end": start + 1}]}}]}

    body = {"results": {"channels": [channel("Hi.", 2), channel("Hello.", 1)]}}
    value = a_vcon(analysis=[{"type": "transcript", "dialog": 0, "body": body}])
    call = understood("vcon", value)
    assert [(turn.speaker, turn.text, turn.start_ms) for turn in call.turns] == [
        ("agent", "Hello. So.", 1000.0), ("caller", "Hi. So.", 2000.0),
    ]  # fmt: skip


def test_one_entry_of_somebody_unknown_and_nobody_is_told_apart():
    """A transcript is kept whole or as plain text, never with a turn left out."""
    value = a_vcon(
        analysis=[{"type": "transcript", "body": [{"speaker": "Agent", "message": "A"}, {"speaker": "S9", "message": "B"}]}]
    )
    call = understood("vcon", value)
    assert (call.turns, call.metadata["transcript_not_tied_to_speakers"]) == ((), "A\nB")


@pytest.mark.parametrize(
    ("parties", "direction", "agent"),
    [
        ([{"name": "A"}, {"name": "B"}], None, "A"),
        ([{"name": "A"}, {"name": "B"}], "out", "B"),
        ([{"name": "A", "role": "customer"}, {"name": "B"}], None, "B"),
        ([{"name": "A"}, {"name": "B"}, {"name": "C"}], None, "A"),
        ([{"name": "A", "type": "bot"}, {"name": "B"}], "out", "A"),
    ],
)
def test_who_is_the_agent(parties, direction, agent):
    """By role; else of two who did not begin it (party 1 did), outbound who did; of three the first. `inferred` tells."""
    call = understood("vcon", a_vcon(a_dialog(meta={"direction": direction}), parties=parties, analysis=[]))
    assert call.agent == agent
    assert ("agent" in call.inferred) == (parties[0].get("type") != "bot")


@pytest.mark.parametrize(
    ("fields", "handoff"),
    [
        ({"transfer_target": 0}, (10000.0, None, "human", "connected")),
        ({"transfer_target": [2]}, (10000.0, None, "bot", "connected")),
        ({"transfer_target": 0, "consultation": 2}, (10000.0, "warm", "human", "connected")),
        ({"transfer_target": 0, "target_dialog": [2]}, (10000.0, None, "human", "failed")),
    ],
)
def test_transfers(fields, handoff):
    """A dialog of type transfer, 10 s in: to a bot by its role; warm after a consultation; failed where its dialog was lost."""
    transfer = {"type": "transfer", "start": "2025-11-17T11:00:10Z", **fields}
    lost = {"type": "incomplete", "start": "2025-11-17T11:00:12Z", "disposition": "busy"}
    value = a_vcon(a_dialog(), transfer, lost)
    value["parties"].append({"name": "Bot 2", "role": "bot"})
    found = understood("vcon", value).handoff
    assert (found.at_ms, found.kind, found.destination, found.status) == handoff


@pytest.mark.parametrize(
    ("disposition", "status", "outcome"),
    [
        ("no-answer", "no_answer", "out_of_scope"), ("busy", "no_answer", "out_of_scope"),
        ("hung-up", "no_answer", "out_of_scope"),
        ("failed", "error", "failed_technical"), ("congestion", "error", "failed_technical"),
        ("voicemail-no-message", "completed", "out_of_scope"), (None, "error", "failed_technical"),
    ],
)  # fmt: skip
def test_dialogs_that_came_to_nothing(disposition, status, outcome):
    """The disposition of the last one decides where none was complete."""
    lost = {"type": "incomplete", "start": AT, "disposition": disposition}
    call = understood("vcon", a_vcon(lost, analysis=[]))
    assert (call.status, call.outcome) == (status, outcome)


def test_without_dialogs_it_is_dated_by_its_creation():
    """And `inferred` says so; without that either it is refused."""
    call = understood("vcon", a_vcon(dialog=[], created_at=AT))
    assert (call.started_at.isoformat(), "started_at" in call.inferred) == ("2025-11-17T11:00:00+00:00", True)
    assert refusal(a_vcon(dialog=[]))[0] == "dialog"


@pytest.mark.parametrize(
    ("dialog", "field"),
    [
        ({"type": "hologram"}, "dialog[0].type"), ({"start": 5}, "dialog[0].start"), ({"start": "soon"}, "dialog[0].start"),
        ({"parties": [0, 7]}, "dialog[0].parties"), ({"duration": {}}, "dialog[0].duration"),
        ({"duration": -1}, "dialog[0].duration"),
    ],
)  # fmt: skip
def test_dialogs_against_the_schema(dialog, field):
    """Named by place."""
    assert refusal(a_vcon(a_dialog(**dialog)))[0] == field


def test_what_others_concluded_stays_and_attachments_are_named():
    """Summaries by their type; contents of attachments are not taken."""
    more = {
        "attachments": [{"purpose": "consent", "body": "x"}],
        "subject": "A move",
        "vcon": "0.0.1",
        "meta": {"disposition": "ANSWERED"},
    }
    value = a_vcon(**more)
    value["analysis"].append({"type": "summary", "body": "All went well."})
    found = understood("vcon", value).metadata
    assert (found["analysis"], found["attachments"], found["subject"]) == ({"summary": "All went well."}, ["consent"], "A move")


def test_a_declared_zone_serves_every_form():
    """Our own form too: 09:00 in Berlin is 08:00 UTC; without one such a row is refused."""
    row = {"id": "c", "started_at": "2026-11-16T09:00:00", "turns": []}
    call = call_from(row, RowDefaults("demo", str, naive=ZoneInfo("Europe/Berlin")))
    assert call.started_at.isoformat() == "2026-11-16T08:00:00+00:00"
    with pytest.raises(FieldError):
        call_from(row, RowDefaults("demo", str))


@pytest.mark.parametrize("nobody", [{"originator": None, "parties": []}, {"parties": []}, {"originator": "S9"}])
def test_texts_of_nobody_are_kept_whole(nobody):
    """A text by nobody among the parties: all texts stay in the metadata, in order, and the call has no turns."""
    value = a_vcon(a_text(1, "Hi."), {**a_text(0, "Hello."), **nobody}, analysis=[])
    call = understood("vcon", value)
    assert (call.turns, call.metadata["transcript_not_tied_to_speakers"]) == ((), "Hi.\nHello.")
    assert ("transcript_not_tied_to_speakers" in call.inferred, call.outcome) == (True, "unknown")


def test_words_of_nobody_may_be_the_callers():
    """That only the agent spoke is not concluded; without them it is."""
    untold = {"type": "transcript", "body": "Hello. Hi."}
    said = [understood("vcon", a_vcon(a_text(0, "Hello."), analysis=held)).outcome for held in ([], [untold])]
    assert said == ["out_of_scope", "unknown"]


def test_an_originator_that_is_null_is_the_first_party():
    """As one that is not there."""
    call = understood("vcon", a_vcon({**a_text(0, "Hello."), "originator": None}, analysis=[]))
    assert [(turn.speaker, turn.text) for turn in call.turns] == [("agent", "Hello.")]


def test_channels_without_paragraphs_are_kept_as_text():
    """Nothing says in what order they spoke; a channel that has paragraphs is kept with them."""
    sentences = {"paragraphs": {"paragraphs": [{"sentences": [{"text": "Hello."}], "start": 1, "end": 2}]}}
    for first in ({"transcript": "Hello."}, sentences):
        body = {"results": {"channels": [{"alternatives": [first]}, {"alternatives": [{"transcript": "Hi."}]}]}}
        call = understood("vcon", a_vcon(analysis=[{"type": "transcript", "dialog": 0, "body": body}]))
        assert (call.turns, call.metadata["transcript_not_tied_to_speakers"]) == ((), "Hello.\nHi.")
        assert "transcript_not_tied_to_speakers" in call.inferred


def test_a_transcript_of_an_unknown_shape_is_kept_as_it_stands():
    """As JSON."""
    call = understood("vcon", a_vcon(analysis=[{"type": "transcript", "body": {"segments": ["Hi."]}}]))
    assert call.metadata["transcript_not_tied_to_speakers"] == '{"segments":["Hi."]}'
