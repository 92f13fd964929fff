"""Escalation in a hundred transcripts that nobody here wrote, against what was read by hand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from evalharness.collect.our_form import RowDefaults, call_from
from evalharness.models.finding import CallFindings
from tests.grade.measured.audited import found_in

LOG = Path(__file__).resolve().parents[4] / "shared" / "data" / "calls" / "tau_bench_airline_gpt4o" / "trajectories.jsonl"
pytestmark = pytest.mark.skipif(not LOG.is_file(), reason="the transcripts are not beside this checkout")
TOOL = "transfer_to_human_agents"
ASKED = {
    "4-0", "12-0", "18-0", "28-0", "38-0", "40-0", "48-0", "10-1", "12-1", "16-1", "18-1", "20-1", "24-1", "37-1", "38-1", "42-1",
}  # fmt: skip
"""Read by hand: calls in which the customer asks for a human in so many words. Saying yes to the agent's offer without naming one
("Yes, please, that would be helpful") is none, nor is "I will reach out to a human agent", nor "escalate this for a refund"."""


def _calls() -> Mapping[str, tuple[Any, CallFindings]]:
    rows = [json.loads(line) for line in LOG.read_text(encoding="utf-8").splitlines()]
    named = {f"{row['task_id']}-{row['trial']}": row for row in rows}
    return {
        name: (row, found_in(call_from(_form(name, row), RowDefaults("airline", lambda key: key)))) for name, row in named.items()
    }


def _form(name: str, row: Any) -> dict[str, Any]:
    """The trajectory in our form: a handoff where the transfer tool was called, with the summary given to it."""
    turns = [
        {
            "speaker": {"user": "caller", "assistant": "agent"}[message["role"]],
            "text": message["content"] or "",
            "tool_calls": [{"name": tool["function"]["name"]} for tool in message.get("tool_calls") or ()],
        }
        for message in row["traj"]
        if message["role"] in ("user", "assistant")
    ]
    given = [tool for message in row["traj"] for tool in message.get("tool_calls") or () if tool["function"]["name"] == TOOL]
    handoff = {"context_summary": json.loads(given[0]["function"]["arguments"])["summary"]} if given else None
    return {"id": name, "started_at": "2026-11-09T09:00:00Z", "turns": turns, "handoff": handoff}


@pytest.fixture(scope="module")
def airline() -> Mapping[str, tuple[Any, CallFindings]]:
    """Name -> the trajectory and what was found in it."""
    return _calls()


def _where(airline: Mapping[str, tuple[Any, CallFindings]], figure: str) -> set[str]:
    return {name for name, (_, found) in airline.items() if found.values.get(figure)}


def test_handed_over_are_exactly_those_whose_tool_calls_transfer(airline: Mapping[str, tuple[Any, CallFindings]]) -> None:
    """22 of 100 call the transfer tool: each is a correct or an unneeded escalation, and no other is."""
    called = {name for name, (row, _) in airline.items() if TOOL in json.dumps(row["traj"])}
    assert len(called) == 22
    assert _where(airline, "escalation_correct") | _where(airline, "escalation_unneeded") == called
    assert all("escalation_precision" in found.values for name, (_, found) in airline.items() if name in called)


def test_requests_are_those_read_by_hand(airline: Mapping[str, tuple[Any, CallFindings]]) -> None:
    """16 calls; two customers never reached anybody."""
    assert _where(airline, "human_requests") == ASKED
    assert _where(airline, "human_requests_unmet") == {"12-0", "16-1"}


def test_the_matrix_is_the_one_computed_by_hand(airline: Mapping[str, tuple[Any, CallFindings]]) -> None:
    """Needed by a measurable trigger = asked for (no emergency, no intent in these logs): 16. Handed over: 22, asked 14.

    So 14 correct, 16 - 14 = 2 missed, 22 - 14 = 8 unneeded, 100 - 24 = 76 contained; precision 14 of 22, recall 14 of 16. The two
    handoffs that the tasks expect (38-0, 38-1) were both asked for.
    """
    names = ("escalation_correct", "escalation_missed", "escalation_unneeded", "containment_correct")
    cells = [len(_where(airline, name)) for name in names]
    assert cells == [14, 2, 8, 76]
    precision = [found.values["escalation_precision"] for _, found in airline.values() if "escalation_precision" in found.values]
    recall = [found.values["escalation_recall"] for _, found in airline.values() if "escalation_recall" in found.values]
    assert (sum(precision), len(precision), sum(recall), len(recall)) == (14, 22, 14, 16)
    expected = {name for name, (row, _) in airline.items() if row["transfer_expected"] and row["transferred"]}
    assert expected == {"38-0", "38-1"} <= _where(airline, "escalation_correct")


def test_one_request_waited_for_a_second_one(airline: Mapping[str, tuple[Any, CallFindings]]) -> None:
    """24-1 asks to escalate to someone who can assist, is answered once, asks again and is transferred; the others at once."""
    waited = {
        name: found.values["human_request_turns"] for name, (_, found) in airline.items() if "human_request_turns" in found.values
    }
    assert {name for name, turns in waited.items() if turns} == {"24-1"}
    assert waited["24-1"] == 1


def test_what_the_log_does_not_say_is_not_told(airline: Mapping[str, tuple[Any, CallFindings]]) -> None:
    """No tool but the transfer says how it went and no turn has a time: no figure of failed tools, late replies or lines."""
    for name, (_, found) in airline.items():
        assert not {"slow_replies", "handoff_warm"} & set(found.values), name
    assert {name for name, (_, found) in airline.items() if "tool_failures" in found.values} == {"37-1"}  # transfers at once
