"""Disputing a grade: it is put before the adjudicator, stands until decided, and the verdict is computed with and without it."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from datetime import datetime

from evalharness.errors import UsageError
from evalharness.flows.decided import drawn_call, question, text_of
from evalharness.flows.opened import Opened
from evalharness.flows.sheets import drawn_sample
from evalharness.flows.standing import Standing, standing
from evalharness.models.act import Dispute, Slot
from evalharness.models.grade import Ungraded
from evalharness.models.noun import word_key
from evalharness.store.records import add_dispute

LONGEST_NAME = 200


@dataclass(frozen=True)
class Objection:
    """What somebody disputes: the call by id (or SOURCE:ID), the criterion, why, who; `turn` where it is asked of turns."""

    call: str
    criterion: str
    reason: str
    by: str
    turn: int | None = None


def dispute(house: Opened, week: str, objection: Objection, at: datetime) -> Dispute:
    """Keep the dispute. Anybody may, builder or vendor: any name.

    Raises UsageError for an unknown call or criterion, an empty reason or name, where no person's grade stands or people differ
    anyway, and for a reason that was given there before.
    """
    known = standing(house, drawn_sample(house, week))
    item = drawn_call(known.sample.items, objection.call, week)
    criterion = question(known.rubric, objection.criterion, objection.turn)
    reason, by = text_of(objection.reason, "--reason"), text_of(" ".join(objection.by.split()), "--by")
    if len(by) > LONGEST_NAME:
        raise UsageError("the name is too long", where="--by", fix=f"at most {LONGEST_NAME} characters")
    slot = (*item.identity, criterion.id, objection.turn)
    _check_stands(known, slot, objection)
    _check_new(known, slot, reason)
    found = Dispute(source=slot[0], call_id=slot[1], criterion=slot[2], turn=slot[3], reason=reason, by=by, at=at)
    with house.ledger.transaction() as tx:
        add_dispute(tx, week, found, at)
    return found


def _check_stands(known: Standing, slot: Slot, objection: Objection) -> None:
    """Raises UsageError where there is no grade of a person, or it waits for a decision because people differ."""
    grades = [
        one for one in known.result(slot[:2]).grades if (one.criterion, one.turn) == slot[2:] and one.grader.kind == "human"
    ]
    if all(isinstance(one, Ungraded) for one in grades):
        raise UsageError(
            f"no person's grade stands under {slot[2]}",
            where=f"call {objection.call}",
            why="only what people graded is disputed; a measurement is mended in the log, and an LLM's grade decides nothing",
            fix="see who graded what in the workbook, Calls and scores",
        )
    one = known.difference(slot)
    if one is not None and one.waits and one.final.conflict and one.decision is None:
        words = shlex.join(["evalharness", "adjudicate", objection.call, slot[2]])
        raise UsageError(
            f"people differ under {slot[2]}, and it waits for a decision already",
            where=f"call {objection.call}",
            fix=f'to decide: {words} VALUE --reason "why" --by "NAME"',
        )


def _check_new(known: Standing, slot: Slot, reason: str) -> None:
    """Raises UsageError for words that were said there before: what was decided on them is not decided twice."""
    said = {word_key(one.reason): one for one in known.decided.disputes if one.slot == slot}
    old = said.get(word_key(reason))
    if old is not None:
        raise UsageError(
            f"{old.by} disputed it with these words already" + (", and it was decided" if old.decided else ""),
            where="--reason",
            why="the decision stands until there is something new"
            if old.decided
            else "it waits for a decision: evalharness adjudicate",
            fix="give a reason that was not given before",
        )
