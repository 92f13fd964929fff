"""What is due, for whom, in about how many minutes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from evalharness.aggregate.results import call_results
from evalharness.flows.draw import assignments, frozen_rubric
from evalharness.flows.notices import unread_cells
from evalharness.flows.opened import Opened
from evalharness.flows.sheets import sheet_place
from evalharness.flows.week import first_week
from evalharness.models.grade import Grade
from evalharness.models.sample import WeeklySample
from evalharness.models.week import newest_complete
from evalharness.sample.workload import minutes_for
from evalharness.store.records import load_grades, load_sample, signed_off


@dataclass(frozen=True)
class Due:
    """One thing to do; `who` is empty where anyone can, `effort` says about how long it takes."""

    week: str
    who: str
    what: str
    command: str
    effort: str = ""


def due(house: Opened, now: datetime) -> list[Due]:
    """What waits, oldest week first: calls to collect, draws, grading a person, disagreements."""
    last = newest_complete(now, house.config.zone)
    known = house.calls.weeks()
    first = first_week(house, now, keep=False) if known else last
    items = []
    if last not in known:
        items.append(Due(last, "", "no calls of this week are in the call log", "evalharness collect PATH"))
    for week in sorted(week for week in known if first <= week <= last and not signed_off(house.ledger, week)):
        sample = load_sample(house.ledger, week)
        if sample is None:
            items.append(Due(week, "", "draw the sample and write the sheets", "evalharness week"))
        else:
            items += _unread(house, week)
            items += _grading(house, sample) or [*_conflicts(house, sample), _signing(house, week)]
    return items


def _unread(house: Opened, week: str) -> list[Due]:
    """Answers that were typed but could not be read."""
    command = f"evalharness sheet import --week {week}"
    return [
        Due(week, "", f"{path}: answers that could not be read ({problems})", command)
        for path, problems in unread_cells(house, week).items()
    ]


def _conflicts(house: Opened, sample: WeeklySample) -> list[Due]:
    """Calls on which people differ; until they agree, the answer counts as ungraded."""
    grades = load_grades(house.ledger, sample.week)
    results = call_results(sample.items, frozen_rubric(house, sample), grades, {}, house.config.zone)
    count = sum(any(final.conflict for final in result.final.values()) for result in results)
    if not count:
        return []
    path = house.workspace.report_path(sample.week, "week.xlsx")
    what = f"hear the calls on which people differ ({count}, {path}, Disagreements)"
    return [Due(sample.week, house.config.owner.name, what, "who changes their mind changes it in their sheet")]


def _signing(house: Opened, week: str) -> Due:
    """Everything asked for is graded: what is left is the owner's decision."""
    owner = house.config.owner.name
    command = f'evalharness sign-off --week {week} --by "{owner}" --decision keep|fix|roll_back'
    return Due(week, owner, f"read {house.workspace.report_path(week, 'week.xlsx')} and sign the week off", command)


def _grading(house: Opened, sample: WeeklySample) -> list[Due]:
    rubric = frozen_rubric(house, sample)
    grades = [grade for grade in load_grades(house.ledger, sample.week) if grade.grader.kind == "human"]
    items = []
    for person, positions in assignments(sample).items():
        left = [item for item in sample.items if item.position in positions and not _graded(grades, person, item.identity)]
        if left:
            minutes = sum(minutes_for(item.call, rubric) for item in left)
            path = sheet_place(house, sample, person)
            effort = f", about {minutes:.0f} min"
            items.append(
                Due(sample.week, person, f"grade {len(left)} of {len(positions)} calls in {path}", "evalharness week", effort)
            )
    return items


def _graded(grades: list[Grade], person: str, identity: tuple[str, str]) -> bool:
    return any(grade.grader.name == person and grade.identity == identity for grade in grades)
