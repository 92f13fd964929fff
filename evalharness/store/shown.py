"""To whom an LLM's grades of a call have been shown for grading: from then on that person grades the call assisted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime

from evalharness.store.ledger import Ledger, Transaction
from evalharness.store.trail import add_audit

ACTION = "llm grades shown"
Identity = tuple[str, str]


def add_shown(
    tx: Transaction, week: str, person: str, calls: Collection[Identity], at: datetime, blind_first: int | None = None
) -> None:
    """Keep that these calls' LLM grades are about to be shown to the person. Committed before anything is shown.

    `blind_first`: how many calls of a list were blind then, where they are shown for grading; None where for a decision.
    """
    if calls:
        lane = {} if blind_first is None else {"blind_first": blind_first}
        add_audit(tx, ACTION, {"week": week, "person": person, "calls": sorted(map(list, calls)), **lane}, at)


def assisted_since(ledger: Ledger | Transaction, week: str) -> tuple[int, datetime] | None:
    """The fewest blind calls of a list while anybody was shown LLM grades for grading that week, and when that was first; None
    where nobody was."""
    rows = [row for row in ledger.rows("audit", action=ACTION) if row["details"]["week"] == week]
    found = [
        (row["details"]["blind_first"], datetime.fromisoformat(row["at"])) for row in rows if "blind_first" in row["details"]
    ]
    return (min(fewest for fewest, _ in found), min(at for _, at in found)) if found else None


def shown(ledger: Ledger | Transaction, week: str) -> Mapping[str, frozenset[Identity]]:
    """Person -> (source, id) of the calls of the week whose LLM grades they have been shown; nobody else is in it."""
    found: dict[str, set[Identity]] = defaultdict(set)
    for row in ledger.rows("audit", action=ACTION):
        held = row["details"]
        if held["week"] == week:
            found[held["person"]].update((source, call_id) for source, call_id in held["calls"])
    return {person: frozenset(calls) for person, calls in found.items()}
