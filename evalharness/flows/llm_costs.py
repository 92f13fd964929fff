"""What grading by LLM cost: by week, by what it was for, by judge, by criterion and by call, out of what the ledger keeps."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from evalharness import numbers
from evalharness.flows.opened import Opened
from evalharness.store.llm import LlmCall, LlmEvent, in_batch, llm_calls, llm_events, llm_weeks, unanswered


@dataclass(frozen=True)
class Spent:
    """Replies of one kind: how many came, their known cost, how many of them have none, how many came in a batch."""

    replies: int
    usd: float
    unpriced: int
    batched: int


@dataclass(frozen=True)
class WeekCosts:
    """A week's requests in money. `roles`: what they were for; `judges`: model by model; `calls`: (source, id) of a call.

    `criteria`: a reply's cost in even parts over what it was asked. `doubt_usd`: the most that replies nobody kept may have
    cost beside this; `open_usd`: the most that batches which have not ended may cost.
    """

    week: str
    total: Spent
    roles: dict[str, Spent]
    judges: dict[str, Spent]
    criteria: dict[str, float]
    calls: dict[tuple[str, str], float]
    doubt_usd: float
    open_usd: float

    def as_json(self) -> dict[str, Any]:
        """For machines; a call is named by source and id."""
        calls = [{"source": source, "call_id": call_id, "usd": usd} for (source, call_id), usd in self.calls.items()]
        return {**asdict(self), "calls": calls}


def week_costs(house: Opened, week: str) -> WeekCosts:
    """What the requests that were sent for `week` cost, whatever became of their answers. USD."""
    rows = llm_calls(house.ledger, week)
    return _costs(week, rows, llm_events(house.ledger, rows))


def all_costs(house: Opened, week: str | None = None) -> list[WeekCosts]:
    """The weeks that anything was sent for, oldest first; or this one alone."""
    weeks = [week] if week else llm_weeks(house.ledger)
    found = (week_costs(house, one) for one in weeks)
    return [one for one in found if week or one.total.replies or one.doubt_usd or one.open_usd]


def _costs(week: str, rows: Sequence[LlmCall], events: Mapping[int, Sequence[LlmEvent]]) -> WeekCosts:
    roles: dict[str, list[LlmEvent]] = defaultdict(list)
    judges: dict[str, list[LlmEvent]] = defaultdict(list)
    criteria: Counter[str] = Counter()
    calls: Counter[tuple[str, str]] = Counter()
    doubt = waiting = 0.0
    for row in rows:
        replies = [event for event in events[row.id] if event.state == "received"]
        roles[row.role] += replies
        judges[str(row.request["model"])] += replies
        for criterion, usd in _shares(events[row.id]):
            criteria[criterion] += usd  # type: ignore[assignment]
        calls[row.source, row.call_id] += sum(event.cost_usd or 0.0 for event in replies)  # type: ignore[assignment]
        worst = sum(float(event.details.get("worst_usd", 0.0)) for event in unanswered(events[row.id]))
        held = in_batch(row, events[row.id])
        doubt, waiting = (doubt, waiting + worst) if held else (doubt + worst, waiting)
    every = [event for found in roles.values() for event in found]
    kinds = ({name: _spent(found) for name, found in sorted(of.items()) if found} for of in (roles, judges))
    named, by_judge = kinds
    return WeekCosts(week, _spent(every), named, by_judge, dict(sorted(criteria.items())), dict(calls), doubt, waiting)


def _spent(replies: Sequence[LlmEvent]) -> Spent:
    costs = [event.cost_usd for event in replies]
    known = sum(cost for cost in costs if cost is not None)
    return Spent(len(replies), known, costs.count(None), sum("batch" in event.details for event in replies))


def _shares(events: Sequence[LlmEvent]) -> Iterator[tuple[str, float]]:
    """A reply's cost in even parts over the questions it was asked; those of turns under their criterion."""
    asked = {event.attempt: event.details["asked"] for event in events if event.state == "sent"}
    for event in events:
        if event.state == "received" and event.cost_usd is not None:
            for question in asked[event.attempt]:
                yield question.partition(".")[0], event.cost_usd / len(asked[event.attempt])


def cost_lines(weeks: Sequence[WeekCosts], *, calls: bool = False) -> list[str]:
    """For a person. `calls`: every call too."""
    if not weeks:
        return ["Nothing was sent to an LLM yet."]
    return [line for week in weeks for line in _week_lines(week, calls=calls)]


def _week_lines(week: WeekCosts, *, calls: bool) -> Iterator[str]:
    yield f"LLM grading of {week.week}: {_words(week.total)}"
    for title, kinds in (("for", week.roles), ("judge", week.judges)):
        for name, spent in kinds.items():
            yield f"  {title:<10} {name:<24} {_words(spent)}"
    for name, usd in week.criteria.items():
        yield f"  criterion  {name:<24} {numbers.bill(usd)}"
    if week.doubt_usd:
        yield f"  in doubt   at most {numbers.bill(week.doubt_usd)} more, for replies that were never kept"
    if week.open_usd:
        yield f"  in batches at most {numbers.bill(week.open_usd)} more, for batches that have not ended"
    if calls:
        for (source, call_id), usd in week.calls.items():
            yield f"  call       {source} {call_id}: {numbers.bill(usd)}"


def _words(spent: Spent) -> str:
    if not spent.replies:
        return "no reply came yet"
    text = f"{numbers.bill(spent.usd)} for {spent.replies} replies"
    text += f", {spent.batched} of them in batches at half price" if spent.batched else ""
    return text + (f"; {spent.unpriced} have no price or state no usage and are not in it" if spent.unpriced else "")
