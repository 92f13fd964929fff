"""Commands in forked processes that are watched: what they print, whom they connect to, which processes they start.

Everything is imported once, so a command costs no start-up; what it does is told by the interpreter's own audit events.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.servers.process import ROOT

STARTING = ("subprocess.Popen", "os.exec", "os.posix_spawn", "os.system", "os.spawn", "os.fork", "os.forkpty")
PATIENCE_S = 90.0
LOADED = ("anthropic.resources.messages", "ibis", "openpyxl", "evalharness.flows.grade", "evalharness.flows.summary")


@dataclass(frozen=True)
class Ran:
    """A command that ended: exit code (negative: the signal), everything it printed, whom it connected to, what it started."""

    line: str
    code: int
    out: str
    err: str
    connected: tuple[str, ...]
    started: tuple[str, ...]

    @property
    def said(self) -> str:
        """All of its output."""
        return self.out + self.err


@dataclass(frozen=True)
class Commands:
    """The forking process; `folder` takes the output while a command runs."""

    process: subprocess.Popen[str]
    folder: Path

    def run(self, *words: object, interrupt_s: float = 0.0, **environment: str) -> Ran:
        """`evalharness WORDS` to its end, or to SIGINT after so many seconds."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        asked = {
            "argv": [str(word) for word in words],
            "env": environment,
            "interrupt_s": interrupt_s,
            "folder": str(self.folder),
        }
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        code = json.loads(self.process.stdout.readline())
        out, err = ((self.folder / name).read_text(errors="replace") for name in ("out", "err"))
        events = [json.loads(line) for line in (self.folder / "events").read_text().splitlines()]
        connected = tuple(what for name, what in events if name == "socket.connect")
        started = tuple(f"{name} {what}" for name, what in events if name in STARTING)
        return Ran(" ".join(map(str, words)), code, out, err, connected, started)


@contextmanager
def commands(folder: Path) -> Iterator[Commands]:
    """The process that forks, until the end of the block."""
    folder.mkdir(exist_ok=True)
    line = [sys.executable, "-m", "tests.acceptance.forked"]
    with subprocess.Popen(line, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Commands(process, folder)
        assert process.stdin is not None
        process.stdin.close()


def main() -> None:
    """Forks a command for every line that comes."""
    for name in LOADED:
        importlib.import_module(name)
    for line in sys.stdin:
        print(json.dumps(_run(json.loads(line))), flush=True)


def _run(asked: dict[str, Any]) -> int:
    child = os.fork()
    if child == 0:
        _child(asked)
    until, interrupt = time.monotonic() + PATIENCE_S, asked["interrupt_s"]
    started = time.monotonic()
    while True:
        found, status = os.waitpid(child, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status)
        if interrupt and time.monotonic() > started + interrupt:
            os.kill(child, signal.SIGINT)
            interrupt = 0.0
        if time.monotonic() > until:
            os.kill(child, signal.SIGKILL)
        time.sleep(0.005)


def _child(asked: dict[str, Any]) -> None:
    """Becomes the command: its words, environment and output, and never comes back."""
    import traceback

    folder, code = Path(asked["folder"]), 70
    for number, name in ((0, os.devnull), (1, folder / "out"), (2, folder / "err")):
        os.dup2(os.open(name, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), number)
    sys.stdin, sys.stdout, sys.stderr = (os.fdopen(number, mode) for number, mode in ((0, "r"), (1, "w"), (2, "w")))
    os.environ.update(asked["env"])
    _watch(os.open(folder / "events", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    try:
        code = _command(asked["argv"])
    except BaseException:  # noqa: BLE001 - a forked test process must not go on as its parent
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _command(words: Sequence[str]) -> int:
    from evalharness.cli import main as command

    sys.argv = ["evalharness", *words]
    try:
        command()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1 if end.code else 0
    return 0


def _watch(to: int) -> None:
    def hook(name: str, given: tuple[Any, ...]) -> None:
        if name in STARTING or (name == "socket.connect" and not isinstance(given[1], str | bytes)):
            what = given[1] if name == "socket.connect" else given
            os.write(to, (json.dumps([name, str(what)]) + "\n").encode())

    sys.addaudithook(hook)


if __name__ == "__main__":
    main()
