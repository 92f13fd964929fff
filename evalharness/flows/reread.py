"""`grade --reread`: the kept replies of a week read again by today's parser. Nothing is sent and nothing paid."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from evalharness.aggregate.final import newest
from evalharness.errors import GradingError
from evalharness.flows.llm_work import Work
from evalharness.flows.opened import Opened
from evalharness.grade.llm.decide import Next, decide
from evalharness.grade.llm.ended import end_of
from evalharness.grade.llm.work import Job
from evalharness.models.grade import Grade, NotApplicable, Scored
from evalharness.models.probe import Probe
from evalharness.store.grades import add_grades
from evalharness.store.llm import LlmEvent, add_llm_event, is_done
from evalharness.store.records import load_grades, signed_off

Slot = tuple[str, str, str, int | None, str, str, str]


@dataclass(frozen=True)
class Reread:
    """What came of it: how many requests' replies were read, and which calls got new revisions of how many grades.

    `probes`: how many requests that asked for no grades now say something else.
    """

    week: str
    read: int
    grades: int
    probes: int
    calls: tuple[str, ...]

    def lines(self) -> list[str]:
        """For a person."""
        lines = [
            f"LLM grading of {self.week}: the replies to {self.read} requests read again, nothing sent",
            f"  changed    {self.grades} grades and {self.probes} probes; the earlier revisions stay in the ledger",
        ]
        return [*lines, *(f"             {call}" for call in self.calls)]


def reread(house: Opened, work: Work, clock: Callable[[], datetime]) -> Reread:
    """Reads every reply of the week's requests that have ended, and keeps a new revision where an answer differs.

    Raises GradingError for a signed week, LedgerError where the ledger cannot be written.
    """
    if signed_off(house.ledger, work.week):
        raise GradingError(
            f"{work.week} is signed off",
            where=work.week,
            why="A signed week keeps what was known when it was signed.",
            fix="Name a week that is not signed: evalharness grade --reread --week WEEK.",
        )
    held = {grade.slot: grade for grade in newest(load_grades(house.ledger, work.week)) if grade.grader.kind == "llm"}
    ended = [job for job in work.jobs if is_done(job.events) and job.exchanges()]
    changes = [change for job in ended if (change := _change(job, held, clock())) is not None]
    with house.ledger.transaction() as tx:
        for change in changes:
            add_grades(tx, change.grades)
            add_llm_event(tx, change.event, clock())
    calls = dict.fromkeys(change.call_id for change in changes)
    grades = sum(len(change.grades) for change in changes)
    return Reread(work.week, len(ended), grades, sum(not change.grades for change in changes), tuple(calls))


@dataclass(frozen=True)
class _Change:
    call_id: str
    grades: list[Grade]
    event: LlmEvent


def _change(job: Job, held: Mapping[Slot, Grade], at: datetime) -> _Change | None:
    """What today's parser says otherwise; None where nothing differs."""
    exchanges = job.exchanges()
    verdicts = decide(job.questions, job.call, exchanges, replace(job.brief.judge.reading(), most=len(exchanges)))
    if isinstance(verdicts, Next):
        return None  # nothing is asked after the last reply, so this does not come
    end = end_of(job, job.events, verdicts, at, {"reread": True})
    grades = [grade for grade in end.grades if _said(grade) != _said(held.get(grade.slot))]
    differs = bool(grades) or (end.probe is not None and end.probe.answers != _answers(job.events))
    return _Change(job.call.id, grades, end.event) if differs else None


def _answers(events: Sequence[LlmEvent]) -> object:
    kept = next((event.details["probe"] for event in reversed(events) if "probe" in event.details), None)
    return None if kept is None else Probe.model_validate_json(json.dumps(kept)).answers


def _said(grade: Grade | None) -> object:
    """The answer alone: its words, quotes and time aside."""
    if grade is None or isinstance(grade, NotApplicable):
        return grade and "not applicable"
    return ("value", grade.value) if isinstance(grade, Scored) else ("none", grade.reason)
