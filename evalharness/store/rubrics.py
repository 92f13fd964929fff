"""Rubrics as they were when something was graded on them."""

from __future__ import annotations

from datetime import datetime

from evalharness.errors import LedgerCorruptError, LedgerError
from evalharness.models.rubric import Rubric
from evalharness.store.ledger import Ledger, Transaction


def freeze_rubric(tx: Transaction, rubric: Rubric, at: datetime) -> str:
    """Keep the rubric, once; its digest."""
    digest = rubric.digest()
    if not tx.stored("rubrics", digest=digest):
        fields = {"digest": digest, "rubric_id": rubric.id, "version": rubric.version, "criterion_digests": rubric.digests()}
        tx.append("rubrics", {**fields, "rubric": rubric.model_dump(mode="json"), "at": at})
    return digest


def load_rubric(ledger: Ledger | Transaction, digest: str) -> Rubric:
    """The rubric of that digest. Raises LedgerError where it was never kept."""
    rows = ledger.stored("rubrics", digest=digest)
    if not rows:
        raise LedgerError(f"the ledger holds no rubric with the digest {digest[:12]}")
    rubric = Rubric.model_validate_json(rows[0]["rubric"])
    if rubric.digest() != digest:
        raise LedgerCorruptError(f"rubrics row {rows[0]['id']} gives back another rubric than was kept")
    return rubric
