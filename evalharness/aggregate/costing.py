"""The week's money: the agent's cost beside what was resolved, the budgets, and what grading cost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from evalharness.models.cost import AgentCost, Budget, BudgetLine, Component, Costing, GradingCost
from evalharness.models.measure import Measure


@dataclass(frozen=True)
class CostInputs:
    """What the log shows of money, the budgets that are set, and what grading by LLM cost (None: nothing was sent)."""

    agent: AgentCost = field(default_factory=AgentCost)
    per_call: Budget | None = None
    per_week: Budget | None = None
    grading: GradingCost | None = None


def costing(inputs: CostInputs, mean: Measure, resolution: Measure | None, outside_calls: int) -> Costing:
    """`mean`: cost_per_call over in-scope calls; `outside_calls`: those out of scope, which are paid for too."""
    return Costing(
        currency=mean.currency or "USD",
        agent=inputs.agent,
        calls=mean.of,
        outside_calls=outside_calls,
        per_resolved=per_resolved(mean, resolution),
        budgets=tuple(_lines(inputs, mean.of, outside_calls)),
        grading=inputs.grading,
    )


def per_resolved(mean: Measure, resolution: Measure | None) -> Measure:
    """Mean cost of an in-scope call / share of in-scope calls resolved: what one resolved call costs with the others it takes.

    Limits come from those of the share alone; there is no upper one where the share may be 0.
    """
    empty = Measure(name="cost_per_resolved_call", unit="money", basis="sample", currency=mean.currency)
    if mean.value is None:
        return empty.model_copy(update={"note": "no call reports a cost"})
    if resolution is None or resolution.value is None or not resolution.n:
        return empty.model_copy(update={"note": "nobody has judged yet how many calls were resolved"})
    counts = {"n": resolution.n, "of": resolution.of, "missing": resolution.missing}
    if resolution.value == 0:
        return empty.model_copy(update={**counts, "note": "no judged call was resolved"})
    low = mean.value / resolution.high if resolution.high else None
    high = mean.value / resolution.low if resolution.low else None
    note = f"the cost of {mean.n} of {mean.of} calls, by the share resolved of those judged"
    return empty.model_copy(update={**counts, "value": mean.value / resolution.value, "low": low, "high": high, "note": note})


def _lines(inputs: CostInputs, calls: int, outside_calls: int) -> Iterator[BudgetLine]:
    for component, limit in (inputs.per_call or {}).items():
        part = inputs.agent.part(component)
        value, n = (None, 0) if part is None else (part.amount / part.calls, part.calls)
        yield BudgetLine(per="call", component=component, limit=limit, value=value, n=n, of=calls)
    for component, limit in (inputs.per_week or {}).items():
        yield _week_line(inputs.agent, component, limit, (calls, outside_calls))


def _week_line(agent: AgentCost, component: Component, limit: float, counts: tuple[int, int]) -> BudgetLine:
    """The week's sum; of everything together also what calls out of scope cost."""
    part, (calls, outside_calls) = agent.part(component), counts
    n, amount = (0, 0.0) if part is None else (part.calls, part.amount)
    if component == "total":
        n, amount, calls = n + agent.outside[0], amount + agent.outside[1], calls + outside_calls
    return BudgetLine(per="week", component=component, limit=limit, value=amount if n else None, n=n, of=calls)
