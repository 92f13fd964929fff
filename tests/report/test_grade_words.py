"""Grades and final values in words."""

from __future__ import annotations

import pytest

from evalharness.models.grade import FinalValue
from evalharness.report.grade_words import answer, by, final
from tests.builders import a_grade, not_applicable, ungraded


def test_an_answer_says_its_value_or_why_there_is_none() -> None:
    """Words without underscores; an assisted grade is marked."""
    assert answer(a_grade(4)) == "4"
    assert answer(a_grade("not_needed", "human_needed")) == "not needed"
    assert answer(not_applicable()) == "N/A"
    assert answer(ungraded("transcript")) == "ungraded: transcript"
    assert answer(a_grade(4, lane="assisted")) == "4 (assisted)"


@pytest.mark.parametrize(
    ("value", "words", "who"),
    [
        (FinalValue(criterion="tone", state="scored", value=4.5, by="human"), "4.5", "human"),
        (FinalValue(criterion="tone", state="scored", value=4.0, by="adjudicated"), "4", "adjudicated"),
        (FinalValue(criterion="outcome", state="scored", value="partly_resolved", by="human"), "partly resolved", "human"),
        (FinalValue(criterion="tone", state="not_applicable", by="human"), "N/A", "human"),
        (FinalValue(criterion="tone", state="ungraded", conflict=True), "? conflict", ""),
        (FinalValue(criterion="tone", state="ungraded"), "not graded", ""),
        (None, "not graded", ""),
    ],
)
def test_what_counts(value: FinalValue | None, words: str, who: str) -> None:
    """A value, N/A, a conflict, or nothing; and who decided it."""
    assert (final(value), by(value)) == (words, who)
