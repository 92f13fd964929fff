"""SIGKILL of `grade` at random moments: no acknowledged grade is lost, repeats are at most what was in flight, each is listed."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import time
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.flows.judging import KEY, WEEK, configure, drawn_workspace, history, llm_grades, received, run_grade
from tests.flows.workspaces import command, copy_of
from tests.servers.process import ServerProcess, server_process

CONCURRENCY = 4


class Killed:
    """A workspace whose `grade` is killed again and again against one server that keeps its own bill."""

    def __init__(self, workspace: Path, server: ServerProcess, moments: random.Random) -> None:
        self.workspace, self.server, self.moments = workspace, server, moments
        self.kills = 0
        self.doubts = 0

    def kill_once(self) -> bool:
        """Starts `grade`, kills it a random while after its first new request; whether it was still running."""
        before, start = {grade.canonical() for grade in llm_grades(self.workspace)}, self._asked()
        line = command("grade", "--workspace", self.workspace, "--week", WEEK, "--yes")
        environment = {**os.environ, "ANTHROPIC_API_KEY": KEY}
        process = subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment)
        while process.poll() is None and self._asked() == start:
            time.sleep(0.002)
        time.sleep(self.moments.uniform(0, 0.25))
        process.send_signal(signal.SIGKILL)
        _, said = process.communicate()
        self._check(before, said)
        killed = process.returncode == -signal.SIGKILL
        self.kills += killed
        return killed

    def _check(self, before: set[str], said: str) -> None:
        """What was shown as graded, now and before, is in the ledger; in doubt is at most what could be in flight."""
        grades = {grade.canonical() for grade in llm_grades(self.workspace)}
        assert before <= grades
        shown = [int(number) for number in re.findall(r"graded (\d+) of", said)]
        calls = len({grade.identity for grade in llm_grades(self.workspace)})
        assert calls - len({json.loads(text)["call_id"] for text in before}) >= max(shown, default=0)
        doubts = [name for name, events in history(self.workspace).items() if events and events[-1].state == "sent"]
        assert len(doubts) <= CONCURRENCY
        self.doubts += len(doubts)

    def _asked(self) -> int:
        return int(self.server.bill()["requests"])

    def finish(self) -> None:
        """The last run ends it; then our ledger and the server's bill are compared request by request."""
        done = run_grade(self.workspace)
        assert done.returncode == 0, done.stdout + done.stderr
        events = history(self.workspace)
        assert all(states[-1].state == "graded" for states in events.values())
        self._compare(self.server.bill(), events)

    def _compare(self, bill: dict[str, Any], events: dict[str, list[Any]]) -> None:
        ours = {event.details["request_id"]: Decimal(str(event.cost_usd)) for event in received(self.workspace)}
        theirs = {f"req_{entry['number']:08d}": entry for entry in bill["entries"]}
        assert set(ours) <= set(theirs)
        for name, usd in ours.items():
            assert usd == pytest.approx(Decimal(theirs[name]["usd"]), abs=Decimal("1e-12"))
        unkept = [entry for name, entry in theirs.items() if name not in ours]
        assert float(sum(ours.values())) + sum(float(entry["usd"]) for entry in unkept) == pytest.approx(
            float(bill["bill_usd"]), abs=1e-9
        )
        resent = {name: sum(len(e.details.get("resent", ())) > 0 for e in states) for name, states in events.items()}
        repeats = Counter(entry["call"] for entry in bill["entries"])
        assert sum(repeats.values()) - len(repeats) <= sum(resent.values()), "every repeated request is listed"
        assert len(unkept) <= self.doubts, "only what was in flight at a kill was paid without being kept"
        listed = run_grade(self.workspace, "--status").stdout
        assert all(name in listed for name, count in resent.items() if count)


def kills(tmp_path: Path, wanted: int, seed: int) -> None:
    """Kills until there were so many, over as many workspaces as that takes; each is finished and compared."""
    moments, done, turn, doubts = random.Random(seed), 0, 0, 0
    origin = drawn_workspace(tmp_path / "origin", 50)
    while done < wanted:
        turn += 1
        folder = tmp_path / f"turn-{turn}"
        folder.mkdir()
        with server_process(folder, "--latency", "0.08", key=KEY) as server:
            workspace = copy_of(origin, folder / "workspace")
            configure(workspace, server.base_url, concurrency=CONCURRENCY)
            one = Killed(workspace, server, moments)
            while done + one.kills < wanted and one.kill_once():
                pass
            one.finish()
            done += one.kills
            doubts += one.doubts
    assert doubts >= wanted / 2, "hardly a kill met a request in flight: the test has lost its power"


def test_a_killed_run_is_finished_by_the_next_one(tmp_path: Path) -> None:
    """Eight kills at seeded random moments; the thirty of the long suite differ only in number."""
    kills(tmp_path, 8, seed=int(os.environ.get("KILL_SEED", "5")))


@pytest.mark.long
def test_thirty_kills(tmp_path: Path) -> None:
    """SIGKILL at 30 random moments of `grade`: 0 acknowledged grades lost."""
    kills(tmp_path, 30, seed=23)
