"""The week's latency percentiles, with unanswered turns above everything measured."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalharness.stats.call_quantile import call_quantile
from evalharness.stats.interval import Interval
from evalharness.stats.quantile import quantile_interval, share_above, week_quantile
from tests.stats.oracle import the_oracle


@pytest.mark.parametrize(
    ("values", "unanswered", "q", "higher", "quantile"),
    [
        ([400], 0, 0.5, False, 400),
        ([400, 500], 0, 0.5, False, 450),  # position .5
        ([500, 400, 900], 0, 0.5, False, 500),  # position 1
        ([400, 500, 900], 1, 0.5, False, 700),  # position 1.5 of 4: between 500 and 900
        ([400, 500], 1, 0.5, False, 500),  # position 1 of 3: exactly the second, the unanswered one has no weight
        ([400, 500], 2, 0.5, False, "unanswered"),  # position 1.5 of 4: between 500 and an unanswered one
        ([400], 1, 0.5, False, "unanswered"),
        ([], 3, 0.5, False, "unanswered"),
        ([], 0, 0.5, False, None),
        (list(range(1, 102)), 0, 0.95, False, 96),  # position 95 of 101: exact
        (list(range(1, 101)), 0, 0.99, True, 100),  # position 98.01: the higher one, the 100th
        (list(range(1, 101)), 0, 0.99, False, 99.01),
        (list(range(1, 102)), 0, 0.99, True, 100),  # position 99: the 100th of 101
        (list(range(1, 101)), 1, 0.99, True, 100),  # 101 turns: the 100th is measured
        (list(range(1, 100)), 1, 0.99, True, "unanswered"),  # 100 turns: position 98.01, the 100th is unanswered
    ],
)
def test_quantiles_by_hand(values: list[float], unanswered: int, q: float, higher: bool, quantile: object) -> None:
    """Position q (m - 1) of m turns, counted from 0."""
    expected = quantile if isinstance(quantile, str | None) else pytest.approx(quantile)
    assert week_quantile(values, unanswered, q, higher) == expected
    assert call_quantile(values, unanswered, q, higher) == expected


@given(st.lists(st.floats(-1e300, 1e300), max_size=40), st.integers(0, 10), st.floats(0, 1), st.booleans())
def test_of_a_call_it_is_the_same_to_the_last_bit(values: list[float], unanswered: int, q: float, higher: bool) -> None:
    """Plain Python and numpy, for the few values of one call."""
    assert call_quantile(values, unanswered, q, higher) == week_quantile(values, unanswered, q, higher)


@pytest.mark.parametrize(
    ("values", "unanswered", "q"), [([1.0], 0, 1.1), ([1.0], -1, 0.5), ([math.nan], 0, 0.5), ([math.inf], 0, 0.5)]
)
def test_what_has_no_quantile_is_refused(values: list[float], unanswered: int, q: float) -> None:
    """By both, in the same words."""
    for quantile in (week_quantile, call_quantile):
        with pytest.raises(ValueError, match=f"no quantile {q} of 1 replies"):
            quantile(values, unanswered, q)


@given(st.lists(st.floats(0, 60_000), min_size=1, max_size=60), st.sampled_from([0.5, 0.95]))
def test_without_unanswered_turns_it_is_numpys_quantile(values: list[float], q: float) -> None:
    """Linear is numpy's default; higher is its `higher`."""
    assert week_quantile(values, 0, q) == pytest.approx(float(np.quantile(values, q)), abs=1e-6)
    assert week_quantile(values, 0, q, higher=True) in values


@given(st.lists(st.floats(0, 60_000), max_size=40), st.integers(0, 10), st.sampled_from([0.5, 0.95, 0.99]), st.booleans())
def test_one_more_unanswered_turn_never_lowers_it(values: list[float], unanswered: int, q: float, higher: bool) -> None:
    """Unanswered ranks above every measured value."""

    def rank(quantile: float | str | None) -> float:
        return -1.0 if quantile is None else math.inf if isinstance(quantile, str) else quantile

    now, more = (rank(week_quantile(values, count, q, higher)) for count in (unanswered, unanswered + 1))
    assert more >= now - 1e-6


