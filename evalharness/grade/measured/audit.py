"""A call as the detectors of escalation, disclosure and failures read it: words, tools, and where it was handed over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from evalharness.grade.measured.turns import known, until_handoff
from evalharness.grade.measured.voice_spoken import Said, speech_of
from evalharness.models.call import Call, ToolCall


@dataclass(frozen=True)
class Used:
    """A tool the agent called in a turn."""

    turn: int
    tool: ToolCall


@dataclass
class Audit:
    """The call up to a handoff to a human. `handed_at`: index of the turn by which a human had it, None where the log does not
    show it; words and tools from there on are not looked at."""

    call: Call
    transfer_tools: tuple[str, ...]

    @cached_property
    def said(self) -> list[Said]:
        """What caller and agent said before a human had the call, the handing-over turn included."""
        end = self.handed_at
        return [one for one in speech_of(self.call).said if end is None or one.index <= end]

    @cached_property
    def caller(self) -> list[Said]:
        """What the caller said."""
        return [one for one in self.said if one.speaker == "caller"]

    @cached_property
    def agent(self) -> list[Said]:
        """What the agent said."""
        return [one for one in self.said if one.speaker == "agent"]

    @cached_property
    def tools(self) -> list[Used]:
        """The tools the agent called, in order."""
        return [Used(turn.index, tool) for turn in self.call.turns if turn.speaker == "agent" for tool in turn.tool_calls]

    def transfers(self, tool: ToolCall) -> bool:
        """Whether the tool hands the call over, by its name."""
        name = tool.name.lower()
        return any(part in name for part in self.transfer_tools)

    @cached_property
    def handed_at(self) -> int | None:
        """Where a connected handoff to a human shows: its tool, else the human's first turn, else its time among timed turns."""
        if not self.call.handed_off:
            return None
        tools = [used.turn for used in self.tools if self.transfers(used.tool) and used.tool.error is not True]
        if tools:
            return tools[-1]
        human = next((turn.index for turn in self.call.turns if turn.speaker == "human_agent"), None)
        return human if human is not None else self._by_time()

    def _by_time(self) -> int | None:
        handoff, turns = self.call.handoff, self.call.turns
        if handoff is None or handoff.at_ms is None or not turns or any(known(turn.start_ms) is None for turn in turns):
            return None
        kept = sum(1 for _ in until_handoff(self.call))
        return turns[kept - 1].index if kept else turns[0].index

    def replies_between(self, start: int, end: int) -> int:
        """How often the agent answered something else, and the caller had to speak again, after turn `start` and before `end`."""
        speakers = [one.speaker for one in self.said if start < one.index <= end]
        return sum(1 for one, after in pairwise(speakers) if (one, after) == ("agent", "caller"))


def audit_of(call: Call, transfer_tools: tuple[str, ...]) -> Audit:
    """The call's reading; the last one is kept, because several detectors read the same call one after the other."""
    if not _LAST or _LAST[0].call is not call or _LAST[0].transfer_tools != transfer_tools:
        _LAST[:] = [Audit(call, transfer_tools)]
    return _LAST[0]


_LAST: list[Audit] = []


def failures_of(audit: Audit) -> Iterator[Used]:
    """The tool calls that failed and were not made good by the same tool later in the call; a failed transfer is none of them."""
    worked: set[str] = set()
    failed: list[Used] = []
    end = audit.handed_at
    for used in reversed([used for used in audit.tools if end is None or used.turn <= end]):
        if used.tool.error is False:
            worked.add(used.tool.name)
        elif used.tool.error and used.tool.name not in worked and not audit.transfers(used.tool):
            failed.append(used)
    yield from reversed(failed)
