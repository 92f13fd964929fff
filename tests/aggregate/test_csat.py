"""CSAT of the calls the agent kept, and the gap to calls that people handled, with the interval of both samples."""

from __future__ import annotations

import numpy as np
import pytest

from evalharness.aggregate.checks import Known, check
from evalharness.aggregate.csat import csat_gap, shares
from evalharness.models.csat import Baseline
from evalharness.models.facts import FactGroup
from evalharness.stats.difference import melded_difference
from tests.aggregate.building import facts_of_calls
from tests.builders import a_call, a_handoff, a_threshold

AT_MOST_5 = a_threshold("csat_gap_points", at_most=5)


def answered(*answers, **fields):
    """A call an answer; None = the caller did not answer."""
    return [a_call(id=f"{i}{fields}", csat=answer, **fields) for i, answer in enumerate(answers)]


def a_baseline(value=80.0, n=200, **fields):
    """80 % of 200 answers of the summer."""
    return Baseline(**{"value": value, "n": n, "period": "2026-Q2", **fields})


def by_name(*calls):
    return {measure.name: measure for measure in shares(facts_of_calls(*calls))}


def against(gap, threshold=AT_MOST_5):
    return check(threshold, Known(pools=(), rates={}, shares={}, exact={"csat_gap_points": gap.measure}, gap=gap))


def test_four_and_five_are_content_among_those_who_answered():
    # 4, 4.5 and 5 of 6 answers; 2 did not answer: 6 of 8
    found = by_name(*answered(1.0, 3.0, 3.9, 4.0, 4.5, 5.0, None, None))
    assert (found["csat_share"].value, found["csat_share"].n, found["csat_share"].of, found["csat_share"].missing) == (
        0.5,
        6,
        8,
        2,
    )
    assert (found["csat_response_rate"].value, found["csat_response_rate"].n) == (0.75, 8)


def test_answers_of_transferred_calls_are_apart_and_those_out_of_scope_nowhere():
    # kept: 5, 1; to a person: 5 (handed off), 5 (outcome), 2; spam: 5
    to_a_person = [*answered(5.0, handoff=a_handoff()), *answered(5.0, 2.0, outcome="transferred")]
    found = by_name(*answered(5.0, 1.0), *to_a_person, *answered(5.0, outcome="out_of_scope"))
    assert (found["csat_share"].value, found["csat_share"].n) == (0.5, 2)
    assert (found["csat_transferred"].value, found["csat_transferred"].n) == (pytest.approx(2 / 3), 3)


def test_a_handoff_that_failed_or_went_to_a_bot_leaves_the_call_with_the_agent():
    calls = [*answered(1.0, handoff=a_handoff(status="failed")), *answered(5.0, handoff=a_handoff(destination="bot"))]
    assert by_name(*calls)["csat_share"].n == 2


@pytest.mark.parametrize("calls", [[], answered(None, None)])
def test_no_answer_is_no_share(calls):
    found = by_name(*calls)
    assert [found[name].value for name in ("csat_share", "csat_transferred")] == [None, None]
    assert (found["csat_response_rate"].value, found["csat_response_rate"].n) == (None, 0)  # were they asked at all?


def test_where_only_transferred_callers_answered_the_response_is_zero():
    # callers are asked, then; of 2 calls that the agent kept none answered
    found = by_name(*answered(None, None), *answered(5.0, outcome="transferred"))["csat_response_rate"]
    assert (found.value, found.n) == (0.0, 2)


def test_without_a_baseline_there_is_no_gap():
    gap = csat_gap(facts_of_calls(*answered(5.0, None)), None)
    assert (gap.measure.value, gap.measure.n, gap.measure.of, gap.measure.missing) == (None, 0, 2, 1)
    assert "no baseline is set (csat.baseline); 1 call has a CSAT answer" in gap.measure.note
    assert "switch the check off in the thresholds file (enabled: false): the report names it" in gap.measure.note
    assert against(gap).verdict == "not_measured"


