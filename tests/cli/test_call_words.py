"""`calls show`: by which rule an outcome was derived, and that a cost was reckoned."""

from evalharness.cli.words import of_call
from evalharness.flows.show import ShownCall
from evalharness.models.agent_prices import RECKONED
from evalharness.models.call import Cost
from tests.builders import WEEK, a_call


def lines(**fields):
    """The lines of a call with these fields."""
    return of_call(ShownCall(a_call(**fields), WEEK, "Europe/Berlin", ()))


def test_a_derived_outcome_names_its_rule():
    """With why; one that the log gave stands alone."""
    derived = {"outcome": "failed_technical", "inferred": ("outcome",), "metadata": {"outcome_rule": "vapi.pipeline"}}
    said = "  outcome: failed_technical (derived by vapi.pipeline: a model, voice or recogniser failed)"
    assert said in lines(**derived)
    assert "  outcome: resolved" in lines(outcome="resolved")


def test_a_reckoned_cost_says_so():
    """With the date of its prices; a billed one says nothing more."""
    cost = Cost(components={"llm": 0.25})
    mark = {RECKONED: {"as_of": "2026-10-01", "total": 0.25}}
    assert "  cost: 0.25 USD (reckoned from usage by prices of 2026-10-01)" in lines(cost=cost, metadata=mark)
    assert "  cost: 0.25 USD" in lines(cost=cost)
