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
    """What is needed to complete a stored call: `stored` gives it with all its supplements; `at`: when this is collected;
    `changed`: whether anything came later for it, asked before it is read."""

    stored: Callable[[tuple[str, str]], Call | None]
    at: datetime
    changed: Callable[[tuple[str, str]], bool] = lambda _: False


def later_facts(stored: Call, event: Call, completes: Completing) -> dict[LaterField, Any] | None:
    """The facts that the event adds, by supplement field; {} where it adds nothing, None where the two contradict.

    An event that "replaces" knows better, one that "fills" gives only what is missing. Another transcript is a
    contradiction, and so is one that only comes now: a transcript cannot be supplemented. Late values of fields that are no
    supplements (the end, the recording) are kept as metadata under their names.
    """
    if event.turns and event.turns != stored.turns:
        return None
    better = completes == "replaces"
    offered: dict[LaterField, Any] = {"csat": event.csat, "version": event.version, "cost": event.cost, "outcome": event.outcome}
    held = {"csat": stored.csat, "version": stored.version, "cost": stored.cost, "outcome": stored.outcome}
    found: dict[LaterField, Any] = {name: new for name, new in offered.items() if _is_news(held[name], new, better)}
    if "cost" in found:
        found["cost"] = found["cost"].model_dump(mode="json")
    metadata = _metadata(stored, event, better)
    return found | ({"metadata": metadata} if metadata else {})


def _is_news(held: Any, new: Any, better: bool) -> bool:
    """Whether the event's value counts: it says something else, and what is held is unknown or known less well."""
    return new not in (None, "unknown", held) and (better or held in (None, "unknown"))


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
