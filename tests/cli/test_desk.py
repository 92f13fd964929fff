"""The command `desk`: what it prints, and how it ends."""

from __future__ import annotations

import re
import signal
import subprocess
from pathlib import Path

from tests.flows.workspaces import command, run


def test_it_prints_the_link_and_ends_with_ctrl_c(mine: Path) -> None:
    """Week, person and link are printed at once; Ctrl-C ends it in words and with exit code 0."""
    words = command("desk", "--workspace", mine, "--no-browser")
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(3)]
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert re.fullmatch(r"Grading desk of 2026-W47 at http://127\.0\.0\.1:\d+\n", lines[0])
    assert re.fullmatch(r"  Anna Keller: http://127\.0\.0\.1:\d+/enter\?token=[\w-]{43}\n", lines[1])
    assert (process.returncode, out, err) == (0, "The desk is closed; what was shown as saved is saved.\n", "")


def test_a_week_that_is_not_drawn_is_refused(mine: Path) -> None:
    """In four lines, with the command that draws it."""
    done = run("desk", "--workspace", mine, "--week", "2026-W46", "--no-browser")
    assert done.returncode == 2
    assert "evalharness sample --week 2026-W46" in done.stderr
    assert "Traceback" not in done.stderr
