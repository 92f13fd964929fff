"""The quick look: it rules out what no finder would take, and nothing else."""

from __future__ import annotations

import random

import pytest

from evalharness.collect.privacy.findings import Finding, has_figure
from evalharness.collect.privacy.looks import may_be_personal
from evalharness.collect.privacy.words import listed
from tests.collect.files import redactor

QUESTIONS = (
    "",
    "Your phone number, please?",
    "What is your date of birth?",
    "And the last two digits of your social security number?",
    "What's your national insurance number?",
    "Your passport number, please?",
    "Could you give me the code that we sent to you?",
    "Your IBAN, please?",
)
WORDS = sorted(
    listed("one two eleven twenty may second double hundred i a b k oscar the is my of uh no 5 12 8:30 3rd AB passport pin")
)


def found(text: str) -> list[Finding]:
    """What the finders give for the text after any of the questions, without a look before."""
    masker = redactor()
    return [one for question in QUESTIONS for one in masker.find(text, question)]


ORDINARY = (
    "I have 16:30 on Wednesday or half an hour later on the day after. Would either of those work?",
    "This call may be recorded for training, so that everybody here learns something from it.",
    "No, the other one, the appointment that I made with the doctor two weeks ago.",
    "Please bring all papers along whenever you come back here to visit that doctor at 9.",
)


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_turns(text):
    """A time or a word or two for a number in a long text: nothing to find, whatever was asked, and no look is taken."""
    assert found(text) == []
    assert not may_be_personal(text)


@pytest.mark.parametrize(
    "text",
    [
        "eleven",
        "uh it's twelve",
        "sure thanks danke bitte well lautet thanks twelve",
        "May",
        "I was born on the second of May, and everybody in my whole family always remembers that day well",
        "My passport, which was made in Germany many years before that journey, reads ABC 12",
        "ABC 12",
    ],
)
def test_an_answer_is_looked_at(text):
    """The same few signs alone, or where the text itself says what they are."""
    assert may_be_personal(text)


@pytest.mark.parametrize(
    "word",
    [
        *sorted(
            listed(
                "pin otp geheimzahl einmal number account code cvv social insurance sozial steuer routing blz "
                "bankleitzahl aba vorwahl digits landline passport ausweis licence plate kennzeichen registration versicherung "
                "führerschein"
            )
        ),
        *("die tan", "it from ends", "id card", "identity"),
    ],
)
def test_a_word_that_tells(word):
    """Ordinary as the turn is, with this one word in it, it is looked at: the word says what its number may be."""
    assert may_be_personal(f"{ORDINARY[2]} {word}")


@pytest.mark.parametrize(
    "word",
    sorted(
        listed(
            "double triple treble quadruple doppel dreifach hundred thousand plus dot punkt point period "
            "gmail gmx yahoo outlook icloud hotmail"
        )
    ),
)
def test_a_word_that_is_surely_of_a_number(word):
    """Such a word beside another sign ("two") is looked at, however much else the turn says."""
    assert may_be_personal(f"{ORDINARY[2]} {word}")


def test_not_asked_is_no_answer():
    """A short text is an answer only where something may have been asked."""
    assert may_be_personal("https://x.example/v/3-mono.wav")
    assert not may_be_personal("https://x.example/v/3-mono.wav", asked=False)


def test_what_is_ruled_out_holds_nothing():
    """Ordinary turns with pieces of numbers put in: where the look says no, no finder takes anything after any question."""
    rng, ruled = random.Random(5), 0
    for _ in range(1500):
        words = rng.choice(ORDINARY).split()
        for _ in range(rng.randint(1, 3)):
            words.insert(rng.randint(0, len(words)), rng.choice(WORDS))
        text = " ".join(words[rng.randint(0, 4) :])
        if not may_be_personal(text):
            ruled += 1
            assert found(text) == [], text
    assert 200 < ruled < 1300


@pytest.mark.parametrize(("text", "has"), [("a 7", True), ("٣", True), ("ü 7", True), ("ü", False), ("²", False), ("", False)])
def test_has_figure(text, has):
    """A decimal digit of any script is one, a raised two is none."""
    assert has_figure(text) == has


def test_words_that_each_end_a_sentence_are_words():
    """A number written down with a stop behind every digit is one, as it is with commas."""
    for text in ("Five. Five. Five. Oh. One. Two. Three.", "Five, five, five, oh, one, two, three."):
        assert may_be_personal(text)


def test_a_bare_answer_has_four_other_words_at_most():
    """One number among four longer words may be an answer where something was asked; among five it is none."""
    assert may_be_personal("people always wonder whether seven")
    assert not may_be_personal("people always wonder whether horses seven")
    assert not may_be_personal("people always wonder whether seven", asked=False)


def test_signs_of_other_scripts_change_nothing():
    """A letter outside of ASCII takes the other way through the look: it says the same."""
    for text in (*ORDINARY, "eleven", "May", f"{ORDINARY[2]} code", f"{ORDINARY[2]} 3, 4", "Five-five-five", "so ist das"):
        assert may_be_personal(text) == may_be_personal(f"{text} é")
