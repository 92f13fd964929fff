"""Each measure against its bar, and the week's verdict."""

from __future__ import annotations

import pytest

from evalharness.aggregate.checks import Known, check, week_verdict
from evalharness.aggregate.estimate import Estimate
from evalharness.aggregate.judged import WeekRate, clear_failures, good_share, resolution
from evalharness.aggregate.population import population
from evalharness.models.measure import Check, Measure
from tests.aggregate.building import a_design_of, a_result, finals, the_facts
from tests.builders import a_check, a_measure, a_rubric, a_threshold

RUBRIC = a_rubric()
ONE_PER_CENT = a_threshold("clear_failure_rate", below=0.01)
SIXTY = a_threshold("resolution_rate", at_least=0.6)


def held(threshold, rate: WeekRate) -> Check:
    return check(threshold, Known(pools=(), rates={threshold.measure: rate}, shares={}, exact={}))


def exact(threshold, *, signed: bool = False, **fields) -> Check:
    """A figure over all calls against the bar."""
    measure = Measure(**{"name": threshold.measure, "unit": "money", "n": 100, "of": 100, **fields})
    return check(threshold, Known(pools=(), rates={}, shares={}, exact={threshold.measure: measure}, signed=signed))


def failures(graded: int, failed: int = 0, judged: int = 1000, strata: tuple[str, ...] = ("core",), **counts) -> Check:
    """The clear-failure check: `failed` of the first `graded` calls of the first stratum; each stratum has `judged` calls."""
    results = [
        a_result(i, strata[0], final=finals(wrong_information="yes" if i <= failed else "no", unsafe_speech="no"))
        for i in range(1, graded + 1)
    ]
    design = a_design_of(**dict.fromkeys(strata, judged))
    people = population(the_facts(judged * len(strata), **counts), design)
    return held(ONE_PER_CENT, clear_failures(RUBRIC, design, results, people))


def resolved(hits: int, graded: int, judged: int = 1000, gaps: int = 0, **counts) -> Check:
    """The resolution check: hits first, then `gaps` calls passed over, then misses."""
    values = ["resolved"] * hits + [None] * gaps + ["abandoned"] * (graded - hits)
    results = [a_result(i, final=finals(outcome=value)) for i, value in enumerate(values, 1)]
    return held(SIXTY, resolution(a_design_of(core=judged), results, population(the_facts(judged, **counts), None)))


def test_no_failure_in_50_of_1000_is_not_proven_and_says_how_many_more():
    # 258 clean calls of 1,000 are needed to reject "10 or more of these failed" (the table of finite weeks)
    found = failures(50)
    assert (found.verdict, found.measure.value, found.calls_needed) == ("not_proven", 0.0, 258)
    assert found.low == 0.0
    assert 0.05 < found.high < 0.058  # the process allows 5.8 %, these 1,000 calls a little less


@pytest.mark.parametrize(
    ("graded", "failed", "judged", "counts", "verdict"),
    [
        (258, 0, 1000, {}, "met"),
        (257, 0, 1000, {}, "not_proven"),
        (95, 0, 100, {}, "met"),
        (94, 0, 100, {}, "not_proven"),
        (100, 0, 100, {}, "met"),  # a full census without a failure
        (100, 1, 100, {}, "missed"),  # 1 of 100 is not below 1 %
        (100, 0, 100, {"unseen": 2}, "not_proven"),  # 2 silent calls may both have failed
        (100, 0, 100, {"technical": 2}, "missed"),  # 2 of 102, from the log
        (400, 0, 400, {"technical": 2, "unseen": 1}, "met"),  # 3 of 403 at worst
        (50, 10, 1000, {}, "missed"),
    ],
)
def test_clear_failures_against_one_per_cent(graded, failed, judged, counts, verdict):
    assert failures(graded, failed, judged, **counts).verdict == verdict


def test_the_log_alone_can_miss_without_any_grade():
    # 20 technical failures of 1,020 calls are 1.96 %, whatever people read
    found = failures(0, technical=20)
    assert (found.verdict, found.reason, found.measure.value, found.measure.n) == ("missed", "the log alone shows it", None, 0)
    assert (found.low, found.measure.note) == (pytest.approx(20 / 1020), "at least 20 of 1020 calls")


def test_a_miss_of_the_log_stands_while_a_stratum_waits_for_its_first_grade():
    found = failures(5, strata=("core", "tail"), technical=50)
    assert (found.verdict, found.reason) == ("missed", "the log alone shows it")


def test_the_log_alone_can_show_that_too_few_are_resolved():
    # 100 judged calls and 100 technical failures: at most half are resolved
    assert resolved(0, 0, judged=100, technical=100).verdict == "missed"


def test_nothing_graded_and_nothing_certain_is_not_measured():
    found = failures(0, technical=9)  # 9 of 1,009 are 0.89 %
    assert (found.verdict, found.reason, found.low, found.high) == ("not_measured", "nothing graded", None, None)


