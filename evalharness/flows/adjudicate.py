"""Deciding where graders differ or a grade is disputed. The grades stay; the decision stands beside them and counts."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from evalharness.errors import UsageError
from evalharness.flows.decided import answer_to, decider, drawn_call, question, text_of
from evalharness.flows.opened import Opened
from evalharness.flows.sheets import drawn_sample
from evalharness.flows.standing import Standing, standing
from evalharness.models.act import Adjudication, Slot
from evalharness.models.grade import Lane
from evalharness.models.summary import Disagreement
from evalharness.store.records import add_adjudication, adjudications, close_disputes, shown


@dataclass(frozen=True)
class Ruling:
    """What somebody decides: the call by id (or SOURCE:ID), the criterion, the value or "na", why, who; `turn` where the
    criterion is asked of turns."""

    call: str
    criterion: str
    value: str
    reason: str
    by: str
    turn: int | None = None


def adjudicate(house: Opened, week: str, ruling: Ruling, at: datetime) -> Adjudication:
    """Keep the decision, and close the disputes it answers. A second decision on the same supersedes the first.

    Raises UsageError for an unknown person, call, criterion or value, an empty reason, where nothing waits for a decision, and
    for a person other than the owner who decides on a grade of their own.
    """
    decider(house, ruling.by)
    known = standing(house, drawn_sample(house, week))
    item = drawn_call(known.sample.items, ruling.call, week)
    criterion = question(known.rubric, ruling.criterion, ruling.turn)
    return rule(house, known, (*item.identity, criterion.id, ruling.turn), ruling, at)


def rule(house: Opened, known: Standing, slot: Slot, ruling: Ruling, at: datetime) -> Adjudication:
    """As `adjudicate`, on this slot of a drawn call, as the week stands. Raises UsageError likewise."""
    by, week, criterion = decider(house, ruling.by), known.sample.week, known.rubric.criterion(slot[2])
    value, reason = answer_to(criterion, ruling.value), text_of(ruling.reason, "--reason")
    one = _waiting(known, slot, ruling)
    own = _own(house, one, by)
    place: dict[str, Any] = dict(zip(("source", "call_id", "criterion", "turn"), slot, strict=True))
    with house.ledger.transaction() as tx:
        before = [row for row, found in adjudications(tx, week).items() if found.slot == slot]
        said: dict[str, Any] = {
            "value": value,
            "reason": reason,
            "by": by,
            "lane": _lane(house, known, one, by),
            "own_grade": own,
        }
        ruled = Adjudication(week=week, **place, **said, at=at, supersedes=before[-1] if before else None)
        add_adjudication(tx, ruled, at)
        close_disputes(tx, week, slot, by, at)
    return ruled


def _waiting(known: Standing, slot: Slot, ruling: Ruling) -> Disagreement:
    """Who said what there. Raises UsageError where neither people differ nor a grade is disputed nor decided already."""
    one = known.difference(slot)
    if one is not None and (one.waits or one.decision is not None):
        return one
    words = ["evalharness", "dispute", ruling.call, slot[2]]
    raise UsageError(
        f"nothing waits for a decision under {slot[2]}",
        where=f"call {ruling.call}",
        why="people agree there, or one of them answered alone, and nobody disputes it",
        fix=f'what waits: evalharness adjudicate; to put a grade up for decision: {shlex.join(words)} --reason "why" --by "NAME"',
    )


def _own(house: Opened, one: Disagreement, by: str) -> bool:
    """Whether who decides had graded it too. Raises UsageError for anybody but the owner."""
    own = any(grade.grader.kind == "human" and grade.grader.name == by for grade in one.grades)
    if own and by != house.config.owner.name:
        raise UsageError(
            f"{by} graded it too",
            where="--by",
            why="nobody but the owner decides on a grade of their own, and then the record says so",
            fix="let another person decide, or the owner",
        )
    return own


def _lane(house: Opened, known: Standing, one: Disagreement, by: str) -> Lane:
    """Assisted where every answer of people there is, or where who decides has seen another grade on it, or has been shown what
    an LLM says of the call; else blind."""
    people = [grade for grade in one.grades if grade.grader.kind == "human"]
    mine = [grade for grade in known.result((one.source, one.call_id)).grades if grade.criterion == one.criterion]
    seen = any(grade.grader.name == by and grade.lane == "assisted" for grade in mine)
    looked = any(
        (*found.identity, found.check, found.by) == (one.source, one.call_id, one.criterion, by)
        for found in known.decided.confirmations
    )
    told = (one.source, one.call_id) in shown(house.ledger, known.sample.week).get(by, ())
    return "assisted" if seen or looked or told or all(grade.lane == "assisted" for grade in people) else "blind"
