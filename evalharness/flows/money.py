"""The week's money, gathered: what the log shows, the budgets, what grading cost; and the prices of the agent's own usage."""

from __future__ import annotations

from evalharness.aggregate.costing import CostInputs
from evalharness.flows.llm_costs import week_costs
from evalharness.flows.opened import Opened
from evalharness.flows.scoped import scope_of
from evalharness.messages.prices import SHIPPED, Prices
from evalharness.models.agent_prices import AgentPrices
from evalharness.models.cost import GradingCost
from evalharness.workspace.folder import Workspace
from evalharness.workspace.yaml_file import load_yaml


def week_money(house: Opened, week: str) -> CostInputs:
    """What the calls of the week cost as the log has it, beside the budgets and the cost of grading."""
    costs = house.config.costs
    agent = house.calls.costs(week, scope_of(house, week), costs.currency)
    return CostInputs(agent, costs.budget_per_call, costs.budget_per_week, _grading(house, week))


def _grading(house: Opened, week: str) -> GradingCost | None:
    """None where nothing was sent to an LLM for the week."""
    found = week_costs(house, week)
    if not (found.total.replies or found.doubt_usd or found.open_usd):
        return None
    total = found.total
    return GradingCost(
        usd=total.usd, replies=total.replies, unpriced=total.unpriced, doubt_usd=found.doubt_usd, open_usd=found.open_usd
    )


def price_file(workspace: Workspace) -> Prices:
    """The workspace's price file, else this version's; one without `models` gets this version's. Raises ConfigError."""
    named = workspace.config.costs.prices
    own = workspace.root / named
    if not own.exists() and named == "prices.yaml":
        return load_yaml(SHIPPED, Prices)
    found = load_yaml(own, Prices)
    return found if found.models else load_yaml(SHIPPED, Prices).model_copy(update={"agent": found.agent})


def agent_prices(workspace: Workspace) -> AgentPrices:
    """The prices of the agent's own usage; none where no file of the workspace sets any. Raises ConfigError."""
    named = workspace.config.costs.prices
    return AgentPrices() if not (workspace.root / named).exists() else price_file(workspace).agent
