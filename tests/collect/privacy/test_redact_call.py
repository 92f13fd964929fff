"""A whole call through redaction: every place where the call's own text stands."""

import json
import time

import pytest

from evalharness.collect.privacy.credentials import drop_credentials, without_signature
from evalharness.collect.privacy.redact_call import first_look, redact_call, redact_value
from tests.collect.files import a_turn_row, redactor, the_call

PHONE = "415-555-0132"
MASK = redactor().text(PHONE)


def test_every_place_with_text_from_the_call():
    """Turns, arguments (nested, and JSON in a string), results, summary, errors, metadata: one number, one pseudonym."""
    arguments = {"deep": [{"note": f"call {PHONE}"}], "json": json.dumps({"phone": PHONE}), "number": 4155550132, "slot": "10:30"}
    tool = {"name": "book", "arguments": arguments, "result": f'{{"callback": "{PHONE}"}}'}
    call = the_call(
        turns=[a_turn_row("caller", f"It's {PHONE}."), a_turn_row("agent", None, tool_calls=[tool])],
        handoff={"context_summary": f"Call back on {PHONE}"},
        errors=[f"sms to {PHONE} failed"],
        end_reason=f"forwarded to {PHONE}",
        metadata={"note": PHONE, "list": [PHONE], "n": 4155550132},
        caller=PHONE,
    )
    masker = redactor()
    kept = redact_call(call, masker)
    text = kept.model_dump_json(exclude={"caller_key"})
    assert "555" not in text
    assert kept.turns[0].text == f"It's {MASK}."
    assert kept.turns[1].tool_calls[0].arguments == {
        "deep": [{"note": f"call {MASK}"}],
        "json": json.dumps({"phone": MASK}),
        "number": MASK,
        "slot": "10:30",
    }
    assert kept.turns[1].tool_calls[0].result == f'{{"callback": "{MASK}"}}'
    assert (kept.handoff.context_summary, kept.errors) == (f"Call back on {MASK}", (f"sms to {MASK} failed",))
    assert (kept.end_reason, kept.metadata) == (f"forwarded to {MASK}", {"note": MASK, "list": [MASK], "n": MASK})
    assert masker.reset() == {"phone": 11}


def test_names_and_addresses_of_the_call():
    """Intent, version, channel, recording, the names of tools and the keys of objects are the log's text too."""
    tool = {"name": f"dial_{PHONE}", "arguments": {f"call_{PHONE}": True, "a_b@example.com": 1}}
    call = the_call(
        intent=f"call {PHONE} back",
        version=f"v1 for +1 {PHONE}",
        channel=f"phone {PHONE}",
        recording_url=f"https://x.example/+1-{PHONE}.wav",
        metadata={PHONE: 1, f"({PHONE})": 2, MASK: 3},
        turns=[a_turn_row("agent", None, tool_calls=[tool])],
    )
    kept = redact_call(call, redactor())
    assert "555" not in kept.model_dump_json(exclude={"caller_key"})
    assert kept.intent == f"call {MASK} back"
    assert kept.turns[0].tool_calls[0].name == f"dial {MASK}"
    assert kept.turns[0].tool_calls[0].arguments == {f"call {MASK}": True, redactor().text("a_b@example.com"): 1}
    assert kept.metadata == {f"{MASK} 2": 1, f"({MASK})": 2, MASK: 3}


def test_versions_and_addresses_without_numbers_of_people_stay():
    """Dates, build numbers and ids of recordings are nobody's number."""
    fields = {
        "intent": "book_appointment",
        "version": "2026.11.16-4481",
        "channel": "phone",
        "recording_url": "https://x.example/3f2504e0-4f89-11d3-9a0c-0305e82c3301-1763283600000.wav",
        "metadata": {"2026-11-16": 1, "step_2": 2},
    }
    masker = redactor()
    call = the_call(**fields)
    assert redact_call(call, masker) == call
    assert redact_call(the_call(version="90233187"), masker).version == "90233187"
    assert masker.reset() == {}


def test_a_call_without_personal_data_is_the_same_call():
    """Not a character changes, and nothing is counted."""
    tool = {"name": "find", "arguments": {"a": [{"b": "c"}, 1]}, "result": "none"}
    call = the_call(
        metadata={"reward": 1.0, "big": 12345678},
        handoff={"context_summary": "Toothache"},
        errors=["late"],
        turns=[a_turn_row("agent", "Hello.", tool_calls=[tool])],
    )
    masker = redactor()
    assert redact_call(call, masker) is call
    assert masker.reset() == {}


