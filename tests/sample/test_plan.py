"""What grading so many calls can show: against the tables of exact binomial figures, by enumeration, and by hand."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from math import comb

import pytest

from evalharness.models.plan import Assumed
from evalharness.models.sample import Design, Stratum, StratumSize
from evalharness.models.summary import Population
from evalharness.sample import plan
from evalharness.sample.plan import carried, is_judged, judged, planned_check, planning_rate
from evalharness.stats.exact import hypergeometric_limits
from evalharness.stats.share import weighted_share
from tests.builders import WEEK, a_threshold

RESOLUTION = a_threshold("resolution_rate", at_least=0.6)
FAILURES = a_threshold("clear_failure_rate", below=0.01)
CORRECT = a_threshold("share_4_5.correctness", at_least=0.8)
MANY = 100_000


def a_week(judged_calls: int, technical: int = 0, unseen: int = 0) -> Population:
    calls = judged_calls + technical + unseen
    return Population(
        calls=calls, out_of_scope=0, technical=technical, judged=judged_calls, unseen=unseen, gradable=judged_calls,
        without_transcript=unseen + technical,
    )  # fmt: skip


def a_design_of(**strata: tuple[int, int, int]) -> Design:
    """Strata in order: (population, drawn, judged)."""
    sizes = tuple(StratumSize(stratum=Stratum(name=name), population=N, drawn=n, judged=M) for name, (N, n, M) in strata.items())
    return Design(week=WEEK, seed="1", size=sum(n for _, n, _ in strata.values()), strata=sizes)


def one(drawn: int, population: int = MANY) -> Design:
    return a_design_of(core=(population, drawn, population))


def assume(threshold, rate: float, **fields: object) -> Assumed:
    return Assumed(**{"threshold": threshold, "rate": rate, "why": "assumed", "since": WEEK, **fields})


@pytest.mark.parametrize(
    ("calls", "truth", "power"),
    [(20, 0.7, 0.11), (20, 0.8, 0.41), (35, 0.7, 0.23), (35, 0.8, 0.75), (50, 0.7, 0.33), (50, 0.8, 0.89)],
)
def test_the_chance_to_show_a_resolution_above_its_bar(calls, truth, power):
    """The table of what 20 to 50 calls can show: a week of 100,000 calls is as good as endless."""
    bar = a_threshold("resolution_rate", above=0.6)
    found = planned_check(one(calls), a_week(MANY), assume(bar, truth))
    assert found.met == pytest.approx(power, abs=0.005)
    assert found.chance >= found.met


@pytest.mark.parametrize(("calls", "high"), [(20, 0.168), (35, 0.100), (50, 0.071)])
def test_no_failure_leaves_an_interval_as_wide_as_the_exact_one(calls, high):
    """Two-sided: 1 - .025^(1/n)."""
    found = planned_check(one(calls), a_week(MANY), assume(FAILURES, 0.0))
    assert (found.low, found.high) == (0.0, pytest.approx(high, abs=0.0006))
    assert found.width == found.high
    assert (found.chance, found.met, found.graded) == (0.0, 0.0, calls)


def test_a_week_of_which_all_calls_are_graded_is_decided():
    """30 of 30: no width; 40 of 100 known, 4 failed in truth: missed for certain."""
    found = planned_check(one(30, 30), a_week(30), assume(RESOLUTION, 0.7))
    assert (found.width, found.worth) == (0.0, 30)
    # of 30, 18 or more resolved: P(X >= 18 | 30, .7) = .9155
    assert found.chance == pytest.approx(1.0)
    assert found.met == pytest.approx(0.9155, abs=0.0002)


def test_the_chance_is_the_sum_over_every_outcome():
    """8 judged calls, 5 drawn, each resolved with chance 1/2: every week and every draw enumerated.

    The bounds see only the count; of 2^8 equally likely weeks and 56 draws each, the share that decides is the chance.
    """
    bar = a_threshold("resolution_rate", at_least=0.5)
    decided = met = total = 0
    for week in range(2**8):
        calls = [(week >> i) & 1 for i in range(8)]
        for chosen in combinations(calls, 5):
            low, high = hypergeometric_limits(sum(chosen), 5, 8, 0.05)
            met += Fraction(low, 8) >= Fraction(1, 2)
            decided += Fraction(low, 8) >= Fraction(1, 2) or Fraction(high, 8) < Fraction(1, 2)
            total += 1
    found = planned_check(one(5, 8), a_week(8), assume(bar, 0.5))
    assert found.chance == pytest.approx(decided / total, abs=1e-12)
    assert found.met == pytest.approx(met / total, abs=1e-12)
    assert 0 < met < decided < total


@pytest.mark.parametrize(("calls", "weeks", "week"), [(20, 19, "2027-W12"), (35, 11, "2027-W04"), (50, 8, "2027-W01")])
def test_clean_weeks_show_less_than_one_percent_after_377_calls(calls, weeks, week):
    """377 / 20 = 18.9, / 35 = 10.8, / 50 = 7.5; this week is the first of them."""
    found = planned_check(one(calls), a_week(MANY), assume(FAILURES, 0.0))
    assert (found.weeks, found.week, found.per_week) == (weeks, week, calls)


def test_what_is_accumulated_so_far_counts():
    """300 clean calls since W40: 77 are missing, so the second week of 50 decides; 377 are enough already."""
    so_far = {"since": "2026-W40", "through": "2026-W46"}
    found = planned_check(one(50), a_week(MANY), assume(FAILURES, 0.0, n=300, needed=377, **so_far))
    assert (found.weeks, found.week, found.since, found.accumulated) == (2, "2026-W48", "2026-W40", 300)
    done = planned_check(one(50), a_week(MANY), assume(FAILURES, 0.0, n=377, needed=377, **so_far))
    assert (done.weeks, done.week) == (0, "2026-W46")
    never = planned_check(one(50), a_week(MANY), assume(FAILURES, 0.0, n=300, **so_far))
    assert (never.weeks, never.week) == (None, None)


def test_a_rate_on_its_bar_is_never_decided():
    found = planned_check(one(50), a_week(MANY), assume(RESOLUTION, 0.6))
    assert (found.week, found.weeks, found.horizon) == (None, None, 104)
    assert found.chance <= 0.1  # at most .05 on each side


def test_what_the_log_shows_counts_in():
    """3 technical failures of 103 calls: 2.9 % whatever is graded, so "below 1 %" is missed for certain, and at once."""
    found = planned_check(one(50, 100), a_week(100, technical=3), assume(FAILURES, 0.0))
    assert found.assumed == pytest.approx(3 / 103)
    assert found.low == pytest.approx(3 / 103)
    assert (found.chance, found.met, found.weeks) == (1.0, 0.0, 1)
    # as unresolved calls they lower the resolution: 70 of 103 is 80/103 x .875
    resolved = planned_check(one(50, 100), a_week(100, technical=3), assume(RESOLUTION, 0.7))
    assert resolved.assumed == pytest.approx(0.7)
    assert resolved.high < 1 - 3 / 103 + 1e-9


def test_calls_nobody_can_read_are_taken_both_ways():
    """2 unseen of 100: no clean sample can show less than 1 %, though none fails."""
    found = planned_check(one(50, 98), a_week(98, unseen=2), assume(FAILURES, 0.0))
    assert (found.low, found.chance, found.week) == (0.0, 0.0, None)
    assert found.high > 0.02


def test_a_share_of_good_answers_is_one_of_the_judged_calls():
    """Technical failures and unread calls do not enter it."""
    plain = planned_check(one(50, 100), a_week(100), assume(CORRECT, 0.9))
    other = planned_check(one(50, 100), a_week(100, technical=9, unseen=4), assume(CORRECT, 0.9))
    assert other == plain


def test_an_oversampled_tail_costs_precision():
    """Half of 50 calls from a tail of 10 %: worth 1 / (.1^2/25 + .9^2/25) = 30.5; the interval is wider, the chance smaller."""
    alike, tail = a_design_of(core=(1000, 50, 1000)), a_design_of(tail=(100, 25, 100), core=(900, 25, 900))
    assert judged(tail).worth == pytest.approx(30.49, abs=0.01)
    even, uneven = (planned_check(design, a_week(1000), assume(RESOLUTION, 0.7)) for design in (alike, tail))
    assert uneven.width > even.width
    assert uneven.chance < even.chance
    # equal probability: 25 of 900 is the least, so 1000 x 25/900 calls may be accumulated
    assert (even.per_week, uneven.per_week) == (50, pytest.approx(27.78, abs=0.01))
    assert uneven.weeks > even.weeks


def test_a_proportional_draw_is_worth_what_it_is():
    assert judged(a_design_of(a=(200, 10, 200), b=(800, 40, 800))).worth == pytest.approx(50)


def test_calls_that_the_log_decides_are_not_judged():
    """Of 10 drawn of 20, half are failed technically: 5 judged are expected; a stratum of them alone is none."""
    found = judged(a_design_of(a=(20, 10, 10), b=(8, 8, 0), c=(100, 20, 100)))
    assert (found.graded, found.of) == ({"a": 5, "c": 20}, {"a": 10, "c": 100})


def test_a_stratum_without_a_graded_call_shows_nothing():
    found = planned_check(a_design_of(a=(20, 0, 20), b=(80, 20, 80)), a_week(100), assume(RESOLUTION, 0.7))
    assert (found.worth, found.chance, found.per_week, found.week) == (0.0, 0.0, 0.0, None)
    assert found.width > 0.2  # the whole stratum may be anything


@pytest.mark.parametrize("size", [20, 35, 50])
@pytest.mark.parametrize("rate", [0.0, 0.002, 0.01, 0.3, 0.7, 1.0])
def test_every_figure_is_a_figure(size, rate):
    """Any rate and size: within bounds, and the interval holds the assumed rate to the rounding of a call."""
    for threshold in (RESOLUTION, FAILURES, CORRECT):
        found = planned_check(a_design_of(a=(23, 8, 22), b=(116, size - 8, 113)), a_week(135, 2, 1), assume(threshold, rate))
        assert 0 <= found.low <= found.high <= 1
        assert 0 <= found.met <= found.chance <= 1
        assert found.low - 1 / size <= found.assumed <= found.high + 1 / size


def test_a_larger_sample_is_narrower_and_decides_no_later():
    for threshold, rate in ((RESOLUTION, 0.7), (FAILURES, 0.0), (FAILURES, 0.05), (CORRECT, 0.9)):
        found = [planned_check(one(size, 1000), a_week(1000), assume(threshold, rate)) for size in (20, 35, 50)]
        assert found[0].width > found[1].width > found[2].width
        assert found[0].weeks >= found[1].weeks >= found[2].weeks


@pytest.mark.parametrize(
    ("threshold", "rate"),
    [(RESOLUTION, 0.7), (CORRECT, 0.9), (a_threshold("share_4_5.tone", at_least=0.95), 0.975), (FAILURES, 0.0)],
)
def test_what_is_assumed_where_nothing_is_known(threshold, rate):
    assert planning_rate(threshold)[0] == pytest.approx(rate)
    assert planning_rate(threshold)[1].startswith("assumed")


def test_which_checks_need_grading():
    measured = a_threshold("latency_p50_ms", below=600), a_threshold("csat_gap_points", at_most=5)
    assert [is_judged(one) for one in (RESOLUTION, FAILURES, CORRECT, *measured)] == [True, True, True, False, False]


PERSON, LONG, SLOW = (
    Stratum(name=name, when="hour == 1", share=share) for name, share in (("person", None), ("long", 0.1), ("slow", 0.1))
)


@pytest.mark.parametrize(
    ("strata", "size", "kept", "left_out"),
    [
        ((PERSON, LONG), 35, (PERSON, LONG), ()),
        ((PERSON, LONG), 34, (PERSON,), ("long",)),
        ((LONG, SLOW), 20, (), ("long", "slow")),
        ((LONG, PERSON), 20, (PERSON,), ("long",)),
        ((PERSON, Stratum(name="other", when="hour == 2")), 20, (PERSON,), ("other",)),
        ((), 20, (), ()),
    ],
)
def test_what_a_small_sample_carries(strata, size, kept, left_out):
    assert carried(strata, size) == (kept, left_out)


def test_with_two_strata_every_pair_of_counts_is_summed():
    """5 of 13 and 12 of 124: 78 pairs, each as likely as its binomials say, each held against the bar by itself."""
    found = planned_check(a_design_of(a=(13, 5, 13), b=(124, 12, 124)), a_week(137), assume(RESOLUTION, 0.8))
    decided = met = 0.0
    for a in range(6):
        for b in range(13):
            likely = comb(5, a) * 0.8**a * 0.2 ** (5 - a) * comb(12, b) * 0.8**b * 0.2 ** (12 - b)
            values = [1] * a + [0] * (5 - a) + [1] * b + [0] * (12 - b)
            limits = weighted_share(values, stratum=["a"] * 5 + ["b"] * 12, population={"a": 13, "b": 124}, tail=0.05)
            decided += likely * (limits.low >= 0.6 or limits.high < 0.6)
            met += likely * (limits.low >= 0.6)
    assert found.chance == pytest.approx(decided, abs=1e-6)
    assert found.met == pytest.approx(met, abs=1e-6)
    assert 0.1 < met < 0.9


@pytest.mark.parametrize("truth", [0.6, 0.8])
def test_of_very_many_outcomes_some_stand_for_all(monkeypatch, truth):
    """Three strata of 8, 8 and 14: 1,215 outcomes; 300 of them give the chance within .01, also that of the rare outcomes
    which decide where the rate lies on the bar (the likeliest 300 give .04 of .06 there)."""
    design = a_design_of(a=(60, 8, 60), b=(40, 8, 40), core=(800, 14, 800))
    whole = planned_check(design, a_week(900), assume(RESOLUTION, truth))
    monkeypatch.setattr(plan, "MOST_OUTCOMES", 300)
    part = planned_check(design, a_week(900), assume(RESOLUTION, truth))
    assert part.chance == pytest.approx(whole.chance, abs=0.01)
    assert part != whole
