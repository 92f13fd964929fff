"""`grade --status`: where a week's requests stand, by what they are for; what was sent twice, what nobody knows the end of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evalharness.flows.opened import Opened
from evalharness.store.llm import LlmCall, LlmEvent, cost_of, in_batch, llm_calls, llm_events, state_of, unanswered

Events = Mapping[int, Sequence[LlmEvent]]


@dataclass(frozen=True)
class Status:
    """Where the week's requests stand: counts by state, in all and by role, the replies' cost, calls asked again, those in doubt.

    `too_long`: calls that do not fit the model. `in_words`: models whose server keeps to no schema. `waiting`: in a batch.
    """

    week: str
    states: dict[str, int]
    roles: dict[str, dict[str, int]]
    cost_usd: float
    cost_by_role: dict[str, float]
    unpriced: int
    resent: tuple[str, ...]
    in_doubt: tuple[str, ...]
    too_long: tuple[str, ...] = ()
    in_words: tuple[str, ...] = ()
    waiting: int = 0

    def lines(self) -> list[str]:
        """For a person."""
        counts = _counted(self.states) or "nothing planned"
        lines = [f"LLM grading of {self.week}: {counts}", f"  money      ${self.cost_usd:.6f} for the replies that came"]
        if self.unpriced:
            lines.append(f"             {self.unpriced} replies have no price or state no usage; they are not in it")
        if set(self.roles) - {"grade"}:
            lines += [f"  {role:<10} {_counted(states)}; ${self.cost_by_role[role]:.6f}" for role, states in self.roles.items()]
        if self.waiting:
            lines.append(f"  waiting    {self.waiting} requests are in batches that have not ended")
        lines.append(f"  resent     {len(self.resent)} (sent again because no reply was kept; the first may have been billed)")
        lines += [f"             {call}" for call in self.resent]
        lines += [f"  in doubt   {call}: sent, no reply kept; the next run sends it again" for call in self.in_doubt]
        lines += [f"  too long   {call}: not sent, a person grades it" for call in self.too_long]
        lines += [
            f"  in words   {model}: its server keeps to no schema; the JSON is asked for in words" for model in self.in_words
        ]
        return lines


def status(house: Opened, week: str) -> Status:
    """What the ledger knows of the week's requests."""
    rows = llm_calls(house.ledger, week)
    events = llm_events(house.ledger, rows)
    roles = {role: [row for row in rows if row.role == role] for role in dict.fromkeys(row.role for row in rows)}
    received = [event for row in rows for event in events[row.id] if event.state == "received"]
    waiting = [row for row in rows if in_batch(row, events[row.id])]
    return Status(
        week,
        _states(rows, events),
        {role: _states(of, events) for role, of in roles.items()},
        cost_of(received),
        {role: sum(cost_of(events[row.id]) for row in of) for role, of in roles.items()},
        sum(event.cost_usd is None for event in received),
        tuple(_resent(rows, events)),
        tuple(row.call_id for row in rows if row not in waiting and _in_doubt(events[row.id])),
        tuple(row.call_id for row in rows if _last(events[row.id]).get("reason") == "too long"),
        tuple(dict.fromkeys(row.request["model"] for row in rows if any(e.details.get("in_words") for e in events[row.id]))),
        len(waiting),
    )


def _counted(states: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {state}" for state, count in states.items())


def _states(rows: Sequence[LlmCall], events: Events) -> dict[str, int]:
    return dict(sorted(Counter(state_of(events[row.id]) for row in rows).items()))


def _resent(rows: Sequence[LlmCall], events: Events) -> list[str]:
    """Each attempt that was followed by another because nobody knew its end."""
    found = ((row.call_id, {n for event in events[row.id] for n in event.details.get("resent", ())}) for row in rows)
    return [f"{call}: attempt {number}" for call, numbers in found for number in sorted(numbers)]


def _in_doubt(events: Sequence[LlmEvent]) -> bool:
    return state_of(events) in ("sent", "retry") and bool(unanswered(events))


def _last(events: Sequence[LlmEvent]) -> dict[str, object]:
    return events[-1].details if events else {}
