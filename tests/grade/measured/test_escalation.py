"""Escalation over all calls: who asked, what was needed by what can be measured, and how it was handed over."""

from __future__ import annotations

from typing import Any

import pytest

from evalharness.models.call import HANDOFF_NOT_IN_LOG, Call, Handoff
from evalharness.models.finding import CallFindings
from tests.grade.measured.audited import TO_A_HUMAN, found_in, places, said, shown, tool, using

ASK = "C Can I talk to a person?"
MATRIX = ("escalation_correct", "escalation_missed", "escalation_unneeded", "containment_correct")


def _handed(*lines: str, at: int = -1, **fields: Any) -> Call:
    """Handed to a human by a tool in turn `at` (the last one)."""
    call = said(*lines, handoff=fields.pop("handoff", TO_A_HUMAN), **fields)
    return using(call, at % len(call.turns), tool("transfer"))


def _matrix(found: CallFindings) -> list[float | None]:
    return [found.values.get(name) for name in MATRIX]


def test_a_request_honoured_at_once() -> None:
    """No reply between: 0 turns; needed and happened."""
    found = found_in(_handed("A Hello.", ASK, "A Connecting you."))
    assert places(found, "human_requests") == [((1,), "honoured")]
    assert (found.values["human_requests"], found.values["human_request_turns"]) == (1, 0)
    assert (found.values["human_requests_unmet"], _matrix(found)) == (0, [1, 0, 0, 0])
    assert (found.values["escalation_precision"], found.values["escalation_recall"]) == (1, 1)


@pytest.mark.parametrize(
    ("fields", "state", "unmet"),
    [
        ({}, "never", 1),
        ({"handoff": Handoff(status="failed")}, "failed", 1),
        ({"handoff": Handoff(status="failed"), "outcome": "follow_up"}, "follow_up", 0),
        ({"handoff": Handoff(destination="bot")}, "never", 1),  # from bot to bot is no escalation
    ],
)
def test_what_became_of_a_request(fields: dict[str, Any], state: str, unmet: float) -> None:
    """Missed in every one of these; how, is told."""
    found = found_in(said("A Hello.", ASK, "A What is it about?", "C My bill.", **fields))
    assert places(found, "human_requests") == [((1,), state)]
    assert places(found, "escalation_missed") == [((1,), state)]
    assert (found.values["human_requests_unmet"], _matrix(found)) == (unmet, [0, 1, 0, 0])
    assert "human_request_turns" not in found.values


def test_a_log_that_never_shows_handoffs_shows_no_missed_one() -> None:
    """Whether a human came is not known: needed, and neither missed nor unmet; with an outcome that says so it is."""
    lines = ("A Hello.", ASK, "A I am connecting you now.")
    found = found_in(said(*lines, inferred=("outcome", HANDOFF_NOT_IN_LOG)))
    assert (found.values["human_requests"], found.values["escalation_needed"]) == (1, 1)
    assert (places(found, "human_requests"), places(found, "escalation_needed")) == ([((1,), None)], [((1,), "request")])
    untold = {*MATRIX, "human_requests_unmet", "escalation_recall", "handoff_failed", "handoff_to_bot"}
    assert untold.isdisjoint(found.values)
    assert places(found, "escalation_missed") == []
    later = found_in(said(*lines, outcome="transferred", inferred=(HANDOFF_NOT_IN_LOG,)))
    assert _matrix(later) == [1, 0, 0, 0]
    assert _matrix(found_in(said(*lines))) == [0, 1, 0, 0]


def test_unneeded_says_what_it_means() -> None:
    """Nothing that the workspace counts as a need; a tool that had failed is named, for it may have been one."""
    call = _handed("A Hello.", "C My booking.", "A Let me look.", "C Yes.", "A I connect you.")
    (plain,) = shown(found_in(call), "escalation_unneeded")
    (failed,) = shown(found_in(using(call, 2, tool("find_booking", error=True))), "escalation_unneeded")
    assert plain.note == "nothing measurable made a human needed"
    assert failed.note == f"{plain.note}, though a tool had failed, which is no trigger here"


