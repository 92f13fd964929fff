"""Small, seeded runs of the simulations: the limits hold the truth, and no claim at the threshold is false too often."""

from __future__ import annotations

import math
from itertools import chain

import numpy as np
import pytest

from benchmarks.coverage import means, quantiles, sequences, shares
from benchmarks.coverage.line import Line
from benchmarks.coverage.shares import Design, at_the_threshold, of_a_domain, simulate

WEEKS = 400


def _at_least(limit: float, runs: int = WEEKS) -> float:
    """Three standard errors of the simulation below the limit."""
    return limit - 3 * math.sqrt(limit * (1 - limit) / runs)


def _at_most(limit: float, runs: int = WEEKS) -> float:
    return limit + 3 * math.sqrt(limit * (1 - limit) / runs)


PLAIN = [Design(f"plain {n}", (N,), (n,), (1,)) for n in (20, 35, 50) for N in (150, 1000)]
STRATIFIED = [
    Design("two strata", (800, 200), (28, 7), (1, 3)),
    Design("tail of a fifth", (900, 100), (40, 10), (1, 4)),
    Design("tail of two fifths", (900, 100), (30, 20), (1, 8)),
    Design("four strata", (360, 120, 80, 40), (26, 8, 8, 8), (1, 2, 0.5, 4)),
]


@pytest.mark.parametrize("rate", shares.RATES)
@pytest.mark.parametrize("design", [*PLAIN, *STRATIFIED], ids=lambda design: design.name)
def test_limits_of_a_share_hold_the_truth(design: Design, rate: float) -> None:
    """400 weeks, limit .94: at least .904 (three standard errors, .0119 each); the estimate leans to neither side."""
    row = simulate(design, rate, WEEKS, seed=4)
    assert row.coverage >= _at_least(0.94)
    assert abs(row.bias) < 0.015
    assert 0 < row.width < 1


@pytest.mark.parametrize("graded", [3, 7, 12, 27, 41])
def test_wherever_people_stop_the_limits_hold(graded: int) -> None:
    """The queue of core 40 and tail 10, interleaved: 3, 7 ... calls of it, exactly at 5 % and 30 % and in 400 weeks."""
    design = STRATIFIED[1].stopped(graded)
    assert min(design.drawn) > 0
    assert sum(design.drawn) == graded
    assert simulate(design, 0.3, WEEKS, seed=5).coverage >= _at_least(0.94)
    assert max(chain(at_the_threshold(design, 0.05), at_the_threshold(design, 0.3))) <= 0.05


@pytest.mark.parametrize("threshold", shares.THRESHOLDS)
@pytest.mark.parametrize("design", [*PLAIN, *STRATIFIED[:3]], ids=lambda design: design.name)
def test_a_claim_at_the_threshold_is_false_in_at_most_one_week_of_twenty(design: Design, threshold: float) -> None:
    """Summed over all samples of a week whose true share is exactly the threshold: no chance error, .05 it is."""
    below, above = at_the_threshold(design, threshold)
    assert max(below, above) <= 0.05


def test_an_oversampled_tail_gave_false_claims_without_the_guard() -> None:
    """Core 19 of 900, tail 13 of 100, 24 % of the core and all but three of the tail hit: .06 without, at most .05 with."""
    design = Design("stopped", (900, 100), (19, 13), (0.6, 2.3))
    assert max(at_the_threshold(design, 0.4)) <= 0.05


@pytest.mark.parametrize("design", [PLAIN[0], STRATIFIED[2]], ids=lambda design: design.name)
def test_where_some_calls_are_not_asked_about_the_limits_hold(design: Design) -> None:
    """60 % of the calls are in the domain: coverage, and one-sided errors at 30 %."""
    domain = Design(design.name, design.population, design.drawn, design.lift, domain=0.6)
    assert simulate(domain, 0.3, WEEKS, seed=6).coverage >= _at_least(0.94)
    assert max(of_a_domain(domain, 0.3, WEEKS, seed=7)) <= _at_most(0.05)


