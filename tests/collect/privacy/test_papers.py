"""Secret codes and numbers of papers: by the word before them, or in the answer to a question for them."""

import pytest

from evalharness.collect.privacy.findings import ALL_CATEGORIES
from evalharness.collect.privacy.papers import find_papers
from evalharness.collect.privacy.redact import Redactor


def values(text: str, question: str = "") -> list[str]:
    """The normal forms of what is taken for such numbers."""
    return [one.value for one in find_papers(text, question)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("my PIN is 2468", ["2468"]),
        ("the pin's two four six eight, thanks", ["2468"]),
        ("the verification code you sent me is 550 173", ["550173"]),
        ("I got 550173 as the login code", ["550173"]),
        ("die TAN ist fünf fünf null eins", ["5501"]),
        ("passport number P 5 5 0 1 7 3 B", ["p550173b"]),
        ("it's passport P55017B3, and order 12345678", ["p55017b3"]),
        ("the license plate is 5KLM 017", ["5klm017"]),
        ("number plate kilo seven double two delta", ["k722d"]),
        ("mein Kennzeichen ist K-LM 5501", ["klm5501"]),
        ("Versichertennummer B550173246", ["b550173246"]),
    ],
)
def test_by_the_word_before(text, found):
    """Written and dictated forms have one normal form, without spaces, in small letters."""
    assert values(text) == found


@pytest.mark.parametrize(
    ("question", "text", "found"),
    [
        ("And your PIN, please?", "sure, nine nine oh two", ["9902"]),
        ("I have just sent you a code.", "it says 550 173", ["550173"]),
        ("Your passport number?", "it's P55017B3", ["p55017b3"]),
        ("pin", "2468", ["2468"]),
        ("passport_number", "P55017B3", ["p55017b3"]),
        ("Wie lautet die Versichertennummer?", "B fünf fünf null eins sieben drei zwo vier sechs", ["b550173246"]),
    ],
)
def test_by_the_question(question, text, found):
    """Also where the question is a key of JSON; nothing without it."""
    assert values(text, question) == found
    assert values(text) == []


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("", "your booking code is 550173"),
        ("", "the promo code we sent is 550173"),
        ("I sent you the discount code.", "550173 does not work"),
        ("", "pin the 2468 offers"),
        ("", "my passport is valid until 12/2031"),
        ("", "my PIN is 12"),
        ("", "two plates for 12 people at 1830"),
        ("May I see a passport?", "we are four and would like the large table near the 1830 window"),
    ],
)
def test_what_is_none(question, text):
    """Codes of bookings and vouchers, a code of two digits, dates, and long answers about something else."""
    assert values(text, question) == []


def test_they_are_accounts_of_the_default():
    """The whole of the number goes; the rest of the sentence stays."""
    said = Redactor(b"k" * 32, frozenset({"account"})).text("my PIN is 2468, thanks")
    assert said.startswith("my PIN is [account-")
    assert said.endswith("], thanks")
    assert Redactor(b"k" * 32, frozenset(ALL_CATEGORIES) - {"account"}).text("my PIN is 2468") == "my PIN is 2468"


def test_a_hostile_text_costs_little():
    """Many words that tell, and one long number, are read in a moment."""
    assert values("pin " * 5000) == []
    assert len(values("pin 1234 " * 2000)) == 2000
    assert values("passport " + "1 " * 20000) == []
