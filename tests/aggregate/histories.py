"""Weeks that people and an LLM graded, with known judges: a good one, a lenient one, a random one, one blind to failures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np

from evalharness.aggregate.inputs import PastWeek
from evalharness.aggregate.results import call_results
from evalharness.models.grade import Grade, Grader, NotApplicable, Scored
from evalharness.models.rubric import Rubric
from evalharness.models.sample import Stratum, StratumSize
from evalharness.models.summary import Population
from tests.builders import MONDAY, WEEK, ZONE, a_call, a_grader, a_rubric, a_sample

Value = int | str | None
"""None = N/A."""
Said = Mapping[str, Mapping[str, Value]]
"""Who (a person's name, or "judge") -> criterion -> value, of one call."""
JUDGE = a_grader("judge-1", "llm", prompt_digest="p" * 64)
LEVELS, SHARES = (1, 2, 3, 4, 5), (0.05, 0.10, 0.20, 0.35, 0.30)


def grader(name: str) -> Grader:
    return JUDGE if name == "judge" else a_grader(name)


@cache
def _digests(form: str) -> dict[str, str]:
    return Rubric.model_validate_json(form).digests()


@cache
def _small() -> Rubric:
    return a_rubric()


def grades_of(call_id: str, said: Said, rubric: Rubric | None = None, **fields: Any) -> list[Grade]:
    """One grade a criterion and grader, under the rubric's text of it."""
    digests = _digests((rubric or _small()).model_dump_json())
    ordinary = {"week": WEEK, "source": "demo", "call_id": call_id, "at": MONDAY, **fields}
    found: list[Grade] = []
    for name, values in said.items():
        given = {**ordinary, "grader": grader(name)}
        for criterion, value in values.items():
            place = {**given, "criterion": criterion, "criterion_digest": digests[criterion]}
            found.append(NotApplicable(**place) if value is None else Scored(**place, value=value))
    return found


def a_past_week(
    said: Sequence[Said],
    number: int = 1,
    *,
    rubric: Rubric | None = None,
    more: Sequence[Grade] = (),
    strata: Mapping[str, tuple[int, int]] | None = None,
    population: int = 200,
) -> PastWeek:
    """Calls w1-c1, w1-c2 ... of week 1 with what was said of each, in queue order; `more`: grades beside these.

    strata: name -> (first calls of the queue that are in it, calls in the week); all in one of `population` otherwise.
    """
    rubric, week = rubric or _small(), f"2026-W{number:02d}"
    calls = [a_call(id=f"w{number}-c{i}") for i in range(1, len(said) + 1)]
    sample = a_sample(calls=calls, population=population, rubric=rubric, week=week)
    grades = [grade for call, one in zip(calls, said, strict=True) for grade in grades_of(call.id, one, rubric, week=week)]
    results = call_results(sample.items, rubric, [*grades, *more], {}, ZONE)
    design = sample.design.model_copy(update={"week": week})
    if strata is not None:
        names = [name for name, (drawn, _) in strata.items() for _ in range(drawn)]
        results = [one.model_copy(update={"stratum": name}) for one, name in zip(results, names, strict=True)]
        sizes = (
            StratumSize(stratum=Stratum(name=name), population=N, drawn=drawn, judged=N) for name, (drawn, N) in strata.items()
        )
        design = design.model_copy(update={"strata": tuple(sizes)})
    judged = design.population
    people = Population(calls=judged, out_of_scope=0, technical=0, judged=judged, unseen=0, gradable=judged, without_transcript=0)
    return PastWeek(week, design, rubric, results, people)


Judging = Callable[[np.random.Generator, str, Any], Any]
"""What a judge says to a criterion where a person says the third."""


def near(rng: np.random.Generator, level: int, same: float = 0.8) -> int:
    """The level, or one beside it."""
    return level if rng.random() < same else int(np.clip(level + rng.choice((-1, 1)), 1, 5))


def good(rng: np.random.Generator, criterion: str, value: Any) -> Any:
    if criterion == "correctness":
        return near(rng, value, 0.9)
    return value if rng.random() < 0.97 else {"yes": "no", "no": "yes"}[value]


def lenient(rng: np.random.Generator, criterion: str, value: Any) -> Any:
    """A level above people."""
    return min(value + 1, 5) if criterion == "correctness" else good(rng, criterion, value)


def at_random(rng: np.random.Generator, criterion: str, value: Any) -> Any:
    if criterion == "correctness":
        return int(rng.choice(LEVELS, p=SHARES))
    return str(rng.choice(("yes", "no"), p=(0.1, 0.9) if criterion != "greeted" else (0.8, 0.2)))


def blind_to_failures(rng: np.random.Generator, criterion: str, value: Any) -> Any:
    """As good as the good one, but it gives no level below 3, sees no clear failure and no missing greeting."""
    found = good(rng, criterion, value)
    return max(found, 3) if criterion == "correctness" else "no" if criterion == "wrong_information" else "yes"


def a_history(
    judge: Judging, weeks: int = 10, calls: int = 35, seed: int = 1, people: Sequence[str] = ("Anna Keller",)
) -> list[PastWeek]:
    """Weeks of calls graded by these people, each near the truth, and by the judge, near the first of them."""
    rng = np.random.default_rng(seed)
    return [a_past_week([_said(rng, judge, people) for _ in range(calls)], number) for number in range(1, weeks + 1)]


def _said(rng: np.random.Generator, judge: Judging, people: Sequence[str]) -> Said:
    level = int(rng.choice(LEVELS, p=SHARES))
    truth: dict[str, Any] = {
        "correctness": level,
        "greeted": "yes" if rng.random() < 0.8 else "no",
        "wrong_information": "yes" if rng.random() < 0.1 else "no",
    }
    said = {name: {**truth, "correctness": near(rng, level) if place else level} for place, name in enumerate(people)}
    return {**said, "judge": {name: judge(rng, name, value) for name, value in truth.items()}}
