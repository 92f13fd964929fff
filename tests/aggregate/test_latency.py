"""The week's latency against its bar: pools never mixed, unanswered turns on top, missing turns both ways."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalharness.aggregate.latency import QUANTILES, against, folded, measure, percentile, row
from evalharness.stats.quantile import quantile_interval, week_quantile
from tests.builders import a_latency_pool, a_threshold

P50 = a_threshold("latency_p50_ms", below=600)
P99 = a_threshold("latency_p99_ms", below=1500)
FAST, SLOW = (411.0, 423.0, 437.0, 459.0, 483.0), (611.0, 623.0, 637.0, 659.0, 683.0)


@pytest.mark.parametrize(
    ("name", "values", "unanswered", "expected"),
    [
        ("latency_p50_ms", (400, 500, 700), 0, 500.0),
        ("latency_p50_ms", (400, 500, 700, 900), 0, 600.0),  # between the two in the middle
        ("latency_p95_ms", tuple(range(101)), 0, 95.0),
        ("latency_p95_ms", (0, 100), 0, 95.0),  # linear
        ("latency_p99_ms", (0, 100), 0, 100.0),  # the higher one
        ("latency_p50_ms", (400, 500), 1, 500.0),  # 400, 500, unanswered
        ("latency_p50_ms", (400, 500), 2, math.inf),  # between 500 and unanswered
        ("latency_p99_ms", (400,) * 99, 1, math.inf),
        ("latency_p99_ms", (400,) * 199, 1, 400.0),  # position .99 x 199 = 197.01, so the 199th of 200
        ("latency_p50_ms", (), 3, math.inf),
        ("latency_p50_ms", (), 0, None),
    ],
)
def test_percentiles_by_hand(name, values, unanswered, expected):
    assert percentile(a_latency_pool(tuple(map(float, values)), unanswered=unanswered), name) == expected


@given(st.lists(st.integers(0, 60_000).map(float), min_size=1, max_size=30), st.integers(0, 5), st.integers(0, 10))
def test_missing_turns_can_only_move_a_percentile_to_their_side(values, unanswered, missing):
    pool = a_latency_pool(values, unanswered=unanswered, changes=len(values) + missing)
    for name, q in (("latency_p50_ms", 0.5), ("latency_p99_ms", 0.99)):
        best, seen, worst = (percentile(pool, name, missing_as=fill) for fill in (0.0, None, math.inf))
        assert best <= seen <= worst
        assert percentile(pool, name, missing_as=0.0) == percentile(
            a_latency_pool([*values, *[0.0] * missing], unanswered=unanswered), name
        )
        found = week_quantile(values, unanswered, q, higher=q == 0.99)
        assert seen == (math.inf if found == "unanswered" else found)


def test_a_measure_has_its_turns_and_the_missing_ones():
    found = measure(a_latency_pool((400.0, 500.0), unanswered=1, changes=4), "latency_p50_ms")
    assert (found.value, found.n, found.of, found.missing, found.unanswered) == (500.0, 3, 5, 2, False)
    assert found.note == "from the times of the turns (source demo)"


def test_an_unanswered_percentile_has_no_value():
    found = measure(a_latency_pool((400.0,), unanswered=2), "latency_p50_ms")
    assert (found.value, found.unanswered, found.n) == (None, True, 3)


@pytest.mark.parametrize(
    ("pools", "threshold", "verdict"),
    [
        ([a_latency_pool(FAST)], P50, "met"),
        ([a_latency_pool(SLOW)], P50, "missed"),
        ([a_latency_pool((*FAST[:2], 600.0, *SLOW[:2]))], P50, "missed"),  # 600 is not below 600
        ([a_latency_pool((*FAST[:2], 599.9, *SLOW[:2]))], P50, "met"),  # compared unrounded
        ([a_latency_pool(FAST, unanswered=7)], P50, "missed"),  # the median is an unanswered turn
        ([a_latency_pool(FAST, unanswered=1)], P99, "missed"),
        ([], P50, "not_measured"),
        ([a_latency_pool((), changes=9, anchor=None)], P50, "not_measured"),
    ],
)
def test_a_pool_against_the_bar(pools, threshold, verdict):
    assert against(pools, threshold).verdict == verdict


def test_pools_are_never_mixed():
    # together the median of 10 replies would be 547: below 600. Apart, one of the two misses
    found = against([a_latency_pool(FAST), a_latency_pool(SLOW, source="other")], P50)
    assert percentile(a_latency_pool(FAST + SLOW), "latency_p50_ms") == 547.0
    assert (found.verdict, found.measure.value) == ("missed", 637.0)
    assert found.measure.note == "from the times of the turns (source other)"


def test_shown_is_the_slowest_of_the_pools_that_pass():
    found = against([a_latency_pool(FAST), a_latency_pool(tuple(v + 50 for v in FAST), anchor="reported")], P50)
    assert (found.verdict, found.measure.value) == ("met", 487.0)


@pytest.mark.parametrize(("values", "verdict"), [(FAST, "not_proven"), (SLOW, "missed")])
def test_components_may_show_a_miss_and_never_a_pass(values, verdict):
    found = against([a_latency_pool(values, anchor="components")], P50)
    assert found.verdict == verdict
    assert ("leaves parts out" in found.reason) is (verdict == "not_proven")


@pytest.mark.parametrize(
    ("values", "coarse"),
    [
        ((1000, 0, 2000, 1000, 3000), True),  # whole seconds
        ((0, 0, 0, 0, 1000), True),
        ((0, 0, 0, 0, 0), True),  # no clock at all
        ((500, 1000, 1500, 500, 0), True),
        ((200, 400, 600, 800, 400), True),
        ((100, 400, 600, 800, 400), False),  # 100 ms is not coarser than 100 ms
        ((1000, 2000, 1000, 3000, 2500), True),  # halves of a second
        ((1000, 2000, 1000, 3000, 2501), False),
        ((1000, 2000), True),  # few, and they look like whole seconds: they decide nothing
        ((1000, 0, 3000, 2000), True),
        ((1000, 1100), False),
        ((400,), False),
        ((400,) * 20, False),  # always the same reply: a fixed delay, no clock
        ((1000,) * 4, False),
        ((999.9999, 2000.0001, 1000, 3000.0002, 1000), True),  # rounding of the clock's own seconds
        ((1000.5, 2000, 1000, 3000, 1000), False),
    ],
)
def test_a_clock_coarser_than_100_ms_decides_nothing(values, coarse):
    found = against([a_latency_pool(tuple(map(float, values)))], P50)
    assert (found.verdict == "not_measured") is coarse
    assert ("coarser" in found.reason) is coarse


@pytest.mark.parametrize(
    ("changes", "threshold", "verdict"),
    [
        (10, P50, "met"),  # 9 of 10 replies at 450: 90 % is enough
        (11, P50, "met"),  # 82 %, but 9 x 450 and 2 unknown: the median is 450 either way
        (20, P50, "not_proven"),  # 11 unknown of 20: it may be 0, it may be endless
        (11, P99, "not_proven"),
        (10, P99, "met"),
    ],
)
def test_below_90_per_cent_the_best_and_the_worst_case_decide(changes, threshold, verdict):
    values = tuple(450.0 + i for i in range(9))
    found = against([a_latency_pool(values, changes=changes)], threshold)
    assert found.verdict == verdict
    assert (found.reason != "") is (verdict == "not_proven")


def test_a_miss_in_best_and_worst_case_is_a_miss():
    # 9 of 11 replies at 700 and more: with two more at 0 the median is still 700
    assert against([a_latency_pool(tuple(700.0 + i for i in range(9)), changes=11)], P50).verdict == "missed"


@pytest.mark.parametrize(("blank", "verdict"), [(1, "not_proven"), (0, "met")])
def test_turns_without_any_time_belong_to_no_pool_and_still_count(blank, verdict):
    # 5 timed turns and 1 untimed one: 83 %
    pools = [a_latency_pool(FAST), a_latency_pool((), anchor=None, changes=blank)]
    found = against(pools, P50)
    assert found.verdict == verdict
    assert found.reason == ("only 83 % of the week's turns have a latency" if blank else "")


@pytest.mark.parametrize("values", [(), (431.0,)])
def test_the_row_of_a_pool(values):
    found = row(a_latency_pool(values, changes=2, anchor=None, missing=2 - len(values)))
    assert (found.n, found.anchor, found.coverage, found.slow_calls.n) == (len(values), "none", len(values) / 2, len(values))
    assert found.p50.value == (431.0 if values else None)
    assert found.slow_calls.value == (0.0 if values else None)


def test_the_share_of_slow_calls():
    assert row(a_latency_pool((400.0, 1600.0, 1500.0, 1700.0))).slow_calls.value == 0.5


def test_a_coverage_above_one_is_shown_as_whole():
    # two replies for one change: the log counts them differently, 2/1
    assert row(a_latency_pool((400.0, 500.0), changes=1)).coverage == 1.0


def a_clustered_pool(n=40, slow=0, **fields):
    """n calls of 5 replies 1 ms apart, each call 10 ms above the one before; the last `slow` ones have an unanswered turn."""
    values = [400.0 + 10 * call + turn for call in range(n) for turn in range(5)]
    of = {"call_index": np.repeat(np.arange(n), 5), "calls": n, "unanswered_index": np.arange(n - slow, n)}
    return a_latency_pool(values, **{**of, **fields})


def test_the_process_behind_the_week_has_limits_about_the_exact_percentiles():
    found = row(a_clustered_pool())
    # 200 turns of 40 calls: between the 100th (turn 4 of call 19: 594) and the 101st (turn 0 of call 20: 600) lies 597
    assert (found.p50.value, found.p50.low, found.p50.high) == (597.0, None, None)
    wide = found.process["p50"]
    assert (wide.value, wide.n, wide.name) == (597.0, 200, "latency_p50_ms")
    pool = a_clustered_pool()
    limits = quantile_interval(pool.values_ms, pool.call_index, 0.5)
    assert (wide.low, wide.high) == (limits.low, limits.high)
    # all turns of a call lie on one side: half-width t(39) x .5 / sqrt(39) = 2.023 x .080 = .16 of 40 calls, 6.5 calls of 10 ms
    assert wide.low == pytest.approx(597 - 65, abs=10)
    assert wide.high == pytest.approx(597 + 65, abs=10)
    assert wide.note == "the process behind the week: turns of 40 calls"


def test_turns_are_clustered_in_their_calls():
    # the same 200 values, each in a call of its own: the limits are narrower
    apart = row(a_clustered_pool(call_index=np.arange(200), calls=200)).process["p50"]
    together = row(a_clustered_pool()).process["p50"]
    assert together.low < apart.low < apart.high < together.high


def test_a_percentile_of_few_calls_has_no_upper_limit():
    found = row(a_clustered_pool()).process["p99"]
    # position .99 x 199 = 197.01, so the 199th of 200: turn 3 of call 39
    assert (found.value, found.high) == (793.0, None)
    assert found.low < 793.0
    assert "no upper limit" in found.note


def test_unanswered_turns_rank_above_every_value_in_the_limits_too():
    # 30 of 40 calls have one: 30 of 230 turns, so the p95 is unanswered, and so is the upper limit
    found = row(a_clustered_pool(slow=30)).process
    assert (found["p95"].value, found["p95"].unanswered, found["p95"].high) == (None, True, None)
    # position .5 x 229 = 114.5, between 400 + 10 x 22 + 4 and 400 + 10 x 23: 627
    assert found["p50"].value == 627.0
    assert found["p50"].low < 627.0 < found["p50"].high < 800


@pytest.mark.parametrize("pool", [a_latency_pool(()), a_latency_pool((), changes=4, missing=4, anchor=None)])
def test_without_a_turn_there_is_no_process(pool):
    assert row(pool).process == {}


def test_one_call_has_no_limits():
    found = row(a_clustered_pool(n=1)).process["p50"]
    assert (found.value, found.low, found.high, found.n) == (402.0, None, None, 5)
    assert found.note.endswith("no upper limit; one call: no limits")


def test_calls_without_any_reply_count_in_their_source_as_calls_of_their_own():
    # 3 calls answered once; 2 more calls whose callers nobody answered, one of them twice
    blank = a_latency_pool((), anchor=None, calls=2, unanswered_index=np.array([0, 1, 1]), changes=0, slow_calls=2)
    (pool,) = folded([a_latency_pool((400.0, 500.0, 600.0)), blank])
    assert list(pool.unanswered_index) == [3, 4, 4]
    assert (pool.calls, pool.slow_calls, pool.unanswered, pool.measured) == (5, 2, 3, 3)
    limits = quantile_interval([400.0, 500.0, 600.0, *[math.inf] * 3], [0, 1, 2, 3, 4, 4], QUANTILES["latency_p50_ms"])
    assert limits.n_eff == 5
    assert row(pool).process["p50"].note.startswith("the process behind the week: turns of 5 calls")


def test_slow_calls_are_of_all_calls_that_should_have_a_latency():
    """Three calls with a latency, one of them slow; in two more every reply lacks one: 1 of 3, of all 5 one to three."""
    pool = a_latency_pool((400.0, 500.0, 1600.0), due_calls=5, changes=7, missing=4)
    slow = row(pool).slow_calls
    assert (slow.value, slow.n, slow.of, slow.missing) == (1 / 3, 3, 5, 2)
    assert (slow.low, slow.high) == (1 / 5, 3 / 5)
    whole = row(a_latency_pool((400.0, 1600.0))).slow_calls
    assert (whole.n, whole.of, whole.missing, whole.low) == (2, 2, 0, None)