def test_a_request_taken_back_needs_nobody() -> None:
    """One request, then the caller lets the agent go on; a second request stands."""
    lines = ("A Hello.", ASK, "A I can help with that too.", "C Fine, tell me then.")
    found = found_in(said(*lines))
    assert (places(found, "human_requests"), _matrix(found)) == ([((1,), "withdrawn")], [0, 0, 0, 1])
    again = found_in(said(*lines, "A At six.", "C No. A human, please."))
    assert ([state for _, state in places(again, "human_requests")], _matrix(again)) == (["never", "never"], [0, 1, 0, 0])


def test_several_requests_where_the_policy_wants_several() -> None:
    """With `requests: 2` one is not enough; the second in turn 3 is the trigger."""
    once, twice = ("A Hello.", ASK, "A Why?"), ("A Hello.", ASK, "A Why?", "C Get me a human.")
    rules = {"escalation": {"requests": 2}}
    assert found_in(said(*once), **rules).values["escalation_needed"] == 0
    assert places(found_in(said(*twice), **rules), "escalation_needed") == [((3,), "request")]


def test_words_after_the_handing_over_do_not_count() -> None:
    """The caller asks the human for somebody else in turn 4: that is not the agent's."""
    call = using(said("A Hello.", ASK, "A Sure.", "H Petra.", "C Give me the manager.", handoff=TO_A_HUMAN), 2, tool("transfer"))
    assert found_in(call).values["human_requests"] == 1


@pytest.mark.parametrize(("replies", "is_late"), [(0, 0), (2, 0), (3, 1), (5, 1)])
def test_late_from_three_replies_on(replies: int, is_late: float) -> None:
    """Replies after which the caller had to speak again before the handing over."""
    between = [line for _ in range(replies) for line in ("A What else?", "C My invoice.")]
    found = found_in(_handed("A Hello.", ASK, *between, "A Connecting."))
    assert (found.values["handoff_late"], found.values["human_request_turns"]) == (is_late, replies)
    last = 2 + 2 * replies
    assert places(found, "handoff_late") == ([((1, last), None)] if is_late else [])


def test_without_a_place_nothing_is_late_or_in_time() -> None:
    """A handoff of which the log shows neither tool nor human nor time."""
    found = found_in(said("A Hello.", ASK, "A Sure.", handoff=TO_A_HUMAN))
    assert places(found, "human_requests") == [((1,), "honoured")]
    assert not {"handoff_late", "human_request_turns"} & set(found.values)


def test_handed_over_for_no_reason_that_can_be_measured() -> None:
    """Unneeded by what can be measured, not proven wrong: precision 0, no recall, nothing late."""
    found = found_in(_handed("A Hello.", "C I want to book.", "A I'll connect you."))
    assert (_matrix(found), found.values["escalation_precision"]) == ([0, 0, 1, 0], 0)
    assert not {"escalation_recall", "handoff_late"} & set(found.values)
    assert places(found, "escalation_unneeded") == [((2,), None)]


def test_every_trigger_can_make_a_human_needed() -> None:
    """Each with its turn; an intent has none."""
    call = said(
        "A Name?", "C He's unconscious!", "A Sorry, I didn't catch that.", "C HELP", "A Could you repeat that?", intent="legal"
    )
    call = using(call, 4, tool("look_up", error=True))
    every = {"escalation": {"triggers": ["emergency", "stuck", "tool_failed", "intent"], "intents": ["legal"]}}
    assert places(found_in(call, **every), "escalation_needed") == [
        ((1,), "emergency"),
        ((4,), "stuck"),
        ((4,), "tool_failed"),
        ((), "intent"),
    ]
    shipped = found_in(call)
    assert places(shipped, "escalation_needed") == [((1,), "emergency")]  # the others only where the owner says so
    assert (shipped.values["stuck_steps"], shipped.values["tool_failures"]) == (1, 1)


