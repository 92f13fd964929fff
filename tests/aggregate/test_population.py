"""How the week's calls divide, and what the log alone says of them."""

from __future__ import annotations

import pytest

from evalharness.aggregate.population import containment, cost_per_call, cost_rows, counted, population
from evalharness.models.call import Cost
from tests.aggregate.building import a_design_of, facts_of_calls, the_facts
from tests.builders import a_call, a_handoff


def priced(*costs, currency="USD", **fields):
    """One call a cost; None = the log gives none."""
    made = (None if cost is None else Cost(components={"llm": cost}, currency=currency) for cost in costs)
    return facts_of_calls(*(a_call(id=f"{currency}{i}", cost=cost, **fields) for i, cost in enumerate(made)))


def test_every_call_lies_in_one_part():
    found = population(the_facts(100, technical=3, unseen=6, out=4), None)
    assert (found.calls, found.out_of_scope, found.technical, found.judged, found.unseen) == (113, 4, 3, 100, 6)
    assert found.in_scope == 109
    # all but the 6 silent ones have a transcript; the technical and out of scope ones can be drawn as well
    assert (found.gradable, found.without_transcript) == (107, 6)


def test_a_technical_failure_is_technical_with_or_without_words():
    facts = facts_of_calls(*(a_call(turns, outcome="failed_technical") for turns in ([], [("caller", "Hello?")])))
    assert population(facts, None).technical == 2


def test_calls_that_came_after_the_draw_are_unseen():
    # 90 judged calls at the draw, 100 now: the sample cannot speak for 10
    found = population(the_facts(100), a_design_of(tail=40, core=50))
    assert (found.judged, found.unseen, found.in_scope) == (90, 10, 100)


def test_an_empty_week():
    found = population([], None)
    assert (found.calls, found.in_scope, found.gradable) == (0, 0, 0)


@pytest.mark.parametrize(
    ("fields", "contained"),
    [
        ({"outcome": "resolved"}, 1),
        ({"outcome": "abandoned"}, 1),  # it counts callers who gave up
        ({"outcome": "failed_technical"}, 1),
        ({"outcome": "transferred"}, 0),
        ({"outcome": "follow_up"}, 0),
        ({"outcome": "resolved", "handoff": a_handoff()}, 0),
        ({"outcome": "unknown", "handoff": a_handoff()}, 0),  # handed over: known, whatever came of it
        ({"outcome": "resolved", "handoff": a_handoff(status="failed")}, 1),
        ({"outcome": "resolved", "handoff": a_handoff(destination="bot")}, 1),
    ],
)
def test_contained_is_neither_handed_off_nor_followed_up(fields, contained):
    found = containment(facts_of_calls(a_call(**fields)))
    assert (found.value, found.n) == (contained, 1)


def test_containment_leaves_out_of_scope_calls_out():
    facts = facts_of_calls(*(a_call(outcome=outcome) for outcome in ("resolved", "transferred", "abandoned", "out_of_scope")))
    assert (containment(facts).value, containment(facts).n) == (pytest.approx(2 / 3), 3)


def test_a_call_of_unknown_end_is_not_known_to_be_contained():
    # 1 of the 2 calls whose end is known; a follow-up of the third would stand nowhere
    facts = facts_of_calls(*(a_call(outcome=outcome) for outcome in ("resolved", "transferred", "unknown", "out_of_scope")))
    found = containment(facts)
    assert (found.value, found.n, found.of, found.missing, found.note) == (0.5, 2, 3, 1, "counts callers who gave up")


def test_containment_where_no_end_is_known_is_no_number():
    found = containment(facts_of_calls(*[a_call(outcome="unknown")] * 2))
    assert (found.value, found.n, found.of, found.missing) == (None, 0, 2, 2)
    assert found.note == "the log does not say how any call ended"


@pytest.mark.parametrize("facts", [[], facts_of_calls(a_call(outcome="out_of_scope"))])
def test_containment_of_no_call_is_no_number(facts):
    found = containment(facts)
    assert (found.value, found.n, found.note) == (None, 0, "")


def test_the_mean_cost_is_over_calls_that_report_one():
    # (0.25 + 0.75) / 2 of 3 calls in scope, the failed one in; the call out of scope is in nothing
    facts = [*priced(0.25, None), *priced(0.75, outcome="failed_technical"), *priced(9.0, outcome="out_of_scope")]
    found = cost_per_call(facts, "USD")
    assert (found.value, found.n, found.of, found.missing, found.currency) == (0.5, 2, 3, 1, "USD")


def test_a_cost_of_zero_is_a_cost_and_a_missing_one_is_not():
    assert (cost_per_call(priced(0.0, 1.0), "USD").value, cost_per_call(priced(None, 1.0), "USD").value) == (0.5, 1.0)
    assert cost_per_call(priced(None, None), "USD").value is None


def test_another_currency_is_never_added():
    found = cost_per_call([*priced(0.5), *priced(100.0, 200.0, currency="JPY")], "USD")
    assert (found.value, found.n, found.missing, found.note) == (0.5, 1, 2, "2 calls in another currency left out")


def test_costs_by_component_and_in_all():
    total = cost_per_call(priced(0.25, 0.75, None), "USD")
    rows = cost_rows({"stt": (1, 0.2), "llm": (2, 1.0)}, total)
    assert [(row.component, row.total, row.mean.value, row.mean.n, row.mean.missing) for row in rows] == [
        ("llm", 1.0, 0.5, 2, 1),
        ("stt", 0.2, 0.2, 1, 2),
        ("total", 1.0, 0.5, 2, 1),
    ]


def test_no_cost_at_all_is_no_total():
    (row,) = cost_rows({}, cost_per_call([], "USD"))
    assert (row.component, row.total, row.mean.value) == ("total", None, None)


def test_a_sum_of_money_does_not_depend_on_the_order_of_calls():
    # added one after the other .1 + .2 + .3 is 0.6000000000000001; the exact sum of the three, rounded once, is 0.6
    costs = [0.1, 0.2, 0.3]
    assert cost_per_call(priced(*costs), "USD").value == cost_per_call(priced(*costs[::-1]), "USD").value == 0.6 / 3
    assert sum(costs) != 0.6


def test_counts_are_commonest_first_then_by_name():
    facts = facts_of_calls(*(a_call(intent=intent, version=intent) for intent in ("b", None, "a", "b", "c", "")))
    assert list(counted(facts, "intent").items()) == [("b", 2), ("unknown", 2), ("a", 1), ("c", 1)]
    assert counted(facts, "version") == counted(facts, "intent")
    assert counted(facts, "outcome") == {"resolved": 6}


def test_one_call_is_not_calls():
    found = cost_per_call([*priced(0.5), *priced(100.0, currency="JPY")], "USD")
    assert found.note == "1 call in another currency left out"
