"""What holds for all detectors together, on the calls of the samples and on the labelled ones: order and missing data."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from benchmarks.detectors.labels import labels, of_samples
from evalharness.grade.measured.detectors import findings_of
from evalharness.grade.measured.latency import measure_call
from evalharness.models.call import Call
from evalharness.models.measuring import Measuring

SHIPPED = Measuring()


def _turns(call: Call, **fields: Any) -> Call:
    return call.model_copy(update={"turns": tuple(turn.model_copy(update=fields) for turn in call.turns)})


def _tools(call: Call, **fields: Any) -> Call:
    turns = (
        turn.model_copy(update={"tool_calls": tuple(tool.model_copy(update=fields) for tool in turn.tool_calls)})
        for turn in call.turns
    )
    return call.model_copy(update={"turns": tuple(turns)})


def _unsaid(call: Call) -> Call:
    handoff = call.handoff and call.handoff.model_copy(update={"context_summary": None, "kind": None})
    return call.model_copy(update={"handoff": handoff})


WITHOUT: Mapping[str, Callable[[Call], Call]] = {
    "tool results": lambda call: _tools(call, result=None),
    "tool arguments": lambda call: _tools(call, arguments=None),
    "how long tools ran": lambda call: _tools(call, duration_ms=None),
    "times": lambda call: _turns(call, start_ms=None, end_ms=None),
    "ends of turns": lambda call: _turns(call, end_ms=None),
    "latencies": lambda call: _turns(call, latency=None),
    "the end": lambda call: call.model_copy(update={"ended_at": None}),
    "the cost": lambda call: call.model_copy(update={"cost": None}),
    "what was passed on": _unsaid,
}


@pytest.fixture(scope="module")
def held() -> list[Call]:
    """Every eighth sample call, and the labelled calls about tools and numbers."""
    return [
        *(label.call for label in list(of_samples())[::8]),
        *(one.call for name in ("tools", "facts_spoken") for one in labels(name)),
    ]


@pytest.mark.parametrize("what", WITHOUT)
def test_missing_data_never_raises_or_lowers_a_figure(held: list[Call], what: str) -> None:
    """What is told without the data was told with it, and says the same; a figure that needs them is absent."""
    for call in held:
        before, after = (findings_of(one, SHIPPED).values for one in (call, WITHOUT[what](call)))
        assert not {name for name, value in after.items() if before.get(name) != value}, (call.id, what)


def test_missing_latencies_make_no_faster_and_no_slower(held: list[Call]) -> None:
    """A turn without any time is missing: neither answered at once nor unanswered, and no percentile is told."""
    for call in held:
        measures = measure_call(_turns(call, latency=None, start_ms=None, end_ms=None))
        assert (measures.p50_ms, measures.p99_ms, measures.p50_unanswered, measures.greeting_ms) == (None, None, False, None)
        assert not any(one.unanswered or one.values_ms for one in measures.latencies)


def test_the_order_of_calls_does_not_matter(held: list[Call]) -> None:
    """Nothing is carried from one call to the next: in any order, and one after itself, each gives the same."""
    alone = {id(call): findings_of(call, SHIPPED) for call in held}
    order = [*held, *held[:20]]
    random.Random(7).shuffle(order)
    assert all(findings_of(call, SHIPPED) == alone[id(call)] for call in order)
