"""Redaction of a text: what becomes a pseudonym, what stays, and what it costs."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalharness.collect.privacy.findings import ALL_CATEGORIES, luhn, phone_value
from evalharness.collect.privacy.redact import Redactor
from evalharness.collect.rows import CATEGORIES
from tests.collect.files import CASES, KEY, redactor

PHONE = "415-555-0132"


def cases(*, positive: bool) -> list[dict]:
    rows = [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines()]
    return [row for row in rows if (row["category"] is not None) == positive]


def test_recall_on_the_labelled_set():
    """At least 94 % of 72 made-up items are gone (measured: 68), and 92 % under the right name (67).

    The set was written with the rules, not drawn from calls: it guards against getting worse, it promises nothing.
    """
    items = cases(positive=True)
    masker = redactor()
    gone = named = 0
    for item in items:
        text = masker.text(item["text"], item.get("question", ""))
        hit = text != item["text"] and not any(part in text for part in item["gone"])
        gone += hit
        named += hit and set(masker.reset()) == {item["category"]}
    assert len(items) >= 60
    assert gone / len(items) >= 0.94
    assert named / len(items) >= 0.92


def test_false_alarms_on_the_labelled_set():
    """At most 1 of the 79 harmless texts is changed (measured: 0)."""
    items = cases(positive=False)
    masker = redactor()
    changed = [item["text"] for item in items if masker.text(item["text"], item.get("question", "")) != item["text"]]
    assert len(items) >= 60
    assert len(changed) <= 1, changed


def test_the_labelled_set_covers_every_category():
    """At least five items each."""
    names = [item["category"] for item in cases(positive=True)]
    assert {name: names.count(name) >= 5 for name in CATEGORIES} == dict.fromkeys(CATEGORIES, True)


def test_a_pseudonym_is_keyed_on_the_normal_form():
    """The same number in any dress gets the same pseudonym; under another key another one."""
    masker = redactor()
    dresses = [
        "+1 (415) 555-0132",
        "415.555.0132",
        "call me: 4155550132",
        "four one five five five five oh one three two",
        "1-415-555-0132",
    ]
    found = {masker.text(f"My number is {dress}.").split("[")[1] for dress in dresses}
    assert len(found) == 1
    assert next(iter(found)).startswith("phone-")
    assert Redactor(b"other", frozenset(CATEGORIES)).text(PHONE) != masker.text(PHONE)


def test_mail_and_birth_dates_have_a_normal_form_too():
    """Mail in lower case, spoken or not; dates as year, month, day."""
    masker = redactor()
    assert masker.text("Anna.K@Mail.com") == masker.text("anna dot k at mail dot com")
    dates = ["1990-04-05", "04/05/1990", "April 5th, 1990", "5 April 1990", "the 5th of April 1990"]
    assert len({masker.text(f"born {date}").split("[")[1] for date in dates}) == 1


def test_only_the_chosen_categories():
    """What is not configured stays; nothing configured changes nothing."""
    text = f"{PHONE} or anna@example.com"
    assert redactor("email").text(text).startswith(f"{PHONE} or [email-")
    assert Redactor(KEY, frozenset()).text(text) == text


def test_counts():
    """Two phones and a mail; reset gives them and starts again."""
    masker = redactor()
    masker.text(f"{PHONE}, 415-555-0199, anna@example.com")
    assert masker.reset() == {"phone": 2, "email": 1}
    assert masker.reset() == {}


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("What is your phone number?", "phone"),
        ("And your member ID?", "account"),
        ("Your social security number, please.", "ssn"),
        ("Which reservation number is it?", None),
        ("orderId", None),
        ("member_id", "account"),
    ],
)
def test_the_question_says_what_a_bare_number_is(question, kind):
    """123456780 alone could be anything."""
    masker = redactor()
    masker.text("It is 123456780.", question)
    assert list(masker.reset()) == ([kind] if kind else [])


def test_nearer_words_win():
    """The last telling word before the number counts: an order id stays, the phone number in the same sentence goes."""
    text = redactor().text("For order 48291034 my phone is 48291035, not order 48291036.")
    assert "48291034" in text
    assert "48291035" not in text
    assert "48291036" in text


def test_json_text_stays_json():
    """A bare number in JSON text becomes a quoted pseudonym, also in JSON inside of JSON."""
    text = '{"phone": 4155550132, "dob": "1990-04-05", "n": 1}'
    once = json.loads(redactor().text(text))
    assert (once["phone"][:7], once["dob"][:5], once["n"]) == ("[phone-", "[dob-", 1)
    twice = json.loads(json.loads(redactor().text(json.dumps(text))))
    assert twice == once


def test_redacting_again_changes_nothing():
    """Pseudonyms are not personal data."""
    masker = redactor()
    for item in cases(positive=True):
        once = masker.text(item["text"], item.get("question", ""))
        assert masker.text(once, item.get("question", "")) == once


def test_further_dates_in_one_breath():
    """After the date of birth only dates with a year of birth of most callers follow suit; a trip next year stays."""
    text = redactor().text("Born 1990-04-05 and 1982-10-19, flying 2026-05-20.")
    assert (text.count("[dob-"), text.endswith("flying 2026-05-20.")) == (2, True)


@pytest.mark.parametrize(
    ("caller", "same"),
    [
        ("+1 (415) 555-0132", "4155550132"),
        ("tel:+14155550132", "4155550132"),
        ("sip:+14155550132@sip.example.com", "4155550132"),
        ("0049 30 5550123", "+49305550123"),
        ("Anna@Example.com", "anna@example.com"),
        (" user_17 ", "USER_17"),
    ],
)
def test_a_caller_key_is_keyed_on_the_normal_form(caller, same):
    """One caller, one key, however the platform writes the number; 32 hexadecimal digits and never the number."""
    masker = redactor()
    key = masker.caller_key(caller)
    assert key == masker.caller_key(same)
    assert len(key) == 32
    assert int(key, 16) >= 0
    assert Redactor(b"other", frozenset()).caller_key(caller) != key


def test_withheld_numbers_are_no_caller():
    """Else all anonymous callers would be one person who calls again and again."""
    assert [redactor().caller_key(name) for name in ("anonymous", "Restricted", "", " unknown ", "+")] == [
        None,
        None,
        None,
        None,
        None,
    ]


def test_luhn():
    """The example of the standard: 7992739871 has the check digit 3."""
    assert [digit for digit in range(10) if luhn(f"7992739871{digit}")] == [3]


def test_phone_value():
    """00 and North America's 1 go; a German 0 stays."""
    assert [phone_value(digits) for digits in ("0049305550123", "14155550132", "01715550123")] == [
        "49305550123",
        "4155550132",
        "01715550123",
    ]


