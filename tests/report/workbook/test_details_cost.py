"""Cost in the workbook: a row a component with its minute, the week's money, budgets crossed and kept, grading beside."""

import pytest

from evalharness.models.cost import AgentCost, BudgetLine, Costing, CostPart, GradingCost
from evalharness.models.measure import Measure
from evalharness.models.summary import CostRow
from evalharness.report.workbook.details_cost import _budget, _component, _grading, _money

EACH = Measure(
    name="cost_per_resolved_call",
    unit="money",
    value=0.4,
    low=0.3,
    high=0.6,
    n=30,
    of=35,
    basis="sample",
    currency="USD",
    note="by",
)


def a_costing(**fields) -> Costing:
    """100 calls in scope, 80 with a cost of 16 USD over 120 minutes; 10 out of scope."""
    total = CostPart(component="total", calls=80, amount=16.0, timed_amount=12.0, seconds=7200.0)
    ordinary = {"currency": "USD", "agent": AgentCost(parts=(total,)), "calls": 100, "outside_calls": 10, "per_resolved": EACH}
    return Costing(**{**ordinary, **fields})


def test_a_component_and_its_minute():
    """12 USD of timed calls / 120 minutes = 0.1 a minute; 16 / 80 = 0.2 a call."""
    mean = Measure(name="cost.total", unit="money", value=0.2, n=80, of=100, missing=20, currency="USD")
    row = CostRow(component="total", total=16.0, mean=mean)
    assert _component(row, a_costing()) == ["total", "16.00 USD", "0.20 USD", "0.10 USD", "80 of 100", "20"]
    assert _component(row, None)[3] == "no data"


def test_the_weeks_money():
    """All calls first: 16 + 1.5 out of scope = 17.50 of 83 of 110; then one resolved call with its limits."""
    agent = a_costing().agent.model_copy(update={"outside": (3, 1.5), "legs": (2, 0.5), "reckoned": {"2026-10-01": 7}})
    rows = {row[0]: row for row in _money(a_costing(agent=agent))}
    assert rows["all calls"][1:] == ["17.50 USD", "", "83 of 110", "1.50 USD of it for 3 calls out of scope"]
    assert rows["one resolved call"][1:3] == ["0.40 USD", "0.30 to 0.60 USD"]
    assert rows["transfer legs"][1:4] == ["0.50 USD", "", "2 of 100"]
    assert "prices of 2026-10-01, not charged" in rows["reckoned"][4]
    assert "grading by LLM" not in rows


def test_nothing_known_is_no_data():
    """No call with a cost: no sum, never 0."""
    rows = list(_money(a_costing(agent=AgentCost())))
    assert rows[0][:4] == ["all calls", "no data", "", "0 of 110"]


def test_grading_stands_beside():
    """What is in doubt and what has no price is said."""
    found = a_costing(grading=GradingCost(usd=0.5, replies=40, unpriced=2, doubt_usd=0.1, open_usd=0.2))
    assert list(_money(found))[-1][:2] == ["grading by LLM", "0.50 USD"]
    assert _grading(found) == (
        "40 replies, not in the agent's cost; 2 of them without a known cost; at most 0.30 USD more in doubt or under way"
    )


@pytest.mark.parametrize(
    ("value", "n", "per", "said"),
    [
        (0.6, 80, "call", "CROSSED"),
        (0.5, 80, "call", "kept"),
        (None, 0, "week", "no call reports a cost"),
        (0.4, 80, "week", "kept by the calls that report a cost"),
        (0.4, 100, "week", "kept"),
    ],
)
def test_budgets(value, n, per, said):
    """Above is crossed, at it is kept; a week's sum of some calls is only kept by those."""
    line = BudgetLine(per=per, component="total", limit=0.5, value=value, n=n, of=100)
    assert _budget(line, "USD")[4] == said
    assert line.crossed == (said == "CROSSED")
