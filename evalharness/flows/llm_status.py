"""`grade --status`: where a week's requests stand, by what they are for; what was sent twice, what nobody knows the end of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from evalharness import numbers
from evalharness.flows.opened import Opened
from evalharness.messages.client import PROVIDER
from evalharness.models.noun import number_of
from evalharness.store.llm import LlmCall, LlmEvent, cost_of, in_batch, llm_calls, llm_events, state_of, unanswered

Events = Mapping[int, Sequence[LlmEvent]]
_MEANS = {
    "planned": "planned: not sent yet; the next run sends it",
    "retry": "retry: an attempt brought no reply; the next run sends it again",
}


@dataclass(frozen=True)
class Status:
    """Where the week's requests stand: counts by state, in all and by role, the replies' cost, calls asked again, those in doubt.

    `states`, `roles`, `in_doubt`: of the judges configured now; `others`: by judge (model at address), of those that are not.
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
    others: dict[str, dict[str, int]] = field(default_factory=dict)

    def lines(self) -> list[str]:
        """For a person."""
        counts = _counted(self.states) or "nothing planned"
        lines = [
            f"LLM grading of {self.week}: {counts}",
            *(f"  {words}" for state, words in _MEANS.items() if state in self.states),
        ]
        lines += [
            f"  not now    of {judge}, which is not configured now: {_counted(found)}" for judge, found in self.others.items()
        ]
        lines.append(f"  money      {numbers.bill(self.cost_usd)} for the replies that came")
        if self.unpriced:
            lines.append(f"             {self.unpriced} replies have no price or state no usage; they are not in it")
        if set(self.roles) - {"grade"}:
            lines += [
                f"  {role:<10} {_counted(states)}; {numbers.bill(self.cost_by_role[role])}" for role, states in self.roles.items()
            ]
        if self.waiting:
            lines.append(f"  waiting    {number_of(self.waiting, 'request')} in batches that have not ended")
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
    now = _configured(house)
    mine = [row for row in rows if row.role == "beside" or _judge(row) in now]
    others = [row for row in rows if row.role != "beside" and _judge(row) not in now]
    roles = {role: [row for row in mine if row.role == role] for role in dict.fromkeys(row.role for row in mine)}
    received = [event for row in rows for event in events[row.id] if event.state == "received"]
    waiting = [row for row in rows if in_batch(row, events[row.id])]
    return Status(
        week,
        _states(mine, events),
        {role: _states(of, events) for role, of in roles.items()},
        cost_of(received),
        {role: sum(cost_of(events[row.id]) for row in of) for role, of in roles.items()},
        sum(event.cost_usd is None for event in received),
        tuple(_resent(rows, events)),
        tuple(row.call_id for row in mine if row not in waiting and _in_doubt(events[row.id])),
        tuple(row.call_id for row in rows if _last(events[row.id]).get("reason") == "too long"),
        tuple(dict.fromkeys(row.request["model"] for row in rows if any(e.details.get("in_words") for e in events[row.id]))),
        len(waiting),
        {who: _states([row for row in others if _named(row) == who], events) for who in dict.fromkeys(map(_named, others))},
    )


def _configured(house: Opened) -> set[tuple[str, str, str]]:
    """Model, effort and address of every judge that the configuration names."""
    llm = house.config.graders.llm
    others = {(one.model, one.effort, one.base_url or llm.base_url or PROVIDER) for one in llm.judges}
    return others | {(llm.model, llm.effort, llm.base_url or PROVIDER)}


def _judge(row: LlmCall) -> tuple[str, str, str]:
    return row.request["model"], row.request["effort"], row.request["destination"]


def _named(row: LlmCall) -> str:
    model, effort, place = _judge(row)
    return f"{model} ({effort}) at {place}"


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
