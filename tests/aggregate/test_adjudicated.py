"""A decision counts before every grade, and the grades stay; a disputed grade stands and its call is contested."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from evalharness.aggregate.contested import Doubt, contested
from evalharness.aggregate.disagreements import disagreements
from evalharness.aggregate.final import final_values
from evalharness.aggregate.hear import calls_to_hear
from evalharness.aggregate.inputs import Decided
from evalharness.aggregate.results import call_results
from evalharness.aggregate.summary import summarise
from evalharness.models.act import Adjudication
from evalharness.models.grade import FinalValue, Grade
from evalharness.models.summary import CallResult
from tests.aggregate.building import BEN, a_week, answers, by, by_the_log
from tests.builders import (
    ZONE,
    a_confirmation,
    a_dispute,
    a_grader,
    a_rubric,
    a_sample,
    a_threshold,
    an_adjudication,
    some_thresholds,
)

RUBRIC = a_rubric()
JUDGE = a_grader("haiku", "llm", prompt_digest="p")
DIFFER = (by("Anna Keller", 5), by("Ben Ode", 2))


def final(*grades: Grade, decisions: tuple[Adjudication, ...] = (), criterion: str = "correctness") -> FinalValue:
    """The final value of one call."""
    return final_values(RUBRIC, grades, {}, decisions=decisions)[criterion]


def result_of(*grades: Grade, decided: Decided | None = None, rubric: Any = RUBRIC) -> CallResult:
    """The one drawn call with these grades."""
    return call_results(a_sample(1).items, rubric, grades, {}, ZONE, decided)[0]


@pytest.mark.parametrize(
    "grades", [DIFFER, (by("Anna Keller", 5),), (by("Anna Keller", 5), by("Ben Ode", 4)), (by("Anna Keller", None), by("Ben", 3))]
)
def test_a_decision_counts_before_every_grade(grades: tuple[Grade, ...]) -> None:
    """Whatever people said, 3 counts; it is nobody's conflict, and no fail."""
    found = final(*grades, decisions=(an_adjudication(3),))
    assert (found.value, found.by, found.conflict, found.assisted, found.fail) == (3.0, "adjudicated", False, False, None)
    assert found.note == "decided by Anna Keller"


def test_what_a_decision_may_say() -> None:
    """N/A is an answer; a failing level fails; of two decisions the later counts; one on another question does nothing."""
    assert final(*DIFFER, decisions=(an_adjudication(None),)).state == "not_applicable"
    assert final(*DIFFER, decisions=(an_adjudication(1),)).fail == "call"
    assert final(*DIFFER, decisions=(an_adjudication(1), an_adjudication(4))).value == 4.0
    other = final(*DIFFER, decisions=(an_adjudication("yes", "greeted"),))
    assert (other.conflict, other.by) == (True, None)


def test_a_decision_before_the_log_and_the_judge() -> None:
    """The log says transferred, Ben resolved, the adjudicator partly resolved."""
    said = (by_the_log("transferred"), by("Ben Ode", "resolved", "outcome"))
    found = final(*said, decisions=(an_adjudication("partly_resolved", "outcome"),), criterion="outcome")
    assert (found.value, found.by) == ("partly_resolved", "adjudicated")


def test_one_turn_is_decided_and_the_others_are_not() -> None:
    """Turn 2: 5 against 2, decided as 3; turn 4: both say 5. The call: (3 + 5) / 2 = 4, by the adjudicator."""
    form = RUBRIC.model_dump(mode="json")
    form["sections"][0]["criteria"][0]["scope"] = "turn"
    rubric = type(RUBRIC).model_validate(form, strict=False)
    grades = [by(name, value, turn=turn) for name, turn, value in (("A", 2, 5), ("B", 2, 2), ("A", 4, 5), ("B", 4, 5))]
    waits = final_values(rubric, grades, {})["correctness"]
    decided = final_values(rubric, grades, {}, decisions=(an_adjudication(3, turn=2),))["correctness"]
    assert (waits.value, waits.conflict) == (5.0, True)
    assert (decided.value, decided.conflict, decided.by) == (4.0, False, "adjudicated")


def test_an_assisted_decision_gives_the_score_and_no_rate() -> None:
    """Twenty calls resolved, the first in conflict and decided: blind it counts among 20, assisted 19 count."""
    week = a_week(given={1: {"outcome": "resolved"}})
    week = replace(week, grades=[*week.grades, by("Ben Ode", "transferred", "outcome")])

    def n(*decisions: Adjudication) -> int:
        found = summarise(replace(week, decided=Decided(decisions)))
        return found.measure("resolution_rate").n

    blind = an_adjudication("resolved", "outcome")
    assert (n(), n(blind), n(blind.model_copy(update={"lane": "assisted"}))) == (19, 20, 19)


def test_a_decided_call_has_a_score_and_is_no_open_one() -> None:
    """5 against 2 leaves the call without a score and open; decided, it has both grades, a score, and is graded."""
    week = a_week(drawn=1)
    week = replace(week, grades=[*answers(correctness=5), *answers(grader=BEN, correctness=2)])
    before, after = (summarise(replace(week, decided=Decided(given))) for given in ((), (an_adjudication(4),)))
    assert (before.results[0].score, before.nonresponse.open) == (None, 1)  # type: ignore[union-attr]
    assert (after.nonresponse.open, after.nonresponse.graded) == (0, 1)  # type: ignore[union-attr]
    assert after.results[0].score is not None
    assert [grade.value for grade in after.results[0].grades if grade.criterion == "correctness"] == [5, 2]  # type: ignore[union-attr]


