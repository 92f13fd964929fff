"""A calibration session: sheets of undrawn calls for everybody, read back beside each other, in no figure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook

from evalharness.errors import UsageError
from evalharness.flows.calibrate import held, show, start
from evalharness.flows.collect import collect_configured
from evalharness.flows.draw import draw
from evalharness.flows.opened import Opened, opened
from evalharness.flows.sheets import import_files
from evalharness.flows.summary import week_summary
from evalharness.grade.human.layout import ROW_ID, SCORES, TURNS, Question, spec_from
from evalharness.store.records import load_grades, load_sample
from evalharness.workspace.folder import Workspace
from tests.flows.workspaces import copy_of, make_workspace

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
WEEK = "2026-W47"
ANNA, BEN = "Anna Keller", "Ben Ode"
FOLDER = Path("sheets/calibration-2026-11-23")


def fill(path: Path, answers: Mapping[str, int | str], calls: int = 5, sheet: str = SCORES) -> None:
    """Types the same answers into the first rows of the sheet, as somebody would."""
    book = load_workbook(path)
    columns: dict[int, str] = {}
    rows = 0
    for row in book[sheet].iter_rows():
        for cell in row:
            spec = spec_from(cell.value) if isinstance(cell.value, str) else None
            if isinstance(spec, Question):
                columns[cell.column] = spec.criterion
        if rows < calls and any(isinstance(cell.value, str) and ROW_ID.fullmatch(cell.value) for cell in row):
            rows += 1
            for cell in row:
                if columns.get(cell.column) in answers:
                    cell.value = answers[columns[cell.column]]
    book.save(path)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """W47 collected and drawn for two people."""
    root = make_workspace(tmp_path_factory.mktemp("session") / "ws", (WEEK,), people=(ANNA, BEN))
    with opened(Workspace.at(root), write=True) as house:
        collect_configured(house, NOW)
        draw(house, WEEK, NOW)
    return root


@pytest.fixture
def house(drawn: Path, tmp_path: Path) -> Iterator[Opened]:
    """An opened copy of it."""
    with opened(Workspace.at(copy_of(drawn, tmp_path / "ws")), write=True) as found:
        yield found


def test_a_sheet_a_person_with_the_same_undrawn_calls(house: Opened) -> None:
    """Five calls that nobody grades for a figure; the same ones in every workspace of the same draw."""
    assert not held(house)
    session = start(house, 5, NOW)
    assert {person: Path(path) for person, path in session.files.items()} == {
        ANNA: FOLDER / "Anna Keller.xlsx",
        BEN: FOLDER / "Ben Ode.xlsx",
    }
    sample = load_sample(house.ledger, WEEK)
    assert sample is not None
    kept = house.ledger.rows("audit", action="calibration session")[0]["details"]["calls"]
    assert len(set(kept)) == 5
    assert not set(kept) & {item.call.id for item in sample.items}
    assert held(house)


def test_once_more_the_same_day_is_the_same_session(house: Opened) -> None:
    """Nothing typed is lost, and the trail has one session."""
    first = start(house, 5, NOW)
    path = house.workspace.root / first.files[ANNA]
    fill(path, {"tone": 4})
    before = path.read_bytes()
    assert start(house, 3, NOW).filled[ANNA] == 5
    assert path.read_bytes() == before
    assert len(house.ledger.rows("audit", action="calibration session")) == 1


def test_what_people_read_differently_stands_with_its_level_texts(house: Opened) -> None:
    """Anna 5 and Ben 3 on correctness: two steps apart, both texts; the same outcome; yes against no is one apart."""
    session = start(house, 5, NOW)
    fill(house.workspace.root / session.files[ANNA], {"correctness": 5, "outcome": "resolved", "privacy": "no"})
    fill(house.workspace.root / session.files[BEN], {"correctness": 3, "outcome": "resolved", "privacy": "yes"}, calls=1)
    found = show(house)
    assert found.filled == {ANNA: 15, BEN: 3}
    first = {one.criterion: one for one in found.answers if one.position == 1}
    assert first["correctness"].answers == {ANNA: "5", BEN: "3"}
    assert first["correctness"].apart == 2
    assert set(first["correctness"].texts) == {"3", "5"}
    assert (first["outcome"].apart, first["privacy"].apart) == (0, 1)
    assert [one.answers for one in found.answers if one.position == 2 and one.criterion == "correctness"] == [{ANNA: "5"}]


def test_turns_stand_beside_each_other_too(drawn: Path, tmp_path: Path) -> None:
    """The rubric that asks 1-5 of each turn: accuracy of the first turns, 5 by Anna and 2 by Ben, three steps apart."""
    root = copy_of(drawn, tmp_path / "ws")
    settings = root / "evalharness.yaml"
    settings.write_text(settings.read_text().replace("rubrics/phone-agent.yaml", "rubrics/simple.yaml"))
    with opened(Workspace.at(root), write=True) as house:
        session = start(house, 2, NOW)
        for person, level in ((ANNA, 5), (BEN, 2)):
            fill(root / session.files[person], {"accuracy": level}, calls=3, sheet=TURNS)
        found = show(house)
    turns = [one for one in found.answers if one.turn is not None]
    assert [one.answers for one in turns] == [{ANNA: "5", BEN: "2"}] * 3
    assert {one.apart for one in turns} == {3}
    assert found.asked > found.filled[ANNA] == 3


def test_a_session_enters_no_figure(house: Opened) -> None:
    """No grade is written, the summary is the same before and after, and a sheet of it cannot be imported into the week."""
    before = week_summary(house, WEEK)
    session = start(house, 5, NOW)
    path = house.workspace.root / session.files[ANNA]
    fill(path, {"correctness": 1, "outcome": "unresolved"})
    show(house)
    (state,) = import_files(house, [path], WEEK, NOW)
    assert state.state == "refused"
    assert all(grade.grader.kind == "measured" for grade in load_grades(house.ledger, WEEK))
    after = week_summary(house, WEEK)
    assert after.ledger_head != before.ledger_head  # that there was a session is an entry of the ledger
    assert after.model_copy(update={"ledger_head": before.ledger_head}) == before


def test_a_swapped_sheet_and_an_unclear_cell_are_named(house: Opened) -> None:
    """Ben's file is a copy of Anna's: said, and not read as his; "six" is no level."""
    session = start(house, 5, NOW)
    mine, his = (house.workspace.root / session.files[name] for name in (ANNA, BEN))
    fill(mine, {"correctness": "six"})
    his.write_bytes(mine.read_bytes())
    found = show(house)
    assert set(found.filled) == {ANNA}
    assert any("six" in problem for problem in found.problems)
    assert any(problem.startswith("Ben Ode.xlsx: it is not the sheet of this calibration") for problem in found.problems)
    his.unlink()
    assert show(house).filled == {ANNA: 0}


def test_what_cannot_be_started(house: Opened, tmp_path: Path) -> None:
    """No session to show, no calls, one person, nothing drawn: each says what to do."""
    with pytest.raises(UsageError, match="no calibration session"):
        show(house)
    for calls in (0, 21):
        with pytest.raises(UsageError, match="calls are no session"):
            start(house, calls, NOW)
    alone = make_workspace(tmp_path / "alone", (WEEK,))
    with opened(Workspace.at(alone), write=True) as other:
        with pytest.raises(UsageError, match="no week is drawn yet"):
            start(other, 5, NOW)
        collect_configured(other, NOW)
        draw(other, WEEK, NOW)
        with pytest.raises(UsageError, match="takes two people"):
            start(other, 5, NOW)
