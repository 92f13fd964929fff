"""The four failures, and how each was handled."""

from __future__ import annotations

from typing import Any

import pytest

from evalharness.models.call import Call, Handoff
from tests.grade.measured.audited import TO_A_HUMAN, found_in, places, said, timed, tool, using

AUDIO = {"handlers": {"bad_audio": {"enabled": True}}}


def _slow(answer: str, start: float = 9.0, *more: tuple[str, float, float, str], **fields: Any) -> Call:
    """The caller until 2 s, the answer at `start`."""
    return timed(("C", 0, 2, "When are you open?"), *more, ("A", start, start + 2, answer), **fields)


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ("Sorry for the wait. A colleague will call you back.", "handled"),
        ("Sorry for the wait. At nine.", "partly"),
        ("I'll connect you.", "partly"),
        ("At nine.", "improvised"),
    ],
)
def test_a_slow_reply_is_spoken_of_and_a_person_offered(answer: str, state: str) -> None:
    """7 s of silence, above the cap of 4 s."""
    found = found_in(_slow(answer))
    assert places(found, "slow_replies") == [((0, 1), state)]
    assert (found.values["slow_replies"], found.values["slow_replies_handled"]) == (1, state == "handled")


@pytest.mark.parametrize(("start", "slow"), [(6.0, 0), (6.1, 1)])
def test_slow_is_longer_than_the_cap(start: float, slow: float) -> None:
    """Silence of exactly 4 s is not above 4 s; without a slow reply there is no share handled."""
    values = found_in(_slow("At nine.", start)).values
    assert (values["slow_replies"], "slow_replies_handled" in values) == (slow, bool(slow))


def test_the_cap_is_the_owners() -> None:
    """At 8 s a silence of 7 s is none."""
    assert found_in(_slow("At nine."), handlers={"slow_reply": {"cap_ms": 8000.0}}).values["slow_replies"] == 0


def test_a_caller_who_calls_out_waits_still() -> None:
    """ "Hello?" after 7 s: slow; who goes on with the matter, or had asked for a moment, was not kept waiting."""
    call_out = _slow("Yes. At nine.", 11.0, ("C", 9.0, 10.0, "Hello?"))
    assert places(found_in(call_out), "slow_replies") == [((0, 2), "improvised")]
    goes_on = _slow("At nine.", 11.0, ("C", 9.0, 10.0, "And on Friday?"))
    assert found_in(goes_on).values["slow_replies"] == 0
    moment = timed(("C", 0, 2, "One moment please."), ("A", 9, 10, "Sure."))
    assert found_in(moment).values["slow_replies"] == 0


def test_speech_over_the_silence_is_none() -> None:
    """The agent still speaks (1 to 8 s) while the caller asks (1 to 2 s): the silence begins at 8."""
    call = timed(("A", 0, 8, "We are open from nine."), ("C", 1, 2, "When?"), ("A", 9, 10, "At nine."))
    assert found_in(call).values["slow_replies"] == 0


def test_without_every_time_nothing_is_slow_or_quick() -> None:
    """One turn without times is enough."""
    assert "slow_replies" not in found_in(said("C When?", "A At nine.")).values


def _failing(*answers: str, name: str = "book", **fields: Any) -> Call:
    """The tool fails in turn 1."""
    lines = ["C Book it.", f"A {answers[0]}", *[line for answer in answers[1:] for line in ("C And?", f"A {answer}")]]
    return using(said(*lines, **fields), 1, tool(name, error=True, result="500"))


@pytest.mark.parametrize(
    ("answer", "logs", "state"),
    [
        ("The system is down. A colleague will call you back.", True, "handled"),
        ("The system is down. A colleague will call you back.", False, "partly"),
        ("The system is down.", False, "partly"),
        ("You're booked!", False, "improvised"),
    ],
)
def test_a_tool_failure_is_told_logged_and_escalated(answer: str, logs: bool, state: str) -> None:
    """All three; the log of it is a tool too."""
    call = _failing(answer)
    if logs:
        call = using(call, 1, tool("book", error=True), tool("create_ticket"))
    found = found_in(call)
    assert places(found, "tool_failures") == [((1,), state)]
    assert found.values["tool_failures_handled"] == (state == "handled")


def test_the_steps_are_the_owners() -> None:
    """Where telling is enough, telling is handling; told in the second turn after it counts, in the third not."""
    only = {"handlers": {"tool_failure": {"steps": ["told"]}}}
    assert places(found_in(_failing("One moment.", "It is down."), **only), "tool_failures") == [((1, 3), "handled")]
    late = found_in(_failing("One moment.", "Hm.", "It is down."), **only)
    assert places(late, "tool_failures") == [((1, 3), "improvised")]


def test_a_handing_over_is_an_escalation_even_if_it_fails() -> None:
    """Tried is tried; whether it worked is counted under handoffs."""
    call = _failing("One moment.", handoff=Handoff(status="failed"))
    call = using(call, 1, tool("book", error=True), tool("transfer", error=True))
    assert places(found_in(call), "tool_failures") == [((1,), "partly")]


def test_one_failure_of_a_tool_is_one_occurrence() -> None:
    """The same tool failing twice for the same caller; made good, it is none; unknown, nothing is told."""
    slot = {"slot": "10:00"}
    fails = tool("book", error=True, arguments=slot)
    twice = using(said("A One.", "C Yes.", "A Two."), 0, fails, fails)
    assert found_in(twice).values["tool_failures"] == 1
    assert found_in(using(twice, 2, tool("book", arguments=slot))).values["tool_failures"] == 0
    assert "tool_failures" not in found_in(using(twice, 2, tool("pay", error=None, result=None))).values
    assert "tool_failures" not in found_in(said("A Hi.", "C Hi.")).values


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ("Sorry, the line is bad. Could you repeat that?", "handled"),
        ("The line is bad. Which day?", "partly"),
        ("Could you repeat that?", "partly"),
        ("Which day?", "improvised"),
    ],
)
def test_bad_audio_is_noticed_and_mended(answer: str, state: str) -> None:
    """Two steps: say so, and ask to repeat or offer another way."""
    found = found_in(said("A Hello.", "C You're breaking up.", f"A {answer}"), **AUDIO)
    assert places(found, "bad_audio") == [((1, 2), state)]


