"""The grading sheets of a week: written once for each person, never overwritten when edited; read back in `sheets_read`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from evalharness.errors import DrawError
from evalharness.flows.draw import Draw, DrawOptions, assignments, draw
from evalharness.flows.exports import Label, digest_of_bytes, put, relative
from evalharness.flows.lanes import Lanes, lanes
from evalharness.flows.opened import Opened, frozen_rubric
from evalharness.flows.sheets_read import (
    SheetState,
    drawn_sample,
    import_files,
    import_sheet,
    is_by,
    open_elsewhere,
    written_at,
)
from evalharness.grade.human.newer import at_the_desk
from evalharness.grade.human.sheet import Own, read_sheet, says_the_same, write_sheet
from evalharness.models.noun import canonical_json, digest_of
from evalharness.models.sample import WeeklySample
from evalharness.sample.heard import heard_calls
from evalharness.sample.picks import positions_of
from evalharness.store.files import digest_file, is_open_elsewhere, make_folder, write_whole
from evalharness.store.records import add_shown, last_export, load_grades, load_picks, load_sample

__all__ = ["SheetState", "drawn_sample", "exchange_sheets", "import_files", "import_sheet", "redraw", "sheet_place"]

Asked = tuple[str, Sequence[int]]
"""A person and the queue positions on their sheet."""
BEFORE_PICKS = "before picks"
"""The folder beside the sheets that keeps a person's file as it was before picked calls were added to it."""


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
    since = written_at(house, path)
    desk = any(at_the_desk(grade, since) for grade in load_grades(house.ledger, sample.week) if is_by(grade, person))
    if desk and not (state.problems or state.missing):
        return (
            f"{calls} not in it yet: answers were given at the desk since it was written, and it shows others\n"
            "what was typed there is taken; move the file away: a new one is written with the answers so far, the desk's too"
        )
    return (
        f"{calls} not in it yet: something typed there could not be taken, and writing it anew would lose that\n"
        "correct or empty what was named, or move the file away: a new one is written with the answers so far"
    )


def _edited(house: Opened, path: Path) -> bool:
    written = last_export(house.ledger, relative(house, path))
    return written is None or written["digest"] != digest_file(path)


def _write(house: Opened, sample: WeeklySample, asked: Asked, path: Path, at: datetime) -> SheetState:
    beside = lanes(house.ledger, sample, house.config.graders, asked[0])
    if path.exists() and not _edited(house, path) and _sheet_of(house, path) == _edition(sample, asked, beside):
        return SheetState(asked[0], path, "unchanged")
    if path.exists() and is_open_elsewhere(path):
        return open_elsewhere(path)
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
    given = [grade for grade in load_grades(house.ledger, sample.week) if is_by(grade, person)]
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
