"""Where graders differ: the table, the ranking, the calls behind it, and what must not be in it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import pytest

from evalharness.aggregate.rubric_holes import holes
from evalharness.models.grade import Evidence, FinalValue
from evalharness.models.improvement import CriterionDisagreements, RubricDisagreements
from evalharness.models.trust import judge_name
from tests.aggregate.histories import JUDGE, Said, a_past_week, grades_of
from tests.builders import a_rubric, an_adjudication

JUDGE_NAME = judge_name(JUDGE)


def _said(person: int | str | None, judge: int | str | None, criterion: str = "correctness") -> Said:
    return {"Anna Keller": {criterion: person}, "judge": {criterion: judge}}


def _found(said: Sequence[Said], **fields: object) -> RubricDisagreements:
    return holes([a_past_week(said)], a_rubric(), JUDGE_NAME, **fields)  # type: ignore[arg-type]


def _one(found: RubricDisagreements, criterion: str = "correctness", between: str = "people_and_llm") -> CriterionDisagreements:
    return next(one for one in found.criteria if (one.criterion, one.between) == (criterion, between))


def test_the_table_is_from_peoples_level_to_the_llms() -> None:
    """Of 20 calls 14 alike at 4; people 3 and the LLM 4 on five, people 4 and the LLM 3 on one: row 3, column 4 holds 5."""
    one = _one(_found([_said(4, 4)] * 14 + [_said(3, 4)] * 5 + [_said(4, 3)]))
    at = {word: place for place, word in enumerate(one.answers)}
    assert one.answers == ("1", "2", "3", "4", "5")
    assert (one.table[at["3"]][at["4"]], one.table[at["4"]][at["3"]], one.table[at["4"]][at["4"]]) == (5, 1, 14)
    assert (one.calls, one.pairs, one.differing) == (20, 20, 6)


def test_the_share_is_exact_and_has_its_n() -> None:
    """6 of 20: 30 %, Clopper-Pearson 11.9 to 54.3 %."""
    share = _one(_found([_said(4, 4)] * 14 + [_said(3, 4)] * 6)).share
    assert share is not None
    assert share.low is not None
    assert share.high is not None
    assert (share.value, share.n) == (0.3, 20)
    assert (round(share.low, 3), round(share.high, 3)) == (0.119, 0.543)


def test_below_twenty_calls_there_is_no_share() -> None:
    """19 calls: the counts and calls stand, a share does not; and the criterion comes behind one with enough."""
    few = [{**_said(3, 4), "Anna Keller": {"correctness": 3, "greeted": "yes"}} for _ in range(19)]
    assert _one(_found(few)).share is None
    both: list[Said] = [
        {"Anna Keller": {"correctness": 3, "greeted": "yes"}, "judge": {"correctness": 4, "greeted": "yes"}} for _ in range(19)
    ]
    more = [*both, _said("yes", "no", "greeted")]
    assert [(one.criterion, one.share is None) for one in _found(more).criteria] == [("greeted", False), ("correctness", True)]


def test_what_differs_most_is_first_by_number_and_distance() -> None:
    """Three calls two levels apart (6) stand before five calls one apart (5); both level texts are there."""
    confused = _one(_found([_said(4, 4)] * 12 + [_said(3, 4)] * 5 + [_said(2, 4)] * 3)).confused
    assert [(one.one, one.other, one.n, one.steps) for one in confused] == [("2", "4", 3, 2), ("3", "4", 5, 1)]
    assert confused[0].texts == {"2": "What level 2 looks like.", "4": "What level 4 looks like."}
    assert (confused[0].one_first, confused[0].other_first) == (3, 0)


def test_not_applicable_against_a_value_is_a_disagreement() -> None:
    """It has a row or column of its own, which is not there where nobody answered so."""
    one = _one(_found([_said(4, 4)] * 19 + [_said(None, 4)]))
    assert one.answers[-1] == "N/A"
    assert [(c.one, c.other, c.n, c.steps) for c in one.confused] == [("4", "N/A", 1, 1)]


def test_both_sides_stand_with_reason_and_quote() -> None:
    """The call behind a pair of answers has every grade with what was said for it, people first."""
    quoted = {"rationale": "It said ten.", "evidence": (Evidence(turn=2, quote="Friday at ten"),)}
    more = grades_of("w1-c1", {"Anna Keller": {"correctness": 3}, "judge": {"correctness": 4}}, week="2026-W01", **quoted)
    found = holes([a_past_week([_said(3, 4)] * 2, more=more)], a_rubric(), JUDGE_NAME)
    calls = _one(found).confused[0].calls
    assert [call.call_id for call in calls] == ["w1-c1", "w1-c2"]  # the one with reasons first
    assert [(side.kind, side.answer, side.why) for side in calls[0].sides] == [
        ("human", "3", "It said ten."),
        ("llm", "4", "It said ten."),
    ]
    assert calls[0].sides[1].evidence[0].quote == "Friday at ten"


def test_a_call_that_is_still_to_be_graded_counts_and_is_not_shown() -> None:
    """Two calls differ; one is hidden: n stays 2, one call is listed, one is held back."""
    confused = _one(_found([_said(3, 4)] * 2, hidden={("demo", "w1-c1")})).confused[0]
    assert (confused.n, [call.call_id for call in confused.calls], confused.held_back) == (2, ["w1-c2"], 1)


def test_what_was_decided_stands_behind_what_people_said() -> None:
    """Anna 2, Ben 4, decided 2; the LLM said 4: people's answer is the decision, and its reason is shown last."""
    said: list[Said] = [{"Anna": {"correctness": 2}, "Ben": {"correctness": 4}, "judge": {"correctness": 4}}]
    decision = an_adjudication(2, call_id="w1-c1", week="2026-W01")
    week = a_past_week(said)
    final = FinalValue(criterion="correctness", state="scored", value=2.0, by="adjudicated")
    result = week.results[0]
    decided = result.model_copy(update={"decisions": (decision,), "final": {**result.final, "correctness": final}})
    found = holes([dataclasses.replace(week, results=[decided])], a_rubric(), JUDGE_NAME)
    sides = _one(found).confused[0].calls[0].sides
    assert [(side.who, side.answer) for side in sides][-1] == ("decided by Anna Keller", "2")
    assert sides[-1].why == "The slot was right."