def test_saying_it_again_mends_bad_audio() -> None:
    """ "name and date of birth" of turn 0, in other words: 3 of 5 words of substance."""
    found = found_in(
        said("A Your name and date of birth?", "C The line is bad, what?", "A Full name and your date of birth."), **AUDIO
    )
    assert places(found, "bad_audio") == [((1, 2), "partly")]


def test_the_agent_may_notice_first() -> None:
    """Noticed by the agent; the answer to a caller's complaint is not counted again."""
    found = found_in(said("A Hi.", "C Krrk.", "A I'm having trouble hearing you, please repeat that."), **AUDIO)
    assert places(found, "bad_audio") == [((2,), "handled")]


def test_nobody_at_the_end_answers() -> None:
    """The complaint is the last turn: improvised, shown by itself."""
    found = found_in(said("A Hi.", "C I can't hear you."), **AUDIO)
    assert places(found, "bad_audio") == [((1,), "improvised")]


def test_bad_audio_is_off_by_default() -> None:
    """Nothing is told of it until the owner switches it on."""
    call = said("A Hello.", "C You're breaking up.", "A Which day?")
    assert "bad_audio" not in found_in(call).values
    assert found_in(call, **AUDIO).values["bad_audio"] == 1


def _nobody(answer: str, result: str | None = "no match", name: str = "lookup_customer") -> Call:
    return using(said("C Jo Lee.", f"A {answer}"), 1, tool(name, result=result))


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ("I can't find you. Could you spell that?", "handled"),
        ("I can't find you. I'll connect you to a colleague.", "handled"),
        ("I can't find you.", "partly"),
        ("Hello Jo!", "improvised"),
    ],
)
def test_nobody_found_is_told_with_a_next_step(answer: str, state: str) -> None:
    """Where no words are agreed."""
    found = found_in(_nobody(answer))
    assert places(found, "account_not_found") == [((1,), state)]


def test_agreed_words_are_looked_for_near_enough() -> None:
    """With agreed words only these are handling; telling it otherwise is half."""
    rules = {"handlers": {"not_found": {"responses": ["I could not find your account, may I take your number"]}}}
    assert places(found_in(_nobody("I couldn't find your account. May I take your number?"), **rules), "account_not_found") == [
        ((1,), "handled")
    ]
    assert places(found_in(_nobody("I can't find you. Could you spell that?"), **rules), "account_not_found") == [
        ((1,), "partly")
    ]


@pytest.mark.parametrize(
    ("result", "name", "expected"),
    [
        ("no match", "find_parcel", None),  # no look-up of a person
        ("match 12; note: parcel not found", "lookup_customer", 0),  # the words are not at its beginning
        (None, "lookup_customer", None),
        ("", "lookup_customer", 0),
        ("Error: user not found", "get_user", 1),
    ],
)
def test_what_is_an_account_not_found(result: str | None, name: str, expected: float | None) -> None:
    """The tool's name says that it looks somebody up; its result begins with a no."""
    assert found_in(_nobody("Hm.", result, name)).values.get("account_not_found") == expected


def test_a_look_up_of_nobody_is_no_tool_failure() -> None:
    """Some tools report it as an error: it is one occurrence, of the other kind."""
    call = using(said("C Jo.", "A Hm."), 1, tool("get_user", error=True, result="Error: user not found"))
    values = found_in(call).values
    assert (values["account_not_found"], values["tool_failures"]) == (1, 0)


def test_after_the_handing_over_nothing_is_looked_at() -> None:
    """The human's line may be bad."""
    call = using(said("A Connecting.", "H Petra.", "C I can't hear you.", handoff=TO_A_HUMAN), 0, tool("transfer"))
    assert found_in(call, **AUDIO).values["bad_audio"] == 0


def test_of_a_language_without_words_nobody_says_that_it_was_not_handled() -> None:
    """French: the failure stands, and nothing of how it was handled."""
    call = said("A Bonjour.", "C Réservez.", "A Désolé, je vous passe un collègue.", language="fr")
    call = using(call, 2, tool("book", error=True))
    found = found_in(call)
    assert found.values["tool_failures"] == 1
    assert "tool_failures_handled" not in found.values
    assert places(found, "tool_failures") == [((2,), None)]
    assert not {"reprompts", "stuck_steps", "agent_repeats", "caller_repeats"} & set(found.values)


def test_a_log_tool_that_fails_logs_nothing() -> None:
    """Told in words; the ticket was not made."""
    only = {"handlers": {"tool_failure": {"steps": ["told", "logged"]}}}
    call = using(_failing("The system is down."), 1, tool("book", error=True), tool("create_ticket", error=True))
    assert places(found_in(call, **only), "tool_failures")[0][1] == "partly"
    made = using(_failing("The system is down."), 1, tool("book", error=True), tool("create_ticket"))
    assert places(found_in(made, **only), "tool_failures")[0][1] == "handled"


def test_a_call_of_which_only_the_transfer_is_in_the_log_has_no_failed_tool() -> None:
    """Of a transfer no result is kept; nothing else could have failed."""
    call = using(said("A One moment."), 0, tool("transfer", error=None, result=None))
    assert found_in(call).values["tool_failures"] == 0
