"""`python -m benchmarks.coverage` as it is typed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def run(*words: str) -> subprocess.CompletedProcess[str]:
    """The simulations in a process of their own."""
    line = [sys.executable, "-m", "benchmarks.coverage", *words]
    return subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False, timeout=180)


def test_a_method_prints_its_lines_and_whether_every_limit_is_kept() -> None:
    """The quickest of them, with 20 runs; a line for every setting, and the sentence at the end."""
    found = run("paired", "--runs", "20")

    assert found.returncode == 0, found.stdout + found.stderr
    assert found.stdout.splitlines()[-1].startswith("every limit kept; seed 1")
    assert sum(line.startswith("Tango") or "ango" in line for line in found.stdout.splitlines()) > 1


def test_an_unknown_method_is_named() -> None:
    """With the known ones."""
    found = run("shares", "wilson")

    assert found.returncode == 2
    assert "unknown: wilson; known: shares, means" in found.stderr


def test_without_a_method_all_of_them_are_meant() -> None:
    """Which the help says; to run them takes minutes."""
    assert "all of them by default" in " ".join(run("--help").stdout.split())
