"""Which grades stand beside which: blind ones of the same call, under the same text, by the judge of the newest week."""

from __future__ import annotations

from typing import Any

import pytest

from evalharness.aggregate.agreeing import agreement_of, finding, sizes_of
from evalharness.aggregate.judges import newest_judge
from evalharness.aggregate.pairs import Pair, among_persons, compared, scale_of, side_by_side, with_people
from evalharness.models.rubric import Criterion, Rubric
from evalharness.models.trust import judge_name
from tests.aggregate.histories import JUDGE, Said, Value, a_past_week, grades_of
from tests.builders import a_grade, a_grader, a_rubric, rubric_form

RUBRIC = a_rubric()


def both(person: Value, judge: Value, criterion: str = "correctness") -> Said:
    """Anna's and the judge's answer to one call."""
    return {"Anna Keller": {criterion: person}, "judge": {criterion: judge}}


def pairs_of(history: Any, criterion: str = "correctness", rubric: Rubric = RUBRIC) -> Any:
    table = side_by_side(history, list(compared(rubric)), rubric, judge_name(JUDGE))
    return with_people(table[criterion])


def values(pairs: Any) -> list[tuple[float, float]]:
    """(judge, people) of each pair."""
    return [(pair.first, pair.second) for pair in pairs.rows]


def a_criterion(**fields: Any) -> Criterion:
    return Criterion.model_validate({"id": "c", **fields}, strict=False)


@pytest.mark.parametrize(
    ("criterion", "kind", "scale", "failing"),
    [
        (RUBRIC.criterion("correctness"), "ordinal", (1, 2, 3, 4, 5), {1, 2}),  # the lowest two; 1 fails the call as well
        (a_criterion(levels={1: "", 3: "", 5: ""}), "ordinal", (1, 3, 5), {1}),
        (a_criterion(levels={1: "", 2: "", 3: "", 4: {"fail": "call"}, 5: ""}), "ordinal", (1, 2, 3, 4, 5), {1, 2, 4}),
        (RUBRIC.criterion("greeted"), "yes_no", (0, 1), {1}),  # 1 = no, the bad answer
        (RUBRIC.criterion("wrong_information"), "yes_no", (0, 1), {1}),  # 1 = yes
        (a_criterion(type="yes_no"), "yes_no", (0, 1), set()),  # neither answer is bad
        (RUBRIC.criterion("human_needed"), "category", (0, 1), set()),
        (a_criterion(type="category", levels={"a": "", "b": {"fail": "call"}}), "category", (0, 1), {1}),
    ],
)
def test_scales(criterion: Criterion, kind: str, scale: tuple[int, ...], failing: set[int]) -> None:
    """Answers as numbers, and which of them fail."""
    found = scale_of(criterion)
    assert (found.kind, found.values, found.failing) == (kind, scale, failing)


@pytest.mark.parametrize(
    ("criterion", "person", "judge", "expected"),
    [
        ("correctness", 4, 5, (5, 4)),
        ("greeted", "yes", "no", (1, 0)),
        ("wrong_information", "yes", "no", (0, 1)),
        ("outcome", "resolved", "partly_resolved", (1, 0)),  # places in the closed list
    ],
)
def test_one_pair_a_call(criterion: str, person: Value, judge: Value, expected: tuple[float, float]) -> None:
    """The judge's answer first."""
    assert values(pairs_of([a_past_week([both(person, judge, criterion)])], criterion)) == [expected]


def test_weeks_are_pooled_oldest_first() -> None:
    """One pair of each of two weeks."""
    assert values(pairs_of([a_past_week([both(4, 5)], 1), a_past_week([both(2, 1)], 2)])) == [(5, 4), (1, 2)]


def test_not_applicable_against_a_value_is_counted_and_no_pair() -> None:
    """N/A by either against a value: 2; N/A by both is agreement on nothing that has a level."""
    found = pairs_of([a_past_week([both(None, 4), both(4, None), both(None, None), both(3, 3)])])
    assert (values(found), found.not_applicable) == ([(3, 3)], 2)


