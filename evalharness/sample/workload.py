"""Who grades which drawn call, and about how long it takes."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from evalharness.models.call import Call
from evalharness.models.grade import Grade, NotApplicable, Scored
from evalharness.models.rubric import Rubric

OWNER_CALLS = 20
WORDS_PER_MINUTE = 238  # silent reading of English prose [Brysbaert 2019, 190 studies]
SECONDS_PER_QUESTION = 4  # an assumption until the desk measures it; shown as an estimate
TIMED_CALLS = 10
"""So many calls timed at the desk replace the assumption."""


@dataclass(frozen=True)
class Pace:
    """The median seconds that a call took at the desk, over so many calls."""

    seconds: float
    calls: int


def assign(
    calls: int, people: Sequence[str], owner: str, double_share: float, calibrating: Collection[str] = ()
) -> dict[str, list[int]]:
    """Queue positions (from 1) of each person, in queue order; a `double_share` of the calls, evenly spread, goes to two.

    `calibrating`: people who need calibration. Each of their calls goes to a second person, who needs none where
    there is such a person; the other people's lists grow by that much beyond the double share.

    The owner, where among the people, is given at least 20 calls (or all); the others divide the rest evenly. Each
    person's list follows the queue, so what a person has graded so far is spread over the strata like the whole sample.
    """
    doubles = math.floor(calls * double_share) if len(people) > 1 else 0
    quota = _quotas(calls + doubles, calls, people, owner)
    given: dict[str, list[int]] = {person: [] for person in people}
    for position in range(1, calls + 1):
        is_double = math.floor(position * double_share) > math.floor((position - 1) * double_share)
        by_load = sorted(people, key=lambda person: (_load(len(given[person]) + 1, quota[person]), person != owner))
        for person in by_load[: 2 if doubles and is_double else 1]:
            given[person].append(position)
    return _seconded(given, calibrating) if set(people) & set(calibrating) else given


def _seconded(given: Mapping[str, list[int]], calibrating: Collection[str]) -> dict[str, list[int]]:
    """A further reader for each call that nobody but people who need calibration reads: who has the fewest calls."""
    lists = {person: set(positions) for person, positions in given.items()}
    fine = [person for person in lists if person not in calibrating]
    for position in sorted(set().union(*lists.values())):
        readers = [person for person, positions in lists.items() if position in positions]
        others = [person for person in fine or lists if person not in readers]
        if others and set(readers) <= set(calibrating) and (fine or len(readers) == 1):
            lists[min(others, key=lambda person: len(lists[person]))].add(position)
    return {person: sorted(positions) for person, positions in lists.items()}


def _load(calls: int, quota: float) -> float:
    """How full a list is with that many calls; each next call goes to the emptiest [D'Hondt: no one falls below the quota]."""
    return calls / quota if quota > 0 else math.inf


def _quotas(grades: int, calls: int, people: Sequence[str], owner: str) -> dict[str, float]:
    even = grades / len(people)
    if owner not in people or len(people) == 1:
        return dict.fromkeys(people, even)
    own = min(max(even, OWNER_CALLS), calls)
    return {person: own if person == owner else (grades - own) / (len(people) - 1) for person in people}


def minutes_for(call: Call, rubric: Rubric, pace: Pace | None = None) -> float:
    """Expected minutes to read and grade a call: the measured median where there is one.

    Without: its words at 238 a minute and 4 s for each question people answer.
    """
    if pace is not None:
        return pace.seconds / 60
    return words_of(call) / WORDS_PER_MINUTE + questions_for_people(rubric) * SECONDS_PER_QUESTION / 60


def call_seconds(grades: Iterable[Grade], rubric: Rubric) -> dict[str, list[float]]:
    """Person -> seconds spent on each call at the desk that was timed and is fully answered.

    `grades`: in ledger order; every revision's seconds count. Fully answered: each unconditional question of the call has a
    value or N/A from that person. A call read half would make the next one look quick.
    """
    asked = {c.id for c in rubric.criteria() if "human" in c.graded_by and c.scope == "call" and c.when is None}
    asked -= {c.id for c in rubric.criteria() if c.type in ("measured", "text")}
    spent: dict[tuple[str, ...], float] = defaultdict(float)
    standing: dict[tuple[str, ...], dict[str, bool]] = defaultdict(dict)
    for grade in grades:
        if grade.grader.kind == "human" and grade.turn is None:
            standing[(*grade.identity, grade.grader.name)][grade.criterion] = isinstance(grade, Scored | NotApplicable)
        if grade.grader.kind == "human" and grade.seconds is not None:
            spent[(*grade.identity, grade.grader.name)] += grade.seconds
    found: dict[str, list[float]] = defaultdict(list)
    for who, took in spent.items():
        if took > 0 and all(standing[who].get(name) for name in asked):
            found[who[-1]].append(took)
    return dict(found)


def measured_pace(seconds: Sequence[float]) -> Pace | None:
    """The median over the timed calls; None below 10 of them, where the assumption stands."""
    return Pace(median(seconds), len(seconds)) if len(seconds) >= TIMED_CALLS else None


def words_of(call: Call) -> int:
    """Words of the transcript, all speakers."""
    return sum(len(turn.text.split()) for turn in call.turns)


def questions_for_people(rubric: Rubric) -> int:
    """Questions that people answer of a call."""
    return sum("human" in criterion.graded_by for criterion in rubric.criteria())


def size_for_minutes(minutes: float, minutes_per_call: float, double_share: float, limits: tuple[int, int]) -> int:
    """How many calls fit into `minutes` of people's time, double grading included, kept within `limits`."""
    fits = math.floor(minutes / (minutes_per_call * (1 + double_share))) if minutes_per_call > 0 else limits[1]
    return min(max(fits, limits[0]), limits[1])
