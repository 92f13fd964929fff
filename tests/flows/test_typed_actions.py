"""What is typed on the sheet Actions of a workbook: changes of actions, or kept and named; never lost, never taken twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from evalharness.cli.words import of_loop
from evalharness.flows.actions import Plan, add, drop, fix
from evalharness.flows.opened import Opened, opened
from evalharness.flows.typed_actions import KEPT, typed_actions
from evalharness.flows.week import run_week
from evalharness.models.act import Action
from evalharness.report.workbook.actions import HEAD_ROW, SAID
from evalharness.store.records import action_history, actions, load_sample
from evalharness.workspace.folder import Workspace
from tests.flows.workspaces import copy_of, make_workspace

WEEK = "2026-W47"
NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
ID = f"A-{WEEK}-1"


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A drawn week with one action, due in W49, in its workbook."""
    root = make_workspace(tmp_path_factory.mktemp("typed") / "ws", (WEEK,))
    with opened(Workspace.at(root), write=True) as house:
        run_week(house, NOW)
        calls = first_calls(house)[:1]
        add(house, WEEK, Plan(calls, "correctness", "prompt", "Ben Ode", "2026-W49", "Say the price."), NOW)
        run_week(house, NOW)
    return root


@pytest.fixture
def house(reported: Path, tmp_path: Path) -> Iterator[Opened]:
    """An opened copy."""
    with opened(Workspace.at(copy_of(reported, tmp_path / "ws")), write=True) as one:
        yield one


def first_calls(house: Opened) -> list[str]:
    sample = load_sample(house.ledger, WEEK)
    assert sample is not None
    return [item.call.id for item in sample.items]


def book_of(house: Opened) -> Path:
    return house.workspace.report_path(WEEK, "week.xlsx")


def typed(path: Path, edits: dict[tuple[int, str], Any], change: Callable[[Worksheet], None] | None = None) -> None:
    """(row below the headings, heading) -> what the owner types; above the headings it says what can be typed."""
    book = openpyxl.load_workbook(path)
    sheet = book["Actions"]
    columns = {str(cell.value): cell.column for cell in sheet[HEAD_ROW]}
    for (row, heading), value in edits.items():
        sheet.cell(HEAD_ROW + row, columns.get(heading, len(columns) + 3)).value = value
    if change is not None:
        change(sheet)
    book.save(path)


def now(house: Opened) -> Action:
    return actions(house.ledger)[ID]


def read(house: Opened, hours: int = 1) -> tuple[str, list[str]]:
    """The state and the problems of the one workbook that was read; "" where none was."""
    states = typed_actions(house, NOW + timedelta(hours=hours))
    return (states[0].state, [str(one) for one in states[0].problems]) if states else ("", [])


def test_a_workbook_nobody_touched_is_not_read(house: Opened) -> None:
    assert read(house) == ("", [])


def test_who_when_why_and_what_can_be_changed(house: Opened) -> None:
    """Four cells of one row, each kept as a state of its own; the same file again changes nothing."""
    edits = {"cause to fix": "Tool", "who mends it": "Cora Lind", "due": "2026-W50", "note": "Say it twice."}
    typed(book_of(house), {(1, name): value for name, value in edits.items()})
    assert read(house) == ("4 changes of actions", [])
    assert (now(house).cause, now(house).owner, now(house).due, now(house).note) == (
        "tool",
        "Cora Lind",
        "2026-W50",
        "Say it twice.",
    )
    assert len(action_history(house.ledger)[ID]) == 5
    assert read(house, 2) == ("", [])


@pytest.mark.parametrize(
    ("words", "state"),
    [("fixed in v13", "fixed"), ("Fixed in v13, not checked yet", "fixed"), ("dropped: it was the caller", "dropped")],
)
def test_the_state_moves_the_action(house: Opened, words: str, state: str) -> None:
    typed(book_of(house), {(1, "state"): words})
    assert read(house) == ("1 action changed", [])
    assert now(house).state == state