@pytest.mark.parametrize("scores", means.SCORES)
def test_limits_of_a_mean_hold_the_truth(scores: str) -> None:
    """150 weeks each, plain and with a tail, limits .94 and .05; near the top of the scale Student's t alone fails."""
    for population, drawn in (((1000,), (35,)), ((900, 100), (30, 20))):
        row = means.simulate(scores, population, drawn, 150, seed=2)
        assert row.coverage >= _at_least(0.94, 150)
        assert row.wrong <= _at_most(0.05, 150)
        assert row.width >= row.textbook_width
    if scores.startswith("90/8/2"):
        assert row.textbook < 0.90


@pytest.mark.parametrize("q", [0.5, 0.95, 0.99])
def test_limits_of_a_quantile_hold_the_truth(q: float) -> None:
    """50 calls of ten turns, 400 runs, limit .94: at least .904. Without the clusters p50 would be covered in .72-.75."""
    row = quantiles.simulate(50, q, WEEKS, seed=3)
    assert row.coverage >= _at_least(quantiles.LEAST)
    assert (row.open_ > 0.5) == (q == 0.99)


def test_one_slow_turn_in_a_hundred_is_not_shown_to_be_fewer() -> None:
    """The limit lies at the true p99: "below 1 %" in at most .05 of 400 runs (.083 with three standard errors)."""
    assert quantiles.false_claim(50, WEEKS, seed=3) <= _at_most(0.05)


@pytest.mark.parametrize(
    "setting",
    [
        sequences.Setting(0.01, "below", 0.01, ((1000, 50),), (1,)),
        sequences.Setting(0.60, "at_most", 0.60, ((1000, 20),), (1,)),
        sequences.Setting(0.60, "at_least", 0.60, ((1000, 35),), (1,)),
        sequences.Setting(0.01, "below", 0.01, ((900, 28), (100, 7)), (1, 4)),
        sequences.Setting(0.60, "at_least", 0.60, ((900, 40), (100, 10)), (1, 1.2)),
    ],
    ids=lambda setting: setting.name,
)
def test_fifty_two_looks_at_the_threshold_rarely_show_what_is_not_so(setting: sequences.Setting) -> None:
    """200 years: of "met" and "missed" the one that is false at the threshold comes up in at most .05 (.096 with its error)."""
    met, missed = sequences.first_looks(setting, 200, seed=1)
    false = met if setting.direction == "below" else missed
    assert (false < sequences.WEEKS).mean() <= _at_most(0.05, 200)


def test_thinned_calls_are_no_oversample() -> None:
    """Core 28 of 900 binds: f = .0311, so 3.11 of the 7 tail calls stay on average, 31.1 a week in all."""
    setting = sequences.Setting(0.01, "below", 0.01, ((900, 28), (100, 7)), (1, 4))
    _, calls = sequences.kept_counts(setting, 20, np.random.default_rng(1))
    assert calls[:, -1].mean() / sequences.WEEKS == pytest.approx(28 / 0.9, abs=0.1)


def test_what_is_so_is_shown_in_time() -> None:
    """ "Below 1 %" where .2 % fail, 50 a week: half of the years within 14 weeks; "at least 60 %" at 72 %: within 5."""
    rare = sequences.Setting(0.01, "below", 0.002, ((1000, 50),), (1,))
    usual = sequences.Setting(0.60, "at_least", 0.72, ((1000, 50),), (1,))
    assert np.median(sequences.first_looks(rare, 100, seed=2)[0]) + 1 <= 14
    assert np.median(sequences.first_looks(usual, 100, seed=2)[0]) + 1 <= 5


@pytest.mark.parametrize(
    ("value", "side", "holds"), [(0.93, "at least", True), (0.90, "at least", False), (0.95, "at most", True)]
)
def test_a_line_allows_for_the_chance_error_of_the_simulation(value: float, side: str, holds: bool) -> None:
    """.94 of 400 runs: a standard error of .0119, so .905 still holds and .90 does not."""
    assert Line("m", "s", 1, "coverage", value, 400, 0.94, side).holds == holds
