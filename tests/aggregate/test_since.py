"""A judged rate accumulated over weeks: which calls count, and what may be claimed at every look."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from evalharness.aggregate.epoch import Epoch
from evalharness.aggregate.inputs import PastWeek
from evalharness.aggregate.judged import resolved
from evalharness.aggregate.since import Counts, counts, kept, since
from evalharness.models.measure import Since
from evalharness.models.threshold import Threshold
from evalharness.stats.sequence import sequence_bounds, sequence_calls_needed
from tests.aggregate.building import a_final, by, finals
from tests.aggregate.pasts import a_past, a_population, midnight
from tests.builders import a_threshold

BEGUN = Epoch("2026-W40", None, "the first week")
RESOLVED = a_threshold("resolution_rate", at_least=0.6)
FAILURES = a_threshold("clear_failure_rate", below=0.01)
WEEKS = [f"2026-W{week}" for week in range(40, 52)]


def accumulated(threshold: Threshold, *weeks: PastWeek, begun: Epoch = BEGUN) -> Since:
    """The rate since the epoch, with the whole weeks' divisions."""
    found = since(threshold, weeks, begun, {past.week: past.population for past in weeks})
    assert found is not None
    return found


def test_two_plain_weeks_are_added_up() -> None:
    """12 of 20 and 15 of 20 resolved: 27 of 40, bounds as of 27 hits in 40 accumulated calls."""
    found = accumulated(
        RESOLVED,
        a_past(["resolved"] * 12 + ["unresolved"] * 8),
        a_past(["resolved"] * 15 + ["unresolved"] * 5, "2026-W41"),
    )

    assert (found.hits, found.n, found.weeks, found.value) == (27, 40, 2, pytest.approx(27 / 40))
    assert (found.low, found.high) == pytest.approx(sequence_bounds(27, 40))


def test_weeks_before_the_epoch_do_not_count() -> None:
    """The first of the two weeks lies before 2026-W41."""
    found = accumulated(
        RESOLVED, a_past(["resolved"] * 9), a_past(["unresolved"] * 7, "2026-W41"), begun=Epoch("2026-W41", None, "changed")
    )

    assert (found.hits, found.n, found.week) == (0, 7, "2026-W41")


def test_within_the_week_of_the_epoch_only_later_calls_count() -> None:
    """Calls start 1, 2, ... 10 hours into the week; from hour 4 on there are seven."""
    start = midnight("2026-W40").replace(hour=4)
    past = a_past(["resolved"] * 10)

    assert counts(past, "resolution_rate", resolved, Epoch("2026-W40", start, "v2")).inside == 7


def test_an_oversampled_tail_is_thinned_to_the_chance_of_the_rest() -> None:
    """10 of 100 core calls, 10 of 20 tail calls: f = .1, so the tail keeps 2 of its 10, the first two of the queue."""
    strata = ["core", "tail"] * 10
    outcomes = ["resolved", "unresolved"] * 10
    past = a_past(outcomes, strata=strata, sizes={"core": 100, "tail": 20})
    found = counts(past, "resolution_rate", resolved, BEGUN)

    assert (found.hits, found.inside) == (10, 12)


def test_what_two_strata_keep_is_rounded_independently() -> None:
    """f = .1, two tails of 15 calls: each keeps one call or two, and over 12 weeks not always the same as the other."""
    strata = ["core"] * 10 + ["long", "night"] * 5
    sizes = {"core": 100, "long": 15, "night": 15}
    pairs = set()
    for week in WEEKS:
        past = a_past(["resolved"] * 20, week, strata=strata, sizes=sizes)
        chosen = [one.stratum for one in kept(past, past.results)]
        pairs.add((chosen.count("long"), chosen.count("night")))

    assert {count for pair in pairs for count in pair} == {1, 2}
    assert any(long != night for long, night in pairs)


def test_a_stratum_without_a_graded_call_adds_nothing() -> None:
    """No call of the tail reached: the week's calls do not have the same chance, so none is added."""
    found = accumulated(RESOLVED, a_past(["resolved"] * 10, sizes={"core": 100, "tail": 20}))

    assert (found.n, found.value, found.verdict, found.weeks) == (0, None, "not_proven", 0)


def test_a_call_passed_over_is_taken_both_ways() -> None:
    """18 resolved, one passed over, one unresolved: the low end of 18 of 20, the high end of 19 of 20; 18 of 19 is shown."""
    found = accumulated(RESOLVED, a_past(["resolved"] * 9 + [None] + ["resolved"] * 9 + ["unresolved"]))

    assert (found.hits, found.n) == (18, 20)
    assert found.value == pytest.approx(18 / 19)
    assert found.low == pytest.approx(sequence_bounds(18, 20)[0])
    assert found.high == pytest.approx(sequence_bounds(19, 20)[1])


