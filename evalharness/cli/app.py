"""The commands, in the order of the week."""

from __future__ import annotations

from typing import Annotated

import typer

from evalharness.cli import keep, look, loop, people, start
from evalharness.cli.options import JsonOption, WorkspaceOption

app = typer.Typer(
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
    help="Is the voice agent good enough, how sure is that, what changed? Alone, in a workspace: what is due.",
)
start.register(app)
loop.register(app)
people.register(app)
look.register(app)
keep.register(app)


def _version(value: bool) -> None:
    if value:
        from evalharness import __version__

        print(f"evalharness {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def due(
    context: typer.Context,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False,
) -> None:
    """What is due, for whom, in about how many minutes."""
    if context.invoked_subcommand is None:
        look.due(workspace, as_json)
