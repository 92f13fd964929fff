"""`grade --batch` against the scripted server: what it pays, what it waits for, what it sends again, what it finds again."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from evalharness.flows.grade import grade_unattended, week_work
from evalharness.flows.llm_consent import acknowledge
from evalharness.flows.opened import opened
from evalharness.grade.llm.outcome import Outcome
from evalharness.store.ledger import Ledger
from evalharness.store.probes import probes
from evalharness.workspace.folder import Workspace
from tests.flows.batching import CALLS, WAITING, Started, drawn, grade, ledger_cost, resent, start, states
from tests.flows.judging import NOW, WEEK, told
from tests.flows.test_grade_ways import one_question
from tests.servers.batch_script import BatchScript
from tests.servers.messages_server import Script

__all__ = ["drawn", "start"]


def test_one_live_and_the_rest_at_half_price(start: Started) -> None:
    """20 calls: the first live, 19 in one batch; a run in between finds it open. Ledger = bill, 19 at half price."""
    workspace, server = start(BatchScript(polls=1))
    first = grade(workspace)
    assert (first.states, first.submitted, first.waiting, first.left) == ({"graded": 1}, 19, 19, 19)
    assert first.incomplete
    between = grade(workspace)
    assert (between.states, between.waiting, between.left, between.submitted) == ({}, 19, 19, 0)
    assert (len(server.asked), len(server.batches.made)) == (1, 1)
    last = grade(workspace)
    assert (last.states, last.left, last.submitted, last.incomplete) == ({"graded": 19}, 0, 0, False)
    assert told(workspace) == {"value": 3 * CALLS}
    assert ledger_cost(workspace) == pytest.approx(server.bill_usd, abs=1e-9)
    assert first.spent_usd + last.spent_usd == pytest.approx(server.bill_usd, abs=1e-9)
    assert not grade(workspace).total


def test_a_short_batch_is_waited_for(start: Started) -> None:
    """Three looks find it open; one run ends it all."""
    workspace, server = start(BatchScript(polls=3))
    outcome = grade(workspace, WAITING)
    assert (outcome.states, outcome.waiting, outcome.left) == ({"graded": CALLS}, 0, 0)
    assert server.batches.counts == {"create": 1, "retrieve": 4, "results": 1}


def test_a_live_run_leaves_an_open_batch_alone(start: Started) -> None:
    """`grade` without --batch reads what has ended and sends nothing that waits in a batch."""
    workspace, server = start(BatchScript(polls=1))
    grade(workspace)
    assert grade(workspace, batch=False).waiting == 19
    assert len(server.asked) == 1
    assert grade(workspace, batch=False).states == {"graded": 19}
    assert (len(server.asked), len(server.batches.made)) == (1, 1)


def test_an_answer_to_ask_again_goes_live(start: Started) -> None:
    """The 2nd and 5th batched reply are truncated: two live requests with twice the room, nothing more in a batch."""
    workspace, server = start(script=Script(faults={100_002: "truncated", 100_005: "invalid_json"}))
    grade(workspace)
    assert grade(workspace).states == {"graded": 19}
    assert (len(server.asked), len(server.batches.made)) == (3, 1)
    assert told(workspace) == {"value": 3 * CALLS}
    assert ledger_cost(workspace) == pytest.approx(server.bill_usd, abs=1e-9)


@pytest.mark.parametrize("place", [10, pytest.param(1, marks=pytest.mark.long), pytest.param(19, marks=pytest.mark.long)])
@pytest.mark.parametrize("fate", ["expired", "canceled", "errored", "missing"])
def test_only_what_is_missing_is_sent_again(start: Started, fate: str, place: int) -> None:
    """At the beginning, the middle and the end: 18 are kept, one goes into the next batch; only `missing` may be paid twice."""
    workspace, server = start(BatchScript(fates={place: fate}))
    grade(workspace)
    second = grade(workspace)
    assert (second.states, second.submitted, second.waiting) == ({"graded": 18}, 1, 1)
    assert grade(workspace).states == {"graded": 1}
    assert [len(batch.requests) for batch in server.batches.made] == [19, 1]
    assert told(workspace) == {"value": 3 * CALLS}
    lost = float(server.batches.requests[place - 1].usd) if fate == "missing" else 0.0
    assert ledger_cost(workspace) + lost == pytest.approx(server.bill_usd, abs=1e-9)
    assert resent(workspace) == (fate == "missing")


def test_a_whole_batch_expires(start: Started) -> None:
    """All 19 go into the next one; nothing was billed for the first, none is listed as paid twice."""
    workspace, server = start(BatchScript(fates=lambda number: "expired" if number <= 19 else None))
    grade(workspace)
    assert grade(workspace).submitted == 19
    assert grade(workspace).states == {"graded": 19}
    assert (ledger_cost(workspace), resent(workspace)) == (pytest.approx(server.bill_usd, abs=1e-9), 0)


def test_what_a_batch_finds_wrong_goes_live_and_says_so(start: Started) -> None:
    """An errored request of the kind invalid_request_error: one live request, whose own answer counts."""
    workspace, server = start(BatchScript(fates={4: "invalid"}))
    grade(workspace)
    assert grade(workspace).states == {"graded": 19}
    assert (len(server.asked), len(server.batches.made)) == (2, 1)


def test_a_batch_canceled_by_somebody(start: Started) -> None:
    """Canceled in the provider's console before it ended: 19 canceled, none billed, all in the next batch."""
    workspace, server = start(BatchScript(polls=50))
    grade(workspace)
    server.batches.cancel(server.batches.made[0])
    assert grade(workspace).submitted == 19
    server.batches.made[1].looks = 50
    assert grade(workspace).states == {"graded": 19}
    assert ledger_cost(workspace) == pytest.approx(server.bill_usd, abs=1e-9)


