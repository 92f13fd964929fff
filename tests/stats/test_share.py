"""Shares from weighted samples: reference rows, the oracle, and honesty where there is little to go on."""

from __future__ import annotations

import math
import time
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import hypergeom

from evalharness.stats.exact import no_hit_limit
from evalharness.stats.share import Interval, clopper_pearson, hypergeometric_limits, weighted_share
from tests.stats.oracle import the_oracle

STRATA = ["core"] * 30 + ["tail"] * 20
WEEK = {"core": 900, "tail": 100}
PROCESS = {"core": 9 * 10**8, "tail": 10**8}


def _hits(core: int, tail: int) -> list[int]:
    """That many hits of 30 core and of 20 tail calls."""
    return [int(i < core) for i in range(30)] + [int(i < tail) for i in range(20)]


def test_korn_graubard_reference_row() -> None:
    """2/30 + 5/20 with W = (.9, .1): .9 * 2/30 + .1 * 5/20 = .085; limits without finite-population term, df = 48."""
    share = weighted_share(_hits(2, 5), None, STRATA, PROCESS, guard=False)
    assert (share.value, share.low, share.high) == pytest.approx((0.085, 0.02149, 0.21229), abs=5e-6)
    assert (share.state, share.n) == ("ok", 50)


def test_the_finite_week_is_known_a_little_better() -> None:
    """The same sample of 900 + 100 calls: .02236 to .20867; v = .0775/42.4, so the guard takes Kish's 36.36 calls instead.

    Times (t(49) / t(30.07))^2 = (2.00958 / 2.04205)^2: w^2 n = 27,000 and 500, 27,500^2 / (27,000^2/29 + 500^2/19) = 30.07.
    """
    share, guarded = (weighted_share(_hits(2, 5), None, STRATA, WEEK, guard=guard) for guard in (False, True))
    assert guarded.n_eff == pytest.approx(36.36 * (2.00958 / 2.04205) ** 2, abs=0.02)
    assert guarded.low < share.low < share.high < guarded.high
    assert (share.low, share.high) == (pytest.approx(0.02236, abs=5e-6), pytest.approx(0.20867, abs=5e-6))


def test_no_hit_takes_kishs_effective_number_of_calls() -> None:
    """1 / (.9^2/30 + .1^2/20) = 36.36 calls, times (t(49)/t(48))^2 = .99904: 1 - .025^(1/36.33) = .0966."""
    share = weighted_share(_hits(0, 0), None, STRATA, WEEK, guard=False)
    assert share.n_eff == pytest.approx(36.36 * 0.99904, abs=0.02)
    assert (share.value, share.low, share.high) == (0, 0, pytest.approx(0.0966, abs=1e-4))


def test_no_hit_holds_wherever_the_hits_hide() -> None:
    """All of them in the core, 30 of 900 seen: (900 - 14.5)/1000 (1 - .025^(1/30)) = .1025, above Kish's .0966.

    With a tail of 20 of 900 they hide best in the tail: 890.5/1800 (1 - .025^(1/20)) = .0833.
    """
    assert weighted_share(_hits(0, 0), None, STRATA, WEEK).high == pytest.approx(0.1025, abs=1e-4)
    assert no_hit_limit(np.array([30.0, 20.0]), np.array([900.0, 900.0])) == pytest.approx(0.0833, abs=1e-4)
    assert weighted_share(_hits(0, 0), None, STRATA, {"core": 900, "tail": 900}).high >= 0.0833


def test_one_more_failure_would_lower_the_limit_without_the_guard() -> None:
    """The method as published: 9.7 % at no failure, 8.1 % at one in the tail."""
    none, one = (weighted_share(_hits(0, tail), None, STRATA, WEEK, guard=False).high for tail in (0, 1))
    assert (none, one) == (pytest.approx(0.097, abs=5e-4), pytest.approx(0.081, abs=5e-4))