def test_assisted_grades_are_not_in_it() -> None:
    """Anna saw the LLM's value of the third call: two calls are left."""
    assisted = grades_of("w1-c3", {"Anna Keller": {"correctness": 1}}, week="2026-W01", lane="assisted")
    said: list[Said] = [_said(3, 4), _said(3, 4), {"judge": {"correctness": 4}}]
    assert _one(holes([a_past_week(said, more=assisted)], a_rubric(), JUDGE_NAME)).calls == 2


def test_another_text_of_the_criterion_starts_anew() -> None:
    """Graded under the old text of level 4, looked at under a new one: nothing is beside each other."""
    rubric = a_rubric(policy="Another policy.")
    assert holes([a_past_week([_said(3, 4)] * 20)], rubric, JUDGE_NAME).criteria == ()


def test_two_people_by_name_several_by_the_lower_answer() -> None:
    """Anna and Ben have a direction. With Cora in it nobody is first: 3 against 5 is 3, 5 whoever said it."""
    two: list[Said] = [{"Anna Keller": {"correctness": 5}, "Ben Ode": {"correctness": 3}}]
    one = _one(_found(two), between="people")
    assert (one.first, one.second, one.confused[0].one_first, one.confused[0].other_first) == ("Anna Keller", "Ben Ode", 0, 1)
    three = [*two, {"Ben Ode": {"correctness": 3}, "Cora Lind": {"correctness": 5}}]
    mixed = _one(_found(three), between="people")
    assert (mixed.first, mixed.confused[0].one_first, mixed.confused[0].other_first) == ("people", 2, 0)


def test_three_graders_of_a_call_are_three_pairs_of_one_call() -> None:
    """3, 3 and 5: one pair alike, two not; the call stands once behind them."""
    said: list[Said] = [{name: {"correctness": level} for name, level in (("Anna", 3), ("Ben", 3), ("Cora", 5))}]
    one = _one(_found(said), between="people")
    assert (one.calls, one.pairs, one.differing, len(one.confused[0].calls)) == (1, 3, 2, 1)


def test_one_criterion_alone() -> None:
    """`only` leaves the others out; an unknown one is no criterion."""
    both: list[Said] = [{"Anna": {"correctness": 3, "greeted": "no"}, "judge": {"correctness": 4, "greeted": "yes"}}]
    assert {one.criterion for one in _found(both, only="greeted").criteria} == {"greeted"}
    with pytest.raises(KeyError):
        _found(both, only="mood")
