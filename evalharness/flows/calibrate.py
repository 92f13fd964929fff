"""A calibration session: a few calls that everybody grades, then what people read differently. It enters no figure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from evalharness.errors import DrawError, SheetError, UsageError
from evalharness.flows.agreement import graders
from evalharness.flows.draw import checked_rubric
from evalharness.flows.opened import Opened
from evalharness.flows.whole_week import beyond
from evalharness.grade.human.sheet import RowReading, SheetReading, read_sheet, write_sheet
from evalharness.models.call import Call
from evalharness.models.rubric import Criterion, Rubric
from evalharness.models.sample import Design, SampleItem, Stratum, StratumSize, WeeklySample
from evalharness.models.severity import CalibratedAnswer, CalibrationSession
from evalharness.store.files import make_folder, write_whole
from evalharness.store.records import add_audit, freeze_rubric, load_rubric, load_sample, samples
from evalharness.workspace.file_name import safe_name

ACTION = "calibration session"
FEWEST, MOST = 1, 20


_Place = tuple[int, int | None]
"""A call's place in the session, and the turn (None = the call)."""


@dataclass(frozen=True)
class _Kept:
    """A session as the audit trail keeps it."""

    name: str
    week: str
    rubric: str
    sample: str
    people: tuple[str, ...]
    calls: tuple[str, ...]


def held(house: Opened) -> bool:
    """Whether any calibration session was ever started."""
    return bool(house.ledger.rows("audit", action=ACTION))


def start(house: Opened, calls: int, at: datetime) -> CalibrationSession:
    """Pick the calls and write one sheet a person into sheets/calibration-DATE/; one session a day, and the same one again.

    The calls are of the newest drawn week that has undrawn ones, in the order in which a longer draw would take them: nobody
    grades them for a figure, so people may talk about them. Raises UsageError for a number outside 1 to 20, for fewer than
    two people, and before the first draw; DrawError where every call is drawn.
    """
    if not FEWEST <= calls <= MOST:
        raise UsageError(f"{calls} calls are no session", where="--calls", fix=f"{FEWEST} to {MOST}; 5 take about half an hour")
    name = f"calibration-{at.astimezone(house.config.zone):%Y-%m-%d}"
    known = next((one for one in _sessions(house) if one.name == name), None)
    if known is not None:
        return _described(house, known)
    week, picked = _picked(house, calls)
    people = graders(house, week)[0]
    if len(people) < 2:
        raise UsageError(
            "a calibration session takes two people or more",
            where="graders.people",
            why=f"grading here: {', '.join(people)}",
            fix="name everybody who grades under graders.people in evalharness.yaml",
        )
    rubric = checked_rubric(house)
    sample = _sample(week, name, picked, rubric, people)
    kept = _Kept(name, week, rubric.digest(), sample.frozen_digest(), tuple(people), tuple(call.id for call in picked))
    for person in people:
        path = _path(house, name, person)
        if not path.exists():
            make_folder(path.parent)
            positions = range(1, len(picked) + 1)
            write_whole(path, write_sheet(sample, rubric, grader=person, positions=positions, zone=house.config.zone))
    with house.ledger.transaction() as tx:
        freeze_rubric(tx, rubric, at)
        add_audit(tx, ACTION, vars(kept), at)
    return _described(house, kept)


def show(house: Opened) -> CalibrationSession:
    """The newest session as its sheets stand. Raises UsageError where none was started."""
    sessions = _sessions(house)
    if not sessions:
        raise UsageError("no calibration session has been started", where="--show", fix="evalharness calibrate")
    return _described(house, sessions[-1])


def _sessions(house: Opened) -> list[_Kept]:
    return [_kept(row["details"]) for row in house.ledger.rows("audit", action=ACTION)]


def _kept(found: Mapping[str, Any]) -> _Kept:
    name, week, rubric, sample = (str(found[key]) for key in ("name", "week", "rubric", "sample"))
    return _Kept(name, week, rubric, sample, tuple(found["people"]), tuple(found["calls"]))


def _picked(house: Opened, calls: int) -> tuple[str, list[Call]]:
    drawn = samples(house.ledger)
    if not drawn:
        raise UsageError(
            "no week is drawn yet", where="calibrate", why="its calls come from a drawn week", fix="evalharness week"
        )
    for week in reversed(drawn):
        sample = load_sample(house.ledger, week)
        found = beyond(house, sample)[:calls] if sample is not None else []
        if found:
            return week, found
    raise DrawError(
        "every call of the drawn weeks is in its sample",
        where="calibrate",
        why="people talk about the calls of a session, so none of them may be graded for a figure",
        fix="collect a week with more calls",
    )


