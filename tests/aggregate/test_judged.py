"""The formulas of DOMAIN for rates that a reading of the sample decides."""

from __future__ import annotations

import pytest

from evalharness.aggregate.judged import clear_failures, good_share, mean_score, resolution, share_of, yes_share
from evalharness.aggregate.population import population
from tests.aggregate.building import a_design_of, a_final, a_result, finals, the_facts
from tests.builders import a_rubric

RUBRIC = a_rubric()


def graded(criterion, *values):
    """Calls with these final values of one criterion; None = ungraded, "N/A" = not applicable."""
    results = []
    for position, value in enumerate(values, 1):
        final = finals() if value == "N/A" else finals(**{criterion: value})
        results.append(a_result(position, final=final))
    return results


def people(judged=100, **counts):
    return population(the_facts(judged, **counts), None)


def resolved_of(*outcomes, **counts):
    return resolution(a_design_of(core=100), graded("outcome", *outcomes), people(**counts))


@pytest.mark.parametrize(
    ("outcomes", "counts", "expected"),
    [
        (["resolved"] * 6 + ["abandoned"] * 4, {}, 0.6),
        # handed over, a callback, half a solution: none of them is resolved
        (["resolved", "transferred", "follow_up", "partly_resolved", "unresolved"], {}, 0.2),
        # 20 technical failures stay in the denominator: 0.6 x 100 / (100 + 20)
        (["resolved"] * 6 + ["abandoned"] * 4, {"technical": 20}, 0.5),
        # 20 calls nobody could read: in the denominator, resolved by none in the value
        (["resolved"] * 6 + ["abandoned"] * 4, {"unseen": 20}, 0.5),
        # what the log calls out of scope is in neither
        (["resolved"] * 6 + ["abandoned"] * 4, {"out": 50}, 0.6),
        # 2 of 10 graded out of scope: 4 of the other 8
        (["resolved"] * 4 + ["abandoned"] * 4 + ["out_of_scope"] * 2, {}, 0.5),
        # the same with 20 technical failures: 80 judged calls are left; 40 / (80 + 20)
        (["resolved"] * 4 + ["abandoned"] * 4 + ["out_of_scope"] * 2, {"technical": 20}, 0.4),
        (["N/A", "resolved"], {}, 1.0),
    ],
)
def test_resolution(outcomes, counts, expected):
    rate = resolved_of(*outcomes, **counts)
    assert rate.measure.value == pytest.approx(expected)
    assert rate.measure.basis == "sample"


def test_calls_nobody_could_read_are_taken_both_ways():
    # all 100 judged calls graded: exactly 60 resolved; of 20 silent ones none, then all: 60/120 to 80/120
    rate = resolved_of(*["resolved"] * 60, *["abandoned"] * 40, unseen=20)
    assert (rate.measure.low, rate.measure.high) == (pytest.approx(0.5), pytest.approx(80 / 120))
    assert rate.bounds == (rate.measure.low, rate.measure.high)
    assert "20 calls nobody could read" in rate.measure.note


def test_an_unknown_outcome_is_taken_both_ways_wherever_it_stands():
    # 98 graded, 58 of them resolved, and 2 unknown: 58/100 to 60/100
    outcomes = [*["resolved"] * 58, "unknown", *["abandoned"] * 40, "unknown"]
    rate = resolved_of(*outcomes)
    assert (rate.measure.low, rate.measure.high) == (0.58, 0.60)
    assert (rate.measure.n, rate.measure.missing) == (98, 2)


def test_the_share_out_of_scope_is_said():
    rate = resolved_of(*["resolved"] * 3, "out_of_scope", technical=2)
    assert (
        rate.measure.note == "2 technical failures from the log counted in; 25 % of judged calls graded out of scope and left out"
    )


HALF_OUT = [*["out_of_scope"] * 5, *["resolved"] * 3, *["abandoned"] * 2]


