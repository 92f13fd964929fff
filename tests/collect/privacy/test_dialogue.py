"""Answers over several turns: what is asked stays open, and the pieces of a number are one number."""

import re
import time

import pytest

from evalharness.collect.privacy.dialogue import find_in_turns
from evalharness.collect.privacy.redact_call import redact_call
from tests.collect.files import a_turn_row, redactor, the_call

ALL = ("card", "account", "phone", "email", "dob", "ssn", "name", "address")


def kept(*turns: str, categories: tuple[str, ...] = ()) -> list[str]:
    """The texts as they are stored; turns are "agent: ..." or "caller: ..."."""
    rows = [a_turn_row(*turn.split(": ", 1)) for turn in turns]
    return [turn.text for turn in redact_call(the_call(turns=rows), redactor(*categories)).turns]


def pseudonyms(*turns: str, categories: tuple[str, ...] = ()) -> list[str]:
    """All pseudonyms in the order in which they are stored."""
    return re.findall(r"\[[^\]]+\]", " ".join(kept(*turns, categories=categories)))


def test_a_number_in_pieces_is_one_number():
    """Three pieces, the piece that the agent repeats, and the whole read back: the same pseudonym, the pieces marked."""
    found = pseudonyms(
        "agent: Your phone number, please?",
        "caller: four one five",
        "agent: four one five, go on",
        "caller: five five five",
        "agent: mm hm",
        "caller: oh one three two",
        "agent: So that's 415-555-0132?",
    )
    whole = found[-1]
    assert re.fullmatch(r"\[phone-[0-9a-f]{4}\]", whole)
    assert found == [whole.replace("]", " part]")] * 4 + [whole]


def test_last_four_digits_are_known_from_the_whole_number():
    """Said before or after, spoken or in figures; four digits of another number are another."""
    (whole, part) = pseudonyms(
        "caller: My number is 415-555-0132.", "agent: And the last four digits of your phone?", "caller: oh one three two"
    )
    assert part == whole.replace("]", " part]")
    (part, whole) = pseudonyms("agent: The last four digits of your phone?", "caller: 0132", "caller: My number is 415-555-0132.")
    assert part == whole.replace("]", " part]")
    (whole, part) = pseudonyms(
        "caller: My number is 415-555-0132.", "agent: And the last four digits of your phone?", "caller: oh one three three"
    )
    assert part != whole.replace("]", " part]")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("four one five five five five, no wait, five five six, zero one three two", "4155560132"),
        ("four one four, sorry, four one five, five five five, oh one three two", "4155550132"),
        ("four, no, four one five five five five oh one three two", "4155550132"),
        ("null eins sieben eins, nein Moment, null eins sieben zwo, fünf fünf fünf drei", "01725553"),
    ],
)
def test_a_corrected_number_is_the_number_meant(said, meant):
    """The digits after the correction stand in the place of as many before it: the number read back has the same pseudonym."""
    (told, read) = pseudonyms(f"caller: my phone number is {said}", f"agent: I have the phone number {meant}.")
    assert told == read


def test_the_same_number_with_and_without_the_country():
    """0171... and +49171... are one number within a call."""
    (one, other) = pseudonyms("caller: Meine Nummer ist 0171 5550 1234.", "agent: Ich rufe +49 171 5550 1234 an.")
    assert one == other


def test_a_new_question_ends_the_old_one():
    """Four digits after "how many" are no part of a phone number."""
    texts = kept(
        "agent: Your phone number, please?",
        "caller: 415-555-0132",
        "agent: And how many copies do you need this time around, roughly?",
        "caller: twenty five twenty",
    )
    assert texts[3] == "twenty five twenty"
    assert texts[1].startswith("[phone-")


@pytest.mark.parametrize(
    "question", ["What is the order number?", "Which flight?", "Wie lautet die Bestellnummer?", "How can I help?"]
)
def test_answers_to_other_questions_stay(question):
    """An order number in pieces, as it was said."""
    turns = (f"agent: {question}", "caller: four four one", "agent: yes", "caller: nine two two")
    assert kept(*turns) == ["four four one" if i == 1 else turn.split(": ", 1)[1] for i, turn in enumerate(turns)]


def test_a_number_goes_on_without_a_question():
    """Who begins to dictate a number goes on with it after "mm hm"."""
    found = pseudonyms("caller: my number is oh one six three two", "agent: mm hm", "caller: nine six oh two one four")
    assert len(found) == 2
    assert len(set(found)) == 1


def test_a_date_of_birth_in_pieces():
    """Month, day and year, each in a turn: the pseudonym of the date as written, each marked as a part."""
    found = pseudonyms(
        "agent: Month, day and year of birth?",
        "caller: april",
        "agent: yes",
        "caller: the sixteenth",
        "agent: and the year",
        "caller: nineteen seventy six",
        "agent: So born on 1976-04-16.",
    )
    assert found == [found[-1].replace("]", " part]")] * 3 + [found[-1]]


def test_a_name_is_known_throughout_the_call():
    """Told once, it is replaced in answers, in tool calls and where only a part of it is said; other words stay."""
    tool = {"name": "find", "arguments": {"who": "Keller, Anna"}}
    turns = [
        a_turn_row("caller", "My name is Anna Keller."),
        a_turn_row("agent", "Let me look for Anna in the list.", tool_calls=[tool]),
        a_turn_row("agent", "Ms. Keller, Mark my words."),
    ]
    call = redact_call(the_call(turns=turns), redactor(*ALL))
    (one, other, third) = (turn.text for turn in call.turns)
    mask = one.removeprefix("My name is ").removesuffix(".")
    assert (other, third) == (f"Let me look for {mask} in the list.", f"{mask}, Mark my words.")
    assert call.turns[1].tool_calls[0].arguments == {"who": f"{mask}, {mask}"}


def test_many_numbers_cost_little():
    """5,000 turns with a number each: every number is looked up among the first of them only."""
    turns = [(True, f"my number is 415-555-{number:04d}") for number in range(5000)]
    masker = redactor()
    start = time.process_time()
    found = find_in_turns(turns, masker.find, masker.may_find)
    assert time.process_time() - start < 6
    assert sum(map(len, found)) == 5000
