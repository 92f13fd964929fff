"""Who grades which drawn call, and about how long it takes."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

from evalharness.models.call import Call
from evalharness.models.rubric import Rubric

OWNER_CALLS = 20
WORDS_PER_MINUTE = 238  # silent reading of English prose [Brysbaert 2019, 190 studies]
SECONDS_PER_QUESTION = 4  # an assumption until the desk measures it; shown as an estimate


def assign(
    calls: int, people: Sequence[str], owner: str, double_share: float, calibrating: Collection[str] = ()
) -> dict[str, list[int]]:
    """Queue positions (from 1) of each person, in queue order; a `double_share` of the calls, evenly spread, goes to two.

    `calibrating`: people who need calibration. Each of their calls goes to a second person, who needs none where
    there is such a person; with it the lists grow beyond the double share.

    The owner, where among the people, is given at least 20 calls (or all); the others divide the rest evenly. Each
    person's list follows the queue, so what a person has graded so far is spread over the strata like the whole sample.
    """
    doubles = math.floor(calls * double_share) if len(people) > 1 else 0
    quota = _quotas(calls + doubles, calls, people, owner)
    given: dict[str, list[int]] = {person: [] for person in people}
    for position in range(1, calls + 1):
        is_double = math.floor(position * double_share) > math.floor((position - 1) * double_share)
        by_load = sorted(people, key=lambda person: (_load(len(given[person]) + 1, quota[person]), person != owner))
        first, *others = by_load
        chosen = [first, *(others[:1] if doubles and is_double else [])]
        if others and set(chosen) <= set(calibrating):
            chosen = [first, next((person for person in others if person not in calibrating), others[0])]
        for person in chosen:
            given[person].append(position)
    return given


def _load(calls: int, quota: float) -> float:
    """How full a list is with that many calls; each next call goes to the emptiest [D'Hondt: no one falls below the quota]."""
    return calls / quota if quota > 0 else math.inf


def _quotas(grades: int, calls: int, people: Sequence[str], owner: str) -> dict[str, float]:
    even = grades / len(people)
    if owner not in people or len(people) == 1:
        return dict.fromkeys(people, even)
    own = min(max(even, OWNER_CALLS), calls)
    return {person: own if person == owner else (grades - own) / (len(people) - 1) for person in people}


def minutes_for(call: Call, rubric: Rubric) -> float:
    """Expected minutes to read and grade a call: its words at 238 a minute and 4 s for each question people answer."""
    return words_of(call) / WORDS_PER_MINUTE + questions_for_people(rubric) * SECONDS_PER_QUESTION / 60


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
