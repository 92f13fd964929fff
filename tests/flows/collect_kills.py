"""`collect` of the configured sources in forked processes that die where a test says; everything is imported once.

with forkserver() as collect:
    collect(workspace, 7)      SIGKILL before the 7th step that the disk sees; True where it came to that
    collect(workspace)         to its end; how many steps it took is in `steps`
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
    import pyarrow.json
    import pyarrow.parquet

    import evalharness.flows.collect
    import evalharness.store.duck

    assert evalharness.flows.collect and evalharness.store.duck and pyarrow.json and pyarrow.parquet  # noqa: PT018
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
        steps = _counted(step)
        with opened(Workspace.at(workspace), write=True) as house:
            assert not collect_configured(house, AT)[1]
        (workspace / STEPS).write_text(str(len(steps)))
    except BaseException:  # noqa: BLE001 - a forked test process must not go on as its parent
        traceback.print_exc()
        return 1
    return 0


def _counted(last: int) -> list[str]:
    """Counts what the disk sees: syncs, renames, commits; dies before the step `last`, and after a commit that is a step too."""
    from evalharness.store.ledger import Ledger

    steps: list[str] = []

    def step(name: str) -> None:
        steps.append(name)
        if len(steps) == last:
            os.kill(os.getpid(), signal.SIGKILL)

    sync, replace, whole = os.fsync, Path.replace, Ledger.transaction

    def fsync(descriptor: Any) -> None:
        step("sync")
        sync(descriptor)

    def renamed(self: Path, target: Any) -> Path:
        step("rename")
        return replace(self, target)

    @contextmanager
    def transaction(self: Ledger) -> Iterator[Any]:
        with whole(self) as tx:
            yield tx
            step("commit")
        step("committed")

    os.fsync, Path.replace, Ledger.transaction = fsync, renamed, transaction  # type: ignore[method-assign,assignment]
    return steps


if __name__ == "__main__":
    main()