def test_how_many_are_out_of_scope_is_uncertain_too():
    # 5 of 10 graded calls are out of scope. Were the 50 of 100 certain, 100 technical failures would leave at most
    # 50 x 1 / 150 = 33 %; of 81 in scope, which the interval of 5 of 10 allows, more may be resolved
    rate = resolved_of(*HALF_OUT, technical=100)
    fewest, most = rate.ends
    assert fewest < 25
    assert most > 75
    p = rate.estimate
    assert rate.measure.value == pytest.approx(50 * 0.6 / 150)
    assert (rate.measure.low, rate.measure.high) == (
        pytest.approx(fewest * p.interval[0] / (100 + fewest)),
        pytest.approx(most * p.interval[1] / (100 + most)),
    )
    assert rate.bounds == (
        pytest.approx(fewest * p.bounds[0] / (100 + fewest)),
        pytest.approx(most * p.bounds[1] / (100 + most)),
    )
    assert rate.from_log == (0.0, 0.5)  # nobody read a thing: all 100 may be resolved, of 200


def test_the_upper_limit_with_silent_calls_takes_the_worse_end():
    # 20 silent calls all resolved weigh the more the fewer others are in scope: (x p + 20) / (x + 20) falls with x
    rate = resolved_of(*HALF_OUT, unseen=20)
    fewest, _ = rate.ends
    assert rate.bounds[1] == pytest.approx((fewest * rate.estimate.bounds[1] + 20) / (fewest + 20))


def test_without_other_calls_the_share_out_of_scope_changes_no_limit():
    rate = resolved_of(*HALF_OUT)
    assert (rate.measure.low, rate.measure.high) == pytest.approx(rate.estimate.interval)
    assert rate.bounds == pytest.approx(rate.estimate.bounds)


def test_a_full_count_of_those_out_of_scope_is_certain():
    # all 100 read: 50 out of scope, 30 resolved; 30 / (50 + 100)
    rate = resolved_of(*HALF_OUT * 10, technical=100)
    assert (rate.measure.low, rate.measure.high, rate.bounds) == (
        pytest.approx(0.2),
        pytest.approx(0.2),
        (pytest.approx(0.2), pytest.approx(0.2)),
    )


def by_people_then_by_the_log(*read, known=()):
    """Resolution where people gave the outcomes `read` and the log knows those of the calls behind them."""
    results = graded("outcome", *read)
    for position, value in enumerate(known, len(read) + 1):
        results.append(a_result(position, final={**finals(), "outcome": a_final(value, "outcome", by="measured")}))
    return resolution(a_design_of(core=100), results, people())


def test_what_the_log_knows_behind_the_last_read_call_enters_no_rate():
    # 3 of 4 read calls resolved; the log knows only transfers behind them: 3/4, not 3/10
    rate = by_people_then_by_the_log(*["resolved"] * 3, "abandoned", known=["transferred"] * 6)
    assert (rate.measure.value, rate.measure.n) == (0.75, 4)


def test_what_the_log_knows_before_the_last_read_call_counts():
    results = [
        a_result(1, final={**finals(), "outcome": a_final("transferred", "outcome", by="measured")}),
        *(a_result(position, final=finals(outcome="resolved")) for position in (2, 3, 4)),
    ]
    assert resolution(a_design_of(core=100), results, people()).measure.value == 0.75


def test_the_log_alone_is_no_reading():
    rate = by_people_then_by_the_log(known=["transferred", "abandoned"])
    assert (rate.measure.value, rate.measure.n) == (None, 0)


@pytest.mark.parametrize("outcomes", [[], [None], ["unknown"], ["out_of_scope"]])
def test_nothing_known_of_resolution_is_no_number(outcomes):
    rate = resolved_of(*outcomes, technical=3, unseen=4)
    assert (rate.measured, rate.measure.value, rate.measure.n, rate.measure.low, rate.measure.high) == (
        False,
        None,
        0,
        None,
        None,
    )


def failures(*answers, judged=100, **counts):
    """Clear-failure rate where the first check got these answers and the second "no"."""
    results = [
        a_result(position, final=finals(wrong_information=answer, unsafe_speech="no"))
        for position, answer in enumerate(answers, 1)
    ]
    return clear_failures(RUBRIC, a_design_of(core=judged), results, people(judged, **counts))


