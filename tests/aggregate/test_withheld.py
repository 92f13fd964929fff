"""What a reader who is still to grade a call may see of it: their own answers, and nobody else's anywhere."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from evalharness.aggregate.results import regraded
from evalharness.aggregate.summary import summarise
from evalharness.aggregate.withheld import withheld
from evalharness.models.grade import HELD_BACK
from evalharness.models.guard import Guard
from evalharness.models.summary import Disagreement, Flagged, WeekSummary
from evalharness.models.trust import FoundCase
from evalharness.report.exports.figures import answer_rows, criterion_rows
from tests.aggregate import building
from tests.aggregate.building import a_week as graded_week
from tests.builders import a_confirmation, a_dispute, a_grade, a_grader, an_adjudication
from tests.report.guards import HAIKU, a_full_guard
from tests.report.weeks import ANNA, BEN, a_result, a_week_summary

ZONE = ZoneInfo("Europe/Berlin")
SECRET = "what only others say"
FIRST, SECOND = ("demo", "call-001-9f3a"), ("demo", "call-002-9f3a")


def seen(summary: WeekSummary, awaited: dict[tuple[str, str], set[str]]) -> WeekSummary:
    return withheld(summary, summary.rubric, awaited, ZONE)


def with_llm(position: int = 1) -> Any:
    """A drawn call graded by Anna and Ben, and by an LLM, with a reason."""
    result = a_result(position, 4)
    place = {"call_id": result.call.id, "source": result.call.source, "rationale": SECRET}
    llm = a_grade(1, "tone", grader=HAIKU, **place)
    measured = a_grade(5, "latency", grader=a_grader("log", "measured"), **(place | {"rationale": "from the log"}))
    return result.model_copy(update={"grades": (*result.grades, llm, measured)})


def graders(result: Any) -> set[str]:
    return {grade.grader.name for grade in result.grades}


def test_nothing_changes_where_nobody_is_awaited():
    """The very summary comes back."""
    summary = a_week_summary(results=(with_llm(),))
    assert seen(summary, {}) is summary
    assert seen(summary, {FIRST: set()}) is summary
    assert seen(summary, {("demo", "another call"): {ANNA}}) is summary


def test_while_one_reader_is_awaited_only_their_own_answers_stand():
    """Anna and Ben share the call; Ben has not finished: Anna's answers and the LLM's go, Ben's own and measured ones stay."""
    shown = seen(a_week_summary(results=(with_llm(),)), {FIRST: {BEN}}).results[0]
    assert graders(shown) == {BEN, "log"}
    assert shown.held
    assert SECRET not in shown.model_dump_json()
    both = seen(a_week_summary(results=(with_llm(),)), {FIRST: {ANNA, BEN}}).results[0]
    assert graders(both) == {"log"}
    assert (both.outcome, both.score, both.clear_failure) == (None, None, None)


def test_a_call_that_one_person_alone_grades_hides_the_llm_only():
    """Call 20 is Ben's: what he has answered so far stays."""
    result = with_llm(20)
    call = (result.call.source, result.call.id)
    assert graders(seen(a_week_summary(results=(result,)), {call: {BEN}}).results[0]) == {BEN, "log"}


def test_a_notice_counts_the_calls_of_which_something_is_held_back():
    """Call 20 without an LLM has nothing of others: one call is counted, not two."""
    summary = a_week_summary(results=(with_llm(),))
    alone = regraded(a_result(20, 4), summary.rubric, a_result(20, 4).grades, ZONE)
    summary = summary.model_copy(update={"results": (*summary.results, alone)})
    found = seen(summary, {FIRST: {BEN}, (alone.call.source, alone.call.id): {BEN}})
    assert [one.held for one in found.results] == [True, False]
    assert found.notices[-1].startswith("1 call that somebody is still to grade: what others say of it"[:38])
    assert found.checks == summary.checks


def four_calls(*more: Any) -> WeekSummary:
    """Four drawn calls of which Anna graded all; the first shows wrong information."""
    inputs = graded_week(judged=40, drawn=4, given={1: {"wrong_information": "yes", "human_needed": "needed"}})
    return summarise(replace(inputs, grades=[*inputs.grades, *more]))


def test_held_answers_are_in_no_count_so_that_none_is_found_by_subtraction():
    """Ben is still to grade the first call: its yes is in no count of answers; the rate of the week is what it was."""
    whole = four_calls()
    found = seen(whole, {("demo", "c1"): {building.BEN.name}})
    before, after = ({one.criterion: one for one in week.criteria}["wrong_information"] for week in (whole, found))
    assert (before.answers, before.ungraded, before.held, before.measure.n) == ({"no": 3, "yes": 1}, 0, 0, 4)
    assert (after.answers, after.ungraded, after.held, after.measure.n) == ({"no": 3}, 1, 1, 3)
    assert whole.escalation is not None
    assert found.escalation is not None
    assert (whole.escalation.missed, found.escalation.missed) == (1, 0)
    assert found.measure("clear_failure_rate") == whole.measure("clear_failure_rate")
    assert {row["held"] for row in answer_rows(found) if row["criterion"] == "wrong_information"} == {1}
    assert next(row["held"] for row in criterion_rows(found) if row["criterion"] == "wrong_information") == 1
    assert next(one for one in found.criteria if one.criterion == "latency").held == 0


