"""Calls that somebody is still to grade blind: of these nothing that others say is shown, not in a report and not in a list."""

from __future__ import annotations

from collections.abc import Mapping

from evalharness.flows.excluded import left_out
from evalharness.flows.lanes import with_lists
from evalharness.flows.opened import Opened, frozen_rubric
from evalharness.grade.human.desk.board import Board, Grading
from evalharness.models.grade import Grade
from evalharness.models.sample import WeeklySample
from evalharness.sample.lanes import Identity
from evalharness.store.records import load_grades, shown, signed_off


def unfinished(house: Opened, sample: WeeklySample) -> Mapping[str, frozenset[Identity]]:
    """Person -> (source, id) of the calls on their list, picked ones too, with a question that they have not answered.

    A skipped call and one whose transcript is marked as wrong are finished. Nobody in it whose grades are left out; a signed week
    waits for no one.
    """
    if signed_off(house.ledger, sample.week):
        return {}
    whole, lists = with_lists(house.ledger, sample)
    board = Board(whole, frozen_rubric(house, sample), house.config.zone, lists)
    people = [grade for grade in load_grades(house.ledger, sample.week) if grade.grader.kind == "human"]
    gone, seen = left_out(house, sample.week), shown(house.ledger, sample.week)
    found = {}
    for person in lists:
        if person not in gone:
            own = [grade for grade in people if grade.grader.name == person]
            known = seen.get(person, frozenset())
            beside: dict[str, dict[str, Grade]] = {row: {} for row, item in board.queue(person).items() if item.identity in known}
            cards = Grading(person, board, own, {}, lambda _: 0.0, suggested=beside).cards
            found[person] = frozenset(card.item.identity for card in cards if card.missing)
    return found


def awaited(house: Opened, sample: WeeklySample) -> dict[Identity, frozenset[str]]:
    """(source, id) of each call that anybody is still to grade -> who is."""
    found: dict[Identity, frozenset[str]] = {}
    for person, calls in unfinished(house, sample).items():
        found |= {call: found.get(call, frozenset()) | {person} for call in calls}
    return found


def unread(house: Opened, sample: WeeklySample) -> frozenset[Identity]:
    """The calls that anybody is still to grade."""
    return frozenset(identity for own in unfinished(house, sample).values() for identity in own)