@pytest.mark.parametrize(("drawn", "population"), [((30, 20), (900, 100)), ((12, 8), (800, 200)), ((6, 5, 4), (50, 30, 20))])
def test_one_more_failure_never_lowers_the_upper_limit(drawn: tuple[int, ...], population: tuple[int, ...]) -> None:
    """Every possible sample of the design against each that has one hit more; mirrored, one hit fewer never raises the lower."""
    strata = [h for h, n in enumerate(drawn) for _ in range(n)]
    limits = {}
    for hits in product(*(range(n + 1) for n in drawn)):
        y = [int(i < hits[h]) for h, n in enumerate(drawn) for i in range(n)]
        limits[hits] = weighted_share(y, None, strata, dict(enumerate(population)), tail=0.05)
    for hits, share in limits.items():
        for h in range(len(drawn)):
            more = limits.get((*hits[:h], hits[h] + 1, *hits[h + 1 :]))
            assert more is None or (more.high >= share.high - 1e-12 and more.low >= share.low - 1e-12)


def test_one_slow_turn_does_not_narrow_the_limits() -> None:
    """50 calls of 10 turns, one turn slow: without the guard .97 % where none slow gives 6 %."""
    turns, slow = np.full(50, 10), np.zeros(50)
    none = weighted_share(slow, turns).high
    slow[0] = 1
    assert weighted_share(slow, turns, guard=False).high < none <= weighted_share(slow, turns).high


@pytest.mark.parametrize(("k", "n"), [(0, 20), (17, 20), (1, 50), (50, 50)])
def test_one_stratum_is_exact(k: int, n: int) -> None:
    """No population: Clopper-Pearson; a week of 100: hypergeometric."""
    hits = [1] * k + [0] * (n - k)
    process, week = weighted_share(hits), weighted_share(hits, population={"all": 100})
    assert (process.low, process.high) == clopper_pearson(k, n)
    assert (week.low * 100, week.high * 100) == pytest.approx(hypergeometric_limits(k, n, 100))


def test_a_domain_takes_only_its_own_calls() -> None:
    """Sensitivity 3 of 4: 20 calls, 4 of them failed, 3 of these found; never tighter than 3 of 4 drawn as such.

    e = (hits - .75 sizes)/4: v = 20/19 (3 * .25^2 + .75^2)/16 = .0493, .1875/v = 3.8 calls; t(3)/t(3) = 1.
    """
    failed = [1] * 4 + [0] * 16
    found = [1, 1, 1, 0] + [0] * 16
    share = weighted_share(found, failed)
    assert (share.value, share.n, share.n_eff) == (0.75, 4, pytest.approx(3.8))
    assert share.low <= clopper_pearson(3, 4)[0]
    assert share.high >= clopper_pearson(3, 4)[1]


def test_a_domain_without_calls_is_no_data() -> None:
    """No failed call among 20: sensitivity is not 0 and not 1."""
    share = weighted_share([0] * 20, [0] * 20)
    assert (share.value, share.low, share.high, share.state) == (None, 0, 1, "no data")


def test_nothing_graded_is_no_data() -> None:
    """Empty is not zero."""
    assert weighted_share([]) == weighted_share([], population={"a": 5}) == Interval(None, 0.0, 1.0, "no data")


def test_a_stratum_without_a_graded_call_may_hold_anything() -> None:
    """0 of 20 in 90 % of the week; the other 10 % unseen: at least .1 + .9 * what 0 of 20 leaves open, less the finite term."""
    share = weighted_share([0] * 20, None, ["a"] * 20, {"a": 900, "b": 100})
    assert (share.value, share.low, share.state) == (0, 0, "wide")
    assert share.high == pytest.approx(0.1 + 0.9 * 0.1684, abs=0.005)
    assert "10 %" in share.note
    assert weighted_share([0, 1], [0, 1], ["a"] * 2, {"a": 9, "b": 1}).high == 1


def test_a_lone_call_in_a_stratum_is_wide() -> None:
    """One graded call of 10 tail calls says little, also when it is the only hit."""
    share = weighted_share([0, 0, 0, 1], None, ["a", "a", "a", "b"], {"a": 90, "b": 10})
    assert share.state == "wide"
    assert share.high > 0.5