def test_what_stays_is_the_same_object():
    """Only the turn with the number is another; redaction of a call that is redacted changes none at all."""
    tool = {"name": "find", "arguments": {"a": [{"b": "c"}]}, "result": "none"}
    turns = [
        a_turn_row("agent", "Hello.", tool_calls=[tool]),
        a_turn_row("caller", f"It's {PHONE}."),
        a_turn_row("agent", "Fine."),
    ]
    call = the_call(turns=turns, metadata={"a": {"b": ["c"]}}, errors=["late"])
    kept = redact_call(call, redactor())
    assert [new is old for new, old in zip(kept.turns, call.turns, strict=True)] == [True, False, True]
    assert kept.turns[1].tool_calls is call.turns[1].tool_calls
    assert (kept.metadata is call.metadata, kept.errors is call.errors) == (True, True)
    assert redact_call(kept, redactor()) is kept


def test_a_number_found_once_is_replaced_everywhere():
    """ "90233187" is known to be a member id from the question; as an unexplained id in the tool call it goes too."""
    turns = [
        a_turn_row("agent", "May I have your member ID?"),
        a_turn_row("caller", "Sure, 90233187."),
        a_turn_row(
            "agent", "Thanks.", tool_calls=[{"name": "look_up", "arguments": {"id": "90233187"}, "result": '{"id": 90233187}'}]
        ),
    ]
    kept = redact_call(the_call(turns=turns), redactor())
    assert "90233187" not in kept.model_dump_json()
    mask = kept.turns[1].text.removeprefix("Sure, ").removesuffix(".")
    assert kept.turns[2].tool_calls[0].arguments == {"id": mask}
    assert kept.turns[2].tool_calls[0].result == f'{{"id": "{mask}"}}'


def test_what_was_found_in_one_call_is_forgotten_in_the_next():
    """The same digits are an order number there."""
    masker = redactor()
    redact_call(the_call(turns=[a_turn_row("caller", "My phone is 48291034.")]), masker)
    masker.reset()
    other = the_call(turns=[a_turn_row("caller", "Order 48291034, please.")])
    assert redact_call(other, masker) == other


def test_the_question_is_what_the_agent_said_last():
    """The caller answers in two pieces; what the caller said before is no question."""
    turns = [
        a_turn_row("agent", "And your date of birth?"),
        a_turn_row("caller", "Let me think."),
        a_turn_row("caller", "It is 1990-04-05."),
        a_turn_row("agent", "Which day suits you?"),
        a_turn_row("caller", "2026-11-20, please."),
    ]
    kept = redact_call(the_call(turns=turns), redactor())
    assert kept.turns[2].text.startswith("It is [dob-")
    assert kept.turns[4].text == "2026-11-20, please."


def test_numbers_of_json():
    """By key, or by the check digit of a card; ids, amounts, small numbers, fractions and flags stay numbers."""
    value = {
        "phone": 4155550132,
        "cardId": 4111111111111111,
        "pan": 4111111111111111,
        "amount": 4155550132,
        "ok": True,
        "x": 1.5,
        "n": 999,
    }
    kept = redact_value(value, first_look(redactor()))
    assert (kept["phone"], kept["pan"][:6]) == (MASK, "[card-")
    assert {name: kept[name] for name in ("amount", "ok", "x", "n")} == {"amount": 4155550132, "ok": True, "x": 1.5, "n": 999}


@pytest.mark.parametrize(
    "key",
    [
        "access_token",
        "accessToken",
        "Authorization",
        "x-api-key",
        "apiKey",
        "client_secret",
        "password",
        "refreshToken",
        "controlUrl",
        "monitor_listenUrl",
        "Set-Cookie",
        "privateKey",
        "token",
        "secretKey",
        "apiKeys",
        "pwd",
        "api key",
        "XApiKey",
        "x-Access-Key",
        "secrets",
    ],
)
def test_keys_of_credentials(key):
    """As platforms write them, in any case."""
    assert drop_credentials({key: 7}) == ({}, 1)


@pytest.mark.parametrize(
    "key",
    ["tokens", "token_count", "secretary", "author", "keyword", "signature_dish", "password_reset", "url", "cookies_accepted"],
)
def test_keys_that_only_look_like_credentials(key):
    """Counts of tokens and the like stay."""
    assert drop_credentials({key: 7}) == ({key: 7}, 0)


def test_credentials_are_dropped_and_counted():
    """Nested and in lists; the rest stays."""
    value = {
        "a": {"access_token": "s3cret", "b": 1},
        "list": [{"password": "x"}, "y"],
        "url": "https://x.example/a?X-Amz-Signature=s3cret&b=1",
    }
    assert drop_credentials(value) == ({"a": {"b": 1}, "list": [{}, "y"], "url": "https://x.example/a"}, 3)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("https://x.example/a.wav?X-Amz-Date=1&X-Amz-Signature=s", "https://x.example/a.wav"),
        ("https://x.example/a.wav?Expires=1&Signature=s&Key-Pair-Id=k", "https://x.example/a.wav"),
        (
            "see https://x.example/a?token=s and https://x.example/b?page=2",
            "see https://x.example/a and https://x.example/b?page=2",
        ),
        ("wss://x.example/live?access_token=s", "wss://x.example/live"),
        ("https://x.example/a?page=2", "https://x.example/a?page=2"),
        ("https://x.example/a?b=1&amp;Signature=s", "https://x.example/a"),
        (r"https://x.example/a?b=1\u0026Signature=s", "https://x.example/a"),
        ("s3://u:pw@bucket/a and redis://:pw@host", "s3://bucket/a and redis://host"),
        ("is it token=5?", "is it token=5?"),
    ],
)
def test_signed_addresses(text, kept):
    """The query of a signed address is the credential; the address without it stays."""
    assert without_signature(text) == kept


