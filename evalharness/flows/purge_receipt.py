"""What a purge leaves in writing: the receipt, and the name of its file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from evalharness.flows.opened import Opened
from evalharness.store.verify import PURGE


@dataclass(frozen=True)
class Receipt:
    """What was done: counts, digests and places, and nothing that was said. `purge`: its row in the trail; `number`: its place
    among all purges, 0 in receipts that were written before these had one; `hits`: files that still hold a text -> how many
    texts; `held`: SHA-256 of each; `before`: earlier purges of the same calls, whose texts nobody can look for any more;
    `unreached`: what no scan of this folder can tell."""

    purge: int
    at: str
    kind: str
    why: str
    counts: dict[str, int]
    calls: list[str] = field(default_factory=list)
    deleted: dict[str, str] = field(default_factory=dict)
    named_in: list[dict[str, str]] = field(default_factory=list)
    scanned: dict[str, int] = field(default_factory=dict)
    hits: dict[str, int] = field(default_factory=dict)
    held: dict[str, str] = field(default_factory=dict)
    before: list[str] = field(default_factory=list)
    unreached: list[str] = field(default_factory=list)
    number: int = 0
    head: str = ""
    path: str = ""

    @property
    def clean(self) -> bool:
        """Whether no file of the workspace holds any of it."""
        return not self.hits


def running_number(house: Opened, purge: int) -> int:
    """The place of the purge of this row of the trail among all that were begun, 1 = the first."""
    return sum(row["id"] <= purge for row in house.ledger.stored("audit", action=PURGE))


def name_of(receipt: Mapping[str, Any]) -> str:
    """What the receipt's file is called, without .json: purge-0003; of one without a number purge-8, by its row in the trail.

    Four digits, so that no new name is that of an old receipt.
    """
    return f"purge-{receipt['number']:04}" if receipt.get("number") else f"purge-{receipt['purge']}"
