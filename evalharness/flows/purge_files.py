"""What a purge does with files beside the ledger and the call log: sheets are read first, what holds a text is deleted."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from evalharness.errors import GradingError, SheetError
from evalharness.flows.opened import Opened
from evalharness.flows.purge_inbox import standing
from evalharness.flows.retention import Due, Identity
from evalharness.flows.sheets import exchange_sheets
from evalharness.store.files import digest_file
from evalharness.store.intakes import parts
from evalharness.store.llm import waiting
from evalharness.store.needles import Needles
from evalharness.store.purge_scan import files_of, scanned
from evalharness.store.records import samples
from evalharness.workspace.folder import shipped

OURS = ("reports", "sheets", "exports", "logs")
"""Folders whose files this program writes, and can write again."""
_BY_HAND = "files of this folder that are not ours, named with STILL THERE: delete them by hand"


def require_read(house: Opened, due: Due, now: datetime) -> None:
    """Takes in what people typed into the sheets of these calls' weeks, before a sheet may be deleted. Raises SheetError where a
    sheet is open elsewhere or holds something that cannot be read, GradingError where an LLM's reply is still to come."""
    gone = set(due.calls)
    if any((one.call.source, one.call.call_id) in gone for one in waiting(house.ledger)):
        raise GradingError(
            "requests about these calls wait in a batch at the LLM's provider",
            where="the batch",
            why="Their replies would bring back what was said. Nothing was changed.",
            fix="Type `evalharness grade` until none waits, then purge.",
        )
    weeks = set(house.calls.weeks_of(due.calls).values()) if due.calls else set()
    weeks |= {path.split("/")[1] for path in due.files if path.startswith("sheets/")}
    for week in sorted(weeks & set(samples(house.ledger))):
        if house.workspace.sheets(week).is_dir():
            for state in exchange_sheets(house, week, now):
                if state.error or state.problems:
                    raise SheetError(
                        f"{state.path.name} may hold answers that are not taken in: {state.error or 'cells that cannot be read'}",
                        where=str(state.path),
                        why="The sheet holds what was said, so it would be deleted, and what was typed there lost.",
                        fix="Close it, correct what `evalharness sheet import` names, then purge again. Nothing was changed.",
                    )


def naming(house: Opened, calls: Iterable[Identity]) -> list[dict[str, str]]:
    """Exports that were made with the calls in them, or of their weeks: path, digest, when, by which of both ("call", "week");
    those outside the workspace too. What was made of a week need not have held the calls."""
    gone, found = set(calls), dict[str, dict[str, str]]()
    weeks = set(house.calls.weeks_of(sorted(gone)).values())
    for row in house.ledger.rows("exports") if gone else ():
        held = {(source, one) for source, one in row["details"].get("calls", ())}
        if held & gone or (not held and row["week"] in weeks and ":" not in row["path"]):
            found[row["path"]] = {"path": row["path"], "sha256": row["digest"], "at": row["at"], "by": "call" if held else "week"}
    return list(found.values())


def swept(
    house: Opened, due: Due, needles: Needles, note: Callable[[str, str], None], earlier: Iterable[str] = ()
) -> dict[str, str]:
    """Deletes every file of ours that holds a text, those due by age, parts that count no more, and files of the inbox that hold
    one and were wholly taken in as they stand; path -> SHA-256 of each. `note` is told before. `earlier`: files that hold
    what is not known any more."""
    root = house.workspace.root
    registered = {root / part.path for part in parts(house.ledger)}
    found, _ = scanned((path for path in files_of(root) if _may_go(house, path, registered)), needles)
    old = {root / path for path in due.files if (root / path).is_file()}
    old |= set(house.workspace.calls_path.glob("*/week=*/part-*.parquet")) - registered
    gone: dict[str, str] = {}
    for path in sorted(old | found.keys() | {root / path for path in earlier if of_inbox(house, path)}):
        for one in _with(house, path):
            name = house.workspace.relative(one)
            gone[name] = digest_file(one)
            note(name, gone[name])
            one.unlink()
    return gone


def _with(house: Opened, path: Path) -> tuple[Path, ...]:
    """The files that go where this one holds a text: of inbox/ only what was wholly taken in, asked just before it is deleted."""
    if not path.is_file():
        return ()
    return standing(house, path).files if of_inbox(house, house.workspace.relative(path)) else (path,)


def _may_go(house: Opened, path: Path, registered: set[Path]) -> bool:
    """Whether the file is ours and can be made again, or may be one that was collected."""
    name = house.workspace.relative(path)
    if path.is_relative_to(house.workspace.calls_path):
        return path not in registered
    return Path(name).parts[0] in OURS or of_inbox(house, name)


def as_shipped(house: Opened) -> list[Path]:
    """The files of rubrics/ that are byte for byte those this program came with: no call is in them."""
    came = {path.name: path for path in shipped("rubrics").iterdir() if path.is_file()}
    held = (path for path in files_of(house.workspace.root / "rubrics") if path.name in came)
    return [path for path in held if path.read_bytes() == came[path.name].read_bytes()]


def of_inbox(house: Opened, path: str) -> bool:
    """Whether the file is one of the platform's logs, which are not ours."""
    return (house.workspace.root / path).is_relative_to(house.workspace.inbox)


def unreached(house: Opened, hits: list[str]) -> list[str]:
    """What nobody can tell from here, in words. `hits`: files that still hold some of it."""
    llm, logs = house.config.graders.llm, [path for path in hits if of_inbox(house, path)]
    whys = (f"{path}: {why}" for path in logs if (why := standing(house, house.workspace.root / path).why))
    return [
        *(f"your own log {line}" for line in whys),
        *([_BY_HAND] if len(hits) > len(logs) else []),
        "backups (`evalharness backup`), snapshots and other copies of this folder",
        "sheets, reports and exports that were copied, sent or printed, and exports outside this folder (see named_in)",
        "the platform that made the recordings and logs, and exports of it elsewhere on this machine",
        *([f"the LLM provider at {llm.base_url or 'the default address'}, by its own retention"] if _asked(house) else []),
        "blocks of the disk: an SSD keeps overwritten blocks until it reuses them, and a file system may keep copies",
        "words of fewer than 8 bytes, and what others said in the same words, which cannot be told apart",
    ]


def _asked(house: Opened) -> bool:
    return bool(house.ledger.stored("llm_calls"))
