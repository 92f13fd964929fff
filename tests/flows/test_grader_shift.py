"""A judge that changed is told from an agent that changed: through the real commands, with a scripted server."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from evalharness.flows.collect import collect_configured
from evalharness.flows.draw import draw
from evalharness.flows.opened import opened
from evalharness.workspace.folder import Workspace
from tests.flows.bridging import NOW, Value, grade_all, usual
from tests.flows.judging import KEY, WEEK, configure
from tests.flows.workspaces import command, copy_of, make_workspace
from tests.servers.messages_server import MessagesServer, Script

OLD = ("2026-W42", "2026-W43")
ASKED = ["correctness", "tone"]


def fewer(_person: str, criterion: str, position: int) -> int | str:
    """The agent got worse: two of three calls are not resolved, and not right."""
    if position % 3:
        return {"outcome": "unresolved", "correctness": 2}.get(criterion, usual(_person, criterion, position))
    return usual(_person, criterion, position)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two weeks that Anna graded, each call 4, and a third, four weeks later, that nobody has graded yet."""
    root = make_workspace(tmp_path_factory.mktemp("shift") / "workspace", (*OLD, WEEK))
    with opened(Workspace.at(root), write=True) as house:
        collect_configured(house, NOW)
        for week in (*OLD, WEEK):
            draw(house, week, NOW)
        for week in OLD:
            grade_all(house, week, usual)
    return root


@pytest.fixture
def server() -> Iterator[MessagesServer]:
    """A judge that gives 4 throughout, as Anna does."""
    with MessagesServer(key=KEY) as started:
        yield started


def typed(workspace: Path, *words: str) -> str:
    """What the command prints, in a process of its own."""
    line = [*command(*words), "--workspace", str(workspace)]
    done = subprocess.run(
        line, capture_output=True, text=True, timeout=300, env={**os.environ, "ANTHROPIC_API_KEY": KEY}, check=False
    )
    assert done.returncode == 0, done.stderr
    return " ".join(done.stdout.split())


def three_weeks(workspace: Path, first: str, then: str, people: Value) -> Path:
    """The old weeks judged at one address and the newest at another; people graded the newest as `people` says."""
    configure(workspace, first, criteria=ASKED)
    for week in OLD:
        typed(workspace, "grade", "--week", week, "--yes")
    configure(workspace, then, criteria=ASKED)
    with opened(Workspace.at(workspace), write=True) as house:
        grade_all(house, WEEK, people)
    typed(workspace, "grade", "--week", WEEK, "--yes")
    return workspace


def test_the_judge_changed_and_not_the_agent(drawn: Path, tmp_path: Path, server: MessagesServer) -> None:
    """People gave what they gave before; the judge gives 5 where it gave 4, also to the 70 gold calls: "grader changed"."""
    with MessagesServer(script=Script(score=5), key=KEY) as lenient:
        workspace = three_weeks(copy_of(drawn, tmp_path / "ws"), server.base_url, lenient.base_url, usual)
    said = typed(workspace, "trend")
    assert f"{WEEK}: Grader changed (" in said
    assert "70 newly wrong and 0 newly right of 70 gold calls" in said
    found = json.loads(typed(workspace, "trend", "--json"))
    assert [(one["verdict"], one["gold"], one["criteria"]) for one in found["moved"]["shifts"]] == [("changed", 70, ASKED)]
    people = ("resolution_rate", "share_4_5.correctness", "call_score", "clear_failure_rate")
    assert not [one for one in found["moved"]["movements"] if one["measure"] in people and one["clear"]]


def test_the_agent_changed_and_not_the_judge(drawn: Path, tmp_path: Path, server: MessagesServer) -> None:
    """Two of three calls are unresolved now; of 70 gold calls none is newly wrong: the judge answers as before."""
    workspace = three_weeks(copy_of(drawn, tmp_path / "ws"), server.base_url, server.base_url, fewer)
    said = typed(workspace, "trend")
    assert "rader changed" not in said
    assert f"{WEEK}: The judge answers gold calls as before" in said
    found = json.loads(typed(workspace, "trend", "--json"))["moved"]
    assert found["shifts"][0]["verdict"] == "steady"
    resolution = next(one for one in found["movements"] if one["measure"] == "resolution_rate")
    assert resolution["clear"]
    assert resolution["difference"]["value"] < -0.3