def test_strata_that_do_not_vary_inside_keep_a_width() -> None:
    """All of b hit, none of a: v = 0 although p = .5."""
    share = weighted_share([0] * 10 + [1] * 10, None, ["a"] * 10 + ["b"] * 10, {"a": 500, "b": 500})
    assert share.value == 0.5
    assert share.high - share.low > 0.3


def test_everything_graded_is_the_exact_value() -> None:
    """1 of 3 calls, both strata whole."""
    assert weighted_share([0, 0, 1], None, ["a", "a", "b"], {"a": 2, "b": 1}) == Interval(1 / 3, 1 / 3, 1 / 3, "census", 3, 3)


def test_graded_calls_are_known_in_a_finite_week() -> None:
    """9 of 10 graded in each of two strata, 4 hits: at least 4 of 20, at most 6 of 20."""
    hits = [1, 1, 0, 0, 0, 0, 0, 0, 0] * 2
    share = weighted_share(hits, None, ["a"] * 9 + ["b"] * 9, {"a": 10, "b": 10})
    assert share.low >= 4 / 20
    assert share.high <= 6 / 20 + 1e-12


@pytest.mark.parametrize(
    ("hits", "options", "why"),
    [
        ([0, 1, 0], {"stratum": ["a"] * 3, "population": {"a": 2}}, "more graded calls"),
        ([0, 1], {"stratum": ["a", "b"]}, "several strata"),
        ([0, 1], {"stratum": ["a", "x"], "population": {"a": 9}}, "more graded calls"),
        ([2], {}, "outside"),
        ([-1], {}, "outside"),
        ([math.nan], {}, "outside"),
        ([1, 0], {"stratum": ["a"]}, "1 stratum labels"),
        ([1, 0], {"sizes": [1]}, "differ in number"),
    ],
)
def test_counts_that_contradict_each_other_give_no_value(hits: list[float], options: dict[str, object], why: str) -> None:
    """Said in words, with the widest limits."""
    share = weighted_share(hits, **options)
    assert (share.value, share.low, share.high, share.state) == (None, 0, 1, "bad input")
    assert why in share.note


def _a_random_sample(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, list[int], dict[int, int]]:
    population = {h: int(rng.integers(0, 300)) for h in range(int(rng.integers(1, 5)))}
    drawn = {h: int(rng.integers(0, min(N, 25) + 1)) for h, N in population.items()}
    strata = [h for h, n in drawn.items() for _ in range(n)]
    sizes = np.array([np.ones(len(strata)), rng.integers(0, 6, len(strata)), rng.random(len(strata)) < 0.4])[rng.integers(3)]
    hits = np.minimum(rng.random(len(strata)) < rng.choice([0, 0.05, 0.3, 1]), 1) * sizes
    return hits, sizes, strata, population


def test_agrees_with_the_oracle() -> None:
    """1,000 seeded samples of verdicts, turns and domains: equal as published but for domains; the guard only widens."""
    oracle, rng, equal = the_oracle(), np.random.default_rng(7), 0
    for _ in range(1000):
        hits, sizes, strata, population = _a_random_sample(rng)
        for guard in (True, False):
            sample = hits, sizes, strata, population, 0.05, guard
            ours, theirs = weighted_share(*sample), oracle.weighted_share(*sample)
            assert (ours.value, ours.state, ours.n) == (theirs.value, theirs.state, theirs.n)
            assert ours.low <= theirs.low + 1e-12
            assert ours.high >= theirs.high - 1e-12
            if not guard and (sizes > 0).all():
                assert (ours.low, ours.high, ours.n_eff) == pytest.approx((theirs.low, theirs.high, theirs.n_eff))
                equal += 1
    assert equal > 300


def test_fifty_calls_in_two_strata_take_a_millisecond() -> None:
    """The median of 200 calls, as the machine has other work too."""
    times = []
    for _ in range(200):
        began = time.perf_counter()
        weighted_share(_hits(2, 1), None, STRATA, WEEK)
        times.append(time.perf_counter() - began)
    assert sorted(times)[100] < 0.002


