"""Secrets planted anywhere in any payload: none of them is in the call that is kept."""

import json
from copy import deepcopy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalharness.collect.named_forms import named_form
from evalharness.collect.our_form import RowDefaults, call_from
from evalharness.collect.privacy.redact_call import redact_call
from evalharness.collect.reasons import FieldError
from tests.collect.files import redactor
from tests.collect.payloads import PAYLOADS, a_retell_call, a_vapi_call, needs_payloads, payload
from tests.collect.platforms.mutated import places
from tests.collect.platforms.test_bland import a_call as a_bland_call
from tests.collect.platforms.test_twilio import a_transcript
from tests.collect.platforms.test_vcon import a_vcon

SECRET = "S3CR3Tq9"
KEYS = {
    "access_token": SECRET, "accessToken": SECRET, "authToken": SECRET, "api_key": SECRET, "x-api-key": SECRET,
    "clientSecret": SECRET,
    "password": SECRET, "Authorization": f"Bearer {SECRET}", "monitor": {"controlUrl": f"https://x.example.com/{SECRET}"},
    "listenUrl": f"wss://x.example.com/{SECRET}", "cookie": {"a": SECRET}, "encrypted_key": SECRET, "jwt": SECRET,
}  # fmt: skip
TEXTS = (
    f"https://x.example.com/a.wav?X-Amz-Signature={SECRET}&b=1",
    f"see https://x.example.com/a?sv=1&sig={SECRET}, then call back",
    f"https://x.example.com/a#access_token={SECRET}",
    f"https://user:{SECRET}@x.example.com/a",
    f"Authorization: Bearer {SECRET}{SECRET}",
    json.dumps({"ok": True, "session": {"refresh_token": SECRET}}),
)
IDS = ("id", "call_id", "sid", "uuid")
"""A call's identity is kept as it is."""
MADE = {
    "vapi": a_vapi_call(artifact={**a_vapi_call()["artifact"], "structuredOutputs": {"a": {}}, "nextYear": {"b": [{}]}}),
    "retell": a_retell_call(metadata={"own": {}}, call_analysis={"custom_analysis_data": {}}, transcript_with_tool_calls=[
        {"role": "user", "content": "Hi."},
        {"role": "tool_call_invocation", "tool_call_id": "t", "name": "f", "arguments": json.dumps({"a": {}})},
        {"role": "tool_call_result", "tool_call_id": "t", "content": "{}", "successful": True},
    ]),
    "twilio": a_transcript(), "bland": a_bland_call(metadata={"own": {}}, analysis={}), "vcon": a_vcon(meta={"a": {}}),
}  # fmt: skip


def kept(form, value):
    """The call as it would be stored; "" where it is refused."""
    try:
        call = call_from(named_form(form).read(value, None).raw, RowDefaults(form, lambda _: None))
    except FieldError:
        return ""
    return redact_call(call, redactor()).canonical()


def planted(value, path, key, secret):
    """A copy with the secret beside what stands at the path, or instead of a text there."""
    copied = deepcopy(value)
    holder = copied
    for name in path[:-1]:
        holder = holder[name]
    here = holder[path[-1]] if path else copied
    if isinstance(here, dict):
        here[key] = secret
    elif isinstance(here, list):
        here.append({key: secret})
    return copied


@settings(max_examples=150, deadline=None)
@given(form=st.sampled_from(sorted(MADE)), data=st.data())
def test_under_any_key_at_any_depth(form, data):
    """One to four secrets beside what any object or list of the payload has."""
    value = MADE[form]
    for _ in range(data.draw(st.integers(1, 4))):
        path = data.draw(st.sampled_from(list(places(value))))
        key = data.draw(st.sampled_from(sorted(KEYS)))
        value = planted(value, path, key, KEYS[key])
    assert SECRET not in kept(form, value)


@settings(max_examples=150, deadline=None)
@given(form=st.sampled_from(sorted(MADE)), text=st.sampled_from(TEXTS), data=st.data())
def test_in_any_text(form, text, data):
    """A signed address, a bearer's word or JSON with a token, wherever a text stands: spoken, in results, in metadata."""
    texts = [path for path in places(MADE[form]) if path and isinstance(_at(MADE[form], path), str) and path[-1] not in IDS]
    path = data.draw(st.sampled_from(texts))
    copied = deepcopy(MADE[form])
    _at(copied, path[:-1])[path[-1]] = text
    assert SECRET not in kept(form, copied)


def _at(value, path):
    for name in path:
        value = value[name]
    return value


@needs_payloads
@pytest.mark.parametrize(
    "place", [f"{folder}/{path.name}" for folder in MADE for path in sorted((PAYLOADS / folder).glob("*.json"))]
)
def test_every_payload_with_a_secret_in_each_object(place):
    """All keys at once, in every object of the payload."""
    value = payload(place)
    for path in list(places(value)):
        if isinstance(_at(value, path), dict):
            _at(value, path).update(deepcopy(KEYS))
    assert SECRET not in kept(place.partition("/")[0], value)


def test_what_is_no_secret_stays():
    """An address with a plain query, a number of tokens, the word secret in a sentence."""
    given = a_vapi_call(nextYear={"tokens": 5, "page": "https://x.example.com/a?page=2"})
    given["artifact"]["messages"][0]["message"] = "The secret of our token price is a good password policy."
    found = kept("vapi", given)
    assert all(part in found for part in ('"tokens":5', "https://x.example.com/a?page=2", "The secret of our token price"))
