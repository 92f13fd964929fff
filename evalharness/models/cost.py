"""What the agent's calls cost in a week, by component and by minute; budgets, and what was crossed; what grading cost."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from evalharness.models.measure import Measure
from evalharness.models.noun import Amount, Count, Noun

Component = Literal["telephony", "stt", "llm", "tts", "platform", "other", "total"]


def _by_component(given: object) -> object:
    return {"total": given} if isinstance(given, int | float) and not isinstance(given, bool) else given


Budget = Annotated[dict[Component, Amount], Field(min_length=1), BeforeValidator(_by_component)]
"""Amounts by component; one amount is that of `total`, everything together."""


class CostPart(Noun):
    """One component (or `total`) over the in-scope calls that report it: how many, their sum, and of those of known length
    `timed_amount` and `seconds`."""

    component: Component
    calls: Count
    amount: Amount
    timed_amount: Amount = 0.0
    seconds: Amount = 0.0

    @property
    def per_minute(self) -> float | None:
        """Sum of amounts / sum of minutes, over the calls with both; None without such calls."""
        return self.timed_amount / (self.seconds / 60) if self.seconds > 0 else None


class AgentCost(Noun):
    """The money the log shows, in one currency. `parts`: over in-scope calls, `total` last; none without a cost.

    `outside`: calls out of scope (voicemail, spam) with a cost, and their sum: paid too, in no mean. `legs`: in-scope calls with
    costs of transfer legs, and their sum, which is in `telephony`. `reckoned`: date of prices -> in-scope calls whose cost was
    reckoned from usage, not charged.
    """

    parts: tuple[CostPart, ...] = ()
    outside: tuple[Count, Amount] = (0, 0.0)
    legs: tuple[Count, Amount] = (0, 0.0)
    reckoned: dict[str, Count] = Field(default_factory=dict)

    @property
    def components(self) -> dict[str, tuple[int, float]]:
        """Component -> (calls that report it, their sum), `total` aside."""
        return {one.component: (one.calls, one.amount) for one in self.parts if one.component != "total"}

    def part(self, component: str) -> CostPart | None:
        """The part of that name, where any call reports it."""
        return next((one for one in self.parts if one.component == component), None)


class BudgetLine(Noun):
    """A budget and what stands against it: the mean of a call, or the week's sum (out-of-scope calls in the total), of
    `n` of `of` calls. `crossed`: the value is above the limit; calls without a cost could only add to a week's sum."""

    per: Literal["call", "week"]
    component: Component
    limit: Amount
    value: Amount | None
    n: Count
    of: Count

    @property
    def crossed(self) -> bool:
        """Whether the budget is crossed."""
        return self.value is not None and self.value > self.limit

    @property
    def name(self) -> str:
        """Such as "total_per_week"."""
        return f"{self.component}_per_{self.per}"


class GradingCost(Noun):
    """What grading by LLM cost for the week in USD; `unpriced` replies have no known cost, `doubt_usd` is the most that replies
    nobody kept may have cost beside it, `open_usd` what batches under way may."""

    usd: Amount
    replies: Count
    unpriced: Count = 0
    doubt_usd: Amount = 0.0
    open_usd: Amount = 0.0


class Costing(Noun):
    """Cost of the week. `per_resolved`: mean cost of a call / share resolved, with limits by those of the share."""

    currency: str
    agent: AgentCost
    calls: Count
    outside_calls: Count
    per_resolved: Measure
    budgets: tuple[BudgetLine, ...] = ()
    grading: GradingCost | None = None

    @property
    def week_total(self) -> float | None:
        """The sum over all calls with a cost, in scope or not; None where no call has one."""
        total = self.agent.part("total")
        n, outside = self.agent.outside
        return None if total is None and not n else (total.amount if total else 0.0) + outside
