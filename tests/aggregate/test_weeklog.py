"""What the log alone says of all calls of a week."""

from __future__ import annotations

import pytest

from evalharness.aggregate.summary import summarise
from evalharness.aggregate.weeklog import WeekLog, calls_with, group_name, hits_of, largest_first, over_all_calls, technical
from evalharness.models.finding import FigureTally
from evalharness.models.measure import Measure
from evalharness.models.measured import Meaning
from tests.aggregate.building import a_week, the_facts
from tests.builders import a_latency_pool, a_measure

ERRORS = Meaning(figure="tool_errors", unit="count", words="tool calls that failed")


def tally(n: int, hits: int, calls: int = 100) -> FigureTally:
    """n of the calls have the figure, hits of them above 0."""
    return FigureTally("tool_errors", "all", "", calls, n, hits, float(hits))


def test_technical_failures_are_of_calls_in_scope() -> None:
    """Three of 43; two calls out of scope are not asked."""
    found = technical([one for one in the_facts(40, technical=3, out=2) if one.in_scope])
    assert (found.value, found.n) == (pytest.approx(3 / 43), 43)
    assert technical([]).value is None


def test_a_share_is_of_the_calls_whose_log_tells() -> None:
    """4 of 95: exact enough. 4 of 60 with 40 that do not tell: 4 to 44 of 100. None that tell: no value."""
    most, few, none = calls_with(tally(95, 4), ERRORS), calls_with(tally(60, 4), ERRORS), calls_with(tally(0, 0), ERRORS)
    assert (most.value, most.n, most.missing, most.low) == (pytest.approx(4 / 95), 95, 5, None)
    assert (few.value, few.low, few.high) == (pytest.approx(4 / 60), 0.04, 0.44)
    assert (none.value, none.n, none.of) == (None, 0, 100)


def test_a_figure_of_some_calls_misses_none_of_the_others() -> None:
    """20 transferred calls of 100, as `measured` tells them: the 80 others are not missing."""
    found = calls_with(tally(20, 4), ERRORS.model_copy(update={"among": "calls handed to a human"}))
    assert (found.n, found.of, found.missing, found.low) == (20, 100, 0, None)
    assert found.note.endswith("of calls handed to a human")


def test_hits_are_whole_calls_of_counted_shares_alone() -> None:
    """0.07 x 100 is 7; a judged share and a cost count no calls."""
    assert hits_of(Measure(name="slow_calls", unit="share", value=0.07, n=100, of=100)) == 7
    assert hits_of(a_measure(0.7, basis="sample")) is None
    assert hits_of(Measure(name="cost_per_call", unit="money", value=0.3, n=100, of=100)) is None
    assert hits_of(Measure(name="slow_calls", unit="share")) is None


def test_the_largest_pool_is_the_one_with_most_measured_replies() -> None:
    """Three replies before two and four unanswered turns: it is the pool whose slow calls the week tells."""
    few, many = a_latency_pool((400.0, 500.0), unanswered=4, anchor="reported"), a_latency_pool((400.0, 500.0, 700.0))
    assert largest_first([few, many]) == [many, few]
    summary = summarise(a_week(latency=[few, many]))
    slow = next(one for one in over_all_calls(summary, WeekLog()) if one.name == "slow_calls")
    assert slow.n == many.calls


def test_hours_have_two_digits() -> None:
    """9 is 09; an intent of that name stays."""
    assert (group_name("hour", "9"), group_name("hour", ""), group_name("intent", "9")) == ("09", "", "9")
