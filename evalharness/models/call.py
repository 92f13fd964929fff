"""Call, its turns, and what comes later for it (Supplement)."""

from __future__ import annotations

from math import isfinite
from typing import Any, Literal

from pydantic import Field, JsonValue, field_validator

from evalharness.models.noun import Amount, CallId, Count, Instant, Milliseconds, Name, Noun

Speaker = Literal["caller", "agent", "human_agent", "system"]
Anchor = Literal["acoustic", "reported", "transcript", "components"]
Direction = Literal["inbound", "outbound"]
Status = Literal["completed", "error", "no_answer", "abandoned"]
Outcome = Literal[
    "resolved",
    "partly_resolved",
    "transferred",
    "follow_up",
    "abandoned",
    "unresolved",
    "failed_technical",
    "out_of_scope",
    "unknown",
]
OUTCOMES: tuple[Outcome, ...] = Outcome.__args__  # type: ignore[attr-defined]
HANDOFF_NOT_IN_LOG = "handoff_not_in_log"
"""In `inferred`: a log of this form never shows a handoff, so none in it tells nothing."""
COST_COMPONENTS = ("telephony", "stt", "llm", "tts", "platform", "other")


class Latency(Noun):
    """Voice-to-voice latency of one agent turn as the log gives it.

    `voice_to_voice_ms`: start of the audible reply minus end of the caller's speech; None = only components are known.
    `anchor`: how it was measured. `components`: milliseconds by name (endpointing, stt, llm, tool, tts, transport).
    """

    voice_to_voice_ms: Milliseconds | None = None
    anchor: Anchor = "reported"
    components: dict[str, Milliseconds] = Field(default_factory=dict)


class ToolCall(Noun):
    """A tool the agent called. `error` None = the log does not say; `result` "" is a result, None is no result."""

    name: str
    arguments: JsonValue = None
    result: str | None = None
    error: bool | None = None
    duration_ms: Milliseconds | None = None


class Turn(Noun):
    """One utterance. Times are milliseconds from the start of the call; None = the log does not say."""

    index: Count
    speaker: Speaker
    text: str
    start_ms: float | None = None
    end_ms: float | None = None
    latency: Latency | None = None
    interrupted: bool | None = None
    heard_filler: bool | None = None
    tool_calls: tuple[ToolCall, ...] = ()


class Handoff(Noun):
    """A handing over: to a human it is an escalation, to a bot it is not; `failed` = attempted without success."""

    at_ms: float | None = None
    kind: Literal["warm", "blind"] | None = None
    destination: Literal["human", "bot"] = "human"
    status: Literal["connected", "failed"] = "connected"
    context_summary: str | None = None
    talk_ms: Milliseconds | None = None


class Cost(Noun):
    """Money by component (telephony, stt, llm, tts, platform, other) in one currency. No component = unknown, never 0."""

    components: dict[str, Amount] = Field(min_length=1)
    currency: str = Field(default="USD", pattern=r"^[A-Z]{3}$")

    @field_validator("components")
    @classmethod
    def _known(cls, components: dict[str, float]) -> dict[str, float]:
        unknown = sorted(set(components) - set(COST_COMPONENTS))
        if unknown:
            raise ValueError(f"unknown cost component {unknown[0]!r}; known: {', '.join(COST_COMPONENTS)}")
        if not isfinite(sum(components.values())):
            raise ValueError("the components are too large to be added up")
        return components

    @property
    def total(self) -> float:
        """Sum of the components, in `currency`."""
        return sum(self.components.values())


class Call(Noun):
    """One phone call. Identity is (source, id). Instants are aware UTC. `caller_key` is a keyed hash, never a number.

    `outcome` is always set (collect derives it from status and handoff where the log gives none).
    `inferred` names the fields that were not given but derived (for example "started_at", "outcome").
    """

    id: CallId
    source: Name
    agent: str | None = None
    version: str | None = None
    started_at: Instant
    ended_at: Instant | None = None
    direction: Direction | None = None
    channel: str | None = None
    language: str | None = None
    intent: str | None = None
    caller_key: str | None = None
    status: Status | None = None
    errors: tuple[str, ...] = ()
    outcome: Outcome = "unknown"
    end_reason: str | None = None
    handoff: Handoff | None = None
    csat: float | None = Field(default=None, ge=1, le=5)
    cost: Cost | None = None
    turns: tuple[Turn, ...] = ()
    recording_url: str | None = None
    metadata: dict[str, JsonValue] = Field(default_factory=dict)
    inferred: tuple[str, ...] = ()

    @property
    def has_transcript(self) -> bool:
        """Whether anything was said by the caller or the agent: only such calls can be drawn and graded."""
        return any(turn.speaker in ("caller", "agent") and turn.text.strip() for turn in self.turns)

    @property
    def handed_off(self) -> bool:
        """Whether the caller reached a human: a connected handoff to a human."""
        return self.handoff is not None and self.handoff.destination == "human" and self.handoff.status == "connected"

    @property
    def duration_s(self) -> float | None:
        """Seconds from start to end; None where the end is unknown."""
        return None if self.ended_at is None else (self.ended_at - self.started_at).total_seconds()


class Supplement(Noun):
    """A fact that came later for a call already collected (CSAT, CRM outcome, version, cost, consent, a platform's analysis).

    `value` by field: csat a number from 1 to 5; outcome and version words; cost a Cost as JSON; consent true or false;
    metadata an object, whose entries are added.
    """

    source: Name
    call_id: CallId
    field: Literal["csat", "outcome", "version", "cost", "consent", "metadata"]
    value: Any
    known_at: Instant


class Change(Noun):
    """A dated note of the owner: a new version, prompt or model, an outage; a declared `break` starts every judged rate anew.

    `withdrawn`: why it was taken back; it is still shown, and starts nothing. "" = it stands.
    """

    at: Instant
    label: Name
    kind: Literal["version", "break", "prompt", "model", "outage", "other"] = "other"
    withdrawn: str = ""

    @property
    def named(self) -> str:
        """As lists of notes show it: "v2.0 (version)", "v2.0 (version, withdrawn: typed twice)"."""
        return f"{self.label} ({self.kind}{', withdrawn: ' if self.withdrawn else ''}{self.withdrawn})"