def test_a_stratum_without_a_grade_is_never_proven():
    found = failures(1000, judged=1000, strata=("core", "tail"))
    assert (found.verdict, found.reason) == ("not_proven", "a stratum has no graded call yet")


@pytest.mark.parametrize(
    ("hits", "graded", "judged", "verdict"),
    [
        (30, 50, 100_000, "not_proven"),  # 45 to 74 %
        (37, 50, 100_000, "met"),
        (36, 50, 100_000, "not_proven"),
        (23, 50, 100_000, "missed"),
        (24, 50, 100_000, "not_proven"),
        (27, 35, 100_000, "met"),
        (15, 35, 100_000, "missed"),
        (12, 20, 20, "met"),  # exactly 60 % of all calls
        (11, 20, 20, "missed"),
    ],
)
def test_resolution_against_60_per_cent(hits, graded, judged, verdict):
    # for a week far larger than the sample these are the numbers of the binomial table, 17/20, 27/35, 37/50
    results = [a_result(i, final=finals(outcome="resolved" if i <= hits else "abandoned")) for i in range(1, graded + 1)]
    people = population(the_facts(20), None).model_copy(update={"judged": judged})
    assert held(SIXTY, resolution(a_design_of(core=judged), results, people)).verdict == verdict


def test_calls_passed_over_keep_a_pass_from_being_proven():
    # 30 of 38 resolved would do; 6 gaps among them could all be misses: 30 of 44
    assert resolved(30, 38).verdict == "met"
    found = resolved(30, 38, gaps=6)
    assert (found.verdict, found.measure.missing, found.reason) == (
        "not_proven",
        6,
        "6 calls passed over or left open, taken both ways",
    )
    assert resolved(30, 38, gaps=1).reason == "1 call passed over or left open, taken both ways"


def test_a_rate_on_the_wrong_side_says_how_many_calls_would_show_the_miss():
    # 28 of 50 are 56 %: if it stays so, some hundred calls prove "below 60 %"
    found = resolved(28, 50)
    assert found.verdict == "not_proven"
    assert 200 < found.calls_needed <= 1000
    assert held_after(found.calls_needed, 0.56) == "missed"


def held_after(graded: int, rate: float) -> str:
    return resolved(int(rate * graded), graded).verdict


