"""What a judge's record makes of it: trusted, advisory or untested, and by which rule."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from evalharness.aggregate.final import trusted_of
from evalharness.aggregate.trust import Bench, among_people, trust
from evalharness.models.rubric import Rubric
from evalharness.models.trust import Drift, JudgeTrust, TrustRules, judge_name
from evalharness.workspace.yaml_file import load_yaml
from tests.aggregate.histories import (
    JUDGE,
    Judging,
    a_history,
    a_past_week,
    at_random,
    blind_to_failures,
    good,
    grades_of,
    lenient,
)
from tests.builders import a_rubric

RULES = TrustRules()


def of(history: Any, criterion: str = "correctness", rules: TrustRules = RULES, **fields: Any) -> JudgeTrust:
    """The judge's trust under a criterion of the small rubric."""
    return next(one for one in trust(history, a_rubric(), rules, **fields) if one.criterion == criterion)


@pytest.mark.parametrize(
    ("judge", "criterion", "state", "reason"),
    [
        (good, "correctness", "trusted", ""),
        (good, "greeted", "trusted", ""),
        (good, "wrong_information", "trusted", ""),
        (lenient, "correctness", "advisory", "levels above people on average"),
        (lenient, "greeted", "trusted", ""),  # it is lenient in levels only
        (at_random, "correctness", "advisory", "its lower limit must reach 0.40"),
        (at_random, "greeted", "advisory", "its lower limit must reach 0.40"),
        (at_random, "wrong_information", "advisory", "of the failing answers that people gave"),
        (blind_to_failures, "correctness", "advisory", "it finds 0 % of the failing answers"),
        (blind_to_failures, "greeted", "advisory", "it finds 0 % of the failing answers"),
        (blind_to_failures, "wrong_information", "advisory", "it finds 0 % of the failing answers"),
    ],
)
def test_four_judges_over_ten_weeks(judge: Judging, criterion: str, state: str, reason: str) -> None:
    """350 calls, 15 % at levels 1 and 2, 10 % with wrong information, 20 % without a greeting."""
    found = of(a_history(judge), criterion)
    assert found.state == state
    assert (found.reasons == ()) == (state == "trusted")
    assert any(reason in one for one in found.reasons) or not reason


@pytest.mark.parametrize("seed", range(2, 7))
def test_no_bad_judge_is_trusted_by_luck(seed: int) -> None:
    """Five other histories of 350 calls: the good judge is trusted with all three, the others never with the levels."""
    assert {name for name, _ in trusted_of(trust(a_history(good, seed=seed), a_rubric(), RULES))} == {
        "correctness", "greeted", "wrong_information",
    }  # fmt: skip
    for judge in (lenient, at_random, blind_to_failures):
        assert of(a_history(judge, seed=seed)).state == "advisory"


def test_a_criterion_nobody_has_graded_is_untested() -> None:
    """The small rubric's outcome, category and second check have no grade here."""
    found = {one.criterion: one for one in trust(a_history(good), a_rubric(), RULES)}
    assert list(found) == ["correctness", "greeted", "human_needed", "outcome", "wrong_information", "unsafe_speech"]
    for name in ("human_needed", "outcome", "unsafe_speech"):
        assert (found[name].state, found[name].with_people) == ("untested", None)
        assert found[name].reasons[0] == "0 calls graded blind by people and by this judge; tested from 20 on"
    assert {one.judge for one in found.values()} == {judge_name(JUDGE)}


def test_too_few_pairs_are_untested_and_show_no_agreement() -> None:
    """19 of the 20 pairs."""
    found = of(a_history(good, weeks=1, calls=19))
    assert (found.state, found.with_people) == ("untested", None)
    assert found.reasons[0].startswith("19 calls graded blind")


def test_too_few_failures_are_untested_however_well_it_agrees() -> None:
    """40 calls, 7 of them at level 2 by both: 8 failing answers are needed."""
    said = [{"Anna Keller": {"correctness": level}, "judge": {"correctness": level}} for level in [2] * 7 + [4, 5, 3] * 11]
    found = of([a_past_week(said)])
    assert (found.state, found.failures) == ("untested", 7)
    assert found.reasons == ("people gave 7 failing answers; whether it finds them is tested from 8 on",)
    single = [{name: {"correctness": 4} for name in one} for one in said[1:]]
    assert of([a_past_week([said[0], *single])]).reasons[-1].startswith("people gave 1 failing answer; whether")
    said[7] = {"Anna Keller": {"correctness": 1}, "judge": {"correctness": 1}}
    assert of([a_past_week(said)]).state == "trusted"