@pytest.mark.parametrize(
    ("answers", "counts", "expected"),
    [
        (["no"] * 20, {}, 0.0),
        (["yes"] + ["no"] * 19, {}, 0.05),
        (["no"] * 20, {"technical": 25}, 0.2),  # (25 + 100 x 0) / 125
        (["yes"] + ["no"] * 19, {"technical": 25}, 0.24),  # (25 + 5) / 125
        (["yes"] + ["no"] * 19, {"unseen": 25}, 0.04),  # (0 + 5) / 125
        (["yes"] + ["no"] * 19, {"technical": 10, "unseen": 15, "out": 40}, 0.12),  # (10 + 5) / 125
    ],
)
def test_clear_failures_of_log_and_sample(answers, counts, expected):
    assert failures(*answers, **counts).measure.value == pytest.approx(expected)


def test_unseen_calls_count_as_no_failure_then_as_failures():
    # all 100 judged calls are clean; T = 10, U = 15: 10/125 to 25/125
    rate = failures(*["no"] * 100, technical=10, unseen=15)
    assert (rate.measure.low, rate.measure.high) == (pytest.approx(0.08), pytest.approx(0.2))
    assert rate.from_log == (pytest.approx(0.08), 1.0)  # without any grade


def test_two_people_who_differ_on_a_failure_leave_it_open():
    results = [a_result(i, final=finals(wrong_information="no", unsafe_speech="no")) for i in (1, 2, 3)]
    open_one = {**results[2].final, "unsafe_speech": a_final(None, "unsafe_speech", conflict=True)}
    results[2] = a_result(3, final=open_one)
    found = clear_failures(RUBRIC, a_design_of(core=100), results, people())
    assert (found.measure.n, found.measure.missing) == (2, 1)


def test_an_assisted_answer_is_in_no_rate():
    blind = a_result(1, final=finals(wrong_information="no", unsafe_speech="no", outcome="resolved", correctness=5.0))
    seen = {name: value.model_copy(update={"assisted": True}) for name, value in blind.final.items()}
    results, design = [blind, a_result(2, final=seen)], a_design_of(core=100)
    assert clear_failures(RUBRIC, design, results, people()).measure.n == 1
    assert resolution(design, results, people()).measure.n == 1
    assert good_share(design, results, RUBRIC.criterion("correctness"))[0].n == 1
    assert yes_share(design, results, RUBRIC.criterion("unsafe_speech")).n == 1


@pytest.mark.parametrize(
    ("values", "n", "expected"),
    [
        ([5.0, 4.0, 3.0, 1.0], 4, 0.5),
        ([4.5, 3.5], 2, 0.5),  # the mean of two people at 4 and 5 is in, of 3 and 4 is not
        (["N/A", 5.0], 1, 1.0),
        ([None, None], 0, None),
    ],
)
def test_the_share_at_4_or_5(values, n, expected):
    measure, _ = good_share(a_design_of(core=100), graded("correctness", *values), RUBRIC.criterion("correctness"))
    assert (measure.n, measure.value, measure.of, measure.name) == (n, expected, 100, "share_4_5.correctness")


def test_the_share_of_yes():
    measure = yes_share(
        a_design_of(core=100), graded("unsafe_speech", "yes", "no", "no", "N/A", "no"), RUBRIC.criterion("unsafe_speech")
    )
    assert (measure.value, measure.n, measure.name) == (0.25, 4, "share_yes.unsafe_speech")


def test_any_other_share_and_mean():
    results = graded("correctness", 5.0, 4.0, 3.0)
    first = share_of("first", a_design_of(core=100), results, lambda r: None if r.position == 3 else r.position == 1)
    assert (first.value, first.n) == (0.5, 2)
    middle = mean_score("middle", a_design_of(core=100), results, lambda r: 10.0 * r.position)
    assert (middle.value, middle.unit) == (pytest.approx(20.0), "score")


def test_a_stratum_without_a_grade_is_said():
    measure = yes_share(a_design_of(core=100, tail=50), graded("unsafe_speech", "no"), RUBRIC.criterion("unsafe_speech"))
    assert measure.note == "a stratum has no graded call yet"
