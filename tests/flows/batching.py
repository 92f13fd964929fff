"""`grade --batch` on drawn workspaces, in this process and with a patience for tests; what the ledger says of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from evalharness.flows.batch import Patience
from evalharness.flows.grade import grade_week, week_work
from evalharness.flows.llm_consent import acknowledge
from evalharness.flows.llm_work import Wish
from evalharness.flows.opened import opened, utc_now
from evalharness.grade.llm.outcome import Outcome
from evalharness.store.ledger import Ledger
from evalharness.store.llm import LlmEvent, llm_calls, llm_events
from evalharness.workspace.folder import Workspace
from tests.flows.judging import KEY, NOW, QUICK, WEEK, configure, drawn_workspace
from tests.flows.workspaces import copy_of
from tests.servers.batch_script import BatchScript
from tests.servers.messages_server import MessagesServer, Script

CALLS = 20
AT_ONCE = Patience(first_s=0.001, longest_s=0.002, most_s=0.0, grace_s=0.0)
"""One round: looks once and returns."""
WAITING = Patience(first_s=0.001, longest_s=0.01, most_s=5.0, grace_s=0.0)
"""Waits for what ends soon."""
Started = Callable[..., tuple[Path, MessagesServer]]


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """20 drawn calls."""
    return drawn_workspace(tmp_path_factory.mktemp("drawn") / "workspace")


@pytest.fixture
def start(drawn: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Started]:
    """A copy of the workspace with the LLM on, and a server with batches; three questions a call, no probes."""
    servers: list[MessagesServer] = []
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)

    def started(batches: BatchScript | None = None, script: Script | None = None, **llm: object) -> tuple[Path, MessagesServer]:
        server = MessagesServer(script=script, key=KEY, batches=batches)
        servers.append(server.__enter__())
        copy = copy_of(drawn, tmp_path / f"workspace-{len(servers)}")
        return configured(copy, server, **llm), server

    yield started
    for server in servers:
        server.__exit__(None, None, None)


def configured(workspace: Path, server: MessagesServer, **llm: object) -> Path:
    """The LLM switched on at this server."""
    asked = {"criteria": "[correctness, human_needed, unsafe_speech]", "gold": 0, **llm}
    settings = configure(workspace, server.base_url, **asked) / "evalharness.yaml"
    settings.write_text(settings.read_text().replace('"[', "[").replace(']"', "]").replace('"{', "{").replace('}"', "}"))
    return workspace


def grade(
    workspace: Path, patience: Patience = AT_ONCE, *, batch: bool = True, max_cost: float | None = None, week: str = WEEK
) -> Outcome:
    """One run in this process, agreed to by Anna."""
    with opened(Workspace.at(workspace), write=True) as house:
        work = week_work(house, week, Wish(max_cost, batch=batch))
        for judge in work.judges:
            acknowledge(house, judge, "Anna Keller", NOW)
        if not work.left:
            return Outcome(total=0)
        return grade_week(house, work, utc_now, lambda _outcome: None, QUICK, patience)


def states(workspace: Path, week: str = WEEK) -> list[list[LlmEvent]]:
    """The states of every request of the week."""
    with Ledger.open(workspace / "ledger.db") as ledger:
        rows = llm_calls(ledger, week)
        events = llm_events(ledger, rows)
        assert ledger.verify() == []
        return [list(events[row.id]) for row in rows]


def ledger_cost(workspace: Path, week: str = WEEK) -> float:
    """The ledger's cost of all replies."""
    return sum(event.cost_usd or 0.0 for events in states(workspace, week) for event in events if event.state == "received")


def resent(workspace: Path) -> int:
    """Requests that were sent again though an earlier one may have been billed."""
    return sum("resent" in event.details for events in states(workspace) for event in events)