def test_a_rule_already_broken_outweighs_one_not_testable_yet() -> None:
    """7 failing answers, and two levels above people everywhere else."""
    said = [{"Anna Keller": {"correctness": 1}, "judge": {"correctness": 1}}] * 7
    said += [{"Anna Keller": {"correctness": level}, "judge": {"correctness": level + 2}} for level in (2, 3) * 14]
    found = of([a_past_week(said[:7] + [one for one in said[7:] if one["Anna Keller"]["correctness"] == 3] * 2)])
    assert found.state == "advisory"
    assert found.reasons[-1].startswith("people gave 7 failing answers")


def test_no_llm_no_trust() -> None:
    """Nothing is said of a judge that never graded."""
    assert trust([a_past_week([{"Anna Keller": {"correctness": 4}}])], a_rubric(), RULES) == ()
    assert trust([], a_rubric(), RULES) == ()


def test_nothing_that_varies_is_no_agreement() -> None:
    """30 calls, all 4: no coefficient, and no failing answer either."""
    found = of([a_past_week([{"Anna Keller": {"correctness": 4}, "judge": {"correctness": 4}}] * 30)])
    assert found.state == "untested"
    assert found.reasons[0].startswith("nothing varies in 30 calls")


def test_a_judge_may_not_agree_less_with_people_than_they_do() -> None:
    """Two people who always agree, and a judge with alpha .81: more than .10 below theirs. Without them it is trusted."""
    rng_history = a_history(good, weeks=4)
    alone = of(rng_history)
    assert alone.state == "trusted"
    assert alone.with_people is not None
    strict = TrustRules(below_people=0.0)
    twins = [a_past_week([_doubled(one) for one in _said(week)], int(week.week[-2:])) for week in rng_history]
    found = of(twins, rules=strict)
    assert (found.state, found.among_people is not None) == ("advisory", True)
    assert "1.00" in found.reasons[0]
    assert "among people" in found.reasons[0]
    assert of(twins, rules=TrustRules(below_people=0.25)).state == "trusted"  # .19 below is within .25


def _said(week: Any) -> list[dict[str, dict[str, Any]]]:
    """What was said in a week, back from its grades."""
    found = []
    for result in week.results:
        said: dict[str, dict[str, Any]] = {}
        for grade in result.grades:
            said.setdefault("judge" if grade.grader.kind == "llm" else grade.grader.name, {})[grade.criterion] = grade.value
        found.append(said)
    return found


