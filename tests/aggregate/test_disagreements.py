"""Who differs from whom, by how much, and what waits. DOMAIN: a level apart is no disagreement unless one of the two fails."""

from __future__ import annotations

from typing import Any

import pytest

from evalharness.aggregate.disagreements import difference, disagreements
from evalharness.aggregate.final import final_values
from evalharness.models.grade import Grade
from evalharness.models.summary import Disagreement
from tests.aggregate.building import a_result, by, by_the_log
from tests.builders import a_grader, a_rubric, ungraded

RUBRIC = a_rubric()
JUDGE = a_grader("haiku", "llm", prompt_digest="p")


def judged(value: int | str | None, criterion: str = "correctness", **fields: Any) -> Grade:
    """A grade of the LLM; None = N/A."""
    return by(JUDGE.name, value, criterion, grader=JUDGE, **fields)


def found(*grades: Grade) -> tuple[Disagreement, ...]:
    """The disagreements of one call with these grades."""
    result = a_result(1, grades=grades, final=final_values(RUBRIC, grades, {}))
    return disagreements(RUBRIC, [result])


@pytest.mark.parametrize(
    ("criterion", "first", "second", "why"),
    [
        ("correctness", 4, 4, None),
        ("correctness", 4, 5, None),
        ("correctness", 3, 5, "levels"),
        ("correctness", 2, 1, "fail"),  # one level apart, but level 1 fails the call
        ("correctness", 5, 1, "fail"),
        ("correctness", None, 3, "not_applicable"),
        ("correctness", None, None, None),
        ("greeted", "yes", "no", "yes_no"),
        ("greeted", "yes", "yes", None),
        ("wrong_information", "no", "yes", "yes_no"),
        ("human_needed", "needed", "not_needed", "category"),
        ("outcome", "resolved", "transferred", "category"),
    ],
)
def test_how_two_answers_differ(criterion: str, first: Any, second: Any, why: str | None) -> None:
    """Two levels, yes against no, across a failing level, other categories, N/A against a value; either way round."""
    one, other = by("Anna Keller", first, criterion), by("Ben Ode", second, criterion)
    assert difference(RUBRIC.criterion(criterion), one, other) == why
    assert difference(RUBRIC.criterion(criterion), other, one) == why
    assert [entry.why for entry in found(one, other)] == ([why] if why else [])


def test_levels_are_counted_as_the_form_has_them() -> None:
    """Of the levels 1, 3, 5 the answers 3 and 5 are one level apart."""
    rubric = a_rubric()
    wide = rubric.criterion("correctness").model_copy(update={"levels": rubric.criterion("correctness").levels[::2]})
    assert [level.value for level in wide.levels] == [1, 3, 5]
    assert difference(wide, by("Anna Keller", 3), by("Ben Ode", 5)) is None


def test_people_wait_for_an_adjudicator() -> None:
    """Anna 5, Ben 2: it waits, nothing counts, and the LLM's grade stands beside them as a third."""
    (one,) = found(by("Anna Keller", 5), by("Ben Ode", 2), judged(2))
    assert (one.between, one.why, one.waits, one.final.value) == ("people", "levels", True, None)
    assert [grade.grader.name for grade in one.grades] == ["Anna Keller", "Ben Ode", "haiku"]


def test_against_the_llm_the_people_stand() -> None:
    """Anna 4, the LLM 1: named, waits for nobody, and Anna's value is the final one."""
    (one,) = found(by("Anna Keller", 4), judged(1))
    assert (one.between, one.why, one.waits, one.final.value) == ("people_and_llm", "fail", False, 4.0)


def test_who_has_no_answer_differs_from_nobody() -> None:
    """A skipped call, a measurement and an LLM alone make no disagreement."""
    assert found(by("Anna Keller", 5), ungraded("skipped", grader=a_grader("Ben Ode"))) == ()
    assert found(by("Anna Keller", "resolved", "outcome"), by_the_log("transferred")) == ()
    assert found(judged(1), judged(5, "greeted")) == ()


def test_assisted_answers_count_only_where_there_is_no_blind_one() -> None:
    """Ben saw another grade; Anna did not: only Anna's answer counts, so nobody differs."""
    assert found(by("Anna Keller", 5), by("Ben Ode", 2, lane="assisted")) == ()
    (one,) = found(by("Anna Keller", 5, lane="assisted"), by("Ben Ode", 2, lane="assisted"))
    assert one.waits


def test_the_most_serious_of_several_is_named() -> None:
    """Three people say 5, 3 and 1: 5 and 3 are two apart, 1 fails."""
    (one,) = found(by("Anna Keller", 5), by("Ben Ode", 3), by("Cora Lind", 1))
    assert one.why == "fail"
    assert len(one.grades) == 3


def test_people_come_before_the_llm_then_the_queue() -> None:
    """Call 1 differs with the LLM, call 2 between people: call 2 is first."""
    calls = [
        (1, (by("Anna Keller", 5), judged(2))),
        (2, (by("Anna Keller", "yes", "greeted", call_id="c2"), by("Ben Ode", "no", "greeted", call_id="c2"))),
    ]
    results = [a_result(position, grades=grades, final=final_values(RUBRIC, grades, {})) for position, grades in calls]
    assert [(one.position, one.between) for one in disagreements(RUBRIC, results)] == [(2, "people"), (1, "people_and_llm")]


def test_each_turn_is_a_question_of_its_own() -> None:
    """Of two turns one is in dispute: one entry, which names the turn."""
    form = RUBRIC.model_dump(mode="json")
    form["sections"][0]["criteria"][0]["scope"] = "turn"
    rubric = type(RUBRIC).model_validate(form, strict=False)
    grades = tuple(
        by(name, value, turn=turn)
        for name, turn, value in (("Anna Keller", 2, 5), ("Ben Ode", 2, 2), ("Anna Keller", 4, 3), ("Ben Ode", 4, 3))
    )
    result = a_result(1, grades=grades, final=final_values(rubric, grades, {}))
    assert [(one.turn, one.why) for one in disagreements(rubric, [result])] == [(2, "levels")]


def test_a_measurement_against_people_or_a_judge_is_named() -> None:
    """It waits for nobody: people's value stands, without people the log's; the outcome by the log is none."""
    (one,) = found(by("Anna Keller", "no", "greeted"), by_the_log("yes", "greeted"))
    assert (one.between, one.why, one.waits, one.final.by) == ("log", "yes_no", False, "human")
    assert [grade.grader.kind for grade in one.grades] == ["human", "measured"]
    (other,) = found(judged("no", "greeted"), by_the_log("yes", "greeted"))
    assert (other.between, other.final.by) == ("log", "measured")
    assert found(by("Anna Keller", "yes", "greeted"), by_the_log("yes", "greeted")) == ()
    assert found(by("Anna Keller", "resolved", "outcome"), by_the_log("transferred")) == ()


def test_the_log_stands_beside_people_who_differ() -> None:
    """Two people and the log: the disagreement is the people's, and the log is shown with it."""
    (one,) = found(by("Anna Keller", "no", "greeted"), by("Ben Ode", "yes", "greeted"), by_the_log("yes", "greeted"))
    assert (one.between, len(one.grades)) == ("people", 3)
