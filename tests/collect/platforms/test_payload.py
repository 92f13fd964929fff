"""What the platforms' files share: numbers, JSON in text and what says nothing, whatever the quick looks before them."""

import math

import pytest

from evalharness.collect.platforms.payload import from_json_text, present, seconds_as_ms, untold
from tests.collect.payloads import a_message, a_vapi_call, understood


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ('{"a": 1}', {"a": 1}), (" \r\n\t[1]", [1]), ("\ufeff{}", {}), ("-1.5", -1.5), ('"x"', "x"), ("null", None),
        ("true", True), ("false", False), ("3 slots", "3 slots"), ("not found", "not found"), ("Found", "Found"), ("", ""),
        (" ", " "), ('{"a": 1, "a": 2}', '{"a": 1, "a": 2}'), ("\u00a0{}", "\u00a0{}"), (None, None), ([1], [1]),
    ],
)  # fmt: skip
def test_json_in_text(value, said):
    """The value where the text is JSON as we take it; else the text as it is."""
    assert from_json_text(value) == said


@pytest.mark.parametrize(
    ("seconds", "ms"),
    [
        (6.92, 6920.0),
        (0.1234567, 123.457),
        (2, 2000.0),
        (-0.0005, -0.5),
        (True, None),
        ("1", None),
        (math.inf, None),
        (math.nan, None),
    ],
)
def test_seconds_as_milliseconds(seconds, ms):
    """Rounded to the microsecond where there is anything to round: .1234567 s = 123.4567 ms."""
    assert seconds_as_ms(seconds) == ms


def test_what_says_nothing():
    """None and what is empty; 0 and false are said."""
    values = {"a": None, "b": "", "c": [], "d": {}, "e": 0, "f": False, "g": 0.0, "h": " ", "i": [None]}
    assert present(values) == {"e": 0, "f": False, "g": 0.0, "h": " ", "i": [None]}


def test_vapi_keeps_the_words_of_somebody_unknown():
    """Beside the turns, as every platform does; a prompt is no speech."""
    said = [a_message("system", 0, "Be kind."), a_message("bot", 1), a_message("coach", 2, "Calm."), a_message("coach", 3, " ")]
    call = understood("vapi", a_vapi_call(artifact={"messages": said}))
    assert ([turn.text for turn in call.turns], call.metadata["transcript_not_tied_to_speakers"]) == (
        ["Words."],
        "agent: Words.\ncoach: Calm.",
    )
    assert "transcript_not_tied_to_speakers" in call.inferred


def test_words_of_somebody_unknown_decide_no_outcome():
    """A Vapi call in which only the agent spoke is the same with a note of somebody unknown and without it."""
    for reason in ("customer-ended-call", "silence-timed-out", "assistant-ended-call", "voicemail"):
        silent = [a_message("bot", 1)]
        calls = [
            understood("vapi", a_vapi_call(endedReason=reason, artifact={"messages": said}))
            for said in (silent, [*silent, a_message("note", 2, "handed to billing squad")])
        ]
        plain, noted = [(call.outcome, call.status, call.metadata.get("outcome_rule")) for call in calls]
        assert plain == noted


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ([("bot", "Born?", "agent"), ("x", "May", None), ("x", "82", None)], "agent: Born?\nx: May\nx: 82"),
        (
            [("bot", "Born?", "agent"), ("bot", "Take\ntime.", "agent"), ("x", "May", None)],
            "agent: Born?\nagent: Take time.\nx: May",
        ),
        (
            [("bot", "Hi.", "agent"), ("user", "Hm", "caller"), ("bot", "Born?", "agent"), ("x", "May", None)],
            "agent: Born?\nx: May",
        ),
        ([("bot", "Born?", "agent"), ("user", "Hm", "caller"), ("x", "May", None)], "agent: Born?\ncaller: Hm\nx: May"),
        ([("x", "May", None), ("bot", "Thanks.", "agent"), ("", "(music)", None)], "x: May\nagent: Thanks.\n(music)"),
        ([("bot", "Hi.", "agent"), ("user", "Hm", "caller")], None),
    ],
)
def test_words_of_somebody_unknown_stand_behind_their_question(said, kept):
    """What the agent said last and the caller since, once; a line each, whatever lines the words had."""
    assert untold(said) == kept
