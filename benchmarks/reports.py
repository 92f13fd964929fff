"""CPU of a week's whole report: `python -m benchmarks.reports [--calls 10000] [--turns 15] [--folder KEPT] [--runs 3]`.

A made week (seeded; benchmarks/scorecard.py makes it) of so many logged calls, 50 of them drawn and graded by the owner and
measured. A process of its own first reports a week of 60 calls, which loads all that is ever imported; then the large one is
timed: the summary, the trend it carries, every file of `flows.report.FILES` apart, and the writing. Printed: CPU seconds, the
median of the runs; the line "report" is the whole, to be held within 3 s. With --folder the made weeks are kept and used again.
With --profile FILE one output (its file's name, or "summary") is profiled instead, and the 25 dearest functions are printed.
"""

from __future__ import annotations

import argparse
import cProfile
import os
import pstats
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.scorecard import LATER, WEEK, made
from evalharness.flows.measure import measured
from evalharness.flows.opened import Opened, opened
from evalharness.flows.report import FILES, write_reports
from evalharness.flows.summary import week_summary
from evalharness.flows.trend import with_trend
from evalharness.models.summary import WeekSummary
from evalharness.workspace.folder import Workspace

GOAL_S = 3.0
Timed = dict[str, float]


def main() -> None:
    """Makes the weeks, where they are not there yet, and times the report in processes of their own."""
    given = _options().parse_args()
    if given.child:
        _child(given.child, given.profile)
        return
    with tempfile.TemporaryDirectory() as folder:
        root = given.folder or Path(folder)
        for name, calls in (("small", 60), ("large", given.calls)):
            if not (root / name).exists():
                started = time.process_time()
                _made_and_measured(root / name, calls, given.turns)
                spent = time.process_time() - started
                print(f"made and measured a week of {calls} calls with {given.turns} turns: {spent:.1f} CPU s")
        if given.profile:
            subprocess.run([*_command(root), "--profile", given.profile], check=True)
            return
        runs = [_run(root) for _ in range(given.runs)]
    for part in runs[0]:
        print(f"{part:44} {statistics.median(run.get(part, 0.0) for run in runs):7.3f} CPU s")
    whole = statistics.median(run["report"] for run in runs)
    print(f"goal {GOAL_S} CPU s for the whole: {'held' if whole <= GOAL_S else 'NOT held'}")


def _made_and_measured(root: Path, calls: int, turns: int) -> None:
    made(root, calls, turns)
    with opened(Workspace.at(root), write=True) as house:
        measured(house, WEEK)  # once a week, not in the report: benchmarks/measuring.py


def _command(root: Path) -> list[str]:
    return [sys.executable, "-m", "benchmarks.reports", "--child", str(root)]


def _run(root: Path) -> Timed:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    lines = subprocess.run(_command(root), check=True, capture_output=True, text=True, env=environment).stdout.splitlines()
    return {name: float(seconds) for name, seconds in (line.rsplit("\t", 1) for line in lines)}


def _child(root: Path, profile: str | None) -> None:
    first = _spent(lambda: _reported(root / "small"))[0]
    if profile:
        _profiled(root / "large", profile)
        return
    timed = _reported(root / "large")
    whole = sum(seconds for name, seconds in timed.items() if name != "written anew")
    for name, seconds in {"report": whole, **timed, "first, of 60 calls, imports in": first}.items():
        print(f"{name}\t{seconds}")


def _reported(root: Path) -> Timed:
    """The whole report by its parts, seconds of CPU; then once more through `write_reports`, which also writes and records."""
    with opened(Workspace.at(root), write=True) as house:
        timed: Timed = {}
        timed["  summary"], summary = _spent(lambda: week_summary(house, WEEK))
        timed["  trend of the weeks"], whole = _spent(lambda: with_trend(house, summary))
        for name, make in FILES.items():
            timed[f"  {name}"], _ = _spent(lambda make=make: make(whole))
        timed["written anew"] = _written(house, summary)
    return timed


def _written(house: Opened, summary: WeekSummary) -> float:
    """Everything again with compare, sync, rename and the ledger's record: what `report` does after its summary."""
    for path in (house.workspace.root / "reports").rglob("*.*"):
        path.unlink()
    return _spent(lambda: write_reports(house, summary, LATER))[0]


def _profiled(root: Path, name: str) -> None:
    with opened(Workspace.at(root), write=True) as house:
        summary = with_trend(house, week_summary(house, WEEK))
        step: Callable[[], Any] = (lambda: week_summary(house, WEEK)) if name == "summary" else (lambda: FILES[name](summary))
        profile = cProfile.Profile()
        profile.runcall(step)
    pstats.Stats(profile).sort_stats("tottime").print_stats(25)


def _spent(step: Callable[[], Any]) -> tuple[float, Any]:
    started = time.process_time()
    result = step()
    return time.process_time() - started, result


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--calls", type=int, default=10_000)
    parser.add_argument("--turns", type=int, default=15)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="where the made weeks are kept")
    parser.add_argument("--profile", help="the output to profile instead, such as week.xlsx")
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    return parser


if __name__ == "__main__":
    main()