def test_as_many_calls_as_it_says_settle_it():
    found = resolved(34, 50)  # 68 %
    assert found.verdict == "not_proven"
    assert resolved(-(-68 * found.calls_needed // 100), found.calls_needed).verdict == "met"


def test_where_no_number_of_grades_would_do_none_is_named():
    # 15 silent calls of 1,015 may be 1.5 % failures whatever is read
    found = failures(50, unseen=15)
    assert (found.verdict, found.calls_needed) == ("not_proven", None)


def four_or_five(good: int, graded: int, judged: int = 1000) -> Check:
    threshold = a_threshold("share_4_5.correctness", at_least=0.8)
    results = [a_result(i, final=finals(correctness=5.0 if i <= good else 2.0)) for i in range(1, graded + 1)]
    share = good_share(a_design_of(core=judged), results, RUBRIC.criterion("correctness"))
    return check(threshold, Known(pools=(), rates={}, shares={threshold.measure: share}, exact={}))


@pytest.mark.parametrize(
    ("good", "graded", "judged", "verdict"),
    [
        (35, 35, 1000, "met"),
        (30, 35, 1000, "not_proven"),
        (20, 35, 1000, "missed"),
        (16, 20, 20, "met"),
        (0, 0, 1000, "not_measured"),
    ],
)
def test_a_share_of_good_answers(good, graded, judged, verdict):
    assert four_or_five(good, graded, judged).verdict == verdict


def test_a_share_needs_calls_of_the_week_not_only_of_the_draw():
    assert four_or_five(30, 35).calls_needed > 35


def test_calls_worth_half_as_much_are_needed_twice():
    """50 calls of unequal weight that tell no more than 25: the number needed doubles."""
    threshold = a_threshold("share_4_5.correctness", at_least=0.6)

    def needed(n_eff: float) -> int:
        found = Estimate(0.7, 50, 100_000, 0, (0.5, 0.8), (0.5, 0.8), n_eff)
        measure = Measure(name=threshold.measure, unit="share", value=0.7, n=50, of=100_000, basis="sample")
        decided = check(threshold, Known(pools=(), rates={}, shares={threshold.measure: (measure, found)}, exact={}))
        assert decided.calls_needed is not None
        return decided.calls_needed

    assert needed(25.0) == 2 * needed(50.0) > 100


def half_out_of_scope(graded: int, bar: float, judged: int = 100, technical: int = 100) -> Check:
    """Of the graded calls every second is out of scope and every other one resolved, beside technical failures."""
    results = [a_result(i, final=finals(outcome="out_of_scope" if i % 2 else "resolved")) for i in range(1, graded + 1)]
    people = population(the_facts(judged, technical=technical), None)
    return held(a_threshold("resolution_rate", at_least=bar), resolution(a_design_of(core=judged), results, people))


def test_an_uncertain_share_out_of_scope_proves_no_miss():
    # as seen 50 / (50 + 100) = 33 %; with 60 of 100 in scope it would be 37.5 %
    assert half_out_of_scope(34, 0.35).verdict == "not_proven"
    assert half_out_of_scope(100, 0.35).verdict == "missed"


def test_what_is_needed_is_never_what_was_graded():
    found = half_out_of_scope(34, 0.35)
    assert found.calls_needed is not None
    assert found.calls_needed > found.measure.n


@pytest.mark.parametrize(
    ("value", "bar", "verdict"),
    [
        (0.5, {"at_least": 0.55}, "not_proven"),  # 40 of 80; with the other 20 it may be 60 of 100
        (0.25, {"at_least": 0.45}, "missed"),  # 20 of 80, 40 of 100 at most
        (0.25, {"at_least": 0.4}, "not_proven"),  # exactly 40 of 100 would do
        (0.5, {"at_least": 0.4}, "met"),  # 40 of 100 at least
    ],
)
def test_a_share_of_calls_of_known_end_and_its_coverage(value, bar, verdict):
    found = exact(a_threshold("containment_rate", **bar), value=value, n=80, unit="share")
    assert found.verdict == verdict


@pytest.mark.parametrize(
    ("fields", "verdict"),
    [
        ({"value": 0.49}, "met"),
        ({"value": 0.5}, "missed"),
        ({"value": 0.4, "n": 90}, "met"),  # 90 % report it: enough
        ({"value": 0.4, "n": 89}, "not_proven"),  # the other 11 may cost anything
        ({"value": 0.56, "n": 89}, "not_proven"),  # 0.56 x 89 / 100 = 0.4984
        ({"value": 0.57, "n": 89}, "missed"),  # 0.5073: too much even if the other 11 cost nothing
        ({"value": None, "n": 0}, "not_measured"),
    ],
)
def test_the_cost_and_its_coverage(fields, verdict):
    assert exact(a_threshold("cost_per_call", below=0.5), **fields).verdict == verdict


def test_an_exact_figure_is_its_own_bound():
    found = exact(a_threshold("containment_rate", at_least=0.7), value=0.7)
    assert (found.verdict, found.low, found.high) == ("met", 0.7, 0.7)


@pytest.mark.parametrize(
    ("reviewed", "signed", "verdict"),
    [
        (20, False, "met"),
        (25, True, "met"),
        (19, False, "not_measured"),
        (19, True, "missed"),
        (0, False, "not_measured"),
        (0, True, "missed"),
    ],
)
def test_owner_review_is_missed_only_once_the_week_is_signed(reviewed, signed, verdict):
    value = float(reviewed) if reviewed else None
    found = exact(a_threshold("owner_reviewed_calls", at_least=20), n=reviewed, value=value, unit="calls", signed=signed)
    assert found.verdict == verdict
    assert found.reason == ("" if verdict == "met" else f"{reviewed} of 20 calls reviewed so far")


def test_a_check_on_a_question_that_nobody_asks_is_not_measured():
    found = check(a_threshold("share_4_5.kindness", at_least=0.8), Known(pools=(), rates={}, shares={}, exact={}))
    assert (found.verdict, found.reason) == ("not_measured", "the rubric of this week has no such criterion")


def seen(verdict: str, value: float | None = 0.7, name: str = "resolution_rate", **bar) -> Check:
    threshold = a_threshold(name, **(bar or {"at_least": 0.6}))
    return a_check(verdict, threshold, a_measure(value, name))


@pytest.mark.parametrize(
    ("checks", "verdict", "leaning"),
    [
        ([seen("met"), seen("met")], "good enough", ""),
        ([seen("met"), seen("missed"), seen("not_proven")], "not good enough", ""),
        ([seen("met"), seen("not_proven", 0.7)], "not proven yet", "nothing against it"),
        ([seen("met"), seen("not_measured", None)], "not proven yet", "nothing against it"),
        ([seen("not_proven", 0.5)], "not proven yet", "leaning to a miss (resolution rate)"),
        (
            [seen("not_proven", 0.5), seen("not_proven", 0.02, "clear_failure_rate", below=0.01)],
            *("not proven yet", "leaning to a miss (resolution rate, clear failure rate)"),
        ),
        ([seen("not_measured", 0.1)], "not proven yet", "nothing against it"),
        ([], "not proven yet", "nothing against it"),
    ],
)
def test_the_verdict_of_the_week(checks, verdict, leaning):
    assert week_verdict(checks) == (verdict, leaning)


def test_an_unanswered_percentile_leans_to_a_miss():
    measure = Measure(name="latency_p99_ms", unit="ms", n=50, of=80, unanswered=True)
    found = a_check("not_proven", a_threshold("latency_p99_ms", below=1500), measure)
    assert week_verdict([found]) == ("not proven yet", "leaning to a miss (latency p99 ms)")
