"""What people fill in: sheet export, sheet import."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evalharness.cli.options import WeekOption, WorkspaceOption, find, say

sheet = typer.Typer(rich_markup_mode=None, help="The grading sheets: one spreadsheet a person and week.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    app.add_typer(sheet, name="sheet")


@sheet.command("export")
def export(workspace: WorkspaceOption = None, week: WeekOption = None) -> None:
    """Write each grader's sheet; one that a person edited is read back first and never overwritten."""
    from evalharness.cli import words
    from evalharness.flows.opened import chosen_week, opened, utc_now
    from evalharness.flows.sheets import exchange_sheets

    with opened(find(workspace), write=True) as house:
        now = utc_now()
        states = exchange_sheets(house, chosen_week(house, week, now), now)
    say(*words.of_sheets(states))
    words.exit_for_sheets(states)


@sheet.command("import")
def import_(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Filled sheets; default: all of the week's folder.", metavar="[FILE...]")
    ] = None,
    workspace: WorkspaceOption = None,
    week: WeekOption = None,
) -> None:
    """Take in filled sheets. The same file twice adds nothing; a cell that cannot be read is named and the rest goes in."""
    from evalharness.cli import words
    from evalharness.flows.opened import chosen_week, opened, utc_now
    from evalharness.flows.sheets import exchange_sheets, import_files

    with opened(find(workspace), write=True) as house:
        now = utc_now()
        chosen = chosen_week(house, week, now)
        states = import_files(house, files, chosen, now) if files else exchange_sheets(house, chosen, now)
    say(*words.of_sheets(states))
    words.exit_for_sheets(states)
