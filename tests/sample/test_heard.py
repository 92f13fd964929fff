"""Which calls are listened to."""

from __future__ import annotations

from collections import Counter

import pytest

from evalharness.models.sample import Design, DrawnCall, SampleItem, Stratum, StratumSize, WeeklySample
from evalharness.sample.heard import heard_calls
from evalharness.sample.queue import weekly_sample
from tests.builders import WEEK, a_call, a_rubric


def a_sample_of(calls: int, seed: str = "1") -> WeeklySample:
    size = StratumSize(stratum=Stratum(name="core"), population=calls, drawn=calls, judged=calls)
    design = Design(week=WEEK, seed=seed, size=calls, strata=(size,))
    drawn = [DrawnCall(stratum="core", key=f"{n:04d}", source="demo", call_id=f"c{n}") for n in range(calls)]
    return weekly_sample(design, drawn, {("demo", f"c{n}"): a_call(id=f"c{n}") for n in range(calls)}, a_rubric())


def test_as_many_as_asked_for_and_the_same_each_time():
    sample = a_sample_of(20)
    assert len(heard_calls(sample, 3)) == 3
    assert heard_calls(sample, 3) == heard_calls(sample, 3) < heard_calls(sample, 4)


def test_no_more_than_were_drawn_and_none_where_none_is_wanted():
    assert heard_calls(a_sample_of(2), 3) == {("demo", "c0"), ("demo", "c1")}
    assert heard_calls(a_sample_of(2), 0) == frozenset()


def test_a_negative_number_is_no_number_of_calls():
    with pytest.raises(ValueError, match="-1 calls"):
        heard_calls(a_sample_of(2), -1)


def test_calls_picked_by_hand_are_never_among_them_and_change_nothing():
    sample = a_sample_of(3)
    picked = SampleItem(position=4, stratum="picked", key="", probability=None, call=a_call(id="picked"))
    assert heard_calls(sample.model_copy(update={"picked": (picked,)}), 4) == heard_calls(sample, 4)


def test_every_place_of_the_queue_is_as_likely():
    # 3 of 10 calls under each of 400 seeds: each expected 120 times, sd sqrt(400 * .3 * .7) = 9.2; 5 sd = 46
    found = Counter(call for seed in range(400) for call in heard_calls(a_sample_of(10, str(seed)), 3))
    assert len(found) == 10
    assert all(abs(times - 120) < 46 for times in found.values())
