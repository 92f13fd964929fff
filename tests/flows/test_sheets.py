"""Sheets in the folder of a week: whose they are, what was read before, who was asked."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest

from evalharness.cli.words import of_sheets
from evalharness.errors import DrawError
from evalharness.flows.draw import draw
from evalharness.flows.opened import Opened, opened
from evalharness.flows.sheets import SheetState, drawn_sample, exchange_sheets, sheet_place
from evalharness.flows.simulated import OWNER, answers
from evalharness.flows.typed import fill_sheet
from evalharness.flows.week import run_week
from evalharness.store.records import load_grades
from evalharness.workspace.folder import Workspace
from tests.flows.workspaces import SAMPLES, make_workspace

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
WEEK, BEN = "2026-W47", "Ben Ode (simulated)"
TRUTH = {row["id"]: row for row in map(json.loads, (SAMPLES / "truth.jsonl").read_text().splitlines())}


@pytest.fixture
def house_folder(tmp_path: Path) -> Path:
    """A drawn week of two people whose sheets are blank."""
    folder = make_workspace(tmp_path / "ws", (WEEK,), owner=OWNER, people=(OWNER, BEN))
    with opened(Workspace.at(folder), write=True) as house:
        run_week(house, NOW)
    return folder


def fill(house: Opened, person: str, path: Path | None = None) -> Path:
    """The person's sheet filled with the simulated answers, saved at `path` (default: its own place)."""
    sample = drawn_sample(house, WEEK)
    own = sheet_place(house, sample, person)
    data = fill_sheet(own.read_bytes(), sample, lambda call_id: answers(TRUTH[call_id], person, house.rubric()))
    (path or own).write_bytes(data)
    return path or own


def human_grades(house: Opened) -> int:
    return sum(grade.grader.kind == "human" for grade in load_grades(house.ledger, WEEK))


def by_name(states: list[SheetState]) -> dict[str, SheetState]:
    return {state.path.name: state for state in states}


def test_a_sheet_saved_under_another_name_is_read(house_folder: Path) -> None:
    """What a person saved as "... done.xlsx" in the week's folder is theirs all the same."""
    with opened(Workspace.at(house_folder), write=True) as house:
        own = sheet_place(house, drawn_sample(house, WEEK), BEN)
        fill(house, BEN, own.with_name("Ben done.xlsx"))
        states = by_name(exchange_sheets(house, WEEK, NOW))
        assert states["Ben done.xlsx"].state == "imported"
        assert states["Ben done.xlsx"].accepted == human_grades(house) > 0


def test_a_copy_at_another_persons_place_is_refused(house_folder: Path) -> None:
    """Anna's file under Ben's name adds nothing to either, however often it is met."""
    with opened(Workspace.at(house_folder), write=True) as house:
        anna = fill(house, OWNER)
        exchange_sheets(house, WEEK, NOW)
        before = human_grades(house)
        shutil.copyfile(anna, sheet_place(house, drawn_sample(house, WEEK), BEN))
        for _ in range(2):
            refused = [state for state in exchange_sheets(house, WEEK, NOW) if state.state == "refused"]
            assert "under the name of" in refused[0].error
        assert human_grades(house) == before


def test_an_old_copy_takes_nothing_back(house_folder: Path) -> None:
    """Imported, changed, imported; then the old file again: the newer answers stand."""
    with opened(Workspace.at(house_folder), write=True) as house:
        sample = drawn_sample(house, WEEK)
        blank = sheet_place(house, sample, OWNER).read_bytes()
        path = fill(house, OWNER)
        exchange_sheets(house, WEEK, NOW)
        old = path.read_bytes()
        path.write_bytes(fill_sheet(blank, sample, lambda _: {"tone": 2}))
        changed = by_name(exchange_sheets(house, WEEK, NOW))[path.name].accepted
        count = human_grades(house)
        path.with_name("old.xlsx").write_bytes(old)
        exchange_sheets(house, WEEK, NOW)
        assert changed > 0
        assert human_grades(house) == count


def test_a_sheet_that_went_missing_is_written_again_with_its_answers(house_folder: Path) -> None:
    """The new file reads back as nothing new: every answer given so far stands in it."""
    with opened(Workspace.at(house_folder), write=True) as house:
        path = fill(house, OWNER)
        exchange_sheets(house, WEEK, NOW)
        count = human_grades(house)
        path.unlink()
        assert by_name(exchange_sheets(house, WEEK, NOW))[path.name].state == "written"
        path.write_bytes(path.read_bytes())
        state = by_name(exchange_sheets(house, WEEK, NOW))[path.name]
        assert (state.problems, human_grades(house)) == ((), count)


def test_a_row_that_went_missing_is_named(house_folder: Path) -> None:
    """Deleting a call's row deletes no grade; the sentence says which call it was."""
    with opened(Workspace.at(house_folder), write=True) as house:
        path = fill(house, OWNER)
        exchange_sheets(house, WEEK, NOW)
        count = human_grades(house)
        workbook = openpyxl.load_workbook(path)
        sheet = workbook["Scores"]
        sheet.delete_rows(sheet.max_row)
        workbook.save(path)
        state = by_name(exchange_sheets(house, WEEK, NOW))[path.name]
        assert state.missing.startswith("1 row of this sheet is no longer in the file")
        assert state.missing in "\n".join(of_sheets([state]))
        assert human_grades(house) == count


def test_who_was_asked_at_the_draw_stays_asked(house_folder: Path) -> None:
    """Ben leaves the configuration after the draw: his filled sheet is still read, nobody gets his calls."""
    with opened(Workspace.at(house_folder), write=True) as house:
        asked = drawn_sample(house, WEEK).design.asked
        fill(house, BEN)
    settings = house_folder / "evalharness.yaml"
    text = settings.read_text()
    assert BEN in text
    settings.write_text(text.replace(f'- {{name: "{BEN}"}}', ""))
    with opened(Workspace.at(house_folder), write=True) as house:
        assert BEN not in house.people
        assert drawn_sample(house, WEEK).design.asked == asked
        accepted = [state.accepted for state in exchange_sheets(house, WEEK, NOW) if state.person == BEN]
        assert accepted[0] > 0


def test_a_running_week_is_not_drawn(house_folder: Path) -> None:
    """On Wednesday half of the calls are still to come."""
    folder = make_workspace(house_folder.parent / "early", (WEEK,))
    with opened(Workspace.at(folder), write=True) as house:
        run_week(house, datetime(2026, 11, 18, 12, 0, tzinfo=UTC))
        with pytest.raises(DrawError, match="the week is not over yet"):
            draw(house, WEEK, datetime(2026, 11, 18, 12, 0, tzinfo=UTC))
        assert draw(house, WEEK, NOW).new


def test_a_week_that_only_failed_is_reported(tmp_path: Path) -> None:
    """Sixty calls that broke before a word: nothing to draw, and the report says that the bar is missed."""
    folder = make_workspace(tmp_path / "outage", ())
    rows = [
        {"id": f"x{i}", "started_at": f"2026-11-{16 + i % 5}T09:00:00+01:00", "status": "error", "turns": []} for i in range(60)
    ]
    (folder / "inbox" / "calls.jsonl").write_text("\n".join(map(json.dumps, rows)))
    with opened(Workspace.at(folder), write=True) as house:
        run = run_week(house, NOW)
    week = run.weeks[0]
    assert run.incomplete
    assert week.summary is not None
    assert week.summary.verdict == "not good enough"
    assert (folder / "reports" / WEEK / "week.xlsx").exists()
