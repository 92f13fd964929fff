"""Looking: what is due, calls show, rubric lint and show."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evalharness.cli.options import JsonOption, WeekOption, WorkspaceOption, find, print_json, say

calls = typer.Typer(rich_markup_mode=None, help="The call log.", no_args_is_help=True)
rubric = typer.Typer(rich_markup_mode=None, help="The rubric: the form that calls are graded on.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    app.add_typer(calls, name="calls")
    app.add_typer(rubric, name="rubric")


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
    as_json: JsonOption = False,
) -> None:
    """One call: what the log says, the transcript, and every grade with its evidence."""
    from evalharness.cli import words
    from evalharness.flows.opened import opened
    from evalharness.flows.show import find_call

    with opened(find(workspace)) as house:
        shown = find_call(house, call_id)
    if as_json:
        print_json(
            {"call": shown.call.model_dump(mode="json"), "grades": [grade.model_dump(mode="json") for grade in shown.grades]}
        )
    else:
        say(*words.of_call(shown))


@rubric.command("lint")
def lint(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Find what makes a rubric hard to grade alike: missing descriptors, weights not 100, two questions in one ..."""
    from evalharness.grade.rubric_lint import lint as run

    findings = run(find(workspace).rubric())
    if as_json:
        print_json([vars(finding) if not hasattr(finding, "model_dump") else finding.model_dump() for finding in findings])
    else:
        for finding in findings:
            say(f"{finding.severity.upper():8} {finding.where}: {finding.what}", f"         {finding.fix}")
        if not findings:
            say("The rubric has no findings.")
    if any(finding.severity == "error" for finding in findings):
        raise typer.Exit(1)


@rubric.command("show")
def show_rubric(workspace: WorkspaceOption = None, week: WeekOption = None, as_json: JsonOption = False) -> None:
    """The rubric the next draw takes, or the one a week was drawn with (--week)."""
    from evalharness.cli import words
    from evalharness.flows.opened import opened
    from evalharness.flows.show import find_rubric

    with opened(find(workspace)) as house:
        found = find_rubric(house, week)
    if as_json:
        print_json(found.model_dump(mode="json"))
    else:
        say(*words.of_rubric(found))
