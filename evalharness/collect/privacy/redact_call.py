"""A whole call through the redactor: every text that came from the call, wherever it stands; and no credentials."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import Any, NamedTuple

from evalharness.collect.privacy.context import last_kind
from evalharness.collect.privacy.credentials import without_credentials
from evalharness.collect.privacy.dialogue import find_in_turns
from evalharness.collect.privacy.findings import luhn
from evalharness.collect.privacy.redact import Redactor
from evalharness.models.call import Call, Handoff, ToolCall, Turn
from evalharness.models.noun import canonical_json

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_TELLING = re.compile(r"[@\d]")
_SENSITIVE_KEYS = ("card", "account", "phone", "ssn")
_SILENT = frozenset({"number", "value", "raw", "digits", "national", "e164", "full", "primary", "home", "work", "no", "num"})
_LARGE = 1_000_000


class Change(NamedTuple):
    """What is done to each text, and to the digits of each large number; both get the question or key before it too."""

    text: Callable[[str, str], str]
    digits: Callable[[str, str], str]


def redact_call(call: Call, redactor: Redactor) -> Call:
    """The call as it may be kept. Its counts are in `redactor.counts`, credentials and signed addresses as "secret".

    A number found in one place is replaced in all other places of the call too, also where nothing tells what it is.
    """
    call, dropped = without_credentials(call)
    if dropped:
        redactor.counts["secret"] += dropped
    before = sum(redactor.counts.values())
    redacted = _changed(call, first_look(redactor), _spoken(call.turns, redactor))
    if sum(redactor.counts.values()) == before or not redactor.may_stand_again(_said(redacted)):
        return redacted
    again = Change(redactor.again, redactor.again)
    return _changed(redacted, again, [redactor.again(turn.text) for turn in redacted.turns])


def _said(call: Call) -> str:
    """All that `_changed` changes in one text: signs may be escaped and figures added, but none is lost or torn apart."""
    tools = [(tool.name, tool.arguments, tool.result) for turn in call.turns for tool in turn.tool_calls]
    plain = (call.end_reason, call.intent, call.version, call.channel, call.recording_url)
    summary = call.handoff.context_summary if call.handoff else None
    return "\n".join([*(turn.text for turn in call.turns), canonical_json([call.metadata, tools, call.errors, plain, summary])])


def _spoken(turns: tuple[Turn, ...], redactor: Redactor) -> list[str]:
    """The texts of the turns; each is read with what the agent said last in mind."""
    found = find_in_turns([(turn.speaker == "caller", turn.text) for turn in turns], redactor.find, redactor.may_find)
    return [redactor.replace(turn.text, hits) if hits else turn.text for turn, hits in zip(turns, found, strict=True)]


def first_look(redactor: Redactor) -> Change:
    """Redaction by what each text says itself; a number of JSON counts where its key or its check digit tells."""

    def digits(number: str, key: str) -> str:
        kind = last_kind(key)
        told = kind in _SENSITIVE_KEYS or (13 <= len(number) <= 19 and kind != "other" and luhn(number))
        return redactor.text(number, key) if told else number

    return Change(redactor.text, digits)


def redact_value(value: Any, change: Change, key: str = "") -> Any:
    """A JSON value with every text and key changed; a changed whole number of seven digits and more becomes text."""
    if isinstance(value, str):
        return change.text(value, key)
    if isinstance(value, dict):
        return _object(value, change, key)
    if isinstance(value, list):
        return [redact_value(inner, change, key) for inner in value]
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= _LARGE and value % 1 == 0:
        digits = str(abs(int(value)))
        changed = change.digits(digits, key)
        return value if changed == digits else changed
    return value


def _object(value: dict[str, Any], change: Change, key: str) -> dict[str, Any]:
    """No entry is lost where two keys become the same pseudonym: the later one is numbered.

    A key that says nothing itself ("number") is read with the one above it ("phone").
    """
    kept: dict[str, Any] = {}
    numbers: Counter[str] = Counter()
    for name, inner in value.items():
        plain = changed = _name(name, change)
        while changed in kept or (changed != name and changed in value):
            numbers[plain] += 1
            changed = f"{plain} {numbers[plain] + 1}"
        words = _CAMEL.sub(" ", name)
        kept[changed] = redact_value(inner, change, f"{key} {words}" if key and words.lower() in _SILENT else words)
    return kept


def _name(name: str, change: Change) -> str:
    """The name of a tool or a key; a number in it may hang on an underscore (call_4155550132)."""
    if not _TELLING.search(name):
        return name
    changed, words = change.text(name, ""), name.replace("_", " ")
    if changed == name and (spoken := change.text(words, "")) != words:
        return spoken
    return changed


def _changed(call: Call, change: Change, texts: list[str]) -> Call:
    update: dict[str, Any] = {
        "turns": _turns(call.turns, texts, change),
        "errors": tuple(change.text(error, "") for error in call.errors),
        "end_reason": _optional(call.end_reason, change),
        "intent": _optional(call.intent, change),
        "version": _optional(call.version, change, "version"),
        "channel": _optional(call.channel, change),
        "recording_url": _optional(call.recording_url, change),
        "metadata": redact_value(call.metadata, change),
        "handoff": _handoff(call.handoff, change),
    }
    return call.model_copy(update=update)


def _turns(turns: tuple[Turn, ...], texts: list[str], change: Change) -> tuple[Turn, ...]:
    kept = []
    for turn, text in zip(turns, texts, strict=True):
        tools = tuple(_tool(tool, change) for tool in turn.tool_calls)
        same = text == turn.text and tools == turn.tool_calls
        kept.append(turn if same else turn.model_copy(update={"text": text, "tool_calls": tools}))
    return tuple(kept)


def _tool(tool: ToolCall, change: Change) -> ToolCall:
    update = {
        "name": _name(tool.name, change),
        "arguments": redact_value(tool.arguments, change),
        "result": _optional(tool.result, change),
    }
    return tool if all(getattr(tool, name) == value for name, value in update.items()) else tool.model_copy(update=update)


def _handoff(handoff: Handoff | None, change: Change) -> Handoff | None:
    if handoff is None or not handoff.context_summary:
        return handoff
    return handoff.model_copy(update={"context_summary": change.text(handoff.context_summary, "")})


def _optional(text: str | None, change: Change, key: str = "") -> str | None:
    return change.text(text, key) if text else text
