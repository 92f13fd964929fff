"""A process that reports a week again and again in forked processes, each of which may be killed or find the disk full.

Everything is imported once, so that a trial costs the report alone. A line in: a JSON object with `root`, `week`, `limit` (bytes
a file may have, 0 = any) and `full_at` (the number of the file at whose writing the disk is full, 0 = none). A line out: the
process; then, when it has ended, its exit code (negative: the signal) and the error in words.
"""

from __future__ import annotations

import errno
import importlib
import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from evalharness.errors import EvalHarnessError
from evalharness.flows.opened import opened
from evalharness.flows.report import write_reports
from evalharness.flows.summary import week_summary
from evalharness.store import files
from evalharness.workspace.folder import Workspace
from tests.servers.process import ROOT

LOADED = ("ibis", "ibis.backends.duckdb", "openpyxl", "openpyxl.chart", "jinja2", "numpy", "scipy.special")
AT = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)


class Reporter:
    """The forking process as a test sees it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def begin(self, root: Path, week: str, limit: int = 0, full_at: int = 0) -> int:
        """Starts a report; its process."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"root": str(root), "week": week, "limit": limit, "full_at": full_at}) + "\n")
        self.process.stdin.flush()
        return int(self._line())

    def end(self) -> tuple[int, str]:
        """Waits for the report's end: its exit code and the error in words."""
        code, _, said = self._line().partition(" ")
        return int(code), json.loads(said)

    def run(self, root: Path, week: str, limit: int = 0, full_at: int = 0) -> tuple[int, str]:
        """A report from beginning to end."""
        self.begin(root, week, limit, full_at)
        return self.end()

    def _line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()


@contextmanager
def reporter() -> Iterator[Reporter]:
    """The process, until the end of the block."""
    line = [sys.executable, "-m", "tests.acceptance.reporter"]
    with subprocess.Popen(line, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Reporter(process)
        assert process.stdin is not None
        process.stdin.close()


def main() -> None:
    """Forks a report for every line that comes."""
    for name in LOADED:
        importlib.import_module(name)
    for line in sys.stdin:
        into, out = os.pipe()
        process = os.fork()
        if not process:
            _report(json.loads(line), out)
        os.close(out)
        print(process, flush=True)
        with os.fdopen(into) as said:
            text = said.read()
        print(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), json.dumps(text), flush=True)


def _report(asked: dict[str, Any], out: int) -> None:
    code = 0
    try:
        if asked["limit"]:
            resource.setrlimit(resource.RLIMIT_FSIZE, (asked["limit"], asked["limit"]))
        if asked["full_at"]:
            _fill_up(asked["full_at"])
        with opened(Workspace.at(Path(asked["root"])), write=True) as house:
            write_reports(house, week_summary(house, asked["week"]), AT)
    except EvalHarnessError as error:
        os.write(out, str(error).encode())
        code = 1
    finally:
        os._exit(code)


def _fill_up(at: int) -> None:
    """The disk is full in the middle of the `at`-th file that is written."""
    write, count = files._write_synced, iter(range(1, 1000))

    def write_some(path: Path, data: bytes) -> None:
        if next(count) == at:
            write(path, data[: len(data) // 2])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        write(path, data)

    files._write_synced = write_some


if __name__ == "__main__":
    main()
