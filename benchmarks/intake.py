"""Speed and memory of `collect`: `python -m benchmarks.intake [--calls 6000] [--large-mb 2000] [--processes 2]`.

Made calls (seeded, benchmarks/made_vapi.py) in the form of Vapi's API, 20 turns each, as JSONL; every run takes them into a new
workspace in a process of its own. Printed, each with wall-clock and CPU seconds of all its processes:

- into the log with numbers and e-mail redacted, by one process and by several, as calls/s; goal 2,500 calls/s on two cores
- the same without redaction, over a bare `json.loads` of the same lines in one process; goal 5 times
- how much of it recognising the form takes; goal 5 %
- with --large-mb: the resident memory of all processes together for a file of that size; goal 400 MiB

On a machine that does other work as well wall-clock times are upper bounds; "CPU-bound" is what the CPU seconds alone come to,
spread over the processes.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.made_vapi import write_calls

Figures = dict[str, float]
_KINDS = "[card, account, phone, email, dob, ssn]"


def main() -> None:
    """Makes the files and times each run in a process of its own."""
    given = _options().parse_args()
    if given.child:
        print(json.dumps(_child(Path(given.child[0]), Path(given.child[1]), int(given.child[2]))))
        return
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        _speed(Path(folder), given.calls, given.processes)
        if given.large_mb:
            _memory(Path(folder), given.large_mb, given.processes)


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--calls", type=int, default=6000)
    parser.add_argument("--large-mb", type=int, default=0)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--folder", type=Path, help="where the made files lie for the time")
    parser.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    return parser


def _speed(folder: Path, calls: int, processes: int) -> None:
    path = write_calls(folder / "calls.jsonl", calls)
    bare = _bare(path)
    print(f"{calls} calls, {path.stat().st_size / calls:.0f} bytes each; json.loads alone {bare / calls * 1e6:.0f} us a call")
    for redacted in (True, False):
        for count in sorted({1, processes}):
            run = _run(_workspace(folder, redacted=redacted), path, count)
            wall, bound = run["wall_s"], run["cpu_s"] / count
            print(
                f"{'redacted' if redacted else 'not redacted':13} {count} process(es): {wall:6.2f} s, CPU {run['cpu_s']:6.2f} s;"
                f" {calls / wall:5.0f} calls/s (CPU-bound {calls / bound:5.0f});"
                f" {wall / bare:5.1f} times json.loads (CPU-bound {bound / bare:5.1f});"
                f" recognising {run['recognising_s'] / run['cpu_s']:.2%} of the CPU; memory {run['mib']:.0f} MiB"
            )


def _memory(folder: Path, megabytes: int, processes: int) -> None:
    path, calls = folder / "large.jsonl", 0
    while not path.exists() or path.stat().st_size < megabytes * 1_000_000:
        with path.open("ab") as file:
            part = write_calls(folder / "part.jsonl", 2000, calls)
            file.write(part.read_bytes())
        calls += 2000
    run = _run(_workspace(folder, redacted=True), path, processes)
    print(
        f"{path.stat().st_size / 1e6:.0f} MB, {calls} calls, {processes} process(es): {run['mib']:.0f} MiB resident at most,"
        f" {calls / run['wall_s']:.0f} calls/s (CPU-bound {calls / run['cpu_s'] * processes:.0f})"
    )


def _bare(path: Path) -> float:
    """CPU seconds of json.loads over the lines, the best of three."""
    found = []
    for _ in range(3):
        with path.open("rb") as file:
            started = time.process_time()
            for line in file:
                json.loads(line)
            found.append(time.process_time() - started)
    return min(found)


def _workspace(folder: Path, *, redacted: bool) -> Path:
    from evalharness.flows.init import InitAnswers, init

    root = Path(tempfile.mkdtemp(dir=folder)) / "desk"
    init(root, InitAnswers(agent="Desk", owner="Anna", timezone="Europe/Berlin", sources=()))
    settings = root / "evalharness.yaml"
    text = "".join(line for line in settings.read_text().splitlines(keepends=True) if not line.startswith("privacy:"))
    settings.write_text(f"{text}privacy: {{redact: {_KINDS if redacted else '[]'}}}\n")
    return root


def _run(workspace: Path, path: Path, processes: int) -> Figures:
    line = [sys.executable, "-m", "benchmarks.intake", "--child", str(workspace), str(path), str(processes)]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    figures: Figures = json.loads(subprocess.run(line, check=True, capture_output=True, text=True, env=environment).stdout)
    return figures


def _child(workspace: Path, path: Path, processes: int) -> Figures:
    from evalharness.cli import ends_soon
    from evalharness.collect.recognise import explained
    from evalharness.flows import side_by_side
    from evalharness.flows.collect import collect_paths
    from evalharness.flows.opened import opened
    from evalharness.workspace.folder import Workspace

    ends_soon()
    side_by_side.processes = lambda: processes
    watch = _Watch()
    explained(write_calls(workspace.parent / "few.jsonl", 1))  # what it imports is imported anyway
    before = time.process_time()
    assert explained(path)[0] == "vapi"
    recognising = time.process_time() - before
    with opened(Workspace.at(workspace), write=True) as house:
        started, spent = time.perf_counter(), time.process_time()
        (report,), unread = collect_paths(house, [path], "auto", datetime(2026, 12, 1, tzinfo=UTC))
        wall, cpu = time.perf_counter() - started, time.process_time() - spent
    assert not unread
    assert report.accepted == report.rows
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "wall_s": wall, "cpu_s": cpu + children.ru_utime + children.ru_stime, "recognising_s": recognising,
        "mib": watch.ended() / 1024,
    }  # fmt: skip


class _Watch(threading.Thread):
    """The most kibibytes that this process and its children had resident at once, looked at ten times a second."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.most, self._ends = 0, threading.Event()
        self.start()

    def run(self) -> None:
        while not self._ends.wait(0.1):
            children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
            self.most = max(self.most, sum(map(_resident, [str(os.getpid()), *children])))

    def ended(self) -> int:
        self._ends.set()
        self.join()
        return self.most


def _resident(process: str) -> int:
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS")), 0)


if __name__ == "__main__":
    main()
