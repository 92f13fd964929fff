"""A whole call through the redactor: every text that came from the call, wherever it stands; and no credentials."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

from evalharness.collect.platforms.payload import UNTOLD
from evalharness.collect.privacy.context import last_kind
from evalharness.collect.privacy.credentials import without_credentials
from evalharness.collect.privacy.dialogue import find_in_turns
from evalharness.collect.privacy.findings import has_figure, luhn
from evalharness.collect.privacy.redact import Redactor
from evalharness.collect.privacy.untold import redact_untold
from evalharness.models.call import Call, Handoff, ToolCall, Turn

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_SENSITIVE_KEYS = ("card", "account", "phone", "ssn")
_SILENT = frozenset({"number", "value", "raw", "digits", "national", "e164", "full", "primary", "home", "work", "no", "num"})
_LARGE = 1_000_000
_OF_CALL = (("end_reason", ""), ("intent", ""), ("version", "version"), ("channel", ""), ("recording_url", ""))
"""Texts of a call, and what they answer."""


class Change(NamedTuple):
    """What is done to each text, and to the digits of each large number; both get the question or key before it too."""

    text: Callable[[str, str], str]
    digits: Callable[[str, str], str]


_NONE = Change(lambda text, _: text, lambda digits, _: digits)


def redact_call(call: Call, redactor: Redactor) -> Call:
    """The call as it may be kept. Its counts are in `redactor.counts`, credentials and signed addresses as "secret".

    A number found in one place is replaced in all other places of the call too, also where nothing tells what it is.
    """
    call, dropped = without_credentials(call)
    if dropped:
        redactor.counts["secret"] += dropped
    if not redactor.categories:
        return call
    before = sum(redactor.counts.values())
    said = _spoken(call.turns, redactor)
    redacted = _changed(_untold(call, said, redactor), first_look(redactor), said)
    if sum(redactor.counts.values()) == before:
        return redacted
    said = [turn.text for turn in redacted.turns]
    texts = [redactor.again(text) for text in said] if redactor.may_stand_again("\n".join(said)) else said
    if redactor.may_stand_again(_written(redacted)):
        return _changed(redacted, Change(redactor.again, redactor.again), texts)
    turns = redacted.turns if texts is said else _turns(redacted.turns, texts, _NONE)
    return redacted if turns is redacted.turns else redacted.model_copy(update={"turns": turns})


def _written(call: Call) -> str:
    """All that `_changed` changes beside what was said, in one text: signs are added, but no number is torn apart."""
    tools = [(tool.name, tool.arguments, tool.result) for turn in call.turns for tool in turn.tool_calls]
    plain = (call.end_reason, call.intent, call.version, call.channel, call.recording_url)
    summary = call.handoff.context_summary if call.handoff else None
    return repr((call.metadata, tools, call.errors, plain, summary))


def _spoken(turns: tuple[Turn, ...], redactor: Redactor) -> list[str]:
    """The texts of the turns; each is read with what the agent said last in mind."""
    found = find_in_turns([(turn.speaker == "caller", turn.text) for turn in turns], redactor.find, redactor.may_find)
    return [redactor.replace(turn.text, hits) if hits else turn.text for turn, hits in zip(turns, found, strict=True)]


def _untold(call: Call, said: list[str], redactor: Redactor) -> Call:
    """The call whose words of unknown speakers were read as a dialogue; its metadata is changed as any other after it.

    What a turn said stands there as it was redacted in the turn, whose question may be missing there.
    """
    words = call.metadata.get(UNTOLD)
    if not isinstance(words, str):
        return call
    pairs = [(turn.speaker, turn.text, text) for turn, text in zip(call.turns, said, strict=True) if text != turn.text]
    told = {f"{who}: {' '.join(old.split())}": f"{who}: {' '.join(new.split())}" for who, old, new in pairs}
    redacted = redact_untold(words, _spaced(UNTOLD), redactor, told)
    return call.model_copy(update={"metadata": {**call.metadata, UNTOLD: redacted}})


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
    numbers: dict[str, int] = {}
    for name, inner in value.items():
        plain = changed = _name(name, change)
        while changed in kept or (changed != name and changed in value):
            numbers[plain] = numbers.get(plain, 1) + 1
            changed = f"{plain} {numbers[plain]}"
        words = _spaced(name)
        kept[changed] = redact_value(inner, change, f"{key} {words}" if key and words.lower() in _SILENT else words)
    return kept


@lru_cache(maxsize=1024)
def _spaced(key: str) -> str:
    """phoneNumber as "phone Number". The same few keys come over and over."""
    return _CAMEL.sub(" ", key)


def _name(name: str, change: Change) -> str:
    """The name of a tool or a key; a number in it may hang on an underscore (call_4155550132)."""
    if "@" not in name and not has_figure(name):
        return name
    changed, words = change.text(name, ""), name.replace("_", " ")
    if changed == name and (spoken := change.text(words, "")) != words:
        return spoken
    return changed


def _changed(call: Call, change: Change, texts: list[str]) -> Call:
    """The call with what `change` makes of it, and `texts` as what was said; the same call where nothing is another."""
    found: dict[str, Any] = {
        "turns": _turns(call.turns, texts, change),
        "errors": tuple([change.text(error, "") for error in call.errors]),
        **{name: change.text(value, key) for name, key in _OF_CALL if (value := getattr(call, name))},
        "metadata": redact_value(call.metadata, change),
        "handoff": _handoff(call.handoff, change),
    }
    update = {name: value for name, value in found.items() if value is not (old := getattr(call, name)) and value != old}
    return call.model_copy(update=update) if update else call


def _turns(turns: tuple[Turn, ...], texts: list[str], change: Change) -> tuple[Turn, ...]:
    kept = []
    for turn, text in zip(turns, texts, strict=True):
        if text is turn.text and not turn.tool_calls:
            kept.append(turn)
            continue
        tools = tuple([_tool(tool, change) for tool in turn.tool_calls])
        same = text == turn.text and (tools is turn.tool_calls or all(map(operator.is_, tools, turn.tool_calls)))
        kept.append(turn if same else turn.model_copy(update={"text": text, "tool_calls": tools}))
    return turns if all(map(operator.is_, kept, turns)) else tuple(kept)


def _tool(tool: ToolCall, change: Change) -> ToolCall:
    update = {
        "name": _name(tool.name, change),
        "arguments": redact_value(tool.arguments, change),
        "result": change.text(tool.result, "") if tool.result else tool.result,
    }
    return tool if all(getattr(tool, name) == value for name, value in update.items()) else tool.model_copy(update=update)


def _handoff(handoff: Handoff | None, change: Change) -> Handoff | None:
    if handoff is None or not handoff.context_summary:
        return handoff
    summary = change.text(handoff.context_summary, "")
    return handoff if summary == handoff.context_summary else handoff.model_copy(update={"context_summary": summary})
