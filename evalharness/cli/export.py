"""Exporting: tidy tables with their dictionary, for other programs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evalharness.cli.options import JsonOption, WeekOption, WorkspaceOption, find, print_json, say

if TYPE_CHECKING:
    from evalharness.flows.export import Exported


def register(app: typer.Typer) -> None:
    """Adds the command of this file."""
    app.command()(export)


def export(
    folder: Annotated[
        Path | None, typer.Argument(help="Where to; default: exports/WEEK/FORM in the workspace.", metavar="DIR")
    ] = None,
    form: Annotated[
        str, typer.Option("--as", help="csv, parquet, json, or otel (OpenTelemetry gen_ai.evaluation.result).", metavar="FORM")
    ] = "csv",
    week: WeekOption = None,
    weeks: Annotated[
        int | None, typer.Option("--weeks", min=0, help="The newest so many complete weeks in one; 0 = all.", metavar="N")
    ] = None,
    texts: Annotated[
        bool, typer.Option("--texts", help="Also what was said: table turns, and the graders' reasons in otel.")
    ] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the week's tables and their data dictionary for other programs (docs/exports.md); what was written is recorded."""
    from evalharness.errors import UsageError
    from evalharness.flows.export import FORMS, ExportWish
    from evalharness.flows.export import export as run
    from evalharness.flows.exported import exported_weeks
    from evalharness.flows.opened import opened, utc_now

    chosen = next((one for one in FORMS if one == form), None)
    if chosen is None:
        raise UsageError(f"{form!r} is no form of an export", where="--as", fix=f"one of {', '.join(FORMS)}")
    with opened(find(workspace), write=True) as house:
        now = utc_now()
        named = exported_weeks(house, now, week=week, weeks=weeks)
        done = run(house, ExportWish(tuple(named), chosen, folder, texts), now)
        head = house.ledger.head()
    if as_json:
        print_json(
            {
                "folder": str(done.folder),
                "weeks": named,
                "files": done.files,
                "written": done.changed,
                "gone": done.gone,
                "head": head,
            }
        )
    else:
        say(*_lines(done, named), f"Ledger head: {head}")


def _lines(done: Exported, weeks: list[str]) -> list[str]:
    """Where, of which weeks, and each file with its rows."""
    span = weeks[0] if len(weeks) == 1 else f"{weeks[0]} to {weeks[-1]}, {len(weeks)} weeks"
    width = max(map(len, done.files))
    files = [f"  {name:{width}}  {'' if rows is None else f'{rows} rows'}".rstrip() for name, rows in done.files.items()]
    gone = [f"Taken away, from an earlier export: {', '.join(done.gone)}"] if done.gone else []
    state = "" if done.changed or done.gone else " (nothing changed since it was written)"
    return [f"Exported {span} to {done.folder}{state}", *files, *gone]
