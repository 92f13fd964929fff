"""The tables of words."""

import pytest

from evalharness.collect.privacy.words import COMPOUNDS, FREQUENT, GERMAN_YEARS, SPELLING, TENS, TIMES, WORDS, listed, words_of


@pytest.mark.parametrize(
    ("word", "digits"),
    [
        ("oh", "0"), ("nought", "0"), ("null", "0"), ("zwo", "2"), ("fuenf", "5"), ("nineteen", "19"), ("neunzehn", "19"),
        ("ninety", "90"), ("dreißig", "30"), ("dreissig", "30"), ("einundzwanzig", "21"), ("siebenundneunzig", "97"),
    ],
)  # fmt: skip
def test_number_words(word, digits):
    """Both languages, both spellings of ß and ü."""
    assert WORDS[word] == digits


def test_every_number_below_a_hundred_is_there():
    """English 0 to 20 and the tens, German 0 to 99 each in one word."""
    assert {int(WORDS[word]) for word in WORDS if word in COMPOUNDS} >= {n for n in range(21, 100) if n % 10}
    assert {int(digits) for digits in WORDS.values()} == set(range(100))
    assert sorted(int(digits) for digits in TENS.values()) == list(range(20, 100, 10))


@pytest.mark.parametrize(
    ("word", "year"),
    [
        ("neunzehnhundert", 1900), ("neunzehnhundertfünf", 1905), ("neunzehnhundertzweiundachtzig", 1982), ("zweitausend", 2000),
        ("zweitausendneun", 2009), ("zweitausendundneun", 2009), ("zweitausendvierundzwanzig", 2024),
    ],
)  # fmt: skip
def test_german_years(word, year):
    """In one word."""
    assert GERMAN_YEARS[word] == year


def test_words_that_are_too_common_start_no_search():
    """ "oh", "one" and "elf" stand in many clean turns."""
    assert FREQUENT.isdisjoint({"oh", "o", "one", "elf"})
    assert {"seven", "sieben", "zero"} <= FREQUENT


def test_letters_are_spelled_by_their_first():
    """NATO's and Germany's."""
    assert (SPELLING["kilo"], SPELLING["cäsar"], SPELLING["xray"], SPELLING["zeppelin"]) == ("k", "c", "x", "z")


def test_times_and_lists():
    """Twice, three and four times; a list is a set of words."""
    assert [TIMES[word] for word in ("double", "doppel", "triple", "treble", "quadruple")] == [2, 2, 3, 3, 4]
    assert listed("a b  a") == {"a", "b"}


@pytest.mark.parametrize(
    ("lower", "words"),
    [("it's a_b-2c, d\x1fe", ["it", "s", "a", "b", "2c", "d", "e"]), ("fünf_zwölf ٣", ["fünf", "zwölf", "٣"]), ("", [])],
)
def test_words_of(lower, words):
    """Every sign and the underscore is a gap, in ASCII and beyond."""
    assert words_of(lower) == words