def _doubled(said: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {**said, "Ben Ode": said["Anna Keller"]}


def test_three_people_who_share_thirty_calls_are_asked_about_the_judge() -> None:
    """Three people within a level of the truth: a judge at random may stand in for none of them, a good one for all."""
    people = ("Anna Keller", "Ben Ode", "Cleo Amadi")
    bad = of(a_history(at_random, weeks=2, people=people))
    assert any("alternative annotator test" in reason for reason in bad.reasons)
    assert not any("alternative annotator" in reason for reason in of(a_history(good, weeks=2, people=people)).reasons)
    assert not any("alternative" in reason for reason in of(a_history(at_random, weeks=2, people=people[:2])).reasons)


@pytest.mark.parametrize(
    ("items", "wrong", "p", "state"),
    [
        (120, 12, 0.0017, "advisory"),  # below .05/26 = .00192
        (120, 11, 0.0020, "trusted"),
        (59, 12, 0.0017, "trusted"),  # too few gold calls to say
    ],
)
def test_drift_on_gold_calls(items: int, wrong: int, p: float, state: str) -> None:
    """A drift makes a good judge advisory, and says how many calls turned."""
    drift = {"correctness": Drift(items=items, newly_wrong=wrong, newly_right=1, p=p)}
    found = of(a_history(good), bench=Bench(drift=drift))
    assert (found.state, found.drift) == (state, drift["correctness"])
    if state == "advisory":
        assert found.reasons == (
            "drift: of 120 gold calls 12 are newly wrong and 1 newly right (p 0.0017; at most 0.0019 shows a drift)",
        )


@pytest.mark.parametrize(
    "rules",
    [TrustRules(alpha_low=0.99), TrustRules(min_sensitivity=1.0), TrustRules(min_pairs=400), TrustRules(min_failures=400)],
)
def test_each_rule_can_be_tightened(rules: TrustRules) -> None:
    """The good judge loses its trust by each of them alone."""
    assert of(a_history(good), rules=rules).state != "trusted"


def test_a_bias_within_the_bar_is_kept_and_beyond_it_not() -> None:
    """16 of 35 calls one level above: .457, allowed; 18 of 35: .514, not. Correctness 2 to 4, 10 of them failing."""

    def half(above: int) -> JudgeTrust:
        levels = [2] * 10 + [3] * 12 + [4] * 13
        said = [
            {"Anna Keller": {"correctness": level}, "judge": {"correctness": level + (place >= 35 - above)}}
            for place, level in enumerate(levels)
        ]
        return of([a_past_week(said)], rules=TrustRules(alpha_low=0.0))

    assert half(16).state == "trusted"
    assert half(18).state == "advisory"
    assert "0.51 levels above people" in half(18).reasons[0]


def test_assisted_grades_never_enter() -> None:
    """People who confirmed what the random judge had shown them agree with it perfectly, and count for nothing."""
    weeks = []
    for number, week in enumerate(a_history(at_random, weeks=3), 1):
        said = _said(week)
        shown = [
            grade
            for place, one in enumerate(said, 1)
            for grade in grades_of(f"w{number}-c{place}", {"Ben Ode": one["judge"]}, lane="assisted", week=week.week)
        ]
        weeks.append(
            (a_past_week(said, number, more=shown), a_past_week([{"judge": one["judge"]} for one in said], number, more=shown))
        )
    with_shown, only_shown = [first for first, _ in weeks], [second for _, second in weeks]
    assert of(with_shown) == of(a_history(at_random, weeks=3))
    assert (of(only_shown).state, of(only_shown).reasons[0][:7]) == ("untested", "0 calls")
    assert among_people(with_shown, a_rubric()) == ()


def test_people_among_themselves_from_twenty_pairs_on() -> None:
    """19 calls graded by both: nothing; 20: every figure with its n."""
    people = ("Anna Keller", "Ben Ode")
    assert among_people(a_history(good, weeks=1, calls=19, people=people), a_rubric()) == ()
    found = among_people(a_history(good, weeks=1, calls=20, people=people), a_rubric())
    assert [one.criterion for one in found] == ["correctness", "greeted", "wrong_information"]
    assert {(one.first, one.second, one.pairs) for one in found} == {("Anna Keller", "Ben Ode", 20)}
    assert (found[0].alpha.n, found[0].within_one is not None, found[1].within_one) == (20, True, None)


def test_the_same_ledger_gives_the_same_bytes() -> None:
    """The bootstrap takes its seed from the pairs."""
    first, second = (trust(a_history(good, weeks=3), a_rubric(), RULES) for _ in range(2))
    assert [one.canonical() for one in first] == [one.canonical() for one in second]


def test_a_year_of_the_shipped_rubric_within_a_second(record_property: Any) -> None:
    """52 weeks x 35 calls x 12 criteria graded by a person and the judge."""
    rubric = shipped_rubric()
    said = [
        {
            who: {c.id: _value(c, place + (who == "judge" and place % 11 == 0)) for c in _asked(rubric)}
            for who in ("Anna Keller", "judge")
        }
        for place in range(35)
    ]
    history = [a_past_week(said, number, rubric=rubric) for number in range(1, 53)]
    trust(history[:1], rubric, RULES)  # imports
    start = time.process_time()
    found = trust(history, rubric, RULES)
    seconds = time.process_time() - start
    record_property("cpu_s", seconds)
    assert len(found) == 12
    assert all(one.with_people is not None and one.with_people.pairs == 52 * 35 for one in found)
    assert seconds < 2.0  # 1 s on a quiet machine; measured .6


def shipped_rubric() -> Rubric:
    return load_yaml(Path(__file__).parents[2] / "rubrics" / "phone-agent.yaml", Rubric)


def _asked(rubric: Rubric) -> list[Any]:
    return [one for one in rubric.criteria() if one.type != "measured"]


def _value(criterion: Any, place: int) -> Any:
    return criterion.answers[place % len(criterion.answers)]


def test_alpha_over_few_failures_is_no_evidence_against_a_judge() -> None:
    """40 calls, 3 with wrong information: the judge found 2, and saw one more. Alpha .65, its limits span the bar: untested."""
    said = [both(place < 3, place in (0, 1, 39)) for place in range(40)]
    found = of([a_past_week(said)], "wrong_information")
    assert found.state == "untested"
    assert "its lower limit must reach 0.40" in found.reasons[0]
    blind = of([a_past_week([both(place < 8, place > 30) for place in range(40)])], "wrong_information")  # 8 failures: tested
    assert blind.state == "advisory"


def both(person: bool, judge: bool) -> dict[str, dict[str, Any]]:
    """Whether Anna and the judge saw wrong information."""
    words = {True: "yes", False: "no"}
    return {"Anna Keller": {"wrong_information": words[person]}, "judge": {"wrong_information": words[judge]}}
