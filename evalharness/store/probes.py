"""Probes: what judges answered where no grade was asked for. Kept in the final state of their request."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence

from evalharness.models.probe import Probe, Role
from evalharness.store.ledger import Ledger, Transaction
from evalharness.store.llm import FINAL, llm_calls, llm_events


def probes(ledger: Ledger | Transaction, weeks: Sequence[str], roles: Collection[Role] | None = None) -> list[Probe]:
    """The probes that runs of these weeks sent and that came to an end, in the order planned; of these roles (None = all).

    A request that was read again gives its newest answers.
    """
    rows = [row for week in weeks for row in llm_calls(ledger, week) if _wanted(row.role, roles)]
    events = llm_events(ledger, rows, FINAL)
    held = (
        next((event.details["probe"] for event in reversed(events[row.id]) if "probe" in event.details), None) for row in rows
    )
    return [Probe.model_validate_json(json.dumps(one)) for one in held if one is not None]


def _wanted(role: Role, roles: Collection[Role] | None) -> bool:
    return role != "grade" and (roles is None or role in roles)