@pytest.mark.parametrize(("script", "what"), [
    (BatchScript(faults={"results": {1: "gone"}}), "results"),
    (BatchScript(faults={"retrieve": {1: "gone"}}), "the batch"),
    (BatchScript(age_days=30), "29 days"),
])  # fmt: skip
def test_results_that_are_gone_are_asked_for_again_and_listed(start: Started, script: BatchScript, what: str) -> None:
    """404: they were paid for and cannot be had. All 19 are sent again, each listed; the cap counts the first ones still."""
    workspace, _ = start(script)
    grade(workspace)
    second = grade(workspace)
    assert (second.submitted, len(second.resent)) == (19, 19), what
    assert resent(workspace) == 19


@pytest.mark.parametrize("place", [1, pytest.param(2, marks=pytest.mark.long), pytest.param(3, marks=pytest.mark.long)])
@pytest.mark.parametrize(("operation", "fault"), [
    ("retrieve", "500"), ("retrieve", "529"), ("retrieve", "lost"), ("retrieve", "reset"), ("retrieve", "html"),
    ("results", "500"), ("results", "lost"), ("results", "cut"), ("results", "cut_line"), ("results", "html"), ("create", "429"),
])  # fmt: skip
def test_a_trouble_that_passes_costs_nothing(start: Started, operation: str, fault: str, place: int) -> None:
    """Once, at the first, second or third such request: in the end as without it, one batch, nothing paid twice."""
    workspace, server = start(BatchScript(polls=2, faults={operation: {place: fault}}))
    for _ in range(5):
        grade(workspace)
    assert told(workspace) == {"value": 3 * CALLS}
    assert (len(server.batches.made), len(server.asked), resent(workspace)) == (1, 1, 0)
    assert ledger_cost(workspace) == pytest.approx(server.bill_usd, abs=1e-9)


