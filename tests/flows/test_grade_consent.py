"""`grade` as a process: off is off, a key is no consent, the key and the calls stand nowhere they should not."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flows.judging import KEY, WEEK, configure, drawn_workspace, history, run_grade, told
from tests.flows.workspaces import command, copy_of
from tests.servers.messages_server import MessagesServer, Script

CALLS = 20
SPOKEN = "appointment"


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """20 drawn calls; the LLM is off."""
    return drawn_workspace(tmp_path_factory.mktemp("drawn") / "workspace")


@pytest.fixture
def server() -> Iterator[MessagesServer]:
    """An honest one."""
    with MessagesServer(key=KEY) as started:
        yield started


def test_a_key_without_the_switch_sends_nothing(drawn: Path, tmp_path: Path, server: MessagesServer) -> None:
    """enabled: false, a key, an address, even --yes: every form of the command and `week` leave the server at 0 requests."""
    workspace = configure(copy_of(drawn, tmp_path / "ws"), server.base_url, enabled=False)
    for words in ([], ["--yes"], ["--estimate"], ["--status"], ["--max-cost", "1"]):
        done = run_grade(workspace, *words)
        assert "Traceback" not in done.stderr
        if words in ([], ["--yes"]):
            assert done.returncode == 1
            assert "LLM grading is off" in done.stderr
            assert "enabled: true" in done.stderr
    environment = {**os.environ, "ANTHROPIC_API_KEY": KEY}
    subprocess.run(command("week", "--workspace", workspace), env=environment, capture_output=True, check=False, timeout=180)
    assert server.requests == []
    assert told(workspace) == {}


def test_unattended_it_says_what_to_type(drawn: Path, tmp_path: Path, server: MessagesServer) -> None:
    """Switched on, but nobody agreed and nobody is there to ask: exit 1, the plan, the command; 0 requests."""
    workspace = configure(copy_of(drawn, tmp_path / "ws"), server.base_url)
    done = run_grade(workspace)
    assert done.returncode == 1
    assert server.base_url in done.stderr
    assert "claude-haiku-5-5" in done.stderr
    assert "account, card, dob, email, phone, ssn" in done.stderr
    assert re.search(r"about \$0\.0\d+", done.stderr)
    assert f"evalharness grade --week {WEEK}" in done.stderr
    assert server.requests == []
    assert run_grade(workspace, key=None).returncode == 1
    assert "ANTHROPIC_API_KEY is not set" in run_grade(workspace, key=None).stderr


def test_a_persons_yes_on_the_command_line(drawn: Path, tmp_path: Path, server: MessagesServer) -> None:
    """--yes is kept with the name; from then on the same command asks nothing. The key stands in no file and no output."""
    workspace = configure(copy_of(drawn, tmp_path / "ws"), server.base_url)
    done = run_grade(workspace, "--yes", "--person", "Anna Keller")
    assert done.returncode == 0, done.stderr
    assert f"this run: {CALLS} requests graded" in done.stdout
    assert re.search(r"20 of 20 requests, \$0\.\d+ spent", done.stderr)
    assert len(server.asked) == CALLS
    again, status, plan = run_grade(workspace), run_grade(workspace, "--status"), run_grade(workspace, "--estimate")
    assert (again.returncode, status.returncode, plan.returncode) == (0, 0, 0)
    assert "nothing to send" in again.stdout
    assert f"{float(server.bill_usd):.6f}" in status.stdout
    assert re.search(r"agreed +Anna Keller", plan.stdout)
    assert len(server.asked) == CALLS
    for text in (done, again, status, plan):
        assert KEY not in text.stdout + text.stderr
        assert SPOKEN not in (text.stdout + text.stderr).replace("Books appointments", "")
    assert [str(path) for path in workspace.rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()] == []


def test_a_refused_key_is_said_once_and_shown_never(drawn: Path, tmp_path: Path) -> None:
    """The server does not take it: exit 5, one line why, no traceback, no key."""
    with MessagesServer(key="another") as server:
        workspace = configure(copy_of(drawn, tmp_path / "ws"), server.base_url, concurrency=1)
        done = run_grade(workspace, "--yes")
    assert done.returncode == 5
    assert f"the key is not accepted by {server.base_url}" in done.stdout
    assert "is in the environment variable ANTHROPIC_API_KEY: check it" in done.stdout
    assert re.search(r"the week   0 grades by the LLM, .*; (\d+) without a value \(\1 api\)", done.stdout)
    assert KEY not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_what_is_ungraded_is_an_exit_code(drawn: Path, tmp_path: Path) -> None:
    """A judge that refuses everything: exit 5, counted by reason, also as JSON."""
    with MessagesServer(script=Script(always="refusal"), key=KEY) as server:
        workspace = configure(copy_of(drawn, tmp_path / "ws"), server.base_url)
        done = run_grade(workspace, "--yes", "--json")
    assert done.returncode == 5
    found = json.loads(done.stdout)
    assert (found["states"], found["ungraded"]) == ({"refused": CALLS}, {"refused": 12 * CALLS})


def test_a_terminal_is_asked(drawn: Path, tmp_path: Path, server: MessagesServer) -> None:
    """No: nothing leaves and nothing is kept. Yes: it goes on."""
    workspace = configure(copy_of(drawn, tmp_path / "ws"), server.base_url)
    assert _at_a_terminal(workspace, b"n\n") == 1
    assert server.requests == []
    assert _at_a_terminal(workspace, b"y\n") == 0
    assert len(server.asked) == CALLS


def _at_a_terminal(workspace: Path, typed: bytes) -> int:
    ours, theirs = pty.openpty()
    line = command("grade", "--workspace", workspace, "--week", WEEK)
    environment = {**os.environ, "ANTHROPIC_API_KEY": KEY}
    with subprocess.Popen(line, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as process:
        os.write(ours, typed)
        process.communicate(timeout=120)
    os.close(ours)
    os.close(theirs)
    return process.returncode


def test_ctrl_c_drains(drawn: Path, tmp_path: Path) -> None:
    """SIGINT in the middle: exit 130, what was in flight is kept, nothing is in doubt, the next run pays only for the rest."""
    with MessagesServer(key=KEY, latency_s=0.3) as server:
        workspace = configure(copy_of(drawn, tmp_path / "ws"), server.base_url, concurrency=2)
        line = command("grade", "--workspace", workspace, "--week", WEEK, "--yes")
        environment = {**os.environ, "ANTHROPIC_API_KEY": KEY}
        with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, text=True) as process:
            _until(lambda: len(server.asked) >= 4)
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=60)
        assert process.returncode == 130, out + err
        assert "interrupted" in out
        sent = len(server.asked)
        assert sent < CALLS
        states = [events[-1].state for events in history(workspace).values() if events]
        assert states == ["graded"] * sent
        assert run_grade(workspace).returncode == 0
        assert len(server.asked) == CALLS


def _until(holds: object) -> None:
    deadline = time.monotonic() + 60
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.01)
