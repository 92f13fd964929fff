"""A call as the detectors of escalation, disclosure and failures read it: words, tools, and where it was handed over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from evalharness.grade.measured.cues import holds
from evalharness.grade.measured.tool_results import FAILURES, Outcome, gives_result, outcome_of
from evalharness.grade.measured.turns import known, until_handoff
from evalharness.grade.measured.voice_spoken import Said, speech_of
from evalharness.models.call import Call, ToolCall


@dataclass(slots=True)
class Used:
    """A tool the agent called in a turn, and how it went by its flag or its result; `transfers`: by its name it hands the call
    over."""

    turn: int
    tool: ToolCall
    outcome: Outcome
    transfers: bool

    @property
    def failed(self) -> bool:
        """Whether the log says that it failed."""
        return self.outcome in FAILURES


@dataclass(slots=True)
class Audit:
    """The call up to a handoff to a human. `to_human`: a human came into play; `handed_at`: index of the turn by which a human
    had it, None where the log does not show it; of words only those up to there are kept. `failed`: tools that failed and were
    not made good. `caller_words`, `agent_words`: all words each of them said. `last_transfer`: turn of the last tool that
    transfers, or -1."""

    call: Call
    transfer_tools: tuple[str, ...]
    tools: list[Used]
    to_human: bool = False
    handed_at: int | None = None
    said: list[Said] = field(default_factory=list)
    caller: list[Said] = field(default_factory=list)
    agent: list[Said] = field(default_factory=list)
    failed: list[Used] = field(default_factory=list)
    caller_words: frozenset[str] = frozenset()
    agent_words: frozenset[str] = frozenset()
    last_transfer: int = -1

    @property
    def all_told(self) -> bool:
        """Whether tools were called, besides those that transfer, and the log says of each how it went."""
        return any(not used.transfers for used in self.tools) and self.none_unknown

    @property
    def none_unknown(self) -> bool:
        """Whether the log says of every tool that was called, besides those that transfer, how it went; true without any."""
        asked = [used for used in self.tools if used.outcome == "unknown" and not used.transfers]
        return not any(gives_result(used.tool) for used in asked)

    def replies_between(self, start: int, end: int) -> int:
        """How often the agent answered something else, and the caller had to speak again, after turn `start` and before `end`."""
        speakers = [one.speaker for one in self.said if start < one.index <= end]
        return sum(1 for one, after in pairwise(speakers) if (one, after) == ("agent", "caller"))


def audit_of(call: Call, transfer_tools: tuple[str, ...]) -> Audit:
    """The call's reading; the last one is kept, because several detectors read the same call one after the other."""
    if not _LAST or _LAST[0].call is not call or _LAST[0].transfer_tools != transfer_tools:
        _LAST[:] = [_read(call, transfer_tools)]
    return _LAST[0]


_LAST: list[Audit] = []
_NO_WORDS: frozenset[str] = frozenset()
NOT_THE_CALL = (
    "fund", "money", "bank", "payment", "amount", "balance", "credit", "points", "miles", "ticket", "case", "issue",
    "prescription", "ownership", "registration", "title", "domain", "file", "booking", "reservation",
)  # fmt: skip
"""In the name of a tool, they say that something else than the call is transferred or escalated."""


def _read(call: Call, transfer_tools: tuple[str, ...]) -> Audit:
    used = [
        Used(turn.index, tool, outcome_of(tool), _transfers(tool.name, transfer_tools))
        for turn in call.turns
        if turn.tool_calls and turn.speaker == "agent"
        for tool in turn.tool_calls
    ]
    audit = Audit(call, transfer_tools, used, _to_human(call, used))
    end = audit.handed_at = _handed_at(audit) if audit.to_human else None
    said = speech_of(call).said
    audit.said = said if end is None else [one for one in said if one.index <= end]
    for one in audit.said:
        (audit.agent if one.speaker == "agent" else audit.caller).append(one)
    audit.failed = _failed(audit)
    audit.last_transfer = max([one.turn for one in used if one.transfers], default=-1)
    audit.caller_words = _NO_WORDS.union(*[one.words for one in audit.caller])
    audit.agent_words = _NO_WORDS.union(*[one.words for one in audit.agent])
    return audit


@lru_cache(maxsize=4096)
def _transfers(name: str, transfer_tools: tuple[str, ...]) -> bool:
    """Whether the tool hands the call over, by its name; one that moves money or files only if it is listed whole."""
    if not holds(name, transfer_tools):
        return False
    return name.lower() in transfer_tools or not holds(name, NOT_THE_CALL)


def _to_human(call: Call, tools: Sequence[Used]) -> bool:
    """Whether a human came into play: by the log's handoff; without one in the log by its outcome, a human's turn, or a tool that
    transfers and did not fail."""
    if call.handoff is not None:
        return call.handed_off
    if call.outcome == "transferred" or "human_agent" in [turn.speaker for turn in call.turns]:
        return True
    return any(used.transfers and not used.failed for used in tools)


def _handed_at(audit: Audit) -> int | None:
    """Where a connected handoff to a human shows: its tool, else the human's first turn, else its time among timed turns."""
    tools = [used.turn for used in audit.tools if used.transfers and not used.failed]
    if tools:
        return tools[-1]
    human = next((turn.index for turn in audit.call.turns if turn.speaker == "human_agent"), None)
    return human if human is not None else _by_time(audit.call)


def _by_time(call: Call) -> int | None:
    handoff, turns = call.handoff, call.turns
    if handoff is None or handoff.at_ms is None or not turns or any(known(turn.start_ms) is None for turn in turns):
        return None
    kept = len(until_handoff(call))
    return turns[kept - 1].index if kept else turns[0].index


def _failed(audit: Audit) -> list[Used]:
    """The tool calls that failed and were not made good by the same tool later in the call; a failed transfer is none of them."""
    end = audit.handed_at
    failed = [used for used in audit.tools if used.failed and not used.transfers and (end is None or used.turn <= end)]
    if not failed:
        return failed
    last_worked = {
        used.tool.name: place
        for place, used in enumerate(audit.tools)
        if used.outcome == "worked" and (end is None or used.turn <= end)
    }
    places = {id(used): place for place, used in enumerate(audit.tools)}
    return [used for used in failed if last_worked.get(used.tool.name, -1) < places[id(used)]]
