"""Every figure of a week that a check can be held against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from evalharness.aggregate import csat, latency
from evalharness.aggregate import judged as rates
from evalharness.aggregate import population as everything
from evalharness.aggregate.checks import Known
from evalharness.aggregate.combined import combined
from evalharness.aggregate.estimate import LOG_DECIDED
from evalharness.aggregate.guard import barred, stripped, without_barred
from evalharness.aggregate.inputs import PastWeek, Undrawn, WeekInputs
from evalharness.aggregate.verified import verified_resolution
from evalharness.models.grade import Grade, Ungraded
from evalharness.models.measure import Measure
from evalharness.models.summary import CallResult
from evalharness.models.trust import JudgeTrust


def known(inputs: WeekInputs, now: PastWeek, states: Sequence[JudgeTrust] = ()) -> Known:
    """The week's figures: judged rates of `now`, its calls as graded; the rest from the log of all calls.

    `states`: what the judge of the week is trusted with.
    """
    gap = csat.csat_gap(inputs.facts, inputs.baseline)
    return judged_again(
        Known(
            pools=latency.folded(inputs.latency),
            rates={},
            shares={},
            exact={
                "containment_rate": everything.containment(inputs.facts),
                "cost_per_call": everything.cost_per_call(inputs.facts, inputs.currency),
                "csat_gap_points": gap.measure,
                "owner_reviewed_calls": _reviewed(inputs, now.results),
                **{measure.name: measure for measure in csat.shares(inputs.facts)},
            },
            signed=inputs.signed,
            gap=gap,
        ),
        inputs,
        now,
        states,
    )


def _with_verified(found: Known, inputs: WeekInputs, now: PastWeek) -> Known:
    """With verified resolution beside resolution, where the rubric asks for the outcome."""
    if "resolution_rate" not in found.rates:
        return found
    known_until = inputs.known_until and inputs.known_until.astimezone(inputs.zone)
    rate = verified_resolution(now.design, now.results, inputs.again, known_until, now.population)
    if isinstance(rate, Measure):
        return replace(found, exact={**found.exact, rate.name: rate})
    return replace(found, rates={**found.rates, rate.measure.name: rate})


def judged_again(found: Known, inputs: WeekInputs, now: PastWeek, states: Sequence[JudgeTrust]) -> Known:
    """The same with the judged rates, people's, verified and combined, of this reading of the week."""
    rubric, design, results, people = now.rubric, now.design, now.results, now.population
    judged = {}
    if any(criterion.id == "outcome" for criterion in rubric.criteria()):
        judged["resolution_rate"] = rates.resolution(design, results, people)
    if rubric.checks:
        judged["clear_failure_rate"] = rates.clear_failures(rubric, design, results, people)
    ordinals = [criterion for criterion in rubric.criteria() if criterion.type == "ordinal"]
    shares = {f"{rates.FOUR_OR_FIVE}{c.id}": rates.good_share(design, results, c) for c in ordinals}
    out = barred(inputs.found.get(inputs.week, ()))
    given, undrawn = without_barred(inputs.grades, out), [*inputs.undrawn, *_left_out(inputs, now)]
    both = combined(stripped(now, out), given, states, undrawn)
    return _with_verified(replace(found, rates=judged, shares=shares, combined=both), inputs, now)


def _left_out(inputs: WeekInputs, now: PastWeek) -> list[Undrawn]:
    """The drawn calls that this reading does not have: where the LLM graded the whole week, it graded them too."""
    there = {result.position for result in now.results}
    items = inputs.sample.items if inputs.sample and inputs.undrawn else ()
    gone = [item for item in items if item.position not in there and item.call.outcome not in LOG_DECIDED]
    return [Undrawn(item.call.source, item.call.id, item.stratum) for item in gone]


def read(grade: Grade) -> bool:
    """Whether a person dealt with the call: answered, or marked its transcript as wrong; skipping it is no review."""
    by_person = grade.grader.kind == "human"
    return by_person and (not isinstance(grade, Ungraded) or grade.reason == "transcript")


def _reviewed(inputs: WeekInputs, results: Sequence[CallResult]) -> Measure:
    """Distinct drawn calls graded or marked by the owner or the deputy."""
    readers = {inputs.owner, inputs.deputy} - {None}
    count = sum(any(read(g) and g.grader.name in readers for g in result.grades) for result in results)
    value = float(count) if count else None
    return Measure(name="owner_reviewed_calls", unit="calls", value=value, n=count, of=len(results), basis="ledger")
