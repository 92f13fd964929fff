"""The agent asks the caller to say it again."""

from __future__ import annotations

import pytest

from tests.grade.measured.voicing import found, places, said


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("Sorry, I didn\u2019t catch that.", True),
        ("Could you repeat that, please?", True),
        ("COULD YOU REPEAT YOUR NAME?", True),
        ("Das habe ich leider nicht verstanden.", True),
        ("Wie bitte? Ich kann Sie kaum hören.", True),
        ("I can order your repeat prescription.", False),
        ("If you missed that one, the next leaves at five.", False),
        ("The system did not understand the format of the file.", False),
        ("Shall I repeat the number for you?", False),
        ("Soll ich die Dosis wiederholen?", False),
    ],
)
def test_what_asks(text, asks):
    call = said("a Hello.", "c Hi.", f"a {text}")
    assert found(call).values["reprompts"] == asks
    assert places(call, "reprompts") == [(2,)] * asks


def test_what_opens_the_call_and_what_the_caller_says_is_none():
    call = said("a If I didn't catch that, I will ask.", "c I didn't catch that.", "a Fine.")
    assert found(call).values["reprompts"] == 0


def test_the_words_are_a_setting_and_silence_has_no_figure():
    call = said("a Hallo.", "c Salut.", "a Pouvez-vous répéter, s'il vous plaît ?")
    assert found(call).values["reprompts"] == 0
    assert found(call, reprompts={"fr": ("pouvez vous répéter",)}).values["reprompts"] == 1
    assert "reprompts" not in found(said("c Hello?")).values
