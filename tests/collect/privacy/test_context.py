"""What the words around a number say it is."""

import pytest

from evalharness.collect.privacy.context import Context, answered_kind, context_of, last_kind, piece_kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("my phone number is", "phone"),
        ("meine Handynummer ist", "phone"),
        ("rufen Sie mich zurück unter", "phone"),
        ("the card number is", "card"),
        ("die Kreditkarte", "card"),
        ("the security code", "card"),
        ("my social is", "ssn"),
        ("meine Steuer-ID", "ssn"),
        ("the sort code", "account"),
        ("Bankleitzahl", "account"),
        ("order number", "other"),
        ("Bestellnummer", "other"),
        ("Zimmer", "other"),
        ("the zip code", "other"),
        ("PNR is", "other"),
        ("hello there", ""),
        ("", ""),
    ],
)
def test_the_word_that_tells(text, kind):
    """In both languages; ids, rooms and prices are "other"."""
    assert last_kind(text) == kind


def test_the_last_word_wins():
    """Near the end or far from it, the last telling word counts."""
    assert last_kind("my phone and the order") == "other"
    assert last_kind("the order and my phone") == "phone"
    assert last_kind("my phone is the one that I gave you the other day when we spoke of this and that and much else") == "phone"
    assert last_kind("order phone " + "so " * 60) == "phone"


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("What's your phone number?", "phone"),
        ("Your card number please.", "card"),
        ("Und die Kontonummer?", "account"),
        ("What are the last four digits of your social security number?", "ssn"),
        ("I sent a text to your phone.", ""),
        ("What is the order number?", ""),
        ("How are you?", ""),
        ("", ""),
    ],
)
def test_what_is_asked_for(question, kind):
    """A number is asked for only where something is asked."""
    assert answered_kind(question) == kind


@pytest.mark.parametrize(
    ("before", "kind"),
    [
        ("sort code ", "account"),
        ("the security code is ", "card"),
        ("my social is ", "ssn"),
        ("my number is ", "phone"),
        ("the area code ", "phone"),
        ("die vorwahl ", "phone"),
        ("credit card ending in ", ""),
        ("order number ", ""),
        ("table number ", ""),
        ("", ""),
    ],
)
def test_short_numbers_need_telling_words(before, kind):
    """A word like "card" alone is not enough for three digits; the last four that an agent reads out stay."""
    assert piece_kind(before) == kind


def test_where_the_text_is_silent_the_question_counts():
    """What is said near comes first, then the question; a unit behind it makes it an amount."""
    assert context_of("it is 5550123", 6, 13, "Your phone number?") == Context("phone", near=False)
    assert context_of("order 5550123", 6, 13, "Your phone number?") == Context("other", near=True)
    assert context_of("it is 5550123 Euro", 6, 13, "Your phone number?") == Context("other", near=True)
    assert context_of("es sind 25 Leute", 8, 10, "") == Context("other", near=True)
