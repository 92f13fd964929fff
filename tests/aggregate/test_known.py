"""The figures of a week that people and an LLM graded, read whole and without what is contested."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from evalharness.aggregate.checks import Known
from evalharness.aggregate.combined import combined
from evalharness.aggregate.contested import Doubt
from evalharness.aggregate.inputs import PastWeek, WeekInputs
from evalharness.aggregate.known import judged_again
from evalharness.aggregate.scorecard import Card, scorecard
from evalharness.models.measure import Check
from evalharness.models.trust import JudgeTrust
from tests.aggregate.building import a_week
from tests.aggregate.histories import Said, a_past_week
from tests.aggregate.test_combined import READ, WEEK_CALLS, a_combined_week, of, trusted
from tests.builders import a_sample, a_threshold, some_thresholds

NOTHING = Known(pools=(), rates={}, shares={}, exact={})


def whole_week() -> tuple[PastWeek, WeekInputs]:
    """Of 300 calls 50 drawn, Anna read 35, the judge all; at least 40 % are to be resolved."""
    week, grades, outside = a_combined_week()
    sample = a_sample(calls=[one.call for one in week.results], population=WEEK_CALLS, rubric=week.rubric, week=week.week)
    all_grades = [*grades, *(grade for one in week.results for grade in one.grades)]
    bar = some_thresholds(a_threshold("resolution_rate", at_least=0.4))
    return week, replace(a_week(), sample=sample, grades=all_grades, undrawn=outside, thresholds=bar)


def test_without_a_contested_call_the_llm_still_graded_the_whole_week() -> None:
    """Read without one of Anna's calls: 34 of hers, all 300 of the LLM's, and limits hardly wider, not those of two phases."""
    week, inputs = whole_week()
    fewer = replace(week, results=list(week.results)[1:])
    now, without = (of("resolution_rate", judged_again(NOTHING, inputs, one, trusted()).combined) for one in (week, fewer))

    assert (now.llm.n, without.llm.n) == (WEEK_CALLS, WEEK_CALLS)
    assert now.combined is not None
    assert without.combined is not None
    assert (now.combined.n, without.combined.n) == (READ, READ - 1)
    assert without.used


def test_a_check_and_its_readings_rest_on_the_chosen_figure() -> None:
    """At least 40 % resolved: people alone show more than 34.7 %, both more than 42.7 %; without a disputed call 41.3 %."""
    week, inputs = whole_week()
    disputed = week.results[0].call
    doubt = Doubt(disputed=frozenset({(disputed.source, disputed.id)}))

    def the_check(states: Sequence[JudgeTrust]) -> Check:
        found = judged_again(NOTHING, inputs, week, states)
        return scorecard(Card(inputs, [week], found, doubt, states))[0]

    people, both = the_check(()), the_check(trusted())
    assert (people.verdict, people.calls_needed is None) == ("not_proven", False)
    assert (both.verdict, both.calls_needed, both.reason) == (
        "met",
        None,
        "a trusted judge graded 300 calls of the whole week, people 35 of the drawn ones",
    )
    assert [(one.left_out, one.verdict) for one in both.variants] == [("contested calls (disputed)", "met")]


def test_the_llm_alone_is_weighted_to_the_week() -> None:
    """30 of 300 core calls, all resolved by its word, 20 of 40 tail calls, none: 300 of 340, not 30 of 50."""
    said: Sequence[Said] = [{"judge": {"outcome": "resolved"}}] * 30 + [{"judge": {"outcome": "unresolved"}}] * 20
    week = a_past_week(said, strata={"core": (30, 300), "tail": (20, 40)})

    assert of("resolution_rate", combined(week, (), ())).llm.value == pytest.approx(300 / 340)
