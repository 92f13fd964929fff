"""Deciding at the desk on a ledger: the rules of `adjudicate` and `confirm`, for the one who looks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from evalharness.errors import UsageError
from evalharness.flows.adjudicate import Ruling, adjudicate
from evalharness.flows.desk_bench import LedgerBench
from evalharness.flows.desk_house import LedgerHouse
from evalharness.flows.dispute import Objection, dispute
from evalharness.flows.opened import Opened
from evalharness.grade.human.desk.change import ChangeError
from evalharness.grade.human.desk.docket import Case, Said
from evalharness.store.records import add_grades, adjudications, confirmations, disputes, load_grades, shown
from tests.flows.deciding import ANNA, BEN, CORA, JUDGE, LATER, WEEK, make_drawn, quote, say, the_house
from tests.flows.workspaces import copy_of

CHECK, DEPUTY = "wrong_information", "Dora Post"


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The drawn week; tests work on copies."""
    return make_drawn(tmp_path_factory.mktemp("bench") / "ws")


@pytest.fixture
def house(drawn: Path, tmp_path: Path) -> Iterator[Opened]:
    with the_house(copy_of(drawn, tmp_path / "ws")) as found:
        yield found
        assert found.ledger.verify() == []


def a_bench(house: Opened) -> LedgerBench:
    desk = LedgerHouse(house.ledger, WEEK, house.config.zone, lambda: LATER, house.config.graders)
    return LedgerBench(house, desk, WEEK, lambda: LATER)


def of(house: Opened, *people: str) -> int:
    """The place in the queue of a call that these people have and Anna has not."""
    desk = LedgerHouse(house.ledger, WEEK, house.config.zone)
    asked = desk.grading(BEN).board.asked
    others = {name for name in asked if name not in people}
    found = set.intersection(*(set(asked[name]) for name in people)) - set().union(*(asked[name] for name in others))
    return min(found)


def finish(house: Opened, name: str, position: int) -> None:
    """Everything that is asked of the call, answered by N/A where the test says nothing else."""
    desk = LedgerHouse(house.ledger, WEEK, house.config.zone)
    grading = desk.grading(name)
    row = next(card.row for card in grading.cards if card.item.position == position)
    for one in grading.board.questions(row):
        if grading.said(row).answer(one.criterion.id, one.turn) is None:
            say(house, name, one.criterion.id, None, position=position)


def differ(house: Opened, *, finished: bool = True) -> int:
    """Ben says 5 and Cora 2 on a call of theirs; its place in the queue."""
    position = of(house, BEN, CORA)
    say(house, BEN, "correctness", 5, position=position, rationale="All right.", evidence=quote())
    say(house, CORA, "correctness", 2, position=position)
    for name in (BEN, CORA) if finished else ():
        finish(house, name, position)
    return position


def flag(house: Opened, position: int) -> None:
    """The LLM says that a check failed."""
    say(house, JUDGE, CHECK, "yes", position=position, rationale="judge-said", evidence=quote())


def only(bench: LedgerBench, person: str = ANNA) -> Case:
    (case,) = bench.docket(person).cases
    return case


def said(case: Case, value: str = "4", words: str = "heard it", **named: str) -> Said:
    return Said(case.id, value, words, **named)


def test_a_difference_is_decided_as_by_the_command(house: Opened) -> None:
    """Value, reason, who, lane: the same row; both grades stay; it waits for nobody any more."""
    differ(house)
    bench, grades = a_bench(house), load_grades(house.ledger, WEEK)
    case = only(bench)
    assert [(voice.grader, voice.value, voice.own) for voice in case.voices] == [(BEN, "5", False), (CORA, "2", False)]
    assert bench.opening(ANNA, case).id == case.identity[1]
    words, at = bench.decide(ANNA, said(case))
    (found,) = adjudications(house.ledger, WEEK).values()
    assert (found.value, found.reason, found.by, found.lane, found.at, at) == (4, "heard it", ANNA, "blind", LATER, LATER)
    assert "4" in words[0]
    assert load_grades(house.ledger, WEEK) == grades
    assert bench.docket(ANNA).cases == ()
    with pytest.raises(ChangeError, match="does not wait"):
        bench.decide(ANNA, said(case))
    assert len(adjudications(house.ledger, WEEK)) == 1
    assert shown(house.ledger, WEEK) == {}  # no LLM's answer was among it


