"""The limits of a week's measures for the process behind the week, by which weeks are compared; no finite number of calls.

A verdict is about the week's own calls. Two weeks differ by chance even if every call of both was graded, as each is one of the
weeks that the agent could have had: what is compared has to allow for that too.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from evalharness.aggregate import judged as rates
from evalharness.aggregate.escalation import escalation
from evalharness.aggregate.inputs import PastWeek
from evalharness.aggregate.judged import WeekRate
from evalharness.aggregate.summary import automatic_fails_measure, call_score_measure, criterion_measure
from evalharness.aggregate.weeklog import WeekLog, hits_of
from evalharness.models.measure import Measure
from evalharness.models.sample import Design
from evalharness.models.summary import WeekSummary
from evalharness.stats.exact import clopper_pearson
from evalharness.stats.mean import weighted_mean

TWO_SIDED = 0.025
_MANY = 1000
_SAME = 1e-9


def process_of(measures: Mapping[str, Measure], summary: WeekSummary, log: WeekLog) -> dict[str, Measure]:
    """Those of these measures, by name, of which limits for the process are known, with these limits.

    Judged: the method of the week, each stratum as if it held a thousand times as many calls, so that none is used up. Shares of
    all calls: Clopper-Pearson. Latency: the limits of `latency.process`. Cost: the t interval over calls. Not known for a figure
    of people and LLM together, and for verified resolution.
    """
    found = {one.name: one for one in _of_all_calls(measures, summary, log)}
    if log.past is not None:
        for one in _judged(log.past):
            held = measures.get(one.name)
            if held is not None and held.value is not None and one.value is not None and abs(held.value - one.value) < _SAME:
                found[one.name] = held.model_copy(update={"low": one.low, "high": one.high})
    return found


def _of_all_calls(measures: Mapping[str, Measure], summary: WeekSummary, log: WeekLog) -> Iterator[Measure]:
    for row in summary.latency:
        for exact, name in ((row.p50, "p50"), (row.p95, "p95"), (row.p99, "p99")):
            if measures.get(exact.name) == exact and name in row.process:
                yield row.process[name]
    for measure in measures.values():
        hits = hits_of(measure)
        if hits is not None:
            yield _share(measure, hits)
    cost = measures.get("cost_per_call")
    if cost is not None and cost.value is not None:
        costs = [one for group in log.in_scope if group.currency == cost.currency for one in group.costs]
        if len(costs) == cost.n:
            yield _mean(cost, costs)


def _share(measure: Measure, hits: int) -> Measure:
    """Where many calls lack the figure (it has limits of its own), they count as none, then as all."""
    n, most = (measure.n, hits) if measure.low is None else (measure.of, hits + measure.of - measure.n)
    low, high = clopper_pearson(hits, n, TWO_SIDED)[0], clopper_pearson(most, n, TWO_SIDED)[1]
    return measure.model_copy(update={"low": low, "high": high})


def _mean(cost: Measure, costs: list[float]) -> Measure:
    found = weighted_mean(costs, tail=TWO_SIDED, scale=(0.0, 2 * max(costs) or 1.0), guard=False)
    return cost.model_copy(update={"low": found.low, "high": found.high})


def _judged(past: PastWeek) -> Iterator[Measure]:
    """The judged measures of people, with limits for the process."""
    design, results, rubric = _endless(past.design), past.results, past.rubric
    criteria = [one for one in rubric.criteria() if one.type not in ("text", "category")]
    if any(criterion.id == "outcome" for criterion in rubric.criteria()):
        yield _rate(rates.resolution(design, results, past.population), past)
    if rubric.checks:
        yield _rate(rates.clear_failures(rubric, design, results, past.population), past)
    yield from (rates.good_share(design, results, one)[0] for one in criteria if one.type == "ordinal")
    yield from (criterion_measure(one, rubric, design, results) for one in criteria)
    yield from (call_score_measure(design, results), automatic_fails_measure(design, results))
    matrix = escalation(rubric, design, results)
    yield from () if matrix is None else (matrix.precision, matrix.recall)


def _endless(design: Design) -> Design:
    """The same shares of the week, and no stratum that is used up."""
    strata = [
        size.model_copy(update={"population": size.population * _MANY, "judged": size.judged * _MANY}) for size in design.strata
    ]
    return design.model_copy(update={"strata": tuple(strata)})


def _rate(rate: WeekRate, past: PastWeek) -> Measure:
    """The rate, whose technical failures come by chance too: its limits with theirs by the method of variance estimates
    recovery [Zou, Donner 2008], each failure taking a judged call's place."""
    measure, share = rate.measure, rate.estimate.value
    technical = past.population.technical
    if None in (measure.value, measure.low, measure.high, share) or not rate.total:
        return measure
    seen, (fewest, most) = technical / rate.total, clopper_pearson(technical, rate.total, TWO_SIDED)
    slope = (1.0 if rate.fixed else 0.0) - (share or 0.0)
    ends = sorted((slope * (fewest - seen), slope * (most - seen)))
    value, low, high = measure.value or 0.0, measure.low or 0.0, measure.high or 0.0
    update = {"low": value - math.hypot(value - low, ends[0]), "high": value + math.hypot(high - value, ends[1])}
    return measure.model_copy(update={"low": max(0.0, update["low"]), "high": min(1.0, update["high"])})
