"""The whole week: hand-made ones, an empty one, and nothing that stands for a number without being one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from evalharness.aggregate.costing import CostInputs
from evalharness.aggregate.summary import summarise
from evalharness.models.call import Change, Cost
from evalharness.models.cost import AgentCost, CostPart
from evalharness.models.measure import Measure
from evalharness.models.summary import WeekSummary
from evalharness.models.trust import TrustRules
from tests.aggregate.building import BAR, BEN, a_week, answers, by_the_log, facts_of_calls, the_facts
from tests.builders import (
    a_call,
    a_grade,
    a_grader,
    a_latency_pool,
    a_threshold,
    rubric_form,
    some_thresholds,
    ungraded,
)
from tests.builders import a_rubric as the_rubric


def measures_in(noun: Any) -> Iterator[Measure]:
    """Every Measure anywhere inside a noun."""
    if isinstance(noun, Measure):
        yield noun
    elif isinstance(noun, BaseModel):
        for name in type(noun).model_fields:
            yield from measures_in(getattr(noun, name))
    elif isinstance(noun, tuple | list):
        for part in noun:
            yield from measures_in(part)
    elif isinstance(noun, dict):
        yield from measures_in(list(noun.values()))


def on_the_sample(week: WeekSummary) -> list[Measure]:
    return [measure for measure in measures_in(week) if measure.basis == "sample"]


def verdicts(week: WeekSummary) -> dict[str, str]:
    return {check.threshold.measure: check.verdict for check in week.checks}


WHOLE_BAR = some_thresholds(*BAR)


@pytest.mark.parametrize(
    "inputs", [a_week(graded=0), a_week(drawn=0), a_week(judged=0, drawn=0)], ids=["drawn", "not drawn", "no calls"]
)
def test_nothing_graded_never_gives_a_number(inputs):
    week = summarise(replace(inputs, thresholds=WHOLE_BAR))
    found = on_the_sample(week)
    assert len(found) >= 10  # resolution, failures, shares, criteria, call score, automatic fails
    for measure in found:
        assert (measure.value, measure.n, measure.low, measure.high) == (None, 0, None, None), measure.name
    assert (week.graded_calls, week.to_hear, week.call_score.value) == (0, (), None)
    assert all(result.score is None and result.clear_failure is None and result.outcome is None for result in week.results)


def test_nothing_graded_decides_nothing_that_people_decide():
    week = summarise(a_week(graded=0, thresholds=WHOLE_BAR))
    assert {v for name, v in verdicts(week).items() if name != "latency"} == {"not_measured"}
    assert (week.verdict, week.leaning) == ("not proven yet", "nobody has read a call yet")


def test_an_empty_week_has_no_number_anywhere():
    week = summarise(a_week(judged=0, drawn=0, thresholds=WHOLE_BAR))
    assert [measure.name for measure in measures_in(week) if measure.value is not None] == []
    assert week.population.calls == 0
    assert week.next_steps == ("draw the week's sample: evalharness sample --week 2026-W47",)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(1, 12), st.sampled_from(["correctness", "greeted", "outcome", "unsafe_speech", "human_needed"]))
    ),
    st.integers(0, 3),
    st.integers(0, 3),
)
def test_whatever_is_graded_a_measure_without_calls_has_no_value(graded, technical, unseen):
    good = {"correctness": 4, "greeted": "yes", "outcome": "resolved", "unsafe_speech": "no", "human_needed": "needed"}
    grades = [a_grade(good[criterion], criterion, f"c{position}") for position, criterion in graded]
    week = summarise(a_week(30, 12, technical=technical, unseen=unseen, grades=grades, thresholds=WHOLE_BAR))
    for measure in measures_in(week):
        assert measure.n > 0 or measure.value is None
        assert measure.n <= measure.of or measure.basis == "ledger"
        if measure.value is not None and measure.low is not None and measure.high is not None:
            assert measure.low - 1e-9 <= measure.value <= measure.high + 1e-9


def a_full_week() -> WeekSummary:
    """200 judged calls, 20 drawn and graded: 2 abandoned, 1 clear failure, 1 automatic fail, 1 where a human was needed."""
    amiss = {
        1: {"outcome": "abandoned", "correctness": 1},
        2: {"outcome": "abandoned", "correctness": 2},
        3: {"wrong_information": "yes"},
        4: {"human_needed": "needed"},
    }
    return summarise(a_week(given=amiss, thresholds=WHOLE_BAR, latency=[a_latency_pool((411.0, 423.0, 437.0, 459.0, 483.0))]))


def test_a_week_by_hand():
    week = a_full_week()
    assert week.measure("resolution_rate").value == pytest.approx(0.9)  # 18 of 20
    assert week.measure("clear_failure_rate").value == pytest.approx(0.05)  # 1 of 20
    assert week.measure("share_4_5.correctness").value == pytest.approx(0.9)
    assert week.measure("containment_rate").value == 1.0
    assert week.measure("owner_reviewed_calls").value == 20
    assert (week.escalation.missed, week.escalation.recall.value) == (1, 0.0)
    assert week.automatic_fails.value == pytest.approx(0.05)
    # the 19 calls that no fail zeroed: (60 x 25 + 25 x 100) / 85 once, (60 x 75 + 25 x 100) / 85 eighteen times
    assert week.call_score.value == pytest.approx((4000 / 85 + 18 * 7000 / 85) / 19)
    assert (week.call_score.n, week.call_score.note) == (19, "without 1 call that an automatic fail zeroed")


def test_the_verdicts_of_that_week():
    week = a_full_week()
    assert verdicts(week) == {
        "resolution_rate": "met",
        "latency_p50_ms": "met",
        "latency_p99_ms": "met",
        "csat_gap_points": "not_measured",
        "clear_failure_rate": "not_proven",  # 1 of 20 seen; it may have been the only one of 200, 0.5 %
        "cost_per_call": "not_measured",
        "owner_reviewed_calls": "met",
        "share_4_5.correctness": "not_proven",
    }
    assert (week.verdict, week.leaning) == ("not proven yet", "leaning to a miss (clear failure rate)")


def test_the_next_steps_follow_from_what_is_there():
    assert a_full_week().next_steps == (
        "hear the clear failures first and name error tag and cause of each (evalharness adjudicate --week 2026-W47)",
    )
    asked = summarise(a_week(graded=5, asked={"Anna Keller": 20, "Ben Ode": 4}))
    assert asked.next_steps == (
        "Anna Keller grades 15 calls in the sheet, then: evalharness week",
        "Ben Ode grades 4 calls in the sheet, then: evalharness week",
    )


def test_a_full_census_without_failures_is_good_enough():
    bar = some_thresholds(a_threshold("clear_failure_rate", below=0.01), a_threshold("resolution_rate", at_least=0.6))
    week = summarise(a_week(judged=20, drawn=20, thresholds=bar))
    assert (week.verdict, [check.verdict for check in week.checks]) == ("good enough", ["met", "met"])


def test_no_failure_among_50_of_1000_is_not_proven():
    bar = some_thresholds(a_threshold("clear_failure_rate", below=0.01))
    (found,) = summarise(a_week(judged=1000, drawn=50, thresholds=bar)).checks
    assert (found.verdict, found.measure.value, found.measure.n, found.measure.of, found.calls_needed) == (
        "not_proven",
        0.0,
        50,
        1000,
        258,
    )


def test_technical_failures_over_the_bar_are_a_miss_before_anyone_reads():
    bar = some_thresholds(a_threshold("clear_failure_rate", below=0.01))
    for inputs in (a_week(graded=0, technical=5, thresholds=bar), a_week(drawn=0, technical=5, thresholds=bar)):
        week = summarise(inputs)
        assert (week.checks[0].verdict, week.checks[0].measure.value, week.verdict) == ("missed", None, "not good enough")


def test_a_check_switched_off_is_named_and_decides_nothing():
    bar = some_thresholds(a_threshold("clear_failure_rate", below=0.01, enabled=False), a_threshold())
    week = summarise(a_week(judged=20, drawn=20, given={1: {"unsafe_speech": "yes"}}, thresholds=bar))
    assert (week.switched_off, week.verdict, len(week.checks)) == (("clear_failure_rate",), "good enough", 1)


@pytest.mark.parametrize(
    ("grades", "reviewed"),
    [
        (answers("c1"), 1),
        ([a_grade(4), a_grade(4, call_id="c2")], 2),
        ([a_grade(4), a_grade("yes", "greeted")], 1),  # two grades of one call
        ([ungraded("transcript")], 1),  # marked as wrong
        ([ungraded("skipped")], 0),  # skipping is no review
        ([a_grade(4, grader=BEN)], 0),
        ([a_grade(4, grader=a_grader("Deputy"))], 1),
        ([a_grade(4, call_id="not drawn")], 0),
        ([by_the_log("resolved")], 0),
    ],
)
def test_calls_reviewed_by_the_owner_or_the_deputy(grades, reviewed):
    week = summarise(a_week(grades=grades, deputy="Deputy", thresholds=WHOLE_BAR))
    measure = week.measure("owner_reviewed_calls")
    assert (measure.n, measure.value) == (reviewed, float(reviewed) if reviewed else None)


def test_who_graded_how_much():
    grades = [*answers("c1"), *answers("c2"), a_grade(4, grader=BEN), by_the_log("resolved")]
    week = summarise(a_week(grades=grades, asked={"Anna Keller": 20, "Cleo": 5}))
    assert [(one.kind, one.name, one.calls, one.grades, one.asked) for one in week.graders] == [
        ("human", "Anna Keller", 2, 12, 20),
        ("human", "Ben Ode", 1, 1, 0),
        ("human", "Cleo", 0, 0, 5),
        ("measured", "call log", 1, 1, 0),
    ]
    assert week.graded_calls == 2


def test_calls_that_the_llm_graded_outside_the_draw_are_counted_apart():
    """c1 and c2 were drawn, c77 and c78 not; c79 got no answer. A person's grade outside the draw is none of them."""
    judge = a_grader("haiku", "llm", prompt_digest="p" * 64)
    said = [a_grade(4, call_id=name, grader=judge) for name in ("c1", "c2", "c77", "c78")]
    failed = [ungraded("refused", "correctness", "c79", grader=judge), a_grade(4, call_id="c77", grader=BEN)]
    week = summarise(a_week(grades=[*said, *failed]))
    assert [(one.name, one.calls, one.beyond) for one in week.graders] == [("haiku", 2, 2)]


