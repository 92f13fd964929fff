"""Who answered whom in a call: its caller-to-agent changes and the caller turns that nobody answered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from evalharness.models.call import Call, Turn

SILENCE_MS = 3000.0
"""Caller turns closer than this without a reply are one; a silence of this length leaves a turn unanswered."""


@dataclass(frozen=True)
class Change:
    """A reply to the caller. `floor_ms`: when the agent's speech before the caller's ended; `tools`: tools ran for the reply."""

    caller: Turn
    reply: Turn
    floor_ms: float | None
    tools: bool


@dataclass
class Exchange:
    """What became of the caller's turns: the changes in order, and how many turns were left unanswered.

    `greeting` is the agent's first speech where it came before any of the caller's.
    """

    changes: list[Change] = field(default_factory=list)
    unanswered: int = 0
    greeting: Turn | None = None


def exchange_of(call: Call) -> Exchange:
    """The call's turns up to the handing over to a human, read in order.

    Turns without text say nothing: a tool-only agent turn is no reply, an empty caller turn asks nothing. System turns
    are not speech. A human agent ends it, and so does a connected handoff to a human at its time; a caller turn that was
    waiting then was answered by the transfer. Without known times a turn without a reply is not called unanswered.
    """
    exchange, waiting, floor_ms, tools = Exchange(), None, None, False
    for turn in _until_handoff(call):
        spoken = bool(turn.text.strip())
        if turn.speaker == "caller" and spoken:
            exchange.unanswered += waiting is not None and _silent(waiting, floor_ms, known(turn.start_ms))
            waiting = turn
        elif turn.speaker == "agent":
            tools = tools or bool(turn.tool_calls)
            if not spoken:
                continue
            if waiting is not None:
                exchange.changes.append(Change(waiting, turn, floor_ms, tools))
            elif not exchange.changes and exchange.greeting is None:
                exchange.greeting = turn
            waiting, floor_ms, tools = None, known(turn.end_ms), False
    if waiting is not None and not _taken_over(call):
        exchange.unanswered += _silent(waiting, floor_ms, call_end_ms(call))
    return exchange


def known(ms: float | None) -> float | None:
    """The time, or None for one that a log did not detect (-1)."""
    return None if ms is None or ms < 0 else ms


def call_end_ms(call: Call) -> float | None:
    """When the call ended, in milliseconds from its start; None where the log gives it only by guess."""
    guessed = {"started_at", "ended_at"} & set(call.inferred)
    return None if guessed or call.duration_s is None else call.duration_s * 1000


def _until_handoff(call: Call) -> Iterator[Turn]:
    at_ms = call.handoff.at_ms if call.handoff is not None and call.handed_off else None
    for turn in call.turns:
        start_ms = known(turn.start_ms)
        if turn.speaker == "human_agent" or (at_ms is not None and start_ms is not None and start_ms >= at_ms):
            return
        yield turn


def _taken_over(call: Call) -> bool:
    return call.handed_off or any(turn.speaker == "human_agent" for turn in call.turns)


def _silent(waiting: Turn, floor_ms: float | None, until_ms: float | None) -> bool:
    """Whether nobody spoke for three seconds after the waiting turn; the agent's own speech over it is not silence."""
    end_ms = known(waiting.end_ms)
    if end_ms is None or until_ms is None:
        return False
    return until_ms - max(end_ms, floor_ms or 0.0) >= SILENCE_MS
