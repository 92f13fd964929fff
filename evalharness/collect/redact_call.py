"""A whole call through the redactor: every text that came from the call, wherever it stands; and no credentials."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from evalharness.collect.context import last_kind
from evalharness.collect.credentials import drop_credentials, without_signature
from evalharness.collect.findings import luhn
from evalharness.collect.redact import Redactor
from evalharness.models.call import Call, Handoff, ToolCall, Turn

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_SENSITIVE_KEYS = ("card", "account", "phone", "ssn")


class Change(NamedTuple):
    """What is done to each text, and to the digits of each large number; both get the question or key before it too."""

    text: Callable[[str, str], str]
    digits: Callable[[str, str], str]


def redact_call(call: Call, redactor: Redactor) -> Call:
    """The call as it may be kept. Its counts are in `redactor.counts`, credentials and signed addresses as "secret".

    A number found in one place is replaced in all other places of the call too, also where nothing tells what it is.
    """
    metadata, dropped = drop_credentials(call.metadata)
    address = without_signature(call.recording_url) if call.recording_url else call.recording_url
    if dropped or address != call.recording_url:
        redactor.counts["secret"] += dropped + (address != call.recording_url)
        call = call.model_copy(update={"metadata": metadata, "recording_url": address})
    before = sum(redactor.counts.values())
    redacted = _changed(call, first_look(redactor))
    return redacted if sum(redactor.counts.values()) == before else _changed(redacted, Change(redactor.again, redactor.again))


def first_look(redactor: Redactor) -> Change:
    """Redaction by what each text says itself; a number of JSON counts where its key or its check digit tells."""

    def digits(number: str, key: str) -> str:
        kind = last_kind(key)
        told = kind in _SENSITIVE_KEYS or (13 <= len(number) <= 19 and kind != "other" and luhn(number))
        return redactor.text(number, key) if told else number

    return Change(redactor.text, digits)


def redact_value(value: Any, change: Change, key: str = "") -> Any:
    """A JSON value with every text changed; a changed number of seven digits and more becomes text."""
    if isinstance(value, str):
        return change.text(value, key)
    if isinstance(value, dict):
        return {name: redact_value(inner, change, _CAMEL.sub(" ", name)) for name, inner in value.items()}
    if isinstance(value, list):
        return [redact_value(inner, change, key) for inner in value]
    if isinstance(value, int) and not isinstance(value, bool) and value >= 1_000_000:
        changed = change.digits(str(value), key)
        return value if changed == str(value) else changed
    return value


def _changed(call: Call, change: Change) -> Call:
    update: dict[str, Any] = {
        "turns": _turns(call.turns, change),
        "errors": tuple(change.text(error, "") for error in call.errors),
        "end_reason": _optional(call.end_reason, change),
        "metadata": redact_value(call.metadata, change),
        "handoff": _handoff(call.handoff, change),
    }
    return call.model_copy(update=update)


def _turns(turns: tuple[Turn, ...], change: Change) -> tuple[Turn, ...]:
    """Each turn is read with what the agent said last in mind: the answer to "your phone number?" is one."""
    kept, question = [], ""
    for turn in turns:
        text = change.text(turn.text, question)
        tools = tuple(_tool(tool, change) for tool in turn.tool_calls)
        same = text == turn.text and tools == turn.tool_calls
        kept.append(turn if same else turn.model_copy(update={"text": text, "tool_calls": tools}))
        question = turn.text[-160:] if turn.text and turn.speaker != "caller" else question
    return tuple(kept)


def _tool(tool: ToolCall, change: Change) -> ToolCall:
    arguments, result = redact_value(tool.arguments, change), _optional(tool.result, change)
    if arguments == tool.arguments and result == tool.result:
        return tool
    return tool.model_copy(update={"arguments": arguments, "result": result})


def _handoff(handoff: Handoff | None, change: Change) -> Handoff | None:
    if handoff is None or not handoff.context_summary:
        return handoff
    return handoff.model_copy(update={"context_summary": change.text(handoff.context_summary, "")})


def _optional(text: str | None, change: Change) -> str | None:
    return change.text(text, "") if text else text
