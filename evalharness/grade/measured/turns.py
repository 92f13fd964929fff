"""Who answered whom in a call: its caller-to-agent changes and the caller turns that nobody answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from evalharness.models.call import Call, Turn

SILENCE_MS = 3000.0
"""Caller turns closer than this without a reply are one; a silence of this length leaves a turn unanswered."""


class Change(NamedTuple):
    """A reply to the caller. `floor_ms`: when the agent's speech before the caller's ended; `tools`: tools ran for the reply,
    `tool_ms` in all, as far as the log says how long. `answer`: behind a reply that is a filler the agent's first words that are
    none, where the caller did not speak before."""

    caller: Turn
    reply: Turn
    floor_ms: float | None
    tools: bool
    tool_ms: float = 0.0
    answer: Turn | None = None


@dataclass(slots=True)
class Exchange:
    """What became of the caller's turns: the changes in order, and how many turns were left unanswered.

    `greeting` is the agent's first speech where it came before any of the caller's. While turns are read, `waiting` is
    the caller's turn without a reply so far, `floor_ms` the end of the agent's last speech, `filled`: it replied with a filler.
    """

    changes: list[Change] = field(default_factory=list)
    unanswered: int = 0
    greeting: Turn | None = None
    waiting: Turn | None = None
    floor_ms: float | None = None
    tools: bool = False
    tool_ms: float = 0.0
    filled: bool = False

    def caller_speaks(self, turn: Turn) -> None:
        """A caller's turn; the one before it, if it still waits, was unanswered after three seconds, else they are one."""
        if self.waiting is not None:
            self.silence_until(known(turn.start_ms))
        self.waiting, self.filled = turn, False

    def agent_speaks(self, turn: Turn) -> None:
        """An agent's turn with words: the reply to the waiting caller, or the greeting, or the agent going on."""
        if self.waiting is not None:
            self.changes.append(Change(self.waiting, turn, self.floor_ms, self.tools, self.tool_ms))
            self.filled = bool(turn.heard_filler)
        elif self.filled and not turn.heard_filler:
            self.changes[-1] = self.changes[-1]._replace(answer=turn)
            self.filled = False
        elif not self.changes:
            self.greeting = self.greeting or turn
        self.waiting, self.floor_ms, self.tools, self.tool_ms = None, known(turn.end_ms), False, 0.0

    def agent_calls(self, turn: Turn) -> None:
        """Tools that the agent called: they ran for the reply to come, or for that of this turn."""
        self.tools = True
        self.tool_ms += sum([tool.duration_ms or 0.0 for tool in turn.tool_calls])

    def silence_until(self, ms: float | None) -> None:
        """Counts the waiting turn as unanswered if nobody spoke for three seconds; the agent's speech over it is no silence."""
        end_ms = None if self.waiting is None or ms is None else known(self.waiting.end_ms)
        if end_ms is not None and ms is not None and ms - max(end_ms, self.floor_ms or 0.0) >= SILENCE_MS:
            self.unanswered += 1


def exchange_of(call: Call) -> Exchange:
    """The call's turns up to the handing over to a human, read in order.

    Turns without text say nothing: a tool-only agent turn is no reply, an empty caller turn asks nothing; nor does a reply that
    a barge-in cut off before it was heard. System turns
    are not speech. A human agent ends it, and so does a connected handoff to a human at its time; a caller turn that was
    waiting then was answered by the transfer. Without known times a turn without a reply is not called unanswered.
    """
    exchange, turns = Exchange(), until_handoff(call)
    for turn in turns:
        speaker, text = turn.speaker, turn.text
        if speaker == "agent" and turn.tool_calls:
            exchange.agent_calls(turn)
        if not text or text.isspace() or (turn.interrupted and unheard(turn)):
            continue
        if speaker == "caller":
            exchange.caller_speaks(turn)
        elif speaker == "agent":
            exchange.agent_speaks(turn)
    if exchange.waiting is not None and not call.handed_off and len(turns) == len(call.turns):
        exchange.silence_until(call_end_ms(call))
    return exchange


def unheard(turn: Turn) -> bool:
    """Whether the agent's words were never spoken: the caller barged in before any sound, so that the turn took no time."""
    return bool(turn.interrupted) and turn.speaker == "agent" and turn.end_ms is not None and turn.end_ms == turn.start_ms


def known(ms: float | None) -> float | None:
    """The time, or None for one that a log did not detect (-1)."""
    return None if ms is None or ms < 0 else ms


def call_end_ms(call: Call) -> float | None:
    """When the call ended, in milliseconds from its start; None where the log gives it only by guess."""
    guessed = {"started_at", "ended_at"} & set(call.inferred)
    return None if guessed or call.duration_s is None else call.duration_s * 1000


def until_handoff(call: Call) -> Sequence[Turn]:
    """The turns of the call while the agent has it: up to a human agent's first, or a connected handoff to a human."""
    at_ms = call.handoff.at_ms if call.handoff is not None and call.handed_off else None
    if at_ms is None and "human_agent" not in [turn.speaker for turn in call.turns]:
        return call.turns
    for place, turn in enumerate(call.turns):
        if turn.speaker == "human_agent" or (at_ms is not None and _from(at_ms, turn)):
            return call.turns[:place]
    return call.turns


def _from(at_ms: float, turn: Turn) -> bool:
    start_ms = known(turn.start_ms)
    return start_ms is not None and start_ms >= at_ms
