"""The desk on a ledger: kept when it says so, several graders and desks at once, beside `week` and sheets; who gets in."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from evalharness.errors import LedgerError, UsageError, WorkspaceError
from evalharness.flows.desk import TOKENS, DeskOpened, DeskWish, open_desk
from evalharness.flows.desk_house import LedgerHouse, desk_week
from evalharness.flows.opened import opened
from evalharness.flows.pace import paces
from evalharness.flows.picks import PickWish, pick
from evalharness.flows.sheets import drawn_sample, exchange_sheets, sheet_place
from evalharness.flows.typed import fill_sheet
from evalharness.flows.week import run_week
from evalharness.grade.human.desk import serve as serving
from evalharness.grade.human.desk.change import ChangeError, read_change
from evalharness.grade.human.desk.written import Written, written
from evalharness.store.files import exclusive_lock
from evalharness.store.ledger import Ledger
from evalharness.store.records import load_grades
from evalharness.workspace.folder import Workspace
from tests.builders import ZONE
from tests.flows.workspaces import copy_of, make_workspace

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
WEEK, ANNA, BEN = "2026-W47", "Anna Keller", "Ben Ode"


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A drawn week of two people; a copy of it for each test."""
    folder = make_workspace(tmp_path_factory.mktemp("desk") / "ws", (WEEK,), people=(ANNA, BEN))
    with opened(Workspace.at(folder), write=True) as house:
        run_week(house, NOW)
    return folder


@pytest.fixture
def folder(drawn: Path, tmp_path: Path) -> Path:
    return copy_of(drawn, tmp_path / "ws")


@pytest.fixture
def ledger(folder: Path) -> Iterator[Ledger]:
    with closing(Ledger.open(folder / "ledger.db")) as found:
        yield found


def a_house(ledger: Ledger, at: datetime = NOW) -> LedgerHouse:
    return LedgerHouse(ledger, WEEK, ZONE, lambda: at)


def change(house: LedgerHouse, person: str, row: str, question: str, value: Any, seconds: float = 2.0) -> Written:
    """The person's answer, as the page sends it."""
    body = json.dumps({"row": row, "do": "answer", "question": question, "value": value, "seconds": seconds}).encode()
    return house.keep(person, lambda now, at: written(read_change(body, now), now, at))[0]


def human(ledger: Ledger, person: str) -> list[Any]:
    return [grade for grade in load_grades(ledger, WEEK) if grade.grader.kind == "human" and grade.grader.name == person]


def test_the_list_is_the_sheets_list(folder: Path, ledger: Ledger) -> None:
    """Same calls in the same order as asked at the draw; a call picked for Ben stands behind, marked, and on his list alone."""
    house = a_house(ledger)
    asked = house.grading(ANNA).board.sample.design.asked
    assert [card.item.position for card in house.grading(BEN).cards] == list(asked[BEN])
    with opened(Workspace.at(folder), write=True) as other:
        drawn = {item.identity for item in drawn_sample(other, WEEK).items}
        facts = [one for one in other.calls.facts(WEEK) if (one.source, one.id) not in drawn]
        spare = next(call for call in other.calls.calls([(one.source, one.id) for one in facts]) if call.has_transcript)
        pick(other, WEEK, PickWish((spare.id,), "odd", BEN), NOW)
    cards = house.grading(BEN).cards
    assert (cards[-1].picked, cards[-1].item.call.id, len(cards)) == (True, spare.id, len(asked[BEN]) + 1)
    assert len(house.grading(ANNA).cards) == len(asked[ANNA])


def test_what_was_kept_is_in_the_ledger(folder: Path, ledger: Ledger) -> None:
    """Read back by another connection; the chain stays whole; another desk sees it without being told."""
    house = a_house(ledger)
    row = next(iter(house.grading(ANNA).queue))
    change(house, ANNA, row, "correctness", 4)
    with closing(Ledger.open(folder / "ledger.db")) as other:
        assert [grade.value for grade in human(other, ANNA)] == [4]
        assert other.verify() == []
        second = a_house(other)
        assert second.grading(ANNA).said(row).answer("correctness", None) == 4
        change(second, ANNA, row, "correctness", 2)
    assert house.grading(ANNA).said(row).answer("correctness", None) == 2
    assert human(ledger, BEN) == []


def test_a_grader_is_handed_only_their_own(ledger: Ledger) -> None:
    """Whatever others said, the week as Anna sees it holds no grade of theirs."""
    house = a_house(ledger)
    shared = next(row for row in house.grading(ANNA).queue if row in house.grading(BEN).queue)
    change(house, BEN, shared, "correctness", 1)
    assert house.grading(ANNA).own == ()
    assert [grade.grader.name for grade in house.grading(BEN).own] == [BEN]