def test_a_new_row_is_a_new_action_once(house: Opened) -> None:
    """Written down under the workbook's week; a later edit of the same file does not write it down again."""
    row = {
        "calls": first_calls(house)[1],
        "criterion": "Tone",
        "cause to fix": "voice",
        "who mends it": "Cora Lind",
        "note": "Slower.",
    }
    typed(book_of(house), {(3, name): value for name, value in row.items()})
    assert read(house) == ("1 action changed", [])
    new = actions(house.ledger)[f"A-{WEEK}-2"]
    assert (new.criterion, new.cause, new.owner, new.note, new.week) == ("tone", "voice", "Cora Lind", "Slower.", WEEK)
    typed(book_of(house), {(1, "note"): "And louder."})
    assert read(house, 2) == ("1 action changed", [])
    assert len(actions(house.ledger)) == 2


def new_row(house: Opened, row: int, **cells: str) -> dict[tuple[int, str], Any]:
    """A new action in a row of the sheet, written as a person may."""
    given = {"calls": first_calls(house)[1], "criterion": "Tone", "cause to fix": "Prompt", "who mends it": "Ben  Ode", **cells}
    return {(row, heading.replace("_", " ")): value for heading, value in given.items()}


def test_new_rows_that_differ_only_in_the_question_are_two_actions(house: Opened) -> None:
    """Calls by SOURCE:ID or id: read again after another edit, neither is written down twice, and neither is lost."""
    source = house.calls.find(first_calls(house)[1])[0].source
    calls = f"{source}:{first_calls(house)[1]}, {first_calls(house)[2]}"
    typed(book_of(house), {**new_row(house, 4, calls=calls), **new_row(house, 5, calls=calls, criterion="Correctness")})
    assert read(house) == ("2 changes of actions", [])
    assert [one.criterion for one in actions(house.ledger).values()] == ["correctness", "tone", "correctness"]
    typed(book_of(house), {(1, "note"): "Say it twice."})
    assert read(house, 2) == ("1 action changed", [])
    assert len(actions(house.ledger)) == 3


def test_a_due_week_typed_later_into_a_new_row_is_taken(house: Opened) -> None:
    calls = first_calls(house)[1]
    typed(book_of(house), new_row(house, 4, calls=calls))
    read(house)
    typed(book_of(house), new_row(house, 4, calls=calls, due="2026-W51"))
    assert read(house, 2) == ("1 action changed", [])
    assert [one.due for one in actions(house.ledger).values()] == ["2026-W49", "2026-W51"]
    typed(book_of(house), new_row(house, 4, calls=calls, due="2026-W40"))
    state, problems = read(house, 3)
    assert (state, len(problems)) == ("nothing taken", 1)
    assert "it cannot be due in 2026-W40" in problems[0]


def test_a_state_and_a_name_in_a_new_row_are_named(house: Opened) -> None:
    typed(book_of(house), new_row(house, 4, calls=first_calls(house)[1], state="fixed in v13", action="the greeting"))
    state, problems = read(house)
    assert (state, len(problems)) == ("1 action changed", 2)
    assert all("says nothing of a new action" in one for one in problems)


def test_what_cannot_be_taken_is_named_and_kept(house: Opened) -> None:
    """A cause that is none, a week that is over, words for a state, an added column, a half-written row: each by its cell."""
    edits = {(1, "cause to fix"): "the moon", (1, "due"): "2026-W40", (1, "state"): "soon", (1, "my column"): "ask Ben"}
    typed(book_of(house), {**edits, (3, "note"): "Something is odd on Mondays."})
    before = now(house)
    state, problems = read(house)
    assert (state, now(house)) == ("nothing taken", before)
    cells = [one.split(":")[0] for one in problems]
    assert cells == ["Actions!C3", "Actions!E3", "Actions!B3", "Actions!K3", "Actions!H5"]
    kept = [row["details"]["typed"] for row in house.ledger.rows("audit", action=KEPT)]
    assert kept == ["the moon", "2026-W40", "soon", "ask Ben", "Something is odd on Mondays."]


def test_an_emptied_cell_deletes_nothing(house: Opened) -> None:
    typed(book_of(house), {(1, "note"): None})
    assert read(house)[1] == ["Actions!A3: “note” was 'Say the price.', now empty: it stays"]
    assert now(house).note == "Say the price."


