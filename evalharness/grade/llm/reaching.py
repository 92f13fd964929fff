"""Every text of a call that reaches a judge, by its place: one list for whoever reads, masks or counts them.

What the prompt shows of a call (`prompt.build`) and what stands here are the same; a test holds them together.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from evalharness.models.call import Call, Handoff, ToolCall, Turn

Place = tuple[str | int, ...]
"""("turns", 3, "text"), ("turns", 3, "tools", 0, "arguments", "note"), ("handoff",), ("end_reason",) ...."""

Change = Callable[[str, Place], str]
KEY = "(key)"
"""The last step of the place of an argument's name."""


def texts(call: Call) -> dict[Place, str]:
    """Place -> text, in the order the prompt shows them."""
    found: dict[Place, str] = {}

    def note(text: str, place: Place) -> str:
        found[place] = text
        return text

    rebuilt(call, note)
    return found


def rebuilt(call: Call, change: Change) -> Call:
    """The call with each of these texts as `change(text, place)` gives it; the same object where nothing changes."""
    reason = None if call.end_reason is None else change(call.end_reason, ("end_reason",))
    handoff = None if call.handoff is None else _handoff(call.handoff, change)
    turns = tuple(_turn(turn, change) for turn in call.turns)
    if (reason, handoff, turns) == (call.end_reason, call.handoff, call.turns):
        return call
    return call.model_copy(update={"end_reason": reason, "handoff": handoff, "turns": turns})


def _handoff(handoff: Handoff, change: Change) -> Handoff:
    if handoff.context_summary is None:
        return handoff
    return handoff.model_copy(update={"context_summary": change(handoff.context_summary, ("handoff",))})


def _turn(turn: Turn, change: Change) -> Turn:
    place: Place = ("turns", turn.index)
    tools = tuple(_tool(tool, (*place, "tools", number), change) for number, tool in enumerate(turn.tool_calls))
    text = change(turn.text, (*place, "text"))
    if text == turn.text and tools == turn.tool_calls:
        return turn
    return turn.model_copy(update={"text": text, "tool_calls": tools})


def _tool(tool: ToolCall, place: Place, change: Change) -> ToolCall:
    update: dict[str, Any] = {
        "name": change(tool.name, (*place, "name")),
        "arguments": _value(tool.arguments, (*place, "arguments"), change),
    }
    if tool.result is not None:
        update["result"] = change(tool.result, (*place, "result"))
    return tool.model_copy(update=update)


def _value(value: Any, place: Place, change: Change) -> Any:
    if isinstance(value, str):
        return change(value, place)
    if isinstance(value, dict):
        return {change(key, (*place, key, KEY)): _value(part, (*place, key), change) for key, part in value.items()}
    if isinstance(value, list):
        return [_value(part, (*place, number), change) for number, part in enumerate(value)]
    return value
