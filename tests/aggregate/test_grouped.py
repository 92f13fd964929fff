"""Groups of calls behind a measure: parts that are the measure, plain counts of calls, nothing from nothing."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

import pytest

from evalharness.aggregate.grouped import groups_of
from evalharness.aggregate.weeklog import WeekLog
from evalharness.models.call import Cost
from evalharness.models.measure import Measure
from evalharness.models.trend import BY_THE_LOG
from evalharness.models.weekly import Groups, Tallied
from tests.aggregate.building import facts_of_calls
from tests.aggregate.figures import made_inputs, made_week
from tests.builders import WEEK, a_call, a_confirmation

KEYS = ("wrong_information", "unsafe_speech")


def regrouped(given: dict[int, dict[str, Any]], change: Any) -> dict[str, Groups]:
    """The groups of a made week whose drawn calls are changed first; their figures stay."""
    summary, log = made_inputs(WEEK, given)
    assert log.past is not None
    results = tuple(map(change, log.past.results))
    past = type(log.past)(log.past.week, log.past.design, log.past.rubric, results, log.past.population)
    return groups_of({one.name: one for one in summary.measures}, WeekLog(past=past, facts=log.facts, zone=log.zone), held=False)


def whole(groups: Groups, kind: str) -> float:
    """The sum of the parts of a kind."""
    return math.fsum(one.part or 0.0 for one in groups[kind].values())


@pytest.mark.parametrize("name", ["resolution_rate", "clear_failure_rate"])
def test_the_parts_are_the_rate_with_what_the_log_decided(name: str) -> None:
    """Three unresolved, one failed, and four technical failures that no grade shows: every kind adds up to the week's figure."""
    amiss = {1: {"outcome": "unresolved"}, 2: {"outcome": "unresolved"}, 3: {"outcome": "unresolved", "wrong_information": "yes"}}
    week = made_week(WEEK, amiss, technical=4)
    groups, value = week.groups[name], week.measures[name].value
    for kind in ("stratum", "intent", "version", "hour"):
        assert whole(groups, kind) == pytest.approx(value), kind
    assert (BY_THE_LOG in groups["intent"]) == (name == "clear_failure_rate")


def test_a_call_counts_once_under_an_error_tag() -> None:
    """Two checks of one call confirmed as the same kind of error, and one of another call: 2 of 20 calls, not 3."""

    def confirmed(result: Any) -> Any:
        checks = KEYS if result.position == 1 else KEYS[:1] if result.position == 2 else ()
        found = [a_confirmation(call_id=result.call.id, check=check, tag="hallucination") for check in checks]
        return result.model_copy(update={"confirmations": tuple(found)})

    amiss = {1: dict.fromkeys(KEYS, "yes"), 2: {KEYS[0]: "yes"}}
    assert regrouped(amiss, confirmed)["clear_failure_rate"]["error_tag"] == {"hallucination": Tallied(hits=2, calls=20)}


def test_groups_of_cost_are_of_the_measures_own_currency() -> None:
    """Two calls in dollars, three in euros: the groups are those of the currency that the figure is in, whichever it is."""
    calls = [a_call(id=f"u{i}", version="v1", cost=Cost(components={"llm": 1.0 + i}, currency="USD")) for i in range(2)]
    calls += [a_call(id=f"e{i}", version="v2", cost=Cost(components={"llm": 5.0}, currency="EUR")) for i in range(3)]
    for currency, version, n, mean in (("USD", "v1", 2, 1.5), ("EUR", "v2", 3, 5.0)):
        cost = Measure(name="cost_per_call", unit="money", value=mean, n=n, of=5, missing=5 - n, currency=currency)
        found = groups_of({"cost_per_call": cost}, WeekLog(facts=facts_of_calls(*calls)), held=False)
        assert found["cost_per_call"]["version"] == {version: Tallied(hits=n, calls=n, part=mean)}


def test_who_is_called_back_was_not_contained() -> None:
    """Of four calls one is transferred and one needs a follow-up: half of them, by version 1 of 3 and 1 of 1."""
    ends = (("v1", "resolved"), ("v1", "transferred"), ("v1", "follow_up"), ("v2", "abandoned"))
    calls = [a_call(id=f"c{at}", version=version, outcome=outcome) for at, (version, outcome) in enumerate(ends)]
    share = Measure(name="containment_rate", unit="share", value=0.5, n=4, of=4)
    found = groups_of({"containment_rate": share}, WeekLog(facts=facts_of_calls(*calls)), held=False)
    counts = {name: (one.hits, one.calls) for name, one in found["containment_rate"]["version"].items()}
    assert counts == {"v1": (1, 3), "v2": (1, 1)}


def test_what_nobody_answered_is_no_group() -> None:
    """Greeting does not arise in any call: it is not "0 of 0"."""
    week = made_week(WEEK, {position: {"greeted": None} for position in range(1, 21)})
    assert "greeted" not in week.groups["resolution_rate"]["criterion"]
    assert week.groups["resolution_rate"]["criterion"]["correctness"].calls == 20


def test_the_two_highest_levels_are_good() -> None:
    """Levels 5, 4 and 3 in the first three calls, 4 in the others: one is bad."""
    week = made_week(WEEK, {1: {"correctness": 5}, 2: {"correctness": 4}, 3: {"correctness": 3}})
    assert week.groups["resolution_rate"]["criterion"]["correctness"] == Tallied(hits=1, calls=20)


def test_an_assisted_answer_is_in_no_count() -> None:
    """The second call's greeting was answered beside another grade: 19 blind ones count."""

    def assisted(result: Any) -> Any:
        if result.position != 2:
            return result
        final = {**result.final, "greeted": result.final["greeted"].model_copy(update={"assisted": True})}
        return result.model_copy(update={"final": final})

    counts = regrouped({2: {"greeted": "no"}}, assisted)["resolution_rate"]["criterion"]["greeted"]
    assert counts == Tallied(hits=0, calls=19)


def test_hours_are_by_the_workspaces_clock() -> None:
    """23:30 in London is half past midnight in Berlin: "00"."""
    started = datetime(2026, 11, 18, 23, 30, tzinfo=UTC)

    def late(result: Any) -> Any:
        return result.model_copy(update={"call": result.call.model_copy(update={"started_at": started})})

    assert list(regrouped({}, late)["resolution_rate"]["hour"]) == ["00"]
