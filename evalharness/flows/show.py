"""Looking at one call, or at the rubric of a week."""

from __future__ import annotations

from dataclasses import dataclass

from evalharness.aggregate.final import newest
from evalharness.aggregate.latency_details import SLOW_MS
from evalharness.errors import UsageError
from evalharness.flows.opened import Opened, frozen_rubric
from evalharness.flows.sheets import drawn_sample
from evalharness.flows.unfinished import unfinished
from evalharness.grade.measured.detectors import findings_of
from evalharness.grade.measured.latency import slow_replies
from evalharness.models.call import Call
from evalharness.models.finding import Finding
from evalharness.models.grade import Grade
from evalharness.models.rubric import Rubric
from evalharness.models.week import week_of
from evalharness.store.records import load_grades, load_sample

MOST_SLOW = 5
"""Slow replies of a call that are named."""


@dataclass(frozen=True)
class ShownCall:
    """A call with its week, the workspace's time zone, and its grades: measured ones, then people's with every correction;
    and what was found in it without judging. `replies`: how long each took, as (turn, ms), the slowest first; `slow`: the first
    of those above 1.5 s. `held_back`: who is still to grade it blind, so that no grade of people or of an LLM is among them."""

    call: Call
    week: str
    timezone: str
    grades: tuple[Grade, ...]
    findings: tuple[Finding, ...] = ()
    slow: tuple[tuple[int, float], ...] = ()
    replies: tuple[tuple[int, float], ...] = ()
    held_back: tuple[str, ...] = ()


def find_call(house: Opened, call_id: str, *, ungraded: bool = False) -> ShownCall:
    """The call of that id, or SOURCE/ID, or the only one whose id begins so. Raises UsageError that names the candidates.

    What people and an LLM say of a call that somebody is still to grade blind is held back, unless `ungraded`.
    """
    source, _, bare = call_id.partition("/")
    named = [call for call in house.calls.find(bare) if (call.source, call.id) == (source, bare)] if bare else []
    found = named or house.calls.find(call_id)
    exact = [call for call in found if call.id == call_id]
    if len(exact or found) != 1:
        several = ", ".join(f"{call.source}/{call.id}" for call in found[:5])
        raise UsageError(
            f"{len(found)} calls have an id that begins with {call_id!r}" if found else f"no call has the id {call_id!r}",
            where="the call log",
            why=f"it could be {several}" if several else "an id is compared letter by letter",
            fix="write more of the id, or SOURCE/ID" if several else "see the ids: evalharness calls list",
        )
    call = (exact or found)[0]
    week = week_of(call.started_at, house.config.zone)
    grades = [grade for grade in load_grades(house.ledger, week) if grade.identity == (call.source, call.id)]
    measured = newest(grade for grade in grades if grade.grader.kind == "measured")
    judged = [grade for grade in grades if grade.grader.kind != "measured"]
    findings = findings_of(call, house.config.measures).findings
    replies = tuple(slow_replies(call, 0.0))
    slow = tuple(one for one in replies if one[1] > SLOW_MS)[:MOST_SLOW]
    awaited = () if ungraded or not judged else _awaited(house, week, (call.source, call.id))
    return ShownCall(
        call, week, house.config.timezone, (*measured, *([] if awaited else judged)), findings, slow, replies, awaited
    )


def _awaited(house: Opened, week: str, identity: tuple[str, str]) -> tuple[str, ...]:
    """Who is still to grade the call."""
    sample = load_sample(house.ledger, week)
    return tuple(name for name, calls in unfinished(house, sample).items() if identity in calls) if sample else ()


def find_rubric(house: Opened, week: str | None) -> Rubric:
    """The rubric the next draw takes, or the frozen one of a drawn week. Raises UsageError where the week is not drawn."""
    return house.rubric() if week is None else frozen_rubric(house, drawn_sample(house, week))
