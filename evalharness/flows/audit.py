"""Who did what when, from the rows of the ledger in the order of its chain; no text that anybody said or wrote."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from evalharness.flows.opened import Opened
from evalharness.models.noun import word_key
from evalharness.models.removed import MARK
from evalharness.store.schema import KEPT

_SILENT = ("meta", "chain", "tombstones", "rejects", "sample_items", "rubrics")
"""Rows that come with another one of the list."""
_NAMES = ("person", "grader_name", "by", "name", "grader")
PROGRAM = "evalharness"


@dataclass(frozen=True)
class Entry:
    """What one hand did at one time: `rows` of the same kind in one go. `first`: the place of the first of them in the chain."""

    at: str
    who: str
    what: str
    week: str
    rows: int
    first: int

    def line(self) -> str:
        """For people."""
        many = f" ({self.rows})" if self.rows > 1 else ""
        return f"{self.at[:19]}Z  {self.who:20}  {self.what}{' ' + self.week if self.week else ''}{many}"


def entries(house: Opened, person: str | None = None) -> list[Entry]:
    """Every entry, oldest first; of one person only where named. A name is what was typed or configured: nobody logs in here.

    Raises LedgerCorruptError for a row that does not match its hash.
    """
    rows = {name: {row["id"]: row for row in house.ledger.rows(name)} for name in KEPT if name not in _SILENT}
    skipped = _skipped_by_purge(house, rows["grades"].values())
    found: list[Entry] = []
    for link in house.ledger.stored("chain"):
        row = rows.get(link["table_name"], {}).get(link["row_id"])
        if row is None:
            continue
        one = _entry(link, row)
        if link["table_name"] == "grades" and row["id"] in skipped:
            one = replace(one, who=PROGRAM, what="grades given up by a purge")
        last = found[-1] if found else None
        if last and (last.at, last.who, last.what, last.week) == (one.at, one.who, one.what, one.week):
            found[-1] = replace(last, rows=last.rows + 1)
        else:
            found.append(one)
    return [one for one in found if person is None or word_key(one.who) == word_key(person)]


def _skipped_by_purge(house: Opened, grades: Iterable[dict[str, Any]]) -> set[int]:
    """The grades that a purge wrote for people who were still to give them; a person's own reason that was taken out is none."""
    purged = {row["row_id"] for row in house.ledger.stored("tombstones", table_name="grades")}
    marked = (row["id"] for row in grades if row["state"] == "ungraded" and MARK.fullmatch(row["grade"]["rationale"]))
    return {row for row in marked if row not in purged}


def _entry(link: dict[str, Any], row: dict[str, Any]) -> Entry:
    table: str = link["table_name"]
    details = row.get("details")
    named = {**details, **row} if table == "audit" and isinstance(details, dict) else row
    week = named.get("week")
    what = (
        row["action"] if table == "audit" else f"{row['kind']}: {row['path']}" if table == "exports" else table.replace("_", " ")
    )
    return Entry(row["at"], _who(named), str(what), week if isinstance(week, str) else "", 1, link["seq"])


def _who(named: dict[str, Any]) -> str:
    """The person that the row names; a measurement or a judge by its name; else this program."""
    if named.get("grader_kind") == "measured":
        return PROGRAM
    return next((named[name] for name in _NAMES if isinstance(named.get(name), str) and named[name]), PROGRAM)
