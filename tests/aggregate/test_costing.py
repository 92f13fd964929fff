"""The week's money: one resolved call by hand, budgets by component, what is unknown stays unknown."""

import pytest

from evalharness.aggregate.costing import CostInputs, costing, per_resolved
from evalharness.models.cost import AgentCost, CostPart
from evalharness.models.measure import Measure

MEAN = Measure(name="cost_per_call", unit="money", value=0.2, n=80, of=100, missing=20, currency="USD")
RATE = Measure(name="resolution_rate", unit="share", value=0.5, low=0.4, high=0.8, n=30, of=35, missing=5, basis="sample")
AGENT = AgentCost(
    parts=(CostPart(component="llm", calls=40, amount=4.0), CostPart(component="total", calls=80, amount=16.0)), outside=(3, 1.5)
)


def test_one_resolved_call():
    """0.2 / 0.5 = 0.40 USD; 0.2 / 0.8 = 0.25 to 0.2 / 0.4 = 0.50."""
    found = per_resolved(MEAN, RATE)
    assert (found.value, found.low, found.high, found.n, found.of) == (0.4, 0.25, 0.5, 30, 35)
    assert found.currency == "USD"


def test_no_upper_limit_where_none_may_be_resolved():
    """The share may be 0: a resolved call may cost any amount."""
    assert per_resolved(MEAN, RATE.model_copy(update={"low": 0.0})).high is None


@pytest.mark.parametrize(
    ("mean", "rate", "why"),
    [
        (MEAN.model_copy(update={"value": None, "n": 0}), RATE, "no call reports a cost"),
        (MEAN, None, "nobody has judged"),
        (MEAN, RATE.model_copy(update={"value": None, "n": 0}), "nobody has judged"),
        (MEAN, RATE.model_copy(update={"value": 0.0}), "no judged call was resolved"),
    ],
)
def test_no_figure_from_nothing(mean, rate, why):
    """And it says why."""
    found = per_resolved(mean, rate)
    assert found.value is None
    assert why in found.note


def test_budgets_by_call_and_week():
    """A call: 16 / 80 = 0.2 and 4 / 40 = 0.1; the week: 16 + 1.5 out of scope = 17.5 of 83 of 110 calls, llm 4 of 40 of 100."""
    inputs = CostInputs(AGENT, {"total": 0.1, "llm": 0.2}, {"total": 17.0, "llm": 4.0, "tts": 1.0})
    found = costing(inputs, MEAN, RATE, 10)
    assert [(line.name, line.value, line.n, line.of, line.crossed) for line in found.budgets] == [
        ("total_per_call", 0.2, 80, 100, True),
        ("llm_per_call", 0.1, 40, 100, False),
        ("total_per_week", 17.5, 83, 110, True),
        ("llm_per_week", 4.0, 40, 100, False),
        ("tts_per_week", None, 0, 100, False),
    ]
    assert found.week_total == 17.5


def test_only_the_budgets_that_are_set():
    """None is none; and no cost is no sum."""
    assert [line.name for line in costing(CostInputs(AGENT, {"total": 0.5}, None), MEAN, RATE, 0).budgets] == ["total_per_call"]
    assert costing(CostInputs(), MEAN.model_copy(update={"value": None, "n": 0}), None, 0).week_total is None


def test_per_minute_only_of_calls_with_a_length():
    """3 USD of timed calls / 2 minutes = 1.5 a minute; without any length none."""
    part = CostPart(component="total", calls=4, amount=5.0, timed_amount=3.0, seconds=120.0)
    assert part.per_minute == 1.5
    assert CostPart(component="total", calls=4, amount=5.0).per_minute is None
