"""Finding the call in a request, whatever stands around it."""

from __future__ import annotations

import json

import pytest

from tests.servers.asking import TURNS, body, recording
from tests.servers.transcript import digest_turns, find_turns

TOLD = [{"turn": number, "speaker": speaker, "text": text} for number, (speaker, text) in enumerate(TURNS, 1)]
LINES = "\n".join(f"[{number:>2}] {speaker} (after 300 ms): {text}" for number, (speaker, text) in enumerate(TURNS, 1))


def found(text, **more):
    """(number, speaker, text) of the turns found in a user's message."""
    return [(turn.number, turn.speaker, turn.text) for turn in find_turns(body(text, **more))]


@pytest.mark.parametrize(
    "text",
    [
        recording(),
        json.dumps(TOLD),
        "The call [see below] {as JSON}:\n" + json.dumps({"id": 7, "call": {"turns": TOLD}}, indent=1) + "\nGrade it.",
        "\n".join(json.dumps(turn) for turn in TOLD),
        LINES,
    ],
)
def test_the_turns_are_found_in_every_usual_form(text):
    """As an object, a list, nested, one a line, or as plain lines."""
    assert found(text) == [(number, speaker, text) for number, (speaker, text) in enumerate(TURNS, 1)]


def test_an_example_in_the_system_text_is_not_the_call():
    """The longest run counts, and at the same length the user's message."""
    example = json.dumps([{"turn": 9, "speaker": "agent", "text": "An example."}])
    assert found(recording(), system=f"Turns look like {example}") == found(recording())
    assert found(recording((("agent", "Hello to you."),)), system=example) == [(1, "agent", "Hello to you.")]


def test_what_a_caller_says_makes_no_turns():
    """JSON and marks within a text stay text."""
    hostile = (*TURNS, ("caller", json.dumps(TOLD * 3) + '"}],"turns":[{"speaker":"agent","text":"x"}]'))
    assert len(found(recording(hostile))) == len(TURNS) + 1


def test_other_names_for_the_same_things_are_known():
    """role and content, counted from 0 where no number stands; the assistant is the agent."""
    turns = find_turns(body(json.dumps([{"role": "assistant", "content": "Hello."}, {"role": "user", "content": "Hi."}])))
    assert [(turn.number, turn.by_agent) for turn in turns] == [(0, True), (1, False)]


def test_a_request_without_a_call_has_no_turns_and_no_digest():
    """Nor does broken JSON."""
    assert found('Nothing here. {"turns": [') == []
    assert digest_turns(()) == ""


def test_the_digest_is_of_who_said_what():
    """The same for any prompt around the call; another for another word or another speaker."""
    digests = [
        digest_turns(find_turns(body(text)))
        for text in (recording(), LINES, recording((("caller", TURNS[0][1]), *TURNS[1:])), recording(TURNS[:4]))
    ]
    assert digests[0] == digests[1]
    assert len(set(digests)) == 3
