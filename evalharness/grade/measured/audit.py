"""A call as the detectors of escalation, disclosure and failures read it: words, tools, and where it was handed over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from evalharness.grade.measured.cues import holds
from evalharness.grade.measured.found import TOGETHER
from evalharness.grade.measured.tool_results import FAILURES, Outcome, gives_result, outcome_of
from evalharness.grade.measured.turns import known, until_handoff
from evalharness.grade.measured.voice_spoken import Said, speech_of
from evalharness.models.call import HANDOFF_NOT_IN_LOG, Call, ToolCall
from evalharness.models.tool_names import moves_a_thing, only_asks


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
    not made good, `known_failed`: the log tells it of all. `caller_words`, `agent_words`: all words each of them said.
    `last_transfer`: turn of the last tool that transfers, or -1."""

    call: Call
    transfer_tools: tuple[str, ...]
    tools: list[Used]
    to_human: bool = False
    handed_at: int | None = None
    said: list[Said] = field(default_factory=list)
    caller: list[Said] = field(default_factory=list)
    agent: list[Said] = field(default_factory=list)
    failed: list[Used] = field(default_factory=list)
    known_failed: bool = True
    caller_words: frozenset[str] = frozenset()
    agent_words: frozenset[str] = frozenset()
    last_transfer: int = -1

    @property
    def all_told(self) -> bool:
        """Whether tools were called, and the log says of each, besides those that transfer, how it went."""
        return bool(self.tools) and self.none_unknown

    @property
    def shows_handoffs(self) -> bool:
        """Whether a log of this form would show a handoff; where it never does, none in it tells nothing."""
        return HANDOFF_NOT_IN_LOG not in self.call.inferred

    @property
    def none_unknown(self) -> bool:
        """Whether the log says of every tool that was called, besides those that transfer, how it went, and if what failed was
        made good; true without any."""
        asked = [used for used in self.tools if used.outcome == "unknown" and not used.transfers]
        return self.known_failed and not any(gives_result(used.tool) for used in asked)

    def replies_between(self, start: int, end: int) -> int:
        """How often the agent answered something else, and the caller had to speak again, after turn `start` and before `end`."""
        speakers = [one.speaker for one in self.said if start < one.index <= end]
        return sum(1 for one, after in pairwise(speakers) if (one, after) == ("agent", "caller"))


def audit_of(call: Call, transfer_tools: tuple[str, ...]) -> Audit:
    """The call's reading; those of the last calls are kept, because several detectors read the same call."""
    held = _KEPT.get(id(call))
    if held is None or held.call is not call or held.transfer_tools != transfer_tools:
        if len(_KEPT) >= TOGETHER:
            _KEPT.clear()
        held = _KEPT[id(call)] = _read(call, transfer_tools)
    return held


_KEPT: dict[int, Audit] = {}
_NO_WORDS: frozenset[str] = frozenset()


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
    audit.failed, audit.known_failed = _failures(audit)
    audit.last_transfer = max([one.turn for one in used if one.transfers], default=-1)
    audit.caller_words = _NO_WORDS.union(*[one.words for one in audit.caller])
    audit.agent_words = _NO_WORDS.union(*[one.words for one in audit.agent])
    return audit


@lru_cache(maxsize=4096)
def _transfers(name: str, transfer_tools: tuple[str, ...]) -> bool:
    """Whether the tool hands the call over, by its name; one that only asks, or moves money or files, only if listed whole."""
    if not holds(name, transfer_tools):
        return False
    return name.lower() in transfer_tools or not (only_asks(name) or moves_a_thing(name))


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


def _failures(audit: Audit) -> tuple[list[Used], bool]:
    """The tool calls that failed and were not made good while the agent had the call, a failed transfer is none of them; and
    whether that is known of each."""
    end = audit.handed_at
    used = [one for one in audit.tools if end is None or one.turn <= end]
    if not any(one.failed for one in used):
        return [], True
    callers = [one.index for one in audit.said if one.speaker == "caller"]
    failed, known_of_all = list[Used](), True
    for place, one in enumerate(used):
        if one.failed and not one.transfers:
            mended = [_makes_good(one, later, callers) for later in used[place + 1 :]]
            known_of_all = known_of_all and (True in mended or None not in mended)
            failed += [] if True in mended or None in mended else [one]
    return failed, known_of_all


def _makes_good(failed: Used, later: Used, callers: Sequence[int]) -> bool | None:
    """Whether a later call of the same tool that worked did what the failed one was to do: in the same reply, with all of its
    arguments, or, where a value or the form was refused, with others. None where the log lacks arguments that would tell."""
    if later.outcome != "worked" or later.tool.name != failed.tool.name:
        return False
    if failed.outcome in ("schema", "argument") or not any(failed.turn < turn <= later.turn for turn in callers):
        return True
    before, after = failed.tool.arguments, later.tool.arguments
    if before is None or after is None:
        return None
    return before == after or (isinstance(before, dict) and isinstance(after, dict) and before.items() <= after.items())
