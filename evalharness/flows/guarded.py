"""What canaries, detector, mask and facts show of each judge of a week, as the pure functions of grading tell it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from evalharness.aggregate.final import newest
from evalharness.aggregate.inputs import PastWeek
from evalharness.aggregate.judges import key_of
from evalharness.flows.guards import canary_results, suspicious_calls
from evalharness.flows.opened import Opened, frozen_rubric
from evalharness.grade.llm.facts import conflicts
from evalharness.grade.llm.mask import contests
from evalharness.models.call import Call
from evalharness.models.grade import Grade, Ungraded
from evalharness.models.guard import Guard
from evalharness.models.probe import Probe
from evalharness.models.rubric import Rubric
from evalharness.models.sample import WeeklySample


@dataclass(frozen=True)
class Judged:
    """A drawn week's grades and the calls of them that are at hand, for what the log knows of them; `probes`: those its runs
    sent."""

    week: str
    rubric: Rubric
    grades: Sequence[Grade]
    calls: Sequence[Call]
    probes: Sequence[Probe] = ()


def found_by_week(
    house: Opened, sample: WeeklySample, grades: Sequence[Grade], past: Sequence[PastWeek], probes: Iterable[Probe]
) -> dict[str, tuple[Guard, ...]]:
    """By drawn week what was found of its judges; canaries of the newest week alone, the only one in which they decide.

    Calls outside the draw are read only where an LLM graded some.
    """
    sent, drawn = _by_week(probes), {item.identity for item in sample.items}
    outside = sorted({one.identity for one in grades if one.grader.kind == "llm"} - drawn)
    calls = [item.call for item in sample.items] + (house.calls.calls(outside) if outside else [])
    weeks = [_of_past(one, sent.get(one.week, [])) for one in past]
    now = Judged(sample.week, frozen_rubric(house, sample), grades, calls, sent.get(sample.week, []))
    found = {one.week: guarded(house, one) for one in weeks}
    return found | {sample.week: tuple(_with_canaries(house, guarded(house, now), now))}


def guarded(house: Opened, given: Judged) -> tuple[Guard, ...]:
    """A guard a judge that was asked in the week, with what was found; canaries, models, repeats and reasons are not in it yet.

    A judge that gave no grade at all, since it refused or was cut off each time, has answered its canaries no better.
    """
    judged = [one for one in newest(given.grades) if one.grader.kind == "llm"]
    graders = [one.grader for one in judged if not isinstance(one, Ungraded)]
    graders += [one.judge for one in given.probes if one.role == "canary"]
    if not graders:
        return ()
    off, fired = house.config.graders.llm.defences.off, suspicious_calls(house.ledger, given.week)
    texts = frozenset(one.id for one in given.rubric.criteria() if one.type == "text")
    found = []
    for key in dict.fromkeys(map(key_of, graders)):
        own = [one for one in judged if key_of(one.grader) == key]
        asked, graded = [one for one in given.probes if key_of(one.judge) == key], {one.identity for one in own}
        facts = () if "facts" in off else conflicts(own, given.calls)
        found.append(
            Guard(
                judge=next(one for one in graders if key_of(one) == key),
                suspicious=tuple(call for call in fired if call in graded),
                contested=() if "mask" in off else contests(own, asked, texts, fired),
                facts=tuple(dict.fromkeys(one.key for one in facts)),
                off=off,
            )
        )
    return tuple(found)


def _with_canaries(house: Opened, found: Iterable[Guard], given: Judged) -> Iterator[Guard]:
    for one in found:
        own = [probe for probe in given.probes if key_of(probe.judge) == key_of(one.judge)]
        answered = canary_results(house, given.week, own, one.judge.name)
        yield one.model_copy(update={"canaries": answered})


def _of_past(week: PastWeek, probes: Sequence[Probe]) -> Judged:
    grades = [grade for result in week.results for grade in result.grades]
    return Judged(week.week, week.rubric, grades, [result.call for result in week.results], probes)


def _by_week(probes: Iterable[Probe]) -> Mapping[str, list[Probe]]:
    """The probes by the week whose run sent them."""
    found: dict[str, list[Probe]] = {}
    for one in probes:
        found.setdefault(one.week, []).append(one)
    return found