def test_the_rules_of_trust_are_handed_over():
    """As the workspace sets them, for the report to name those that are not the defaults."""
    rules = TrustRules(min_pairs=5, alpha_low=0.1)
    assert summarise(replace(a_week(), rules=rules)).trust_rules == rules


def test_a_correction_counts_once():
    week = summarise(a_week(grades=[a_grade(1), a_grade(5)]))
    (criterion,) = [one for one in week.criteria if one.criterion == "correctness"]
    assert (criterion.answers, criterion.measure.value, criterion.measure.n) == ({"5": 1}, 100.0, 1)


def test_each_criterion_counts_its_answers():
    grades = [a_grade(4), a_grade(5, grader=BEN), a_grade(3, call_id="c2"), a_grade("needed", "human_needed")]
    found = {one.criterion: one for one in summarise(a_week(drawn=4, grades=grades)).criteria}
    assert found["correctness"].answers == {"3": 1, "4.5": 1}
    assert found["correctness"].measure.value == pytest.approx((87.5 + 50) / 2)
    assert (found["correctness"].ungraded, found["correctness"].not_applicable) == (2, 0)
    assert (found["human_needed"].answers, found["human_needed"].measure.value) == ({"needed": 1}, None)
    assert found["human_needed"].measure.note == "see the counts"


