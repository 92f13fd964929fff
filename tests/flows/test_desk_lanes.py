"""The lanes at the desk on a ledger: what is shown to whom, when that is kept, and in which lane a grade stands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from evalharness.errors import LedgerError
from evalharness.flows.desk_house import LedgerHouse
from evalharness.grade.human.desk.board import Grading
from evalharness.grade.human.desk.change import read_change
from evalharness.grade.human.desk.written import written
from evalharness.sample.heard import heard_calls
from evalharness.store.ledger import Ledger
from evalharness.store.records import assisted_since, load_grades, load_sample, shown
from evalharness.workspace.settings import Graders, LlmGrader
from tests.builders import ZONE
from tests.flows.deciding import ANNA, BEN, JUDGE, NOW, WEEK, make_drawn, say, the_house
from tests.flows.workspaces import copy_of

ON = Graders(blind_first=3, llm=LlmGrader(enabled=True))


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A drawn week of three people, of whose calls the LLM has answered one question each."""
    root = make_drawn(tmp_path_factory.mktemp("lanes") / "ws")
    with the_house(root) as house:
        for position in range(1, 36):
            say(house, JUDGE, "correctness", 4, position=position, rationale="judge-said")
    return root


@pytest.fixture
def ledger(drawn: Path, tmp_path: Path) -> Iterator[Ledger]:
    with closing(Ledger.open(copy_of(drawn, tmp_path / "ws") / "ledger.db")) as found:
        yield found


def a_house(ledger: Ledger, graders: Graders = ON, at: datetime = NOW) -> LedgerHouse:
    return LedgerHouse(ledger, WEEK, ZONE, lambda: at, graders)


def change(house: LedgerHouse, person: str, row: str, do: str, value: Any) -> None:
    body = json.dumps({"row": row, "do": do, "question": "correctness", "value": value}).encode()
    house.keep(person, lambda now, at: written(read_change(body, now), now, at))


def alone(grading: Grading) -> list[str]:
    """The rows of the calls that nobody else has, in queue order."""
    others = {place for name, given in grading.board.asked.items() if name != grading.person for place in given}
    return [card.row for card in grading.cards if card.item.position not in others]


def lanes(ledger: Ledger, person: str) -> list[tuple[str, str]]:
    found = [one for one in load_grades(ledger, WEEK) if one.grader.name == person]
    return [(one.call_id, one.lane) for one in found]


def test_the_first_calls_and_shared_ones_are_blind(ledger: Ledger) -> None:
    """Opening every call of Ben's: nothing of the first three, nor of one that another grades too, is ever given or kept."""
    house = a_house(ledger)
    rows = list(house.grading(BEN).queue)
    for row in rows:
        house.opening(BEN, row)
    now = house.grading(BEN)
    assert list(now.suggested) == [row for row in rows[3:] if row in alone(now)]
    assert len(now.suggested) >= 3
    told = {now.queue[row].identity for row in now.suggested}
    assert shown(ledger, WEEK) == {BEN: told}
    assert house.grading(ANNA).suggested == {}


def test_that_it_is_shown_is_committed_before_it_is(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """A commit that fails shows nothing, now or at the next look."""
    house = a_house(ledger)
    row = alone(house.grading(BEN))[-1]

    def failing(*_: Any) -> None:
        raise LedgerError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr("evalharness.flows.desk_house.add_shown", failing)
        with pytest.raises(LedgerError):
            house.opening(BEN, row)
    assert house.grading(BEN).suggested == {}
    assert shown(ledger, WEEK) == {}
    assert house.opening(BEN, row).suggested[row]["correctness"].value == 4  # type: ignore[union-attr]
    assert assisted_since(ledger, WEEK) == (ON.blind_first, NOW), "so that rates know which calls places decide"
    head = ledger.head()
    house.opening(BEN, row)
    assert ledger.head() == head  # kept once


def test_another_desk_knows_what_was_shown(ledger: Ledger) -> None:
    """Shown at one desk, graded at another, and with the LLM switched off since: still assisted."""
    house = a_house(ledger)
    row = alone(house.grading(BEN))[-1]
    house.opening(BEN, row)
    other = a_house(ledger, Graders())
    change(other, BEN, row, "confirm", 4)
    assert lanes(ledger, BEN) == [(other.grading(BEN).queue[row].call.id, "assisted")]


def test_with_the_llm_off_every_call_is_blind(ledger: Ledger) -> None:
    """Answers of an earlier run are in the ledger; nobody is shown them."""
    house = a_house(ledger, Graders(blind_first=0))
    for row in house.grading(BEN).queue:
        assert house.opening(BEN, row).suggested == {}
    assert shown(ledger, WEEK) == {}


def test_a_call_that_was_begun_blind_is_finished_blind(ledger: Ledger) -> None:
    """One answer at a desk whose LLM was off; then it is switched on, and the page is opened again."""
    row = alone(a_house(ledger).grading(BEN))[-1]
    change(a_house(ledger, Graders()), BEN, row, "answer", 2)
    house = a_house(ledger)
    assert house.opening(BEN, row).suggested == {}
    change(house, BEN, row, "answer", 3)
    assert {lane for _, lane in lanes(ledger, BEN)} == {"blind"}


def test_a_signed_week_shows_nothing_new(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is graded any more, so nobody needs to be shown anything."""
    monkeypatch.setattr("evalharness.flows.desk_house.signed_off", lambda *_: True)
    house = a_house(ledger)
    row = alone(house.grading(BEN))[-1]
    assert house.opening(BEN, row).suggested == {}
    assert shown(ledger, WEEK) == {}


def test_the_calls_to_listen_to_are_those_of_the_draw(ledger: Ledger) -> None:
    """Three by default, the same for everybody; none where the week asks for none."""
    sample = load_sample(ledger, WEEK)
    assert sample is not None
    house = a_house(ledger)
    assert set(house.grading(BEN).board.to_hear) == heard_calls(sample, 3)
    marked = {card.item.identity for name in (ANNA, BEN, "Cora Lind") for card in house.grading(name).cards if card.to_hear}
    assert marked == heard_calls(sample, 3)
    assert not a_house(ledger, Graders(heard_per_week=0)).grading(BEN).board.to_hear
