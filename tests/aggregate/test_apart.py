"""Why people and LLM together give what neither gives alone: in a sentence with the figures, and only where they do."""

from __future__ import annotations

import pytest

from evalharness.aggregate.apart import apart
from evalharness.models.measure import Measure
from tests.builders import a_measure


def a_score(value: float | None) -> Measure:
    """A mean score of 35 calls."""
    return Measure(name="tone", unit="score", value=value, n=35, of=140, basis="sample")


def test_a_figure_outside_both_is_explained() -> None:
    """People 55 %, the LLM 60 % on the same calls and 49 % on all: 49 + (55 - 60) = 44, below either."""
    assert apart(a_measure(0.55), a_measure(0.49), 0.44, 0.6) == (
        "the LLM alone has 60 % on the calls that people read and 49 % on all; people are 5 points below it on the same calls, "
        "so both together are below either"
    )


def test_upwards_level_and_of_scores() -> None:
    """One point above in words; nothing between people and LLM; a score has a digit."""
    assert "people are 1 point above it on the same calls, so both together are above either" in apart(
        a_measure(0.55), a_measure(0.6), 0.61, 0.54
    )
    assert "level with it" in apart(a_measure(0.55), a_measure(0.6), 0.61, 0.55)
    assert apart(a_score(70.0), a_score(66.0), 63.0, 73.0).startswith("the LLM alone has 73 on the calls that people read")


@pytest.mark.parametrize(
    ("people", "llm", "both", "where_read"),
    [(0.55, 0.49, 0.5, 0.6), (0.55, 0.49, 0.49, 0.6), (None, 0.49, 0.3, 0.6), (0.55, None, 0.3, 0.6), (0.55, 0.49, 0.3, None)],
)
def test_nothing_to_explain(people, llm, both, where_read) -> None:
    """Between the two, at one of them, or one of the figures is not known."""
    assert apart(a_measure(people), a_measure(llm), both, where_read) == ""
