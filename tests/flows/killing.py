"""`grade` in forked processes that die when and where a test says: everything is imported once, so a kill costs no start-up.

with forkserver() as forks:
    forks.grade(workspace, ("before", 7))     SIGKILL inside the 7th transaction of the ledger, before it is committed
    forks.grade(workspace, ("after", 7))      ... when it is committed and nobody has been told
    forks.grade(workspace, ("seconds", 0.1))  ... so many seconds after the plan is written
    forks.grade(workspace)                    to its end
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.flows.judging import KEY
from tests.servers.process import ROOT

Point = tuple[str, float]
NOWHERE: Point = ("nowhere", 0)
STARTED, SAID = b"s", b"."
SENDING = 2
"""The transaction from which seconds count: the requests are planned by then, or are being planned."""


@dataclass(frozen=True)
class Death:
    """How one run ended: killed or not, and how many calls it had said were graded."""

    killed: bool
    said: int


@dataclass(frozen=True)
class Forks:
    """The forking process."""

    process: subprocess.Popen[str]

    def grade(self, workspace: Path, point: Point = NOWHERE) -> Death:
        """One run in a process of its own. Raises AssertionError where it ends in an error instead of being killed."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps([str(workspace), *point]) + "\n")
        self.process.stdin.flush()
        code, said = json.loads(self.process.stdout.readline())
        assert code in (0, -signal.SIGKILL), code
        return Death(code != 0, said)


@contextmanager
def forkserver() -> Iterator[Forks]:
    """The process that forks, until the end of the block."""
    environment = {**os.environ, "ANTHROPIC_API_KEY": KEY}
    line = [sys.executable, "-m", "tests.flows.killing"]
    with subprocess.Popen(line, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment) as process:
        yield Forks(process)
        assert process.stdin is not None
        process.stdin.close()


def main() -> None:
    """Forks a run for every line that comes."""
    import anthropic.resources.messages

    assert anthropic
    for line in sys.stdin:
        workspace, where, number = json.loads(line)
        print(json.dumps(_run(Path(workspace), (where, number))), flush=True)


def _run(workspace: Path, point: Point) -> tuple[int, int]:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        os._exit(_child(workspace, point, writing))
    os.close(writing)
    with os.fdopen(reading, "rb", buffering=0) as told:
        if point[0] == "seconds" and told.read(1) == STARTED:
            time.sleep(point[1])
            os.kill(child, signal.SIGKILL)
        said = told.readall().count(SAID)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status), said


def _child(workspace: Path, point: Point, told: int) -> int:
    """A byte for every call that is said to be graded, and then the exit code; nothing of the parent's is cleaned up."""
    import traceback

    try:
        _die_at(point, told)
        _graded(workspace, told)
    except BaseException:  # noqa: BLE001 - a forked test process must not go on as its parent
        traceback.print_exc()
        return 1
    return 0


def _graded(workspace: Path, told: int) -> None:
    from evalharness.flows.batch import Patience
    from evalharness.flows.grade import grade_week, week_work
    from evalharness.flows.llm_consent import acknowledge, acknowledged
    from evalharness.flows.opened import opened, utc_now
    from evalharness.workspace.folder import Workspace
    from tests.flows.judging import NOW, QUICK, WEEK

    with opened(Workspace.at(workspace), write=True) as house:
        work = week_work(house, WEEK, masked=False)
        if acknowledged(house, work.brief.judge) is None:
            acknowledge(house, work.brief.judge, "Anna Keller", NOW)
        if work.left:
            patience = Patience(most_s=0.0, grace_s=0.0)
            tell = lambda _outcome: os.write(told, SAID)  # noqa: E731
            grade_week(house, work, utc_now, tell, QUICK, patience)  # type: ignore[arg-type]


def _die_at(point: Point, told: int) -> None:
    from evalharness.store.ledger import Ledger

    begun, whole = iter(range(1, 10**9)), Ledger.transaction

    @contextmanager
    def transaction(self: Ledger) -> Iterator[Any]:
        number = next(begun)
        if number == SENDING and point[0] == "seconds":
            os.write(told, STARTED)
        with whole(self) as tx:
            yield tx
            if point == ("before", number):
                os.kill(os.getpid(), signal.SIGKILL)
        if point == ("after", number):
            os.kill(os.getpid(), signal.SIGKILL)

    Ledger.transaction = transaction  # type: ignore[method-assign]


if __name__ == "__main__":
    main()
