"""Who did what when, from the rows of the ledger in the order of its chain; no text that anybody said or wrote."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from evalharness import numbers
from evalharness.errors import UsageError
from evalharness.flows.opened import Opened
from evalharness.models.noun import word_key
from evalharness.models.removed import MARK
from evalharness.store.schema import KEPT

_SILENT = ("meta", "chain", "tombstones", "rejects", "sample_items", "rubrics")
"""Rows that come with another one of the list."""
_NAMES = ("person", "grader_name", "by", "name", "grader")
PROGRAM = "evalharness"
_OUTCOMES = ("accepted", "duplicate", "conflict", "other_agent", "rejected")
_KINDS = {
    "meta": ("row on the ledger's form", "rows on the ledger's form"),
    "intakes": ("file collected", "files collected"),
    "rejects": ("rejected row", "rejected rows"),
    "parts": ("part of the call log", "parts of the call log"),
    "supplements": ("later fact of a call", "later facts of calls"),
    "changes": ("note of a change", "notes of changes"),
    "rubrics": ("rubric", "rubrics"),
    "samples": ("draw", "draws"),
    "sample_items": ("drawn call", "drawn calls"),
    "picks": ("call picked by hand", "calls picked by hand"),
    "exports": ("file written or read", "files written or read"),
    "grades": ("grade", "grades"),
    "llm_calls": ("LLM request", "LLM requests"),
    "llm_events": ("step of an LLM request", "steps of LLM requests"),
    "reviews": ("review of a call", "reviews of calls"),
    "adjudications": ("adjudication", "adjudications"),
    "disputes": ("dispute", "disputes"),
    "signoffs": ("sign-off", "sign-offs"),
    "actions": ("action", "actions"),
    "audit": ("entry of the trail", "entries of the trail"),
    "tombstones": ("text taken out", "texts taken out"),
}
"""Table -> what one row and several rows of it are to people."""
_ONE = {many: one for one, many in _KINDS.values()}


def counted(table: str, rows: int) -> str:
    """So many rows of a table, for people: "1 sign-off", "12 files written or read"."""
    return f"{numbers.count(rows)} {_KINDS[table][rows != 1]}"


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
        what = _ONE.get(self.what, self.what) if self.rows == 1 else self.what
        return f"{self.at[:19]}Z  {self.who:20}  {what}{' ' + self.week if self.week else ''}{many}"


def entries(house: Opened, person: str | None = None) -> list[Entry]:
    """Every entry, oldest first; of one person only where named. A name is what was typed or configured: nobody logs in here.

    Raises LedgerCorruptError for a row that does not match its hash, UsageError for a person of whom there is no entry.
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
    return found if person is None else _of_person(found, person)


def _of_person(found: list[Entry], person: str) -> list[Entry]:
    own = [one for one in found if word_key(one.who) == word_key(person)]
    if not own:
        known = ", ".join(sorted({one.who for one in found})) or "nobody yet"
        raise UsageError(
            f"nobody of the name {person!r} acted",
            where="--person",
            why=f"known: {known}",
            fix="name one of these as it stands there",
        )
    return own


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
    return Entry(row["at"], _who(named), _what(table, row), week if isinstance(week, str) else "", 1, link["seq"])


def _what(table: str, row: dict[str, Any]) -> str:
    """What was done; of a file that was collected what became of its rows, of one written or read its kind and path."""
    match table:
        case "audit":
            return str(row["action"])
        case "exports":
            return row["path"] if row["path"].startswith(f"{row['kind']}: ") else f"{row['kind']}: {row['path']}"
        case "intakes":
            became = ", ".join(f"{numbers.count(row[name])} {name.replace('_', ' ')}" for name in _OUTCOMES if row[name])
            return f"collect: {row['file']}: {numbers.counted(row['rows'], 'row')} read{' = ' + became if became else ''}"
    return _KINDS[table][1]


def _who(named: dict[str, Any]) -> str:
    """The person that the row names; a measurement or a judge by its name; else this program."""
    if named.get("grader_kind") == "measured":
        return PROGRAM
    return next((named[name] for name in _NAMES if isinstance(named.get(name), str) and named[name]), PROGRAM)
