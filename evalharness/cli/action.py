"""Actions, what is to be mended: action add, list, fix, check, drop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from evalharness.cli.options import JsonOption, WeekOption, WorkspaceOption, find, print_json, say

if TYPE_CHECKING:
    from evalharness.models.act import Action

action = typer.Typer(rich_markup_mode=None, help="What is to be mended, carried until it is checked.", no_args_is_help=True)
IdArgument = Annotated[str, typer.Argument(help="The action, such as A-2026-W47-1.", metavar="ID")]


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    app.add_typer(action, name="action")


@action.command()
def add(
    call: Annotated[list[str], typer.Option("--call", help="A call that shows it, by id or SOURCE:ID; may be said again.")],
    criterion: Annotated[str, typer.Option("--criterion", help="The question it was found under.", metavar="NAME")],
    cause: Annotated[str, typer.Option("--cause", help="The part to fix: prompt, knowledge, tool ...", metavar="CAUSE")],
    owner: Annotated[str, typer.Option("--owner", help="Who mends it.", metavar="NAME")],
    due: Annotated[str | None, typer.Option("--due", help="Fixed by the end of this week.", metavar="2026-W50")] = None,
    note: Annotated[str, typer.Option("--note", help="What is wrong, and what to do.", metavar="TEXT")] = "",
    workspace: WorkspaceOption = None,
    week: WeekOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write down something to mend, found in calls of a week."""
    from evalharness.flows.actions import Plan
    from evalharness.flows.actions import add as run
    from evalharness.flows.opened import chosen_week, opened, utc_now

    now = utc_now()
    with opened(find(workspace), write=True) as house:
        kept = run(house, chosen_week(house, week, now), Plan(call, criterion, cause, owner, due, note), now)
    _show(kept, as_json=as_json)


@action.command("list")
def list_(
    every: Annotated[bool, typer.Option("--all", help="Checked and dropped ones too.")] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """The open actions, overdue first."""
    from evalharness.flows.actions import listed
    from evalharness.flows.opened import opened, utc_now
    from evalharness.report import action_words

    with opened(find(workspace)) as house:
        week, found = listed(house, utc_now(), closed=every)
    if as_json:
        print_json({"week": week, "actions": [action_words.record(one, week) for one in found]})
    else:
        say(*(action_words.sentence(one, week) for one in found))
        if not found:
            say("No action is open." if not every else "There is no action.")


@action.command()
def fix(
    name: IdArgument,
    version: Annotated[str, typer.Option("--version", help="The agent's version that has the fix.", metavar="VERSION")],
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say in which version it was fixed; it stays open until it is checked."""
    from evalharness.flows.actions import fix as run
    from evalharness.flows.opened import opened, utc_now

    with opened(find(workspace), write=True) as house:
        kept = run(house, name, version, utc_now())
    _show(kept, as_json=as_json)


@action.command()
def check(
    name: IdArgument,
    week: Annotated[str, typer.Option("--week", help="The later week whose calls show that it holds.", metavar="2026-W48")],
    note: Annotated[str, typer.Option("--note", help="What the check found.", metavar="TEXT")] = "",
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Close a fixed action: a later week's calls show that it holds."""
    from evalharness.flows.actions import check as run
    from evalharness.flows.opened import opened, utc_now

    with opened(find(workspace), write=True) as house:
        kept = run(house, name, week, utc_now(), note)
    _show(kept, as_json=as_json)


@action.command()
def drop(
    name: IdArgument,
    reason: Annotated[str, typer.Option("--reason", help="Why; kept with it.", metavar="TEXT")],
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Close an action without a check; it is kept as dropped, with the reason."""
    from evalharness.flows.actions import drop as run
    from evalharness.flows.opened import opened, utc_now

    with opened(find(workspace), write=True) as house:
        kept = run(house, name, reason, utc_now())
    _show(kept, as_json=as_json)


def _show(kept: Action, *, as_json: bool) -> None:
    from evalharness.report import action_words

    if as_json:
        print_json(action_words.record(kept, kept.week))
    else:
        say(action_words.sentence(kept, kept.week))