def _sample(week: str, name: str, picked: Sequence[Call], rubric: Rubric, people: Sequence[str]) -> WeeklySample:
    """The calls as a sheet needs them; it is kept nowhere, and no estimate ever sees it."""
    size = len(picked)
    strata = (StratumSize(stratum=Stratum(name="calibration"), population=size, drawn=size, judged=size),)
    asked = dict.fromkeys(people, tuple(range(1, size + 1)))
    return WeeklySample(
        week=week,
        reason=name,
        design=Design(week=week, seed=name, size=size, strata=strata, asked=asked),
        rubric_digest=rubric.digest(),
        criterion_digests=rubric.digests(),
        items=tuple(
            SampleItem(position=place, stratum="calibration", key=_key(name, call), probability=1.0, call=call)
            for place, call in enumerate(picked, start=1)
        ),
    )


def _key(name: str, call: Call) -> str:
    return hashlib.sha256(f"{name}|{call.source}|{call.id}".encode()).hexdigest()[:32]


def _path(house: Opened, name: str, person: str) -> Path:
    return house.workspace.root / "sheets" / name / f"{safe_name(person)}.xlsx"


def _described(house: Opened, kept: _Kept) -> CalibrationSession:
    rubric = load_rubric(house.ledger, kept.rubric)
    readings: dict[str, SheetReading] = {}
    problems: list[str] = []
    for person in kept.people:
        path = _path(house, kept.name, person)
        try:
            if path.is_file():
                readings[person] = _read(path, kept, person)
                problems += [f"{path.name}: {problem}" for problem in readings[person].problems]
        except SheetError as error:
            problems.append(f"{path.name}: {error.what}")
    asked = [one for one in rubric.criteria() if "human" in one.graded_by and one.type != "text"]
    places = sorted(
        {_place(row) for reading in readings.values() for row in reading.rows},
        key=lambda at: (at[0], -1 if at[1] is None else at[1]),
    )
    return CalibrationSession(
        name=kept.name,
        week=kept.week,
        files={person: house.workspace.relative(_path(house, kept.name, person)) for person in kept.people},
        filled={person: sum(1 for _ in reading.answers()) for person, reading in readings.items()},
        asked=sum(_asks(criterion, turn) for _, turn in places for criterion in asked),
        answers=tuple(_beside(kept, places, asked, readings)),
        problems=tuple(problems),
    )


def _place(row: RowReading) -> _Place:
    return row.position, row.turn


def _asks(criterion: Criterion, turn: int | None) -> bool:
    """Whether a row of a call (None) or of a turn has this question."""
    return (criterion.scope == "turn") == (turn is not None)


def _read(path: Path, kept: _Kept, person: str) -> SheetReading:
    found = read_sheet(path.read_bytes(), path.name)
    if (found.sample_digest, found.grader) != (kept.sample, person):
        raise SheetError("it is not the sheet of this calibration and person", where=path.name)
    return found


def _beside(
    kept: _Kept, places: Sequence[_Place], criteria: Sequence[Criterion], readings: Mapping[str, SheetReading]
) -> Iterator[CalibratedAnswer]:
    """Call after call and turn after turn, each question that anybody answered."""
    rows = {person: {_place(row): row for row in reading.rows} for person, reading in readings.items()}
    for position, turn in places:
        mine = {person: found[position, turn] for person, found in rows.items() if (position, turn) in found}
        for criterion in (one for one in criteria if _asks(one, turn)):
            given = {person: text for person, row in mine.items() if (text := _answer(row, criterion))}
            if given:
                yield CalibratedAnswer(
                    position=position,
                    turn=turn,
                    call_id=kept.calls[position - 1],
                    criterion=criterion.id,
                    question=criterion.question,
                    answers=given,
                    apart=_apart(criterion, set(given.values())),
                    texts={answer: text for answer in set(given.values()) if (text := _level_text(criterion, answer))},
                )


def _answer(row: RowReading, criterion: Criterion) -> str:
    found = row.answer(criterion.id)
    if found is None or found.state not in ("scored", "not_applicable"):
        return ""
    return "N/A" if found.state == "not_applicable" else str(found.value)


def _apart(criterion: Criterion, given: set[str]) -> int:
    """Steps of the scale between the lowest and the highest; anything else that differs is one apart."""
    if len(given) < 2:
        return 0
    levels = [str(answer) for answer in criterion.answers]
    if criterion.type != "ordinal" or not given <= set(levels):
        return 1
    ranks = sorted((float(level), level) for level in levels)
    places = [rank for rank, (_, level) in enumerate(ranks) if level in given]
    return places[-1] - places[0]


def _level_text(criterion: Criterion, answer: str) -> str:
    return next((level.text for level in criterion.levels if str(level.value) == answer), "")
