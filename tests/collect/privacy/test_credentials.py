"""Credentials that a text writes out: a password of Basic, a key with its name before it; ordinary speech stays."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalharness.collect.privacy import credentials
from evalharness.collect.privacy.credentials import drop_credentials, plain_text, without_credentials
from tests.builders import a_call, a_turn

KEY = "9f8e7d6c5b4a3210"
NAMES = (
    "api_key",
    "api-key",
    "apikey",
    "X-Api-Key",
    "access_token",
    "client_secret",
    "myApiKey",
    "secret key",
    "DB_PASSWORD",
    "token",
)
PASSWORDS = ("password", "passwd", "pwd", "dbPassword")
BASIC = ("dXNlcjpwYXNz", "YWRtaW46aHVudGVyMjI=", "QWxhZGRpbjpvcGVuIHNlc2FtZQ==")
BEFORE = ["Authorization: Basic ", "authorization=Basic ", "AUTHORIZATION: basic ", "Proxy-Authorization: Basic "]
BEFORE += [
    "Authorization: BASIC ",
    "AUTHORIZATION: BaSiC ",
    "authorization Basic ",
    "curl -H 'Authorization: Basic ",
    "[('Authorization', 'Basic ",
]
TOKENS = ("9944b09199c62bcf9418ad846dd0e4bbdfc6ee4b", "r8_abcdefgh1jk", "aB3dE-Fg_hI6kL==", "9f8e7d6c5b4a3210")
TEXT = ["The key is under the mat.", "My password is the name of my dog.", "api key: please tell me"]
TEXT += ["token: Thursday at 10", "Secret: internationalisation", "token: 415-555-0132", "token = 41555501324155"]
TEXT += ["max_tokens=4096", "password: hunter22", "password = hunter22", "password=no", "password=********"]
TEXT += ["key=9f8e7d6c5b4a3210", "token count: 9f8e7d6c5b4a3210", "monkey: 9f8e7d6c5b4a3210", "We offer Basic dXNlcjpwYXNz"]
TEXT += ["authorization: basic information", "AUTHORIZATION: Basic COVERAGE", "authorization: Basic 24-hour-support"]
TEXT += ["authorization: Token 20261114123456", "authorization token international", "Authorization: Token abc123"]
TEXT += ["my authorization is a Token 9f8e7d6c5b4a3210", "Authorization: Token [secret]", "Token 9f8e7d6c5b4a3210"]
TEXT += ["authorization: Basic 20261114", "api_key=short1", "call id: 8a1e0000-0000-4000-8000"]
TEXT += ["Authorization: Basic [secret]", "X-Api-Key: [secret]", "password=[secret]", "pwd=[phone-7f3a part]"]
TEXT += ['"api_key":[secret]']
TEXT += ["api_key=sk-****cdef", "id=abc123def4567: x9x9x9x9x9x9x9", "api_key=[secret]: x9x9x9x9x9x9x9"]


@pytest.mark.parametrize("password", BASIC)
@pytest.mark.parametrize("before", BEFORE)
def test_a_password_of_basic_is_dropped(before, password):
    """With and without a digit in it, whatever stands between the two words."""
    assert plain_text(f"failed, {before}{password}, again") == f"failed, {before}[secret], again"


@pytest.mark.parametrize("key", TOKENS)
@pytest.mark.parametrize(
    "before", ["Authorization: Token ", "authorization=TOKEN ", "'Authorization': 'token ", "authorization  Token  "]
)
def test_a_key_behind_the_word_token_is_dropped(before, key):
    """As Django REST and Deepgram have it: behind authorization alone, and only what looks like a key."""
    assert plain_text(f"failed, {before}{key}, again") == f"failed, {before}[secret], again"
    call = a_call(turns=(a_turn(text="Hello."),), errors=(f"{before}{key}",))
    assert without_credentials(call) == (call.model_copy(update={"errors": (f"{before}[secret]",)}), 1)


@pytest.mark.parametrize("word", ["Bearer", "bearer", "BEARER", "BeArEr"])
def test_what_a_bearer_bears_is_dropped(word):
    """In capitals too, alone in its text and in a call."""
    assert plain_text(f"failed: {word} {KEY}, again") == f"failed: {word} [secret], again"
    assert without_credentials(a_call(turns=(a_turn(text=f"{word} {KEY}"),)))[0].turns[0].text == f"{word} [secret]"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("between", ["=", ": ", ":", ":>", " = ", '="', "' => '", '"] = "', ':\\"'])
def test_a_key_is_dropped_where_its_name_stands_before_it(name, between):
    """As tools log it, also in quotes and escaped quotes."""
    text = f"GET /x failed, headers: {name}{between}"
    assert plain_text(f"{text}{KEY}, code 401") == f"{text}[secret], code 401"


@pytest.mark.parametrize("name", PASSWORDS)
def test_a_password_is_whatever_stands_behind_its_equals_sign(name):
    """Six characters are enough; the brackets and the full stop around it are not of it."""
    assert plain_text(f"login?user=anna&{name}=s3cr!t&x=1") == f"login?user=anna&{name}=[secret]&x=1"
    assert plain_text(f"Login(user=anna, {name}=hunter-two).") == f"Login(user=anna, {name}=[secret])."


@pytest.mark.parametrize("text", TEXT)
def test_ordinary_words_and_what_is_redacted_stay(text):
    """A name alone makes no credential, and a value alone neither."""
    assert plain_text(text) == text


def test_one_is_found_behind_another():
    """Two of a line, one whose name is the value of another, and one in a text of JSON."""
    assert plain_text(f"api_key={KEY} password=hunter22") == "api_key=[secret] password=[secret]"
    assert plain_text(f"x=api_key={KEY}") == "x=api_key=[secret]"
    assert plain_text(f'HTTP 401 {{"error": "bad api_key={KEY}"}}') == 'HTTP 401 {"error": "bad api_key=[secret]"}'


@pytest.mark.parametrize("text", [f"X-Api-Key: {KEY}", f"api_key={KEY}", "Authorization: Basic dXNlcjpwYXNz", "pwd=hunter22"])
def test_it_is_counted_once_wherever_it_stands(text):
    """In what was said, in an error, in metadata: one each."""
    call = a_call(turns=(a_turn(text="Hello."), a_turn(text=text)), errors=(text,), metadata={"log": [text, "x"]})
    plain, dropped = without_credentials(call)
    assert dropped == 3
    assert plain.turns[0] is call.turns[0]
    assert plain.turns[1].text == plain.errors[0] == plain.metadata["log"][0] == plain_text(text)
    assert drop_credentials([text]) == ([plain_text(text)], 1)


PIECES = [
    *NAMES,
    *PASSWORDS,
    *BASIC,
    KEY,
    "hunter22",
    "abc",
    "authorization",
    "Basic ",
    "TOKEN ",
    "Bearer ",
    "https://x.example/a",
    "[secret]",
]
PIECES += [":", "=", " ", ": ", "&", "?", '"', "'", "\\", "\n", "]", "}", ".", ",", "_", "-", "@", "é"]


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_twice_is_once(text):
    """What is redacted stays as it is, whatever stands around it."""
    once = plain_text(text)
    assert plain_text(once) == once


@given(st.lists(st.lists(st.sampled_from(PIECES), max_size=8).map("".join), max_size=6))
def test_the_quick_look_misses_nothing(texts):
    """Where it sees nothing in several texts together, neither of them has a credential, nor all of them as metadata."""
    together = credentials._may_hold("\n".join(texts))  # what is to be shown stands behind it
    assert together or [plain_text(text) for text in texts] == texts
    assert drop_credentials({"x": texts}) == credentials._dropped({"x": texts})
    call = a_call(turns=tuple(a_turn(text=text) for text in texts), metadata={"x": texts}, errors=tuple(texts))
    assert without_credentials(call) == credentials._without(call)


@pytest.mark.parametrize("place", ["agent", "version", "channel", "language", "intent", "end_reason", "recording_url"])
def test_no_field_of_a_call_is_passed_over(place):
    """An address that is signed, alone in a call that has no other credential."""
    plain, dropped = without_credentials(a_call(**{place: "https://x.example/a?token=s3cret"}))
    assert (getattr(plain, place), dropped) == ("https://x.example/a", 1)


@pytest.mark.parametrize(
    "text", ['{"to\u212aen": 1}', '{"acce\u017f\u017f_to\u212aen": 1}', '{"l\u0130sten_url": 1}', '{"s\u0131gnature": 1}']
)
def test_letters_that_expressions_take_for_others(text):
    """The sign for kelvin, a long s, an i with and without a dot: the name is read as it is meant."""
    assert plain_text(text) == "{}"


@given(
    st.text(max_size=30).filter(lambda text: not set(text) & set(":=")),
    st.sampled_from(NAMES),
    st.sampled_from(["=", ": ", ' = "']),
    st.from_regex(r"[A-Za-z0-9._~+/-]{6}[0-9][a-z][A-Za-z0-9._~+/=-]{3,60}[A-Za-z0-9]", fullmatch=True),
    st.text(max_size=30).filter(lambda text: not set(text) & set(":=")),
)
def test_nothing_but_the_value_changes(before, name, between, value, behind):
    """Word for word the same text, with "[secret]" where the value stood."""
    text = f"{before} {name}{between}{value}"
    assert plain_text(f"{text} {behind}") == f"{before} {name}{between}[secret] {behind}"


@pytest.mark.parametrize(
    "piece",
    ["=", "a=", "a1=", "token=", "token:", "api_key=abc1.", "authorization:Basic ", "authorization:Token ", "pwd=(", 'a:"'],
)
def test_a_long_hostile_text_takes_no_time(piece):
    """200 kB of separators, names and halves of credentials: no step over the text for each of them."""
    text = piece * (200_000 // len(piece))
    started = time.process_time()
    plain_text(text)
    assert time.process_time() - started < 5
