"""How long a call takes, as the desk measured it in the newest weeks."""

from __future__ import annotations

from evalharness.sample.workload import Pace, call_seconds, measured_pace
from evalharness.store.ledger import Ledger, Transaction
from evalharness.store.records import load_grades, load_rubric, load_sample, samples

WEEKS = 8
"""Older weeks say little of how people grade now."""


def timed_seconds(ledger: Ledger | Transaction, person: str | None = None, *, before: str | None = None) -> list[float]:
    """Seconds of every call that was timed and fully answered in the newest 8 drawn weeks (those before `before`)."""
    weeks = [week for week in samples(ledger) if before is None or week < before][-WEEKS:]
    found = []
    for week in weeks:
        people = [grade for grade in load_grades(ledger, week) if grade.grader.kind == "human" and grade.seconds is not None]
        sample = load_sample(ledger, week) if people else None
        if sample is not None:
            own = [grade for grade in load_grades(ledger, week) if person in (None, grade.grader.name)]
            found += call_seconds(own, load_rubric(ledger, sample.rubric_digest))
    return found


def pace(ledger: Ledger | Transaction, person: str | None = None) -> Pace | None:
    """The person's pace, or everyone's; None below 10 timed calls."""
    return measured_pace(timed_seconds(ledger, person))
