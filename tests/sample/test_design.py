"""How many calls each stratum gives: by hand, then for any week."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalharness.errors import DrawError
from evalharness.models.sample import Stratum
from evalharness.sample.design import CORE, allocate, shadow, shadow_start, stratified
from tests.builders import WEEK

TAIL = Stratum(name="tail", when="outcome == follow_up", share=0.2)


def some_counts(*sizes: int, share: float | None = None):
    """Strata s0, s1 ... and `core` last, of these sizes, nine tenths of each judged; `share` is the first one's."""
    strata = [Stratum(name=f"s{h}", when="hour == 1", share=share if h == 0 else None) for h in range(len(sizes) - 1)]
    return [(stratum, N, N * 9 // 10) for stratum, N in zip([*strata, CORE], sizes, strict=True)]


@pytest.mark.parametrize(
    ("populations", "size", "expected"),
    [
        ([100], 35, [35]),
        ([20], 35, [20]),  # a small week is drawn whole
        ([0], 35, [0]),
        ([], 35, []),
        ([50, 50], 35, [18, 17]),  # 17.5 each: the seat of the tied remainders goes to the earlier stratum
        ([30, 70], 20, [8, 12]),  # 6 and 14: the first is raised to 8, the other gives 2
        ([300, 700], 40, [12, 28]),
        ([1000, 10, 10], 35, [19, 8, 8]),  # 34.3, .3, .3: both small ones raised to 8
        ([1000, 5, 10], 35, [22, 5, 8]),  # a stratum of 5 gives 5
        ([10, 10, 10, 1000], 35, [8, 8, 8, 11]),
        ([33, 33, 34], 35, [12, 11, 12]),  # 11.55, 11.55, 11.9: seats to .9, then the earlier .55
        ([0, 100], 20, [0, 20]),  # an empty stratum asks for nothing
        ([3, 4], 20, [3, 4]),
        ([8, 100], 20, [8, 12]),
    ],
)
def test_proportional_parts_by_hand(populations, size, expected):
    assert allocate(populations, [None] * len(populations), size) == expected


@pytest.mark.parametrize(
    ("populations", "shares", "size", "expected"),
    [
        ([100, 900], [0.2, None], 40, [8, 32]),  # 0.2 x 40
        ([100, 900], [0.3, None], 50, [15, 35]),
        ([100, 900], [0.2, None], 35, [8, 27]),  # 7 is raised to 8
        ([5, 900], [0.2, None], 40, [5, 35]),  # only 5 there
        ([100, 5], [0.2, None], 40, [35, 5]),  # the rest cannot fill its 32: the tail gives more
        ([100, 900], [0.9, None], 35, [27, 8]),  # 31.5 would leave core below its 8
        ([100, 100, 800], [0.2, None, None], 50, [10, 8, 32]),  # 40 left: 4.4 raised to 8, then 32
        ([50, 50, 900], [0.3, 0.4, None], 40, [12, 16, 12]),
        ([6, 6, 100], [0.4, 0.4, None], 35, [6, 6, 23]),
        ([10, 6], [0.5, None], 50, [10, 6]),  # all are drawn
    ],
)
def test_fixed_shares_by_hand(populations, shares, size, expected):
    assert allocate(populations, shares, size) == expected


@st.composite
def weeks(draw):
    """Any week the configuration allows: 20 to 50 calls, 2 strata below 35 and 4 from there on, shares together below 1."""
    size = draw(st.integers(20, 50))
    strata = draw(st.integers(1, 4 if size >= 35 else 2))
    populations = draw(st.lists(st.integers(0, 5000) | st.integers(0, 20), min_size=strata, max_size=strata))
    parts = st.none() | st.floats(0.01, 0.95 / 3) if size >= 35 else st.none()
    shares = [*draw(st.lists(parts, min_size=strata - 1, max_size=strata - 1)), None]
    return populations, shares, size


@given(weeks())
def test_any_allocation_sums_to_the_size_or_the_week_and_keeps_its_limits(week):
    populations, shares, size = week
    drawn = allocate(populations, shares, size)
    assert sum(drawn) == min(size, sum(populations))
    assert all(min(8, N) <= n <= N for n, N in zip(drawn, populations, strict=True))
    assert allocate(populations, shares, size) == drawn


@given(weeks())
def test_strata_between_the_limits_stand_in_proportion(week):
    """Two free strata above 8 calls each: their counts per call differ by less than one seat."""
    populations, shares, size = week
    drawn = allocate(populations, shares, size)
    free = [h for h, share in enumerate(shares) if share is None and 8 < drawn[h] < populations[h]]
    for g in free:
        for h in free:
            expected = drawn[h] * populations[g] / populations[h]
            assert abs(drawn[g] - expected) <= 1 + populations[g] / populations[h]


@given(st.lists(st.integers(0, 300), min_size=1, max_size=4), st.integers(1, 60))
def test_a_size_too_small_for_8_each_still_adds_up(populations, size):
    drawn = allocate(populations, [None] * len(populations), size)
    assert sum(drawn) == min(size, sum(populations))
    assert all(0 <= n <= N for n, N in zip(drawn, populations, strict=True))


def test_the_design_keeps_populations_and_judged_calls():
    design = stratified(WEEK, "1", 35, some_counts(100, 900), "channel == phone")
    assert [(s.stratum.name, s.population, s.drawn, s.judged) for s in design.strata] == [
        ("s0", 100, 8, 90),
        ("core", 900, 27, 810),
    ]
    assert (design.week, design.seed, design.size, design.scope, design.population, design.drawn) == (
        *(WEEK, "1", 35, "channel == phone", 1000, 35),
    )


@pytest.mark.parametrize(
    ("sizes", "size", "share", "words"),
    [
        ((10, 10, 10), 34, None, "3 strata are too many for 34 calls; at most 2, `core` counted"),
        ((10, 10, 10, 10, 10), 50, None, "5 strata are too many for 50 calls; at most 4, `core` counted"),
        ((10, 100), 34, 0.2, "a stratum with a fixed share needs a sample of 35 calls or more, not 34"),
    ],
)
def test_a_size_that_cannot_carry_its_strata_is_refused(sizes, size, share, words):
    with pytest.raises(DrawError) as caught:
        stratified(WEEK, "1", size, some_counts(*sizes, share=share), None)
    assert caught.value.what == words
    assert caught.value.where
    assert caught.value.why
    assert caught.value.fix


def test_a_larger_sample_is_no_remedy_for_five_strata():
    with pytest.raises(DrawError) as caught:
        stratified(WEEK, "1", 50, some_counts(10, 10, 10, 10, 10), None)
    assert caught.value.fix == "remove strata"


@pytest.mark.parametrize(("sizes", "size", "share"), [((10, 100), 20, None), ((9, 9, 9, 9), 35, None), ((10, 100), 35, 0.2)])
def test_at_the_limits_a_design_is_made(sizes, size, share):
    assert stratified(WEEK, "1", size, some_counts(*sizes, share=share), None).drawn == size


def test_every_kth_call_begins_at_the_hash():
    # printf '1|2026-W47' | md5sum, as a number, modulo 5
    expected = int(hashlib.md5(b"1|2026-W47").hexdigest(), 16) % 5
    assert shadow_start("1", WEEK, 5) == expected
    assert {shadow_start(str(seed), WEEK, 5) for seed in range(60)} == {0, 1, 2, 3, 4}


@given(st.integers(0, 400), st.integers(1, 60), st.integers(0, 50))
def test_every_kth_call_counts_as_many_as_it_takes(N, k, seed):
    design = shadow(WEEK, str(seed), k, (N, N), None)
    assert design.drawn == len([i for i in range(N) if i % k == shadow_start(str(seed), WEEK, k)])
    assert (design.every_nth, design.strata[0].population) == (k, N)
