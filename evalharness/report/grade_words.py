"""A grade and a final value in words: what stands in a cell, and what its reason says. Pure text."""

from __future__ import annotations

from evalharness import numbers
from evalharness.models.grade import FinalValue, NotApplicable, Scored, Ungraded
from evalharness.report import phrases

AnyGrade = Scored | NotApplicable | Ungraded
NOT_GRADED = "not graded"


def answer(grade: AnyGrade) -> str:
    """What was answered: "4", "not needed", "N/A", "ungraded: skipped"; an assisted grade says that it is one."""
    said = phrases.plain(str(grade.value)) if isinstance(grade, Scored) else "N/A"
    if isinstance(grade, Ungraded):
        said = f"ungraded: {grade.reason}"
    return f"{said} (assisted)" if grade.lane == "assisted" else said


def final(value: FinalValue | None) -> str:
    """What counts: "4.5", "no", "N/A", "not graded"; "? conflict" where an adjudicator is waited for."""
    if value is None or value.state == "ungraded":
        return "? conflict" if value and value.conflict else NOT_GRADED
    if value.state == "not_applicable":
        return "N/A"
    return numbers.figure(value.value, "score") if isinstance(value.value, int | float) else phrases.plain(str(value.value))


def by(value: FinalValue | None) -> str:
    """Who or what decided it, in a word: "human", "adjudicated", "measured", "llm"; "" where nothing counts."""
    return "" if value is None or value.by is None else value.by
