"""A whole call through the redactor: every text that came from the call, wherever it stands; and no credentials."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from evalharness.collect.platforms.payload import UNTOLD
from evalharness.collect.privacy.context import last_kind
from evalharness.collect.privacy.credentials import without_credentials
from evalharness.collect.privacy.dialogue import find_in_turns
from evalharness.collect.privacy.findings import has_figure, luhn
from evalharness.collect.privacy.gathered import gathered, large_digits
from evalharness.collect.privacy.redact import Redactor
from evalharness.collect.privacy.untold import redact_untold
from evalharness.models.call import Call, Handoff, ToolCall, Turn

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_SENSITIVE_KEYS = ("card", "account", "phone", "ssn")
_SILENT = frozenset({"number", "value", "raw", "digits", "national", "e164", "full", "primary", "home", "work", "no", "num"})


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
    if not redactor.categories:
        return call
    before = redactor.counts.total()
    said = _spoken(call.turns, redactor)
    draft = _Draft(_untold(call, said, redactor), said)
    draft.change(first_look(redactor))
    if redactor.counts.total() > before:
        draft.look_again(redactor)
    return draft.redacted()


class _Draft:
    """A call while it is redacted: its texts apart from it, so that each of its nouns is copied once, at the end, if at all.

    `said`: what was said, as it was redacted, by the index of its turn; a turn that stays as it is is not in it.
    """

    def __init__(self, call: Call, said: dict[int, str]) -> None:
        self.call, self.said = call, said
        self.tools = {index: turn.tool_calls for index, turn in enumerate(call.turns) if turn.tool_calls}
        self.fields = {name: value for name in _FIELDS if (value := getattr(call, name))}

    def change(self, change: Change) -> None:
        """Every text is changed that was not said; those that stay the same stay the same objects."""
        for index, tools in self.tools.items():
            self.tools[index] = _same(tools, tuple([_tool(tool, change) for tool in tools]))
        for name, value in self.fields.items():
            self.fields[name] = _FIELDS[name](value, change)

    def look_again(self, redactor: Redactor) -> None:
        """What was found in one place is replaced in the others: in what was said and in the rest, where it may stand there."""
        said = [turn.text for turn in self.call.turns]
        for index, text in self.said.items():
            said[index] = text
        if redactor.may_stand_again("\n".join(said)):
            self.said |= {index: new for index, text in enumerate(said) if (new := redactor.again(text)) is not text}
        tools = [(tool.name, tool.arguments, tool.result) for tools in self.tools.values() for tool in tools]
        summary = self.fields["handoff"].context_summary if "handoff" in self.fields else None
        if redactor.may_stand_again("\n".join(gathered([tools, *self.fields.values(), summary])[0])):
            self.change(Change(redactor.again, redactor.again))

    def redacted(self) -> Call:
        """The call with what was changed; the same call where nothing was."""
        update = {name: value for name, value in self.fields.items() if value is not getattr(self.call, name)}
        turns = list(self.call.turns)
        tools = {index: tools for index, tools in self.tools.items() if tools is not turns[index].tool_calls}
        for index in self.said.keys() | tools.keys():
            turn = turns[index]
            fields = {"text": self.said.get(index, turn.text), "tool_calls": tools.get(index, turn.tool_calls)}
            turns[index] = turn.with_values(fields)
        if self.said or tools:
            update["turns"] = tuple(turns)
        return self.call.with_values(update) if update else self.call


def _spoken(turns: tuple[Turn, ...], redactor: Redactor) -> dict[int, str]:
    """What is said in another way now, by the index of the turn; each is read with what the agent said last in mind."""
    found = find_in_turns([(turn.speaker == "caller", turn.text) for turn in turns], redactor.find, redactor.may_find)
    return {index: redactor.replace(turns[index].text, hits) for index, hits in enumerate(found) if hits}


def _untold(call: Call, said: dict[int, str], redactor: Redactor) -> Call:
    """The call whose words of unknown speakers were read as a dialogue; its metadata is changed as any other after it.

    What a turn said stands there as it was redacted in the turn, whose question may be missing there.
    """
    words = call.metadata.get(UNTOLD)
    if not isinstance(words, str):
        return call
    pairs = [(call.turns[index], new) for index, new in said.items()]
    told = {f"{turn.speaker}: {' '.join(turn.text.split())}": f"{turn.speaker}: {' '.join(new.split())}" for turn, new in pairs}
    redacted = redact_untold(words, _key(UNTOLD).words, redactor, told)
    return call.with_values({"metadata": {**call.metadata, UNTOLD: redacted}})


def first_look(redactor: Redactor) -> Change:
    """Redaction by what each text says itself; a number of JSON counts where its key or its check digit tells."""

    def digits(number: str, key: str) -> str:
        kind = last_kind(key)
        told = kind in _SENSITIVE_KEYS or (13 <= len(number) <= 19 and kind != "other" and luhn(number))
        return redactor.text(number, key) if told else number

    return Change(redactor.text, digits)


def redact_value(value: Any, change: Change, key: str = "") -> Any:
    """A JSON value with every text and key changed; a changed whole number of seven digits and more becomes text.

    The same object where nothing changes.
    """
    if isinstance(value, str):
        return change.text(value, key)
    if isinstance(value, dict):
        return _object(value, change, key)
    if isinstance(value, list):
        return _same(value, [redact_value(inner, change, key) for inner in value])
    if value and (digits := large_digits(value)):
        changed = change.digits(digits, key)
        return value if changed == digits else changed
    return value


def _same(old: Sequence[Any], new: Sequence[Any]) -> Any:
    """`old`, where `new` has nothing but what is in it."""
    return old if all(map(operator.is_, old, new)) else new


def _object(value: dict[str, Any], change: Change, key: str) -> dict[str, Any]:
    """No entry is lost where two keys become the same pseudonym: the later one is numbered.

    A key that says nothing itself ("number") is read with the one above it ("phone").
    """
    kept: dict[str, Any] = {}
    numbers: dict[str, int] = {}
    same = True
    for name, inner in value.items():
        read = _key(name)
        changed = name if read.is_plain else _numbered(name, _name(name, change), kept, value, numbers)
        words = f"{key} {read.words}" if key and read.is_silent else read.words
        kept[changed] = redacted = redact_value(inner, change, words)
        same = same and redacted is inner and changed is name
    return value if same else kept


def _numbered(name: str, plain: str, kept: dict[str, Any], value: dict[str, Any], numbers: dict[str, int]) -> str:
    changed = plain
    while changed in kept or (changed != name and changed in value):
        numbers[plain] = numbers.get(plain, 1) + 1
        changed = f"{plain} {numbers[plain]}"
    return changed


class _Key(NamedTuple):
    """What is read from a key alone: phoneNumber as "phone Number"; whether it says nothing itself; whether it surely stays."""

    words: str
    is_silent: bool
    is_plain: bool


@lru_cache(maxsize=1024)
def _key(name: str) -> _Key:
    """The same few keys come over and over."""
    words = _CAMEL.sub(" ", name)
    return _Key(words, words.lower() in _SILENT, "@" not in name and not has_figure(name))


def _name(name: str, change: Change) -> str:
    """The name of a tool or a key; a number in it may hang on an underscore (call_4155550132)."""
    if _key(name).is_plain:
        return name
    changed, words = change.text(name, ""), name.replace("_", " ")
    if changed == name and (spoken := change.text(words, "")) != words:
        return spoken
    return changed


def _tool(tool: ToolCall, change: Change) -> ToolCall:
    """The same tool where nothing changes."""
    update = {
        "name": _name(tool.name, change),
        "arguments": redact_value(tool.arguments, change),
        "result": change.text(tool.result, "") if tool.result else tool.result,
    }
    return tool if all(getattr(tool, name) is value for name, value in update.items()) else tool.with_values(update)


def _errors(errors: tuple[str, ...], change: Change) -> Any:
    return _same(errors, tuple([change.text(error, "") for error in errors]))


def _handoff(handoff: Handoff, change: Change) -> Handoff:
    summary = handoff.context_summary
    if not summary or (changed := change.text(summary, "")) is summary:
        return handoff
    return handoff.with_values({"context_summary": changed})


def _plain(text: str, change: Change) -> str:
    return change.text(text, "")


def _version(text: str, change: Change) -> str:
    return change.text(text, "version")


_FIELDS: dict[str, Callable[[Any, Change], Any]] = {
    "errors": _errors, "end_reason": _plain, "intent": _plain, "version": _version, "channel": _plain, "recording_url": _plain,
    "metadata": redact_value, "handoff": _handoff,
}  # fmt: skip
"""What of a call beside its turns was written by its platform, and how it is changed."""
