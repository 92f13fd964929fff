"""The rubric: lint, show, diff, disagreements. Nothing here changes a rubric or a prompt."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evalharness.cli.options import JsonOption, WeekOption, WorkspaceOption, find, print_json, say

rubric = typer.Typer(rich_markup_mode=None, help="The rubric: the form that calls are graded on.", no_args_is_help=True)
WeeksOption = Annotated[int | None, typer.Option("--weeks", help="The newest N drawn weeks.", metavar="N")]


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    app.add_typer(rubric, name="rubric")


@rubric.command("lint")
def lint(
    file: Annotated[Path | None, typer.Argument(help="A rubric's file; default: the workspace's.", metavar="[FILE]")] = None,
    workspace: WorkspaceOption = None,
    weeks: WeeksOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find what makes a rubric hard to grade alike: in its form, and in how people used it over the last weeks."""
    from evalharness.flows.rubric_look import form_report, lint_report
    from evalharness.report.rubric_words import finding_lines, use_lines

    if file is not None:
        report = form_report(file)
    else:
        from evalharness.flows.opened import opened

        with opened(find(workspace)) as house:
            report = lint_report(house, weeks)
    if as_json:
        print_json(report.model_dump(mode="json"))
    else:
        say(*finding_lines((one.severity, one.where, one.what, one.fix) for one in report.findings))
        if not report.findings:
            say("The rubric has no findings.")
        say(*(use_lines(report.weeks, report.use, report.few) if file is None else ()))
    if any(finding.severity == "error" for finding in report.findings):
        raise typer.Exit(1)


@rubric.command("show")
def show(workspace: WorkspaceOption = None, week: WeekOption = None, as_json: JsonOption = False) -> None:
    """The rubric the next draw takes, or the one a week was drawn with (--week), with the digests of its criteria."""
    from evalharness.flows.opened import opened
    from evalharness.flows.show import find_rubric
    from evalharness.report.rubric_words import rubric_lines

    with opened(find(workspace)) as house:
        found = find_rubric(house, week)
    if as_json:
        print_json({**found.model_dump(mode="json"), "digest": found.digest(), "digests": found.digests()})
    else:
        say(*rubric_lines(found))


@rubric.command("diff")
def diff(
    old: Annotated[str, typer.Argument(help="A rubric's file, or a drawn week such as 2026-W47.", metavar="OLD")],
    new: Annotated[str | None, typer.Argument(help="Likewise; default: the one the next draw takes.", metavar="[NEW]")] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """What another version means otherwise, what is only written otherwise, and which lines of the trend would break."""
    from evalharness.flows.rubric_look import diff_report, needs_workspace
    from evalharness.report.rubric_words import diff_lines

    if workspace is None and not needs_workspace(old, new):
        found = diff_report(None, old, new)
    else:
        from evalharness.flows.opened import opened

        with opened(find(workspace)) as house:
            found = diff_report(house, old, new)
    if as_json:
        print_json(found.model_dump(mode="json"))
    else:
        say(*diff_lines(found))


@rubric.command("disagreements")
def disagreements(
    workspace: WorkspaceOption = None,
    week: Annotated[str | None, typer.Option("--week", help="This week; with --weeks: the last one.", metavar="2026-W47")] = None,
    weeks: WeeksOption = None,
    criterion: Annotated[str | None, typer.Option("--criterion", help="One criterion.", metavar="ID")] = None,
    calls: Annotated[int, typer.Option("--calls", help="How many calls of each pair of answers.", min=0, metavar="N")] = 3,
    ungraded: Annotated[
        bool, typer.Option("--ungraded", help="Also calls that somebody is still to grade blind; not for them.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Where people and LLM, and people among themselves, differ most: which answers, which calls, both sides' reasons."""
    from evalharness.flows.opened import opened
    from evalharness.flows.rubric_look import disagreement_report
    from evalharness.report.rubric_words import disagreement_lines

    with opened(find(workspace)) as house:
        found = disagreement_report(house, week, weeks, criterion, ungraded=ungraded)
    if as_json:
        print_json(found.model_dump(mode="json"))
    else:
        say(*disagreement_lines(found, calls))
