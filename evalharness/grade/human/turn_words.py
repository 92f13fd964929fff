"""A turn in words: who spoke, when, and what its tool calls did; the same on the sheet and at the desk."""

from __future__ import annotations

import json

from evalharness.models.call import ToolCall, Turn

_SPEAKERS = {"caller": "Caller", "agent": "Agent", "human_agent": "Human agent", "system": "System"}


def speaker_words(turn: Turn) -> str:
    """Who speaks, and whether the agent was cut off."""
    return _SPEAKERS[turn.speaker] + (", cut off" if turn.interrupted else "")


def tool_text(tool: ToolCall) -> str:
    """A tool call on one line or more: name(arguments) → result; an error is named; no result, no arrow."""
    arguments = "" if tool.arguments is None else json.dumps(tool.arguments, ensure_ascii=False)
    result = "" if tool.result is None else f" → {tool.result or '(empty)'}"
    return f"{tool.name}({arguments}){' → ERROR' if tool.error else ''}{result}"