def test_the_disagreement_stays_and_waits_no_more() -> None:
    """Both grades, the decision beside them; disputed again it waits again."""
    decided = Decided((an_adjudication(4),))
    (one,) = disagreements(RUBRIC, [result_of(*DIFFER, decided=decided)])
    assert (one.waits, one.between, one.why, one.decision) == (False, "people", "levels", an_adjudication(4))
    assert [grade.grader.name for grade in one.grades] == ["Anna Keller", "Ben Ode"]
    (again,) = disagreements(RUBRIC, [result_of(*DIFFER, decided=decided)], [a_dispute()])
    assert (again.waits, again.final.value, len(again.disputes)) == (True, 4.0, 1)


def test_a_disputed_grade_stands_and_is_listed() -> None:
    """Anna alone said 5 and the vendor disputes it: it waits, 5 counts; decided it stays listed and waits no more."""
    result = result_of(by("Anna Keller", 5), by("haiku", 5, grader=JUDGE))
    (one,) = disagreements(RUBRIC, [result], [a_dispute()])
    assert (one.between, one.why, one.waits, one.final.value) == ("dispute", "disputed", True, 5.0)
    (heard,) = [call for call in calls_to_hear(RUBRIC, [result], [one]) if call.kind == "disagreement"]
    assert heard.reason == "disputed: correctness: waits for an adjudicator"
    closed = a_dispute(decided=True)
    result = result_of(by("Anna Keller", 5), decided=Decided((an_adjudication(2),)))
    (done,) = disagreements(RUBRIC, [result], [closed])
    assert (done.waits, done.disputes, done.final.value) == (False, (closed,), 2.0)
    assert disagreements(RUBRIC, [result_of(by("Anna Keller", 5))], [a_dispute(call_id="c9")]) == ()


def test_disputes_make_the_verdict_depend() -> None:
    """100 of 100 resolved is met; without the 96 disputed calls 4 are left, which prove nothing."""
    ids = frozenset(("demo", f"c{position}") for position in range(1, 97))
    week = a_week(judged=100, drawn=100, thresholds=some_thresholds(a_threshold()))
    assert summarise(week).checks[0].verdict == "met"
    found = summarise(replace(week, disputed=ids)).checks[0]
    assert (found.verdict, found.variants[0].calls) == ("not_proven", 96)


@pytest.mark.parametrize(
    ("answer", "why"), [(None, "flagged and not confirmed"), ("yes", "failure confirmed that people had not seen"), ("no", None)]
)
def test_a_dismissed_flag_contests_nothing(answer: str | None, why: str | None) -> None:
    """The log flags what Anna, blind, did not see: contested until she hears it and says no again."""
    said = (by("Anna Keller", "no", "wrong_information"), by_the_log("yes", "wrong_information"))
    heard = Decided(confirmations=() if answer is None else (a_confirmation(answer),))
    found = contested("clear_failure_rate", RUBRIC, [result_of(*said, decided=heard)], Doubt())
    assert found.get(("demo", "c1")) == why


def test_a_confirmed_failure_is_found_and_in_no_rate() -> None:
    """Nothing amiss in 20 calls read blind; the LLM flags c3 and Anna confirms it: to hear first, still 0 of 20."""
    week = a_week()
    week = replace(week, grades=[*week.grades, by("haiku", "yes", "wrong_information", call_id="c3", grader=JUDGE)])
    plain, heard = (
        summarise(replace(week, decided=Decided(confirmations=given))) for given in ((), (a_confirmation(call_id="c3"),))
    )
    assert [one.check for one in plain.flagged] == ["wrong_information"]
    assert heard.flagged == ()
    assert (heard.results[2].clear_failure, heard.to_hear[0].reason) == ("yes", "clear failure: wrong information")
    for found in (plain, heard):
        rate = found.measure("clear_failure_rate")
        assert (rate.value, rate.n) == (0.0, 20)


def test_an_answer_after_the_flag_was_heard_is_assisted() -> None:
    """Ben looks at the flag on Tuesday. What he answered on Monday stays blind; his correction of Wednesday is assisted."""
    tuesday = a_confirmation(by="Ben Ode").at
    first = by("Ben Ode", "no", "wrong_information", at=tuesday - timedelta(days=1))
    second = by("Ben Ode", "yes", "wrong_information", at=tuesday + timedelta(days=1))
    other = by("Cora Lind", "no", "wrong_information", at=tuesday + timedelta(days=1))
    result = result_of(first, second, other, decided=Decided(confirmations=(a_confirmation(by="Ben Ode"),)))
    assert [(one.grader.name, one.lane) for one in result.grades] == [
        ("Ben Ode", "blind"), ("Ben Ode", "assisted"), ("Cora Lind", "blind"),
    ]  # fmt: skip
    assert (result.final["wrong_information"].value, result.clear_failure) == ("no", "yes")
