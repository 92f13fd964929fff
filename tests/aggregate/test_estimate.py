"""From the graded calls to the week: weights, nonresponse, strata without a grade."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalharness.aggregate.estimate import answer_of, judged, mean, reached, read_blind, share
from evalharness.models.summary import CallResult
from tests.aggregate.building import a_design_of, a_final, a_result, by, results_of, saying
from tests.builders import a_call

HIT, NO, OUT, OPEN = "hit", "no", "out", "open"
CORE = a_design_of(core=1000)


def of_core(*answers):
    """The share over one stratum of 1,000 calls."""
    return share(CORE, results_of(["core"] * len(answers)), saying(answers))


@pytest.mark.parametrize(
    ("final", "expected"),
    [
        (a_final(5.0), HIT),
        (a_final(2.0), NO),
        (a_final(), None),
        (a_final(conflict=True), OPEN),
        (a_final(state="not_applicable"), OUT),
        (a_final(5.0, assisted=True), None),
        (a_final(state="not_applicable", assisted=True), None),
    ],
)
def test_what_a_final_value_answers(final, expected):
    assert answer_of(final, lambda value: HIT if value >= 4 else NO) == expected


def test_calls_that_the_log_decides_are_not_judged():
    calls = [
        a_call(id=f"c{i}", outcome=outcome)
        for i, outcome in enumerate(("resolved", "failed_technical", "out_of_scope", "unknown"))
    ]
    found = judged([a_result(i, call=call) for i, call in enumerate(calls, 1)])
    assert [result.call.outcome for result in found] == ["resolved", "unknown"]


@pytest.mark.parametrize(("graded", "expected"), [([], 0), ([1], 1), ([3], 3), ([1, 5], 5), ([7], 7)])
def test_what_lies_behind_the_last_graded_call_was_not_reached(graded, expected):
    assert len(reached(results_of(["core"] * 7), lambda result: result.position in graded)) == expected


def test_the_weighted_share_differs_from_the_plain_one():
    # tail: 100 calls, 4 of 8 graded failed; core: 900 calls, 0 of 12.
    # plain 4/20 = 20 %; weighted (100 x 4/8 + 900 x 0/12) / 1000 = 5 %
    strata = ["tail"] * 8 + ["core"] * 12
    found = share(a_design_of(tail=100, core=900), results_of(strata), saying([HIT] * 4 + [NO] * 16))
    assert found.value == pytest.approx(0.05)
    assert (found.n, found.of, found.missing, found.complete) == (20, 1000, 0, True)
    assert found.interval[0] <= found.bounds[0] < 0.05 < found.bounds[1] <= found.interval[1]


def test_the_weights_are_those_of_the_judged_calls():
    # of 100 tail calls the log itself decides 60: M = 40. (40 x 4/8 + 900 x 0) / 940
    design = a_design_of(tail=(100, 40), core=900)
    found = share(design, results_of(["tail"] * 8 + ["core"] * 12), saying([HIT] * 4 + [NO] * 16))
    assert found.value == pytest.approx(20 / 940)
    assert found.of == 940


def test_the_share_of_a_part_of_the_calls():
    # in the domain: 2 tail calls (1 hit) of weight 100/4, 4 core calls (1 hit) of weight 900/6
    # (25 + 150) / (50 + 600) = 175/650
    answers = [HIT, NO, OUT, OUT, HIT, NO, NO, NO, OUT, OUT]
    found = share(a_design_of(tail=100, core=900), results_of(["tail"] * 4 + ["core"] * 6), saying(answers))
    assert found.value == pytest.approx(175 / 650)
    assert found.n == 6


@pytest.mark.parametrize(
    ("answers", "n", "missing", "value"),
    [
        ([HIT, NO, HIT, NO], 4, 0, 0.5),
        ([HIT, NO, None, None], 2, 0, 0.5),  # not reached
        ([HIT, None, NO, None], 2, 1, 0.5),  # passed over
        ([None, None, None, HIT], 1, 3, 1.0),
        ([HIT, NO, OPEN], 2, 1, 0.5),  # graded, and open: not lost at the end of the queue
        ([OPEN, HIT, NO], 2, 1, 0.5),
        ([HIT, OUT, NO], 2, 0, 0.5),
        ([OUT, OUT], 0, 0, None),
        ([OPEN, OPEN], 0, 2, None),
        ([None, None], 0, 0, None),
        ([], 0, 0, None),
    ],
)
def test_what_counts_as_graded_and_what_as_missing(answers, n, missing, value):
    found = of_core(*answers)
    assert (found.n, found.missing, found.value) == (n, missing, value)


@pytest.mark.parametrize("gap", [None, OPEN])
def test_a_missing_answer_is_taken_both_ways(gap):
    with_gap, none_hit, all_hit = of_core(HIT, gap, NO, gap, NO), of_core(HIT, NO, NO, NO, NO), of_core(HIT, HIT, NO, HIT, NO)
    assert with_gap.interval == (none_hit.interval[0], all_hit.interval[1])
    assert with_gap.bounds == (none_hit.bounds[0], all_hit.bounds[1])


def test_nothing_graded_leaves_everything_possible():
    found = of_core(None, None)
    assert (found.value, found.interval, found.bounds) == (None, (0.0, 1.0), (0.0, 1.0))


@pytest.mark.parametrize(
    ("strata", "answers", "complete"),
    [
        (["tail", "core"], [NO, NO], True),
        (["tail", "core"], [NO, None], False),
        (["tail", "core", "core"], [NO, OPEN, NO], True),
        (["tail", "core"], [NO, OPEN], False),  # graded, but to no value
        (["tail", "core"], [NO, OUT], True),  # N/A counts as graded
    ],
)
def test_a_stratum_without_a_graded_call_leaves_the_estimate_unfinished(strata, answers, complete):
    assert share(a_design_of(tail=100, core=900), results_of(strata), saying(answers)).complete is complete


def test_a_stratum_without_judged_calls_need_not_be_graded():
    design = a_design_of(tail=(30, 0), core=900)
    assert share(design, results_of(["core"] * 3), saying([NO] * 3)).complete


def test_a_full_census_is_exact():
    found = share(a_design_of(core=4), results_of(["core"] * 4), saying([HIT, NO, NO, NO]))
    assert (found.value, found.interval, found.bounds) == (0.25, (0.25, 0.25), (0.25, 0.25))


@given(st.lists(st.sampled_from([HIT, NO, OUT, OPEN, None]), max_size=25))
def test_limits_enclose_the_value_and_one_sided_ones_are_tighter(answers):
    found = of_core(*answers)
    low, high = found.interval
    assert 0 <= low <= found.bounds[0] <= found.bounds[1] <= high <= 1
    assert found.value is None or low <= found.value <= high
    assert (found.value is None) == (found.n == 0)
    assert found.n + found.missing + answers.count(OUT) <= len(answers)


def test_the_weighted_mean_by_hand():
    # tail 100 calls, mean (20 + 40)/2 = 30; core 900, mean (80 + 100)/2 = 90: (100 x 30 + 900 x 90)/1000 = 84
    scores = [20.0, 40.0, 80.0, 100.0]
    found = mean(a_design_of(tail=100, core=900), results_of(["tail"] * 2 + ["core"] * 2), saying(scores), (0.0, 100.0))
    assert found.value == pytest.approx(84.0)  # plain: 60
    assert (found.n, found.of, found.complete) == (4, 1000, True)


@pytest.mark.parametrize(
    ("scores", "n", "missing", "value"),
    [
        ([80.0, None, 60.0, None], 2, 1, 70.0),
        ([80.0, OUT, 60.0], 2, 0, 70.0),
        ([OUT, OUT], 0, 0, None),
        ([None], 0, 0, None),
        ([0.0, 0.0], 2, 0, 0.0),  # a real zero is a value
    ],
)
def test_the_mean_over_what_is_there(scores, n, missing, value):
    found = mean(CORE, results_of(["core"] * len(scores)), saying(scores), (0.0, 100.0))
    assert (found.n, found.missing, found.value) == (n, missing, value)


def test_a_missing_score_is_taken_as_the_lowest_and_the_highest():
    def of(*scores):
        return mean(CORE, results_of(["core"] * len(scores)), saying(scores), (0.0, 100.0))

    gap = of(80.0, 70.0, None, 60.0)
    assert gap.interval == (of(80.0, 70.0, 0.0, 60.0).interval[0], of(80.0, 70.0, 100.0, 60.0).interval[1])


def seen(position: int) -> CallResult:
    """A call that Anna graded beside an LLM's answers."""
    return a_result(position, grades=(by("Anna Keller", 4, lane="assisted"),))


def test_calls_of_the_assisted_lane_are_in_no_rate_and_miss_nothing():
    """Of six calls two were assisted and one blind for want of an answer, though it says yes: 2 of the other 3 are hits."""
    results = [*results_of(["core"] * 3), seen(4), seen(5), a_result(6, aside=True)]
    found = share(CORE, results, saying([HIT, NO, HIT, None, None, HIT]))
    assert (found.value, found.n, found.missing) == (pytest.approx(2 / 3), 3, 0)
    assert [one.position for one in read_blind(results)] == [1, 2, 3]
