"""What people say to flagged clear failures: kept with tag and cause, found for the owner, in no rate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from evalharness.errors import UsageError
from evalharness.flows.adjudicate import Ruling, adjudicate
from evalharness.flows.confirm import CAUSES, TAGS, Answer, confirm
from evalharness.flows.due import due
from evalharness.flows.opened import Opened
from evalharness.flows.sheets import drawn_sample
from evalharness.flows.standing import standing
from evalharness.flows.summary import week_summary
from evalharness.flows.waiting import Listed, waiting
from evalharness.models.grade import Grader, Scored
from evalharness.store.records import add_grades, confirmations, load_grades, load_sample
from tests.flows.deciding import (
    ANNA,
    BEN,
    CORA,
    HOSTILE,
    JUDGE,
    LATER,
    NOW,
    WEEK,
    finish,
    item,
    make_drawn,
    quote,
    say,
    the_house,
)
from tests.flows.workspaces import copy_of

CHECK = "wrong_information"


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The drawn week; tests work on copies."""
    return make_drawn(tmp_path_factory.mktemp("confirming") / "ws")


@pytest.fixture
def house(drawn: Path, tmp_path: Path) -> Iterator[Opened]:
    """An opened copy: everybody read the first call and saw nothing wrong, and the LLM flags it."""
    with the_house(copy_of(drawn, tmp_path / "ws")) as found:
        for name in (ANNA, BEN, CORA):
            say(found, name, CHECK, "no")
            finish(found, name)
        say(found, JUDGE, CHECK, "yes", rationale=HOSTILE, evidence=quote())
        yield found
        assert found.ledger.verify() == []


def answer(house: Opened, said: str = "yes", **fields: object) -> Answer:
    """Anna's answer to the flag on the first call."""
    named = {"tag": "hallucination", "cause": "prompt"} if said == "yes" else {}
    return Answer(**{"call": item(house).call.id, "check": CHECK, "answer": said, "by": ANNA, **named, **fields})  # type: ignore[arg-type]


def listed(house: Opened, *, ungraded: bool = False) -> Listed:
    """What waits."""
    return waiting(house, standing(house, drawn_sample(house, WEEK)), ungraded=ungraded)


def test_a_confirmed_flag_is_found_and_decides_no_rate(house: Opened) -> None:
    """Kept with tag and cause; the call is a clear failure to hear first; rate, n and grades are as before."""
    before, grades = week_summary(house, WEEK), load_grades(house.ledger, WEEK)
    (one,) = listed(house).items
    assert (one.kind, one.said[0].why, one.said[0].evidence) == ("flag", HOSTILE, quote())
    found = confirm(house, WEEK, answer(house, note=HOSTILE), LATER)
    assert (found.tag, found.cause, found.note, found.flagged_by, found.drawn) == (
        "hallucination",
        "prompt",
        HOSTILE,
        (JUDGE,),
        True,
    )
    assert confirmations(house.ledger, WEEK) == [found]
    after = week_summary(house, WEEK)
    assert (before.results[0].clear_failure, after.results[0].clear_failure) == ("no", "yes")
    assert after.to_hear[0].kind == "clear_failure"
    assert after.results[0].final[CHECK].value == "no"  # what people said blind stands
    assert before.measure("clear_failure_rate") == after.measure("clear_failure_rate")
    assert before.graders == after.graders
    assert load_grades(house.ledger, WEEK) == grades
    assert listed(house).items == ()


def test_a_dismissed_flag_is_done(house: Opened) -> None:
    """No: nothing waits, nothing is found."""
    confirm(house, WEEK, answer(house, "no", by=BEN), LATER)
    summary = week_summary(house, WEEK)
    assert (listed(house).items, summary.flagged, summary.results[0].clear_failure) == ((), (), "no")
    assert [one.answer for one in summary.confirmations] == ["no"]


@pytest.mark.usefixtures("everybody_is_done")
def test_a_blind_yes_gets_tag_and_cause_and_counts_as_before(house: Opened) -> None:
    """Anna saw it herself in the second call: its cause is missing; named, the rate is as it was. A no is refused."""
    say(house, ANNA, CHECK, "yes", position=2)
    call = item(house, 2).call.id
    assert [one.kind for one in listed(house).items] == ["flag", "cause"]
    assert any(one.what.startswith("name error tag and cause") for one in due(house, NOW))
    with pytest.raises(UsageError, match="a person said yes to it") as refused:
        confirm(house, WEEK, answer(house, "no", call=call), LATER)
    assert f"evalharness dispute {call}" in refused.value.fix
    before = week_summary(house, WEEK).measure("clear_failure_rate")
    found = confirm(house, WEEK, answer(house, call=call), LATER)
    assert found.flagged_by == ()
    assert week_summary(house, WEEK).measure("clear_failure_rate") == before
    assert [one.kind for one in listed(house).items] == ["flag"]


def test_a_flag_on_a_call_that_is_still_to_be_graded_blind_is_held_back(house: Opened) -> None:
    """The third call is on somebody's sheet and unread: its flag is counted, not shown; --ungraded shows it."""
    say(house, JUDGE, CHECK, "yes", position=3)
    found = listed(house)
    assert [one.position for one in found.items] == [1]
    sample = load_sample(house.ledger, WEEK)
    assert sample is not None
    assert found.held_back == {name: 1 for name, asked in sample.design.asked.items() if 3 in asked}
    assert [one.position for one in listed(house, ungraded=True).items] == [1, 3]
    readers = list(found.held_back)
    for name in readers:
        say(house, name, CHECK, "no", position=3)
    assert listed(house).held_back == found.held_back
    finish(house, *readers, position=3)
    assert [one.position for one in listed(house).items] == [1, 3]


