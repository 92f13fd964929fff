"""What the owner does with a week: sign it off, see it beside the weeks before."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from evalharness.cli.options import JsonOption, WeekOption, WorkspaceOption, find, print_json, say

if TYPE_CHECKING:
    from evalharness.flows.sign_off import Proposal, Wish
    from evalharness.models.act import Decision

GROUPS = ("intent", "version", "hour")
DECISIONS: tuple[Decision, ...] = ("keep", "fix", "roll_back")


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    app.command("sign-off")(sign_off)
    app.command()(trend)


def sign_off(
    by: Annotated[str, typer.Option("--by", help="Who signs: the owner or the deputy of evalharness.yaml.", metavar="NAME")],
    decision: Annotated[str, typer.Option("--decision", help="keep, fix or roll_back.", metavar="DECISION")],
    notes: Annotated[str, typer.Option("--notes", help="Anything to remember; kept with it.", metavar="TEXT")] = "",
    again: Annotated[
        str | None, typer.Option("--again", help="Sign a signed week again, as a new row; the reason is kept.", metavar="REASON")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    workspace: WorkspaceOption = None,
    week: WeekOption = None,
    as_json: JsonOption = False,
) -> None:
    """Sign a week off: shows what is signed, asks, and keeps the decision with the figures as they are known."""
    from evalharness.flows.opened import chosen_week, opened, utc_now
    from evalharness.flows.sign_off import propose, sign
    from evalharness.report.words import signed_sentence

    now = utc_now()
    with opened(find(workspace)) as house:
        wish = _wish(chosen_week(house, week, now), by, decision, notes, again)
        proposal = propose(house, wish, now)
    if not as_json:
        _show(proposal)
    if not yes:
        _ask(wish)
    with opened(find(workspace), write=True) as house:
        signed = sign(house, wish, utc_now(), shown=proposal.signed.summary_digest)
        timezone = house.config.timezone
    if as_json:
        print_json(signed.model_dump(mode="json"))
    else:
        say("", f"Signed: {signed.week}, {signed_sentence(signed, timezone)}", *(f"Kept: {path}" for path in signed.files))


def _wish(week: str, by: str, decision: str, notes: str, again: str | None) -> Wish:
    """The request in order. Raises UsageError for an unknown decision."""
    from evalharness.errors import UsageError
    from evalharness.flows.sign_off import Wish

    for known in DECISIONS:
        if decision.replace("-", "_") == known:
            return Wish(week, by, known, notes, again)
    raise UsageError(f"{decision!r} is not a decision", where="--decision", fix=f"one of {', '.join(DECISIONS)}")


def _show(proposal: Proposal) -> None:
    from evalharness.report.signed import proposal as lines

    print("\n".join(lines(proposal.summary, proposal.signed, proposal.before)))


def _ask(wish: Wish) -> None:
    """Ask on a terminal. Raises UsageError without one, and leaves with 1 where the answer is no."""
    from evalharness.errors import UsageError

    if not sys.stdin.isatty():
        raise UsageError(
            "a sign-off asks first, and there is no terminal to ask on",
            where="--yes",
            why="nothing was signed",
            fix="read what is signed above, then run the same command with --yes",
        )
    if not typer.confirm(f"\nSign {wish.week} off as shown?"):
        say("Nothing was signed.")
        raise typer.Exit(1)


def trend(
    weeks: Annotated[int, typer.Option("--weeks", min=0, help="How many weeks, the newest ones; 0 = all.")] = 12,
    every: Annotated[bool, typer.Option("--all", help="A table for every measure, not only the main ones.")] = False,
    by: Annotated[str | None, typer.Option("--by", help="By group of calls: intent, version or hour.", metavar="GROUP")] = None,
    week: Annotated[
        str | None, typer.Option("--week", help="The last week to show; default: the newest drawn one.", metavar="2026-W47")
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """The weeks beside each other: each measure with n and interval, alarms, and what changed in the last one."""
    from evalharness.errors import UsageError
    from evalharness.flows.opened import existing_week, opened
    from evalharness.flows.trend import trend_and_moved
    from evalharness.report.trend_terminal import render
    from evalharness.store.records import samples

    if by not in (None, *GROUPS):
        raise UsageError(f"{by!r} is no group of calls", where="--by", fix=f"one of {', '.join(GROUPS)}")
    with opened(find(workspace)) as house:
        if week is not None and existing_week(week) not in (drawn := sorted(samples(house.ledger))):
            known = f"drawn: {', '.join(drawn[-8:])}" if drawn else "no week is drawn yet"
            raise UsageError(f"{week} is not drawn", where="--week", why=known, fix="name a drawn week, or leave --week out")
        found, moved = trend_and_moved(house, week, weeks)
    if as_json:
        print_json(found.model_dump(mode="json") | {"moved": moved.model_dump(mode="json") if moved else None})
    else:
        print(render(found, every=every, by=by, moved=moved, plain=not _has_bars()))


def _has_bars() -> bool:
    """Whether the terminal's encoding has the marks of a sparkline."""
    try:
        "▁█·".encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
