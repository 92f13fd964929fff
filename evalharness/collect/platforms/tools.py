"""What the name and the result of a tool say, where a platform says nothing of it itself."""

from __future__ import annotations

import re
from typing import Any

from evalharness.collect.platforms.payload import Json, from_json_text, text
from evalharness.models.noun import canonical_json
from evalharness.models.tool_names import moves_a_thing, names_a_human, only_asks, spaced

_HANDS = re.compile(r" (?:transfer(?:s|red|ring)?|escalat(?:e|es|ed|ing|ion)|hand ?(?:off|over)) ")
_FAILED, _WORKED = ("error", "failed", "failure"), ("success", "ok")


def to_human(name: Any) -> bool:
    """Whether the whole words of the name say that the tool transfers to a human (transfer_to_human_agents); nothing else is one.

    Not one that asks whether it could, takes it back or forbids it (check_human_transfer_availability), nor one that moves money
    or a ticket to a person (wire_transfer_to_person, transfer_ticket_to_person); one that names who takes calls is one, whatever
    the call is about (transfer_billing_credit_to_representative).
    """
    known = str(name)
    words = spaced(known)
    if not _HANDS.search(words) or only_asks(known):
        return False
    return names_a_human(known) or (" person " in words and not moves_a_thing(known))


def result_text(value: Any) -> str | None:
    """A result as it is kept: text as it is, anything else as JSON; None where there is none."""
    return value if value is None or isinstance(value, str) else canonical_json(value)


def failed(result: Any) -> bool | None:
    """Whether a result says so itself: an object with `error`, a `status` or `success` true or false; None where it says none."""
    said = from_json_text(result)
    if not isinstance(said, dict):
        return None
    status, success = (text(said.get("status")) or "").strip().lower(), said.get("success")
    if said.get("error") or status in _FAILED or success is False:
        return True
    return False if status in _WORKED or success is True else None


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
