"""SIGKILL of `grade`: no acknowledged grade is lost; repeats are at most what was in flight, and each of them is listed."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from evalharness.flows.llm_status import status
from evalharness.flows.opened import opened
from evalharness.workspace.folder import Workspace
from tests.acceptance.llm_week import CRITERIA, plain
from tests.flows.judging import KEY, WEEK, drawn_workspace, history, llm_grades, received, run_grade
from tests.flows.killing import Forks, Point, forkserver
from tests.flows.workspaces import command, copy_of
from tests.servers.process import ServerProcess, server_process

CONCURRENCY = 4


@dataclass
class Watched:
    """A workspace whose `grade` is killed again and again; `first`: the server's requests before it. Tells what it saw."""

    workspace: Path
    server: ServerProcess
    first: int = 0
    kills: int = 0
    doubts: int = 0
    seen: set[str] = field(default_factory=set)

    def check(self, said: int, concurrency: int = CONCURRENCY) -> None:
        """After a run: what was told as graded, now and before, is in the ledger; in doubt is at most what was in flight."""
        grades = {grade.canonical() for grade in llm_grades(self.workspace)}
        assert self.seen <= grades
        calls = len({grade.identity for grade in llm_grades(self.workspace)})
        assert calls - len({json.loads(text)["call_id"] for text in self.seen}) >= said
        self.seen = grades
        doubts = [name for name, events in history(self.workspace).items() if events and events[-1].state == "sent"]
        assert len(doubts) <= concurrency
        assert set(doubts) <= set(self._status().in_doubt), "each is listed before it is sent again"
        self.doubts += len(doubts)

    def finished(self) -> None:
        """After the last run our ledger and the server's bill are compared request by request."""
        events = history(self.workspace)
        assert all(states[-1].state == "graded" for states in events.values())
        bill = self.server.bill()["entries"][self.first :]
        ours = {event.details["request_id"]: Decimal(str(event.cost_usd)) for event in received(self.workspace)}
        theirs = {f"req_{entry['number']:08d}": entry for entry in bill}
        assert set(ours) <= set(theirs)
        for name, usd in ours.items():
            assert usd == pytest.approx(Decimal(theirs[name]["usd"]), abs=Decimal("1e-12"))
        unkept = [entry for name, entry in theirs.items() if name not in ours and entry["billed"]]
        assert len(unkept) <= self.doubts, "only what was in flight at a kill was paid without being kept"
        resent = {name: sum(len(e.details.get("resent", ())) > 0 for e in states) for name, states in events.items()}
        repeats = Counter(entry["call"] for entry in bill)
        assert sum(repeats.values()) - len(repeats) <= sum(resent.values()), "every repeated request is listed"
        listed = " ".join(self._status().resent)
        assert all(name in listed for name, count in resent.items() if count)

    def _status(self) -> Any:
        with opened(Workspace.at(self.workspace)) as house:
            return status(house, WEEK)

    def asked(self) -> int:
        """The requests so far."""
        return int(self.server.bill()["requests"])

    def values(self) -> set[tuple[object, ...]]:
        """What the judge said, without when and for how much."""
        return {
            (g.call_id, g.criterion, g.turn, g.state, getattr(g, "value", None), g.evidence) for g in llm_grades(self.workspace)
        }


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """20 drawn calls, the LLM off."""
    return drawn_workspace(tmp_path_factory.mktemp("drawn") / "workspace")


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    """Processes to kill."""
    with forkserver() as running:
        yield running


def watched(origin: Path, to: Path, server: ServerProcess, concurrency: int) -> Watched:
    """A fresh copy before this server."""
    workspace = plain(copy_of(origin, to), server.base_url, criteria=CRITERIA, concurrency=concurrency)
    return Watched(workspace, server, len(server.bill()["entries"]))


def at_points(drawn: Path, tmp_path: Path, forks: Forks, points: Iterable[Point]) -> int:
    """One workspace a point: killed there, finished by the next run, compared with a run nobody killed; how many died before
    a point came that the run does not have."""
    deaths = 0
    with server_process(tmp_path, key=KEY) as server:
        unkilled = watched(drawn, tmp_path / "unkilled", server, 1)
        assert not forks.grade(unkilled.workspace).killed
        unkilled.check(20)
        unkilled.finished()
        for number, point in enumerate(points):
            one = watched(drawn, tmp_path / f"point-{number}", server, 1)
            death = forks.grade(one.workspace, point)
            if not death.killed:
                break
            deaths += 1
            one.check(death.said, concurrency=1)
            assert not forks.grade(one.workspace).killed
            one.check(0)
            one.finished()
            assert one.values() == unkilled.values(), point
            shutil.rmtree(one.workspace)
    return deaths


