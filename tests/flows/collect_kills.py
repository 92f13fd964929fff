"""`collect` of the configured sources in forked processes that die where a test says; everything is imported once.

with forkserver() as collect:
    collect(workspace, 7)      SIGKILL before the 7th step that the disk sees; True where it came to that
    collect(workspace)         to its end; the steps it took, in order, are the lines of `steps`
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.servers.process import ROOT

STEPS = "steps"
KINDS = ("open", "os.mkdir", "os.rename", "os.remove", "sync", "commit", "committed")
"""What the disk sees: a file is opened to be written, a folder is made, a file is renamed or deleted; it is synced; the ledger is
about to commit; it has."""
WRITING = os.O_WRONLY | os.O_RDWR
BATCH_BYTES = 2000


@contextmanager
def forkserver() -> Iterator[Callable[..., bool]]:
    """A function that collects in a process of its own, until the end of the block. Raises AssertionError on an error."""
    line = [sys.executable, "-m", "tests.flows.collect_kills"]
    with subprocess.Popen(line, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:

        def collect(workspace: Path, step: int = 0) -> bool:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(json.dumps([str(workspace), step]) + "\n")
            process.stdin.flush()
            code = int(process.stdout.readline())
            assert code in (0, -signal.SIGKILL), code
            return code != 0

        yield collect
        assert process.stdin is not None
        process.stdin.close()


def main() -> None:
    """Forks a run for every line that comes."""
    import duckdb
    import ibis
    import pyarrow.json
    import pyarrow.parquet

    import evalharness.flows.collect
    import evalharness.store.duck

    assert evalharness.flows.collect and evalharness.store.duck and pyarrow.json and pyarrow.parquet  # noqa: PT018
    assert duckdb and ibis.duckdb  # noqa: PT018
    for line in sys.stdin:
        workspace, step = json.loads(line)
        child = os.fork()
        if child == 0:
            os._exit(_child(Path(workspace), step))
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def _child(workspace: Path, step: int) -> int:
    import traceback

    from evalharness.collect import intake
    from evalharness.flows.collect import collect_configured
    from evalharness.flows.opened import opened
    from evalharness.workspace.folder import Workspace
    from tests.flows.test_collect import AT

    try:
        intake._BATCH_BYTES = BATCH_BYTES
        steps = _counted(workspace, step)
        with opened(Workspace.at(workspace), write=True) as house:
            assert not collect_configured(house, AT)[1]
        (workspace / STEPS).write_text("\n".join(tuple(steps)))  # as they were before this file, which is none
    except BaseException:  # noqa: BLE001 - a forked test process must not go on as its parent
        traceback.print_exc()
        return 1
    return 0


def _counted(workspace: Path, last: int) -> list[str]:
    """The steps (KINDS) as they are taken; dies before the step `last`. After a commit that is a step, too."""
    from evalharness.store.ledger import Ledger

    steps: list[str] = []

    def step(name: str) -> None:
        steps.append(name)
        if len(steps) == last:
            os.kill(os.getpid(), signal.SIGKILL)

    def seen(event: str, given: tuple[Any, ...]) -> None:
        if event not in KINDS or not str(given[0]).startswith(str(workspace)):
            return
        if not (event == "open" and not given[2] & WRITING) and not (event == "os.remove" and not os.path.lexists(given[0])):
            step(event)

    sync, writing = os.fsync, Ledger._writing

    def fsync(descriptor: Any) -> None:
        step("sync")
        sync(descriptor)

    @contextmanager
    def committing(self: Ledger) -> Iterator[Any]:
        with writing(self) as connection:
            yield connection
            step("commit")
        step("committed")

    os.fsync, Ledger._writing = fsync, committing  # type: ignore[method-assign,assignment]
    sys.addaudithook(seen)
    return steps


if __name__ == "__main__":
    main()
