"""Wall and CPU seconds of the demo and of each step on one week of the samples: python -m benchmarks.loop."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from evalharness.flows.collect import collect_configured
from evalharness.flows.demo import NOW, demo
from evalharness.flows.draw import draw
from evalharness.flows.opened import opened
from evalharness.flows.report import write_reports
from evalharness.flows.sheets import exchange_sheets
from evalharness.flows.summary import week_summary
from evalharness.workspace.folder import Workspace

LATER = datetime(2026, 11, 30, 7, 0, tzinfo=UTC)
WEEK = "2026-W47"


def timed(name: str, step: Callable[[], object]) -> object:
    """Runs the step and prints its seconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = step()
    print(f"{name:38} {time.perf_counter() - wall:6.2f} s wall {time.process_time() - cpu:6.2f} s CPU")
    return result


def main() -> None:
    """The demo whole, then each step again on its workspace."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "front-desk"
        timed("demo, six weeks, imports included", lambda: demo(root, lambda *_: None))
        with opened(Workspace.at(root), write=True) as house:
            timed("collect, nothing new", lambda: collect_configured(house, LATER))
            timed("draw, already frozen", lambda: draw(house, WEEK, LATER))
            timed("sheets, nothing new", lambda: exchange_sheets(house, WEEK, LATER))
            summary = week_summary(house, WEEK)
            timed("summary of a graded week", lambda: week_summary(house, WEEK))
            timed("all outputs of a graded week", lambda: write_reports(house, summary, NOW))


if __name__ == "__main__":
    main()
