"""Phrases with gaps, and pairs of them."""

from __future__ import annotations

import time

import pytest

from evalharness.grade.measured.cues import Cues, cues, holds, pair_cues, plain_cues, spoken_in
from evalharness.grade.measured.voice_words import words_of


@pytest.mark.parametrize(
    ("phrase", "text", "there"),
    [
        ("chest pain", "I have chest pain!", True),
        ("chest pain", "My chest has no pain.", False),  # not one after the other
        ("can't breathe", "he can’t breathe", True),  # either apostrophe
        ("fire", "I got fired", False),  # whole words
        ("off ... list", "take me off your call list", True),  # two words between
        ("off ... list", "off a b c d list", False),  # four
        ("off ... list", "off list", True),
        ("", "anything", False),
        ("...", "anything", False),
    ],
)
def test_a_phrase_stands_among_the_words(phrase: str, text: str, there: bool) -> None:
    """Whole words in order, at most three words where the phrase has dots."""
    assert Cues([phrase]).within(words_of(text)) is there


def test_the_words_before_are_given() -> None:
    """Of "no i dont want to talk to a person", the phrase begins after five words."""
    found = Cues(["talk to a person"]).before(words_of("No, I don't want to talk to a person."))
    assert found == ("no", "i", "dont", "want", "to")
    assert Cues(["talk to a person"]).before(words_of("Hello.")) is None


def test_a_pair_needs_both_in_one_language() -> None:
    """An asking word of one list and, at most three words later, a human of the same language."""
    (english,) = pair_cues({"en": ("talk to",), "de": ("rede",)}, {"en": ("human",)})
    assert english.within(words_of("let me talk to a real live human"))
    assert not english.within(words_of("let me talk to you about a human"))
    assert not english.within(words_of("human, talk to"))


def test_the_same_list_is_made_ready_once() -> None:
    """By identity: an equal list elsewhere gives equal answers."""
    phrases = {"en": ("one two",)}
    assert cues(phrases) is cues(phrases)
    assert cues({"en": ("one two",)}).within(("one", "two"))
    listed = ("a b",)
    assert plain_cues(listed) is plain_cues(listed)


def test_a_language_without_a_list_tells_nothing() -> None:
    """Of a call in French, English lists say nothing; where the log names no language, all lists are tried."""
    lists = {"en": ("a",), "de": ("b",)}
    assert [spoken_in(language, lists) for language in (None, "en", "en-GB", "DE", "fr", "")] == [
        True, True, True, True, False, False,
    ]  # fmt: skip


def test_a_tool_is_told_by_a_part_of_its_name() -> None:
    """In whatever case."""
    assert holds("Transfer_Call", ("transfer",))
    assert not holds("book", ("transfer",))


def test_hostile_text_costs_no_more_than_its_length() -> None:
    """A hundred thousand words that nearly match: well under a second, ten times the words about ten times the time."""
    hunted = Cues(["off ... list", "take me off ... list"])

    def seconds(words: int) -> float:
        text = words_of("take me off your " * (words // 4) + "lis")
        began = time.process_time()
        assert not hunted.within((*text, "xlist"))
        return time.process_time() - began

    assert seconds(100_000) < 2.0
