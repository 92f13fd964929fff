"""Costs counted by the engine: by hand, whatever the order, with hostile metadata, and as the calls say themselves."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalharness.models.agent_prices import RECKONED
from evalharness.models.call import Cost
from evalharness.models.cost import AgentCost
from tests.builders import MONDAY, WEEK, a_call
from tests.store.logs import a_log


def a_priced(name, components, seconds=None, **fields):
    ended = {} if seconds is None else {"ended_at": MONDAY + timedelta(seconds=seconds)}
    return a_call(id=name, cost=Cost(components=components), **ended, **fields)


def test_by_hand(tmp_path):
    """llm .25 + .5 = .75 of two calls, one of them of 60 s: .25 a minute; total 1.25 + .5 = 1.75; spam and euro apart."""
    calls = [
        a_priced("a", {"llm": 0.25, "tts": 1.0}, 60),
        a_priced("b", {"llm": 0.5}),
        a_priced("spam", {"llm": 9.0}, 60, outcome="out_of_scope"),
        a_call(id="eur", cost=Cost(components={"llm": 9.0}, currency="EUR")),
        a_call(id="none"),
    ]
    with a_log(tmp_path, calls) as log:
        found = log.costs(WEEK, None, "USD")
    assert found.components == {"llm": (2, 0.75), "tts": (1, 1.0)}
    assert (found.part("llm").per_minute, found.part("total").amount, found.part("total").calls) == (0.25, 1.75, 2)
    assert (found.outside, found.legs, found.reckoned) == ((1, 9.0), (0, 0.0), {})


def test_transfer_legs_and_reckoned_costs(tmp_path):
    """Legs where a number says so; reckoned only while the mark's total is the cost."""
    mark = {"as_of": "2026-10-01", "total": 0.5}
    calls = [
        a_priced("a", {"telephony": 0.5}, metadata={"transfer_leg_cost_usd": 0.25}),
        a_priced("b", {"llm": 0.5}, metadata={RECKONED: mark}),
        a_priced("c", {"llm": 0.6}, metadata={RECKONED: mark}),
        a_priced("d", {"llm": 0.5}, metadata={RECKONED: mark}, outcome="out_of_scope"),
    ]
    with a_log(tmp_path, calls) as log:
        found = log.costs(WEEK, None, "USD")
    assert (found.legs, found.reckoned) == ((1, 0.25), {"2026-10-01": 1})


@pytest.mark.parametrize("hostile", ["x", [1], {"total": "x", "as_of": 3}, True, None, -1])
def test_hostile_metadata_is_no_money(tmp_path, hostile):
    """Whatever a platform wrote there: no error, no leg, no mark."""
    metadata = {"transfer_leg_cost_usd": hostile if hostile is not True else "true", RECKONED: hostile}
    with a_log(tmp_path, [a_priced("a", {"llm": 0.5}, metadata=metadata)]) as log:
        found = log.costs(WEEK, None, "USD")
    assert (found.legs, found.reckoned, found.components) == ((0, 0.0), {}, {"llm": (1, 0.5)})


def test_a_week_without_calls_or_without_money(tmp_path):
    """Nothing, not 0."""
    with a_log(tmp_path, [a_call()]) as log:
        assert log.costs(WEEK, None, "USD") == log.costs("2026-W40", None, "USD") == AgentCost()


@settings(max_examples=15, deadline=None)
@given(st.permutations(range(6)))
def test_no_order_of_the_calls_changes_it(tmp_path_factory, order):
    """Sums are exact and rounded once."""
    calls = [a_priced(f"c{i}", {"llm": 0.1 * (i + 1), "tts": 1e-9 * i}, 7 * i) for i in range(6)]
    with a_log(tmp_path_factory.mktemp("a"), [calls[i] for i in order]) as log:
        found = log.costs(WEEK, None, "USD")
    assert found.part("llm").amount == 2.1
    assert found.part("total").seconds == 7 * 15
