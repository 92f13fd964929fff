"""`grade` stopped by a person, started twice, and kept waiting by a server: it ends when it should, and can go on."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.acceptance.llm_week import CRITERIA, plain
from tests.flows.judging import KEY, WEEK, drawn_workspace, grade, history, llm_grades, run_grade, told
from tests.flows.workspaces import command, copy_of
from tests.servers.messages_server import Fault, MessagesServer, Script

CALLS = 20


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """20 drawn calls; the LLM is off."""
    return drawn_workspace(tmp_path_factory.mktemp("drawn") / "workspace")


def started(workspace: Path) -> subprocess.Popen[str]:
    """`grade --yes` in a process of its own."""
    line = command("grade", "--workspace", workspace, "--week", WEEK, "--yes")
    environment = {**os.environ, "ANTHROPIC_API_KEY": KEY}
    return subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, text=True)


def until(holds: Callable[[], bool]) -> None:
    """Waits for it, a minute at most."""
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_asked_once_it_drains(drawn: Path, tmp_path: Path, number: signal.Signals) -> None:
    """SIGINT or SIGTERM: exit 130, every reply under way is kept, nothing is in doubt, the next run pays for the rest alone."""
    with MessagesServer(key=KEY, latency_s=0.4) as server:
        workspace = plain(copy_of(drawn, tmp_path / "ws"), server.base_url, criteria=CRITERIA, concurrency=3)
        with started(workspace) as process:
            until(lambda: len(server.asked) >= 5)
            process.send_signal(number)
            out, err = process.communicate(timeout=60)
        sent = len(server.asked)
        assert process.returncode == 130, out + err
        assert "Traceback" not in err
        assert Counter(events[-1].state for events in history(workspace).values() if events) == {"graded": sent}
        assert run_grade(workspace).returncode == 0
        assert len(server.asked) == CALLS


def test_asked_twice_it_ends_at_once(drawn: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Replies that would take half a minute are left: listed as in doubt, sent again by the next run and listed as that."""
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    slow = Script(faults=lambda number: Fault("slow", seconds=30) if number in (4, 5) else None)
    with MessagesServer(script=slow, key=KEY) as server:
        workspace = plain(copy_of(drawn, tmp_path / "ws"), server.base_url, criteria=CRITERIA, concurrency=2)
        with started(workspace) as process:
            until(lambda: len(server.asked) >= 5)
            process.send_signal(signal.SIGINT)
            time.sleep(0.3)
            asked = time.monotonic()
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=60)
        assert process.returncode == 130, out + err
        assert time.monotonic() - asked < 4, "the five seconds of draining were not waited for"
        doubts = [name for name, events in history(workspace).items() if events and events[-1].state == "sent"]
        assert len(doubts) == 2
        listed = run_grade(workspace, "--status").stdout
        assert all(f"in doubt   {name}" in listed for name in doubts)
        assert sorted(grade(workspace).resent) == sorted(doubts)
        assert len(server.asked) == CALLS + 2


def test_a_slow_reply_is_waited_for_five_seconds_and_no_longer(drawn: Path, tmp_path: Path) -> None:
    """One Ctrl-C before a reply that takes a minute: the run ends after the drain, resumable."""
    slow = Script(faults=lambda number: Fault("slow", seconds=60) if number == 3 else None)
    with MessagesServer(script=slow, key=KEY) as server:
        workspace = plain(copy_of(drawn, tmp_path / "ws"), server.base_url, criteria=CRITERIA, concurrency=1)
        with started(workspace) as process:
            until(lambda: len(server.asked) >= 3)
            asked = time.monotonic()
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=60)
        assert process.returncode == 130
        assert 4 < time.monotonic() - asked < 15
        assert run_grade(workspace).returncode == 0
        assert told(workspace)["value"] == 3 * CALLS


def test_two_processes_on_one_run(drawn: Path, tmp_path: Path) -> None:
    """Two races: one grades, the other says who holds the workspace; no call is asked twice."""
    with MessagesServer(key=KEY, latency_s=0.02) as server:
        for number in range(2):
            before = len(server.asked)
            workspace = plain(copy_of(drawn, tmp_path / str(number)), server.base_url, criteria=CRITERIA, concurrency=2)
            both = [started(workspace), started(workspace)]
            said = [one.communicate(timeout=120) for one in both]
            codes = sorted(one.returncode for one in both)
            assert codes in ([0, 0], [0, 1]), said
            if codes == [0, 1]:
                assert sum("held by" in err for _, err in said) == 1
            calls = Counter(request.call for request in server.asked[before:])
            assert (len(calls), set(calls.values())) == (CALLS, {1})
            assert len(llm_grades(workspace)) == 3 * CALLS


@pytest.mark.parametrize(("wait", "sent"), [(0.3, CALLS + 1), (3_600.0, CALLS)])
def test_a_server_that_asks_for_patience(
    drawn: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wait: float, sent: int
) -> None:
    """A short Retry-After is waited for; an hour is not: that call is left for another run, the others are graded."""
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    with MessagesServer(script=Script(faults={2: Fault("429", retry_after=wait)}), key=KEY) as server:
        workspace = plain(copy_of(drawn, tmp_path / "ws"), server.base_url, criteria=CRITERIA, concurrency=1)
        begun = time.monotonic()
        grade(workspace)
        assert len(server.asked) == sent
        assert time.monotonic() - begun >= (wait if wait < 1 else 0)
        assert told(workspace)["api"] == (0 if wait < 1 else 3)
        grade(workspace)
        assert len(server.asked) == CALLS + 1
        assert told(workspace)["value"] == 3 * CALLS
