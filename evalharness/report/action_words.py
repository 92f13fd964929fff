"""Actions in words: worded once for terminal, workbook, Markdown and machines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from evalharness import numbers
from evalharness.models.act import Action
from evalharness.report import phrases

_MOST_CALLS = 3


def heading(actions: Sequence[Action], week: str) -> str:
    """How many are carried, and how many of them are overdue or fixed: "Actions: 3 open, of which 1 is overdue"."""
    overdue = sum(action.is_overdue(week) for action in actions)
    fixed = sum(action.state == "fixed" for action in actions)
    parts = [f"{numbers.count(overdue)} {'is' if overdue == 1 else 'are'} overdue"] if overdue else []
    parts += [f"{numbers.count(fixed)} {'is' if fixed == 1 else 'are'} fixed and not checked yet"] if fixed else []
    return f"Actions: {numbers.count(len(actions))} open" + (f", of which {' and '.join(parts)}" if parts else "")


def state(action: Action, week: str) -> str:
    """Where the action stands, seen from `week`."""
    if action.state == "dropped":
        return f"dropped: {_line(action.dropped or '')}"
    if action.state == "checked":
        note = f": {_line(action.check_note)}" if action.check_note else ""
        return f"fixed in {action.fixed_in_version}, checked in {action.checked_in_week}{note}"
    if action.state == "fixed":
        return f"fixed in {action.fixed_in_version}, not checked yet"
    if action.is_overdue(week):
        return f"OVERDUE, was due in {action.due}"
    return "no due week" if action.due is None else f"due in {action.due}{' (this week)' if action.due == week else ''}"


def sentence(action: Action, week: str) -> str:
    """The action in one line: id, state, who, what to fix, where it was found, the note."""
    note = f": {_line(action.note)}" if action.note else ""
    found = f"{phrases.plain(action.criterion)}, {calls(action)}"
    return f"{action.id} ({state(action, week)}) {action.owner} mends {action.cause}; {found}{note}"


def calls(action: Action, most: int = _MOST_CALLS) -> str:
    """The calls it was found in, the first ones by id: "calls c1, c2 and 3 more"."""
    ids = [call_id for _, call_id in action.calls]
    more = f" and {numbers.count(len(ids) - most)} more" if len(ids) > most else ""
    return f"{'call' if len(ids) == 1 else 'calls'} {', '.join(ids[:most])}{more}"


def record(action: Action, week: str, *, notes: bool = True) -> dict[str, Any]:
    """The action for machines, with its state and whether it is overdue in `week`; without `notes` no free text."""
    free = set() if notes else {"note", "check_note", "dropped"}
    fields = action.model_dump(mode="json", exclude={"calls", *free})
    found = [{"source": source, "call_id": call_id} for source, call_id in action.calls]
    return {**fields, "calls": found, "state": action.state, "overdue": action.is_overdue(week)}


def _line(text: str) -> str:
    return " ".join(text.split())
