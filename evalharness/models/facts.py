"""CallFacts: what is known of a call without reading its transcript; CallMeasures: what is measured in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from pydantic import Field, JsonValue

from evalharness.models.call import Anchor, Call, Outcome, Status
from evalharness.models.noun import Amount, CallId, Count, Instant, Milliseconds, Name, Noun

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


PARTS = ("endpointing", "stt", "llm", "tool", "tts", "transport", "other")
"""The parts of a reply's latency; what a log names otherwise is `other`."""


class AnchorLatency(Noun):
    """The voice-to-voice latencies of one call under one anchor, in milliseconds, and what else became of its turns.

    `values_ms`: measured replies in turn order; `tool_ms`: those of them from turns with tool calls; `plain_ms`: answers that
    are no filler, behind a filler to the first other words; `parts_ms`: part of PARTS -> its time in each of `values_ms`, 0 =
    not reported (a part that no reply reports is left out). `changes`: caller-to-agent turn changes, each under the anchor it
    was measured by. What has none, `missing` changes and `unanswered` turns, stands under the call's commonest anchor.
    """

    anchor: Anchor | None
    values_ms: tuple[Milliseconds, ...] = ()
    tool_ms: tuple[Milliseconds, ...] = ()
    plain_ms: tuple[Milliseconds, ...] = ()
    parts_ms: dict[str, tuple[Milliseconds, ...]] = Field(default_factory=dict)
    changes: Count = 0
    unanswered: Count = 0
    overlaps: Count = 0
    rejected: Count = 0
    missing: Count = 0


class CallMeasures(Noun):
    """What needs no judgement in one call. p50 and p99 are of the call's own replies, unanswered ones ranked above all;
    `p50_unanswered` says that the median touches an unanswered turn (then p50_ms is None)."""

    source: Name
    call_id: CallId
    latencies: tuple[AnchorLatency, ...] = ()
    p50_ms: Milliseconds | None = None
    p99_ms: Milliseconds | None = None
    p50_unanswered: bool = False
    greeting_ms: Milliseconds | None = None


class CallFacts(Noun):
    """One row a call: the fields of rules and of whole-week measures. `hour` and `weekday` are local (1 = Monday)."""

    id: CallId
    source: Name
    agent: str | None = None
    version: str | None = None
    started_at: Instant
    duration_s: float | None = None
    hour: int
    weekday: int
    direction: str | None = None
    channel: str | None = None
    language: str | None = None
    intent: str | None = None
    caller_key: str | None = None
    status: Status | None = None
    error_count: Count = 0
    outcome: Outcome = "unknown"
    end_reason: str | None = None
    handed_off: bool = False
    handoff_failed: bool = False
    csat: float | None = None
    cost_usd: Amount | None = None
    currency: str | None = None
    turns: Count = 0
    has_transcript: bool = False
    p50_ms: Milliseconds | None = None
    p99_ms: Milliseconds | None = None
    metadata: dict[str, JsonValue] = Field(default_factory=dict)

    def fields(self) -> Mapping[str, Any]:
        """The facts by rule field name."""
        return self.__dict__


def facts_of(call: Call, measures: CallMeasures, zone: ZoneInfo) -> CallFacts:
    """The row of a call; hour and weekday by the workspace's clock. `cost_usd` is the total in `currency`."""
    return CallFacts(**fact_fields(call, measures, zone))


def fact_fields(call: Call, measures: CallMeasures, zone: ZoneInfo) -> dict[str, Any]:
    """The fields of `facts_of`, taken from nouns that were checked when they were made."""
    given, local, cost, handoff = call.__dict__, call.started_at.astimezone(zone), call.cost, call.handoff
    return {name: given[name] for name in _SAME} | {
        "hour": local.hour,
        "weekday": local.isoweekday(),
        "duration_s": call.duration_s,
        "error_count": len(call.errors),
        "handed_off": call.handed_off,
        "handoff_failed": handoff is not None and handoff.status == "failed",
        "cost_usd": cost.total if cost else None,
        "currency": cost.currency if cost else None,
        "turns": len(call.turns),
        "has_transcript": call.has_transcript,
        "p50_ms": measures.p50_ms,
        "p99_ms": measures.p99_ms,
    }


_SAME = (
    "id", "source", "agent", "version", "started_at", "direction", "channel", "language", "intent",
    "caller_key", "status", "outcome", "end_reason", "csat", "metadata",
)  # fmt: skip


@dataclass(frozen=True)
class Tally:
    """How the calls of one week divide by the log alone, in whole calls. `technical`: failed_technical; `judged`: those with a
    transcript that are neither technical nor out of scope (`with_transcript` counts these too)."""

    calls: int = 0
    out_of_scope: int = 0
    technical: int = 0
    with_transcript: int = 0
    judged: int = 0


@dataclass(frozen=True)
class FactGroup:
    """Calls of a week that are alike in outcome, handoff, transcript, intent, version and currency, counted together.

    `costs`: the cost in `currency` of each call that reports one, ascending; `answers`: calls with a CSAT answer from 1 to 5,
    `content`: those of them that answered 4 or 5.
    """

    outcome: Outcome
    handed_off: bool
    has_transcript: bool
    intent: str | None
    version: str | None
    currency: str | None
    calls: int
    costs: tuple[float, ...] = ()
    answers: int = 0
    content: int = 0

    @property
    def in_scope(self) -> bool:
        """Whether the log shows the calls as in scope."""
        return self.outcome != "out_of_scope"

    @property
    def to_a_person(self) -> bool:
        """Whether the callers reached a person: such a call's CSAT answer rates that person."""
        return self.handed_off or self.outcome == "transferred"


@dataclass(frozen=True, eq=False)
class LatencyPool:
    """All turns of a week under one (source, anchor): values in milliseconds with the call each belongs to, and the counts.

    `values_ms` (n,) and `call_index` (n,): one entry a measured reply; `unanswered_index` (u,): the call of each unanswered
    turn. Calls with any reply or unanswered turn here are numbered from 0 to `calls` - 1.
    `tool_ms`, `plain_ms`: replies of turns with tool calls, and answers that are no filler; `parts_ms`: part -> (n,), 0 = not
    reported; `group_of`: "version", "intent", "hour" -> the group of each call, as a place in `groups`.
    `slow_calls` = calls with any reply above 1,500 ms or an unanswered turn; `due_calls`: calls with a turn that should have a
    latency, measured or not.
    """

    source: str
    anchor: Anchor | None
    values_ms: NDArray[np.float64]
    call_index: NDArray[np.int64]
    unanswered_index: NDArray[np.int64]
    calls: int
    slow_calls: int
    changes: int
    overlaps: int
    rejected: int
    missing: int
    tool_ms: NDArray[np.float64] | None = None
    plain_ms: NDArray[np.float64] | None = None
    parts_ms: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    groups: Mapping[str, Sequence[str]] = field(default_factory=dict)
    group_of: Mapping[str, NDArray[np.int64]] = field(default_factory=dict)
    due_calls: int = 0

    @property
    def unanswered(self) -> int:
        """Caller turns that nobody answered."""
        return int(self.unanswered_index.size)

    @property
    def measured(self) -> int:
        """Replies with a latency."""
        return int(self.values_ms.size)

    @property
    def coverage(self) -> float | None:
        """(measured + unanswered) / (changes + unanswered - overlaps); None where there was nothing to measure."""
        due = self.changes + self.unanswered - self.overlaps
        return (self.measured + self.unanswered) / due if due > 0 else None