def test_what_one_side_did_not_grade_is_no_pair() -> None:
    """A call of Anna's and a call of the judge's."""
    said: list[Said] = [{"Anna Keller": {"correctness": 4}}, {"judge": {"correctness": 4}}]
    assert values(pairs_of([a_past_week(said)])) == []


def test_two_people_who_wait_for_an_adjudicator_are_no_pair() -> None:
    """2 against 5 has no final value yet."""
    said = {"Anna Keller": {"correctness": 2}, "Ben Ode": {"correctness": 5}, "judge": {"correctness": 5}}
    assert values(pairs_of([a_past_week([said])])) == []


def test_a_mean_between_two_levels_goes_to_either_by_the_calls_own_coin() -> None:
    """Of 200 calls with 3 and 4 about half count as 3, whatever the judge said; the same ones each time."""
    said = {"Anna Keller": {"correctness": 3}, "Ben Ode": {"correctness": 4}, "judge": {"correctness": 4}}
    found = values(pairs_of([a_past_week([said] * 200, population=400)]))
    assert {people for _, people in found} == {3, 4}
    assert 70 <= sum(people == 3 for _, people in found) <= 130  # 100 +- 4 standard deviations of 7
    assert found == values(pairs_of([a_past_week([said] * 200, population=400)]))


def test_a_changed_criterion_starts_anew() -> None:
    """The old text's grades, by people and by the judge, are left out; other criteria of the week stay."""
    form = rubric_form()
    form["sections"][0]["criteria"][0]["question"] = "Was everything right?"
    changed = a_rubric(**form)
    said = {name: {"correctness": 4, "greeted": "yes"} for name in ("Anna Keller", "judge")}
    history = [a_past_week([said], 1), a_past_week([said], 2, rubric=changed)]
    assert len(pairs_of(history, rubric=changed).rows) == 1
    assert len(pairs_of(history, "greeted", rubric=changed).rows) == 2


def test_calls_picked_by_hand_never_enter() -> None:
    """Two calls, one of them without a probability."""
    week = a_past_week([both(4, 4), both(2, 5)])
    picked = [week.results[0], week.results[1].model_copy(update={"probability": None})]
    found = pairs_of([type(week)(week.week, week.design, week.rubric, picked, week.population)])
    assert values(found) == [(4, 4)]


def test_only_the_judge_of_the_newest_week_counts() -> None:
    """Another model, another version and another prompt are other judges."""
    others = [
        a_grader("judge-2", "llm", prompt_digest="p" * 64),
        JUDGE.model_copy(update={"version": "2"}),
        JUDGE.model_copy(update={"prompt_digest": "q" * 64}),
    ]
    by_others = [
        grade.model_copy(update={"grader": other})
        for other in others
        for grade in grades_of("w1-c1", {"judge": {"correctness": 1}}, week="2026-W01")
    ]
    old = a_past_week([{"Anna Keller": {"correctness": 4}}], 1, more=by_others)
    assert newest_judge([old]) in {judge_name(other) for other in others}
    assert newest_judge([old, a_past_week([both(4, 4)], 2)]) == judge_name(JUDGE)
    assert values(pairs_of([old, a_past_week([both(4, 4)], 2)])) == [(4, 4)]
    assert len({judge_name(one) for one in (*others, JUDGE)}) == 4


def test_assisted_answers_are_nobodys() -> None:
    """Ben saw the judge's 5 and confirmed it: no pair with the judge, none with Anna."""
    shown = grades_of("w1-c1", {"Ben Ode": {"correctness": 5}}, lane="assisted", week="2026-W01")
    alone = side_by_side(
        [a_past_week([{"judge": {"correctness": 5}}], more=shown)], [RUBRIC.criterion("correctness")], RUBRIC, judge_name(JUDGE)
    )
    assert with_people(alone["correctness"]).rows == ()
    beside = side_by_side([a_past_week([both(2, 5)], more=shown)], [RUBRIC.criterion("correctness")], RUBRIC, judge_name(JUDGE))
    assert values(with_people(beside["correctness"])) == [(5, 2)]
    assert among_persons(beside["correctness"])[2].rows == ()


