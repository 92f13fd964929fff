"""Who agreed, when, that calls go to which destination and model: a row of the audit trail; without it nothing leaves."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from evalharness.flows.opened import Opened
from evalharness.grade.llm.work import Judge
from evalharness.store.llm import llm_calls
from evalharness.store.trail import add_audit

ACTION = "llm grading acknowledged"


def acknowledged(house: Opened, judge: Judge) -> dict[str, Any] | None:
    """The newest agreement to this destination and model; None where there is none or less is redacted now than then."""
    rows = _agreements(house, judge)
    return {**rows[-1]["details"], "at": rows[-1]["at"]} if rows else None


def drawn_before(house: Opened, week: str, judge: Judge) -> bool:
    """Whether the week was drawn before anybody agreed to this judge and no grade of it was asked from it since.

    Such a week waits for a person's own `grade`: who agrees looks at the cost of one week. False where nobody has agreed.
    """
    agreed, drawn = _agreements(house, judge), house.ledger.rows("samples", week=week)
    if not agreed or not drawn or drawn[-1]["at"] >= agreed[0]["at"]:
        return False
    return not any(row.role == "grade" and row.judge_digest == judge.digest() for row in llm_calls(house.ledger, week))


def _agreements(house: Opened, judge: Judge) -> list[dict[str, Any]]:
    return [row for row in house.ledger.rows("audit", action=ACTION) if _covers(house, row["details"], judge)]


def _covers(house: Opened, details: dict[str, Any], judge: Judge) -> bool:
    same = (details["destination"], details["model"]) == (judge.destination, judge.model)
    return same and set(details["redacted"]) <= house.config.redaction


def acknowledge(house: Opened, judge: Judge, person: str, at: datetime) -> None:
    """Keeps that the person agreed."""
    details = {
        "person": person,
        "destination": judge.destination,
        "model": judge.model,
        "redacted": sorted(house.config.redaction),
    }
    with house.ledger.transaction() as tx:
        add_audit(tx, ACTION, details, at)
