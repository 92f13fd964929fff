"""Disputes: a row where a grade is disputed, and a row where it is decided; nothing is changed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from evalharness.models.act import Dispute, Slot
from evalharness.store.ledger import Ledger, Transaction

OPEN, DECIDED = "open", "decided"


def add_dispute(tx: Transaction, week: str, dispute: Dispute, at: datetime) -> None:
    """Keep the dispute; it is open until `close_disputes`."""
    _append(tx, week, OPEN, dispute, at)


def close_disputes(tx: Transaction, week: str, slot: Slot, by: str, at: datetime) -> int:
    """Mark every open dispute of the slot as decided; how many."""
    found = [one for one in disputes(tx, week) if one.slot == slot and not one.decided]
    for one in found:
        _append(tx, week, DECIDED, one.model_copy(update={"by": by}), at)
    return len(found)


def _append(tx: Transaction, week: str, state: str, dispute: Dispute, at: datetime) -> None:
    place = {"week": week, "source": dispute.source, "call_id": dispute.call_id, "criterion": dispute.criterion}
    row = {**place, "person": dispute.by, "state": state, "reason": dispute.reason, "at": at}
    tx.append("disputes", {**row, "details": dispute.model_dump(mode="json")})


def disputes(ledger: Ledger | Transaction, week: str) -> list[Dispute]:
    """The disputes of the week in the order made, each as it stands: open, or decided."""
    return _as_they_stand((row["state"], row["details"]) for row in ledger.stored("disputes", week=week))


def disputed_calls(ledger: Ledger | Transaction) -> frozenset[tuple[str, str]]:
    """(source, id) of every call, of any week, of which a grade is disputed and not decided yet."""
    weeks = dict.fromkeys(row["week"] for row in ledger.stored("disputes"))
    return frozenset((one.source, one.call_id) for week in weeks for one in disputes(ledger, week) if not one.decided)


def _as_they_stand(rows: Iterable[tuple[str, str]]) -> list[Dispute]:
    found: list[Dispute] = []
    for state, details in rows:
        one = Dispute.model_validate_json(details)
        if state == OPEN:
            found.append(one)
        else:
            found = [old.model_copy(update={"decided": True}) if old.slot == one.slot else old for old in found]
    return found