def test_turns_give_one_value_a_call() -> None:
    """Anna: (3 + 5)/2 = 4 over turns 1 and 3; the judge: (4 + 4 + 5)/3 = 4.33, nearest 4. Of yes and no one bad turn decides."""
    levels = dict.fromkeys(range(1, 6), "")
    criteria = [
        {"id": "accuracy", "scope": "turn", "levels": levels},
        {"id": "polite", "scope": "turn", "type": "yes_no", "good": "yes"},
    ]
    rubric = Rubric.model_validate({"id": "r", "version": 1, "sections": [{"id": "s", "criteria": criteria}]}, strict=False)

    def of_turns(name: str, criterion: str, *given: Value) -> list[Any]:
        return [
            grade
            for turn, value in enumerate(given, 1)
            for grade in grades_of("w1-c1", {name: {criterion: value}}, rubric, turn=turn, week="2026-W01")
        ]

    more = [
        *of_turns("Anna Keller", "accuracy", 3, 5), *of_turns("judge", "accuracy", 4, 4, 5),
        *of_turns("Anna Keller", "polite", "yes", "no"), *of_turns("judge", "polite", "yes", "yes"),
    ]  # fmt: skip
    history = [a_past_week([{}], rubric=rubric, more=more)]
    assert values(pairs_of(history, "accuracy", rubric)) == [(4, 4)]
    assert values(pairs_of(history, "polite", rubric)) == [(0, 1)]


def test_three_people_make_three_pairs_of_one_call() -> None:
    """Anna with Ben, Anna with Cleo, Ben with Cleo, on 20 calls."""
    said = {"Anna Keller": {"correctness": 4}, "Ben Ode": {"correctness": 4}, "Cleo Amadi": {"correctness": 5}}
    table = side_by_side([a_past_week([said] * 20)], [RUBRIC.criterion("correctness")], RUBRIC, None)
    first, second, pairs = among_persons(table["correctness"])
    assert (first, second, len(pairs.rows)) == ("people", "people", 60)
    found = agreement_of("correctness", (first, second), pairs, scale_of(RUBRIC.criterion("correctness")), {"core": 200})
    assert (found.pairs, found.alpha.n) == (60, 20)  # limits are of 20 calls, not of 60 pairs


def test_sensitivity_in_an_oversampled_tail_is_weighted() -> None:
    """Core: 20 of 180 drawn, weight 9: the judge finds 2 of 4. Tail: 20 of 20, weight 1: finds 8 of 8.

    Unweighted 10/12 = .833; weighted (9 x 2 + 8) / (9 x 4 + 8) = 26/44 = .591.
    """
    scale = scale_of(RUBRIC.criterion("wrong_information"))
    core = [Pair(("s", f"c{i}"), "core", float(i < 2), float(i < 4)) for i in range(20)]
    tail = [Pair(("s", f"t{i}"), "tail", float(i < 8), float(i < 8)) for i in range(20)]
    found = finding([*core, *tail], scale, {"core": 180, "tail": 20})
    assert found.sensitivity.value == pytest.approx(26 / 44)
    assert finding([*core, *tail], scale, {}).sensitivity.value == pytest.approx(10 / 12)


def test_strata_of_all_weeks_together() -> None:
    """Two weeks of 20 of 180 and 20 of 20: 360 and 40 calls."""
    strata = {"core": (1, 180), "tail": (1, 20)}
    weeks = [a_past_week([both(4, 4), both(2, 2)], number, strata=strata) for number in (1, 2)]
    assert sizes_of(weeks) == {"core": 360, "tail": 40}


def test_grades_of_calls_outside_the_draw_are_no_pairs() -> None:
    """The judge's grade of a call nobody drew has no place in a week's results."""
    stray = a_grade(1, call_id="not-drawn", grader=JUDGE, week="2026-W01")
    assert values(pairs_of([a_past_week([both(4, 4)], more=[stray])])) == [(4, 4)]
