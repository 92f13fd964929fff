"""What the guards make of a judge's part: in trust, in final values, in combined figures and in verdicts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from evalharness.aggregate.combined import combined
from evalharness.aggregate.comparisons import comparisons
from evalharness.aggregate.contested import Doubt, contested
from evalharness.aggregate.final import trusted_of
from evalharness.aggregate.guard import barred, stripped, without_barred
from evalharness.aggregate.inputs import PastWeek, WeekInputs
from evalharness.aggregate.judges import Panel
from evalharness.aggregate.summary import summarise
from evalharness.aggregate.trust import Bench, trust
from evalharness.models.guard import CanaryResult, Contest, Guard
from evalharness.models.trust import TrustRules, judge_name
from tests.aggregate.building import a_result, a_week, answers
from tests.aggregate.histories import JUDGE, a_history, a_past_week, good, grades_of
from tests.aggregate.probing import a_probe
from tests.aggregate.test_combined import a_combined_week, trusted
from tests.builders import MONDAY, WEEK, a_grader, a_rubric, a_threshold, some_thresholds

RULES = TrustRules()
OTHER = a_grader("judge-2", "llm", prompt_digest="p" * 64)
OUTSIDE = CanaryResult(call_id="bad", kind="bad", criterion="correctness", expected=(1, 2), answered=5, inside=False)
CRITERIA = {"correctness", "greeted", "wrong_information"}


def with_second_judge(history: list[PastWeek]) -> list[PastWeek]:
    """The same weeks, everything the judge said also said by another one."""
    return [
        replace(
            week,
            results=[
                one.model_copy(update={"grades": (*one.grades, *(_other(g) for g in one.grades if g.grader == JUDGE))})
                for one in week.results
            ],
        )
        for week in history
    ]


def _other(grade: Any) -> Any:
    return grade.model_copy(update={"grader": OTHER})


def test_a_judge_whose_guard_says_no_is_advisory_in_every_criterion_whatever_its_record() -> None:
    """The good judge over 350 calls: trusted with three criteria, and with none once its guard has a reason."""
    history, guard = a_history(good), Guard(judge=JUDGE, untrusted=("canaries: 1 of 2 answers outside",))
    assert {name for name, _ in trusted_of(trust(history, a_rubric(), RULES))} == CRITERIA
    found = trust(history, a_rubric(), RULES, Bench(guards=[guard]))
    assert {one.state for one in found} == {"advisory"}
    assert all(one.reasons[0] == "canaries: 1 of 2 answers outside" for one in found)
    assert all(one.with_people is not None for one in found if one.criterion in CRITERIA)


def test_the_guard_of_one_judge_says_nothing_of_another() -> None:
    guard = Guard(judge=OTHER, untrusted=("canaries",))
    found = trust(a_history(good), a_rubric(), RULES, Bench(guards=[guard]))
    assert {name for name, _ in trusted_of(found)} == CRITERIA


@pytest.mark.parametrize("first", ["judge-1", "judge-2"])
def test_every_judge_has_its_agreement_and_only_the_first_may_be_trusted(first: str) -> None:
    """Two judges with the same record."""
    panel = Panel(first, frozenset({"judge-1", "judge-2"} - {first}))
    found = trust(with_second_judge(a_history(good)), a_rubric(), RULES, Bench(panel))
    names = {judge_name(JUDGE): "judge-1", judge_name(OTHER): "judge-2"}
    assert names[found[0].judge] == first
    assert {names[judge] for _, judge in trusted_of(found)} == {first}
    further = [one for one in found if names[one.judge] != first]
    assert all(one.reasons[0] == f"a further judge: only {first} may take part" for one in further)
    assert [one.with_people.pairs for one in further if one.criterion == "correctness" and one.with_people] == [350]


def a_judged_week(**fields: Any) -> WeekInputs:
    """Ten good weeks; now twenty calls by Anna, and two more that only the judge graded, with level 2 and level 5."""
    history = [replace(week, week=f"2026-W{36 + n}") for n, week in enumerate(a_history(good))]
    inputs = a_week(drawn=22, graded=20, history=history, thresholds=some_thresholds(a_threshold()))
    said = [grade for n in (21, 22) for grade in grades_of(f"c{n}", {"judge": {"correctness": 2 if n == 21 else 5}}, at=MONDAY)]
    return replace(inputs, grades=[*inputs.grades, *said], **fields)


def final(inputs: WeekInputs, place: int) -> Any:
    """Who gave the final correctness of the call at this place of the queue."""
    return summarise(inputs).results[place - 1].final["correctness"].by


def test_a_trusted_judge_fills_what_nobody_graded() -> None:
    assert (final(a_judged_week(), 21), final(a_judged_week(), 22)) == ("llm", "llm")


def test_a_contested_or_contradicted_grade_fills_nothing_and_stays_to_be_seen() -> None:
    contest = Contest(source="demo", call_id="c22", criterion="correctness", plain=5, masked=2)
    for guard in (Guard(judge=JUDGE, contested=(contest,)), Guard(judge=JUDGE, facts=(("demo", "c22", "correctness"),))):
        inputs = a_judged_week(found={WEEK: (guard,)})
        assert (final(inputs, 21), final(inputs, 22)) == ("llm", None)
        kept = summarise(inputs).results[21].grades
        assert [getattr(grade, "value", None) for grade in kept if grade.criterion == "correctness"] == [5]


def test_a_canary_outside_takes_the_judge_out_of_the_week_and_the_summary_says_why() -> None:
    found = summarise(a_judged_week(found={WEEK: (Guard(judge=JUDGE, canaries=(OUTSIDE,)),)}))
    assert found.results[21].final["correctness"].by is None
    assert found.guard[0].untrusted[0].startswith("canaries: 1 of 1 answer outside")
    assert {one.state for one in found.trust} == {"advisory"}


def test_a_call_that_spoke_to_its_judge_is_contested_where_the_rate_rests_on_what_changed() -> None:
    results = [a_result(1), a_result(2)]
    doubt = Doubt(masked={("demo", "c1"): {"outcome"}}, contradicted={("demo", "c2"): {"outcome"}})
    assert contested("resolution_rate", a_rubric(), results, doubt) == {
        ("demo", "c1"): "the judge was spoken to",
        ("demo", "c2"): "the log contradicts the judge",
    }
    assert contested("clear_failure_rate", a_rubric(), results, doubt) == {}


def test_a_verdict_that_rests_on_calls_that_spoke_to_the_judge_is_not_proven() -> None:
    """17 of 20 resolved: met. Without the six that spoke to it, all resolved: 11 of 14, not proven."""
    lost = {position: {"outcome": "unresolved"} for position in (18, 19, 20)}
    inputs = a_week(drawn=20, graded=20, given=lost, thresholds=some_thresholds(a_threshold()))
    assert summarise(inputs).checks[0].verdict == "met"
    six = tuple(Contest(source="demo", call_id=f"c{n}", criterion="outcome", plain="resolved") for n in range(1, 7))
    judged = [grade for n in range(1, 7) for grade in answers(f"c{n}", JUDGE)]
    again = replace(inputs, grades=[*inputs.grades, *judged], found={WEEK: (Guard(judge=JUDGE, contested=six),)})
    (check,) = summarise(again).checks
    assert check.verdict == "not_proven"
    assert "contested calls (the judge was spoken to)" in check.reason


def test_contests_of_an_earlier_week_count_in_the_accumulated_rate() -> None:
    contest = Contest(source="demo", call_id="w1-c1", criterion="outcome", plain="resolved")
    week = a_past_week([{"Anna Keller": {"outcome": "resolved"}}] * 20)
    inputs = replace(a_judged_week(), history=[week], found={"2026-W01": (Guard(judge=JUDGE, contested=(contest,)),)})
    assert [one.left_out for one in summarise(inputs).checks[0].variants] == ["contested calls (the judge was spoken to)"]


def test_what_counts_as_none_leaves_the_combined_figure_and_its_call_stays_in_the_week() -> None:
    """300 calls, the outcome of three contradicted, a drawn one among them: 297 answers, still of the whole week."""
    week, grades, undrawn = a_combined_week()
    facts = tuple(("demo", call, "outcome") for call in ("w1-c1", "u60", "u61"))
    out = barred([Guard(judge=JUDGE, facts=facts)])
    found = combined(stripped(week, out), without_barred(grades, out), trusted(), undrawn)
    (resolution,) = (one for one in found if one.people.name == "resolution_rate")
    assert (resolution.llm.n, resolution.used) == (297, True)
    assert resolution.why.startswith("a trusted judge graded 297 calls of the whole week")


def test_a_week_of_an_untrusted_judge_rests_on_people_alone() -> None:
    """The same week, used with the judge trusted, and with a canary outside not used in any figure."""
    week, grades, undrawn = a_combined_week()
    history = [*a_history(good), replace(week, week="2026-W11")]
    sound = trust(history, a_rubric(), RULES)
    broken = trust(history, a_rubric(), RULES, Bench(guards=[Guard(judge=JUDGE, untrusted=("canaries",))]))
    assert any(one.used for one in combined(week, grades, sound, undrawn))
    assert not any(one.used for one in combined(week, grades, broken, undrawn))


def test_another_judge_than_the_week_before_is_named_with_what_it_changed_on_gold() -> None:
    """Week 45 by judge-1; now by another version, which says 1 to 30 gold calls of that week."""
    newer = JUDGE.model_copy(update={"version": "judge-1-b"})
    inputs = a_judged_week()
    said = [grade.model_copy(update={"grader": newer}) if grade.grader == JUDGE else grade for grade in inputs.grades]
    probes = [a_probe("gold", f"w1-c{n}", {"correctness": 1}, judge=newer) for n in range(1, 31)]
    (guard,) = summarise(replace(inputs, grades=said, probes=probes)).guard
    assert guard.before == JUDGE
    assert guard.shift["correctness"].items == 30
    assert guard.shift["correctness"].newly_wrong > 20
    (same,) = summarise(replace(inputs, probes=probes)).guard
    assert (same.before, same.shift) == (None, {})


def test_agreement_is_shown_for_every_judge_the_first_one_first() -> None:
    weeks = with_second_judge(a_history(good, weeks=2))
    found = comparisons(weeks, a_rubric(), Panel("judge-2", frozenset({"judge-1"})))
    judges = [one.first for one in found if one.criterion == "correctness" and one.between == "people_and_llm"]
    assert judges == [judge_name(OTHER), judge_name(JUDGE)]
