"""Dated changes of the agent, written down by the owner."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import get_args

from evalharness.errors import UsageError
from evalharness.flows.opened import Opened
from evalharness.models.call import Change
from evalharness.store.records import add_change

KINDS = get_args(Change.model_fields["kind"].annotation)


def note(house: Opened, label: str, at: str | None, kind: str, now: datetime) -> Change:
    """Records a change; `at` is local time of the workspace unless it carries an offset. Raises UsageError."""
    if kind not in KINDS:
        raise UsageError(f"{kind!r} is not a kind of change", where="--kind", fix=f"one of {', '.join(KINDS)}")
    if not label.strip():
        raise UsageError("the note is empty", where="TEXT", fix='evalharness note "prompt v12"')
    change = Change.model_validate({"at": _instant(house, at, now), "label": label.strip()[:200], "kind": kind})
    with house.ledger.transaction() as tx:
        add_change(tx, change, now)
    return change


def _instant(house: Opened, at: str | None, now: datetime) -> datetime:
    if at is None:
        return now
    try:
        given = datetime.fromisoformat(at)
    except ValueError:
        raise UsageError(f"{at!r} is not a date", where="--at", fix="write 2026-11-16 or 2026-11-16T09:00") from None
    return (given if given.tzinfo else given.replace(tzinfo=house.config.zone)).astimezone(UTC)
