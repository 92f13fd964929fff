"""What people decided about grades: adjudications, and confirmations of flagged failures. Append-only; the last one stands.

Both are rows of `adjudications`; `value` holds the noun whole, under the name of its kind.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from evalharness.models.act import Adjudication, Confirmation
from evalharness.store.ledger import Ledger, Transaction

DECISION, CONFIRMATION = "decision", "confirmation"


def add_adjudication(tx: Transaction, decided: Adjudication, at: datetime) -> int:
    """Keep the decision beside the grades; its row id."""
    place = {"criterion": decided.criterion, "turn": decided.turn, "reason": decided.reason}
    return _append(tx, DECISION, decided, place, at)


def add_confirmation(tx: Transaction, found: Confirmation, at: datetime) -> int:
    """Keep a person's answer to a flag; its row id."""
    return _append(tx, CONFIRMATION, found, {"criterion": found.check, "turn": None, "reason": found.note}, at)


def _append(tx: Transaction, kind: str, noun: Adjudication | Confirmation, place: dict[str, Any], at: datetime) -> int:
    whose = {"week": noun.week, "source": noun.source, "call_id": noun.call_id, "person": noun.by}
    return tx.append("adjudications", {**whose, **place, "value": {kind: noun.model_dump(mode="json")}, "at": at})


def adjudications(ledger: Ledger | Transaction, week: str) -> dict[int, Adjudication]:
    """Row id -> decision, all of the week in the order made, superseded ones too."""
    return {row: Adjudication.model_validate_json(text) for row, text in _texts(ledger, week, DECISION)}


def confirmations(ledger: Ledger | Transaction, week: str) -> list[Confirmation]:
    """All of the week in the order given; of a call and check the last one stands."""
    return [Confirmation.model_validate_json(text) for _, text in _texts(ledger, week, CONFIRMATION)]


def _texts(ledger: Ledger | Transaction, week: str, kind: str) -> list[tuple[int, str]]:
    found = [(row["id"], row["value"]) for row in ledger.rows("adjudications", week=week)]
    return [(row, json.dumps(value[kind])) for row, value in found if kind in value]