def test_without_an_answer_there_is_no_gap():
    gap = csat_gap(facts_of_calls(*answered(None, None), *answered(5.0, outcome="transferred")), a_baseline())
    found = against(gap)
    assert (found.verdict, found.measure.value, found.measure.n, found.measure.of) == ("not_measured", None, 0, 2)
    assert found.reason.startswith("no caller answered: 2 calls in scope")


def test_the_gap_is_baseline_less_agent_in_points():
    # 80 % of 200 against 6 of 10: 20 points, between the limits of the two binomials melded
    gap = csat_gap(facts_of_calls(*answered(*[5.0] * 6, *[2.0] * 4, *[None] * 30)), a_baseline())
    assert (gap.measure.value, gap.measure.n, gap.measure.of, gap.measure.missing) == (20.0, 10, 40, 30)
    wide, one = (melded_difference(160, 200, 6, 10, tail) for tail in (0.025, 0.05))
    assert (gap.measure.low, gap.measure.high) == pytest.approx((100 * wide.low, 100 * wide.high))
    assert gap.bounds == pytest.approx((100 * one.low, 100 * one.high))
    assert gap.reason == "only callers who answered are in it: 10 of 40 (25 %)"
    assert gap.measure.note == "6 of 10 answers are 4 or 5; baseline 80 % of 200 answers (2026-Q2); raw: not by intent"


def test_the_baseline_takes_the_intents_of_those_who_answer():
    # 2 answers on billing (60 %), 1 on booking (90 %), 1 on something else (80 % over all): (2 x 60 + 90 + 80) / 4 = 72.5
    calls = [*answered(5.0, 1.0, None, intent="billing"), *answered(5.0, intent="booking"), *answered(5.0, intent="hours")]
    gap = csat_gap(facts_of_calls(*calls), a_baseline(by_intent={"billing": 60.0, "booking": 90.0}))
    assert gap.measure.value == pytest.approx(72.5 - 75.0)
    assert "baseline 72.5 %" in gap.measure.note
    assert gap.measure.note.endswith("these answers; 1 of an intent it does not know takes its overall value")


def test_a_baseline_that_knows_every_intent_says_nothing_of_others():
    known = {"billing": {"value": 60.0, "n": 200}}
    gap = csat_gap(facts_of_calls(*answered(5.0, intent="billing")), a_baseline(by_intent=known))
    assert gap.measure.note.endswith("weighted to the intents of these answers")


def test_a_baseline_of_another_mix_is_worth_fewer_answers():
    # 20 of 25 answers are on billing (60 % of 40), 5 on booking (90 % of 160): p = .8 x .6 + .2 x .9 = .66
    # variance .64 x .24 / 40 + .04 x .09 / 160 = .0038625, .2244 of it: 58.1; Kish 1 / (.64 / 40 + .04 / 160) = 61.5; n = 200
    calls = [*answered(*[5.0] * 15, *[1.0] * 5, intent="billing"), *answered(*[5.0] * 5, intent="booking")]
    known = {"billing": {"value": 60.0, "n": 40}, "booking": {"value": 90.0, "n": 160}}
    gap = csat_gap(facts_of_calls(*calls), a_baseline(by_intent=known))
    assert gap.measure.value == pytest.approx(66 - 80)
    worth = 0.2244 / 0.0038625
    assert gap.bounds == pytest.approx(
        [100 * getattr(melded_difference(0.66 * worth, worth, 20, 25, 0.05), e) for e in ("low", "high")]
    )
    assert gap.measure.note.endswith("weighted to the intents of these answers; worth 58 of its answers")


@pytest.mark.parametrize("billing", [60.0, {"value": 60.0, "n": 40}])
def test_an_intent_without_its_n_proves_nothing(billing):
    # 20 of 1,000 content against 60 and 90 %: 80 points, and still nobody knows what the 90 % of bookings is worth
    calls = [*answered(*[5.0] * 10, *[1.0] * 490, intent="billing"), *answered(*[5.0] * 10, *[1.0] * 490, intent="booking")]
    found = against(csat_gap(facts_of_calls(*calls), a_baseline(by_intent={"billing": billing, "booking": 90.0})))
    assert (found.verdict, found.measure.low, found.measure.high) == ("not_proven", None, None)
    assert found.measure.value == pytest.approx(75 - 2)
    assert "does not say how many answers each intent has" in found.reason


