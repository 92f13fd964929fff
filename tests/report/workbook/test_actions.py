"""The sheet Actions: overdue first, text cells only, yellow where something may be typed, empty rows for more."""

from __future__ import annotations

import io

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from evalharness.models.act import Action
from evalharness.report.workbook import write_workbook
from evalharness.report.workbook.actions import HEAD_ROW, MORE_ROWS, SAID
from tests.builders import an_action
from tests.report.weeks import FORMULA, LONG, a_week_summary
from tests.report.workbook.opened import opened, rows


def sheet(*found: Action) -> Worksheet:
    """The sheet of a week with these."""
    written = write_workbook(a_week_summary(calls=9, turns=2, actions=found))
    return openpyxl.load_workbook(io.BytesIO(written))["Actions"]


def test_a_row_an_action() -> None:
    """Due in W46, shown in W47: overdue; both calls stand in one cell; above it says what editing here does."""
    overdue = an_action(
        week="2026-W45", id="A-2026-W45-1", due="2026-W46", calls=(("demo", "c1"), ("demo", "c2")), note="mend it"
    )
    found = rows(sheet(overdue, an_action()), HEAD_ROW)
    assert found[0] == {
        "action": "A-2026-W45-1",
        "state": "OVERDUE, was due in 2026-W46",
        "cause to fix": "prompt",
        "who mends it": "Ben Ode",
        "due": "2026-W46",
        "criterion": "correctness",
        "calls": "c1\nc2",
        "note": "mend it",
    }
    assert [row["action"] for row in found] == ["A-2026-W45-1", "A-2026-W47-1", *[None] * MORE_ROWS]
    assert sheet(overdue)["A1"].value == SAID


def test_text_stays_text() -> None:
    """A formula in note, owner, call id and version; a note longer than a cell: no formula, no number."""
    found = sheet(an_action(note=FORMULA + LONG, owner=FORMULA, calls=(("demo", "=1+1"),), fixed_in_version="1E5"))
    cells = [cell for row in found.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert FORMULA in [cell.value for cell in cells]


def test_a_week_without_actions_has_empty_rows_for_some() -> None:
    """The golden week: twelve rows without a word, every cell of a new action yellow but its id and state."""
    found = opened()["Actions"]
    assert (found.max_row, [row for row in rows(found, HEAD_ROW) if any(row.values())]) == (HEAD_ROW + MORE_ROWS, [])
    looks = [cell.style for cell in found[HEAD_ROW + 1]]
    assert looks == ["odd", "odd", *["typed"] * 6]


def test_what_may_be_typed_is_yellow_and_offered() -> None:
    """In the row of an action: state, cause, who, due and note; the causes to choose from; anything else is taken too."""
    found = sheet(an_action())
    yellow = [found.cell(HEAD_ROW, cell.column).value for cell in found[HEAD_ROW + 1] if cell.style == "typed"]
    assert yellow == ["state", "cause to fix", "who mends it", "due", "note"]
    causes, states, weeks, criteria = found.data_validations.dataValidation
    assert causes.formula1 == '"prompt,knowledge,tool,telephony,recogniser,voice,policy"'
    assert criteria.formula1.startswith('"correctness,tone,escalation,clear language,latency,')
    assert (causes.errorStyle, criteria.errorStyle) == ("warning", "warning")
    assert [str(one.sqref) for one in (causes, states, weeks, criteria)] == [
        "C3:C15",
        "B3:B15",
        "E3:E15",
        "F3:F15",
    ]  # 1 + 12 rows