@pytest.mark.parametrize("fault", ["lost", "html", "cut"])
def test_a_batch_nobody_told_us_of_is_found_again(start: Started, fault: str) -> None:
    """The connection breaks after it was made: the next runs list batches, wait for the likely one, know it by its custom_ids."""
    workspace, server = start(BatchScript(polls=2, faults={"create": {1: fault}}))
    first = grade(workspace)
    assert (first.submitted, first.waiting) == (0, 19)
    assert "the next run looks for it" in first.stopped
    assert (grade(workspace).waiting, grade(workspace).waiting) == (19, 19)
    assert grade(workspace).states == {"graded": 19}
    assert (len(server.batches.made), len(server.asked), resent(workspace)) == (1, 1, 0)
    assert ledger_cost(workspace) == pytest.approx(server.bill_usd, abs=1e-9)


@pytest.mark.parametrize("fault", ["reset", "500", "529"])
def test_a_batch_that_was_never_made_is_made_by_the_next_run(start: Started, fault: str) -> None:
    """The server's list has none like it: handed over again, not listed as paid twice, because it was not."""
    workspace, server = start(BatchScript(faults={"create": {1: fault}}))
    grade(workspace)
    assert grade(workspace).submitted == 19
    assert grade(workspace).states == {"graded": 19}
    assert (len(server.batches.made), resent(workspace)) == (1, 0)
    assert ledger_cost(workspace) == pytest.approx(server.bill_usd, abs=1e-9)


def test_another_batch_of_the_same_size_is_not_ours(start: Started) -> None:
    """Somebody else's 19 requests, ended: read, not taken; ours was never made and is made now."""
    workspace, server = start(BatchScript(faults={"create": {1: "reset"}}))
    grade(workspace)
    foreign, other = start()
    grade(foreign)
    server.batches.made += other.batches.made
    assert grade(workspace).submitted == 19
    assert grade(workspace).states == {"graded": 19}
    assert resent(workspace) == 0


@pytest.mark.parametrize(("status", "words"), [("401", "key"), ("403", "key"), ("402", "pay"), ("400", "not taken")])
def test_a_batch_that_is_refused_stops_the_run(start: Started, status: str, words: str) -> None:
    """Nothing is left in doubt; the next run hands over all 19."""
    workspace, _ = start(BatchScript(faults={"create": {1: status}}))
    first = grade(workspace)
    assert words in first.stopped
    assert (first.waiting, first.left) == (0, 19)
    assert grade(workspace).submitted == 19


def test_a_server_without_batches_says_so(start: Started) -> None:
    """404: nothing is in doubt, nothing more is sent by --batch; the same without it goes live."""
    workspace, server = start(BatchScript(supported=False))
    assert "the batch was not taken" in grade(workspace).stopped
    assert grade(workspace, batch=False).states == {"graded": 19}
    assert ledger_cost(workspace) == pytest.approx(server.bill_usd, abs=1e-9)


@pytest.mark.parametrize("fault", ["400", "401"])
def test_nothing_is_handed_over_when_the_first_request_fails(start: Started, fault: str) -> None:
    """Parameters that the server refuses would be found out only when the batch is processed."""
    workspace, server = start(script=Script(faults={1: fault}))
    assert grade(workspace).submitted == 0
    assert not server.batches.made
    assert not states_with(workspace, "custom_id")


def states_with(workspace: Path, name: str) -> int:
    """How many states have this detail."""
    return sum(name in event.details for events in states(workspace) for event in events)


def test_the_cap_holds_the_worst_case_at_half_price(start: Started) -> None:
    """A cap for some of the 19: those are handed over, the rest goes out when the real cost is known; never above the cap."""
    workspace, server = start()
    first = grade(workspace, max_cost=0.02)
    assert 0 < first.submitted < 19
    assert (first.over_cap, first.left) == (0, 19)
    for _ in range(30):
        if not grade(workspace, max_cost=0.02).left:
            break
    assert told(workspace) == {"value": 3 * CALLS}
    assert ledger_cost(workspace) == pytest.approx(server.bill_usd, abs=1e-9)
    assert server.bill_usd <= 0.02
    for batch in server.batches.made:
        assert len(batch.requests) < 19


