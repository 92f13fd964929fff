"""The box in words, from the golden week."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from evalharness.models.summary import GraderCount, Population
from evalharness.report import words
from tests.builders import an_action
from tests.report.rich import a_picked
from tests.report.trends import a_sign_off
from tests.report.weeks import ANNA, BEN, a_week_summary


def _said(label, **fields):
    return [line.text for line in words.box(a_week_summary(**fields)) if line.label == label]


def test_the_box_says_who_when_how_many_and_the_verdict_in_this_order():
    """Agent, week, calls, sample, readers, verdict, checks by verdict, changes, what to do."""
    labels = list(dict.fromkeys(line.label for line in words.box(a_week_summary())))
    assert labels == [
        "Agent", "Week", "Calls", "Sample", "Read by", "Verdict",
        "Missed", "Not proven", "Not measured", "Met", "Changed", "To do",
    ]  # fmt: skip


def test_the_first_lines_of_the_golden_week():
    """Population: 152 = 4 out of scope + 3 technical + 139 judged + 6 unseen, so 148 in scope."""
    assert _said("Agent") == [f"Front Desk (owner: {ANNA})"]
    assert _said("Week") == ["2026-W47, Monday 16 to Sunday 22 November 2026 (Europe/Berlin)"]
    (calls,) = _said("Calls")
    assert calls == (
        "152 calls in the week, 148 in scope: figures of the log count these, or as many as have the data; judged ones the 139 "
        "with a transcript that did not fail technically (3 did). The sample is drawn from all 143 with a transcript."
    )
    assert _said("Sample") == [
        "35 of 143 calls drawn, 35 graded. 2 calls arrived after the draw: counted in the week, not in the sample."
    ]
    assert _said("Read by") == [f"{ANNA} read 12 of 20 calls; {BEN} read 35 of 35 calls; measured in the log: 35 calls."]
    assert _said("Verdict") == [
        "NOT GOOD ENOUGH. At least one check of the bar is missed. Switched off by the owner: correctness."
    ]
    assert _said("Changed") == ["2026-11-18 10:00 prompt v12 (prompt)"]


def test_every_check_stands_once_under_its_verdict():
    """Two met, one missed, two not proven, two not measured."""
    counts = [len(_said(label)) for label in ("Met", "Missed", "Not proven", "Not measured")]
    assert counts == [2, 1, 2, 2]
    assert _said("Not proven")[1].startswith("Clear failures: none of 35 graded calls failed, the rate may still be up to 9.8 %")


@pytest.mark.parametrize(
    ("verdict", "leaning", "text"),
    [
        ("good enough", "", "GOOD ENOUGH. Every check of the bar is met."),
        (
            "not proven yet",
            "nothing against it",
            "NOT PROVEN YET, nothing against it. No check is missed, but this week's data cannot show that every check is met.",
        ),
    ],
)
def test_the_verdict_in_a_sentence(verdict, leaning, text):
    """Verdict, leaning, and what it rests on."""
    assert _said("Verdict", verdict=verdict, leaning=leaning, switched_off=()) == [text]


@pytest.mark.parametrize(
    ("week", "dates"),
    [
        ("2026-W47", "Monday 16 to Sunday 22 November 2026"),
        ("2026-W40", "Monday 28 September to Sunday 4 October 2026"),
        ("2026-W53", "Monday 28 December 2026 to Sunday 3 January 2027"),
    ],
)
def test_the_dates_of_a_week(week, dates):
    """Month and year are said twice only where they differ."""
    assert words.week_dates(week) == dates


def test_instants_are_told_by_the_workspaces_clock():
    """1 January 2027 23:30 UTC is the next day in Berlin."""
    assert words.local(datetime(2027, 1, 1, 23, 30, tzinfo=UTC), "Europe/Berlin") == "2027-01-02 00:30"


def test_nobody_read_and_nothing_drawn_are_said():
    """No zero stands for "not yet"."""
    unread = (
        GraderCount(name=ANNA, kind="human", calls=0, grades=0, asked=20),
        GraderCount(name="log", kind="measured", calls=1, grades=1),
    )
    (said,) = _said("Read by", graders=unread)
    assert said == f"Nobody has read a call yet; {ANNA} read 0 of 20 calls; measured in the log: 1 call."
    assert _said("Sample", design=None) == ["No sample is drawn yet."]
    assert _said("To do", next_steps=()) == ["Nothing is due for this week."]
    assert _said("To do", next_steps=("draw the sample",)) == ["Draw the sample"]


def test_a_signed_week_says_with_how_many_open_actions():
    """Two were open when it was signed; one of them alone is one action. An unsigned week lists them and says no more."""
    two = (an_action(), an_action(id="A-2026-W47-2"))
    said = _said("To do", next_steps=(), signed=a_sign_off(), actions=two)
    assert said == ["Signed with 2 actions open; where they stand now: evalharness action list"]
    assert _said("To do", next_steps=(), signed=a_sign_off(), actions=two[:1])[0].startswith("Signed with 1 action open;")
    assert _said("To do", next_steps=(), actions=two) == ["Nothing is due for this week."]


def test_drawn_calls_and_the_rest_of_the_week_are_two_counts():
    """35 of the drawn ones and 110 more; one that graded nothing but calls outside the draw is named as well."""
    judge = GraderCount(name="claude", kind="llm", calls=35, grades=400, beyond=110)
    assert "claude (LLM) graded 35 drawn calls and 110 more of the week." in _said("Read by", graders=(judge,))[0]
    assert "graded 0 drawn calls and 2 more" in _said("Read by", graders=(judge.model_copy(update={"calls": 0, "beyond": 2}),))[0]


def test_the_two_meanings_of_a_missed_escalation_have_two_names():
    """The rubric's check is narrower than what the policy says of any need."""
    assert words.KIND_WORDS["missed_escalation"] == "needed, not handed off"