def test_an_older_workbook_takes_nothing_back(house: Opened) -> None:
    """The action was fixed on the command line since: the sheet still says when it was due, and only the typed note is new."""
    fix(house, ID, "v13", NOW)
    typed(book_of(house), {(1, "note"): "Say it twice."})
    assert read(house) == ("1 action changed", [])
    assert (now(house).state, now(house).note) == ("fixed", "Say it twice.")


def test_a_closed_action_stays_closed(house: Opened) -> None:
    drop(house, ID, "It was the caller.", NOW)
    typed(book_of(house), {(1, "note"): "But it was not."})
    state, problems = read(house)
    assert state == "nothing taken"
    assert "is closed" in problems[0]


def test_columns_and_the_page_may_be_moved_and_renamed(house: Opened) -> None:
    def change(sheet: Worksheet) -> None:
        sheet.insert_cols(1)
        sheet.insert_rows(1, 2)
        sheet.title = "To do"

    typed(book_of(house), {(1, "who mends it"): "Cora Lind"}, change)
    assert read(house) == ("1 action changed", [])
    assert now(house).owner == "Cora Lind"


def test_a_workbook_of_before_is_read_as_well(house: Opened) -> None:
    """Then the headings stood in the first row, and what can be typed below the actions."""

    def change(sheet: Worksheet) -> None:
        sheet.delete_rows(1)
        sheet.tables.clear()
        sheet.cell(3, 1).value = SAID

    typed(book_of(house), {(1, "who mends it"): "Cora Lind"}, change)
    assert read(house) == ("1 action changed", [])
    assert now(house).owner == "Cora Lind"


def test_the_workbook_that_was_typed_into_is_never_written_over(house: Opened) -> None:
    """`week` reads it, says so, keeps its bytes and writes the new report under another name, with the change in it."""
    typed(book_of(house), {(1, "who mends it"): "Cora Lind", (1, "due"): "whenever"})
    mine = book_of(house).read_bytes()
    run = run_week(house, NOW + timedelta(hours=1))
    assert run.incomplete
    words = "\n".join(of_loop(run))
    assert "Actions: 1 action changed" in words
    assert "Actions!E3: 'whenever'" in words
    assert book_of(house).read_bytes() == mine
    second = openpyxl.load_workbook(book_of(house).with_name("week (2).xlsx"))["Actions"]
    assert second["D3"].value == "Cora Lind"
    assert not run_week(house, NOW + timedelta(hours=2)).typed


def test_what_is_typed_on_any_sheet_stays(house: Opened) -> None:
    """A remark on each sheet of the workbook: the file keeps its bytes, the next report gets a number."""
    book = openpyxl.load_workbook(book_of(house))
    for sheet in book:
        sheet.cell(sheet.max_row + 1, 1).value = "my remark"
    book.save(book_of(house))
    mine = book_of(house).read_bytes()
    run_week(house, NOW + timedelta(hours=1))
    assert book_of(house).read_bytes() == mine
    assert book_of(house).with_name("week (2).xlsx").exists()


def test_the_newer_workbook_says_that_it_counts_and_takes_an_earlier_name_back(house: Opened) -> None:
    """Ben, then Cora in the first workbook, then Ben again in the second, which said Cora: Ben. Read again, the first changes
    nothing, though Cora still stands in it."""
    typed(book_of(house), {(1, "who mends it"): "Cora Lind"})
    run_week(house, NOW + timedelta(hours=1))
    newer = book_of(house).with_name("week (2).xlsx")
    notices = [str(cell.value) for row in openpyxl.load_workbook(newer)["This week"].iter_rows() for cell in row if cell.value]
    assert any(one.startswith("• week.xlsx holds what somebody typed") and "week (2).xlsx, is newer" in one for one in notices)
    stood = newer.read_bytes()
    run_week(house, NOW + timedelta(hours=2))
    assert newer.read_bytes() == stood
    typed(newer, {(1, "who mends it"): "Ben Ode"})
    assert read(house, 3) == ("1 action changed", [])
    assert now(house).owner == "Ben Ode"
    typed(book_of(house), {(1, "note"): "And louder."})
    assert read(house, 4) == ("1 action changed", [])
    assert (now(house).owner, now(house).note) == ("Ben Ode", "And louder.")


def test_a_broken_workbook_is_named(house: Opened) -> None:
    book_of(house).write_bytes(b"PK and nothing more")
    assert read(house)[0] == "refused"
