"""Disputing a grade: anybody may, it stands until decided, and the call is contested until then."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from evalharness.errors import UsageError
from evalharness.flows.adjudicate import Ruling, adjudicate
from evalharness.flows.dispute import Objection, dispute
from evalharness.flows.due import due
from evalharness.flows.opened import Opened
from evalharness.flows.sheets import drawn_sample
from evalharness.flows.standing import standing
from evalharness.flows.summary import week_summary
from evalharness.flows.waiting import waiting
from evalharness.store.records import disputed_calls, disputes
from tests.flows.deciding import ANNA, BEN, CORA, HOSTILE, JUDGE, LATER, NOW, WEEK, item, make_drawn, say, the_house
from tests.flows.workspaces import copy_of

pytestmark = pytest.mark.usefixtures("everybody_is_done")


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The drawn week; tests work on copies."""
    return make_drawn(tmp_path_factory.mktemp("disputing") / "ws")


@pytest.fixture
def house(drawn: Path, tmp_path: Path) -> Iterator[Opened]:
    """An opened copy in which Anna says how the first call ended, resolved, and the LLM judged its tone."""
    with the_house(copy_of(drawn, tmp_path / "ws")) as found:
        say(found, ANNA, "outcome", "resolved")
        say(found, JUDGE, "tone", 1)
        yield found
        assert found.ledger.verify() == []


def objection(house: Opened, reason: str = "The caller rang again.", criterion: str = "outcome", by: str = "Vendor") -> Objection:
    """A dispute of the first call."""
    return Objection(item(house).call.id, criterion, reason, by)


def test_the_grade_stands_and_the_call_is_contested(house: Opened) -> None:
    """Resolved still counts; the verdict has a reading without the call; list, due list and report name it."""
    found = dispute(house, WEEK, objection(house, HOSTILE), LATER)
    assert (found.reason, found.by, disputes(house.ledger, WEEK)) == (HOSTILE, "Vendor", [found])
    assert disputed_calls(house.ledger) == {item(house).identity}
    summary = week_summary(house, WEEK)
    assert summary.results[0].outcome == "resolved"
    resolution = next(check for check in summary.checks if check.threshold.measure == "resolution_rate")
    assert [(one.left_out, one.calls) for one in resolution.variants] == [("contested calls (disputed)", 1)]
    (listed,) = waiting(house, standing(house, drawn_sample(house, WEEK))).items
    assert (listed.kind, [one.reason for one in listed.disputes]) == ("dispute", [HOSTILE])
    assert any(one.what.startswith("decide on disputed grades") for one in due(house, NOW))
    assert any(step.startswith("decide on 1 call of which a grade is disputed") for step in summary.next_steps)
    assert [call.reason for call in summary.to_hear if call.kind == "disagreement"] == [
        "disputed: outcome: waits for an adjudicator"
    ]


def test_a_decision_closes_it_and_the_same_words_open_nothing(house: Opened) -> None:
    """Decided: no longer contested. The same reason in other capitals is refused, a new one opens it again."""
    dispute(house, WEEK, objection(house), LATER)
    adjudicate(house, WEEK, Ruling(item(house).call.id, "outcome", "partly resolved", "heard", CORA), LATER)
    summary = week_summary(house, WEEK)
    assert (summary.results[0].outcome, disputed_calls(house.ledger)) == ("partly_resolved", frozenset())
    with pytest.raises(UsageError, match="with these words already, and it was decided"):
        dispute(house, WEEK, objection(house, " the CALLER  rang again."), LATER)
    dispute(house, WEEK, objection(house, "Turn 9 says otherwise."), LATER)
    assert week_summary(house, WEEK).results[0].outcome == "partly_resolved"  # the decision stands until the next one
    assert disputed_calls(house.ledger) == {item(house).identity}


def test_it_contests_later_weeks_of_the_same_ledger_only_by_its_call(house: Opened) -> None:
    """A dispute of one call leaves every other call uncontested."""
    say(house, ANNA, "outcome", "resolved", position=2)
    dispute(house, WEEK, objection(house), LATER)
    assert item(house, 2).identity not in disputed_calls(house.ledger)


@pytest.mark.parametrize(
    ("criterion", "reason", "by", "said"),
    [
        ("correctness", "x", "Vendor", "no person's grade stands under correctness"),
        ("tone", "x", "Vendor", "no person's grade stands under tone"),  # the LLM's alone decides nothing
        ("latency", "x", "Vendor", "latency is not judged by people"),
        ("outcome", "", "Vendor", "the reason is empty"),
        ("outcome", "x", "  ", "the reason is empty"),
        ("outcome", "x", "V" * 201, "the name is too long"),
        ("outcome", "\ud800", "Vendor", "no readable text"),
    ],
)
def test_mistakes(house: Opened, criterion: str, reason: str, by: str, said: str) -> None:
    """Named, and nothing is kept."""
    with pytest.raises(UsageError) as refused:
        dispute(house, WEEK, objection(house, reason, criterion, by), LATER)
    assert said in refused.value.what
    assert disputes(house.ledger, WEEK) == []


def test_what_waits_anyway_is_not_disputed(house: Opened) -> None:
    """Anna resolved, Ben transferred: it waits already. The same words twice: refused once they are kept."""
    say(house, BEN, "outcome", "transferred")
    with pytest.raises(UsageError, match="people differ under outcome") as refused:
        dispute(house, WEEK, objection(house), LATER)
    assert "evalharness adjudicate" in refused.value.fix
    say(house, BEN, "outcome", "resolved", at=LATER)
    dispute(house, WEEK, objection(house), LATER)
    with pytest.raises(UsageError, match="with these words already"):
        dispute(house, WEEK, objection(house), LATER)
    assert len(disputes(house.ledger, WEEK)) == 1
