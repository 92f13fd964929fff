"""A call as the detectors of escalation, disclosure and failures read it: words, tools, and where it was handed over."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

from evalharness.grade.measured.cues import holds
from evalharness.grade.measured.tool_results import Outcome, gives_result, outcome_of
from evalharness.grade.measured.turns import known, until_handoff
from evalharness.grade.measured.voice_spoken import Said, speech_of
from evalharness.models.call import Call, ToolCall


@dataclass(slots=True)
class Used:
    """A tool the agent called in a turn, and how it went by its flag or its result."""

    turn: int
    tool: ToolCall
    outcome: Outcome

    @property
    def failed(self) -> bool:
        """Whether the log says that it failed."""
        return self.outcome in ("schema", "argument", "failed")


@dataclass(slots=True)
class Audit:
    """The call up to a handoff to a human. `handed_at`: index of the turn by which a human had it, None where the log does not
    show it; of words only those up to there are kept. `failed`: tools that failed and were not made good.
    `caller_words`, `agent_words`: all words each of them said. `last_transfer`: turn of the last tool that transfers, or -1."""

    call: Call
    transfer_tools: tuple[str, ...]
    tools: list[Used]
    handed_at: int | None = None
    said: list[Said] = field(default_factory=list)
    caller: list[Said] = field(default_factory=list)
    agent: list[Said] = field(default_factory=list)
    failed: list[Used] = field(default_factory=list)
    caller_words: frozenset[str] = frozenset()
    agent_words: frozenset[str] = frozenset()
    last_transfer: int = -1

    def transfers(self, tool: ToolCall) -> bool:
        """Whether the tool hands the call over, by its name; one that moves money or files only if it is listed whole."""
        if not holds(tool.name, self.transfer_tools):
            return False
        return tool.name.lower() in self.transfer_tools or not holds(tool.name, NOT_THE_CALL)

    @property
    def to_human(self) -> bool:
        """Whether a human came into play: by the log's handoff; without one in the log by its outcome, a human's turn, or a tool
        that transfers and did not fail."""
        if self.call.handoff is not None:
            return self.call.handed_off
        by_tool = any(self.transfers(used.tool) and not used.failed for used in self.tools)
        return by_tool or self.call.outcome == "transferred" or any(turn.speaker == "human_agent" for turn in self.call.turns)

    @property
    def all_told(self) -> bool:
        """Whether tools were called, besides those that transfer, and the log says of each how it went."""
        return any(not self.transfers(used.tool) for used in self.tools) and self.none_unknown

    @property
    def none_unknown(self) -> bool:
        """Whether the log says of every tool that was called, besides those that transfer, how it went; true without any."""
        asked = (used for used in self.tools if used.outcome == "unknown" and not self.transfers(used.tool))
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
        Used(turn.index, tool, outcome_of(tool))
        for turn in call.turns
        if turn.tool_calls and turn.speaker == "agent"
        for tool in turn.tool_calls
    ]
    audit = Audit(call, transfer_tools, used)
    end = audit.handed_at = _handed_at(audit)
    said = speech_of(call).said
    audit.said = said if end is None else [one for one in said if one.index <= end]
    audit.caller = [one for one in audit.said if one.speaker == "caller"]
    audit.agent = [one for one in audit.said if one.speaker == "agent"]
    audit.failed = _failed(audit)
    audit.last_transfer = max((one.turn for one in used if audit.transfers(one.tool)), default=-1)
    audit.caller_words = _NO_WORDS.union(*[one.words for one in audit.caller])
    audit.agent_words = _NO_WORDS.union(*[one.words for one in audit.agent])
    return audit


def _handed_at(audit: Audit) -> int | None:
    """Where a connected handoff to a human shows: its tool, else the human's first turn, else its time among timed turns."""
    if not audit.to_human:
        return None
    tools = [used.turn for used in audit.tools if audit.transfers(used.tool) and not used.failed]
    if tools:
        return tools[-1]
    human = next((turn.index for turn in audit.call.turns if turn.speaker == "human_agent"), None)
    return human if human is not None else _by_time(audit.call)


def _by_time(call: Call) -> int | None:
    handoff, turns = call.handoff, call.turns
    if handoff is None or handoff.at_ms is None or not turns or any(known(turn.start_ms) is None for turn in turns):
        return None
    kept = sum(1 for _ in until_handoff(call))
    return turns[kept - 1].index if kept else turns[0].index


def _failed(audit: Audit) -> list[Used]:
    """The tool calls that failed and were not made good by the same tool later in the call; a failed transfer is none of them."""
    worked: set[str] = set()
    failed: list[Used] = []
    end = audit.handed_at
    for used in reversed(audit.tools):
        if end is not None and used.turn > end:
            continue
        if used.outcome == "worked":
            worked.add(used.tool.name)
        elif used.failed and used.tool.name not in worked and not audit.transfers(used.tool):
            failed.append(used)
    return failed[::-1]
