"""What the name and the result of a tool say, where a platform says nothing of it itself."""

from __future__ import annotations

import re
from typing import Any

from evalharness.collect.platforms.payload import Json, from_json_text, text
from evalharness.models.noun import canonical_json

_TO_HUMAN = re.compile(r"(?=.*(?:transfer|escalat|hand_?(?:off|over)))(?=.*(?:human|person|representative|live_agent|operator))")
_FAILED, _WORKED = ("error", "failed", "failure"), ("success", "ok")


def to_human(name: Any) -> bool:
    """Whether the name says that the tool transfers to a human (transfer_to_human_agents); nothing else is one."""
    return _TO_HUMAN.match(str(name).lower()) is not None


def result_text(value: Any) -> str | None:
    """A result as it is kept: text as it is, anything else as JSON; None where there is none."""
    return value if value is None or isinstance(value, str) else canonical_json(value)


def failed(result: Any) -> bool | None:
    """Whether a result says so itself: an object with `error` or a `status`; None where it says neither."""
    said = from_json_text(result)
    if not isinstance(said, dict):
        return None
    status = text(said.get("status"))
    if said.get("error") or status in _FAILED:
        return True
    return False if status in _WORKED else None


def handing(turns: list[Json]) -> Json | None:
    """The handoff to a human that the first tool of that name made: `failed` where it failed, with the summary it gave."""
    named = ((turn, tool) for turn in turns for tool in turn.get("tool_calls") or () if to_human(tool["name"]))
    found = next(named, None)
    if found is None:
        return None
    turn, tool = found
    given = tool["arguments"] if isinstance(tool.get("arguments"), dict) else {}
    return {
        "destination": "human",
        "status": "failed" if tool.get("error") else "connected",
        "at_ms": turn.get("start_ms"),
        "context_summary": text(given.get("summary")),
    }
