"""Figures over calls: no order of the rows changes a number, and missing ones count nowhere."""

from __future__ import annotations

import random
import statistics

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from evalharness.store.found import to_tallies

values = st.none() | st.floats(-1e6, 1e6)
rows = st.lists(st.tuples(st.sampled_from(["", "v1", "v2"]), values), max_size=30)


def table(given_rows):
    """As the engine gives them."""
    versions, numbers = [row[0] for row in given_rows], [row[1] for row in given_rows]
    text = pa.array(versions, pa.string())
    return pa.table({"version": text, "intent": text, "hour": text, "loops": pa.array(numbers, pa.float64())})


@settings(deadline=None)
@given(rows, st.randoms(use_true_random=False))
def test_the_order_of_calls_changes_nothing(drawn, chance: random.Random):
    """Sums too, to the last digit."""
    shuffled = list(drawn)
    chance.shuffle(shuffled)
    assert to_tallies(table(shuffled), ["loops"]) == to_tallies(table(drawn), ["loops"])


@settings(deadline=None)
@given(rows)
def test_missing_calls_count_as_calls_and_nowhere_else(drawn):
    """Against plain Python."""
    (whole, *groups) = to_tallies(table(drawn), ["loops"], ("all", "version"))
    known = [number for _, number in drawn if number is not None]
    assert (whole.calls, whole.n, whole.hits) == (len(drawn), len(known), sum(number > 0 for number in known))
    if known:
        assert (whole.low, whole.high) == (min(known), max(known))
        assert whole.median == statistics.median(known)
    else:
        assert (whole.low, whole.median, whole.high, whole.total) == (None, None, None, 0.0)
    assert sum(group.calls for group in groups) == len(drawn)
    assert [group.group for group in groups] == sorted({version for version, _ in drawn})


@settings(deadline=None)
@given(rows)
def test_a_call_without_the_figure_moves_no_number(drawn):
    """Only `calls` grows."""
    before, after = (to_tallies(table(held), ["loops"], ("all",))[0] for held in (drawn, [*drawn, ("v1", None)]))
    assert (after.calls, after.n, after.hits, after.total) == (before.calls + 1, before.n, before.hits, before.total)
    assert (after.low, after.median, after.high) == (before.low, before.median, before.high)
