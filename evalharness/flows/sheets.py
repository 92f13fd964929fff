"""The grading sheets of a week: written once for each person, read back whenever they changed, never overwritten when edited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from evalharness.errors import DrawError, InputError, SheetError, UsageError
from evalharness.flows.draw import Draw, DrawOptions, assignments, draw, frozen_rubric
from evalharness.flows.exports import Label, digest_of_bytes, put, relative
from evalharness.flows.lanes import Lanes, lanes
from evalharness.flows.notices import IMPORTED
from evalharness.flows.opened import Opened
from evalharness.grade.human.newer import at_the_desk, beside_newer, shown_on
from evalharness.grade.human.sheet import CellProblem, File, Own, assisted_in, grades_from, read_sheet, says_the_same, write_sheet
from evalharness.models.grade import Grade
from evalharness.models.noun import canonical_json, digest_of
from evalharness.models.sample import WeeklySample
from evalharness.sample.heard import heard_calls
from evalharness.sample.picks import picked_items, positions_of
from evalharness.store.files import digest_file, is_open_elsewhere, make_folder, write_whole
from evalharness.store.records import (
    add_export,
    add_grades,
    add_shown,
    last_export,
    load_grades,
    load_picks,
    load_sample,
    shown,
)

Asked = tuple[str, Sequence[int]]
"""A person and the queue positions on their sheet."""
Newly = tuple[str, frozenset[tuple[str, str]]]
"""A person and the calls whose LLM answers a file showed them, unknown to the ledger so far."""
_Read = tuple[bytes, list[Grade], tuple[CellProblem, ...], Newly]
"""A file as it was, what it gave, what could not be taken, and whom it had shown what."""
BEFORE_PICKS = "before picks"
"""The folder beside the sheets that keeps a person's file as it was before picked calls were added to it."""


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


def exchange_sheets(house: Opened, week: str, at: datetime) -> list[SheetState]:
    """Reads back every sheet that changed on disk and writes those that are not there yet. Raises UsageError before the draw."""
    sample = drawn_sample(house, week)
    states = []
    for person, positions in _asked(house, sample).items():
        states += _of_earlier_draws(house, sample, person)
        path = sheet_place(house, sample, person)
        if path.exists() and _edited(house, path):
            states.append(_reconcile(house, sample, (person, positions), path, at))
        else:
            states.append(_write(house, sample, (person, positions), path, at))
    return [*states, *_others(house, sample, at)]


def _asked(house: Opened, sample: WeeklySample) -> dict[str, tuple[int, ...]]:
    """Person -> positions on their sheet: as given out at the draw, then what was picked for them by hand."""
    picks = load_picks(house.ledger, sample.week)
    return {person: (*given, *positions_of(person, sample.picked, picks)) for person, given in assignments(sample).items()}


def _others(house: Opened, sample: WeeklySample, at: datetime) -> list[SheetState]:
    """Files beside the sheets, such as a copy that was saved under another name: read for what they say they are."""
    folder = house.workspace.sheets(sample.week)
    ours = {_place(house, sample.week, person, redraw) for person in assignments(sample) for redraw in range(sample.redraw + 1)}
    found = sorted(
        path for path in folder.glob("*") if path.suffix.lower() in (".xlsx", ".csv") and not path.name.startswith(("~$", "."))
    )
    return [import_sheet(house, path, sample, at) for path in found if path not in ours]


def sheet_place(house: Opened, sample: WeeklySample, person: str) -> Path:
    """Where the person's sheet of this draw lies: NAME.xlsx, after a redraw "NAME (draw 2).xlsx"."""
    return _place(house, sample.week, person, sample.redraw)


def _place(house: Opened, week: str, person: str, redraw: int) -> Path:
    path = house.workspace.sheet_path(week, person)
    return path.with_name(f"{path.stem} (draw {redraw + 1}){path.suffix}") if redraw else path


def _of_earlier_draws(house: Opened, sample: WeeklySample, person: str) -> list[SheetState]:
    """Sheets of a draw that no longer counts: removed while nobody typed into them, else named each time."""
    states = []
    for path in (_place(house, sample.week, person, redraw) for redraw in range(sample.redraw)):
        if path.exists() and not _edited(house, path):
            path.unlink()
        elif path.exists():
            now = sheet_place(house, sample, person).name
            message = f"it belongs to an earlier draw and is not read; go on in {now}, then remove it"
            states.append(SheetState(person, path, "of an earlier draw", error=message))
    return states


