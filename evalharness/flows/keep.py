"""Is everything whole, and a copy of it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from evalharness import numbers
from evalharness.errors import LedgerCorruptError, UsageError, WorkspaceError
from evalharness.flows.opened import Opened
from evalharness.flows.signed import altered
from evalharness.store.files import digest_file, make_folder, write_whole
from evalharness.store.ledger import Ledger
from evalharness.store.records import sign_offs, signed_weeks
from evalharness.store.trail import ACTIONS_READ
from evalharness.store.verify import PURGED

HEAD = re.compile(r"(?:([1-9][0-9]{0,17}):)?([0-9a-f]{64})")
LEDGER_FILES = ("ledger.db", "ledger.db-wal", "ledger.db-shm")


def verify(house: Opened, head: str | None = None) -> tuple[list[str], str]:
    """Problems in words (none = whole) and the ledger head. `head`: one kept earlier, to find a cut tail.

    Raises UsageError where `head` is none at all.
    """
    number, link = (None, None) if head is None else _named(head)
    problems = house.ledger.verify(head=link)
    found = house.ledger.since(link) if link else None
    if found and number not in (None, found[0]):
        problems.append(f"the head {link} is entry {found[0]} of the chain, not {number}")
    problems += house.calls.problems()
    return [*problems, *_of_signed_files(house)], house.ledger.head()


def since(house: Opened, head: str) -> dict[str, int] | None:
    """How many entries of each kind came after a head that was kept; None where it is not in the ledger. Raises UsageError."""
    number, link = _named(head)
    found = house.ledger.since(link)
    return found[1] if found and number in (None, found[0]) else None


def _named(head: str) -> tuple[int | None, str]:
    """The number of a link, where one is given, and its hash."""
    found = HEAD.fullmatch(head.strip().lower())
    if found is None:
        raise UsageError(
            f"{head!r} is no head of a ledger",
            where="--head",
            why="a head is 64 hexadecimal digits, with its number and a colon before it or without",
            fix="copy the whole head, as a report or `evalharness verify` has it",
        )
    return int(found[1]) if found[1] else None, found[2]


def _of_signed_files(house: Opened) -> list[str]:
    """The report files that are not as they were signed, by week; a ledger that was changed by hand may not tell."""
    try:
        return _altered(house)
    except ValueError:
        return ["the signed report files cannot be compared: a sign-off in the ledger cannot be read"]


def _altered(house: Opened) -> list[str]:
    """Without a workbook into which somebody typed on the sheet Actions, as the ledger knows: that is what the sheet is for."""
    purged = {path for row in house.ledger.rows("audit", action=PURGED) for path in row["details"]["deleted"]}
    read_back = {row["digest"] for row in house.ledger.rows("exports", kind=ACTIONS_READ)}
    return [
        f"{path}: {state} since {week} was signed off; the signed file is in a backup, or sign the week again (--again REASON)"
        for week in signed_weeks(house.ledger)
        for path, state in altered(house, sign_offs(house.ledger, week)).items()
        if (state != "missing" or path not in purged)
        and (state != "changed" or digest_file(house.workspace.root / path) not in read_back)
    ]


def backup(house: Opened, target: Path) -> list[str]:
    """Copies the workspace into the new folder `target`; returns lines to print.

    Raises WorkspaceError where the folder exists or lies inside the workspace, LedgerCorruptError where the copy does not verify.
    """
    root = house.workspace.root.resolve()
    if target.exists():
        raise WorkspaceError(
            f"{target} exists", where=str(target), why="a backup never mixes with something older", fix="name a new folder"
        )
    if target.resolve().is_relative_to(root):
        raise WorkspaceError("the backup would lie inside the workspace", where=str(target), fix="name a folder outside it")
    make_folder(target)
    files = [
        path for path in sorted(root.rglob("*")) if path.is_file() and path.name not in LEDGER_FILES and not path.is_symlink()
    ]
    for path in files:
        copy = target / path.relative_to(root)
        make_folder(copy.parent)
        write_whole(copy, path.read_bytes())
    house.ledger.backup(target / house.workspace.ledger_path.name)
    _check(target / house.workspace.ledger_path.name)
    size = sum(path.stat().st_size for path in target.rglob("*") if path.is_file())
    free = shutil.disk_usage(target).free
    return [
        f"{len(files) + 1} files, {numbers.size(size)} copied to {target}; the copied ledger verifies",
        f"Ledger head: {house.ledger.head() or '(empty)'}",
        f"{numbers.size(free)} are left on that disk. The copy holds .key and transcripts: keep it as safe as the workspace.",
    ]


def _check(path: Path) -> None:
    ledger = Ledger.open(path)
    problems = ledger.verify()
    ledger.close()
    if problems:
        raise LedgerCorruptError("the copied ledger does not verify: " + problems[0], where=str(path), fix="evalharness verify")
