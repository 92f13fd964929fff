"""Grades: appended, never changed; a later one with the same slot supersedes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from evalharness.models.grade import GRADE, Grade
from evalharness.store.ledger import Ledger, Transaction

_FIELDS = ("week", "source", "call_id", "criterion", "turn", "lane", "state", "supersedes")


def add_grades(tx: Transaction, grades: Sequence[Grade]) -> int:
    """Keep the grades in this order; how many. They are safe when the transaction has ended, not before."""
    return len(tx.append_many("grades", [_row(grade) for grade in grades]))


def _row(grade: Grade) -> dict[str, Any]:
    fields = {name: getattr(grade, name) for name in _FIELDS}
    grader = {"grader_kind": grade.grader.kind, "grader_name": grade.grader.name}
    return {**fields, **grader, "at": grade.at, "grade": grade.model_dump(mode="json")}


def load_grades(ledger: Ledger | Transaction, week: str) -> list[Grade]:
    """Every grade of the week in the order kept, superseded ones included."""
    return [GRADE.validate_json(row["grade"]) for row in ledger.stored("grades", week=week)]