def test_an_intent_that_nobody_called_about_needs_no_n():
    gap = csat_gap(facts_of_calls(*answered(5.0, intent="a")), a_baseline(by_intent={"a": {"value": 80, "n": 50}, "b": 90.0}))
    assert gap.bounds[0] > -100


def test_a_baseline_of_content_callers_only_is_worth_what_its_answers_are():
    # nothing varies: Kish, 1 / (1 / 40) = 40 of 200
    gap = csat_gap(facts_of_calls(*answered(5.0, intent="a")), a_baseline(by_intent={"a": {"value": 100, "n": 40}}))
    assert gap.measure.note.endswith("worth 40 of its answers")
    assert gap.measure.value == 0.0


def test_the_intents_have_no_more_answers_than_the_baseline():
    with pytest.raises(ValueError, match="the intents have 250 answers together, the whole baseline 200"):
        a_baseline(by_intent={"a": {"value": 80, "n": 150}, "b": {"value": 80, "n": 100}, "c": 50.0})


@pytest.mark.parametrize(
    ("content", "of", "verdict"),
    [
        (1700, 2000, "met"),  # 85 % against 80 % of 200: the agent is 5 points better, 10 from the bar
        (8, 10, "not_proven"),  # no gap, of few answers
        (1200, 2000, "missed"),  # 60 %: 20 points
        (1500, 2000, "not_proven"),  # 75 %: on the bar
    ],
)
def test_the_gap_against_at_most_5_points(content, of, verdict):
    facts = facts_of_calls(*answered(*[5.0] * content, *[1.0] * (of - content)))
    found = against(csat_gap(facts, a_baseline()))
    assert found.verdict == verdict
    assert (found.high <= 5, found.low > 5) == (verdict == "met", verdict == "missed")


def test_a_small_baseline_proves_nothing():
    # 95 % of 2,000 against 80 % of 10 answers: the baseline itself may be 90 %
    facts = facts_of_calls(*answered(*[5.0] * 1700, *[1.0] * 300))
    assert against(csat_gap(facts, a_baseline(n=200))).verdict == "met"
    assert against(csat_gap(facts, a_baseline(n=10))).verdict == "not_proven"


def test_the_limits_hold_the_true_gap_where_the_baseline_is_of_another_mix():
    """300 made weeks: bookings 90, bills 60 % content, 5 points less with the agent; 80 % of the baseline's answers are bookings,
    20 % of the week's. At least .92 of the intervals (95 %, chance error .013) hold 5; at most .09 say met or missed at 5."""
    dice = np.random.default_rng(3)
    held = met = missed = 0
    for _ in range(300):
        n = {"booking": (bookings := dice.binomial(400, 0.8)), "bill": 400 - bookings}
        percent = {name: 100 * dice.binomial(n[name], share) / n[name] for name, share in (("booking", 0.9), ("bill", 0.6))}
        facts = [
            groups_of(name, size, dice.binomial(size, share))
            for name, size, share in (("booking", 60, 0.85), ("bill", 240, 0.55))
        ]
        known = {name: {"value": percent[name], "n": n[name]} for name in n}
        gap = csat_gap(facts, a_baseline(sum(percent[name] * n[name] for name in n) / 400, 400, by_intent=known))
        held += gap.measure.low <= 5 <= gap.measure.high
        met, missed = met + (gap.bounds[1] <= 5), missed + (gap.bounds[0] > 5)
    assert held / 300 >= 0.92
    assert met / 300 <= 0.09
    assert missed / 300 <= 0.09


def groups_of(intent, answers, content):
    """Resolved calls about one intent, all of them answered."""
    return FactGroup("resolved", False, True, intent, None, None, answers, (), answers, int(content))
