"""The grading sheets of a week: written once for each person, read back whenever they changed, never overwritten when edited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from evalharness.errors import InputError, SheetError, UsageError
from evalharness.flows.draw import assignments, frozen_rubric
from evalharness.flows.exports import Label, digest_of_bytes, put, relative
from evalharness.flows.notices import IMPORTED
from evalharness.flows.opened import Opened
from evalharness.grade.human.sheet import CellProblem, grades_from, read_sheet, write_sheet
from evalharness.models.grade import Grade
from evalharness.models.sample import WeeklySample
from evalharness.store.files import digest_file, is_open_elsewhere
from evalharness.store.records import add_export, add_grades, last_export, load_grades, load_sample

Asked = tuple[str, Sequence[int]]
"""A person and the queue positions on their sheet."""


@dataclass(frozen=True)
class SheetState:
    """What became of one person's sheet: `state` written, unchanged, imported, nothing new, open elsewhere, refused."""

    person: str
    path: Path
    state: str
    accepted: int = 0
    problems: tuple[CellProblem, ...] = ()
    error: str = ""


def exchange_sheets(house: Opened, week: str, at: datetime) -> list[SheetState]:
    """Reads back every sheet that changed on disk and writes those that are not there yet. Raises UsageError before the draw."""
    sample = drawn_sample(house, week)
    states = []
    for person, positions in assignments(house, sample).items():
        path = house.workspace.sheet_path(week, person)
        if path.exists() and _edited(house, path):
            states.append(_reconcile(house, sample, (person, positions), path, at))
        else:
            states.append(_write(house, sample, (person, positions), path, at))
    return states


def _reconcile(house: Opened, sample: WeeklySample, asked: Asked, path: Path, at: datetime) -> SheetState:
    """A file that is not as recorded: ours, from a run that was killed before it recorded it, or edited by a person."""
    recorded = _sheet_of(house, path) == sample.frozen_digest()
    if not recorded and digest_file(path) == digest_of_bytes(_blank(house, sample, asked)):
        return _write(house, sample, asked, path, at)
    state = import_sheet(house, path, sample, at)
    if state.state == "refused":
        _write(house, sample, asked, path.with_name(f"{path.stem} (draw {sample.redraw + 1}){path.suffix}"), at)
    return state


def drawn_sample(house: Opened, week: str) -> WeeklySample:
    """The frozen sample of the week. Raises UsageError where it is not drawn."""
    sample = load_sample(house.ledger, week)
    if sample is None:
        raise UsageError(
            f"{week} is not drawn yet",
            where="--week",
            why="a sheet holds the drawn calls",
            fix=f"evalharness sample --week {week}",
        )
    return sample


def _edited(house: Opened, path: Path) -> bool:
    written = last_export(house.ledger, relative(house, path))
    return written is None or written["digest"] != digest_file(path)


def _write(house: Opened, sample: WeeklySample, asked: Asked, path: Path, at: datetime) -> SheetState:
    if path.exists() and not _edited(house, path) and _sheet_of(house, path) == sample.frozen_digest():
        return SheetState(asked[0], path, "unchanged")
    written = put(house, path, _blank(house, sample, asked), Label("sheet", sample.week, at, sample.frozen_digest()))
    return SheetState(asked[0], path, "written" if written else "unchanged")


def _blank(house: Opened, sample: WeeklySample, asked: Asked) -> bytes:
    """The blank sheet of a person. It is made of the sample alone, so writing it again gives the same bytes."""
    person, positions = asked
    return write_sheet(sample, frozen_rubric(house, sample), grader=person, positions=positions, zone=house.config.zone)


def _sheet_of(house: Opened, path: Path) -> str:
    """The digest of the sample that the recorded sheet at the path belongs to."""
    written = last_export(house.ledger, relative(house, path))
    return str((written or {}).get("details", {}).get("of", ""))


def import_sheet(house: Opened, path: Path, sample: WeeklySample, at: datetime) -> SheetState:
    """Takes in what a person typed. The same file twice adds nothing; a cell that cannot be read is named, the rest goes in."""
    if is_open_elsewhere(path):
        return SheetState(
            path.stem, path, "open elsewhere", error="it is open in a spreadsheet program; what is saved is read next time"
        )
    data = path.read_bytes()
    try:
        reading = read_sheet(data, path.name)
        rubric = frozen_rubric(house, sample)
        current = [grade for grade in load_grades(house.ledger, sample.week) if _is_by(grade, reading.grader)]
        grades, doubts = grades_from(reading, sample, rubric, current, at=at, zone=house.config.zone)
    except SheetError as error:
        return SheetState(path.stem, path, "refused", error=str(error))
    problems = (*reading.problems, *doubts)
    _record(house, path, sample.week, (data, grades, len(problems)), at)
    return SheetState(reading.grader, path, "imported" if grades else "nothing new", len(grades), tuple(problems))


def import_files(house: Opened, files: Sequence[Path], week: str, at: datetime) -> list[SheetState]:
    """Takes in sheets from wherever they are. Raises InputError for a file that is not there."""
    sample = drawn_sample(house, week)
    missing = [path for path in files if not path.is_file()]
    if missing:
        raise InputError(
            f"{missing[0]} is not a file", where=str(missing[0].absolute()), fix="name the filled sheet, .xlsx or .csv"
        )
    return [import_sheet(house, path.absolute(), sample, at) for path in files]


def _is_by(grade: Grade, person: str) -> bool:
    return grade.grader.kind == "human" and grade.grader.name == person


def _record(house: Opened, path: Path, week: str, read: tuple[bytes, list[Grade], int], at: datetime) -> None:
    """The grades and the digest of the file they came from, in one transaction."""
    data, grades, problems = read
    inside = path.is_relative_to(house.workspace.root)
    name = relative(house, path) if inside else path.name
    digest = digest_of_bytes(data)
    known = last_export(house.ledger, f"{IMPORTED}: {name}")
    if not grades and known is not None and known["digest"] == digest:
        return
    with house.ledger.transaction() as tx:
        add_grades(tx, grades)
        add_export(tx, f"{IMPORTED}: {name}", digest, IMPORTED, week, at, {"grades": len(grades), "problems": problems})
