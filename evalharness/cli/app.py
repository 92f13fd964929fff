"""The commands, in the order of the week."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evalharness.cli import (
    act,
    action,
    agreement,
    alert,
    decide,
    desk,
    export,
    keep,
    look,
    loop,
    machine,
    notify,
    people,
    pull,
    purge,
    rubric,
    rubric_bridge,
    start,
)
from evalharness.errors import UsageError

app = typer.Typer(
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
    help="Is the voice agent good enough, how sure is that, what changed? Alone, in a workspace: what is due.",
)
start.register(app)
loop.register(app)
machine.register(app)
people.register(app)
desk.register(app)
decide.register(app)
agreement.register(app)
look.register(app)
rubric.register(app)
rubric_bridge.register()
act.register(app)
action.register(app)
alert.register(app)
notify.register(app)
export.register(app)
keep.register(app)
purge.register(app)
pull.register(app)


_ALONE = "Alone: {}. A command takes it behind its name."


def _version(value: bool) -> None:
    if value:
        from evalharness import __version__

        print(f"evalharness {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def due(
    context: typer.Context,
    workspace: Annotated[
        Path | None,
        typer.Option("--workspace", help=_ALONE.format("the workspace folder; default: here or above"), metavar="DIR"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help=_ALONE.format("print what is due as JSON"))] = False,
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False,
) -> None:
    """What is due, for whom, in about how many minutes."""
    if context.invoked_subcommand is not None and (workspace or as_json):
        word = "--workspace" if workspace else "--json"
        raise UsageError(
            f"{word} stands before the command",
            where=f"evalharness {word} ... {context.invoked_subcommand}",
            why="there it speaks of the bare command only",
            fix=f"write it behind the command: evalharness {context.invoked_subcommand} {word} ...",
        )
    if context.invoked_subcommand is None:
        look.due(workspace, as_json)
