"""Weeks as the trend has them, made from calls with intents and versions, and from plain counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from evalharness.aggregate.inputs import PastWeek
from evalharness.aggregate.population import population
from evalharness.aggregate.results import call_results
from evalharness.aggregate.summary import summarise
from evalharness.aggregate.weeklog import WeekLog
from evalharness.aggregate.weekly import week_figures
from evalharness.models.call import Call
from evalharness.models.measure import Measure
from evalharness.models.summary import WeekSummary
from evalharness.models.trend import TrendWeek
from evalharness.models.weekly import WeekCounts, WeekFigures
from tests.aggregate.building import BAR, a_week, facts_of_calls
from tests.builders import WEEK, ZONE, a_call, a_latency_pool, a_sample, some_thresholds

INTENTS, VERSIONS = ("booking", "billing", None), ("v1", "v2")


def made_calls(n: int, intents: Sequence[int], **fields: Any) -> list[Call]:
    """n calls; the place in `intents` (over and over) says which intent and version each has."""
    chosen = [intents[place % len(intents)] for place in range(n)]
    return [a_call(id=f"c{i}", intent=INTENTS[k % 3], version=VERSIONS[k % 2], **fields) for i, k in enumerate(chosen, 1)]


def made_inputs(
    week: str = WEEK,
    given: Mapping[int, Mapping[str, Any]] | None = None,
    intents: Sequence[int] = (0, 1, 2, 3),
    *,
    technical: int = 0,
    **fields: Any,
) -> tuple[WeekSummary, WeekLog]:
    """20 of 200 calls graded by Anna, nothing amiss but what is given by position; technical failures beside them."""
    drawn = made_calls(20, intents)
    broken = [a_call(id=f"t{i}", intent="booking", outcome="failed_technical", status="error") for i in range(technical)]
    calls = [*drawn, *(a_call(id=f"more{i}", intent="billing", version="v1") for i in range(180)), *broken]
    ordinary = {"thresholds": some_thresholds(*BAR), "latency": [a_latency_pool()]}
    sample = a_sample(calls=drawn, population=200)
    inputs = a_week(week=week, given=given, **{**ordinary, "sample": sample, "facts": facts_of_calls(*calls), **fields})
    assert inputs.sample is not None
    results = call_results(inputs.sample.items, inputs.rubric, inputs.grades, inputs.measures, inputs.zone)
    people = population(inputs.facts, inputs.sample.design)
    past = PastWeek(week, inputs.sample.design, inputs.rubric, results, people)
    return summarise(inputs), WeekLog(past=past, facts=inputs.facts, pools=inputs.latency, zone=ZONE)


def made_week(
    week: str = WEEK,
    given: Mapping[int, Mapping[str, Any]] | None = None,
    intents: Sequence[int] = (0, 1, 2, 3),
    **fields: Any,
) -> WeekFigures:
    """The same as the trend has it."""
    return week_figures(*made_inputs(week, given, intents, **fields))


def counted_week(week: str, **counts: tuple[int, int]) -> WeekFigures:
    """A week of shares over all calls: measure -> (failures, calls), each also watched."""
    measures = {name: Measure(name=name, unit="share", value=k / n if n else None, n=n, of=n) for name, (k, n) in counts.items()}
    return WeekFigures(
        week=TrendWeek(week=week, calls=max((n for _, n in counts.values()), default=0)),
        timezone="UTC",
        measures=measures,
        meanings={name: {"how": "as ever"} for name in counts},
        watched={name: WeekCounts(failures=k, calls=n) for name, (k, n) in counts.items()},
    )
