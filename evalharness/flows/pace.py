"""How long a call takes people, as the desk measured it in the newest weeks."""

from __future__ import annotations

from collections import defaultdict
from itertools import chain

from evalharness.sample.workload import Pace, call_seconds, measured_pace
from evalharness.store.ledger import Ledger, Transaction
from evalharness.store.records import load_grades, load_rubric, load_sample, samples

WEEKS = 8
"""Older weeks say little of how people grade now."""


def timed_seconds(ledger: Ledger | Transaction, *, before: str | None = None) -> dict[str, list[float]]:
    """Person -> seconds of each call timed and fully answered in the newest 8 drawn weeks (of those before `before`)."""
    found: dict[str, list[float]] = defaultdict(list)
    for week in [one for one in samples(ledger) if before is None or one < before][-WEEKS:]:
        people = [grade for grade in load_grades(ledger, week) if grade.grader.kind == "human"]
        timed = any(grade.seconds is not None for grade in people)
        sample = load_sample(ledger, week) if timed else None
        if sample is not None:
            for person, seconds in call_seconds(people, load_rubric(ledger, sample.rubric_digest)).items():
                found[person] += seconds
    return dict(found)


def paces(ledger: Ledger) -> tuple[dict[str, Pace], Pace | None]:
    """Each person's pace, where 10 of their calls were timed; and everyone's together, None below 10 calls."""
    seconds = timed_seconds(ledger)
    found = {person: measured_pace(theirs) for person, theirs in seconds.items()}
    return {person: pace for person, pace in found.items() if pace}, measured_pace([*chain(*seconds.values())])
