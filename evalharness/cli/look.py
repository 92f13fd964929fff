"""Looking: what is due, calls show, calls list."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evalharness.cli.options import JsonOption, WorkspaceOption, find, print_json, say

calls = typer.Typer(rich_markup_mode=None, help="The call log.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    app.add_typer(calls, name="calls")


def due(workspace: Path | None, as_json: bool) -> None:
    """What is due, for whom, in about how many minutes."""
    from evalharness.flows.due import due as run
    from evalharness.flows.opened import opened, utc_now

    with opened(find(workspace)) as house:
        items = run(house, utc_now())
    if as_json:
        print_json([vars(item) for item in items])
        return
    say(*(f"{item.week}  {item.who or 'anyone'}: {item.what}{item.effort}\n          {item.command}" for item in items))
    if not items:
        say("Nothing is due.")


@calls.command("show")
def show(
    call_id: Annotated[str, typer.Argument(help="The call's id, or its beginning.", metavar="ID")],
    workspace: WorkspaceOption = None,
    ungraded: Annotated[
        bool, typer.Option("--ungraded", help="Also the grades of a call that somebody is still to grade blind; not for them.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """One call: what the log says, the transcript, what was found in it without judging, and every grade with its evidence."""
    from evalharness.cli import call_words
    from evalharness.flows.opened import opened
    from evalharness.flows.show import find_call

    with opened(find(workspace)) as house:
        shown = find_call(house, call_id, ungraded=ungraded)
    if as_json:
        print_json(
            {
                "call": shown.call.model_dump(mode="json"),
                "grades": [grade.model_dump(mode="json") for grade in shown.grades],
                "findings": [finding.model_dump(mode="json") for finding in shown.findings],
            }
        )
    else:
        say(*call_words.of_call(shown))


@calls.command("list")
def list_calls(
    workspace: WorkspaceOption = None,
    week: Annotated[
        str | None, typer.Option("--week", help="An ISO week; default: every week, the newest first.", metavar="2026-W47")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """The ids of the calls, with start, length, outcome and source; the first 50, with --json all."""
    from itertools import islice

    from evalharness.cli import call_words
    from evalharness.flows.listed import listed, weeks_counted
    from evalharness.flows.opened import opened

    with opened(find(workspace)) as house:
        found = list(islice(listed(house, week), None if as_json else call_words.MOST_LISTED))
        held = {} if as_json else weeks_counted(house)
        zone = house.config.zone
    if as_json:
        print_json(call_words.list_as_json(found))
    else:
        say(*call_words.of_list(found, zone, held if week is None else {week: held[week]}))
