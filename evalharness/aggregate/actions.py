"""Which actions the report of a week carries, and in what order."""

from __future__ import annotations

from collections.abc import Iterable

from evalharness.models.act import Action

_NEVER = "9999-W99"


def carried(actions: Iterable[Action], week: str) -> tuple[Action, ...]:
    """The open actions found in `week` or before it: overdue ones first, then by due week (none last), then as written down."""
    found = [action for action in actions if action.is_open and action.week <= week]
    return tuple(sorted(found, key=lambda one: (not one.is_overdue(week), one.due or _NEVER)))
