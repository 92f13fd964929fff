"""The sheet "Actions": what is to be mended, overdue first. `week` reads back what is typed into it (flows.typed_actions)."""

from __future__ import annotations

from openpyxl.workbook.workbook import Workbook

from evalharness.models.act import Action
from evalharness.models.summary import WeekSummary
from evalharness.report import action_words, phrases
from evalharness.report.workbook.page import Content, Page

NAME = "Actions"
SAID = (
    "Every action that is not checked or dropped yet, from this week and the weeks before. Change cause, who, due or note here, "
    "write “fixed in VERSION” as the state, or add a row below: evalharness week reads it."
)
_COLUMNS: tuple[tuple[str, float, str], ...] = (
    ("action", 18, "bold"),
    ("state", 30, "odd"),
    ("cause to fix", 14, "odd"),
    ("who mends it", 22, "odd"),
    ("due", 12, "odd"),
    ("criterion", 22, "odd"),
    ("calls", 30, "odd"),
    ("note", 60, "odd"),
)


def add(workbook: Workbook, summary: WeekSummary) -> None:
    """Write the sheet; none in a week that carries no action."""
    if not summary.actions:
        return
    page = Page(workbook, NAME, [width for _, width, _ in _COLUMNS])
    page.header([name for name, _, _ in _COLUMNS])
    for action in summary.actions:
        page.table_row(_row(action, summary.week), [style for _, _, style in _COLUMNS], least=22)
    last = page.row - 1
    page.line(SAID, "said")
    page.finish(freeze="B2", head=(1, 1), filtered=f"A1:{page.last_column}{last}")


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
