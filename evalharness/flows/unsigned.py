"""Which weeks are still open: from the first one on, ended, with calls, not signed off; and which lie before that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from evalharness.flows.opened import Opened
from evalharness.models.week import newest_complete
from evalharness.store.records import add_audit, samples, signed_off


@dataclass(frozen=True)
class Older:
    """Weeks with calls before the `first` one, which no run takes up by itself, oldest first: those of which no call was ever
    drawn, and those that were drawn by name and not signed off."""

    first: str
    undrawn: tuple[str, ...] = ()
    unsigned: tuple[str, ...] = ()


def older_weeks(house: Opened, now: datetime) -> Older:
    """The weeks before the first one. Where the owner has written `first_week`, the undrawn ones are left out on purpose."""
    first, drawn = first_week(house, now, keep=False), set(samples(house.ledger))
    before = [week for week in house.calls.weeks() if week < first]
    undrawn = [week for week in before if week not in drawn] if house.config.first_week is None else []
    unsigned = [week for week in before if week in drawn and not signed_off(house.ledger, week)]
    return Older(first, tuple(undrawn), tuple(unsigned))


def unsigned_weeks(house: Opened, now: datetime) -> list[str]:
    """The weeks with calls from the first one on that have ended and are not signed off, oldest first."""
    last = newest_complete(now, house.config.zone)
    first = first_week(house, now)
    return [week for week in house.calls.weeks() if first <= week <= last and not signed_off(house.ledger, week)]


def first_week(house: Opened, now: datetime, *, keep: bool = True) -> str:
    """`first_week` of the configuration, else the newest complete week at the first run (`keep`: written to the ledger)."""
    if house.config.first_week is not None:
        return house.config.first_week
    kept = [row["details"]["week"] for row in house.ledger.rows("audit", action="first week")]
    if kept:
        return str(kept[0])
    drawn = samples(house.ledger)
    last = newest_complete(now, house.config.zone)
    known = [week for week in house.calls.weeks() if week <= last]
    first = min(drawn) if drawn else max(known, default=last)
    if known and keep:
        with house.ledger.transaction() as tx:
            add_audit(tx, "first week", {"week": first}, now)
    return first