def redraw(house: Opened, week: str, at: datetime, options: DrawOptions) -> Draw:
    """Draws the week again, after reading what people typed so far. Raises DrawError where anything is graded or unclear."""
    if load_sample(house.ledger, week) is not None:
        unclear = [state for state in exchange_sheets(house, week, at) if state.problems or state.error]
        if unclear:
            raise DrawError(
                f"{unclear[0].path.name} holds answers that could not be read",
                where=str(unclear[0].path),
                why="drawing again would leave them behind",
                fix="evalharness sheet import names each; correct or empty them first",
            )
    return draw(house, week, at, options)


def _reconcile(house: Opened, sample: WeeklySample, asked: Asked, path: Path, at: datetime) -> SheetState:
    """A file that is not as recorded: ours, from a run that was killed before it recorded it, or edited by a person."""
    beside = lanes(house.ledger, sample, house.config.graders, asked[0])
    recorded = _sheet_of(house, path) == _edition(sample, asked, beside)
    if not recorded and digest_file(path) == digest_of_bytes(_fresh(house, sample, asked, beside)):
        return _write(house, sample, asked, path, at)
    state = import_sheet(house, path, sample, at, person=asked[0])
    lacking = _lacking(sample, asked, path) if not state.error else 0
    return _renewed(house, sample, asked, (path, state, lacking), at) if lacking else state


def _lacking(sample: WeeklySample, asked: Asked, path: Path) -> int:
    """How many calls that were picked for the person since are not in the file at the path."""
    picked = set(asked[1]) - {item.position for item in sample.items}
    return len(picked - {row.position for row in read_sheet(path.read_bytes(), path.name).rows}) if picked else 0


def _renewed(house: Opened, sample: WeeklySample, asked: Asked, found: tuple[Path, SheetState, int], at: datetime) -> SheetState:
    """An edited sheet is written anew with the calls picked since, once all that was typed into it reads back from the new one.

    The old file is kept beside it in the folder "before picks", which nothing reads.
    """
    path, state, lacking = found
    beside = lanes(house.ledger, sample, house.config.graders, asked[0])
    data, fresh = path.read_bytes(), _fresh(house, sample, asked, beside)
    if state.problems or state.missing or not says_the_same(read_sheet(data, path.name), read_sheet(fresh, path.name)):
        return replace(state, error=_not_anew(house, sample, asked[0], (path, state, lacking)))
    kept = path.parent / BEFORE_PICKS / f"{path.stem} {digest_of_bytes(data)[:8]}{path.suffix}"
    make_folder(kept.parent)
    write_whole(kept, data)
    _put(house, sample, asked, (path, fresh, beside), at)
    return replace(state, state="read and written anew")


def _not_anew(house: Opened, sample: WeeklySample, person: str, found: tuple[Path, SheetState, int]) -> str:
    """Why an edited sheet is not written anew with the picked calls it lacks, and what to do."""
    path, state, lacking = found
    calls = "1 call picked by hand is" if lacking == 1 else f"{lacking} calls picked by hand are"
    since = _written_at(house, path)
    desk = any(at_the_desk(grade, since) for grade in load_grades(house.ledger, sample.week) if _is_by(grade, person))
    if desk and not (state.problems or state.missing):
        return (
            f"{calls} not in it yet: answers were given at the desk since it was written, and it shows others\n"
            "what was typed there is taken; move the file away: a new one is written with the answers so far, the desk's too"
        )
    return (
        f"{calls} not in it yet: something typed there could not be taken, and writing it anew would lose that\n"
        "correct or empty what was named, or move the file away: a new one is written with the answers so far"
    )


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


def _edited(house: Opened, path: Path) -> bool:
    written = last_export(house.ledger, relative(house, path))
    return written is None or written["digest"] != digest_file(path)


def _write(house: Opened, sample: WeeklySample, asked: Asked, path: Path, at: datetime) -> SheetState:
    beside = lanes(house.ledger, sample, house.config.graders, asked[0])
    if path.exists() and not _edited(house, path) and _sheet_of(house, path) == _edition(sample, asked, beside):
        return SheetState(asked[0], path, "unchanged")
    if path.exists() and is_open_elsewhere(path):
        return _open_elsewhere(path)
    written = _put(house, sample, asked, (path, _fresh(house, sample, asked, beside), beside), at)
    return SheetState(asked[0], path, "written" if written else "unchanged")


