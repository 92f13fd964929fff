"""An event that arrives after its call is stored: what it adds to the call, for supplements. Nothing stored is changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from evalharness.collect.rows import Completing
from evalharness.models.call import Call

LaterField = Literal["csat", "outcome", "version", "cost", "consent", "metadata"]
_KEPT_AS_METADATA = ("ended_at", "end_reason", "recording_url", "handoff")


@dataclass(frozen=True)
class Later:
    """What is needed to complete a stored call: `stored` gives it with all its supplements; `at`: when this is collected."""

    stored: Callable[[tuple[str, str]], Call | None]
    at: datetime


def later_facts(stored: Call, event: Call, completes: Completing) -> dict[LaterField, Any] | None:
    """The facts that the event adds, by supplement field; {} where it adds nothing, None where the two contradict.

    An event that "replaces" knows better, one that "fills" gives only what is missing. Another transcript is a
    contradiction, and so is one that only comes now: a transcript cannot be supplemented. Late values of fields that are no
    supplements (the end, the recording) are kept as metadata under their names.
    """
    if [turn.model_dump() for turn in stored.turns] != [turn.model_dump() for turn in event.turns] and event.turns:
        return None
    better = completes == "replaces"
    found: dict[LaterField, Any] = {}
    for field in ("csat", "version"):
        value = getattr(event, field)
        if value is not None and value != getattr(stored, field) and (better or getattr(stored, field) is None):
            found[field] = value
    if event.outcome not in (stored.outcome, "unknown") and (better or stored.outcome == "unknown"):
        found["outcome"] = event.outcome
    if event.cost is not None and event.cost != stored.cost and (better or stored.cost is None):
        found["cost"] = event.cost.model_dump(mode="json")
    metadata = _metadata(stored, event, better)
    return found | ({"metadata": metadata} if metadata else {})


def _metadata(stored: Call, event: Call, better: bool) -> dict[str, Any]:
    """Entries of the event that are new (or better), and late values of fields that cannot be supplemented."""
    whole = event.model_dump(mode="json")
    late = {name: whole[name] for name in _KEPT_AS_METADATA if whole[name] is not None and getattr(stored, name) is None}
    offered = {**whole["metadata"], **late}
    return {
        name: value
        for name, value in offered.items()
        if value is not None and stored.metadata.get(name) != value and (better or name not in stored.metadata)
    }
