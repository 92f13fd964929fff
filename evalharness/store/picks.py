"""Calls that people added to a week's grading by hand: append-only, each frozen as it was when it was picked."""

from __future__ import annotations

import json
from collections.abc import Sequence

from evalharness.models.sample import Pick
from evalharness.store.ledger import Ledger, Transaction


def add_picks(tx: Transaction, picks: Sequence[Pick]) -> None:
    """Keep the picks in this order. Raises LedgerError where a call stands on that person's sheet of the week already."""
    tx.append_many("picks", [_row(pick) for pick in picks])


def load_picks(ledger: Ledger | Transaction, week: str) -> list[Pick]:
    """The picks of the week in the order they were made."""
    found = ledger.rows("picks", week=week)
    return [Pick.model_validate_json(json.dumps({name: row[name] for name in Pick.model_fields})) for row in found]


def _row(pick: Pick) -> dict[str, object]:
    fields = pick.model_dump(mode="json", exclude={"at"})
    return {**fields, "source": pick.call.source, "call_id": pick.call.id, "at": pick.at}