def test_a_draft_is_kept_too(folder: Path, ledger: Ledger) -> None:
    """A note before the first answer is there after the process has gone."""
    house = a_house(ledger)
    row = next(iter(house.grading(ANNA).queue))
    body = json.dumps({"row": row, "do": "note", "value": "bad line"}).encode()
    house.keep(ANNA, lambda now, at: written(read_change(body, now), now, at))
    with closing(Ledger.open(folder / "ledger.db")) as other:
        assert a_house(other).grading(ANNA).said(row).remark().note == "bad line"
        assert a_house(other).grading(BEN).drafts == {}


def test_many_graders_at_once_lose_nothing(folder: Path) -> None:
    """Two desks on one ledger, both people at each, on 4 calls a thread, 20 answers each: 80 grades, the chain whole."""
    failures: list[BaseException] = []

    def grade(house: LedgerHouse, person: str, rows: list[str]) -> None:
        try:
            for n in range(20):  # round and round the four calls: 1, then 2 ... 5 on each
                change(house, person, rows[n % 4], "correctness", n // 4 + 1)
        except BaseException as error:  # noqa: BLE001 - handed to the test
            failures.append(error)

    with closing(Ledger.open(folder / "ledger.db")) as one, closing(Ledger.open(folder / "ledger.db")) as two:
        houses = [a_house(one), a_house(two)]
        lists = {person: list(houses[0].grading(person).queue) for person in (ANNA, BEN)}
        plans = [(house, person, lists[person][4 * at : 4 * at + 4]) for at, house in enumerate(houses) for person in lists]
        threads = [threading.Thread(target=grade, args=plan) for plan in plans]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        assert [len(human(one, person)) for person in (ANNA, BEN)] == [40, 40]
        assert one.verify() == []


def test_the_workspaces_lock_is_not_held(folder: Path, ledger: Ledger) -> None:
    """`week` runs while the desk is open, and the desk keeps grades while `week` holds the lock."""
    house = a_house(ledger)
    row = next(iter(house.grading(ANNA).queue))
    with opened(Workspace.at(folder), write=True) as other:
        change(house, ANNA, row, "correctness", 4)
        run_week(other, NOW + timedelta(hours=1))
        change(house, ANNA, row, "tone", 4)
    assert len(human(ledger, ANNA)) == 2


def test_an_older_sheet_does_not_win(folder: Path, ledger: Ledger) -> None:
    """The sheet written before says 5 everywhere; the desk said 2 on one call since: 2 stays and the cell is named."""
    house = a_house(ledger, NOW + timedelta(hours=1))
    row, item = next(iter(house.grading(ANNA).queue.items()))
    change(house, ANNA, row, "correctness", 2)
    with opened(Workspace.at(folder), write=True) as other:
        sample = drawn_sample(other, WEEK)
        path = sheet_place(other, sample, ANNA)
        path.write_bytes(fill_sheet(path.read_bytes(), sample, lambda _: {"correctness": 5}))
        state = next(one for one in exchange_sheets(other, WEEK, NOW + timedelta(hours=2)) if one.person == ANNA)
    assert state.accepted == len(house.grading(ANNA).queue) - 1
    assert [problem.typed for problem in state.problems] == ["5"]
    assert "at the desk" in state.problems[0].why
    assert house.grading(ANNA).said(row).answer("correctness", None) == 2
    assert {grade.value for grade in human(ledger, ANNA) if grade.call_id != item.call.id} == {5}


def test_the_median_replaces_the_assumption_after_ten_calls(ledger: Ledger) -> None:
    """Ten calls of 60 s each: the others are expected to take a minute each, for Anna and for nobody else."""
    house = a_house(ledger)
    grading = house.grading(ANNA)
    assert grading.measured == 0
    for row in list(grading.queue)[:10]:
        first, *rest = grading.board.questions(row)
        change(house, ANNA, row, first.key, "N/A", seconds=60.0)
        for one in rest:
            change(house, ANNA, row, one.key, "N/A", seconds=0.0)
    now = house.grading(ANNA)
    assert now.measured == 10
    assert now.minutes_left() == pytest.approx(len(now.queue) - 10)
    assert paces(ledger)[0][ANNA].seconds == 60.0
    assert house.grading(BEN).measured == 0


def test_nothing_is_kept_of_a_refused_change(ledger: Ledger) -> None:
    """The transaction ends with nothing in it."""
    house, head = a_house(ledger), ledger.head()
    with pytest.raises(ChangeError):
        change(house, ANNA, next(iter(house.grading(ANNA).queue)), "correctness", 9)
    assert ledger.head() == head


def test_a_commit_that_fails_is_not_shown_as_kept(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the desk goes on with is what the ledger holds, not what it tried to write."""
    house = a_house(ledger)
    row = next(iter(house.grading(ANNA).queue))
    whole = Ledger._writing

    def failing(self: Ledger) -> Any:
        from contextlib import contextmanager

        @contextmanager
        def block() -> Iterator[Any]:
            with whole(self) as connection:
                yield connection
                raise LedgerError("the disk is full")

        return block()

    monkeypatch.setattr(Ledger, "_writing", failing)
    with pytest.raises(LedgerError):
        change(house, ANNA, row, "correctness", 4)
    monkeypatch.undo()
    assert house.grading(ANNA).said(row).answer("correctness", None) is None
    assert len(change(house, ANNA, row, "correctness", 4).grades) == 1


def test_the_week_is_the_newest_drawn_one(ledger: Ledger) -> None:
    """Unless it is named; a week that is not drawn is refused."""
    assert desk_week(ledger, None) == desk_week(ledger, WEEK) == WEEK
    with pytest.raises(UsageError, match="not drawn"):
        desk_week(ledger, "2026-W46")


def opened_as(folder: Path, wish: DeskWish, monkeypatch: pytest.MonkeyPatch) -> DeskOpened:
    """What is told when the desk is open; nothing is answered."""
    told: list[DeskOpened] = []
    monkeypatch.setattr("evalharness.flows.desk.serve", lambda _app, _at, started: started())
    open_desk(Workspace.at(folder), None, wish, told.append)
    return told[0]


def test_a_local_desk_is_one_persons(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The owner's where several grade, another's by name in any spelling of case; a new token each time; loopback only."""
    first, second = (opened_as(folder, DeskWish(), monkeypatch) for _ in range(2))
    assert list(first.links) == [ANNA]
    assert first.links[ANNA].startswith("http://127.0.0.1:")
    assert first.links[ANNA].split("token=")[1] != second.links[ANNA].split("token=")[1]
    assert list(opened_as(folder, DeskWish(person="ben  ode"), monkeypatch).links) == [BEN]
    assert not (folder / TOKENS).exists()


def test_shared_links_are_given_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each grader has one; only its hash is kept, in a private file; a new one is made on request."""
    wish = DeskWish(shared=True, url="https://desk.example.org")
    first, again = opened_as(folder, wish, monkeypatch), opened_as(folder, wish, monkeypatch)
    assert all(link.startswith("https://desk.example.org/enter?token=") for link in first.links.values())
    assert again.links == {ANNA: "", BEN: ""}
    kept = (folder / TOKENS).read_text()
    assert not [link for link in first.links.values() if link.split("token=")[1] in kept]
    assert (folder / TOKENS).stat().st_mode & 0o777 == 0o600
    renewed = opened_as(folder, replace(wish, renew=(BEN,)), monkeypatch).links
    assert (renewed[ANNA], bool(renewed[BEN])) == ("", True)


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        (DeskWish(person="Carla"), "no calls to grade"),
        (DeskWish(bind="0.0.0.0"), "go with --shared"),
        (DeskWish(shared=True, person=ANNA), "does not go with"),
        (DeskWish(shared=True, bind="0.0.0.0"), "needs --url"),
        (DeskWish(shared=True, url="desk.example.org"), "no address"),
        (DeskWish(shared=True, url="https://desk.example.org/sub/path"), "no address"),
        (DeskWish(shared=True, renew=("Carla",)), "no calls to grade"),
        (DeskWish(recordings="http://files.example/"), "recordings"),
        (DeskWish(shared=True, bind="192.0.2.1"), "cannot listen"),
    ],
)
def test_options_that_do_not_fit_are_refused(folder: Path, wish: DeskWish, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """In words, before anything is opened."""
    with pytest.raises(UsageError, match=said):
        opened_as(folder, wish, monkeypatch)


def test_a_damaged_file_of_tokens_lets_nobody_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is named, with what to do."""
    (folder / TOKENS).write_text('{"Anna Keller": 5}')
    with pytest.raises(WorkspaceError, match="tokens"):
        opened_as(folder, DeskWish(shared=True), monkeypatch)


def test_the_desk_opens_beside_a_writing_command(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lock is somebody else's; the desk does not ask for it."""
    with exclusive_lock(folder / ".lock"):
        assert opened_as(folder, DeskWish(), monkeypatch).week == WEEK


def test_a_port_is_taken_once() -> None:
    """A second desk on the same port is told so."""
    with serving.listening("127.0.0.1", 0) as first, pytest.raises(UsageError, match="cannot listen"):
        serving.listening("127.0.0.1", first.getsockname()[1])
