"""Files read: their reports, rejected rows, registered parts of the call log, and facts that came later."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

from evalharness.models.call import Supplement
from evalharness.models.intake import IntakeReport, Rejected
from evalharness.store.ledger import Ledger, Transaction

Kind = Literal["calls", "turns", "measures"]
KINDS: tuple[Kind, ...] = ("calls", "turns", "measures")
_COLUMNS = tuple(name for name in IntakeReport.model_fields if name not in ("rejects", "future", "derived_anew"))


@dataclass(frozen=True)
class Part:
    """One Parquet file of the call log: its kind, ISO week, path in the workspace, SHA-256 and number of rows."""

    kind: Kind
    week: str
    path: str
    digest: str
    rows: int


def add_intake(tx: Transaction, report: IntakeReport, parts: Sequence[Part], at: datetime) -> None:
    """Keep what became of one file's rows and register its parts: from this commit on its calls count."""
    fields = report.model_dump(mode="json", exclude={"rejects", "future", "derived_anew"})
    intake = tx.append("intakes", {**fields, "at": at})
    tx.append_many("rejects", [{**row.model_dump(), "intake_id": intake, "at": at} for row in report.rejects])
    known = {part["digest"] for part in tx.rows("parts")}
    new = [part for part in parts if part.digest not in known]
    tx.append_many("parts", [{**asdict(part), "intake_id": intake, "at": at} for part in new])


def intakes(ledger: Ledger | Transaction) -> list[IntakeReport]:
    """The reports of all files, in the order read."""
    rejects: dict[int, list[Rejected]] = defaultdict(list)
    for row in ledger.rows("rejects"):
        rejects[row["intake_id"]].append(Rejected(**{name: row[name] for name in Rejected.model_fields}))
    return [_report(row, rejects[row["id"]]) for row in ledger.rows("intakes")]


def _report(row: dict[str, Any], rejects: list[Rejected]) -> IntakeReport:
    fields = {name: row[name] for name in _COLUMNS}
    return IntakeReport(**{**fields, "conflicts": tuple(fields["conflicts"]), "rejects": tuple(rejects)})


def intake_digests(ledger: Ledger | Transaction) -> set[tuple[str, str]]:
    """(file digest, source) of every file read: the same again is a no-op."""
    return {(row["file_digest"], row["source"]) for row in ledger.rows("intakes")}


def parts(ledger: Ledger | Transaction, **equal: str) -> list[Part]:
    """The registered parts in the order registered; `equal` filters by kind or week.

    A part that a purge wrote anew stands where the one before it stood, whose file is gone.
    """
    names = Part.__dataclass_fields__
    rows = {row["id"]: Part(**{name: row[name] for name in names}) for row in ledger.rows("parts", **equal)}
    instead = {row["row_id"]: row["replacement"] for row in ledger.stored("tombstones", table_name="parts")}
    if not instead:
        return list(rows.values())
    new = {part.digest: number for number, part in rows.items()}
    later = set(instead.values())
    return [rows[_newest(number, instead, new)] for number, part in rows.items() if part.digest not in later]


def _newest(number: int, instead: Mapping[int, str], new: Mapping[str, int]) -> int:
    """The row of the part that stands in the place of this one."""
    while number in instead:
        number = new[instead[number]]
    return number


def add_supplements(tx: Transaction, supplements: Sequence[Supplement], at: datetime) -> None:
    """Keep facts that came later for calls already collected."""
    tx.append_many("supplements", [{**fact.model_dump(mode="json"), "at": at} for fact in supplements])


def supplements(ledger: Ledger | Transaction) -> list[Supplement]:
    """All later facts, in the order they came."""
    fields = tuple(Supplement.model_fields)
    found = [{name: row[name] for name in fields} for row in ledger.rows("supplements")]
    return [Supplement.model_validate_json(json.dumps(row)) for row in found]