def test_technical_failures_of_all_weeks_enter_the_clear_failures() -> None:
    """(T + M p) / (T + M): 4 technical and 196 judged a week, 0 of 40 failed: 8 of 400 = 2 % for certain: missed."""
    people = a_population(196, technical=4)
    weeks = [a_past(["resolved"] * 20, week, sizes={"core": 196}, population=people) for week in WEEKS[:2]]
    found = accumulated(FAILURES, *weeks)

    assert found.value == pytest.approx(8 / 400)
    assert found.low == pytest.approx(8 / 400)
    assert found.high == pytest.approx((8 + 392 * sequence_bounds(0, 40)[1]) / 400)
    assert found.verdict == "missed"


def test_what_the_log_knows_counts_by_the_calls_read_as_what_people_know_does() -> None:
    """20 calls read of each week. Busy: 10 technical of 5,010, .8 % failed; quiet: 2 technical of 202, none failed.

    One week is at 1 % and so is the other; with all calls in one pot, 12 of 5,212 and half of .8 %, it would look like .6 %.
    By the calls read: (10 / 5010 + 2 / 202) / 2 = .595 % from the log alone, which the rate never lies below.
    """
    busy = a_past(["resolved"] * 20, sizes={"core": 5000}, population=a_population(5000, technical=10))
    quiet = a_past(["resolved"] * 20, "2026-W41", sizes={"core": 200}, population=a_population(200, technical=2))
    found = accumulated(FAILURES, busy, quiet)

    assert found.value == pytest.approx((10 / 5010 + 2 / 202) / 2)
    assert found.low == pytest.approx(found.value)


def test_a_week_that_the_log_no_longer_holds_is_left_out_of_rates_of_all_calls() -> None:
    """Its technical failures are unknown. A share of the calls read needs none of them: both weeks count."""
    gone, stays = a_past(["resolved"] * 20, population=a_population(0)), a_past(["resolved"] * 20, "2026-W41")

    assert accumulated(FAILURES, gone).n == 0
    assert [(one.n, one.weeks) for one in (accumulated(rate, gone, stays) for rate in (FAILURES, RESOLVED))] == [(20, 1)] * 2
    good = accumulated(a_threshold("share_4_5.correctness", at_least=0.6), *(_good(past) for past in (gone, stays)))
    assert (good.n, good.weeks, good.value, good.low) == (40, 2, 1.0, pytest.approx(sequence_bounds(40, 40)[0]))


def _good(past: PastWeek) -> PastWeek:
    """The week with level 5 in every call."""
    five = finals(past.rubric, correctness=5)["correctness"]
    results = [one.model_copy(update={"final": {**one.final, "correctness": five}}) for one in past.results]
    return replace(past, results=results)


def test_a_week_of_which_every_call_read_was_out_of_scope_counts_in_what_is_left_out() -> None:
    """10 of 10 in scope, 10 of 10 out: half the judged calls of the two weeks are out, and both weeks are in."""
    weeks = [a_past(["resolved"] * 10), a_past(["out_of_scope"] * 10, "2026-W41")]
    found = accumulated(RESOLVED, *(replace(one, population=a_population(200, technical=100)) for one in weeks))

    assert (found.hits, found.n, found.weeks) == (10, 10, 2)
    assert found.value == pytest.approx(100 / 200)  # of 200 judged 100 in scope, all resolved, beside 100 technical ones


def test_the_error_is_divided_where_the_share_out_of_scope_is_an_estimate_too() -> None:
    """40 of 50 in scope resolved, 10 of 60 out, 40 technical of 240: each limit of .04 at the worse .01 end of the share out."""
    outcomes = ["resolved"] * 40 + ["unresolved"] * 10 + ["out_of_scope"] * 10
    found = accumulated(RESOLVED, a_past(outcomes, population=a_population(200, technical=40)))
    (low, high), out = sequence_bounds(40, 50, 0.04), sequence_bounds(10, 60, 0.01)
    most, least = (200 * (1 - share) for share in out)

    assert found.low == pytest.approx(least * low / (40 + least))
    assert found.high == pytest.approx(most * high / (40 + most))
    assert found.value == pytest.approx((200 * 50 / 60) * 0.8 / (40 + 200 * 50 / 60))


def test_the_calls_needed_are_of_the_judged_calls_with_the_log_taken_off() -> None:
    """Below 10 % of 250 calls, 5 of them technical: the 245 judged ones must stay below (25 - 5) / 245 = 8.2 %.

    With 20 unseen ones counted as failures nothing is left for the 225 judged ones: no number of calls would settle it.
    """
    bar = a_threshold("clear_failure_rate", below=0.1)
    seen = accumulated(bar, a_past(["resolved"] * 20, sizes={"core": 245}, population=a_population(245, technical=5)))
    unseen = accumulated(
        bar, a_past(["resolved"] * 20, sizes={"core": 225}, population=a_population(225, technical=5, unseen=20))
    )

    assert (seen.verdict, unseen.verdict) == ("not_proven", "not_proven")
    assert seen.calls_needed == sequence_calls_needed(0, 20, 20 / 245, "below")
    assert unseen.calls_needed is None


