"""Sign-offs: a row a decision, never changed; signing a week again is a new row."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from evalharness.store.ledger import Ledger, Transaction

if TYPE_CHECKING:
    from evalharness.models.act import SignOff


def add_sign_off(tx: Transaction, signed: SignOff, at: datetime) -> None:
    """Keep the decision with the figures as they were known."""
    row = {"week": signed.week, "person": signed.by, "sample_digest": signed.sample_digest, "verdict": signed.verdict, "at": at}
    tx.append("signoffs", {**row, "details": signed.model_dump(mode="json")})


def sign_offs(ledger: Ledger | Transaction, week: str) -> list[SignOff]:
    """Every sign-off of the week in the order given; the last one stands."""
    from evalharness.models.act import SignOff  # whether a week is signed is asked by commands that need nothing of it

    return [SignOff.model_validate_json(row["details"]) for row in ledger.stored("signoffs", week=week)]


def signed_off(ledger: Ledger | Transaction, week: str) -> bool:
    """Whether the owner or the deputy has signed the week off."""
    return bool(ledger.stored("signoffs", week=week))


def signed_weeks(ledger: Ledger | Transaction) -> list[str]:
    """Every week that is signed off, oldest first."""
    return sorted({str(row["week"]) for row in ledger.stored("signoffs")})