def test_a_yes_no_question_without_a_good_answer_shows_its_share_of_yes():
    form = rubric_form()
    form["sections"].append({"id": "asked", "criteria": [{"id": "asked_for_human", "type": "yes_no"}]})
    grades = [a_grade("yes" if i == 1 else "no", "asked_for_human", f"c{i}") for i in range(1, 5)]
    week = summarise(a_week(rubric=the_rubric(**form), grades=grades))
    (found,) = [one.measure for one in week.criteria if one.criterion == "asked_for_human"]
    assert (found.value, found.unit, found.name) == (0.25, "share", "share_yes.asked_for_human")


def test_a_trusted_judge_is_in_no_figure_of_people():
    """Anna read 35 of 50 calls, every second one amiss, and left a question of c5 open; the judge says the same, answers that
    one too, and gives the lowest to the last 15.

    All rules are kept, so it is trusted with every question: its values stand with the calls and in the combined figures.
    """
    amiss = {
        "correctness": 2, "greeted": "no", "outcome": "unresolved", "human_needed": "needed", "wrong_information": "yes",
    }  # fmt: skip
    given = dict.fromkeys(range(2, 36, 2), amiss)
    by_anna = {**given, 5: {"greeted": None}}
    alone = a_week(judged=300, drawn=50, graded=35, given=by_anna, thresholds=some_thresholds(*BAR))
    judge = a_grader("haiku", "llm", prompt_digest="p" * 64)
    worst = {**amiss, "correctness": 1}
    said = {position: given.get(position, {}) if position <= 35 else worst for position in range(1, 51)}
    by_judge = [grade for position, one in said.items() for grade in answers(f"c{position}", judge, **one)]
    lax = TrustRules(min_pairs=20, alpha_low=0.0, min_failures=1)
    people, both = summarise(alone), summarise(replace(alone, grades=[*alone.grades, *by_judge], rules=lax))

    trusted = {one.criterion for one in both.trust if one.state == "trusted"}
    assert {"correctness", "greeted", "outcome", "human_needed", "wrong_information"} <= trusted
    assert (people.results[40].outcome, both.results[40].outcome) == (None, "unresolved")
    for part in ("criteria", "call_score", "automatic_fails", "escalation", "nonresponse", "graded_calls", "measures"):
        assert getattr(both, part) == getattr(people, part), part


