"""Is everything whole, and a copy of it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import NamedTuple

from evalharness import numbers
from evalharness.errors import LedgerCorruptError, LedgerError, UsageError, WorkspaceError
from evalharness.flows.opened import Opened
from evalharness.flows.signed import altered
from evalharness.store.files import digest_file, make_folder, write_whole
from evalharness.store.ledger import Ledger
from evalharness.store.records import sign_offs, signed_weeks
from evalharness.store.schema import META, SCHEMA
from evalharness.store.trail import ACTIONS_READ
from evalharness.store.verify import NO_HEAD, PURGED

EMPTY = "(nothing is written yet)"
"""In the place of a head where there is none."""
HEAD = re.compile(r"(?:.*\bledger[ _]head\W*)?(?:([1-9][0-9]{0,17}):)?([0-9a-f]{64})\W*", re.DOTALL)
"""A head in small letters, with the words of the line that it was copied from before it."""
LEDGER_FILES = ("ledger.db", "ledger.db-wal", "ledger.db-shm")


class Verified(NamedTuple):
    """What `verify` found. `problems`: in words, none = whole. `head`: the newest link, "" where nothing is written yet.

    `damaged`: the ledger itself is not whole. `since`: how many entries of each kind came after the head that was kept; None
    where none was named or it is not in this ledger.
    """

    problems: list[str]
    head: str
    damaged: bool
    since: dict[str, int] | None


def verify(house: Opened, head: str | None = None) -> Verified:
    """Whether everything is whole. `head`: one kept earlier, to find a cut tail. Raises UsageError for what is no head."""
    number, link = (None, None) if head is None else _named(head)
    problems = house.ledger.verify(head=link)
    try:
        return _compared(house, number, link, problems)
    except LedgerError as error:  # pages that cannot be read
        told = problems if error.what in problems else [*problems, error.what]
        return Verified([*told, "the call log and the signed reports cannot be compared with it"], "", True, None)


def _compared(house: Opened, number: int | None, link: str | None, problems: list[str]) -> Verified:
    """With what is beside the ledger, and the head that was kept. Raises LedgerError where the ledger cannot be read."""
    found = house.ledger.since(link) if link else None
    damaged = any(not one.startswith(NO_HEAD) for one in problems)
    wrong = [] if found is None or link is None else _no_proof(house, link, number, found[0])
    files = [*house.calls.problems(), *_of_signed_files(house)]
    return Verified([*problems, *wrong, *files], head_of(house), damaged, found[1] if found and not wrong else None)


def _no_proof(house: Opened, link: str, number: int | None, found: int) -> list[str]:
    """Why a link that the chain holds, as entry `found`, is not the head that was kept, or tells nothing."""
    if _says_nothing(house, found):
        return [f"the head {link} is the one of every new ledger, before anything is written: it tells nothing of this one"]
    return [] if number in {None, found} else [f"the head {link} is entry {found} of the chain, not {number}"]


def head_of(house: Opened) -> str:
    """The newest link of the chain; "" where nothing is written, for then it is the same in every workspace."""
    head = house.ledger.head()
    found = house.ledger.since(head) if head else None
    return "" if found is None or _says_nothing(house, found[0]) else head


def _says_nothing(house: Opened, number: int) -> bool:
    """Whether up to this entry the ledger has only rows on its own form, which are the same in every ledger."""
    return len(house.ledger.stored("chain", table_name=META.name, seq=list(range(1, min(number, SCHEMA) + 1)))) == number


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
        f"Ledger head: {head_of(house) or EMPTY}",
        f"{numbers.size(free)} are left on that disk. The copy holds .key and transcripts: keep it as safe as the workspace.",
    ]


def _check(path: Path) -> None:
    ledger = Ledger.open(path)
    problems = ledger.verify()
    ledger.close()
    if problems:
        raise LedgerCorruptError("the copied ledger does not verify: " + problems[0], where=str(path), fix="evalharness verify")
