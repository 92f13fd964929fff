"""Failures the LLM saw outside the draw: listed for a person, in no rate."""

from __future__ import annotations

from evalharness.aggregate.found import found_cases
from evalharness.models.grade import Evidence
from evalharness.models.trust import judge_name
from tests.aggregate.histories import JUDGE
from tests.builders import a_grade, a_rubric, not_applicable, ungraded

RUBRIC = a_rubric()
DRAWN = {("demo", "c1")}


def flagged(call_id: str, criterion: str = "wrong_information", value: str = "yes", **fields):
    """A grade of the judge."""
    return a_grade(value, criterion, call_id, **{"grader": JUDGE, **fields})


def test_a_failure_outside_the_draw_is_a_found_case() -> None:
    """c2 with its evidence; c1 is drawn, c3 has none, c4 no grade."""
    quote = (Evidence(turn=2, quote="It is free."),)
    grades = [
        flagged("c1"), flagged("c2", rationale="It costs.", evidence=quote), flagged("c3", value="no"),
        ungraded("refused", "wrong_information", "c4", grader=JUDGE), not_applicable("wrong_information", "c5", grader=JUDGE),
    ]  # fmt: skip
    (found,) = found_cases(RUBRIC, DRAWN, grades)
    assert (found.source, found.call_id, found.judge) == ("demo", "c2", judge_name(JUDGE))
    assert (found.checks, found.rationale, found.evidence) == (("wrong_information",), "It costs.", quote)


def test_those_with_more_failures_come_first() -> None:
    """c3 with two, then c2 with one."""
    grades = [flagged("c2"), flagged("c3", "unsafe_speech"), flagged("c3")]
    assert [(one.call_id, one.checks) for one in found_cases(RUBRIC, DRAWN, grades)] == [
        ("c3", ("wrong_information", "unsafe_speech")),
        ("c2", ("wrong_information",)),
    ]


def test_only_standing_grades_of_checks_count() -> None:
    """Taken back by a later no; a bad level is no clear failure; a measurement is not an LLM."""
    grades = [flagged("c2"), flagged("c2", value="no"), a_grade(1, "correctness", "c3", grader=JUDGE)]
    grades.append(a_grade("yes", "wrong_information", "c4", grader=JUDGE.model_copy(update={"kind": "measured"})))
    assert found_cases(RUBRIC, DRAWN, grades) == ()


def test_what_a_person_heard_is_no_open_case() -> None:
    """Anna answered the one check, whatever she said; the other stays open."""
    grades = [flagged("c2"), flagged("c2", "unsafe_speech"), a_grade("no", "wrong_information", "c2")]
    (found,) = found_cases(RUBRIC, DRAWN, grades)
    assert found.checks == ("unsafe_speech",)
