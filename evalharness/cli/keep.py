"""Keeping: note, verify, backup."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evalharness.cli.options import JsonOption, WorkspaceOption, find, print_json, say


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    for command in (note, verify, backup):
        app.command()(command)


def note(
    label: Annotated[str, typer.Argument(help="What changed, for example 'prompt v12'.", metavar="TEXT")],
    at: Annotated[str | None, typer.Option(help="When, as 2026-11-16 or 2026-11-16T09:00; default: now.", metavar="DATE")] = None,
    kind: Annotated[str, typer.Option(help="version, prompt, model, outage or other.")] = "other",
    workspace: WorkspaceOption = None,
) -> None:
    """Write down a dated change of the agent; reports and trends show it."""
    from evalharness.flows.note import note as run
    from evalharness.flows.opened import opened, utc_now

    with opened(find(workspace), write=True) as house:
        change = run(house, label, at, kind, utc_now())
    say(f"Noted: {change.at.astimezone(house.config.zone):%Y-%m-%d %H:%M}  {change.kind}: {change.label}")


def verify(
    head: Annotated[str | None, typer.Option(help="A ledger head you kept: finds a cut tail too.", metavar="HASH")] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check every row of the ledger against its hash, the chain, and the call log's files."""
    from evalharness.flows.keep import verify as run
    from evalharness.flows.opened import opened

    with opened(find(workspace)) as house:
        problems, found = run(house, head)
    if as_json:
        print_json({"whole": not problems, "problems": problems, "head": found})
    else:
        say(*(f"PROBLEM  {problem}" for problem in problems), f"{len(problems)} problems. Ledger head: {found or '(empty)'}")
        say("Keep the head somewhere else: verify --head HEAD then proves that nothing before it changed.")
    if problems:
        raise typer.Exit(1)


def backup(
    target: Annotated[Path, typer.Argument(help="A new folder for the copy.", metavar="DIR")],
    workspace: WorkspaceOption = None,
) -> None:
    """Copy the whole workspace, the ledger through SQLite's backup, and verify the copy."""
    from evalharness.flows.keep import backup as run
    from evalharness.flows.opened import opened

    with opened(find(workspace), write=True, checked=False) as house:  # the copy is verified, and is made even so
        say(*run(house, target))
