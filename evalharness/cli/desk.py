"""The grading desk: people grade in the browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from evalharness.cli.options import WorkspaceOption, find, say

if TYPE_CHECKING:
    from evalharness.flows.desk import DeskOpened


def register(app: typer.Typer) -> None:
    """Adds the command of this file."""
    app.command()(desk)


def desk(
    workspace: WorkspaceOption = None,
    week: Annotated[
        str | None, typer.Option("--week", help="A drawn week; default: the newest that is not signed off.", metavar="2026-W47")
    ] = None,
    person: Annotated[
        str | None, typer.Option("--as", help="Who grades; default: the only grader, else the owner.", metavar="NAME")
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 0,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Print the link; open nothing.")] = False,
    recordings: Annotated[
        str | None, typer.Option(help="Play recordings from this folder, or from an https address ending in /.", metavar="PLACE")
    ] = None,
    shared: Annotated[bool, typer.Option("--shared", help="For all graders of the week, behind a reverse proxy.")] = False,
    bind: Annotated[str | None, typer.Option(help="With --shared: the address to listen on.", metavar="ADDR")] = None,
    url: Annotated[str | None, typer.Option(help="With --shared: the address people type.", metavar="URL")] = None,
    new_link: Annotated[
        list[str] | None, typer.Option(help="With --shared: a grader who gets a new link.", metavar="NAME")
    ] = None,
) -> None:
    """Grade in the browser: one call at a time, by keyboard, every answer saved as it is given."""
    from evalharness.flows.desk import DeskWish, open_desk

    wish = DeskWish(person, port, recordings, shared, bind, url, tuple(new_link or ()))

    def ready(opened: DeskOpened) -> None:
        _announce(opened, shared=shared)
        if not (no_browser or shared):
            _show(next(iter(opened.links.values())))

    try:
        open_desk(find(workspace), week, wish, ready)
    except KeyboardInterrupt:
        say("The desk is closed; what was shown as saved is saved.")


def _announce(opened: DeskOpened, *, shared: bool) -> None:
    """Where the desk is, and each grader's link; flushed, as a program may wait for it."""
    say(f"Grading desk of {opened.week} at {opened.url}")
    for person, link in opened.links.items():
        say(f"  {person}: {link}" if link else f'  {person}: has a link already (another one: --new-link "{person}")')
    if shared:
        say("Links are shown once and kept only as hashes. Put a reverse proxy with https in front: docs/desk.md.")
    say("Ctrl-C closes it.")
    print(end="", flush=True)


def _show(link: str) -> None:
    """The link in the person's browser, where there is one."""
    import webbrowser

    try:
        webbrowser.open(link)
    except webbrowser.Error:
        say("No browser could be opened; open the link yourself.")
