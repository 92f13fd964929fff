"""What is due, for whom, in about how many minutes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from evalharness import numbers
from evalharness.aggregate.severity import needing
from evalharness.flows.actions import listed
from evalharness.flows.agreement import severities
from evalharness.flows.calibrate import held
from evalharness.flows.draw import assignments
from evalharness.flows.excluded import left_out
from evalharness.flows.history import drawn_weeks
from evalharness.flows.notices import unread_cells
from evalharness.flows.opened import Opened, frozen_rubric
from evalharness.flows.pace import paces
from evalharness.flows.sheets import drawn_sample, sheet_place
from evalharness.flows.standing import standing
from evalharness.flows.unsigned import first_week, older_weeks
from evalharness.flows.waiting import waiting
from evalharness.models.grade import Grade
from evalharness.models.sample import WeeklySample
from evalharness.models.week import in_short, newest_complete
from evalharness.report.action_words import sentence
from evalharness.report.text import short
from evalharness.sample.picks import positions_of
from evalharness.sample.workload import minutes_for
from evalharness.store.records import disputes, load_grades, load_picks, load_sample, samples, signed_off, signed_weeks


@dataclass(frozen=True)
class Due:
    """One thing to do; `who` is empty where anyone can, `effort` says about how long it takes."""

    week: str
    who: str
    what: str
    command: str
    effort: str = ""


def due(house: Opened, now: datetime) -> list[Due]:
    """What waits, oldest week first: calls to collect, draws, grading a person, decisions, the owner's signature."""
    last = newest_complete(now, house.config.zone)
    known = house.calls.weeks()
    first = first_week(house, now, keep=False) if known else last
    items = _older(house, now) if known else []
    if last not in known:
        items.append(Due(last, "", "no calls of this week are in the call log", "evalharness collect PATH"))
    for week in sorted(week for week in known if first <= week <= last and not signed_off(house.ledger, week)):
        sample = load_sample(house.ledger, week)
        if sample is None:
            items.append(Due(week, "", "draw the sample and write the sheets", "evalharness week"))
        else:
            items += _unread(house, week)
            grading = _grading(house, sample)
            items += [*grading, *_picked(house, sample), *_deciding(house, sample), *([] if grading else [_signing(house, week)])]
    return [*_calibration(house), *_signed_disputes(house), *_still_open(house), *_acting(house, now), *items]


def _older(house: Opened, now: datetime) -> list[Due]:
    """Weeks before the first one, in a line a kind: those never drawn, and those drawn by name that nobody signed off."""
    older = older_weeks(house, now)
    told = ((older.undrawn, "never drawn"), (older.unsigned, "drawn and not signed off"))
    return [
        Due(
            weeks[-1],
            "",
            f"before the first week, {older.first}, {what}: {in_short(weeks)}",
            f"evalharness week --week {weeks[-1]}",
        )
        for weeks, what in told
        if weeks
    ]


def _calibration(house: Opened) -> list[Due]:
    """Before anything else: a session where several people grade and none was held, and whoever is far from the others."""
    drawn = samples(house.ledger)
    gone = left_out(house, drawn[-1]) if drawn else frozenset()
    if not drawn or len(set(house.people) - gone) < 2:
        return []
    if not held(house):
        what = "grade 5 calls together and talk about what each reads differently, before grading apart"
        return [Due(drawn[-1], "everybody", what, "evalharness calibrate")]
    found = severities(house, drawn_weeks(house, drawn[-1]))
    return [
        Due(drawn[-1], person, "needs calibration: grades far from the others (evalharness agreement)", "evalharness calibrate")
        for person in sorted(needing(found) - gone)
    ]


def _unread(house: Opened, week: str) -> list[Due]:
    """Answers that were typed but could not be read."""
    command = f"evalharness sheet import --week {week}"
    return [
        Due(week, "", f"{path}: answers that could not be read ({problems})", command)
        for path, problems in unread_cells(house, week).items()
    ]


_DECIDE = {
    "disagreement": "decide where people differ: until then nothing counts there",
    "dispute": "decide on disputed grades: until then each stands",
    "flag": "hear what is flagged as a clear failure, and say yes or no",
    "cause": "name error tag and cause of the clear failures that people saw",
    "found": "hear what is flagged outside the draw, and say yes or no",
}


def _deciding(house: Opened, sample: WeeklySample) -> list[Due]:
    """What waits for a person's decision, a line a kind. Flags on calls that are still to be graded blind wait."""
    calls = _waiting_calls(house, sample)
    command, owner = f"evalharness adjudicate --week {sample.week}", house.config.owner.name
    return [
        Due(sample.week, owner, f"{what} ({_calls(count)})", command) for kind, what in _DECIDE.items() if (count := calls[kind])
    ]


