"""Who says the same again."""

from __future__ import annotations

import pytest

from tests.grade.measured.voicing import found, places, said

ASK = "a Please tell me your eight digit account number."


def test_a_loop_and_its_repeats():
    """Four times the same: three repeats, one loop of four."""
    call = said(ASK, "c I don't have it.", ASK, "c Look at my address.", ASK, "c No.", ASK)
    values = found(call).values
    assert (values["agent_repeats"], values["agent_loops"]) == (3, 1)
    assert places(call, "agent_repeats") == [(0, 2), (2, 4), (4, 6)]
    assert places(call, "agent_loops") == [(0, 2, 4, 6)]


def test_twice_is_a_repeat_and_no_loop_unless_the_setting_says_so():
    call = said(ASK, "c I don't have it.", ASK)
    assert (found(call).values["agent_repeats"], found(call).values["agent_loops"]) == (1, 0)
    assert found(call, loop=2).values["agent_loops"] == 1


@pytest.mark.parametrize(
    ("first", "second", "repeats"),
    [
        ("a I can't find a parcel without the number.", "a Sorry, I can't find the parcel without a number.", 1),
        ("a I can offer Wednesday at nine with Julia.", "a I can offer Wednesday at eleven with Julia.", 0),
        ("a The balance of your gift card is low.", "a The balance of your bank card is low.", 0),  # a word replaced
        ("a Your reservation HAT12 cannot be changed.", "a Your reservation HAT13 cannot be changed.", 0),  # another code
        ("a Please enter or say your PIN.", "a Please enter or say your PIN.", 1),  # word for word
        ("a Is there anything else?", "a Is there anything else?", 0),  # a courtesy
        ("a Gibt es sonst noch etwas?", "a Gibt es sonst noch etwas?", 0),
        ("a Ohne Kundennummer geht das leider nicht.", "a Leider geht das ohne Kundennummer nicht.", 1),
        ("a Thank you.", "a Thank you.", 0),
    ],
)
def test_what_repeats(first, second, repeats):
    assert found(said(first, "c Hm, well.", second)).values["agent_repeats"] == repeats


@pytest.mark.parametrize("asks", ["Could you say that again?", "Pardon?", "Wie bitte?", "Your eight digit number?"])
def test_what_the_caller_asked_to_hear_again_repeats_nothing(asks):
    """Asked to repeat, or asked back in the agent's own words."""
    assert found(said(ASK, f"c {asks}", ASK)).values["agent_repeats"] == 0


def test_only_a_few_turns_back():
    """Three turns of the agent between, one more than `within` = 3 allows."""
    between = [f"a We have a {color} chair in the shop window." for color in ("red", "blue", "green")]
    assert found(said(ASK, *between, ASK)).values["agent_repeats"] == 0
    assert found(said(ASK, *between, ASK), within=4).values["agent_repeats"] == 1


@pytest.mark.parametrize(
    ("first", "second", "repeats"),
    [
        ("c My son Jonas is ill and cannot come.", "c I said my son Jonas is ill!", 1),
        ("c A large coffee and a bagel.", "c A small coffee and a bagel.", 0),  # corrected
        ("c It ends in four one two.", "c It ends in four one three.", 0),
        ("c Change of plan.", "c This one too: change of plan.", 0),  # of another one
        ("c I don't know.", "c I don't know.", 0),
        ("c Yes please.", "c Yes please.", 0),
        ("c Kilo seven four Tango.", "c Kilo seven four Tango!", 1),
    ],
)
def test_what_the_caller_has_to_say_again(first, second, repeats):
    call = said("a How can I help?", first, "a I see.", second)
    assert found(call).values["caller_repeats"] == repeats
    assert places(call, "caller_repeats") == [(1, 3)] * repeats


def test_who_said_nothing_has_no_figure():
    assert "caller_repeats" not in found(said(ASK)).values
    assert not {"agent_repeats", "agent_loops"} & found(said("c Hello?")).values.keys()


@pytest.mark.parametrize(
    "lines",
    [
        ("a We can offer the standard room with breakfast.", "c Hm.", "a We cannot offer the standard room with breakfast."),
        ("c I want to cancel my booking with breakfast.", "a Yes?", "c I do not want to cancel my booking with breakfast."),
    ],
)
def test_who_takes_it_back_repeats_nothing(lines):
    values = found(said(*lines)).values
    assert (values["agent_repeats"], values["caller_repeats"]) == (0, 0)