def test_a_conflict_is_a_next_step_and_a_call_to_hear():
    week = summarise(a_week(grades=[a_grade(2), a_grade(5, grader=BEN)]))
    (step,) = week.next_steps
    assert step.startswith(
        "hear 1 call, 1 criterion, on which two graders differ, and decide (evalharness adjudicate --week 2026-W47)"
    )
    signed = summarise(a_week(grades=[a_grade(2), a_grade(5, grader=BEN)], signed=True))
    assert signed.next_steps == (f"signed; still open: {step}",)
    assert [call.kind for call in week.to_hear] == ["disagreement"]


def test_the_log_is_counted_whole():
    facts = [
        *the_facts(2, technical=1),
        *facts_of_calls(a_call(id="x", intent="book", version="v2", cost=Cost(components={"llm": 0.5}))),
    ]
    week = summarise(
        a_week(drawn=0, facts=facts, cost=CostInputs(agent=AgentCost(parts=(CostPart(component="llm", calls=1, amount=0.5),))))
    )
    assert week.intents == {"unknown": 3, "book": 1}
    assert week.versions == {"unknown": 3, "v2": 1}
    assert week.outcomes == {"resolved": 3, "failed_technical": 1}
    assert [(line.component, line.total, line.mean.n, line.mean.of) for line in week.cost] == [
        ("llm", 0.5, 1, 4),
        ("total", 0.5, 1, 4),
    ]


def test_what_is_handed_over_is_passed_on():
    change = Change(at=datetime(2026, 11, 17, tzinfo=UTC), label="prompt v12")
    week = summarise(a_week(changes=[change], notices=["3 rows rejected"], late_calls=2, fill={"csat": 0.5}))
    assert (week.changes, week.notices, week.late_calls, week.fill) == (*((change,), ("3 rows rejected",), 2, {"csat": 0.5}),)
    assert (week.agent, week.owner, week.timezone) == ("front-desk", "Anna Keller", "Europe/Berlin")


def test_the_same_inputs_give_the_same_summary():
    assert a_full_week().digest() == a_full_week().digest()


def test_a_rubric_without_outcome_and_checks_asks_no_such_rates():
    bar = some_thresholds(*BAR[:1])
    week = summarise(a_week(rubric=the_rubric(checks=(), outcome=None), grades=[a_grade(4)], thresholds=bar))
    assert {"resolution_rate", "clear_failure_rate"}.isdisjoint(measure.name for measure in week.measures)
    assert (week.checks[0].verdict, week.checks[0].reason) == ("not_measured", "the rubric of this week has no such criterion")
