"""Picked calls behind the queue."""

from __future__ import annotations

from datetime import timedelta

from evalharness.models.sample import Pick
from evalharness.sample.picks import picked_items, positions_of
from tests.builders import MONDAY, WEEK, a_call, a_sample

ANNA, BEN = "Anna Keller", "Ben Ode"


def pick(call_id: str, person: str = ANNA, **call: object) -> Pick:
    return Pick(week=WEEK, call=a_call(id=call_id, **call), person=person, reason="odd", at=MONDAY + timedelta(days=8))


def test_they_stand_behind_the_queue_without_a_probability():
    items = picked_items(a_sample(3), [pick("c9"), pick("c7")])
    assert [(item.position, item.call.id, item.stratum, item.probability) for item in items] == [
        (4, "c9", "picked", None),
        (5, "c7", "picked", None),
    ]


def test_a_call_picked_for_two_people_has_one_place_and_is_as_it_was_first_picked():
    picks = [pick("c9", ANNA, csat=1.0), pick("c8", BEN), pick("c9", BEN, csat=5.0)]
    items = picked_items(a_sample(3), picks)
    assert [(item.position, item.call.id, item.call.csat) for item in items] == [(4, "c9", 1.0), (5, "c8", None)]
    assert (positions_of(ANNA, items, picks), positions_of(BEN, items, picks)) == ((4,), (4, 5))
    assert positions_of("Cora Lind", items, picks) == ()


def test_a_later_pick_moves_no_earlier_one():
    before = picked_items(a_sample(3), [pick("c9"), pick("c8")])
    assert picked_items(a_sample(3), [pick("c9"), pick("c8"), pick("c9", BEN), pick("c7")])[:2] == before


def test_a_pick_that_a_redraw_drew_is_an_ordinary_call():
    """c2 was picked, then drawn: only c9 is left behind the queue of three."""
    items = picked_items(a_sample(3, redraw=1, reason="again"), [pick("c2"), pick("c9")])
    assert [(item.position, item.call.id) for item in items] == [(4, "c9")]
    assert positions_of(ANNA, items, [pick("c2"), pick("c9")]) == (4,)


def test_the_same_id_of_another_source_is_another_call():
    assert [item.identity for item in picked_items(a_sample(3), [pick("c2", source="survey")])] == [("survey", "c2")]
