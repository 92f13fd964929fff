"""Reading a grading sheet back: what a person typed goes in once, as new revisions; what cannot be taken is named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from evalharness.errors import InputError, SheetError, UsageError
from evalharness.flows.draw import assignments
from evalharness.flows.exports import digest_of_bytes, relative
from evalharness.flows.notices import IMPORTED
from evalharness.flows.opened import Opened, frozen_rubric
from evalharness.grade.human.newer import beside_newer, shown_on
from evalharness.grade.human.sheet import CellProblem, File, Own, assisted_in, grades_from, read_sheet
from evalharness.models.grade import Grade
from evalharness.models.noun import digest_of
from evalharness.models.sample import WeeklySample
from evalharness.sample.picks import picked_items
from evalharness.store.files import is_open_elsewhere
from evalharness.store.records import add_export, add_grades, add_shown, last_export, load_grades, load_picks, load_sample, shown

Newly = tuple[str, frozenset[tuple[str, str]]]
"""A person and the calls whose LLM answers a file showed them, unknown to the ledger so far."""
_Read = tuple[bytes, list[Grade], tuple[CellProblem, ...], Newly]
"""A file as it was, what it gave, what could not be taken, and whom it had shown what."""


@dataclass(frozen=True)
class SheetState:
    """What became of one person's sheet: `state` written, unchanged, imported, nothing new, open elsewhere, refused.

    `missing`: which rows were written and are no longer there, in a sentence.
    """

    person: str
    path: Path
    state: str
    accepted: int = 0
    problems: tuple[CellProblem, ...] = ()
    error: str = ""
    missing: str = ""


def drawn_sample(house: Opened, week: str) -> WeeklySample:
    """The frozen sample of the week, with the calls picked by hand behind it. Raises UsageError where it is not drawn."""
    sample = load_sample(house.ledger, week)
    if sample is None:
        raise UsageError(
            f"{week} is not drawn yet",
            where="--week",
            why="a sheet holds the drawn calls",
            fix=f"evalharness sample --week {week}",
        )
    return sample.model_copy(update={"picked": picked_items(sample, load_picks(house.ledger, week))})


def import_sheet(house: Opened, path: Path, sample: WeeklySample, at: datetime, *, person: str | None = None) -> SheetState:
    """Takes in what a person typed. A cell that cannot be read is named, the rest goes in.

    A file that was read before adds nothing, also when other answers came since. `person`: whose sheet stands at this
    path; another one's copy there is refused.
    """
    if is_open_elsewhere(path):
        return open_elsewhere(path)
    data = path.read_bytes()
    try:
        reading = read_sheet(data, path.name)
        _check_person(sample, reading.grader, person)
        rubric = frozen_rubric(house, sample)
        current = [grade for grade in load_grades(house.ledger, sample.week) if is_by(grade, reading.grader)]
        since, seen = written_at(house, path), shown(house.ledger, sample.week).get(reading.grader, frozenset())
        own = Own(shown_on(current, since), dict.fromkeys(seen, ()), file=_known(house, path, since))
        grades, doubts = grades_from(reading, sample, rubric, own, at=at, zone=house.config.zone)
        grades, older = beside_newer(grades, current, reading, sample, since)
    except SheetError as error:
        return SheetState(path.stem, path, "refused", error=str(error))
    if _was_read(house, sample.week, digest_of_bytes(data)):
        grades, doubts, older = [], [], []
    problems = (*reading.problems, *doubts, *older)
    newly = (reading.grader, assisted_in(reading, sample) - seen)
    _record(house, path, sample.week, (data, grades, problems, newly), at)
    state = "imported" if grades else "nothing new"
    return SheetState(reading.grader, path, state, len(grades), problems, missing=reading.missing_text())


def written_at(house: Opened, path: Path) -> datetime | None:
    """When the sheet at this place was last written; None for a file of another place: it may be older than anything."""
    written = last_export(house.ledger, relative(house, path)) if path.is_relative_to(house.workspace.root) else None
    return datetime.fromisoformat(written["at"]) if written else None


def _known(house: Opened, path: Path, written_at: datetime | None) -> File:
    """When the file at this place was last written or read, and which of its cells were old then."""
    read = [row for row in house.ledger.rows("exports", kind=IMPORTED) if row["details"].get("from") == _from(house, path)]
    times = [datetime.fromisoformat(read[-1]["at"])] if read else []
    stale = read[-1]["details"].get("stale", ()) if read else ()
    return File(max([*times, *([written_at] if written_at else [])], default=None), frozenset((row, key) for row, key in stale))


def _from(house: Opened, path: Path) -> str:
    """The place of a file, without naming it: within the workspace wherever that stands, else on this machine."""
    inside = path.is_relative_to(house.workspace.root)
    return digest_of(relative(house, path) if inside else str(path.absolute()))[:16]


def open_elsewhere(path: Path) -> SheetState:
    """What becomes of a sheet that a spreadsheet program has open."""
    message = (
        f"a spreadsheet program has it open; it is read next time (if none has, remove ~${path.name} or .~lock.{path.name}#)"
    )
    return SheetState(path.stem, path, "open elsewhere", error=message)


def _check_person(sample: WeeklySample, found: str, expected: str | None) -> None:
    if expected not in (None, found):
        raise SheetError(
            f"it is the sheet of {found} under the name of {expected}",
            why="answers would be taken for another person's",
            fix="give the file its own name, or move it away: a new sheet is written then",
        )
    if found not in assignments(sample):
        raise SheetError(
            f"it is the sheet of {found}, who was not asked to grade this week",
            why=f"asked were {', '.join(assignments(sample))}",
            fix="import a sheet that was written for this week",
        )


def import_files(house: Opened, files: Sequence[Path], week: str, at: datetime) -> list[SheetState]:
    """Takes in sheets from wherever they are. Raises InputError for a file that is not there."""
    sample = drawn_sample(house, week)
    missing = [path for path in files if not path.is_file()]
    if missing:
        raise InputError(
            f"{missing[0]} is not a file", where=str(missing[0].absolute()), fix="name the filled sheet, .xlsx or .csv"
        )
    return [import_sheet(house, path.absolute(), sample, at) for path in files]


def _was_read(house: Opened, week: str, digest: str) -> bool:
    """Whether a file of exactly these bytes was taken in for the week before, under any name."""
    return any(row["digest"] == digest for row in house.ledger.rows("exports", kind=IMPORTED, week=week))


def is_by(grade: Grade, person: str) -> bool:
    """Whether the person gave the grade."""
    return grade.grader.kind == "human" and grade.grader.name == person


def _record(house: Opened, path: Path, week: str, read: _Read, at: datetime) -> None:
    """The grades and the digest of the file they came from, in one transaction.

    A file may show an LLM's answers that this ledger does not know to have shown, one put back from a backup for example.
    """
    data, grades, problems, (person, unseen) = read
    inside = path.is_relative_to(house.workspace.root)
    name = relative(house, path) if inside else path.name
    digest = digest_of_bytes(data)
    known = last_export(house.ledger, f"{IMPORTED}: {name}")
    if not grades and known is not None and known["digest"] == digest:
        return
    stale = [list(problem.stale) for problem in problems if problem.stale is not None]
    details = {
        "grades": len(grades),
        "problems": len(problems),
        "from": _from(house, path),
        **({"stale": stale} if stale else {}),
    }
    with house.ledger.transaction() as tx:
        add_shown(tx, week, person, unseen, at, house.config.graders.blind_first)
        add_grades(tx, grades)
        add_export(tx, f"{IMPORTED}: {name}", digest, IMPORTED, week, at, details)
