"""A drawn call with everything known of it."""

from __future__ import annotations

from evalharness.aggregate.results import call_results
from tests.aggregate.building import answers, by_the_log
from tests.builders import ZONE, a_call, a_grade, a_rubric, a_sample, call_measures, rubric_form


def results_with(grades, calls=None, rubric=None, measures=()):
    rubric = rubric or a_rubric()
    sample = a_sample(2, calls=calls, rubric=rubric)
    return call_results(sample.items, rubric, grades, {(m.source, m.call_id): m for m in measures}, ZONE)


def test_a_graded_call():
    # correctness 4 -> 75, greeted yes -> 100, latency level 5 -> 100: (60 x 75 + 25 x 100 + 15 x 100) / 100
    first, second = results_with([*answers(), by_the_log(5, "latency"), by_the_log("transferred")])
    assert (first.score, first.weight_covered, first.outcome, first.clear_failure) == (85.0, 1.0, "resolved", "no")
    assert (first.position, first.stratum, first.probability) == (1, "core", 0.01)
    assert (second.score, second.weight_covered, second.outcome, second.clear_failure, second.grades) == (
        None,
        0.0,
        None,
        None,
        (),
    )


def test_a_corrected_grade_stands_alone():
    (first, _) = results_with([*answers(correctness=1), a_grade(5)])
    assert first.final["correctness"].value == 5.0
    assert first.automatic_fail is None
    assert [grade.value for grade in first.grades if grade.criterion == "correctness"] == [5]


def test_an_automatic_fail_is_carried():
    (first, _) = results_with(answers(correctness=1))
    assert (first.score, first.automatic_fail) == (0.0, "call")


def test_grades_of_calls_that_were_not_drawn_are_no_concern():
    assert all(not result.grades for result in results_with([a_grade(call_id="found-case"), a_grade(source="other")]))


def test_a_call_without_measures_gets_empty_ones():
    (first, second) = results_with([], measures=[call_measures("c2")])
    assert (first.measures.call_id, first.measures.p50_ms, second.measures.p50_ms) == ("c1", None, 450.0)


def test_a_condition_is_answered_by_the_frozen_call_and_the_local_clock():
    form = rubric_form()
    form["sections"][1]["criteria"][0]["when"] = "intent == book and hour == 10"  # 9:00 UTC is 10:00 in Berlin
    calls = [a_call(id="c1", intent="book"), a_call(id="c2", intent="cancel")]
    first, second = results_with([*answers("c1"), *answers("c2")], calls, a_rubric(**form))
    assert (first.final["greeted"].value, second.final["greeted"].state) == ("yes", "not_applicable")
    # without `greeted` and latency: 75 alone; with it (60 x 75 + 25 x 100) / 85
    assert (second.score, round(first.score, 3)) == (75.0, 82.353)


def test_one_person_leaves_no_trace_on_another_call():
    first, second = results_with([*answers("c1", outcome="abandoned"), *answers("c2", wrong_information="yes")])
    assert (first.outcome, first.clear_failure) == ("abandoned", "no")
    assert (second.outcome, second.clear_failure) == ("resolved", "yes")
