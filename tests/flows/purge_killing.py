"""`purge` in forked processes that end, without a word, at the nth thing that reaches the disk.

with forkserver() as die:
    die(workspace, 7)     the 7th rename, deletion, commit or emptying of the ledger's log, counted before and after each
    die(workspace, 0)     to its end; how many there were
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.servers.process import ROOT

Die = Callable[[Path, int], tuple[int, int]]
KILLED = 9


@contextmanager
def forkserver() -> Iterator[Die]:
    """A function of workspace and point that gives the exit code and the points passed."""
    line = [sys.executable, "-m", "tests.flows.purge_killing"]
    with subprocess.Popen(line, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        asked, told = process.stdin, process.stdout

        def die(workspace: Path, point: int) -> tuple[int, int]:
            asked.write(json.dumps([str(workspace), point]) + "\n")
            asked.flush()
            code, points = json.loads(told.readline())
            return code, points

        yield die
        asked.close()


def main() -> None:
    """Forks a run for every line that comes."""
    import ibis
    import pyarrow.parquet

    assert ibis
    assert pyarrow.parquet
    for line in sys.stdin:
        workspace, point = json.loads(line)
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os._exit(_run(Path(workspace), point, writing))
        os.close(writing)
        with os.fdopen(reading, "rb") as told:
            points = len(told.read())
        _, status = os.waitpid(child, 0)
        print(json.dumps([os.waitstatus_to_exitcode(status), points]), flush=True)


def _run(workspace: Path, point: int, told: int) -> int:
    import traceback

    from evalharness.flows.purge import finish, purge, settle, unfinished
    from evalharness.flows.purge_callers import due_for_caller
    from tests.flows.purging import GONE, LATER, the_house

    try:
        with the_house(workspace) as house:
            _count(point, told)
            if unfinished(house) is not None:
                finish(house, LATER)
            elif house.calls.of_callers([_key(house)]):
                purge(house, due_for_caller(house, GONE), LATER)
            else:
                settle(house)
    except BaseException:  # noqa: BLE001 - a forked test process must not go on as its parent
        traceback.print_exc()
        return 1
    return 0


def _key(house: Any) -> str:
    from evalharness.collect.privacy.redact import Redactor
    from tests.flows.purging import GONE

    return str(Redactor(house.workspace.key, frozenset()).caller_key(GONE))


def _count(point: int, told: int) -> None:
    from evalharness.store.ledger import Ledger

    passed = iter(range(1, 10**9))

    def here() -> None:
        os.write(told, b".")
        if next(passed) == point:
            os._exit(KILLED)

    def around(whole: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*given: Any, **named: Any) -> Any:
            here()
            found = whole(*given, **named)
            here()
            return found

        return counted

    whole = Ledger.transaction

    @contextmanager
    def transaction(self: Ledger) -> Iterator[Any]:
        with whole(self) as tx:
            yield tx
            here()
        here()

    Ledger.transaction = transaction  # type: ignore[method-assign]
    Ledger.shrink = around(Ledger.shrink)  # type: ignore[method-assign]
    Path.replace = around(Path.replace)  # type: ignore[method-assign]
    Path.unlink = around(Path.unlink)  # type: ignore[method-assign]


if __name__ == "__main__":
    main()
