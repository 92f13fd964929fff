"""The scripted server as a process: its command line, and a context that starts it for a test and reads its bill."""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.servers.bill import read_bill
from tests.servers.judges import JUDGES
from tests.servers.messages_server import MessagesServer
from tests.servers.script import Fault, Script

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class ServerProcess:
    """A running server: where it listens, its key, and its bill file."""

    base_url: str
    key: str
    bill_path: Path

    def bill(self) -> dict[str, Any]:
        """requests, billed, bill_usd (text, exact), max_in_flight and `entries`, one a request to /v1/messages."""
        return read_bill(self.bill_path)


@contextmanager
def server_process(folder: Path, *options: str, key: str = "test-key") -> Iterator[ServerProcess]:
    """The server in a process of its own, with more options of the command line; ended on leaving.

    Raises RuntimeError when it does not listen within 20 seconds.
    """
    port_path, bill_path = folder / "server.port", folder / "server.bill"
    port_path.unlink(missing_ok=True)
    files = ["--port-file", str(port_path), "--bill-file", str(bill_path), "--key", key]
    running = subprocess.Popen([sys.executable, "-m", "tests.servers.messages_server", *files, *options], cwd=ROOT)
    try:
        yield ServerProcess(f"http://127.0.0.1:{_port(port_path, running)}", key, bill_path)
    finally:
        running.terminate()
        running.wait()


def _port(path: Path, running: subprocess.Popen[bytes]) -> int:
    until = time.monotonic() + 20
    while not path.exists():
        if running.poll() is not None or time.monotonic() > until:
            raise RuntimeError("the scripted server did not start")
        time.sleep(0.02)
    return int(path.read_text())


def script_of(given: argparse.Namespace) -> Script:
    """The script the options describe."""
    faults: dict[int, Fault | str] = {}
    for text in given.fault:
        number, _, kind = text.partition("=")
        faults[int(number)] = Fault(kind, given.retry_after, given.fault_seconds)
    chances = {kind: float(share) for kind, _, share in (text.partition("=") for text in given.chance)}
    always = Fault(given.always, given.retry_after, given.fault_seconds) if given.always else None
    return Script(given.judge, faults, chances, always, given.seed, given.retry_after, score=given.score)


def options() -> argparse.ArgumentParser:
    """The command line of the process."""
    parser = argparse.ArgumentParser(description="A strict, scripted Messages API on loopback; nothing is judged.")
    parser.add_argument("--port-file", type=Path, required=True, help="written once it listens")
    parser.add_argument("--bill-file", type=Path, required=True, help="a line of JSON after each change")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds a reply takes")
    parser.add_argument("--key", default="test-key")
    parser.add_argument("--judge", choices=sorted(JUDGES), default="obedient")
    parser.add_argument("--score", type=int, default=4)
    parser.add_argument("--fault", action="append", default=[], metavar="NUMBER=KIND")
    parser.add_argument("--chance", action="append", default=[], metavar="KIND=SHARE")
    parser.add_argument("--always", metavar="KIND")
    parser.add_argument("--retry-after", type=float)
    parser.add_argument("--fault-seconds", type=float, default=0.0, help="what slow, drip and hang_up add")
    parser.add_argument("--seed", type=int, default=1)
    return parser


def main(arguments: Sequence[str] | None = None) -> None:
    """Serves until SIGTERM or SIGINT."""
    given = options().parse_args(arguments)
    signals = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    with MessagesServer(script_of(given), given.latency, given.key, bill_path=given.bill_file) as server:
        spare = given.port_file.with_name(given.port_file.name + ".new")
        spare.write_text(str(server.port))
        spare.replace(given.port_file)
        signal.sigwait(signals)