def _put(house: Opened, sample: WeeklySample, asked: Asked, made: tuple[Path, bytes, Lanes], at: datetime) -> bool:
    """Write a sheet made of these lanes. That the person is about to see what an LLM says is kept before the file is there."""
    path, data, beside = made
    if beside.unseen:
        with house.ledger.transaction() as tx:
            add_shown(tx, sample.week, asked[0], beside.unseen, at, house.config.graders.blind_first)
    return put(house, path, data, Label("sheet", sample.week, at, _edition(sample, asked, beside)))


def _fresh(house: Opened, sample: WeeklySample, asked: Asked, beside: Lanes) -> bytes:
    """A new sheet of a person with the answers they gave so far. It is made of the ledger alone: equal bytes every time."""
    person, positions = asked
    given = [grade for grade in load_grades(house.ledger, sample.week) if _is_by(grade, person)]
    rubric = frozen_rubric(house, sample)
    own = Own(given, beside.answers, heard_calls(sample, house.config.graders.heard_per_week))
    return write_sheet(sample, rubric, grader=person, positions=positions, own=own, zone=house.config.zone)


def _edition(sample: WeeklySample, asked: Asked, beside: Lanes) -> str:
    """What a sheet is made for: the draw, which of the calls picked by hand stand on it, and what an LLM says on it."""
    picked = sorted(set(asked[1]) - {item.position for item in sample.items})
    answers = [grade.model_dump_json() for identity in beside.assisted for grade in beside.answers[identity]]
    shown_there = digest_of(canonical_json([list(beside.assisted), answers]))[:12] if beside.assisted else ""
    parts = [f" and picked {picked}" if picked else "", f" and assisted {shown_there}" if shown_there else ""]
    return sample.frozen_digest() + "".join(parts)


def _sheet_of(house: Opened, path: Path) -> str:
    """What the recorded sheet at the path was made for."""
    written = last_export(house.ledger, relative(house, path))
    return str((written or {}).get("details", {}).get("of", ""))


def import_sheet(house: Opened, path: Path, sample: WeeklySample, at: datetime, *, person: str | None = None) -> SheetState:
    """Takes in what a person typed. A cell that cannot be read is named, the rest goes in.

    A file that was read before adds nothing, also when other answers came since. `person`: whose sheet stands at this
    path; another one's copy there is refused.
    """
    if is_open_elsewhere(path):
        return _open_elsewhere(path)
    data = path.read_bytes()
    try:
        reading = read_sheet(data, path.name)
        _check_person(sample, reading.grader, person)
        rubric = frozen_rubric(house, sample)
        current = [grade for grade in load_grades(house.ledger, sample.week) if _is_by(grade, reading.grader)]
        since, seen = _written_at(house, path), shown(house.ledger, sample.week).get(reading.grader, frozenset())
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


def _written_at(house: Opened, path: Path) -> datetime | None:
    """When the sheet at this place was last written; None for a file of another place: it may be older than anything."""
    written = last_export(house.ledger, relative(house, path)) if path.is_relative_to(house.workspace.root) else None
    return datetime.fromisoformat(written["at"]) if written else None


def _known(house: Opened, path: Path, written_at: datetime | None) -> File:
    """When the file at this place was last written or read, and which of its cells were old then."""
    read = [row for row in house.ledger.rows("exports", kind=IMPORTED) if row["details"].get("from") == _from(path)]
    times = [datetime.fromisoformat(read[-1]["at"])] if read else []
    stale = read[-1]["details"].get("stale", ()) if read else ()
    return File(max([*times, *([written_at] if written_at else [])], default=None), frozenset((row, key) for row, key in stale))


def _from(path: Path) -> str:
    """The place of a file, without naming it."""
    return digest_of(str(path.absolute()))[:16]


def _open_elsewhere(path: Path) -> SheetState:
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


def _is_by(grade: Grade, person: str) -> bool:
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
    details = {"grades": len(grades), "problems": len(problems), "from": _from(path), **({"stale": stale} if stale else {})}
    with house.ledger.transaction() as tx:
        add_shown(tx, week, person, unseen, at, house.config.graders.blind_first)
        add_grades(tx, grades)
        add_export(tx, f"{IMPORTED}: {name}", digest, IMPORTED, week, at, details)
