"""What was done and written: the owner's notes of changes, exports, the audit trail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from evalharness.models.call import Change
from evalharness.store.ledger import Ledger, Transaction

WITHDRAWN = "note withdrawn"
"""The audit action of a note that was taken back."""
ACTIONS_READ = "actions read"
"""The kind of export under which a workbook stands whose sheet Actions was read back."""


def add_change(tx: Transaction, change: Change, at: datetime) -> None:
    """Keep a dated note; `at` is when it was written, `change.at` what it is about."""
    tx.append("changes", {"noted_for": change.at, "label": change.label, "kind": change.kind, "at": at})


def changes(ledger: Ledger | Transaction) -> list[Change]:
    """The notes by the time they are about, then as written; one that was taken back says why."""
    return [change for _, change in numbered_changes(ledger)]


def numbered_changes(ledger: Ledger | Transaction) -> list[tuple[int, Change]]:
    """As `changes`, each with the id of its row."""
    gone = {row["details"]["change"]: row["details"]["reason"] for row in ledger.rows("audit", action=WITHDRAWN)}
    found = [(row["id"], _change(row, gone.get(row["id"], ""))) for row in ledger.stored("changes")]
    return sorted(found, key=lambda one: one[1].at)


def _change(row: Mapping[str, Any], withdrawn: str) -> Change:
    at = datetime.fromisoformat(row["noted_for"]).astimezone(UTC)
    return Change(at=at, label=row["label"], kind=row["kind"], withdrawn=withdrawn)


def withdraw_change(tx: Transaction, change: int, reason: str, at: datetime) -> None:
    """Keep that the note of that row id is taken back: a row of the audit trail; the note's own row stays."""
    add_audit(tx, WITHDRAWN, {"change": change, "reason": reason}, at)


def add_export(  # noqa: PLR0913, PLR0917 - one argument a column
    tx: Transaction, path: str, digest: str, kind: str, week: str | None, at: datetime, details: Mapping[str, Any]
) -> None:
    """Keep what was written: the path in the workspace, its SHA-256, what it is, and what it was made from."""
    row = {"path": path, "digest": digest, "kind": kind, "week": week, "details": dict(details), "at": at}
    tx.append("exports", row)


def last_export(ledger: Ledger | Transaction, path: str) -> dict[str, Any] | None:
    """The newest export at `path` (digest, kind, week, at, details ...); None where nothing was written there."""
    found = ledger.rows("exports", path=path)
    return found[-1] if found else None


def add_audit(tx: Transaction, action: str, details: Mapping[str, Any], at: datetime) -> None:
    """Keep that something was done."""
    tx.append("audit", {"action": action, "details": dict(details), "at": at})