def test_killed_at_commit_points(drawn: Path, tmp_path: Path, forks: Forks) -> None:
    """Before and after each of the first eleven commits: agreement, plan, and three states of three calls."""
    points: list[Point] = [(where, number) for number in range(1, 12) for where in ("before", "after")]
    assert at_points(drawn, tmp_path, forks, points) == 22


@pytest.mark.long
def test_killed_at_every_commit_point(drawn: Path, tmp_path: Path, forks: Forks) -> None:
    """All of a run of 20 calls, each before and after it: agreement, plan, and two or three commits a call, for what ends and
    what begins at the same moment is committed together."""
    points: list[Point] = [(where, number) for number in range(1, 100) for where in ("before", "after")]
    assert 2 * (2 + 2 * 20) <= at_points(drawn, tmp_path, forks, points) <= 2 * (2 + 3 * 20)


def at_moments(drawn: Path, tmp_path: Path, forks: Forks, wanted: int, seed: int) -> None:
    """Kills at random moments, several to a workspace, until there were so many."""
    moments, kills, turn, doubts = random.Random(seed), 0, 0, 0
    with server_process(tmp_path, "--latency", "0.05", key=KEY) as server:
        while kills < wanted:
            turn += 1
            one = watched(drawn, tmp_path / f"turn-{turn}", server, CONCURRENCY)
            while kills + one.kills < wanted:
                death = forks.grade(one.workspace, ("seconds", moments.uniform(0, 0.4)))
                one.check(death.said)
                if not death.killed:
                    break
                one.kills += 1
            assert not forks.grade(one.workspace).killed
            one.check(0)
            one.finished()
            kills, doubts = kills + one.kills, doubts + one.doubts
            shutil.rmtree(one.workspace)
    assert doubts >= wanted / 3, "hardly a kill met a request in flight: the test has lost its power"


def test_killed_at_random_moments(drawn: Path, tmp_path: Path, forks: Forks) -> None:
    """Fifteen of the hundred."""
    at_moments(drawn, tmp_path, forks, 15, seed=int(os.environ.get("KILL_SEED", "5")))


@pytest.mark.long
def test_a_hundred_random_moments(drawn: Path, tmp_path: Path, forks: Forks) -> None:
    """0 acknowledged grades lost, every request explained."""
    at_moments(drawn, tmp_path, forks, 100, seed=23)


def by_the_script(drawn: Path, tmp_path: Path, wanted: int, seed: int) -> None:
    """Kills of `evalharness grade` itself, a random while after its first new request."""
    moments = random.Random(seed)
    with server_process(tmp_path, "--latency", "0.08", key=KEY) as server:
        one = watched(drawn, tmp_path / "ws-0", server, 2)
        for number in range(1, wanted + 1):
            if not _killed(one, moments):
                one.finished()
                one = watched(drawn, tmp_path / f"ws-{number}", server, 2)
        done = run_grade(one.workspace, "--yes")
        assert done.returncode == 0, done.stdout + done.stderr
        one.check(0)
        one.finished()
        listed = run_grade(one.workspace, "--status").stdout
        assert all(name in listed for name in one._status().resent)


def _killed(one: Watched, moments: random.Random) -> bool:
    """Whether the run was still under way when it was killed."""
    line = command("grade", "--workspace", one.workspace, "--week", WEEK, "--yes")
    environment = {**os.environ, "ANTHROPIC_API_KEY": KEY}
    start = one.asked()
    process = subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment)
    while process.poll() is None and one.asked() == start:
        time.sleep(0.002)
    time.sleep(moments.uniform(0, 0.25))
    process.send_signal(signal.SIGKILL)
    _, said = process.communicate()
    one.check(max((int(number) for number in re.findall(r"graded (\d+) of", said)), default=0))
    return process.returncode == -signal.SIGKILL


def test_the_script_is_killed(drawn: Path, tmp_path: Path) -> None:
    """Three of the ten."""
    by_the_script(drawn, tmp_path, 3, seed=7)


@pytest.mark.long
def test_the_script_is_killed_ten_times(drawn: Path, tmp_path: Path) -> None:
    """The same, ten times."""
    by_the_script(drawn, tmp_path, 10, seed=11)
