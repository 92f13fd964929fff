"""A bridge by people: everybody grades again, under the new rubric, calls they graded then. No week gets a grade from it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from evalharness.aggregate.final import newest
from evalharness.aggregate.rubric_bridge import NA, Answers, Paired
from evalharness.errors import SheetError
from evalharness.flows.opened import Opened
from evalharness.flows.rubric_bridge import Bridging, concluded, keep_plan
from evalharness.grade.human.own import Own
from evalharness.grade.human.sheet import SheetReading, grades_from, read_sheet, write_sheet
from evalharness.models.bridge import Bridge, BridgeAnswers, BridgeCall
from evalharness.models.call import Call
from evalharness.models.grade import Grade, NotApplicable, Scored
from evalharness.models.noun import digest_of
from evalharness.models.sample import Design, SampleItem, Stratum, StratumSize, WeeklySample
from evalharness.store.files import make_folder, write_whole
from evalharness.store.records import add_audit, load_grades
from evalharness.workspace.file_name import safe_name

ANSWERED = "rubric bridge answers"
"""The action of the audit trail that keeps what a person answered; the table of grades never sees it."""


@dataclass(frozen=True)
class BridgeSheet:
    """One person's sheet of a bridge: where it lies, how many calls are on it, how many have an answer, what was unclear."""

    person: str
    path: str
    state: str
    calls: int
    answered: int
    problems: tuple[str, ...] = ()


def exchange_bridge_sheets(house: Opened, one: Bridging, at: datetime) -> list[BridgeSheet]:
    """Writes the sheets that are not there, under the new rubric and blind; reads back what was typed into the others.

    A sheet shows nothing of what the call got then. Nothing is written over.
    """
    keep_plan(house, one, at)
    sample = _sample(one)
    return [_exchange(house, one, sample, person, at) for person in sample.design.asked]


def people_result(house: Opened, one: Bridging, at: datetime) -> Bridge:
    """What people's answers show so far, recorded where there are enough."""
    before = _then(house, one)
    answers: dict[tuple[str, str], list[Grade]] = defaultdict(list)
    for grade in newest(grade for person in _people(one) for grade in answered(house, one.plan.name, person)):
        answers[grade.identity].append(grade)
    paired = [Paired(call, before[call.identity], _values(answers[call.identity])) for call in one.plan.calls]
    return concluded(house, one, _people(one), paired, at)


def answered(house: Opened, plan: str, person: str) -> list[Grade]:
    """What the person answered in that bridge, every correction included, as the audit trail keeps it."""
    rows = [row["details"] for row in house.ledger.rows("audit", action=ANSWERED)]
    found = [BridgeAnswers.model_validate(row, strict=False) for row in rows if (row["plan"], row["person"]) == (plan, person)]
    return [grade for one in found for grade in one.grades]


def _people(one: Bridging) -> list[str]:
    return list(dict.fromkeys(call.person for call in one.plan.calls if call.person is not None))


def _then(house: Opened, one: Bridging) -> Mapping[tuple[str, str], Answers]:
    """What the same person gave blind, under the old text of each criterion."""
    digests, people = one.old.digests(), {call.identity: call.person for call in one.plan.calls}
    found: dict[tuple[str, str], list[Grade]] = {identity: [] for identity in people}
    for week in one.samples:
        for grade in newest(load_grades(house.ledger, week)):
            mine = grade.grader.kind == "human" and grade.lane == "blind" and people.get(grade.identity) == grade.grader.name
            if mine and grade.criterion_digest == digests.get(grade.criterion):
                found[grade.identity].append(grade)
    return {identity: _values(grades) for identity, grades in found.items()}


def _values(grades: Sequence[Grade]) -> Answers:
    return {(grade.criterion, grade.turn): _value(grade) for grade in grades}


def _value(grade: Grade) -> int | str | None:
    return grade.value if isinstance(grade, Scored) else NA if isinstance(grade, NotApplicable) else None


def _exchange(house: Opened, one: Bridging, sample: WeeklySample, person: str, at: datetime) -> BridgeSheet:
    path = house.workspace.root / "sheets" / one.plan.name / f"{safe_name(person)}.xlsx"
    if not path.exists():
        make_folder(path.parent)
        own = Own(grades=answered(house, one.plan.name, person))
        asked = sample.design.asked[person]
        data = write_sheet(sample, one.new, grader=person, positions=asked, own=own, zone=house.config.zone)
        write_whole(path, data)
        return _sheet(house, one, (person, path), "written")
    try:
        reading = _read(path, sample, person)
    except SheetError as error:
        return _sheet(house, one, (person, path), "not read", (error.what,))
    before = answered(house, one.plan.name, person)
    grades, unclear = grades_from(reading, sample, one.new, Own(grades=before), at=at, zone=house.config.zone)
    if grades:
        kept = BridgeAnswers(plan=one.plan.name, person=person, grades=tuple(grades))
        with house.ledger.transaction() as tx:
            add_audit(tx, ANSWERED, kept.model_dump(mode="json"), at)
    problems = tuple(str(problem) for problem in (*reading.problems, *unclear))
    return _sheet(house, one, (person, path), "read" if grades else "nothing new", problems)


def _read(path: Path, sample: WeeklySample, person: str) -> SheetReading:
    found = read_sheet(path.read_bytes(), path.name)
    if (found.sample_digest, found.grader) != (sample.frozen_digest(), person):
        raise SheetError("it is not the sheet of this bridge and person", where=path.name)
    return found


def _sheet(house: Opened, one: Bridging, whose: tuple[str, Path], state: str, problems: tuple[str, ...] = ()) -> BridgeSheet:
    person, path = whose
    calls = sum(call.person == person for call in one.plan.calls)
    done = {grade.identity for grade in answered(house, one.plan.name, person)}
    return BridgeSheet(person, house.workspace.relative(path), state, calls, len(done), problems)


def _sample(one: Bridging) -> WeeklySample:
    """The calls as a sheet needs them, weeks mixed; it is kept nowhere, and no estimate ever sees it."""
    plan, size = one.plan, len(one.plan.calls)
    mixed = sorted(plan.calls, key=lambda call: digest_of(f"{plan.name}|{call.source}|{call.call_id}"))
    asked = {
        person: tuple(place for place, call in enumerate(mixed, start=1) if call.person == person) for person in _people(one)
    }
    strata = (StratumSize(stratum=Stratum(name="bridge"), population=size, drawn=size, judged=size),)
    return WeeklySample(
        week=plan.week,
        reason=plan.name,
        design=Design(week=plan.week, seed=plan.name, size=size, strata=strata, asked=asked),
        rubric_digest=one.new.digest(),
        criterion_digests=one.new.digests(),
        items=tuple(_item(place, call, one.calls[call.identity], plan.name) for place, call in enumerate(mixed, start=1)),
    )


def _item(place: int, planned: BridgeCall, call: Call, name: str) -> SampleItem:
    key = digest_of(f"{name}|{planned.source}|{planned.call_id}")[:32]
    return SampleItem(position=place, stratum="bridge", key=key, probability=1.0, call=call)