def test_a_redraw_and_a_judge_are_named():
    """The reason of a redraw stands in the sample's line; an LLM is called one."""
    assert "Drawn again: two agents were mixed." in _said("Sample", redraw_reason="two agents were mixed.")[0]
    judge = GraderCount(name="claude", kind="llm", calls=35, grades=35)
    assert _said("Read by", graders=(judge,)) == ["Nobody has read a call yet; claude (LLM) graded 35 calls."]


def test_a_week_of_one_call():
    """One call is no "1 calls"."""
    one = Population(calls=1, out_of_scope=0, technical=0, judged=1, unseen=0, gradable=1, without_transcript=0)
    assert _said("Calls", population=one)[0].startswith("1 call in the week, 1 in scope: ")


@pytest.mark.parametrize(
    ("kind", "reason", "told"),
    [
        ("clear_failure", "clear failure: confusion, privacy", ("clear failure", "confusion, privacy")),
        ("automatic_fail", "graded as a fail of the call: tone", ("fail of the call", "tone")),
        ("slow", "slow replies: 99 of 100 within 4078 ms", ("slow replies", "99 of 100 within 4078 ms")),
        ("slow", "the agent left the caller without an answer", ("slow replies", "the agent left the caller without an answer")),
        ("low_score", "low score: 41.5 of 100", ("low score", "41.5 of 100")),
        ("disagreement", "people differ on tone: waits", ("graders disagree", "people differ on tone: waits")),
        ("clear_failure", "picked by hand: clear failure: privacy", ("clear failure", "picked by hand: clear failure: privacy")),
    ],
)
def test_why_a_call_is_to_be_heard_is_said_once(kind, reason, told):
    """The kind of a reason is not said a second time; what else the reason begins with stays."""
    call = a_week_summary().to_hear[0].model_copy(update={"kind": kind, "reason": reason})
    assert words.why_heard(call) == told


def test_how_a_call_is_named():
    """A drawn call by its number and id, a found one by its id."""
    first, *_, last = a_week_summary().to_hear
    assert words.call_name(first) == "#5 call-005-9f3a"
    assert words.call_name(last) == "call-777-aaaa"


def test_picked_calls_are_said_apart_from_the_sample():
    """Two of them, in no figure; none, and nothing is said."""
    assert (
        "35 graded. 2 calls picked by hand, in no figure. 2 calls arrived"
        in _said("Sample", picked=(a_picked(), a_picked(37)))[0]
    )
    assert "picked" not in _said("Sample")[0]
