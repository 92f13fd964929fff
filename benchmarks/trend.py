"""CPU of a year in the trend: `python -m benchmarks.trend [--weeks 52] [--calls 150] [--turns 15] [--folder KEPT]`.

A made workspace (seeded) of so many weeks with so many logged calls each, 35 of each week drawn and graded by one person. In a
process of its own, after a trend of two weeks has loaded all that is ever imported, the trend of all weeks is timed with its
screen: with nothing kept from earlier runs, with everything kept, and with the newest week to work out, as after new grades.
Printed: CPU seconds, the median of the runs. With --folder the workspace is kept and used again.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks.scorecard import LATER, WEEK, graded, made_calls
from evalharness.cli import ends_soon
from evalharness.flows.draw import draw
from evalharness.flows.init import InitAnswers, init
from evalharness.flows.measure import measured
from evalharness.flows.opened import opened
from evalharness.flows.simulated import OWNER
from evalharness.flows.trend import trend
from evalharness.models.rubric import Rubric
from evalharness.models.week import shift
from evalharness.report.trend_terminal import render
from evalharness.store.records import add_intake
from evalharness.workspace.folder import Workspace
from tests.builders import an_intake

GOAL_S = 3.0


def main() -> None:
    """Makes the year, where it is not there yet, and times its trend in processes of their own."""
    given = _options().parse_args()
    if given.child:
        _child(given.child)
        return
    with tempfile.TemporaryDirectory() as folder:
        root = given.folder or Path(folder) / "year"
        if not root.exists():
            started = time.process_time()
            made(root, [shift(WEEK, -back) for back in reversed(range(given.weeks))], given.calls, given.turns)
            print(f"made {given.weeks} weeks of {given.calls} calls: {time.process_time() - started:.1f} CPU s")
        runs = [_run(root) for _ in range(given.runs)]
    for part in runs[0]:
        print(f"{part:44} {statistics.median(run[part] for run in runs):7.3f} CPU s")
    print(f"goal {GOAL_S} CPU s for a year of weeks")


def _run(root: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.trend", "--child", str(root)]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    return {name: float(seconds) for name, seconds in (line.rsplit("\t", 1) for line in lines)}


def _child(root: Path) -> None:
    ends_soon()  # as every command begins
    _of(root, 2)  # imports in, whatever else it does
    found = {}
    for name, gone in (("nothing kept", None), ("all kept", 0), ("the newest to work out", 1)):
        kept = sorted(root.glob("calls/found/*/trend.json"), reverse=True)
        for path in kept[:gone]:
            path.unlink()
        found[f"a year of weeks, {name}"] = _of(root, 0)
    for name, seconds in found.items():
        print(f"{name}\t{seconds}")


def _of(root: Path, weeks: int) -> float:
    """CPU seconds of the trend of the newest so many weeks (0 = all), and of its screen."""
    with opened(Workspace.at(root)) as house:
        return _spent(lambda: render(trend(house, weeks=weeks)))


def _spent(step: Callable[[], object]) -> float:
    started = time.process_time()
    step()
    return time.process_time() - started


def made(root: Path, weeks: Sequence[str], calls: int, turns: int) -> None:
    """A workspace with these weeks collected, measured, drawn and graded by the owner."""
    init(root, InitAnswers("Front Desk", OWNER, "Europe/Berlin"))
    settings = root / "evalharness.yaml"
    settings.write_text(settings.read_text() + f"\nfirst_week: {weeks[0]}\n")
    with opened(Workspace.at(root), write=True) as house:
        for place, week in enumerate(weeks):
            later = timedelta(weeks=place - len(weeks) + 1)
            rows = [
                (
                    call.model_copy(update={"started_at": call.started_at + later, "ended_at": (call.ended_at or LATER) + later}),
                    found,
                )
                for call, found in made_calls(place * calls, (place + 1) * calls, turns)
            ]
            parts = house.calls.write_parts(rows, house.config.zone)
            with house.ledger.transaction() as tx:
                add_intake(tx, an_intake(len(rows), file=f"inbox/{week}.jsonl"), parts, LATER)
        for week in weeks:
            draw(house, week, LATER)
            measured(house, week)
            graded(house, week, _amiss)


def _amiss(place: int, rubric: Rubric) -> dict[str, Any]:
    """Every seventh shows a failure, every third was not resolved."""
    failures = [] if place % 7 else [rubric.checks[0].id]
    return {"outcome": "resolved" if place % 3 else "unresolved", "failures": failures}


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--weeks", type=int, default=52)
    parser.add_argument("--calls", type=int, default=150)
    parser.add_argument("--turns", type=int, default=15)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="where the made workspace is kept")
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    return parser


if __name__ == "__main__":
    main()
