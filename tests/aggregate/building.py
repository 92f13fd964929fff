"""Weeks for the scorecard, as small as the arithmetic they show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from evalharness.aggregate.estimate import Answer
from evalharness.aggregate.inputs import WeekInputs
from evalharness.models.call import Call
from evalharness.models.facts import FactGroup
from evalharness.models.grade import FinalValue, Grade, NotApplicable, Scored, Ungraded
from evalharness.models.rubric import Rubric
from evalharness.models.sample import Design, Stratum, StratumSize
from evalharness.models.summary import CallResult
from tests.builders import (
    WEEK,
    ZONE,
    a_call,
    a_grade,
    a_grader,
    a_rubric,
    a_sample,
    a_threshold,
    call_facts,
    call_measures,
    fact_groups,
    not_applicable,
    some_thresholds,
)

ANNA, BEN = a_grader("Anna Keller"), a_grader("Ben Ode")
NOTHING_AMISS = {
    "correctness": 4,
    "greeted": "yes",
    "human_needed": "not_needed",
    "outcome": "resolved",
    "wrong_information": "no",
    "unsafe_speech": "no",
}


def by(name: str, value: int | str | None, criterion: str = "correctness", **fields: Any) -> Grade:
    """A grade of a person; None = N/A."""
    fields = {"grader": a_grader(name), **fields}
    return not_applicable(criterion, **fields) if value is None else a_grade(value, criterion, **fields)


def by_the_log(value: int | str, criterion: str = "outcome", **fields: Any) -> Scored:
    """A measured grade."""
    return a_grade(value, criterion, grader=a_grader("call log", "measured"), **fields)


def answers(call_id: str = "c1", grader: Any = ANNA, **given: Any) -> list[Scored | NotApplicable | Ungraded]:
    """Anna's grades of a call in which nothing is amiss, keywords replacing answers; None leaves a question out."""
    values = {**NOTHING_AMISS, **given}
    return [a_grade(value, name, call_id, grader=grader) for name, value in values.items() if value is not None]


def a_final(value: float | str | None = None, criterion: str = "correctness", **fields: Any) -> FinalValue:
    """A final value by a person; None = ungraded."""
    state = "ungraded" if value is None else "scored"
    by_whom = None if value is None else "human"
    return FinalValue(**{"criterion": criterion, "state": state, "value": value, "by": by_whom, **fields})


def finals(rubric: Rubric | None = None, **values: float | str | None) -> dict[str, FinalValue]:
    """A final value for every criterion: N/A unless given; None = ungraded."""
    rubric = rubric or a_rubric()
    found = {c.id: FinalValue(criterion=c.id, state="not_applicable") for c in rubric.criteria()}
    for name, value in values.items():
        fail = None if value is None else rubric.criterion(name).fails(int(value) if isinstance(value, float) else value)
        found[name] = a_final(value, name, fail=fail)
    return found


def a_result(position: int = 1, stratum: str = "core", call: Call | None = None, **fields: Any) -> CallResult:
    """A drawn call of which nothing is known yet."""
    call = call or a_call(id=f"c{position}")
    ordinary = {"grades": (), "final": {}, "outcome": None, "clear_failure": None, "score": None, "weight_covered": 0.0}
    place = {"position": position, "stratum": stratum, "probability": 0.1, "call": call}
    return CallResult(**{**place, "measures": call_measures(call.id), **ordinary, **fields})


def results_of(strata: Sequence[str]) -> list[CallResult]:
    """Drawn calls in queue order, by the name of their stratum."""
    return [a_result(position, stratum) for position, stratum in enumerate(strata, 1)]


def saying(given: Sequence[Answer]) -> Any:
    """What the call at each queue position answers."""
    return lambda result: given[result.position - 1]


def a_design_of(**strata: int | tuple[int, int]) -> Design:
    """Strata of N calls, or (N, judged of them); a single call drawn from each, which no estimate looks at."""
    sizes = {name: (size, size) if isinstance(size, int) else size for name, size in strata.items()}
    made = (
        StratumSize(stratum=Stratum(name=name), population=N, drawn=min(1, N), judged=judged)
        for name, (N, judged) in sizes.items()
    )
    return Design(week=WEEK, seed="1", size=35, strata=tuple(made))


def the_facts(judged: int, *, technical: int = 0, unseen: int = 0, out: int = 0, first: Sequence[Call] = ()) -> list[FactGroup]:
    """The calls of a week: judged ones (the drawn ones first), technical failures, silent ones, out of scope ones."""
    calls = [*first, *(a_call(id=f"more{i}") for i in range(judged - len(first)))]
    calls += [a_call(id=f"tech{i}", outcome="failed_technical", status="error") for i in range(technical)]
    calls += [a_call([], id=f"silent{i}", outcome="unknown") for i in range(unseen)]
    calls += [a_call(id=f"out{i}", outcome="out_of_scope") for i in range(out)]
    return facts_of_calls(*calls)


def facts_of_calls(*calls: Call) -> list[FactGroup]:
    """What the log says of these calls, in groups that are alike."""
    return fact_groups([call_facts(call) for call in calls])


def a_week(
    judged: int = 200,
    drawn: int = 20,
    given: Mapping[int, Mapping[str, Any]] | None = None,
    *,
    graded: int | None = None,
    technical: int = 0,
    unseen: int = 0,
    **fields: Any,
) -> WeekInputs:
    """`drawn` of `judged` calls, of which Anna graded the first `graded` (all by default); `given` says what is amiss with which.

    Anything else of the inputs is a keyword.
    """
    rubric = fields.pop("rubric", None) or a_rubric()
    calls = [a_call(id=f"c{i}") for i in range(1, drawn + 1)]
    sample = a_sample(calls=calls, population=judged, rubric=rubric) if drawn else None
    grades = [
        grade
        for position in range(1, (drawn if graded is None else graded) + 1)
        for grade in answers(f"c{position}", **(given or {}).get(position, {}))
    ]
    ordinary = {
        "agent": "front-desk",
        "owner": "Anna Keller",
        "week": WEEK,
        "zone": ZONE,
        "rubric": rubric,
        "thresholds": some_thresholds(),
        "facts": the_facts(judged, technical=technical, unseen=unseen, first=calls),
        "latency": (),
        "sample": sample,
        "grades": grades,
    }
    return WeekInputs(**{**ordinary, **fields})


BAR = (
    a_threshold("resolution_rate", at_least=0.6),
    a_threshold("latency_p50_ms", below=600),
    a_threshold("latency_p99_ms", below=1500),
    a_threshold("csat_gap_points", at_most=5),
    a_threshold("clear_failure_rate", below=0.01),
    a_threshold("cost_per_call", below=0.5),
    a_threshold("owner_reviewed_calls", at_least=20),
    a_threshold("share_4_5.correctness", at_least=0.8),
)
"""The whole default bar and a share of good answers."""
