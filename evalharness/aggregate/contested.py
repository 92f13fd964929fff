"""Calls on which a verdict must not rest alone: each judged check is computed with and without them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from evalharness.aggregate.inputs import Identity, PastWeek
from evalharness.models.grade import Scored, Ungraded
from evalharness.models.rubric import Rubric
from evalharness.models.summary import CallResult


@dataclass(frozen=True)
class Doubt:
    """What is in doubt: `disputed` calls, `trusted` criteria (whose judge may contest people), people who need calibration.

    `masked`: (source, id) -> the criteria that a judge answered otherwise once suspicious spans were masked; `contradicted`:
    those under which the log contradicts a trusted judge.
    """

    disputed: Collection[Identity] = ()
    trusted: Collection[str] = ()
    uncalibrated: Collection[str] = ()
    masked: Mapping[Identity, Collection[str]] = field(default_factory=dict)
    contradicted: Mapping[Identity, Collection[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Reading:
    """The weeks without something: `left_out` in words, how many calls of the last week it touches, and how to read a week."""

    left_out: str
    calls: int
    of: Callable[[PastWeek], PastWeek] = field(repr=False)


def criteria_behind(name: str, rubric: Rubric) -> frozenset[str]:
    """The criteria that a judged rate rests on."""
    if name == "clear_failure_rate":
        return frozenset(check.id for check in rubric.checks)
    return frozenset({"outcome"} if name.endswith("resolution_rate") else {name.removeprefix("share_4_5.")})


def contested(name: str, rubric: Rubric, results: Sequence[CallResult], doubt: Doubt) -> dict[Identity, str]:
    """(source, id) of each call contested on what the rate rests on -> why, its first reason alone.

    A grade of it is disputed; people differ and nobody has decided; its transcript is marked as wrong; or a measurement, or
    a judge trusted with the check, flags a clear failure that the people who read the call do not see, unless a person who
    looked at the flag says no to it; or a measurement says no to what the people, or a trusted judge, say yes to; or a person
    confirms one, whoever flagged it, that those who read the call did not see; or somebody in the call spoke to its judge, or the
    log contradicts a trusted one.
    """
    criteria = criteria_behind(name, rubric)
    found = {}
    for result in results:
        why = next(_reasons(criteria, result, doubt), None)
        if why is not None:
            found[result.call.source, result.call.id] = why
    return found


def _reasons(criteria: Collection[str], result: CallResult, doubt: Doubt) -> Iterator[str]:
    if (result.call.source, result.call.id) in doubt.disputed:
        yield "disputed"
    if any(result.final[one].conflict for one in criteria if one in result.final):
        yield "graders differ"
    if any(isinstance(grade, Ungraded) and grade.reason == "transcript" for grade in result.grades):
        yield "transcript marked as wrong"
    yield from _of_guards(criteria, (result.call.source, result.call.id), doubt)
    if any(_confirmed(criterion, result) for criterion in criteria):
        yield "failure confirmed that people had not seen"
    elif any(_flagged(criterion, result, doubt) for criterion in criteria):
        yield "flagged and not confirmed"
    if any(_measured_otherwise(criterion, result, doubt) for criterion in criteria):
        yield "measured otherwise"


def _of_guards(criteria: Collection[str], call: Identity, doubt: Doubt) -> Iterator[str]:
    if not set(criteria).isdisjoint(doubt.masked.get(call, ())):
        yield "the judge was spoken to"
    if not set(criteria).isdisjoint(doubt.contradicted.get(call, ())):
        yield "the log contradicts the judge"


def _confirmed(criterion: str, result: CallResult) -> bool:
    """Whether a person who looked at a flag says yes to what people, blind, said no to."""
    final = result.final.get(criterion)
    said_no = final is not None and final.by == "human" and final.value == "no"
    return said_no and any(one.check == criterion and one.answer == "yes" for one in result.confirmations)


def _flagged(criterion: str, result: CallResult, doubt: Doubt) -> bool:
    """Whether a measurement or a trusted judge says yes to what people said no to, and nobody dismissed it."""
    final = result.final.get(criterion)
    if final is None or final.by != "human" or final.value != "no" or _dismissed(criterion, result):
        return False
    kinds = {"measured", "llm"} if criterion in doubt.trusted else {"measured"}
    return any(
        grade.criterion == criterion and grade.grader.kind in kinds and getattr(grade, "value", None) == "yes"
        for grade in result.grades
    )


def _measured_otherwise(criterion: str, result: CallResult, doubt: Doubt) -> bool:
    """Whether a measurement says no to what people, or a judge trusted with the check, say yes to. How the log says that a call
    ended contests nothing: it is often derived, and stands beside the graded outcome."""
    final = result.final.get(criterion)
    if final is None or final.by == "adjudicated" or criterion == "outcome":
        return False
    own = [grade for grade in result.grades if grade.criterion == criterion and isinstance(grade, Scored)]
    denied = any(grade.grader.kind == "measured" and grade.value == "no" for grade in own)
    who = "human" if final.by == "human" else "llm" if criterion in doubt.trusted else None
    return denied and any(grade.grader.kind == who and grade.value == "yes" for grade in own)


def _dismissed(criterion: str, result: CallResult) -> bool:
    """Whether the person who looked at the flag says no."""
    return any(one.check == criterion and one.answer == "no" for one in result.confirmations)


Regraded = Callable[[CallResult, Rubric, str], CallResult]
"""A drawn call with its final values anew, without the grades of this person."""


def readings(name: str, history: Sequence[PastWeek], doubt: Doubt, regraded: Regraded) -> list[Reading]:
    """Every second reading of the weeks (the last one is the week in question) that leaves something out.

    `regraded`: for the readings without a person who needs calibration.
    """
    found = []
    per_week = {past.week: contested(name, past.rubric, past.results, doubt) for past in history}
    if any(per_week.values()):
        now = per_week[history[-1].week]
        reasons = sorted({why for one in per_week.values() for why in one.values()})

        def without_calls(past: PastWeek) -> PastWeek:
            kept = [one for one in past.results if (one.call.source, one.call.id) not in per_week[past.week]]
            return _with(past, kept)

        found.append(Reading(f"contested calls ({', '.join(reasons)})", len(now), without_calls))
    return found + [_without(person, history, regraded) for person in sorted(doubt.uncalibrated)]


def _without(person: str, history: Sequence[PastWeek], regraded: Regraded) -> Reading:
    """Each person apart: of two who are far from each other nothing can tell which of them is off."""
    read = [one for one in history[-1].results if any(g.grader.name == person for g in one.grades)]

    def of(past: PastWeek) -> PastWeek:
        return _with(past, [regraded(one, past.rubric, person) for one in past.results])

    return Reading(f"grades of {person}, who needs calibration", len(read), of)


def _with(past: PastWeek, results: Sequence[CallResult]) -> PastWeek:
    return PastWeek(past.week, past.design, past.rubric, results, past.population)