def _waiting_calls(house: Opened, sample: WeeklySample) -> dict[str, int]:
    """Kind -> on how many calls something of it waits."""
    found = waiting(house, standing(house, sample)).items
    return {kind: len({(one.source, one.call_id) for one in found if one.kind == kind}) for kind in _DECIDE}


def _calls(count: int) -> str:
    return f"{count} {'call' if count == 1 else 'calls'}"


def _signed_disputes(house: Opened) -> list[Due]:
    """Disputes of signed weeks: what is decided is kept, and the week shows it as arrived since."""
    weeks = dict.fromkeys(row["week"] for row in house.ledger.stored("disputes"))
    what = "decide on disputed grades of a signed week: it keeps its figures, the decision is shown beside them"
    return [
        Due(week, house.config.owner.name, what, f"evalharness adjudicate --week {week}")
        for week in sorted(weeks)
        if signed_off(house.ledger, week) and any(not one.decided for one in disputes(house.ledger, week))
    ]


_STILL_OPEN = {
    "disagreement": "people differ on {} and nobody decided",
    "flag": "nobody said yes or no to the clear failure flagged in {}",
    "cause": "the clear failures in {} have no error tag and cause",
}


def _still_open(house: Opened) -> list[Due]:
    """What was never decided in signed weeks, a line a week; what is decided is kept and changes no signed figure."""
    items = []
    for week in signed_weeks(house.ledger):
        sample = load_sample(house.ledger, week)
        calls = _waiting_calls(house, sample) if sample else {}
        parts = [text.format(_calls(calls[kind])) for kind, text in _STILL_OPEN.items() if calls.get(kind)]
        if parts:
            what = f"signed; still open: {'; '.join(parts)}"
            items.append(Due(week, house.config.owner.name, what, f"evalharness adjudicate --week {week}"))
    return items


def _acting(house: Opened, now: datetime) -> list[Due]:
    """Actions overdue and due this week; those fixed by then, once a later week can show it holds; how many more are open."""
    week, found = listed(house, now)
    items: list[Due] = []
    for one in found:
        if one.due is None or one.due > week:
            continue
        what = short(sentence(one, week), 300)
        if one.state == "open":
            items.append(Due(one.due, one.owner, what, f"evalharness action fix {one.id} --version VERSION"))
        elif (last := newest_complete(now, house.config.zone)) > one.week:
            items.append(Due(one.due, house.config.owner.name, what, f"evalharness action check {one.id} --week {last}"))
    if left := len(found) - len(items):
        what = f"{left}{' more' if items else ''} open {'action' if left == 1 else 'actions'}, for later"
        items.append(Due(week, "", what, "evalharness action list"))
    return items


def _signing(house: Opened, week: str) -> Due:
    """Everything asked for is graded: what is left is the owner's decision."""
    owner, report = house.config.owner.name, house.workspace.report_path(week, "week.xlsx")
    if not (house.workspace.root / report).exists():
        again = "write the week's report anew (its file is gone), read it, then sign the week off"
        return Due(week, owner, again, f"evalharness report --week {week}")
    command = f'evalharness sign-off --week {week} --by "{owner}" --decision keep|fix|roll_back'
    return Due(week, owner, f"read {report} and sign the week off", command)


def _grading(house: Opened, sample: WeeklySample) -> list[Due]:
    rubric = frozen_rubric(house, sample)
    grades = [grade for grade in load_grades(house.ledger, sample.week) if grade.grader.kind == "human"]
    items = []
    gone, pace = left_out(house, sample.week), paces(house.ledger)[0]
    for person, positions in assignments(sample).items():
        if person in gone:
            continue
        left = [item for item in sample.items if item.position in positions and not _graded(grades, person, item.identity)]
        if left:
            minutes = sum(minutes_for(item.call, rubric, pace.get(person)) for item in left)
            path = sheet_place(house, sample, person)
            effort = f", about {numbers.minutes(minutes)}"
            items.append(
                Due(sample.week, person, f"grade {len(left)} of {len(positions)} calls in {path}", "evalharness week", effort)
            )
    return items


def _picked(house: Opened, sample: WeeklySample) -> list[Due]:
    """Calls picked by hand that wait on somebody's sheet; they hold no signature back."""
    sample, picks = drawn_sample(house, sample.week), load_picks(house.ledger, sample.week)
    grades = [grade for grade in load_grades(house.ledger, sample.week) if grade.grader.kind == "human"]
    items = []
    for person in assignments(sample):
        theirs = positions_of(person, sample.picked, picks)
        left = [item for item in sample.picked if item.position in theirs and not _graded(grades, person, item.identity)]
        if left:
            calls = f"{_calls(len(left))} picked by hand, in no figure"
            what = f"grade {calls}, in {sheet_place(house, sample, person)}"
            items.append(Due(sample.week, person, what, "evalharness week"))
    return items


def _graded(grades: list[Grade], person: str, identity: tuple[str, str]) -> bool:
    return any(grade.grader.name == person and grade.identity == identity for grade in grades)