HOSTILE = [
    "1.", "1", "1-", "1 ", "5 55 555-", "a@", "a.", "at a dot com ", "born ", "born 1 may ", "five ", "DE89 ", "+1 (", "0 ",
    "[card 123-", "oh oh.",
    "card 4", "(", "1,", "j o h n ", " dot ", '"phone": 1', "12/", "+", "twenty ", "double ",
]  # fmt: skip

NAMED = [
    "A ", "Anna ", "my name is ", "K-E ", "flat 3, ", "1 Elm ", "Oak Street ", "straße ", "A-", "zip 1", 'name": "a', "Frau ",
    "Thanks ", "hundred ", "at x dot ", "one two, no ", "am ersten ", "N as in ", 'street": "', "and ", "x wie y ", "A'",
]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_no_expression_backtracks(piece):
    """1 MB takes at most four times 250 kB and a little: the cost grows with the length. Digits and dots stay below 1 s."""
    masker = redactor()

    def cost(size: int) -> float:
        text = (piece * (size // len(piece) + 1))[:size]
        start = time.process_time()
        masker.text(text)
        return time.process_time() - start

    small, large = (min(cost(size) for _ in range(2)) for size in (250_000, 1_000_000))
    assert large < 8 * small + 0.2
    assert large < (1 if piece in ("1.", "1", "1-", ".") else 6)


@pytest.mark.parametrize("piece", [*HOSTILE, *NAMED])
def test_no_expression_for_names_backtracks(piece):
    """Names and addresses on, and everything asked for: 40 kB take at most 8 times what 10 kB take, and a little."""
    masker = redactor(*ALL_CATEGORIES)
    question = "Your name, your phone number, your address and your date of birth, please?"

    def cost(size: int) -> float:
        text = (piece * (size // len(piece) + 1))[:size]
        start = time.process_time()
        masker.find(text, question)
        return time.process_time() - start

    small, large = (min(cost(size) for _ in range(2)) for size in (10_000, 40_000))
    assert large < 8 * small + 0.2
    assert large < 2


@given(st.text(max_size=300), st.text(max_size=40))
def test_any_text_is_redacted_without_an_error(text, question):
    """Whatever stands between the findings stays as it is."""
    masker = redactor()
    redacted = masker.text(text, question)
    if not masker.reset():
        assert redacted == text


@given(st.text(alphabet="0123456789 -.()+/,abc@\"':{}", max_size=60))
def test_short_numbers_stay(text):
    """Fewer than seven digits in the whole text: no number is replaced (dates of birth and mail apart)."""
    if sum(sign.isdecimal() for sign in text) < 7:
        assert redactor("card", "account", "phone", "ssn").text(text) == text


@pytest.mark.parametrize("sign", ["\u00a0", "\u2009", "\u200b", "\u2011", "\u2013", "\u202f", "\u2060", "\u2212", "\u3000"])
def test_other_spaces_and_hyphens_between_digits(sign):
    """A number is the same one with them; nothing beside it moves."""
    masker = redactor()
    assert masker.text(f"ä{sign}call 415{sign}555{sign}0132{sign}é") == f"ä{sign}call {masker.text(PHONE)}{sign}é"
    assert masker.text(f"4111{sign}1111{sign}1111{sign}1111") == masker.text("4111111111111111")


def test_looking_again_does_not_backtrack():
    """A name is known; 40 kB of capitals and hyphens take at most 8 times what 10 kB take, and a little."""
    masker = redactor(*ALL_CATEGORIES)
    masker.text("My name is Anna Keller.")

    def cost(size: int) -> float:
        start = time.process_time()
        masker.again("Aa-" * (size // 3))
        return time.process_time() - start

    assert cost(40_000) < 8 * cost(10_000) + 0.2
    assert masker.again("Anna-Keller, Keller").endswith(masker.text("my name is Anna Keller")[11:])