def test_calls_nobody_could_read_are_taken_both_ways() -> None:
    """50 of 250 calls without a transcript: the high end counts all of them as failed."""
    found = accumulated(FAILURES, a_past(["resolved"] * 20, population=a_population(200, unseen=50)))

    assert found.high == pytest.approx((200 * sequence_bounds(0, 20)[1] + 50) / 250)


def test_technical_failures_are_unresolved() -> None:
    """20 of 20 judged calls resolved, 50 of 250 in scope failed technically: 80 %."""
    found = accumulated(RESOLVED, a_past(["resolved"] * 20, population=a_population(200, technical=50)))

    assert found.value == pytest.approx(0.8)
    assert found.high == pytest.approx(0.8)


def test_calls_out_of_scope_leave_both_sides() -> None:
    """10 resolved, 5 unresolved, 5 out of scope: 10 of 15."""
    found = accumulated(RESOLVED, a_past(["resolved"] * 10 + ["unresolved"] * 5 + ["out_of_scope"] * 5))

    assert (found.hits, found.n, found.value) == (10, 15, pytest.approx(10 / 15))


def test_377_clean_calls_show_below_one_per_cent() -> None:
    """The accumulated bound needs 377 calls without a failure: 7 weeks of 50 are not enough, 8 are."""
    weeks = [a_past(["resolved"] * 50, week) for week in WEEKS]

    seven, eight = accumulated(FAILURES, *weeks[:7]), accumulated(FAILURES, *weeks[:8])
    assert (seven.n, seven.verdict, seven.calls_needed) == (350, "not_proven", 377)
    assert (eight.n, eight.verdict, eight.calls_needed) == (400, "met", None)


def test_a_rate_on_the_wrong_side_needs_calls_to_be_missed() -> None:
    """10 of 20 where 60 % are asked for: what is counted is how many show a miss, more than the 20 there are."""
    found = accumulated(RESOLVED, a_past(["resolved"] * 10 + ["unresolved"] * 10))

    assert found.verdict == "not_proven"
    assert found.calls_needed is not None
    assert found.calls_needed > 20


def test_a_measure_of_all_calls_does_not_accumulate() -> None:
    """Latency is exact for each week; there is nothing to accumulate."""
    assert since(a_threshold("latency_p50_ms", below=600), [a_past()], BEGUN, {}) is None


def test_counts_add_up_field_by_field() -> None:
    """(1, 2, 3, 4, 5) and (10, 20, 30, 40, 50)."""
    assert Counts(1, 2, 3, 4, 5) + Counts(10, 20, 30, 40, 50) == Counts(11, 22, 33, 44, 55)


def test_over_a_year_of_looks_a_rate_at_the_bar_is_rarely_called_met() -> None:
    """200 years of 52 weeks of 20 core + 8 tail calls at exactly 60 % over both strata; .05 may be "met" at some look, ever.

    Core 120 calls at 70 %, tail 40 at 30 %: (84 + 12) / 160 = .6. Chance error of 200 years: 3 x sqrt(.05 x .95 / 200) = .046.
    """
    rng = np.random.default_rng(7)
    strata = (["core"] * 5 + ["tail"] * 2) * 4
    core, tail = np.arange(120) < 84, np.arange(40) < 12
    weeks = []
    for week in range(1, 53):
        past = a_past(["resolved"] * 28, f"2026-W{week:02}", strata=strata, sizes={"core": 120, "tail": 40})
        chosen = [one.stratum for one in kept(past, past.results)]
        weeks.append((chosen.count("core"), chosen.count("tail")))
    assert {sum(one) for one in weeks} == {26, 27}  # all 20 core calls of 120: f = 1/6, and 6 or 7 of the tail's 40
    false = 0
    for _ in range(200):
        hits = n = 0
        met = False
        for from_core, from_tail in weeks:
            hits += int(rng.permutation(core)[:from_core].sum() + rng.permutation(tail)[:from_tail].sum())
            n += from_core + from_tail
            met = met or (hits / n > 0.6 and sequence_bounds(hits, n)[0] >= 0.6)
        false += met
    assert false / 200 <= 0.05 + 0.046


def test_calls_of_the_assisted_lane_open_nothing() -> None:
    """Of ten calls two were graded beside an LLM's answers, one blind for want of one: seven count and none is open."""
    past = a_past(["resolved"] * 10)
    assisted = [by("Anna Keller", 4, lane="assisted")]
    unread = {name: a_final(None, name) for name in past.results[0].final}
    seen = [one.model_copy(update={"grades": tuple(assisted), "final": unread}) for one in past.results[3:5]]
    results = [*past.results[:3], *seen, past.results[5].model_copy(update={"aside": True}), *past.results[6:]]
    found = counts(replace(past, results=results), "resolution_rate", resolved, BEGUN)
    assert (found.hits, found.inside, found.open) == (7, 7, 0)
