"""SIGKILL of `grade --batch` at every commit point: no reply is paid for twice, for what the API can be asked about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flows.batching import configured, drawn, ledger_cost, resent, states
from tests.flows.judging import KEY, llm_grades
from tests.flows.killing import Forks, Point, forkserver
from tests.flows.workspaces import copy_of
from tests.servers.batch_script import BatchScript
from tests.servers.messages_server import MessagesServer

__all__ = ["drawn"]

CALLS = 20
MOST_RUNS = 12


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    """Everything is imported once."""
    with forkserver() as running:
        yield running


def killed_and_finished(drawn: Path, folder: Path, forks: Forks, point: Point, scripted: BatchScript) -> int:
    """Every run is killed at this point of its own until one gets past it; then runs to the end. How many were killed."""
    kills = runs = 0
    with MessagesServer(key=KEY, batches=scripted) as server:
        workspace = configured(copy_of(drawn, folder), server, batch=True)
        seen: set[str] = set()
        while runs < MOST_RUNS and (runs == 0 or len(llm_grades(workspace)) < 3 * CALLS):
            runs += 1
            death = forks.grade(workspace, point) if kills < 3 else forks.grade(workspace)
            kills += death.killed
            grades = {grade.canonical() for grade in llm_grades(workspace)}
            assert seen <= grades, "a grade that was kept is lost"
            seen = grades
        finished(workspace, server)
    return kills


def finished(workspace: Path, server: MessagesServer) -> None:
    """Every request ended; what was billed and is not in the ledger was live, in flight at a kill, and is listed."""
    assert all(events[-1].state == "graded" for events in states(workspace))
    batched = Counter(one.call for one in server.batches.requests if one.fate == "succeeded")
    assert not [call for call, count in batched.items() if count > 1], "no batched request was paid for twice"
    live = Counter(request.call for request in server.asked)
    twice = sum(((live + batched) - Counter(list(live | batched))).values())
    assert twice <= resent(workspace), "what may have been paid for twice is listed"
    unkept = server.bill_usd - ledger_cost(workspace)
    most = max(float(request.usd) for request in server.asked)
    assert -1e-9 <= unkept <= resent(workspace) * most + 1e-9


def at_points(drawn: Path, tmp_path: Path, forks: Forks, numbers: range, fate: str | None = None) -> int:
    """Before and after each of these transactions of a run; how many kills. Three batched requests come to `fate` once."""
    kills = 0
    for number in numbers:
        for where in ("before", "after"):
            script = BatchScript(polls=1, fates=dict.fromkeys((1, 10, 19), fate) if fate else {})
            kills += killed_and_finished(drawn, tmp_path / f"{where}-{number}", forks, (where, number), script)
    return kills


def test_killed_at_commit_points_of_a_batch(drawn: Path, tmp_path: Path, forks: Forks) -> None:
    """Around the live request, the handing over and the reading: the 4th to the 6th transaction of a run."""
    assert at_points(drawn, tmp_path, forks, range(4, 7)) >= 6, "hardly a run was killed: the test has lost its power"


@pytest.mark.long
@pytest.mark.parametrize("fate", [None, "expired", "errored", "canceled"])
def test_killed_at_every_commit_point_of_a_batch(drawn: Path, tmp_path: Path, forks: Forks, fate: str | None) -> None:
    """Before and after every transaction of a run: no run of these has more than eleven."""
    assert at_points(drawn, tmp_path, forks, range(1, 12), fate) >= 22
