"""A judge on gold calls against its own baseline."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from evalharness.aggregate.drift import drift, drifts, gold_calls
from evalharness.aggregate.inputs import PastWeek
from evalharness.models.probe import Probe
from evalharness.models.trust import Drift, judge_name
from tests.aggregate.histories import JUDGE, a_past_week, grades_of
from tests.aggregate.probing import a_probe
from tests.builders import MONDAY, WEEK, a_grader, a_rubric

GOLD = {("demo", f"g{number}"): "no" for number in range(100)}


def graded(wrong: range) -> dict[tuple[str, str], float | str]:
    """The judge's grades of the gold calls; those numbers are wrong."""
    return {("demo", f"g{number}"): "yes" if number in wrong else "no" for number in range(100)}


def test_a_judge_that_stayed_as_it_was_has_not_drifted() -> None:
    """Ten wrong then, the same ten now: nothing is new, p = 1."""
    assert drift(GOLD, graded(range(10)), graded(range(10))) == Drift(items=100, newly_wrong=0, newly_right=0, p=1.0)


def test_newly_wrong_grades_are_held_against_newly_right_ones() -> None:
    """Wrong then 0-9, now 5-21: 12 newly wrong, 5 newly right. P(X >= 12 of 17) = 9402 / 131072 = .0717."""
    found = drift(GOLD, graded(range(10)), graded(range(5, 22)))

    assert (found.newly_wrong, found.newly_right) == (12, 5)
    assert found.p == pytest.approx(9402 / 131072)


def test_twelve_newly_wrong_and_none_newly_right_is_a_drift() -> None:
    """p = 1 / 2^12 = .00024, below .05 / 26 = .0019."""
    assert drift(GOLD, graded(range(0)), graded(range(12))).p == pytest.approx(2**-12)


def test_only_calls_that_were_graded_both_times_are_items() -> None:
    """Of 100 gold calls 40 have no baseline and another 10 no grade now: 50 items; none at all: p = 1."""
    baseline = {call: value for call, value in graded(range(0)).items() if int(call[1][1:]) >= 40}
    now = {call: value for call, value in graded(range(60)).items() if int(call[1][1:]) < 90}

    assert drift(GOLD, baseline, now) == Drift(items=50, newly_wrong=20, newly_right=0, p=2**-20)
    assert drift(GOLD, {}, now) == Drift(items=0, newly_wrong=0, newly_right=0, p=1.0)


ANNA = "Anna Keller"
NEWER = a_grader("judge-1", "llm", prompt_digest="p" * 64, version="judge-1-b")


def weeks(*levels: tuple[int, int]) -> list[PastWeek]:
    """One week; of each call what Anna and what the judge said of its correctness."""
    return [a_past_week([{ANNA: {"correctness": mine}, "judge": {"correctness": its}} for mine, its in levels])]


def asked(call: int, level: Any, week: str = WEEK, role: Any = "gold", **fields: Any) -> Probe:
    """A gold probe of a call of week 1."""
    return a_probe(role, f"w1-c{call}", {"correctness": level}, week=week, **fields)


def correctness(history: list[PastWeek], *probes: Probe, before: str | None = None) -> Drift | None:
    found = drifts(history, a_rubric(), judge_name(JUDGE), probes, WEEK, before)
    assert set(found) <= {"correctness"}
    return found.get("correctness")


def test_its_own_grade_of_then_is_the_baseline() -> None:
    """Anna 4, 4, 2; the judge 4, 3, 2 then and 5, 4, 2 now: one newly wrong, one newly right, one right as before."""
    found = correctness(weeks((4, 4), (4, 3), (2, 2)), asked(1, 5), asked(2, 4), asked(3, 2))
    assert found == Drift(items=3, newly_wrong=1, newly_right=1, p=0.75)


def test_its_own_grade_outdoes_an_earlier_gold_answer_and_another_weeks_answer_is_not_todays() -> None:
    """Anna 4, the judge 4 then, 2 in week 46 and 2 now: newly wrong, though as wrong as in week 46. Not asked now: no item."""
    earlier = asked(1, 2, "2026-W46", at=MONDAY - timedelta(weeks=1))
    assert correctness(weeks((4, 4)), earlier, asked(1, 2)) == Drift(items=1, newly_wrong=1, newly_right=0, p=0.5)
    assert correctness(weeks((4, 4)), earlier) is None


def test_without_a_grade_of_then_its_first_gold_answer_is_the_baseline() -> None:
    """Anna 4. Asked in weeks 45, 46 and now: 4, 2, 2; the one of week 45 counts."""
    history = [a_past_week([{ANNA: {"correctness": 4}}])]
    earlier = [asked(1, 2, "2026-W46", at=MONDAY), asked(1, 4, "2026-W45", at=MONDAY - timedelta(weeks=1))]
    assert correctness(history, *earlier, asked(1, 2)) == Drift(items=1, newly_wrong=1, newly_right=0, p=0.5)
    assert correctness(history, asked(1, 2)) is None


def test_another_version_starts_a_new_baseline_and_can_be_held_against_the_old_one() -> None:
    """Anna 4, judge-1 4; judge-1-b says 5."""
    history, probe = weeks((4, 4)), asked(1, 5, judge=NEWER)
    assert drifts(history, a_rubric(), judge_name(NEWER), [probe], WEEK) == {}
    found = drifts(history, a_rubric(), judge_name(NEWER), [probe], WEEK, judge_name(JUDGE))
    assert found["correctness"] == Drift(items=1, newly_wrong=1, newly_right=0, p=0.5)


def test_other_roles_and_answers_to_another_text_are_no_gold() -> None:
    history = weeks((4, 4))
    assert correctness(history, asked(1, 5, role="beside"), asked(1, 5, role="repeat")) is None
    assert correctness(history, asked(1, 5).model_copy(update={"digests": {"correctness": "f" * 64}})) is None


def test_no_answer_is_no_item_and_not_applicable_is_an_answer() -> None:
    history = weeks((4, 4), (4, 4))
    found = correctness(history, asked(1, "!refused"), asked(2, None))
    assert found == Drift(items=1, newly_wrong=1, newly_right=0, p=0.5)


def test_gold_is_what_people_graded_blind_and_nobody_disputes() -> None:
    """Of five calls: one the LLM graded alone, one on which two people wait, one disputed, one assisted."""
    assisted = [
        g.model_copy(update={"lane": "assisted"}) for g in grades_of("w1-c5", {ANNA: {"correctness": 3}}, week="2026-W01")
    ]
    said = [
        {ANNA: {"correctness": 4}},
        {"judge": {"correctness": 4}},
        {ANNA: {"correctness": 5}, "Ben Ode": {"correctness": 2}},
        {ANNA: {"correctness": 4}},
        {"judge": {"correctness": 4}},
    ]
    history = [a_past_week(said, more=assisted)]
    assert gold_calls(history, a_rubric(), {("demo", "w1-c4")}) == [("demo", "w1-c1")]


def test_only_the_newest_calls_are_gold() -> None:
    history = [a_past_week([{ANNA: {"correctness": 4}}] * 3, number) for number in (1, 2)]
    assert gold_calls(history, a_rubric(), (), most=4) == [("demo", f"w{n}") for n in ("1-c3", "2-c1", "2-c2", "2-c3")]
