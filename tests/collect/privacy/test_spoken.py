"""Numbers and mail addresses as they are spoken."""

import pytest

from evalharness.collect.privacy.mail import find_mail
from evalharness.collect.privacy.spoken import find_spoken_numbers


def spoken(text: str, question: str = "") -> list[tuple[str, str, str]]:
    """(category, normal form, text) of every finding."""
    return [(one.category, one.value, text[one.start : one.end]) for one in find_spoken_numbers(text, question)]


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("five five five oh one two three", "5550123"),
        ("Five, five, five. Zero one two three!", "5550123"),
        ("five-five-five-oh-one-two-three", "5550123"),
        ("double five five oh one two three", "5550123"),
        ("triple five oh one double three", "5550133"),
        ("five five five uh oh one um two three", "5550123"),
        ("five five five dash oh one two three", "5550123"),
        ("four fifteen five five five oh one thirty two", "4155550132"),
        ("fifty five fifty five twelve one", "5555121"),
        ("five five five 0123", "5550123"),
        ("415 five five five 0123", "4155550123"),
        ("FIVE FIVE FIVE OH ONE TWO THREE", "5550123"),
    ],
)
def test_runs_of_digits(text, digits):
    """Units, tens and teens, doubles, figures among words, fillers between them; the finding ends with its last digit."""
    ((category, value, shown),) = spoken(text)
    assert (category, value) == ("phone", digits)
    assert shown == text.rstrip("!")


@pytest.mark.parametrize(
    "text",
    [
        "five five five oh one two",
        "one, two, three",
        "at nine o'clock, or ten, or eleven thirty",
        "two people and three dogs and four cats and five birds and six fish and seven ants",
        "order number five five five oh one two three",
        "five five five oh one two three dollars",
        "555 0123 4567 one",
        "",
    ],
)
def test_left_alone(text):
    """Six digits; counting with words between; what is called an order or an amount; figures with hardly a word."""
    assert spoken(text) == []


@pytest.mark.parametrize(
    ("text", "question", "category"),
    [
        ("nine oh two double three one eight seven", "Your member ID?", "account"),
        ("one two three four five six seven eight nine", "Your social security number?", "ssn"),
        ("four one one one one one one one one one one one one one one one", "", "card"),
        ("nine nine nine nine nine nine nine nine nine nine nine nine nine nine nine nine nine", "", "account"),
        ("five five five oh one two three", "Which order?", None),
    ],
)
def test_what_it_is(text, question, category):
    """By the question, by the check digit, by its length."""
    assert [kind for kind, _, _ in spoken(text, question)] == ([category] if category else [])


def test_two_numbers_in_one_turn():
    """A word between them ends the first."""
    text = "five five five oh one two three or five five five oh one two four"
    assert [value for _, value, _ in spoken(text)] == ["5550123", "5550124"]


@pytest.mark.parametrize(
    ("text", "mail"),
    [
        ("anna dot keller at example dot com", "anna.keller@example.com"),
        ("It's anna underscore k at mail dot example dot org, thanks", "anna_k@mail.example.org"),
        ("j o h n at gmail dot com", "john@gmail.com"),
        ("Anna at Example dot COM", "anna@example.com"),
        ("anna dash k at example dot com", "anna-k@example.com"),
    ],
)
def test_spoken_mail(text, mail):
    """Dots, dashes and letters one by one; the value is the address as written."""
    (one,) = find_mail(text)
    assert (one.category, one.value) == ("email", mail)


@pytest.mark.parametrize(
    "text",
    ["look at example dot com", "it is at example dot com", "meet me at noon", "a dot on the map at home", "Dot at reception"],
)
def test_no_mail(text):
    """Addresses of sites, and the words dot and at by themselves."""
    assert list(find_mail(text)) == []