@given(st.integers(0, 2**32), st.sampled_from([0.025, 0.05]))
def test_never_nan_and_never_certain_without_a_census(seed: int, tail: float) -> None:
    """Limits around the value, inside 0..1, and of no width only where everything was graded."""
    hits, sizes, strata, population = _a_random_sample(np.random.default_rng(seed))
    share = weighted_share(hits, sizes, strata, population, tail)
    assert 0 <= share.low <= share.high <= 1
    assert share.value is None or share.low - 1e-9 <= share.value <= share.high + 1e-9 or share.state == "wide"
    assert share.low < share.high or share.state == "census" or len(strata) >= (1 - tail) * sum(population.values())
    assert (share.value is None) == (sizes.sum() == 0)


@pytest.mark.parametrize("hits", [(0, 0), (3, 0), (0, 2), (30, 20), (30, 18), (7, 11)])
def test_hits_and_misses_mirror_each_other(hits: tuple[int, int]) -> None:
    """The limits of the misses are one minus those of the hits, also where none or all are hits."""
    y = np.array(_hits(*hits))
    share, mirror = weighted_share(y, None, STRATA, WEEK), weighted_share(1 - y, None, STRATA, WEEK)
    assert (mirror.low, mirror.high) == pytest.approx((1 - share.high, 1 - share.low), abs=1e-9)


@pytest.mark.parametrize("slow", [(0, 0), (9, 0), (0, 12), (280, 200)])
def test_slow_and_fast_turns_mirror_each_other(slow: tuple[int, int]) -> None:
    """Ten turns a call, the slow ones as dense as they can lie."""
    y = np.concatenate([np.clip(total - 10 * np.arange(calls), 0, 10) for total, calls in zip(slow, (30, 20), strict=True)])
    turns = np.full(50, 10)
    share, mirror = weighted_share(y, turns, STRATA, WEEK), weighted_share(turns - y, turns, STRATA, WEEK)
    assert (mirror.low, mirror.high) == pytest.approx((1 - share.high, 1 - share.low), abs=1e-9)


def test_of_turns_the_call_that_pulls_most_counts_twice() -> None:
    """40 calls of 5 turns, one slow turn in 10 of them and 5 slow in one: p = 15/200 = .075, e = (y - 5 p)/200.

    v = 40/39 sum e^2 (sum e = 0) = 40/39 (10 x .625^2 + 4.625^2 + 29 x .375^2)/200^2 = .0007522; most is (4.625/200)^2 = .0005348
    more; n_eff = p(1-p)/.001287 = 53.9, times (t(199)/t(39))^2 = (1.97196/2.02269)^2.
    """
    y = [5] + [1] * 10 + [0] * 29
    v = 40 / 39 * (10 * 0.625**2 + 4.625**2 + 29 * 0.375**2) / 200**2 + (4.625 / 200) ** 2
    n_eff = 0.075 * 0.925 / v * (1.971957 / 2.022691) ** 2
    assert weighted_share(y, [5] * 40).n_eff == pytest.approx(n_eff, rel=1e-5)


@pytest.mark.parametrize("guard", [True, False])
def test_few_calls_that_stand_for_most_of_the_week_carry_the_limits(guard: bool) -> None:
    """11 of 700 calls and 8 of 100 three times, no hit in the small strata: what is seen is k of 11, so errors are summed.

    Lower and upper 5 % bounds over weeks of 0 to 700 hits: up to 5.1 % with the guard (6.3 % by calls less strata), 11 % as
    published.
    """
    drawn, population = (11, 8, 8, 8), (700, 100, 100, 100)
    strata = [h for h, n in enumerate(drawn) for _ in range(n)]
    found = [
        weighted_share([int(i < k) for i in range(35)], None, strata, dict(enumerate(population)), 0.05, guard) for k in range(12)
    ]
    low, high = np.array([share.low for share in found]), np.array([share.high for share in found])
    wrong = []
    for hits in range(701):
        chances = hypergeom.pmf(np.arange(12), 700, hits, 11)
        wrong += [chances[low > hits / 1000 + 1e-9].sum(), chances[high < hits / 1000 - 1e-9].sum()]
    assert max(wrong) == pytest.approx(0.051 if guard else 0.111, abs=0.0005)