@pytest.mark.parametrize(
    ("values", "unanswered", "q"), [([1], 0, 1.1), ([1], -1, 0.5), ([math.inf], 0, 0.5), ([math.nan], 0, 0.5)]
)
def test_what_is_no_reply_time_is_refused(values: list[float], unanswered: int, q: float) -> None:
    """A NaN among the replies would make the percentile a NaN."""
    with pytest.raises(ValueError, match="no quantile"):
        week_quantile(values, unanswered, q)


def test_woodruff_by_hand() -> None:
    """100 calls of one turn, 1 to 100: p50 = 50, F = .5, se = sqrt(100/99 * 25)/100 = .05025, t(99) = 1.984: .4003 to .5997.

    The order statistics at 40.03 and 59.97 of 100: counted from 0 the 40th and the 59th, 41 and 60.
    """
    limits = quantile_interval(np.arange(1, 101), np.arange(100), 0.5, guard=False)
    assert (limits.value, limits.low, limits.high, limits.state, limits.n, limits.n_eff) == (50, 41, 60, "ok", 100, 100)


def test_the_guard_takes_the_outer_of_two_limits() -> None:
    """2,000 calls of one turn, 1 to 2,000: p99 = 1,980, se = .002225, a = .98564 and b = .99436 symmetric: 1,972 and 1,989.

    Clopper-Pearson of 1,980 of 2,000: .98460 to .99388, so from the 1,970th on and no further up.
    """
    turns = np.arange(1, 2001)
    plain, guarded = (quantile_interval(turns, turns, 0.99, guard=guard) for guard in (False, True))
    assert (plain.low, plain.high) == (1972, 1989)
    assert (guarded.low, guarded.high) == (1970, 1989)


def test_turns_of_one_call_are_no_turns_of_many() -> None:
    """50 calls of ten equal turns know no more than 50 turns; ten times as many calls know more."""
    rng = np.random.default_rng(1)
    latency = rng.lognormal(6.5, 0.4, 50)
    repeated = quantile_interval(np.repeat(latency, 10), np.repeat(np.arange(50), 10), 0.5)
    alone = quantile_interval(latency, np.arange(50), 0.5)
    assert repeated.high - repeated.low == pytest.approx(alone.high - alone.low, rel=0.2)
    free = quantile_interval(rng.lognormal(6.5, 0.4, 500), np.arange(500), 0.5)
    assert free.high - free.low < (repeated.high - repeated.low) / 1.5


@pytest.mark.parametrize(
    ("calls", "q", "low", "high"),
    [(50, 0.99, True, False), (50, 0.01, False, True), (2000, 0.99, True, True), (5, 0.5, False, False)],
)
def test_a_limit_that_the_turns_do_not_give_is_infinite(calls: int, q: float, low: bool, high: bool) -> None:
    """p99 of 50 calls has no upper limit, p1 no lower, 2,000 calls have both, 5 calls have none."""
    limits = quantile_interval(np.arange(calls), np.arange(calls), q)
    assert (math.isfinite(limits.low), math.isfinite(limits.high)) == (low, high)
    assert limits.value is not None
    assert limits.low <= limits.value <= limits.high


def test_unanswered_turns_rank_above_every_measured_one() -> None:
    """One of 100 turns unanswered: p50 as before, and an upper limit near the end is unanswered too."""
    values = np.append(np.arange(99.0), math.inf)
    assert quantile_interval(values, np.arange(100), 0.5).value == 49
    assert quantile_interval(values, np.arange(100), 1.0).value == math.inf
    assert share_above(values, np.arange(100), 98.5).value == 0.01


