"""Words to digits: the quick look, the steps, and time on hostile text."""

from __future__ import annotations

import time

import pytest

from evalharness.grade.measured.spoken_words import PIECE, in_digits, number_words


def digits(text: str, language: str = "en") -> str | None:
    """The text in digits; None where the quick look finds no number."""
    words = number_words(text, language)
    return None if words is None else in_digits(text, language, words)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("two thirty", "2 30"),
        ("three hundred and forty dollars", "340 dollars"),
        ("the twenty-third of May", "the 23rd of May"),
        ("oh four one", "0 4 1"),
        ("it leaves at twelve oh five", "it leaves at 12 0 5"),
        ("double four seven", "44 7"),
        ("triple seven two", "777 2"),
        ("double oh seven", "00 7"),
        ("Zulu Kilo Three Foxtrot", "Z K 3 F"),
        ("B as in boy, seven", "B, 7"),
        ("H O dash five", "H O 5"),
        ("two and a half thousand", "2500"),
        ("one point two million", "1200000"),
        ("at 3 p.m. sharp", "at 3 pm sharp"),
        ("six a m", "6 am"),
        ("seven eighty\u2011one", "7 81"),
        ("eight o'clock", "8 o'clock"),
    ],
)
def test_what_words_become(text, expected):
    """Each step once."""
    assert digits(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("vierzehn Uhr dreißig", "14 Uhr 30"), ("fünfundneunzig Euro", "95 Euro"), ("am dreiundzwanzigsten Mai", "am 23. Mai")],
)
def test_german_words(text, expected):
    """Compounds too."""
    assert digits(text, "de") == expected


@pytest.mark.parametrize("text", ["", "Sure.", "One moment, please.", "First, your name.", "Which one?", "\ud800", "I will."])
def test_most_turns_are_passed_over(text):
    """Nothing is parsed where no number can be: "one" and "first" alone lead to none."""
    assert digits(text) is None


def test_a_number_is_not_cut_in_two():
    """A text is read in pieces of 60 words; here the 60th is "eighty"."""
    text = " ".join(["word"] * (PIECE - 1)) + " eighty one"
    assert digits(text).endswith("word 81")


def test_a_surrogate_is_read_over():
    """Half a character, as broken logs have it, is no error."""
    assert digits("\ud800 two thirty") == "? 2 30"


@pytest.mark.parametrize("word", ["one ", "one hundred and ", "Zulu ", "oh ", "double ", "1 ", "twenty-"])
def test_time_grows_with_the_length(word):
    """Ten times the text, at most 40 times the time; the library alone needs 100 times as much."""
    assert _seconds(word * 10_000) < 40 * _seconds(word * 1000) + 0.05


def _seconds(text: str) -> float:
    start = time.process_time()
    digits(text)
    return time.process_time() - start