@pytest.mark.usefixtures("everybody_is_done")
def test_what_a_person_says_after_the_flag_is_assisted(house: Opened) -> None:
    """Ben dismisses the flag on the third call, then grades it: that answer is assisted, Cora's is blind and counts."""
    say(house, JUDGE, CHECK, "yes", position=3)
    confirm(house, WEEK, answer(house, "no", call=item(house, 3).call.id, by=BEN), NOW)
    say(house, BEN, CHECK, "yes", position=3, at=LATER)
    result = week_summary(house, WEEK).results[2]
    assert result.final[CHECK].assisted
    say(house, CORA, CHECK, "no", position=3, at=LATER)
    assert (week_summary(house, WEEK).results[2].final[CHECK].value, result.clear_failure) == ("no", "yes")


def flag_outside(house: Opened, source: str, call_id: str) -> None:
    """The LLM flags a call that was not drawn."""
    sample = load_sample(house.ledger, WEEK)
    assert sample is not None
    judge = Grader(kind="llm", name=JUDGE, version="1", prompt_digest="p")
    place = {"week": WEEK, "source": source, "call_id": call_id, "criterion": CHECK}
    with house.ledger.transaction() as tx:
        add_grades(tx, [Scored(**place, grader=judge, criterion_digest=sample.criterion_digests[CHECK], at=NOW, value="yes")])


def test_a_found_case_can_be_confirmed_and_stays_in_no_rate(house: Opened) -> None:
    """The LLM flags a call outside the draw: listed last, confirmed, then done; the rate does not move."""
    drawn = {one.identity for one in drawn_sample(house, WEEK).items}
    spare = next(one for one in house.calls.facts(WEEK) if (one.source, one.id) not in drawn)
    flag_outside(house, spare.source, spare.id)
    before = week_summary(house, WEEK)
    assert [one.kind for one in before.flagged] == ["flag", "found"]
    assert listed(house).items[-1].command.startswith(f"evalharness confirm {spare.id} {CHECK} yes|no")
    found = confirm(house, WEEK, answer(house, call=spare.id), LATER)
    after = week_summary(house, WEEK)
    assert (found.drawn, [one.kind for one in after.flagged]) == (False, ["flag"])
    assert before.measure("clear_failure_rate") == after.measure("clear_failure_rate")


def test_a_call_whose_id_looks_like_an_option_is_named_with_its_source(house: Opened) -> None:
    """As typed, it would be taken for one."""
    flag_outside(house, "elsewhere", "-rf")
    assert listed(house).items[-1].command.startswith(f"evalharness confirm elsewhere:-rf {CHECK} yes|no")
    assert not confirm(house, WEEK, answer(house, call="elsewhere:-rf"), LATER).drawn


def test_another_answer_says_why_and_supersedes(house: Opened) -> None:
    """No, then yes with a note: both kept, the last stands."""
    confirm(house, WEEK, answer(house, "no"), LATER)
    with pytest.raises(UsageError, match="Anna Keller answered it already: no"):
        confirm(house, WEEK, answer(house), LATER)
    confirm(house, WEEK, answer(house, note="heard the recording"), LATER)
    assert [one.answer for one in confirmations(house.ledger, WEEK)] == ["no", "yes"]
    assert [one.answer for one in week_summary(house, WEEK).confirmations] == ["yes"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"call": "nope"}, "no graded call has the id 'nope'"),
        ({"check": "tone"}, "'tone' is no clear-failure check"),
        ({"answer": "maybe"}, "'maybe' is neither yes nor no"),
        ({"by": "Eve"}, "'Eve' may not decide"),
        ({"tag": None}, "names its error tag and the cause"),
        ({"cause": None}, "names its error tag and the cause"),
        ({"tag": "sloppy"}, "'sloppy' is not on the list"),
        ({"cause": "weather"}, "'weather' is not on the list"),
        ({"answer": "no"}, "neither tag nor cause"),
        ({"check": "confusion"}, "nobody says that the call failed under confusion"),
        ({"note": "x" * 4001}, "4001 characters are too many"),
    ],
)
def test_mistakes(house: Opened, fields: dict[str, object], said: str) -> None:
    """Named, with what to type; nothing is kept."""
    with pytest.raises(UsageError) as refused:
        confirm(house, WEEK, replace(answer(house), **fields), LATER)  # type: ignore[arg-type]
    assert said in refused.value.what
    assert refused.value.fix
    assert confirmations(house.ledger, WEEK) == []


def test_where_people_differ_the_adjudicator_comes_first(house: Opened) -> None:
    """Yes against no is decided, not confirmed; decided as no, nothing is left to confirm; as yes, its cause is named."""
    say(house, ANNA, CHECK, "yes", at=LATER)
    with pytest.raises(UsageError, match="people differ on it"):
        confirm(house, WEEK, answer(house), LATER)
    call = item(house).call.id
    adjudicate(house, WEEK, Ruling(call, CHECK, "no", "heard", "Dora Post"), LATER)
    with pytest.raises(UsageError, match="an adjudicator decided that it is no failure"):
        confirm(house, WEEK, answer(house), LATER)
    adjudicate(house, WEEK, Ruling(call, CHECK, "yes", "heard again", "Dora Post"), LATER)
    confirm(house, WEEK, answer(house), LATER)
    assert week_summary(house, WEEK).flagged == ()


def test_the_lists_are_closed() -> None:
    """17 tags, 7 causes, as the domain lists them."""
    assert (len(TAGS), len(CAUSES)) == (17, 7)
