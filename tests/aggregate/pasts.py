"""Drawn weeks for accumulation, as small as the arithmetic they show."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from evalharness.aggregate.inputs import PastWeek
from evalharness.models.call import Change
from evalharness.models.rubric import Rubric
from evalharness.models.sample import Design, Stratum, StratumSize
from evalharness.models.summary import CallResult, Population
from evalharness.models.week import monday
from tests.aggregate.building import a_result, finals
from tests.builders import a_call, a_rubric

FIRST = "2026-W40"


def a_population(judged: int = 200, *, technical: int = 0, unseen: int = 0, out: int = 0) -> Population:
    """How a week's calls divide; every judged one has a transcript."""
    calls = judged + technical + unseen + out
    return Population(
        calls=calls,
        out_of_scope=out,
        technical=technical,
        judged=judged,
        unseen=unseen,
        gradable=judged,
        without_transcript=calls - judged,
    )


def a_past(
    outcomes: Sequence[str | None] = (), week: str = FIRST, *, strata: Sequence[str] = (), failed: int = 0, **fields: Any
) -> PastWeek:
    """A drawn week whose calls, in queue order, were graded with these outcomes (None = passed over), all `core` unless named.

    The first `failed` of them show a clear failure, the others none. `sizes`: stratum -> judged calls of the week.
    """
    rubric: Rubric = fields.pop("rubric", None) or a_rubric()
    sizes: dict[str, int] = fields.pop("sizes", {"core": 200})
    results = [
        a_drawn(
            position, outcome, rubric, stratum=strata[position - 1] if strata else "core", failed=position <= failed, week=week
        )
        for position, outcome in enumerate(outcomes, 1)
    ]
    drawn = (StratumSize(stratum=Stratum(name=name), population=N, drawn=min(1, N), judged=N) for name, N in sizes.items())
    design = Design(week=week, seed="1", size=35, strata=tuple(drawn), scope=fields.pop("scope", None))
    return PastWeek(week, design, rubric, results, fields.pop("population", None) or a_population(sum(sizes.values())))


def a_drawn(position: int, outcome: str | None, rubric: Rubric, *, stratum: str, failed: bool, week: str) -> CallResult:
    """A drawn call, started `position` hours into the week, so graded. A call passed over has no final value at all."""
    given: dict[str, Any] = {"outcome": outcome, **{check.id: "no" for check in rubric.checks}}
    if failed:
        given[rubric.checks[0].id] = "yes"
    values = finals(rubric, **given) if outcome else finals(rubric, **dict.fromkeys(given, None))
    call = a_call(id=f"{week}-{position}", started_at=midnight(week) + timedelta(hours=position))
    return a_result(position, stratum, call, final=values)


def midnight(week: str) -> datetime:
    """The first instant of the week in UTC."""
    first = monday(week)
    return datetime(first.year, first.month, first.day, tzinfo=UTC)


def a_change(label: str = "v1.1", week: str = FIRST, kind: str = "version", *, hours: float = 0) -> Change:
    """A dated note, so many hours into the week."""
    return Change.model_validate({"at": midnight(week) + timedelta(hours=hours), "label": label, "kind": kind})