def test_one_readers_answer_is_not_the_calls_while_the_others_is_held_back():
    """Ben has answered checks and outcome and is still to answer the rest: his no stands as his, and no final value is told."""
    ben = building.answers("c1", grader=building.BEN, **dict.fromkeys(LEFT))
    result = seen(four_calls(*ben), {("demo", "c1"): {building.BEN.name}}).results[0]
    assert [(one.grader.name, one.value) for one in result.grades if one.criterion == "wrong_information"] == [
        (building.BEN.name, "no")
    ]
    final = result.final["wrong_information"]
    assert (final.state, final.value, final.by, final.note) == ("ungraded", None, None, HELD_BACK)
    assert (result.clear_failure, result.outcome, result.held) == (None, None, True)


LEFT = ("correctness", "greeted", "human_needed")


def test_guards_name_no_grade_of_such_a_call_and_keep_their_counts():
    """One contested grade and two contradictions; those of call-7 and call-8 are held back: 0 + 1 named, 2 held, 3 in all."""
    summary = a_week_summary(results=(with_llm(),), guard=(a_full_guard(),))
    found = seen(summary, {("demo", "call-7"): {BEN}, ("demo", "call-8"): {ANNA}}).guard[0]
    assert (found.contested, [call for _, call, _ in found.facts], found.held, found.none) == ((), ["call-9"], 2, 3)
    assert a_full_guard().none == 3
    assert Guard(judge=HAIKU).none == 0


def differing(**fields: Any) -> Disagreement:
    """Anna and Ben differ on call 1, and the LLM too."""
    result = with_llm()
    tone = tuple(grade for grade in result.grades if grade.criterion == "tone")
    ordinary = {"position": 1, "source": FIRST[0], "call_id": FIRST[1], "criterion": "tone", "between": "people", "why": "levels"}
    return Disagreement(**{**ordinary, "grades": tone, "final": result.final["tone"], "waits": True, **fields})


def test_differences_go_unless_everybody_in_them_may_be_shown():
    """A third reader awaited hides all; of a call read by Ben alone, his dispute of his own grade stays without the LLM."""
    ben = tuple(one for one in differing().grades if one.grader.name == BEN)
    llm = tuple(one for one in differing().grades if one.grader.kind == "llm")
    own = differing(grades=(*ben, *llm), between="dispute", why="disputed", disputes=(a_dispute("tone", by=BEN),))
    found = [
        differing(),
        differing(between="people_and_llm", grades=(*ben, *llm)),
        own,
        differing(grades=ben, disputes=(a_dispute("tone", by=ANNA),)),
        differing(grades=ben, decision=an_adjudication(criterion="tone", by=ANNA)),
        differing(call_id="another"),
    ]
    shown = seen(a_week_summary(results=(with_llm(),), disagreements=tuple(found)), {FIRST: {BEN}}).disagreements
    assert [(one.call_id, one.between) for one in shown] == [(FIRST[1], "dispute"), ("another", "people")]
    assert {grade.grader.name for grade in shown[0].grades} == {BEN}


def test_decisions_and_confirmations_of_others_wait_too():
    """What Anna decided of a call that Ben is still to grade would tell him; what he confirmed himself does not."""
    decided = an_adjudication(criterion="tone", call_id=FIRST[1], source=FIRST[0], by=ANNA, reason=SECRET)
    said = [a_confirmation(call_id=FIRST[1], source=FIRST[0], by=name, note=SECRET) for name in (ANNA, BEN)]
    result = with_llm().model_copy(update={"decisions": (decided,), "confirmations": (said[0],)})
    found = seen(a_week_summary(results=(result,), confirmations=tuple(said)), {FIRST: {BEN}})
    assert (found.results[0].decisions, found.results[0].confirmations) == ((), ())
    assert [one.by for one in found.confirmations] == [BEN]


def test_flags_and_found_cases_of_such_calls_wait():
    """A flag of the LLM, and what it saw in a call that somebody picked: both gone; those of other calls stand."""
    llm = [a_grade("yes", "confusion", call_id=call, source=source, grader=HAIKU) for source, call in (FIRST, SECOND)]
    flags = tuple(
        Flagged(kind="flag", position=1, source=one.source, call_id=one.call_id, check="confusion", grades=(one,)) for one in llm
    )
    cases = tuple(FoundCase(source=s, call_id=c, judge="j", checks=("confusion",)) for s, c in (FIRST, SECOND))
    found = seen(a_week_summary(results=(with_llm(),), flagged=flags, found_cases=cases), {FIRST: {BEN}})
    assert [one.call_id for one in found.flagged] == [SECOND[1]]
    assert [one.call_id for one in found.found_cases] == [SECOND[1]]


def test_calls_to_hear_give_no_reason_that_others_gave():
    """Call 5 is a clear failure by Ben and Anna: while Anna is awaited it is no reason to hear it."""
    result = a_result(5, 4)
    call = (result.call.source, result.call.id)
    free = seen(a_week_summary(results=(result,), guard=(a_full_guard(),)), {("demo", "call-7"): {ANNA}})
    assert [one.kind for one in free.to_hear] == ["clear_failure"]
    held = seen(a_week_summary(results=(result,)), {call: {ANNA, BEN}})
    assert held.to_hear == ()
