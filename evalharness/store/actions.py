"""Actions: a row for each change of one, the whole action in it; nothing is changed. The newest row of an id stands."""

from __future__ import annotations

from datetime import datetime

from evalharness.models.act import Action
from evalharness.store.ledger import Ledger, Transaction


def add_action(tx: Transaction, action: Action, at: datetime) -> None:
    """Keep the action as it stands from now on: a new one, or one that was fixed, checked or dropped."""
    source, call_id = action.calls[0]
    place = {"week": action.week, "source": source, "call_id": call_id, "criterion": action.criterion}
    whose = {"cause": action.cause, "person": action.owner, "due": action.due, "state": action.state}
    tx.append("actions", {**place, **whose, "details": action.model_dump(mode="json"), "at": at})


def actions(ledger: Ledger | Transaction) -> dict[str, Action]:
    """Every action of every week by its id, each as it stands, in the order written down; closed ones too."""
    found: dict[str, Action] = {}
    for row in ledger.stored("actions"):
        action = Action.model_validate_json(row["details"])
        found[action.id] = action
    return found


def action_history(ledger: Ledger | Transaction) -> dict[str, tuple[Action, ...]]:
    """Every state of every action by its id, oldest first."""
    found: dict[str, tuple[Action, ...]] = {}
    for row in ledger.stored("actions"):
        action = Action.model_validate_json(row["details"])
        found[action.id] = (*found.get(action.id, ()), action)
    return found


def next_action_id(ledger: Ledger | Transaction, week: str) -> str:
    """The id of the week's next action; a number is given once, also where the action was dropped."""
    return f"A-{week}-{sum(action.week == week for action in actions(ledger).values()) + 1}"