def test_of_a_language_without_words_nothing_is_told() -> None:
    """French: no request found is not "no request"; what the log itself shows still stands."""
    found = found_in(said("A Bonjour.", "C Un humain s'il vous plaît.", language="fr"))
    assert not {"human_requests", "emergency_words", "escalation_needed", *MATRIX} & set(found.values)
    assert found.values["handoff_failed"] == 0
    rules = {"escalation": {"triggers": ["intent"], "intents": ["legal"]}}
    known = found_in(said("A Bonjour.", "C Oui.", language="fr", intent="legal"), **rules)
    assert known.values["escalation_missed"] == 1


def test_a_call_without_words_has_no_figure() -> None:
    """Nobody spoke: nothing was looked for."""
    found = found_in(said("A  ", handoff=Handoff(status="failed")))
    assert not {"handoff_failed", *MATRIX} & set(found.values)


@pytest.mark.parametrize(
    ("handoff", "expected"),
    [
        (None, (0, 0, None)),
        (Handoff(kind="warm"), (0, 0, 1)),
        (Handoff(kind="blind"), (0, 0, 0)),
        (Handoff(), (0, 0, None)),  # the log does not say how
        (Handoff(kind="warm", status="failed"), (1, 0, None)),
        (Handoff(kind="warm", destination="bot"), (0, 1, None)),
        (Handoff(destination="bot", status="failed"), (0, 1, None)),  # no failed escalation: none was tried
    ],
)
def test_the_mechanics_are_the_logs(handoff: Handoff | None, expected: tuple[float | None, ...]) -> None:
    """(failed, to a bot, warm); a transfer from bot to bot is kept apart."""
    values = found_in(said("A Hello.", "C Hi.", handoff=handoff)).values
    assert tuple(values.get(f"handoff_{name}") for name in ("failed", "to_bot", "warm")) == expected


PARTS = ("summary", "who", "intent", "facts", "tried", "outcome", "reason")


@pytest.mark.parametrize(
    ("summary", "held"),
    [
        (None, (None,) * 7),  # the log does not say what was passed on
        ("  ", (0, *(None,) * 6)),
        ("Mia Li, invoice 4711: wants it corrected; I tried twice. Escalating because it is disputed.", (1,) * 7),
        ("Please take over.", (1, 0, 0, 0, 0, 0, 0)),
        ("Caller not identified: billing question", (1, 0, 1, 0, 0, 0, 0)),
        ("invoice 9999", (1, 0, 1, 0, 0, 0, 0)),  # a number that nobody said is no fact of the call
        ("Behrens has a question", (1, 1, 1, 0, 0, 0, 0)),  # half of the name that the caller gave
    ],
)
def test_what_a_summary_holds(summary: str | None, held: tuple[float | None, ...]) -> None:
    """Who, intent, facts, tried, desired outcome, reason: each by its own simple test."""
    call = _handed("A Hi.", "C Jo Behrens, invoice 4711.", "A Sure.", handoff=Handoff(context_summary=summary))
    found = found_in(call, escalation={"context": {"parts": list(PARTS[1:])}})
    assert tuple(found.values.get(f"handoff_{part}") for part in PARTS) == held
    assert not {"handoff_who", "handoff_outcome", "handoff_reason"} & set(found_in(call).values)  # off by default


def test_a_summary_of_a_failed_handoff_reached_nobody() -> None:
    """Nothing was passed on to a human."""
    failed = Handoff(status="failed", context_summary="Mia Li, invoice 4711")
    assert "handoff_summary" not in found_in(said("A Hi.", "C Hi.", handoff=failed)).values


def test_the_callers_words_are_in_no_note() -> None:
    """Findings carry turns and states of ours."""
    found = found_in(said("A Hi.", "C Operator! =SUM(A1) <script>", "A Why?", "C He can't breathe"))
    assert {one.note for one in found.findings} == {""}


