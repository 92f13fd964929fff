"""A call whose text was taken out: values stay (times, outcomes, costs), and a mark says when and why.

What stands in place of a text is a text of its own: sheets, pages and the desk show it wherever they showed what was said.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from evalharness.models.call import Call, Handoff, ToolCall, Turn

KEY = "text_removed"
"""The entry of a call's metadata that holds the mark."""
ON_REQUEST, UNDER_RETENTION = "on request", "under retention"
MARK = re.compile(rf"\[text removed on \d{{4}}-\d\d-\d\d (?:{ON_REQUEST}|{UNDER_RETENTION})\]")
"""What a mark looks like."""
_CODE = re.compile(r"(?=.{1,64}\Z)[a-z0-9_\-]+(?:\.[a-z0-9_\-]+){0,2}")
_LABEL = re.compile(r"[\w.:/+\-]{1,64}|(?=.{1,40}\Z)[A-Z]?[a-z0-9_.\-]+(?: [a-z0-9_.\-]+){1,2}")
LABELS = ("intent", "version", "channel", "language")
"""Fields by which figures are grouped; a platform may have written a sentence there."""
_VALUES = ("cost_reckoned", "outcome_rule", "consent")
"""Entries of metadata that this program writes and that figures rest on."""
MEASURED = (
    "latency_not_tied_to_turns_ms", "latency_parts_ms", "transport_latency_ms_average", "assistant_interruptions",
    "user_interruptions", "transfer_leg_cost_usd",
)  # fmt: skip
"""Entries of metadata in which collecting puts figures of the platform; they stay where they hold nothing else."""
_PARTS = frozenset({"asr", "llm", "tts", "s2s", "knowledge_base", "llm_websocket_network_rtt", "from", "to"})
_LONGEST = 10**6


@dataclass(frozen=True)
class Removal:
    """What stands where a text was. `day`: as 2026-11-23; `keep`: entries of metadata that rules ask for; `callers`: keyed hash
    of a caller -> the word that stands for it from now on; `rules`: of the workspace: a label that stands there stays."""

    day: str
    why: str
    keep: Collection[str] = ()
    callers: dict[str, str] = field(default_factory=dict)
    rules: str = ""

    @property
    def mark(self) -> str:
        """For example "[text removed on 2026-11-23 on request]"."""
        return f"[text removed on {self.day} {self.why}]"

    def text(self, text: str | None) -> str | None:
        """The mark for a text; what is empty or missing stays so."""
        return self.mark if text and text.strip() and not MARK.fullmatch(text) else text

    def metadata(self, entries: dict[str, Any]) -> dict[str, Any]:
        """The entries that rules of the workspace or this program ask for, and what the platform measured."""
        return {name: value for name, value in entries.items() if name in self.keep or _stays(name, value)}

    def code(self, text: str | None) -> str | None:
        """A code of a platform (customer-ended-call, in at most three parts with dots between) stays, a sentence goes."""
        return self.text(text) if _is_text(text, _CODE) else text

    def label(self, text: str | None) -> str | None:
        """One word (book_appointment, v2.0.1), or up to three in small letters, stays; a sentence or a name goes."""
        return self.text(text) if _is_text(text, _LABEL) and str(text) not in self.rules else text

    def labels(self, row: Mapping[str, Any]) -> dict[str, str | None]:
        """What the call was about, its version, channel and language."""
        return {name: self.label(row[name]) for name in LABELS}

    def tool(self, tool: ToolCall) -> ToolCall:
        """The call of the tool with its error and time, and its name where that is a word."""
        given = tool.arguments
        kept = given is None or (isinstance(given, str) and MARK.fullmatch(given))
        update = {"name": self.label(tool.name), "arguments": given if kept else self.mark, "result": self.text(tool.result)}
        return tool.model_copy(update=update)

    def turn(self, turn: Turn) -> Turn:
        """The turn with its times, its latency and who spoke."""
        return turn.model_copy(update={"text": self.text(turn.text), "tool_calls": tuple(map(self.tool, turn.tool_calls))})

    def call(self, call: Call) -> Call:
        """The call without anything that was said, sent or written in it; one without its text stays as it is."""
        if removed(call):
            return self.caller(call)
        update = {
            **self.labels({name: getattr(call, name) for name in LABELS}),
            "turns": tuple(map(self.turn, call.turns)),
            "errors": (self.mark,) * len(call.errors),
            "end_reason": self.code(call.end_reason),
            "handoff": self._handoff(call.handoff),
            "recording_url": None,
            "metadata": {**self.metadata(call.metadata), KEY: self.mark},
        }
        return self.caller(call.model_copy(update=update))

    def caller(self, call: Call) -> Call:
        """The call under the word that stands for its caller now."""
        known = self.callers.get(call.caller_key or "")
        return call.model_copy(update={"caller_key": known}) if known else call

    def _handoff(self, handoff: Handoff | None) -> Handoff | None:
        return handoff and handoff.model_copy(update={"context_summary": self.text(handoff.context_summary)})


def removed(call: Call) -> str:
    """The mark of a call whose text was taken out; "" for any other."""
    found = call.metadata.get(KEY)
    return found if isinstance(found, str) and MARK.fullmatch(found) else ""


def _stays(name: str, value: Any) -> bool:
    """Whether the entry of metadata is a value that no rule has to ask for."""
    return name in _VALUES or (name in MEASURED and _figures(value))


def _figures(value: Any) -> bool:
    """Whether these are figures and nothing else: below a million, for a longer number may be somebody's, under known names."""
    if isinstance(value, list):
        return all(map(_figures, value))
    if isinstance(value, dict):
        return value.keys() <= _PARTS and all(map(_figures, value.values()))
    return value is None or (isinstance(value, int | float) and abs(value) < _LONGEST)


def _is_text(text: str | None, plain: re.Pattern[str]) -> bool:
    return bool(text) and not plain.fullmatch(text or "")


def label_texts(values: Iterable[Any]) -> Iterable[str]:
    """Those of the labels that `Removal.label` takes out."""
    return (value for value in values if isinstance(value, str) and _is_text(value, _LABEL) and not MARK.fullmatch(value))


def texts_of(call: Call) -> Iterable[str]:
    """Every text of a call that `Removal.call` takes out, numbers of seven digits and more as text; no mark of an earlier one."""
    return (text for text in _texts_of(call) if not MARK.fullmatch(text))


def _texts_of(call: Call) -> Iterable[str]:
    for turn in call.turns:
        yield turn.text
        yield from label_texts(tool.name for tool in turn.tool_calls)
        for tool in turn.tool_calls:
            yield from leaves(tool.arguments)
            yield tool.result or ""
    yield from call.errors
    yield from label_texts(getattr(call, name) for name in LABELS)
    yield (call.end_reason or "") if _is_text(call.end_reason, _CODE) else ""
    yield (call.handoff.context_summary if call.handoff else None) or ""
    yield call.recording_url or ""
    yield from leaves({name: value for name, value in call.metadata.items() if name != KEY and not _stays(name, value)})


def leaves(value: Any) -> Iterable[str]:
    """Every text of a JSON value, names and long numbers too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from leaves(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from leaves(inner)
    elif isinstance(value, int) and not isinstance(value, bool) and abs(value) >= _LONGEST:
        yield str(value)