def test_ties_and_single_calls_are_wide() -> None:
    """300 equal turns: nothing varies, order statistics of 30 calls; the turns of one call say nothing about others."""
    same = quantile_interval(np.full(300, 7.0), np.repeat(np.arange(30), 10), 0.5)
    assert (same.value, same.low, same.high, same.state) == (7, 7, 7, "wide")
    assert quantile_interval(np.full(300, 7.0), np.repeat(np.arange(30), 10), 0.99).high == math.inf
    one = quantile_interval([1, 2, 3], ["a", "a", "a"], 0.5)
    assert (one.value, one.low, one.high, one.state) == (2, -math.inf, math.inf, "wide")


@pytest.mark.parametrize(
    ("values", "call", "q", "why"),
    [
        ([1, 2], [0], 0.5, "differ"),
        ([math.nan], [0], 0.5, "not a number"),
        ([-math.inf], [0], 0.5, "number"),
        ([1], [0], 2, "no q"),
    ],
)
def test_turns_that_contradict_each_other_give_no_value(values: list[float], call: list[int], q: float, why: str) -> None:
    """Said in words, without limits."""
    limits = quantile_interval(values, call, q)
    assert (limits.value, limits.low, limits.high, limits.state) == (None, -math.inf, math.inf, "bad input")
    assert why in limits.note
    if q <= 1:
        assert share_above(values, call, 1.0).state == "bad input"


def test_no_turn_is_no_data() -> None:
    """Neither 0 ms nor 0 %."""
    assert quantile_interval([], [], 0.5) == Interval(None, -math.inf, math.inf, "no data")
    assert share_above([], [], 1500) == Interval(None, 0.0, 1.0, "no data")


def test_labels_of_any_kind_name_the_same_calls() -> None:
    """Text, sparse and dense whole numbers: calls without a turn count for nothing."""
    values = np.arange(60.0)
    dense = np.repeat(np.arange(20), 3)
    for labels in (dense * 2 + 5, dense * 10**9, np.array([f"call-{code}" for code in dense])):
        assert quantile_interval(values, labels, 0.5) == quantile_interval(values, dense, 0.5)
        assert share_above(values, labels, 30).low == pytest.approx(share_above(values, dense, 30).low)


@pytest.mark.parametrize("q", [0.05, 0.5, 0.95, 0.99])
def test_agrees_with_the_oracle(q: float) -> None:
    """As published: 250 seeded samples of 2 to 200 calls a quantile, some with ties; and shares above a limit."""
    oracle, rng = the_oracle(), np.random.default_rng(round(q * 100))
    for _ in range(250):
        sizes = rng.integers(1, 12, int(rng.integers(2, 200)))
        call = np.repeat(np.arange(len(sizes)), sizes)
        values = np.round(rng.lognormal(6.5, 0.5, call.size), -int(rng.integers(0, 3)))
        ours, theirs = quantile_interval(values, call, q, guard=False), oracle.quantile_interval(values, call, q)
        assert (ours.value, ours.low, ours.high, ours.state) == (theirs.value, theirs.low, theirs.high, theirs.state)
        guarded = quantile_interval(values, call, q)
        assert guarded.low <= ours.low <= ours.high <= guarded.high
        ours, theirs = share_above(values, call, 900), oracle.share_above(values, call, 900)
        assert (ours.value, ours.n) == (theirs.value, theirs.n)
        assert ours.low <= theirs.low + 1e-12
        assert ours.high >= theirs.high - 1e-12


def test_a_week_of_turns_takes_a_second_at_most() -> None:
    """1.5 million turns of 100,000 calls: p99 and the share above 1.5 s."""
    rng = np.random.default_rng(2)
    call, values = rng.integers(0, 100_000, 1_500_000), rng.lognormal(6.5, 0.5, 1_500_000)
    began = time.process_time()
    assert quantile_interval(values, call, 0.99).state == "ok"
    assert share_above(values, call, 1500).state == "ok"
    assert time.process_time() - began < 1


def test_the_rank_does_not_hang_on_rounding() -> None:
    """.55 x 20 = 11 is 11.000000000000002 in floating point: the 11th turn, not the 12th."""
    assert quantile_interval(np.arange(1.0, 21), np.arange(20), 0.55).value == 11