@pytest.mark.parametrize("cap", [0.001, 0.0033, 0.0036])
def test_a_cap_that_fits_nothing_more_ends_as_budget(start: Started, cap: float) -> None:
    """Some, or none, are graded; the rest says budget once nothing waits that could free any; never above the cap."""
    workspace, server = start()
    runs = [grade(workspace, max_cost=cap)]
    while runs[-1].left and len(runs) < 30:
        runs.append(grade(workspace, max_cost=cap))
    graded, over = sum(run.done for run in runs), runs[-1].over_cap
    assert over > 0
    assert graded + over == CALLS
    assert told(workspace) == Counter(value=3 * graded, budget=3 * over)
    assert server.bill_usd <= cap


def test_several_judges_in_one_batch(start: Started) -> None:
    """Two models at one server: a live one of each, 38 in one batch, each reply at its own model's price."""
    workspace, server = start(judges="[{model: claude-sonnet-5-5}]")
    outcome = grade(workspace)
    assert (outcome.states, outcome.submitted) == ({"graded": 2}, 38)
    assert len(server.batches.made) == 1
    assert grade(workspace).states == {"graded": 38}
    assert ledger_cost(workspace) == pytest.approx(server.bill_usd, abs=1e-9)


def test_probes_go_in_batches_like_all_other_requests(start: Started) -> None:
    """Each call asked about twice: 1 live, 39 in one batch; the grades are the first answers, the second ones are probes."""
    workspace, server = start(repeats=2)
    assert grade(workspace).submitted == 39
    last = grade(workspace)
    assert (last.done, last.left) == (39, 0)
    assert told(workspace) == {"value": 3 * CALLS}
    with Ledger.open(workspace / "ledger.db") as ledger:
        found = probes(ledger, [WEEK], {"repeat"})
    assert len(found) == CALLS
    assert sum(len(probe.answers) for probe in found) == 3 * CALLS
    texts = {json.dumps(one.params["output_config"]) for one in server.batches.requests}
    assert len(texts) == 1, "nothing of a request tells what it is for"
    assert not any("repeat" in one.custom_id or "grade" in one.custom_id for one in server.batches.requests)
    assert ledger_cost(workspace) == pytest.approx(server.bill_usd, abs=1e-9)


def test_one_question_a_request(start: Started) -> None:
    """Three questions of 20 calls: 60 requests, one live, 59 in a batch."""
    workspace, server = start(script=Script(judge=one_question), per_criterion=True)
    assert grade(workspace).submitted == 59
    assert grade(workspace).left == 0
    assert told(workspace) == {"value": 3 * CALLS}
    assert ledger_cost(workspace) == pytest.approx(server.bill_usd, abs=1e-9)


def test_a_server_that_keeps_to_no_schema_is_asked_in_words(start: Started) -> None:
    """The live request finds it out; every batched one asks in words."""
    workspace, server = start(script=Script(faults={1: "free_text"}))
    assert grade(workspace).submitted == 19
    assert all("format" not in one.params["output_config"] for one in server.batches.requests)


def test_week_hands_over_and_never_waits(start: Started) -> None:
    """`batch: true`: unattended, one round with a batch that is open; the next one goes on."""
    workspace, server = start(BatchScript(polls=1), batch=True)
    with opened(Workspace.at(workspace), write=True) as house:
        acknowledge(house, week_work(house, WEEK).brief.judge, "Anna Keller", NOW)
        outcomes = [grade_unattended(house, WEEK) for _ in range(3)]
    assert all(isinstance(outcome, Outcome) for outcome in outcomes)
    assert [(outcome.done, outcome.waiting) for outcome in outcomes if isinstance(outcome, Outcome)] == [
        (1, 19),
        (0, 19),
        (19, 0),
    ]
    assert len(server.batches.made) == 1
