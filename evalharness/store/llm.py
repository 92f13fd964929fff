"""Requests to an LLM and what became of each: one row a request, one row a state, never changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from evalharness.models.probe import Role
from evalharness.store.ledger import Ledger, Transaction

State = Literal["sent", "submitted", "received", "retry", "graded", "unverified", "refused", "failed"]
FINAL: tuple[State, ...] = ("graded", "unverified", "refused", "failed")
AT_ONCE = 10_000
"""Requests whose states are asked for together: an SQL statement takes 32,766 values."""

Key = tuple[str, str, str, int]


@dataclass(frozen=True)
class LlmCall:
    """A planned request: which call, which questions, which judge, the nth repeat. No text of the call is in it."""

    week: str
    source: str
    call_id: str
    call_digest: str
    criteria_digest: str
    judge_digest: str
    repeat: int
    request: dict[str, Any]
    id: int = 0

    @property
    def key(self) -> Key:
        """What makes it one request: it is paid for once."""
        return self.call_digest, self.criteria_digest, self.judge_digest, self.repeat

    @property
    def role(self) -> Role:
        """What it is for; a request from before it was kept asks for grades."""
        found: Role = self.request.get("role", "grade")
        return found


@dataclass(frozen=True)
class LlmEvent:
    """A state of a request. `attempt` counts from 1 over all runs; `raw`: the body that came; `cost_usd` None = unknown."""

    llm_call_id: int
    state: State
    attempt: int
    raw: str | None = None
    usage: dict[str, int] | None = None
    cost_usd: float | None = None
    details: dict[str, Any] = field(default_factory=dict)


def plan_llm_calls(tx: Transaction, calls: Sequence[LlmCall], at: datetime) -> list[LlmCall]:
    """Keep the requests that are not planned yet; all of them as they are kept, in this order."""
    known = {call.key: call for week in {call.week for call in calls} for call in llm_calls(tx, week)}
    new = [call for call in calls if call.key not in known]
    rows = [{name: value for name, value in vars(call).items() if name != "id"} | {"at": at} for call in new]
    ids = tx.append_many("llm_calls", rows)
    known |= {call.key: replace(call, id=number) for call, number in zip(new, ids, strict=True)}
    return [known[call.key] for call in calls]


def llm_calls(ledger: Ledger | Transaction, week: str) -> list[LlmCall]:
    """The week's planned requests, in the order planned."""
    names = LlmCall.__dataclass_fields__
    return [LlmCall(**{name: row[name] for name in names}) for row in ledger.rows("llm_calls", week=week)]


def llm_weeks(ledger: Ledger | Transaction) -> list[str]:
    """The weeks that requests were planned in, drawn or not, oldest first."""
    return sorted({row["week"] for row in ledger.stored("llm_calls")})


def add_llm_event(tx: Transaction, event: LlmEvent, at: datetime) -> None:
    """Keep that a request has come to this state."""
    tx.append("llm_events", {**vars(event), "at": at})


def llm_events(
    ledger: Ledger | Transaction, calls: Sequence[LlmCall], states: Sequence[State] | None = None
) -> Mapping[int, list[LlmEvent]]:
    """The states of these requests by their id, in the order they came; [] for one that was only planned.

    `states`: these alone (None = all). Nothing else is read, so that the replies of other weeks stay on the disk.
    """
    wanted, names = sorted({call.id for call in calls}), LlmEvent.__dataclass_fields__
    only = {} if states is None else {"state": list(states)}
    found: dict[int, list[LlmEvent]] = defaultdict(list)
    for start in range(0, len(wanted), AT_ONCE):
        for row in ledger.rows("llm_events", llm_call_id=wanted[start : start + AT_ONCE], **only):
            found[row["llm_call_id"]].append(LlmEvent(**{name: row[name] for name in names}))
    return found


def state_of(events: Sequence[LlmEvent]) -> str:
    """Where a request stands; `planned` before its first event."""
    return events[-1].state if events else "planned"


def is_done(events: Sequence[LlmEvent]) -> bool:
    """Whether nothing is left to send or read. A request that got no reply is open: nothing was paid for it."""
    return bool(events) and events[-1].state in FINAL and events[-1].details.get("reason") != "api"


def unanswered(events: Sequence[LlmEvent]) -> list[LlmEvent]:
    """The attempts that nobody knows the end of: the process died or the connection was lost after the bytes left."""
    known = {event.attempt for event in events if event.state == "received"}
    known |= {event.attempt for event in events if event.state == "retry" and not event.details.get("lost")}
    return [event for event in events if event.state == "sent" and event.attempt not in known]


def cost_of(events: Sequence[LlmEvent]) -> float:
    """The known cost of its replies in USD."""
    return sum(event.cost_usd or 0.0 for event in events)


@dataclass(frozen=True)
class InBatch:
    """A request whose newest attempt went into a batch that is not read yet.

    `handing`: what all requests of that batch share, from before it was sent. `batch_id` "": it was handed over, but nobody
    knows whether it arrived. `sent_at`: when.
    """

    call: LlmCall
    attempt: int
    custom_id: str
    handing: str
    batch_id: str
    sent_at: datetime


def in_batch(call: LlmCall, events: Sequence[LlmEvent]) -> InBatch | None:
    """Where a request waits in a batch; None for one that waits in none."""
    sent = next((event for event in reversed(events) if event.state == "sent"), None)
    if sent is None or "custom_id" not in sent.details or events[-1].state not in ("sent", "submitted"):
        return None
    batch_id, held = str(events[-1].details.get("batch", "")), sent.details
    at = datetime.fromisoformat(held["sent_at"])
    return InBatch(call, sent.attempt, held["custom_id"], held["handing"], batch_id, at)


def waiting(ledger: Ledger | Transaction) -> list[InBatch]:
    """Every request of any week that waits in a batch, in the order planned. No reply is read that came long ago."""
    sent = ledger.stored("llm_events", state="sent")
    handed = {row["llm_call_id"]: row["id"] for row in sent if '"custom_id"' in row["details"]}
    ended = {row["llm_call_id"]: row["id"] for row in ledger.stored("llm_events", state=list(FINAL))} if handed else {}
    open_yet = {call for call, at in handed.items() if at > ended.get(call, 0)}
    calls = [call for week in (llm_weeks(ledger) if open_yet else ()) for call in llm_calls(ledger, week) if call.id in open_yet]
    events = llm_events(ledger, calls)
    return [one for one in (in_batch(call, events[call.id]) for call in calls) if one]
