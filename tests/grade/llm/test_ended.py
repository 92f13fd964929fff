"""The end of a job: grades for a job that asks for them, a probe for any other, the event that is kept with them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from evalharness.grade.llm.decide import Verdicts
from evalharness.grade.llm.ended import about_of, end_of
from evalharness.grade.llm.work import Brief, Job, Judge, Sending, planned
from evalharness.models.grade import Evidence, NotApplicable, Scored, Ungraded
from evalharness.models.probe import Probe, ProbeAnswer, Role
from evalharness.store.llm import LlmEvent
from tests.builders import POLICY, WEEK, a_rubric
from tests.grade.llm.building import CALL, asked, good, said

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
JUDGE = Judge("claude-haiku-5-5", "low", "https://api.anthropic.com")
BRIEF = Brief(JUDGE, POLICY, "Books.", a_rubric().digests())
ASKED = asked("correctness", "greeted")
EVENTS = (
    LlmEvent(7, "sent", 1, details={"asked": ["correctness", "greeted"]}),
    LlmEvent(7, "received", 1, good(), {"input_tokens": 10, "output_tokens": 5}, 0.5),
    LlmEvent(7, "sent", 2, details={"asked": ["greeted"]}),
    LlmEvent(7, "received", 2, good(), {"input_tokens": 10, "output_tokens": 5}, 0.25),
)
VERDICTS: Verdicts = {"correctness": said("4"), "greeted": "unverified"}


def a_job(role: Role = "grade", repeat: int = 0) -> Job:
    """The ordinary call, asked two questions."""
    return Job(planned(WEEK, CALL, ASKED, BRIEF, Sending("seed", role, repeat)), CALL, ASKED, BRIEF)


def test_a_job_for_grades_brings_grades() -> None:
    """One with a value, one without, at half of 0.5 + 0.25 each; the event says which has none."""
    end = end_of(a_job(), EVENTS, VERDICTS, NOW)
    assert [type(grade) for grade in end.grades] == [Scored, Ungraded]
    assert [grade.cost_usd for grade in end.grades] == [0.375, 0.375]
    assert end.probe is None
    assert (end.event.state, end.event.attempt, end.event.details) == ("unverified", 2, {"ungraded": {"greeted": "unverified"}})


def test_a_job_that_two_models_answered_is_neither_ones() -> None:
    """The first reply of one model, the second of another: both stand in the version; a name said twice stands once."""
    second = LlmEvent(7, "received", 2, good().replace("claude-haiku-5-5", "claude-other-1"), None, 0.25)
    assert about_of(a_job(), EVENTS, NOW).grader.version == "claude-haiku-5-5"
    assert about_of(a_job(), (*EVENTS[:3], second), NOW).grader.version == "claude-haiku-5-5 + claude-other-1"


@pytest.mark.parametrize("role", ["repeat", "mask", "gold", "canary", "beside", "bridge"])
def test_any_other_job_brings_a_probe_and_no_grade(role: Role) -> None:
    """Its answers, judge, digests and cost, as the event keeps them."""
    end = end_of(a_job(role, 3), EVENTS, VERDICTS, NOW)
    assert end.grades == []
    assert end.probe is not None
    assert (end.probe.role, end.probe.repeat, end.probe.week, end.probe.cost_usd) == (role, 3, WEEK, 0.75)
    assert end.probe.answers == (
        ProbeAnswer(criterion="correctness", value=4),
        ProbeAnswer(criterion="greeted", reason="unverified"),
    )
    assert Probe.model_validate(end.event.details["probe"], strict=False) == end.probe
    assert end.probe.judge.prompt_digest == JUDGE.asking()


def test_not_applicable_and_open_answers_of_a_probe() -> None:
    """N/A has neither value nor reason; "cannot tell" is the transcript's fault."""
    verdicts: Verdicts = {"correctness": said("N/A"), "greeted": said("cannot tell")}
    probe = end_of(a_job("gold"), EVENTS, verdicts, NOW).probe
    assert probe is not None
    assert [(answer.value, answer.reason) for answer in probe.answers] == [(None, None), (None, "transcript")]
    assert isinstance(end_of(a_job(), EVENTS, verdicts, NOW).grades[0], NotApplicable)


def test_a_reason_in_the_event_makes_it_a_failure() -> None:
    """No reply at all: failed, with no model, no cost and no attempt."""
    end = end_of(a_job(), (), {"correctness": "api", "greeted": "api"}, NOW, {"reason": "api"})
    assert (end.event.state, end.event.attempt, end.event.details["reason"]) == ("failed", 0, "api")
    assert {(grade.cost_usd, grade.grader.version) for grade in end.grades} == {(None, None)}


def test_a_reply_of_unknown_cost_makes_the_cost_unknown() -> None:
    """Never 0 for what nobody knows."""
    assert about_of(a_job(), EVENTS, NOW).cost_usd == 0.75
    assert about_of(a_job(), (*EVENTS, LlmEvent(7, "received", 3, "<html>")), NOW).cost_usd is None


def test_evidence_is_kept_with_the_grade() -> None:
    """As the judge gave it."""
    grades = end_of(a_job(), EVENTS, {"correctness": said("4", (2, "Friday")), "greeted": said("yes")}, NOW).grades
    assert grades[0].evidence == (Evidence(turn=2, quote="Friday"),)
