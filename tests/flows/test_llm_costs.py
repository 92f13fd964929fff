"""Money: estimates before, the bill after, by role, judge, criterion and call; the cap under any order of replies."""

from __future__ import annotations

import asyncio
import json
import random
from datetime import UTC, datetime

import pytest

from evalharness.flows.doctor import doctor
from evalharness.flows.grade import week_work
from evalharness.flows.llm_costs import all_costs, cost_lines, week_costs
from evalharness.flows.llm_plan import estimate, plan_lines
from evalharness.flows.opened import opened
from evalharness.messages.cap import Cap, OverCapError
from evalharness.workspace.folder import Workspace
from tests.flows.batching import CALLS, Started, drawn, grade, start
from tests.flows.judging import WEEK, run_grade
from tests.servers.batch_script import BatchScript
from tests.servers.messages_server import Script

__all__ = ["drawn", "start"]


def test_costs_are_the_servers_bill(start: Started) -> None:
    """One live and 19 batched replies: total, role, judge, criteria and calls each sum to the bill."""
    workspace, server = start()
    grade(workspace)
    grade(workspace)
    with opened(Workspace.at(workspace)) as house:
        found = week_costs(house, WEEK)
        assert [one.week for one in all_costs(house)] == [WEEK]
    bill = pytest.approx(server.bill_usd, abs=1e-9)
    assert (found.total.usd, found.total.replies, found.total.batched, found.total.unpriced) == (bill, CALLS, 19, 0)
    assert (found.roles["grade"].usd, found.judges["claude-haiku-5-5"].usd) == (bill, bill)
    assert set(found.criteria) == {"correctness", "human_needed", "unsafe_speech"}
    assert sum(found.criteria.values()) == bill
    assert (sum(found.calls.values()), len(found.calls)) == (bill, CALLS)
    assert (found.doubt_usd, found.open_usd) == (0, 0)


def test_what_is_open_or_in_doubt_stands_beside_the_cost(start: Started) -> None:
    """An open batch at its worst case; a lost live reply likewise; a reply without usage is counted, never 0."""
    workspace, _ = start(BatchScript(polls=9), Script(faults={1: "hang_up", 2: "no_usage"}))
    grade(workspace)
    with opened(Workspace.at(workspace)) as house:
        found = week_costs(house, WEEK)
    assert (found.total.replies, found.total.unpriced, found.total.usd) == (1, 1, 0)
    assert 0 < found.doubt_usd < found.open_usd
    words = "\n".join(cost_lines([found], calls=True))
    assert "1 have no price or state no usage" in words
    assert "never kept" in words
    assert "not ended" in words
    assert words.count("  call ") == CALLS


def test_the_command_prints_costs_and_status(start: Started) -> None:
    """`--costs` for people and machines; `--batch` says what waits and exits with 5; `--status` counts it."""
    workspace, _ = start(BatchScript(polls=9))
    assert "no reply came yet" in run_grade(workspace, "--costs").stdout
    grade(workspace)
    told = json.loads(run_grade(workspace, "--costs", "--json").stdout)
    assert told["weeks"][0]["total"]["replies"] == 1
    assert "  waiting    19 requests" in run_grade(workspace, "--status").stdout
    again = run_grade(workspace)
    assert again.returncode == 5
    assert "  waiting    19 requests are in batches" in again.stdout


def test_an_estimate_has_roles_both_prices_and_the_cap(start: Started) -> None:
    """20 requests: the first live, 19 at half price: 10.5 of 20 even parts; projected against $5."""
    workspace, _ = start()
    with opened(Workspace.at(workspace)) as house:
        work = week_work(house, WEEK)
        guess = estimate(work)
        lines = plan_lines(house, work, guess)
    money = guess.money
    assert money.usd is not None
    assert money.batch_usd == pytest.approx(money.usd * 10.5 / 20, rel=0.05)
    assert money.by_role == {"grade": (CALLS, pytest.approx(money.usd))}
    assert money.at_once == CALLS
    assert any(line.startswith("  in batches about $") for line in lines)
    assert any("of $5.00 after it" in line for line in lines)