def test_another_desk_is_seen(house: Opened) -> None:
    """Decided by the command while the list is open: it is gone from it."""
    position = differ(house)
    bench = a_bench(house)
    case = only(bench)
    adjudicate(house, WEEK, Ruling(case.identity[1], "correctness", "3", "why", DEPUTY), LATER)
    assert position
    assert bench.docket(ANNA).cases == ()


def test_who_graded_it_is_not_asked_unless_the_owner(house: Opened) -> None:
    """Ben and Cora differ: neither sees the case, both are told that one waits for another; the deputy and Anna see it."""
    differ(house)
    bench = a_bench(house)
    for name in (BEN, CORA):
        docket = bench.docket(name)
        assert (docket.cases, docket.others, docket.to_grade) == ((), 1, 0)
    assert only(bench, DEPUTY).id == only(bench, ANNA).id
    with pytest.raises(ChangeError):
        bench.decide(BEN, said(only(bench)))
    assert adjudications(house.ledger, WEEK) == {}


def test_the_owner_may_decide_on_an_own_grade_and_the_record_says_so(house: Opened) -> None:
    """Anna and Ben differ; all of it is graded."""
    position = of(house, ANNA, BEN)
    say(house, ANNA, "correctness", 5, position=position)
    say(house, BEN, "correctness", 2, position=position)
    finish(house, ANNA, position)
    bench = a_bench(house)
    case = only(bench)
    assert [voice.own for voice in case.voices] == [True, False]
    words, _ = bench.decide(ANNA, said(case))
    assert "You had graded it too; the record says so." in words


def test_nothing_is_told_of_a_call_that_is_still_to_grade(house: Opened) -> None:
    """Anna has answered one question of the call she shares with Ben: what he said is held back until she has answered all."""
    position = of(house, ANNA, BEN)
    say(house, ANNA, "correctness", 5, position=position)
    say(house, BEN, "correctness", 2, position=position)
    flag(house, position)
    bench = a_bench(house)
    docket = bench.docket(ANNA)
    assert (docket.cases, docket.to_grade) == ((), 1)
    assert bench.docket(DEPUTY).cases != ()
    finish(house, ANNA, position)
    assert [case.kind for case in bench.docket(ANNA).cases] == ["disagreement"]


def test_a_flag_waits_until_the_difference_on_its_call_is_decided(house: Opened) -> None:
    """The decision is to be blind: then the flag comes, and who looks at it has been shown it, which is kept before."""
    position = differ(house)
    flag(house, position)
    bench = a_bench(house)
    docket = bench.docket(ANNA)
    assert ([case.kind for case in docket.cases], docket.after) == (["disagreement"], 1)
    bench.decide(ANNA, said(docket.cases[0]))
    case = only(bench)
    assert (case.kind, shown(house.ledger, WEEK)) == ("flag", {})
    bench.opening(ANNA, case)
    assert shown(house.ledger, WEEK) == {ANNA: {case.identity}}
    words, _ = bench.decide(ANNA, said(case, "yes", "", tag="hallucination", cause="prompt"))
    (found,) = confirmations(house.ledger, WEEK)
    assert (found.answer, found.tag, found.cause, found.by, found.flagged_by) == (
        "yes",
        "hallucination",
        "prompt",
        ANNA,
        (JUDGE,),
    )
    assert words == ["A clear failure: hallucination, cause prompt.", "It answers a flag, so it enters no rate."]