@pytest.mark.parametrize(
    "words",
    [
        "Can I get a dentist appointment for tomorrow?", "Can I get a doctor for Friday?",
        "Can you transfer me to an earlier flight?",
        "Please connect me with flight 212.", "I'm trying to get into my account.", "I am drowning in paperwork.",
        "Do you have cover in case of a car crash in June?", "They keep threatening me with a lawyer.",
        "They passed out leaflets.",
    ],
)  # fmt: skip
def test_ordinary_wishes_make_no_human_needed(words: str) -> None:
    """Neither a request for a human nor an emergency: nothing is missed."""
    found = found_in(said("A Hello.", f"C {words}", "A Sure."))
    assert (found.values["human_requests"], found.values["emergency_words"], found.values["escalation_missed"]) == (0, 0, 0)


@pytest.mark.parametrize("words", ["Ich will nicht mehr so lange warten.", "Der Reifen hat keine Luft mehr."])
def test_ordinary_german_is_no_emergency(words: str) -> None:
    assert found_in(said("A Hallo.", f"C {words}", "A Gut.", language="de")).values["emergency_words"] == 0


@pytest.mark.parametrize(
    ("words", "emergency"),
    [
        ("I had a fall and now I can't breathe.", 1),
        ("The smoke alarm is going and my kitchen is on fire!", 1),
        ("I have a history of asthma and I can't breathe.", 1),
        ("I had a heart attack three years ago.", 0),
        ("My carbon monoxide detector needs a battery.", 0),
    ],
)
def test_only_what_stands_close_to_it_says_that_it_is_none(words: str, emergency: float) -> None:
    """A word elsewhere in the turn does not silence an emergency."""
    assert found_in(said("A Hello.", f"C {words}", "A Yes.")).values["emergency_words"] == emergency


@pytest.mark.parametrize(
    ("call", "matrix"),
    [
        (using(said("A Hi.", ASK, "A Sure."), 2, tool("transfer_to_human")), [1, 0, 0, 0]),
        (said("A Hi.", ASK, "A Sure.", "H Petra here."), [1, 0, 0, 0]),
        (said("A Hi.", ASK, "A Sure.", outcome="transferred"), [1, 0, 0, 0]),
        (using(said("A Hi.", ASK, "A No."), 2, tool("transfer_to_human", error=True)), [0, 1, 0, 0]),
        (using(said("A Hi.", ASK, "A No."), 2, tool("transfer_funds")), [0, 1, 0, 0]),
        (using(said("A Hi.", ASK, "A No."), 2, tool("wire_transfer")), [0, 1, 0, 0]),
        (using(said("A Hi.", ASK, "A No."), 2, tool("personToPersonTransfer")), [0, 1, 0, 0]),
        (using(said("A Hi.", ASK, "A No."), 2, tool("escalate_ticket")), [0, 1, 0, 0]),
    ],
)
def test_without_a_handoff_in_the_log_a_human_shows_otherwise(call: Call, matrix: list[float]) -> None:
    """By a tool that transfers the call and worked, a human's words, the outcome; not by a tool that transfers money."""
    assert _matrix(found_in(call)) == matrix


def test_what_moves_money_ends_nothing() -> None:
    """The transfer of funds in turn 0 is no handing over: the request after it is found, and its failure counted."""
    call = using(said("A Moved.", ASK, "A Connecting.", handoff=TO_A_HUMAN), 0, tool("transfer_funds", error=True))
    found = found_in(call)
    assert (found.values["human_requests"], found.values["tool_failures"]) == (1, 1)


def test_a_language_without_words_is_told_nothing_by_its_intent_alone() -> None:
    """Needed where the intent says so and unknown in every other call would make it needed in all that are known."""
    rules = {"escalation": {"intents": ["legal"]}}
    assert "escalation_needed" not in found_in(said("A Bonjour.", "C Oui.", language="fr", intent="legal"), **rules).values


def test_turns_until_honoured_count_from_the_first_request() -> None:
    """Asked in 1 and in 3, handed over in 4: the agent answered the first one otherwise once."""
    lines = ("A Hi.", "C I want to talk to a person.", "A What is it about?", "C Let me talk to a person!", "A Sure.", "H Petra.")
    found = found_in(using(said(*lines, handoff=TO_A_HUMAN), 4, tool("transfer")))
    assert (found.values["human_requests"], found.values["human_request_turns"]) == (2, 1)
