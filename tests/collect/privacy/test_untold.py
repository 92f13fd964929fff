"""Words of unknown speakers in the metadata: an answer has its question there too."""

import pytest

from evalharness.collect.platforms.payload import UNTOLD
from evalharness.collect.privacy.redact_call import redact_call
from tests.collect.files import a_turn_row, redactor, the_call
from tests.collect.payloads import a_message, a_vapi_call, understood

ASKED = (
    ("What is your date of birth?", "It's the third of May eighty two"),
    ("And the last four digits of your card?", "four two one seven"),
    ("And your phone number please?", "five five five, oh one three"),
)


def _kept(text: str, **fields: object) -> str:
    return redact_call(the_call(turns=[], metadata={UNTOLD: text}, **fields), redactor()).metadata[UNTOLD]


def _as_turns(pairs=ASKED) -> list[str]:
    turns = [a_turn_row(who, words) for pair in pairs for who, words in zip(("agent", "caller"), pair, strict=True)]
    return [turn.text for turn in redact_call(the_call(turns=turns), redactor()).turns]


@pytest.mark.parametrize("role", ["customer", "guest 2", "user"])
@pytest.mark.parametrize("agent", ["agent", "Assistant", " bot"])
def test_answers_have_the_pseudonyms_of_turns(agent: str, role: str) -> None:
    """A date of birth, a piece of a card, a piece of a phone number that only the question tells; the lines stay."""
    lines = [f"{who}: {words}" for pair in ASKED for who, words in zip((agent, role), pair, strict=True)]
    plain = _as_turns()
    assert _kept("\n".join(lines)).split("\n") == [f"{who}: {words}" for who, words in zip((agent, role) * 3, plain, strict=True)]
    assert sum("[" in words for words in plain) == 3


def test_lines_without_a_role_and_of_unknown_roles_may_ask() -> None:
    """Whoever ends with a question mark; a question back does not close the one that is open."""
    assert "[dob-" in _kept("What is your date of birth?\nthe third of May eighty two")
    assert "[card-" in _kept("Speaker 0: And the last four digits of your card?\nSpeaker 1: four two one seven")
    assert "[phone-" in _kept("Speaker 0: And your phone number please, can I have it?\nSpeaker 1: five five five, oh one three")
    back = "agent: What is your date of birth?\nx: Why do you need to know that from me?\nx: the third of May eighty two"
    assert "[dob-" in _kept(back)


def test_what_no_reading_by_lines_finds_is_found_in_the_whole() -> None:
    """A number over the end of a line: each line stays one, and no figure is left."""
    kept = _kept("my card is 4111 1111\n1111 1111")
    assert (kept.count("\n"), "1111" in kept) == (1, False)


def test_a_line_of_a_turn_stands_as_in_the_turn() -> None:
    """Its question was asked of a known caller, and is not among the words of the unknown one."""
    roles = (("bot", "The last four of your card?"), ("user", "4217"), ("bot", "So 4217, right?"), ("helper", "Yes, he says."))
    said = [a_message(role, at, words) for at, (role, words) in enumerate(roles)]
    call = redact_call(understood("vapi", a_vapi_call(artifact={"messages": said})), redactor())
    assert call.metadata[UNTOLD] == f"agent: {call.turns[2].text}\nhelper: Yes, he says."
    assert "4217" not in call.model_dump_json()


def test_a_number_found_there_is_known_everywhere() -> None:
    """Said by somebody unknown; a result of a tool holds it, where nothing tells what it is."""
    tool = {"name": "find", "arguments": {"q": 1}, "result": "row 5550132"}
    call = the_call(
        turns=[a_turn_row("agent", "Hi.", tool_calls=[tool])],
        metadata={UNTOLD: "agent: Your account number?\nx: five five five oh one three two"},
    )
    kept = redact_call(call, redactor())
    assert "5550132" not in kept.turns[0].tool_calls[0].result
    assert "five" not in kept.metadata[UNTOLD]


def test_what_is_no_text_or_says_nothing_stays() -> None:
    """A list under that name is metadata as any other; words without numbers are as they were."""
    call = the_call(turns=[], metadata={UNTOLD: ["Hi."]})
    assert redact_call(call, redactor()).metadata == {UNTOLD: ["Hi."]}
    assert _kept("coach: Calm.\n\n  x") == "coach: Calm.\n\n  x"
