"""What cannot be seen is written out, nothing is deleted; a quote is compared without case and white space, nothing else."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalharness.grade.llm.visible import comparable, hidden_count, is_hidden, visible


@pytest.mark.parametrize(
    ("hidden", "shown"),
    [
        ("\u200b", "200B"), ("\u202e", "202E"), ("\u2066", "2066"), ("\ufeff", "FEFF"), ("\ufe0f", "FE0F"), ("\u00ad", "00AD"),
        ("\U000e0041", "E0041"), ("\U000e0100", "E0100"), ("\x00", "0000"), ("\x1b", "001B"), ("\x85", "0085"),
        ("\u3164", "3164"),
        ("\u034f", "034F"), ("\ud800", "D800"), ("\ue000", "E000"), ("\uffff", "FFFF"), ("\u2028", "2028"), ("\u180e", "180E"),
    ],
)  # fmt: skip
def test_hidden_characters_are_written_out(hidden: str, shown: str) -> None:
    """Zero width, bidirectional marks, tags, selectors, controls, blank letters, lone surrogates, private use."""
    assert visible(f"a{hidden}b") == f"a\\u{{{shown}}}b"
    assert hidden_count(f"a{hidden}b{hidden}") == 2


@pytest.mark.parametrize(
    "text", ["Grüß Gott, 10:30 – ja?", "你好，我要改预约", "Привет", "مرحبا", "cost: 5 €\n\tnext", "🙂 fine", ""]
)
def test_what_can_be_seen_stays(text: str) -> None:
    """Letters of every script, emoji, line ends and tabs."""
    assert visible(text) == text
    assert hidden_count(text) == 0


def test_nfc() -> None:
    """e and a combining accent become one letter."""
    assert visible("cafe\u0301") == "café"


@given(st.text(st.characters()))
def test_nothing_hidden_is_left_and_twice_is_once(text: str) -> None:
    """For any text: no hidden character stands in the result, it is UTF-8, and doing it again changes nothing."""
    shown = visible(text)
    assert not any(map(is_hidden, shown))
    assert visible(shown) == shown
    shown.encode()


@given(st.text(max_size=40), st.sampled_from([str.upper, str.lower, str.title]))
def test_case_and_white_space_do_not_matter(text: str, change: object) -> None:
    """A quote with other spaces or in decomposed form is the same quote."""
    spaced = "  " + text.replace(" ", " \n\t ") + " "
    assert comparable(spaced) == comparable(text)
    assert comparable(unicodedata.normalize("NFD", text)) == comparable(unicodedata.normalize("NFC", text))


@pytest.mark.parametrize(
    ("one", "other"),
    [("ten is free", "ten, is free"), ("naïve", "naive"), ("don't", "don’t"), ("a-b", "a–b"), ("a\u200bb", "ab"), ("２", "2")],
)
def test_everything_else_matters(one: str, other: str) -> None:
    """Punctuation, accents, typographic marks, hidden and full-width characters are not forgiven."""
    assert comparable(one) != comparable(other)


def test_case_folds() -> None:
    """STRASSE is Straße, FRIDAY is Friday."""
    assert comparable("STRASSE") == comparable("Straße")
    assert comparable("FRIDAY at Ten") == comparable("friday AT ten")


@pytest.mark.parametrize("written", ["AÇIK İSTANBUL", "açık istanbul", "açık i\u0307stanbul", "Açık İstanbul"])
def test_the_turkish_i(written: str) -> None:
    """Dotted or not is case: upper() makes I of ı, and a Turkish writer makes i of İ."""
    assert comparable(written) == comparable("açık İstanbul")