def test_credentials_of_a_call():
    """Dropped from the metadata and from the recording's address, counted as secret, gone from what is kept."""
    call = the_call(metadata={"access_token": "s3cret", "x": 1}, recording_url="https://x.example/a.wav?Signature=s3cret")
    masker = redactor()
    kept = redact_call(call, masker)
    assert (kept.metadata, kept.recording_url) == ({"x": 1}, "https://x.example/a.wav")
    assert masker.reset() == {"secret": 2}


def test_every_number_of_json_that_is_whole():
    """As a float, below zero, and under a key that says nothing itself below one that does; a time and a share stay."""
    value = {
        "phone": 4155550132.0,
        "card": -4111111111111111,
        "customer": {"phone": {"number": 4155550132}, "orders": {"number": 48291034}},
        "contacts": [{"value": "48291034"}],
        "caller_number": 14155550132,
        "callerNumber": 14155550132,
    }
    masker = redactor()
    kept = redact_value(value, first_look(masker))
    member = redactor().text("48291034", "contacts")
    assert kept == {
        "phone": MASK,
        "card": redactor().text("4111111111111111"),
        "customer": {"phone": {"number": MASK}, "orders": {"number": 48291034}},
        "contacts": [{"value": member}],
        "caller_number": MASK,
        "callerNumber": MASK,
    }
    other = {"started": 1763283600.0, "share": 4155550132.5, "phone_share": 4155550132.5, "none": float("inf")}
    assert redact_value(other, first_look(masker)) == other


def test_many_keys_of_one_pseudonym():
    """4,000 keys that differ in capitals alone are one address: numbered in order, in time that grows with their number."""
    keys = [
        "".join(sign.upper() if i >> j & 1 else sign for j, sign in enumerate("abcdefghijkl")) + "@x.example" for i in range(4000)
    ]
    masker = redactor()
    start = time.process_time()
    kept = redact_value(dict.fromkeys(keys, 1), first_look(masker))
    assert time.process_time() - start < 0.6
    plain = masker.text(keys[0])
    assert list(kept) == [plain, *(f"{plain} {number}" for number in range(2, 4001))]


@pytest.mark.parametrize("again", ["4155550132", "\x074155550132", "é\n4155550132", 4155550132, {"a_4155550132": 1}])
def test_a_number_found_is_replaced_wherever_it_stands_again(again):
    """Bare digits that nothing tells, behind a sign that JSON escapes with digits of its own, as a number, in a key."""
    call = the_call(turns=[a_turn_row("caller", f"My phone is {PHONE}.")], metadata={"order": again})
    kept = redact_call(call, redactor()).model_dump_json(exclude={"caller_key"})
    assert "555" not in kept
    assert kept.count("[phone-") == 2


@pytest.mark.parametrize("others", [0, 30])
@pytest.mark.parametrize(
    "again", ["ü\n4155550132", "\x074155550132", r"\u00fc 4155550132", 4155550132, -4155550132.0, ["4155550132"]]
)
@pytest.mark.parametrize("place", ["metadata", "arguments"])
def test_a_number_found_is_found_again_among_many(place, again, others):
    """Behind an escape and as a number, by itself and beside 30 other numbers that are looked for in another way."""
    said = " ".join(f"My phone is 415-555-{1000 + number}." for number in range(others))
    tool = {"name": "find", "arguments": {"order": again} if place == "arguments" else None}
    turns = [a_turn_row("caller", f"My phone is {PHONE}. {said}"), a_turn_row("agent", "Well.", tool_calls=[tool])]
    kept = redact_call(the_call(turns=turns, metadata={"order": again} if place == "metadata" else {}), redactor())
    assert "4155550132" not in kept.model_dump_json(exclude={"caller_key"})


@pytest.mark.parametrize(
    "fields",
    [
        {"handoff": {"context_summary": "For order 48291034"}},
        {"errors": ["order 48291034"]},
        {"end_reason": "order 48291034"},
        {"metadata": {"order 48291034": 1}},
    ],
)
def test_every_place_is_looked_at_again(fields):
    """An order number by the words before it, until the caller calls it a phone number."""
    turns = [a_turn_row("caller", "My phone is 48291034, or a_b@example.com."), a_turn_row("agent", "For order 48291034?")]
    assert redact_call(the_call(**fields), redactor()) == the_call(**fields)
    kept = redact_call(the_call(turns=turns, **fields), redactor())
    text = kept.model_dump_json(exclude={"caller_key"})
    assert ("48291034" in text, "example" in text) == (False, False)
