"""What the log says against a judge's answer, row by row."""

from __future__ import annotations

import pytest

from evalharness.grade.llm.facts import conflicts
from evalharness.models.call import Call, Turn
from evalharness.models.grade import Grader
from tests.builders import a_call, a_handoff
from tests.builders import a_turn as turn_of
from tests.grade.llm.test_mask import grade

HANDED = a_call(handoff=a_handoff(), outcome="transferred")
FAILED = a_call(handoff=a_handoff(status="failed"), outcome="unresolved")
TO_BOT = a_call(handoff=a_handoff(destination="bot"))
BROKEN = a_call(status="error", outcome="failed_technical")
GIVEN_UP = a_call(outcome="abandoned", status="abandoned")
PLAIN = a_call()
OTHER = a_call(id="c9", handoff=a_handoff(), outcome="transferred")
"""Another call of the same source: its log notes handovers."""


def tooled(*errors: bool | None) -> Call:
    """A call with a tool call a value."""
    tools = tuple({"name": "book", "error": error} for error in errors)
    turn = Turn.model_validate({**turn_of("agent", "Sure.").model_dump(), "tool_calls": tools})
    return a_call([("caller", "Hi."), turn])


@pytest.mark.parametrize(
    ("call", "criterion", "answer", "why"),
    [
        (HANDED, "outcome", "resolved", "the log shows that the call was handed to a human"),
        (BROKEN, "outcome", "resolved", "the log shows a technical failure"),
        (GIVEN_UP, "outcome", "resolved", "the log shows that the caller gave up"),
        (PLAIN, "outcome", "resolved", None),
        (HANDED, "outcome", "transferred", None),
        (FAILED, "outcome", "transferred", "the log shows that the handing over failed"),
        (TO_BOT, "outcome", "transferred", "the log shows a handing over to a bot"),
        (PLAIN, "outcome", "transferred", "the log shows no handing over"),
        (HANDED, "outcome", "unresolved", None),
        (HANDED, "missed_escalation", "yes", "the log shows that the call was handed to a human"),
        (HANDED, "missed_escalation", "no", None),
        (FAILED, "missed_escalation", "yes", None),
        (BROKEN, "technical_fault", "no", "the log shows a technical failure"),
        (BROKEN, "technical_fault", "yes", None),
        (PLAIN, "technical_fault", "yes", None),
        (FAILED, "handed_over", "yes", "the log shows that the handing over failed"),
        (HANDED, "handed_over", "no", "the log shows that the call was handed to a human"),
        (PLAIN, "handed_over", "no", None),
        (tooled(True, False), "tool_errors", "no", "the log shows 1 failed tool call"),
        (tooled(True, True), "tool_errors", "no", "the log shows 2 failed tool calls"),
        (tooled(False), "tool_errors", "yes", "the log shows that every tool call succeeded"),
        (tooled(False, None), "tool_errors", "yes", None),
        (tooled(), "tool_errors", "yes", None),
        (BROKEN, "tone", 5, None),
        (BROKEN, "my_outcome", "resolved", None),
    ],
)
def test_the_table(call, criterion, answer, why):
    """None: the log says nothing against it."""
    found = conflicts([grade(answer, criterion=criterion)], [call, OTHER])
    assert [one.why for one in found] == ([] if why is None else [why])
    assert [one.key for one in found] == [("demo", "c1", criterion)] * len(found)


def test_a_log_that_never_notes_a_handover_does_not_deny_one():
    """Silence is no fact."""
    assert conflicts([grade("transferred", criterion="outcome")], [PLAIN]) == ()


def test_people_are_not_held_against_the_log_and_unknown_calls_have_none():
    """Only a judge's values; only calls at hand."""
    human = grade("resolved", criterion="outcome", grader=Grader(kind="human", name="Anna"))
    assert conflicts([human, grade(None, criterion="outcome")], [BROKEN]) == ()
    assert conflicts([grade("resolved", criterion="outcome")], []) == ()
