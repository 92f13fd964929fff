"""The sheet "Actions": what is to be mended, overdue first, and rows for more. `week` reads back what is typed into it
(flows.typed_actions)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from evalharness.models.act import Action, Cause
from evalharness.models.summary import WeekSummary
from evalharness.report import action_words, phrases
from evalharness.report.workbook.page import Content, Page

NAME = "Actions"
TABLE = "Actions_open"
SAID = (
    "Every action that is not checked or dropped yet, from this week and the weeks before. Yellow cells are yours: change cause, "
    "who, due or note, write “fixed in VERSION” as the state, or fill an empty row. evalharness week reads it, and never writes "
    "over a workbook in which somebody typed: the next report then gets a number behind its name, and is the one that counts."
)
HEAD_ROW = 2
_LONGEST_CHOICE = 250
"""Letters that a list of choices can have in a workbook."""
MORE_ROWS = 12
"""Empty rows for new actions."""
_COLUMNS: tuple[tuple[str, float, str, str], ...] = (
    ("action", 18, "bold", "odd"),
    ("state", 30, "typed", "odd"),
    ("cause to fix", 16, "typed", "typed"),
    ("who mends it", 22, "typed", "typed"),
    ("due", 12, "typed", "typed"),
    ("criterion", 22, "odd", "typed"),
    ("calls", 30, "odd", "typed"),
    ("note", 60, "typed", "typed"),
)
"""Name, width, look in the row of an action, look in an empty one: what may be typed there is yellow."""


def add(workbook: Workbook, summary: WeekSummary) -> None:
    """Write the sheet."""
    page = Page(workbook, NAME, [width for _, width, *_ in _COLUMNS])
    page.line(SAID, "said")
    page.header([name for name, *_ in _COLUMNS])
    for action in summary.actions:
        page.table_row(_row(action, summary.week), [style for _, _, style, _ in _COLUMNS], least=22)
    for _ in range(MORE_ROWS):
        page.table_row([None] * len(_COLUMNS), [style for *_, style in _COLUMNS], least=22)
    _hints(page.sheet, HEAD_ROW + 1, page.row - 1, [phrases.plain(one.id) for one in summary.rubric.criteria()])
    page.named(TABLE, HEAD_ROW, page.row - 1)
    page.finish(freeze=f"B{HEAD_ROW + 1}", head=(HEAD_ROW, HEAD_ROW))


def _row(action: Action, week: str) -> list[Content]:
    return [
        action.id,
        action_words.state(action, week),
        action.cause,
        action.owner,
        action.due or "",
        phrases.plain(action.criterion),
        "\n".join(call_id for _, call_id in action.calls),
        action.note,
    ]


def _hints(sheet: Worksheet, first: int, last: int, criteria: Sequence[str]) -> None:
    """Causes and criteria to choose from, and how a state and a due week are written; anything else can still be typed."""
    causes = _choice(get_args(Cause))
    states = DataValidation(promptTitle="State", prompt="fixed in VERSION; checked in 2026-W48; dropped: WHY")
    weeks = DataValidation(promptTitle="Due", prompt="The week until which it is to be fixed, such as 2026-W50")
    hints = [(causes, "C"), (states, "B"), (weeks, "E")]
    hints += [(_choice(criteria), "F")] if len(",".join(criteria)) <= _LONGEST_CHOICE else []
    for hint, column in hints:
        hint.showInputMessage = True
        hint.add(f"{column}{first}:{column}{last}")
        sheet.add_data_validation(hint)


def _choice(words: Sequence[str]) -> DataValidation:
    """One of these words from a list, or anything after a warning."""
    return DataValidation(type="list", formula1=f'"{",".join(words)}"', allow_blank=True, errorStyle="warning")
