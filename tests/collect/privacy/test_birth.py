"""Dates of birth: found by the words around them, brought into one form."""

import pytest

from evalharness.collect.privacy.birth import asks_for_birth, find_births


def births(text: str, *, asked: bool = False) -> list[tuple[str, str]]:
    """(normal form, text) of every finding."""
    return [(one.value, text[one.start : one.end]) for one in find_births(text, asked=asked)]


@pytest.mark.parametrize(
    ("date", "value"),
    [
        ("1990-04-05", "19900405"),
        ("04/05/1990", "19900405"),
        ("4/5/90", "19900405"),
        ("04.05.1990", "19900504"),
        ("April 5, 1990", "19900405"),
        ("april the 5th 1990", "19900405"),
        ("5 April 1990", "19900405"),
        ("5th of Apr 1990", "19900405"),
        ("Sept. 12, 1988", "19880912"),
        ("19900405", "19900405"),
        ("May third", "may third"),
        ("the third of May nineteen eighty two", "19820503"),
        ("May the twenty-first, two thousand and one", "20010521"),
    ],
)
def test_forms_of_a_date(date, value):
    """In figures and in words; month first unless a dot says otherwise; what is incomplete keeps its words."""
    ((found, shown),) = births(f"I was born {date}.")
    assert found == value
    assert date.endswith(shown)


@pytest.mark.parametrize(
    "text",
    [
        "my flight is on 1990-04-05",
        "April 5, 1990 was a Thursday",
        "born in Berlin, and some sixty characters further on we speak of 1990-04-05",
        "He was a newborn. born again",
        "stubborn on 1990-04-05",
        "1990-04-05, and on that day my sister was born",
    ],
)
def test_dates_that_are_left_alone(text):
    """No word for it, too far behind it, or before it."""
    assert births(text) == []


def test_the_question_counts():
    """The answer to it may come after a few words."""
    assert births("Sure, that's 1990-04-05.", asked=True) == [("19900405", "1990-04-05")]
    assert births("Sure.", asked=True) == []


def test_several_people():
    """Each word for it opens a new answer; further dates count only with a year of birth."""
    text = "Anna, born 1990-04-05, Ben, DOB 2019-01-02 and 1961-02-03; both fly 2026-05-20"
    assert [value for value, _ in births(text)] == ["19900405", "20190102", "19610203"]


@pytest.mark.parametrize(
    "text", ["your date of birth?", "Birthdate", "dateOfBirth date_of_birth", "DOB:", "d.o.b.", "when were you born", "birthday"]
)
def test_words_for_it(text):
    """In speech, forms and keys."""
    assert asks_for_birth(text)


@pytest.mark.parametrize("text", ["stubborn", "doberman", "the date of your booking", ""])
def test_words_that_are_not(text):
    """Parts of other words."""
    assert not asks_for_birth(text)
