"""Taking out: purge, by retention, or of one call or caller on request."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evalharness import numbers
from evalharness.cli.options import JsonOption, WorkspaceOption, complain, find, print_json, say

if TYPE_CHECKING:
    from evalharness.flows.opened import Opened
    from evalharness.flows.purge_receipt import Receipt
    from evalharness.flows.retention import Due

LONGEST = 1_000


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    app.command()(purge)


def purge(
    call: Annotated[bool, typer.Option("--call", help="One call: its id (or SOURCE/ID) is asked for, never given here.")] = False,
    caller: Annotated[bool, typer.Option("--caller", help="One caller: number, mail or name is asked for.")] = False,
    given: Annotated[
        Path | None, typer.Option("--from", help="Read the id or number from this file (- = standard input).", metavar="FILE")
    ] = None,
    similar: Annotated[bool, typer.Option("--similar", help="Also the candidates: the number in another spelling.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take out the texts that are due by `retention:`, or of one call or caller; scan for what is left; write a receipt."""
    from evalharness.errors import UsageError
    from evalharness.flows.opened import opened, utc_now
    from evalharness.flows.purge import purge as run

    if (call and caller) or (given is not None and not (call or caller)):
        raise UsageError("a purge is of one call or of one caller", where="purge", fix="--call or --caller, then --from FILE")
    typed = _typed(given, "call id" if call else "caller") if call or caller else ""
    with opened(find(workspace), write=True) as house:
        whole = _went_on(house, dry_run, as_json)
        due = _due(house, typed, call)
        due = due.with_candidates() if similar else due
        if dry_run or (due.nothing and not due.candidates):
            _say_due(due, as_json)
            raise typer.Exit(0 if whole else 5)
        (complain if as_json else say)(*due.lines())
        due, left = _agreed(due, yes, asks=given is None)
        receipt = run(house, due, utc_now())
    _tell(receipt, as_json, left, whole)


def _went_on(house: Opened, dry_run: bool, as_json: bool) -> bool:
    """Finishes a purge that was interrupted, which a dry run only tells; False where a file still holds some of it."""
    from evalharness.cli.purge_words import of_receipt
    from evalharness.flows.opened import utc_now
    from evalharness.flows.purge import STATE, finish, settle, unfinished

    tell = complain if as_json else say
    number = unfinished(house)
    if number is not None and dry_run:
        tell("A purge was interrupted and waits: `evalharness purge` without --dry-run finishes it first.")
    elif number is not None:
        tell("A purge was interrupted; it is finished first.")
        receipt = finish(house, utc_now())
        tell(*of_receipt(receipt))
        return receipt.clean
    elif not dry_run and (house.workspace.root / STATE).exists():
        settle(house)
    return True


def _say_due(due: Due, as_json: bool) -> None:
    """What would go."""
    if as_json:
        print_json(due.told())
    else:
        say(*(due.lines() if not due.nothing or due.candidates else ["Nothing is due."]))


def _agreed(due: Due, yes: bool, *, asks: bool) -> tuple[Due, int]:
    """What somebody said yes to, and how many candidates stay. Raises UsageError where nobody did."""
    from evalharness.errors import UsageError

    asked = asks and not yes
    if due.unwritten and not yes:
        keys, one = ", ".join(due.unwritten), len(due.unwritten) == 1
        why = f"it is due by days that nobody wrote: {keys} under retention: {'is a default' if one else 'are defaults'}"
        fix = "write the days under `retention:` in evalharness.yaml (docs/retention.md), or agree to the default with --yes"
        raise UsageError("nothing was taken out", where="evalharness.yaml", why=why, fix=fix)
    left = len(due.candidates)
    meant = (
        asked
        and left
        and typer.confirm(
            f"{numbers.counted(left, 'candidate')}: this caller's too? Look with `evalharness calls show ID`", err=True
        )
    )
    due, left = (due.with_candidates(), 0) if meant else (due.without_candidates(), left)
    if due.nothing:
        fix = "look with `evalharness calls show ID`; add --similar for this caller's, or purge --call"
        why = f"only {numbers.counted(left, 'candidate')} {'was' if left == 1 else 'were'} found"
        raise UsageError("nothing was taken out", where="purge", why=why, fix=fix)
    if not yes and not (asked and typer.confirm("Take this out? It cannot be undone.", err=True)):
        raise UsageError("nothing was taken out", where="purge", why="nobody said yes", fix="add --yes")
    return due, left


def _due(house: Opened, typed: str, call: bool) -> Due:
    from evalharness.flows.opened import utc_now
    from evalharness.flows.purge_callers import due_for_caller
    from evalharness.flows.retention import due_by_retention, due_for_call

    if not typed:
        return due_by_retention(house, utc_now())
    return due_for_call(house, typed) if call else due_for_caller(house, typed)


def _typed(given: Path | None, what: str) -> str:
    """The identifier, from the prompt, a file or standard input: a command line can be read by everybody on the machine."""
    from evalharness.errors import UsageError

    text = str(typer.prompt(f"The {what}", hide_input=False)) if given is None else _read(given)
    if not text.strip() or len(text.split("\n")) > 2:
        raise UsageError(f"the {what} must be one line of text", where="--from", fix="write it alone in the file")
    return text.strip()


def _read(path: Path) -> str:
    """The beginning of a file, or of standard input. Raises UsageError where it is no text."""
    from evalharness.errors import UsageError

    try:
        return sys.stdin.read(LONGEST) if str(path) == "-" else path.read_text("utf-8-sig")[:LONGEST]
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise UsageError(f"{path.name} cannot be read", where="--from", why=why or "", fix="save it as text in UTF-8") from error


def _tell(receipt: Receipt, as_json: bool, left: int = 0, whole: bool = True) -> None:
    """The receipt. Exit code 5 where a file still holds some of it, or of a purge finished before it (not `whole`), or `left`
    candidates were found that nobody decided on."""
    from dataclasses import asdict

    from evalharness.cli.purge_words import of_receipt

    if as_json:
        print_json(asdict(receipt))
    else:
        say(*of_receipt(receipt))
    if left:
        stands = f"{numbers.counted(left, 'candidate')} still {'stands' if left == 1 else 'stand'}"
        complain(f"{stands}. For this caller's, purge again with --similar.")
    if left or not (receipt.clean and whole):
        raise typer.Exit(5)
