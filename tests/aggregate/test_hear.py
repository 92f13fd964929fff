"""Which calls an owner should listen to: the most serious reason first, each call once."""

from __future__ import annotations

import pytest

from evalharness.aggregate.hear import calls_to_hear
from evalharness.models.removed import Removal
from tests.aggregate.building import a_final, a_result, finals
from tests.builders import a_call, a_handoff, a_rubric, call_measures


def a_failure(position, **fields):
    return a_result(position, clear_failure="yes", final=finals(wrong_information="yes", unsafe_speech="no"), **fields)


def a_disagreement(position):
    open_one = a_final(None, "greeted", conflict=True, note="waits for an adjudicator (Anna: yes, Ben: no)")
    return a_result(position, final={**finals(), "greeted": open_one})


def a_missed_escalation(position):
    return a_result(position, final=finals(human_needed="needed"))


def a_slow_call(position, p99_ms=1501.0, **fields):
    return a_result(position, final=finals(), measures=call_measures(f"c{position}", p99_ms=p99_ms, **fields))


def a_low_score(position, score=59.9):
    return a_result(position, final=finals(), score=score)


def heard(*results):
    return [(call.position, call.kind) for call in calls_to_hear(a_rubric(), results)]


def test_the_ranking():
    found = heard(a_low_score(1), a_slow_call(2), a_missed_escalation(3), a_disagreement(4), a_failure(5))
    assert found == [(5, "clear_failure"), (4, "disagreement"), (3, "missed_escalation"), (2, "slow"), (1, "low_score")]


def test_a_call_stands_once_under_its_most_serious_reason():
    both = a_failure(1, score=10.0, measures=call_measures("c1", p99_ms=9000.0))
    assert heard(both) == [(1, "clear_failure")]


def test_ranks_count_from_one_and_reasons_name_what_was_found():
    first, second = calls_to_hear(a_rubric(), [a_disagreement(1), a_failure(2)])
    assert (first.rank, first.reason, first.call_id) == (1, "clear failure: wrong information", "c2")
    assert (second.rank, second.reason) == (2, "people differ on greeted: waits for an adjudicator")


def test_an_ordinary_call_is_not_there():
    ordinary = a_result(1, final=finals(human_needed="needed"), call=a_call(handoff=a_handoff()), score=60.0)
    assert heard(ordinary, a_slow_call(2, 1500.0), a_slow_call(3, None)) == []


def test_a_picked_call_is_heard_where_it_failed():
    """Behind the drawn failures and marked; a picked call without one, however slow, is no call to hear."""
    slow = a_result(38, final=finals(), measures=call_measures("c38", p99_ms=9000.0))
    found = calls_to_hear(a_rubric(), [a_failure(1), a_disagreement(2)], (), [a_failure(37), slow])
    assert [(call.rank, call.position, call.kind) for call in found] == [
        (1, 1, "clear_failure"),
        (2, 37, "clear_failure"),
        (3, 2, "disagreement"),
    ]
    assert found[1].reason == "picked by hand: clear failure: wrong information"


def test_the_three_slowest_unanswered_ones_first():
    unanswered = {"p50_unanswered": True, "p50_ms": None}
    found = heard(a_slow_call(1, 1600.0), a_slow_call(2, 1900.0), a_slow_call(3, 1700.0), a_slow_call(4, None, **unanswered))
    assert found == [(4, "slow"), (2, "slow"), (3, "slow")]


def test_the_three_lowest_scores_ties_by_position():
    found = heard(a_low_score(1, 50.0), a_low_score(2, 40.0), a_low_score(3, 50.0), a_low_score(4, 55.0))
    assert [position for position, _ in found] == [2, 1, 3]


@pytest.mark.parametrize("results", [[], [a_result(1, final=finals())]])
def test_nothing_graded_is_nothing_to_hear(results):
    assert heard(*results) == []


def test_a_slow_call_and_a_low_score_say_how_slow_and_how_low():
    """So that the reason says more than its kind."""
    slow, low = calls_to_hear(a_rubric(), [a_slow_call(1, 4078.0), a_low_score(2, 41.5)])
    assert (slow.reason, low.reason) == ("slow replies: 99 of 100 within 4078 ms", "low score: 41.5 of 100")


def test_a_call_without_its_text_says_so():
    """There is nothing to hear any more: the mark stands behind the reason."""
    gone = Removal("2026-11-24", "on request").call(a_call(id="c1"))
    (low,) = calls_to_hear(a_rubric(), [a_result(1, final=finals(), score=41.5, call=gone)])
    assert low.reason == "low score: 41.5 of 100; [text removed on 2026-11-24 on request]"
