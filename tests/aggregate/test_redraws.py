"""A made week drawn again and again: the estimates are unbiased and their limits hold the truth. Seeded."""

from __future__ import annotations

import random
from statistics import mean

import pytest

from evalharness.aggregate import estimate
from evalharness.models.sample import DrawnCall, Stratum
from evalharness.sample.design import CORE, stratified
from evalharness.sample.queue import queue_order
from tests.aggregate.building import a_result
from tests.builders import WEEK, a_call

REDRAWS = 1000
TAIL_SIZE, CORE_SIZE = 90, 510
TAIL = Stratum(name="tail", when="outcome == follow_up", share=0.3)


def a_made_week() -> dict[str, tuple[bool, float]]:
    """Call id -> (whether it failed, its score): of 90 tail calls 36 failed, of 510 core calls 51."""
    dice = random.Random(7)
    week = {f"tail{i}": (i % 5 < 2, 20.0 + dice.randint(0, 50)) for i in range(TAIL_SIZE)}
    return {**week, **{f"core{i}": (i % 10 == 0, 50.0 + dice.randint(0, 50)) for i in range(CORE_SIZE)}}


MADE = a_made_week()
FAILED = mean(failed for failed, _ in MADE.values())  # (36 + 51) / 600 = 0.145
SCORE = mean(score for _, score in MADE.values())
CALLS = {name: a_call(id=name, turns=()) for name in MADE}
DESIGN = stratified(WEEK, "1", 40, [(TAIL, TAIL_SIZE, TAIL_SIZE), (CORE, CORE_SIZE, CORE_SIZE)], None)


def drawn(seed: int, graded: int):
    """The first `graded` results of the queue of one redraw, random keys standing for the hashes."""
    dice = random.Random(seed)
    keys = sorted((f"{dice.random():.12f}", name) for name in MADE)
    chosen = []
    for size in DESIGN.strata:
        mine = [(key, name) for key, name in keys if name.startswith(size.stratum.name)][: size.drawn]
        chosen += [DrawnCall(stratum=size.stratum.name, key=key, source="demo", call_id=name) for key, name in mine]
    queue = queue_order(DESIGN, chosen)[:graded]
    return [a_result(position, one.stratum, CALLS[one.call_id]) for position, one in enumerate(queue, 1)]


def failures(results):
    return estimate.share(DESIGN, results, lambda r: "hit" if MADE[r.call.id][0] else "no")


def scores(results):
    return estimate.mean(DESIGN, results, lambda r: MADE[r.call.id][1], (0.0, 100.0))


@pytest.fixture(scope="module", params=[40, 25], ids=["all 40 graded", "stopped after 25"])
def redraws(request):
    """All redraws, graded whole or up to where the grader stopped."""
    return [drawn(seed, request.param) for seed in range(REDRAWS)]


@pytest.mark.parametrize(("of", "truth", "weeks", "spread"), [(failures, FAILED, 200, 0.065), (scores, SCORE, 1000, 3.0)])
def test_the_estimates_are_unbiased_and_their_intervals_hold_the_truth(redraws, of, truth, weeks, spread):
    # `spread` is the standard error of a week of 25 graded calls; their mean may be off by three times
    # its own, spread / sqrt(weeks).
    # 3,000 other redraws hold the truth in .960 and .952 of the weeks (scores), .988 and .995 (failures, exact limits).
    found = [of(results) for results in redraws[:weeks]]
    assert abs(mean(one.value for one in found) - truth) < 3 * spread / weeks**0.5
    assert mean(one.interval[0] <= truth <= one.interval[1] for one in found) >= 0.94
    # either one-sided 95 % bound is wrong in about one week of twenty
    assert mean(one.bounds[0] > truth for one in found) <= 0.065
    assert mean(one.bounds[1] < truth for one in found) <= 0.065


def test_without_weights_the_same_sample_would_be_biased(redraws):
    # 12 of 40 calls are tail calls, which are 15 % of the week: 0.3 x 0.4 + 0.7 x 0.1 = 0.19 instead of 0.145
    plain = mean(mean(MADE[result.call.id][0] for result in results) for results in redraws)
    assert plain - FAILED > 0.03


def test_a_tail_passed_over_is_not_hidden():
    """A grader who skips every failed call would find none: taken both ways, the limits still hold the truth."""
    held = []
    for seed in range(40):
        results = drawn(seed, 40)
        found = estimate.share(DESIGN, results, lambda r: None if MADE[r.call.id][0] and r.position < 40 else "no")
        held.append(found.interval[0] <= FAILED <= found.interval[1])
    assert mean(held) >= 0.94
