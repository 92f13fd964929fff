"""Keeping: note, verify, backup."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evalharness import numbers
from evalharness.cli.options import JsonOption, WorkspaceOption, find, print_json, say

if TYPE_CHECKING:
    from evalharness.flows.keep import Verified


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    for command in (note, verify, audit, backup):
        app.command()(command)


def note(
    label: Annotated[str | None, typer.Argument(help="What changed, for example 'prompt v12'.", metavar="TEXT")] = None,
    at: Annotated[str | None, typer.Option(help="When, as 2026-11-16 or 2026-11-16T09:00; default: now.", metavar="DATE")] = None,
    kind: Annotated[
        str,
        typer.Option(
            help="version (judged rates start anew; clear failures only at another leading number), break (all judged "
            "rates start anew), prompt, model, outage or other (only shown)."
        ),
    ] = "other",
    withdraw: Annotated[
        str | None, typer.Option("--withdraw", help="Take back the note of this text; needs --reason.", metavar="TEXT")
    ] = None,
    reason: Annotated[str | None, typer.Option("--reason", help="Why it is taken back; kept and shown.", metavar="TEXT")] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Write down a dated change of the agent, or take a note back; reports and trends show it."""
    from evalharness.errors import UsageError
    from evalharness.flows.note import effect, local
    from evalharness.flows.note import note as run
    from evalharness.flows.note import withdraw as take_back
    from evalharness.flows.opened import opened, utc_now

    if (label is None) == (withdraw is None) or (withdraw is None) != (reason is None):
        raise UsageError(
            "a note needs its text, or --withdraw with --reason",
            where="note",
            fix='evalharness note "prompt v12", or: evalharness note --withdraw "prompt v12" --reason "typed twice"',
        )
    with opened(find(workspace), write=True) as house:
        now = utc_now()
        if withdraw is not None:
            change = take_back(house, withdraw, at, reason or "", now)
            say(f"Withdrawn: {local(house, change.at)}  {change.kind}: {change.label}", "  it stays listed and starts nothing")
        else:
            change = run(house, label or "", at, kind, now)
            say(f"Noted: {local(house, change.at)}  {change.kind}: {change.label}")
            say(*(f"  {line}" for line in effect(house, change, now)))


def verify(
    head: Annotated[
        str | None,
        typer.Option(help="A head you kept, of a report or a screen: does it still stand here?", metavar="[NUMBER:]HASH"),
    ] = None,
    deep: Annotated[bool, typer.Option("--deep", help="Also work out again what is kept, and count what was checked.")] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check every row of the ledger against its hash, the chain, the call log's files, the signed reports; --deep: all else."""
    from evalharness.flows.keep import verify as run
    from evalharness.flows.opened import opened

    counts: dict[str, int] = {}
    with opened(find(workspace)) as house:
        found, root = run(house, head), house.workspace.root
        problems = list(found.problems)
        if deep:
            from evalharness.flows.deep import deep as look_deep

            more, counts = look_deep(house)
            problems += [problem for problem in more if problem not in problems]
    if as_json:
        kept = {} if head is None else {"since": None if found.damaged else found.since}
        told = {"whole": not problems, "problems": problems, "head": found.head, **kept}
        print_json({**told, **({"checked": counts} if deep else {})})
    else:
        say(
            *(f"PROBLEM  {problem}" for problem in problems),
            *(f"{numbers.count(count):>9} {what}" for what, count in counts.items()),
        )
        say(*_verified(found, problems, root, asked=head is not None))
    if problems:
        raise typer.Exit(1)


def _verified(found: Verified, problems: list[str], root: Path, *, asked: bool) -> list[str]:
    """What is known of the head that was kept, how many problems there are, and the head to keep where nothing is wrong."""
    from evalharness.flows.keep import EMPTY

    lines = [*_since(found), *([f"Looked at: {root}"] if asked and found.since is None else [])]
    none = "(cannot be read)" if found.damaged else EMPTY
    lines.append(f"{numbers.counted(len(problems), 'problem')}. Ledger head: {found.head or none}")
    if found.damaged:
        lines.append(
            "Do: put the newest backup (a folder that `evalharness backup` made) in this one's place; nothing is repaired here."
        )
    elif found.head and not problems:
        lines.append("Keep the head somewhere else: verify --head HEAD then proves that nothing before it changed.")
    elif not found.head:
        lines.append("There is no head to keep yet: the first one comes with the first thing that is collected or noted.")
    return lines


def _since(found: Verified) -> list[str]:
    """Whether the head stands, and what came after it; nothing where no head was named, or none such is here."""
    from evalharness.flows.audit import counted

    if found.since is None:
        return []
    if found.damaged:
        return ["The ledger is damaged: it has the link of the head you kept, but that proves nothing of what stands before it."]
    kinds = ", ".join(counted(name, count) for name, count in found.since.items())
    return [f"The head you kept stands in this ledger. Entries since: {kinds or 'none'}"]


def audit(
    person: Annotated[str | None, typer.Option(help="Only what this person did.", metavar="NAME")] = None,
    newest: Annotated[int, typer.Option("--newest", min=0, help="So many entries, newest last; 0 = all.", metavar="N")] = 50,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Who did what when, as the ledger's chain has it: grades, decisions, sign-offs, exports, purges; no text of anybody."""
    from evalharness.flows.audit import entries
    from evalharness.flows.keep import EMPTY, head_of
    from evalharness.flows.opened import opened

    with opened(find(workspace)) as house:
        found, head = entries(house, person), head_of(house)
    shown = found[-newest:] if newest else found
    if as_json:
        print_json({"entries": [vars(one) for one in shown], "of": len(found), "head": head})
    else:
        say(*(one.line() for one in shown), f"{numbers.count_of(len(shown), len(found))} entries. Ledger head: {head or EMPTY}")


def backup(
    target: Annotated[Path, typer.Argument(help="A new folder for the copy.", metavar="DIR")],
    workspace: WorkspaceOption = None,
) -> None:
    """Copy the whole workspace, the ledger through SQLite's backup, and verify the copy."""
    from evalharness.flows.keep import backup as run
    from evalharness.flows.opened import opened

    with opened(find(workspace), write=True, checked=False) as house:  # the copy is verified, and is made even so
        say(*run(house, target))