@pytest.mark.parametrize("seed", range(6))
def test_eight_requests_at_once_never_bill_more_than_the_cap(start: Started, seed: int) -> None:
    """Over HTTP, half of the seeds in batches; refusals, resets after the work was done, cut replies: bill <= cap."""
    cap = random.Random(seed).uniform(0.002, 0.012)
    script = Script(chances={"429": 0.1, "reset_mid_body": 0.15, "truncated": 0.1, "no_usage": 0.05}, seed=seed)
    workspace, server = start(script=script, concurrency=8)
    for _ in range(4):
        grade(workspace, batch=seed % 2 == 0, max_cost=cap)
        assert server.bill_usd <= cap
    assert server.max_in_flight <= 8
    assert server.asked


@pytest.mark.parametrize(
    ("model", "day", "words"),
    [
        ("claude-sonnet-4-5", 1, "ends on 2026-11-30, in 29 days"),
        ("claude-sonnet-4-5", 30, "ends on 2026-11-30, in 0 days"),
        ("claude-unknown-9", 1, "no price is known"),
    ],
)
def test_doctor_names_a_model_that_ends_or_has_no_price(start: Started, model: str, day: int, words: str) -> None:
    """30 days ahead, in the workspace's own days; nothing is said of a model that goes on."""
    workspace, _ = start(model=model)
    said = doctor(Workspace.at(workspace), datetime(2026, 11, day, 12, tzinfo=UTC))
    assert [finding.level for finding in said if words in finding.what] == ["warning"]


def test_doctor_is_quiet_of_a_model_that_goes_on(start: Started) -> None:
    """Fine 31 days before the end, and for one without an end."""
    for model, at in (("claude-sonnet-4-5", datetime(2026, 10, 30, tzinfo=UTC)), ("claude-haiku-5-5", datetime.now(UTC))):
        workspace, _ = start(model=model)
        said = [finding for finding in doctor(Workspace.at(workspace), at) if model in finding.what]
        assert [finding.level for finding in said] == ["ok"]


@pytest.mark.parametrize("seed", range(50))
def test_eight_workers_never_spend_more_than_the_cap(seed: int) -> None:
    """Random worst cases, costs up to them, lost replies and pauses: at no moment is spent + set aside above the cap."""
    chance = random.Random(seed)
    cap = Cap(chance.uniform(1, 20), chance.uniform(0, 1))
    jobs = [(worst := chance.uniform(0.01, 3), chance.choice([None, chance.uniform(0, worst)])) for _ in range(80)]
    spent, high = [cap.spent], [0.0]

    async def worker() -> None:
        while jobs:
            worst, cost = jobs.pop()
            try:
                ticket = await cap.reserve(worst)
            except OverCapError:
                continue
            high.append(cap.spent + cap.reserved)
            await asyncio.sleep(chance.uniform(0, 0.0005))
            spent.append(worst if cost is None else cost)
            await cap.settle(ticket, cost)

    async def all_of_them() -> None:
        await asyncio.gather(*(worker() for _ in range(8)))

    asyncio.run(all_of_them())
    assert max(high) <= cap.limit + 1e-12
    assert sum(spent) == pytest.approx(cap.spent)
    assert len(spent) > 1


def test_the_command_waits_for_a_batch_a_little(start: Started) -> None:
    """`grade --batch` in a terminal's place: the first look after five seconds finds it ended; it says what it waits for."""
    workspace, server = start()
    done = run_grade(workspace, "--batch", "--yes")
    assert done.returncode == 0, done.stderr
    assert "waiting for 19 requests in batches" in done.stderr
    assert "  submitted  19 requests" in done.stdout
    assert json.loads(run_grade(workspace, "--costs", "--json").stdout)["weeks"][0]["total"]["usd"] == pytest.approx(
        server.bill_usd, abs=1e-9
    )
