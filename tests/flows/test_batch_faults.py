"""Seeded schedules of faults on batches: every one ends in the state without faults, at the server's bill, nothing unlisted."""

from __future__ import annotations

import random

import pytest

from tests.flows.batching import CALLS, Started, drawn, grade, ledger_cost, resent, start
from tests.flows.judging import told
from tests.servers.batch_script import BatchScript
from tests.servers.messages_server import Script

__all__ = ["drawn", "start"]

FATES = ("expired", "errored", "canceled", "invalid", "missing")
TROUBLES = ("500", "529", "429", "lost", "reset", "html", "cut")
ANSWERS = ("truncated", "invalid_json", "wrong_enum", "free_text")


def schedule(seed: int) -> tuple[BatchScript, Script]:
    """Up to six requests that come to nothing, up to six answers to ask again, up to four troubles an operation."""
    chance = random.Random(seed)
    fates = {chance.randint(1, 19): chance.choice(FATES) for _ in range(chance.randint(0, 6))}
    faults = {
        operation: {chance.randint(1, 8): chance.choice(TROUBLES) for _ in range(chance.randint(0, 4))}
        for operation in ("create", "retrieve", "results", "list")
    }
    answers = {100_000 + chance.randint(1, 19): chance.choice(ANSWERS) for _ in range(chance.randint(0, 6))}
    batches = BatchScript(polls=chance.randint(0, 2), fates=fates, faults=faults, seed=seed)
    return batches, Script(faults=answers, chances={"429": 0.05, "529": 0.02}, seed=seed)


def ends_as_without_faults(start: Started, seed: int) -> None:
    """Run again and again, as a cron job would; at most 30 times."""
    workspace, server = start(*schedule(seed))
    for _ in range(30):
        outcome = grade(workspace)
        if not outcome.left and not outcome.states.get("failed"):
            break
    assert told(workspace) == {"value": 3 * CALLS}, seed
    lost = sum(float(one.usd) for one in server.batches.requests if one.fate == "missing")
    assert ledger_cost(workspace) + lost == pytest.approx(server.bill_usd, abs=1e-9), seed
    assert resent(workspace) == len([one for one in server.batches.requests if one.fate == "missing"]), seed


@pytest.mark.parametrize("seed", range(4))
def test_a_schedule_of_faults(start: Started, seed: int) -> None:
    """Four of them; the 100 of the long suite differ only in number."""
    ends_as_without_faults(start, seed)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 200))
def test_a_hundred_schedules_of_faults(start: Started, seed: int) -> None:
    """The same with other seeds."""
    ends_as_without_faults(start, seed)