def test_a_decision_after_a_flag_was_seen_is_assisted(house: Opened) -> None:
    """Anna looked at the LLM's flag; then somebody disputes a grade of the call, and she decides it: in no rate."""
    position = of(house, BEN, CORA)
    for name in (BEN, CORA):
        say(house, name, "correctness", 4, position=position)
        finish(house, name, position)
    flag(house, position)
    bench = a_bench(house)
    bench.opening(ANNA, only(bench))
    call = only(bench).identity[1]
    dispute(house, WEEK, Objection(call, "correctness", "it was worse", "Voice Vendor"), LATER)
    case = next(one for one in bench.docket(ANNA).cases if one.kind == "dispute")
    words, _ = bench.decide(ANNA, said(case, "2"))
    assert [one.lane for one in adjudications(house.ledger, WEEK).values()] == ["assisted"]
    assert "it gives the call's score and enters no rate" in words[-1]
    assert all(one.decided for one in disputes(house.ledger, WEEK))


@pytest.mark.parametrize(
    ("value", "words", "error"),
    [("9", "why", "no answer"), ("4", "  ", "reason is empty"), ("yes", "why", "no answer")],
)
def test_a_difference_is_refused_as_by_the_command(house: Opened, value: str, words: str, error: str) -> None:
    """In its words; nothing is kept."""
    differ(house)
    bench = a_bench(house)
    with pytest.raises(UsageError, match=error):
        bench.decide(ANNA, said(only(bench), value, words))
    assert adjudications(house.ledger, WEEK) == {}


@pytest.mark.parametrize(
    ("value", "named", "error"),
    [
        ("yes", {}, "names its error tag"),
        ("yes", {"tag": "hallucination", "cause": "moon"}, "not on the list"),
        ("no", {"tag": "hallucination"}, "neither tag nor cause"),
        ("maybe", {}, "neither yes nor no"),
    ],
)
def test_an_answer_to_a_flag_is_refused_as_by_the_command(house: Opened, value: str, named: dict[str, str], error: str) -> None:
    """In its words; nothing is kept."""
    flag(house, of(house, BEN, CORA))
    bench = a_bench(house)
    with pytest.raises(UsageError, match=error):
        bench.decide(ANNA, said(only(bench), value, "", **named))
    assert confirmations(house.ledger, WEEK) == []


def test_a_failure_that_people_saw_takes_a_cause_and_no_no(house: Opened) -> None:
    """Ben and Cora said yes blind: Anna names what is to be fixed; "no" is a dispute."""
    position = of(house, BEN, CORA)
    for name in (BEN, CORA):
        say(house, name, CHECK, "yes", position=position)
    bench = a_bench(house)
    case = only(bench)
    assert case.kind == "cause"
    with pytest.raises(UsageError, match="people say"):
        bench.decide(ANNA, said(case, "no", ""))
    bench.decide(ANNA, said(case, "yes", "", tag="knowledge_gap", cause="knowledge"))
    assert bench.docket(ANNA).cases == ()


def test_a_flag_outside_the_draw_shows_its_call(house: Opened) -> None:
    """The call comes from the call log; a "no" is kept and it waits no more."""
    desk = LedgerHouse(house.ledger, WEEK, house.config.zone)
    drawn = {item.identity for item in desk.grading(BEN).board.sample.items}
    spare = next((one.source, one.id) for one in house.calls.facts(WEEK) if (one.source, one.id) not in drawn)
    flag(house, 1)
    grade = next(one for one in load_grades(house.ledger, WEEK) if one.grader.kind == "llm")
    with house.ledger.transaction() as tx:
        add_grades(tx, [grade.model_copy(update={"source": spare[0], "call_id": spare[1]})])
    bench = a_bench(house)
    case = next(one for one in bench.docket(DEPUTY).cases if one.kind == "found")
    assert (case.identity, case.position, bench.opening(DEPUTY, case).id) == (spare, None, spare[1])
    bench.decide(DEPUTY, said(case, "no", ""))
    assert [one.kind for one in bench.docket(DEPUTY).cases] == ["flag"]


@pytest.mark.parametrize(
    ("name", "may"), [(ANNA, True), (DEPUTY, True), (BEN, True), ("ben  ODE", True), ("Carla", False), ("", False)]
)
def test_owner_deputy_and_graders_decide(house: Opened, name: str, may: bool) -> None:
    """Whatever the spelling of capitals; nobody else."""
    assert a_bench(house).may_decide(name) is may
