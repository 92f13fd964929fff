"""Starting: demo, init, doctor."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evalharness.cli.options import JsonOption, WorkspaceOption, find, print_json, say


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    app.command()(demo)
    app.command()(init)
    app.command()(doctor)


def demo(
    directory: Annotated[Path, typer.Argument(help="Where to make the demo workspace.", metavar="[DIR]")] = Path("front-desk"),
) -> None:
    """The whole loop on the shipped samples: no key, no network, no LLM. Human grades in it are simulated and say so."""
    from evalharness.flows.demo import demo as run

    result = run(directory, say)
    say("", *result.lines)


def init(
    directory: Annotated[Path, typer.Argument(help="The folder of the new workspace.", metavar="[DIR]")] = Path(),
    agent: Annotated[str | None, typer.Option(help="The voice agent's name.")] = None,
    owner: Annotated[str | None, typer.Option(help="The one person who answers for the agent.")] = None,
    timezone: Annotated[str | None, typer.Option(help="IANA time zone, for example Europe/Berlin.")] = None,
    criteria: Annotated[str | None, typer.Option(help="Success criteria: what the agent is for, in one paragraph.")] = None,
    grader: Annotated[list[str] | None, typer.Option(help="A person who grades; repeat for several. Default: the owner.")] = None,
    source: Annotated[list[str] | None, typer.Option(help="Where calls come from, for example 'inbox/*'; repeatable.")] = None,
    example: Annotated[
        Path | None,
        typer.Option("--from", help="A log of your platform: recognised, or a field map is proposed.", metavar="FILE"),
    ] = None,
) -> None:
    """Make a workspace: one folder for one agent and one owner. Asks for what no flag gives."""
    from evalharness.flows.init import InitAnswers
    from evalharness.flows.init import init as run

    answers = InitAnswers(
        agent=agent or typer.prompt("The voice agent's name"),
        owner=owner or typer.prompt("Its owner (one person)"),
        timezone=timezone or typer.prompt("Time zone of the week", default="Europe/Berlin"),
        success_criteria=criteria if criteria is not None else typer.prompt("Success criteria, one paragraph", default=""),
        people=tuple(grader or ()),
        sources=tuple(source or (() if example else ("inbox/*",))),
    )
    say(*run(directory, answers, example))


def doctor(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Check the workspace: configuration, permissions, ledger, call log, clock, disk, rubric."""
    from evalharness.flows.doctor import doctor as run
    from evalharness.flows.opened import utc_now

    findings = run(find(workspace), utc_now())
    if as_json:
        print_json([{"level": f.level, "what": f.what, "why": f.why, "fix": f.fix} for f in findings])
    else:
        for finding in findings:
            say(f"{finding.level.upper():8} {finding.what}")
            if finding.level != "ok":
                say(*(f"         {text}" for text in (finding.why, finding.fix) if text))
    if any(finding.level == "error" for finding in findings):
        raise typer.Exit(1)
