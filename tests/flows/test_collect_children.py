"""`collect` of a large file whose processes are killed from outside: an error in words, nothing taken in, nobody left behind."""

import json
import subprocess
import time
from contextlib import suppress
from os import kill
from pathlib import Path
from signal import SIGKILL

import pytest

from evalharness.collect.workers import processes
from evalharness.flows.side_by_side import WORTH_BYTES
from tests.collect.files import a_row, a_turn_row
from tests.flows.test_collect_kills import calls_in, made
from tests.flows.workspaces import command


def started(tmp_path: Path) -> tuple[Path, "subprocess.Popen[str]", list[int]]:
    """A workspace, the command that collects into it, and the processes that read for it."""
    if processes() < 2 or not Path("/proc/self/task").is_dir():
        pytest.skip("one core, or a system that does not list the children of a process")
    workspace = made(tmp_path / "workspace")
    row = json.dumps(a_row(id="#", turns=[a_turn_row(text="Hello there. " * 20)] * 20))
    with (tmp_path / "many.jsonl").open("w") as file:
        for at in range(WORTH_BYTES // len(row) + 100):
            file.write(row.replace('"#"', f'"m{at}"') + "\n")
    line = command("collect", str(tmp_path / "many.jsonl"), "--workspace", workspace)
    parent = subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    children: list[int] = []
    listed = Path(f"/proc/{parent.pid}/task/{parent.pid}/children")
    while len(children) < 2 and parent.poll() is None:
        children = [int(one) for one in listed.read_text().split()]
        time.sleep(0.01)
    return workspace, parent, children


def end(children: list[int]) -> bool:
    """Whether all of them have ended within 20 seconds."""
    until = time.monotonic() + 20
    while any(map(runs, children)) and time.monotonic() < until:
        time.sleep(0.02)
    return not any(map(runs, children))


def runs(process: int) -> bool:
    with suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def test_a_killed_child_is_said_and_nothing_is_taken_in(tmp_path):
    """The other one is ended too, and the log is as empty as before."""
    workspace, parent, children = started(tmp_path)
    kill(children[0], SIGKILL)
    said = parent.communicate(timeout=120)[1]
    assert parent.returncode not in (0, 5)
    assert "was ended from outside" in said
    assert "Traceback" not in said
    assert end(children)
    assert calls_in(workspace) == []


def test_children_end_with_a_killed_parent(tmp_path):
    """They wait for tasks that nobody will give them."""
    workspace, parent, children = started(tmp_path)
    parent.kill()
    parent.communicate(timeout=120)
    assert len(children) >= 2
    assert end(children)
    assert calls_in(workspace) == []
