"""Workspaces for tests: made once, copied for each use, driven through the real command in a process of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from evalharness.flows.init import InitAnswers, init
from evalharness.workspace.folder import shipped

SAMPLES = shipped("samples")


def make_workspace(root: Path, weeks: Sequence[str] = ("2026-W47",), **answers: object) -> Path:
    """A workspace of the demo's business with these weeks of the samples in its inbox; nothing is collected yet."""
    given = {
        "agent": "Front Desk",
        "owner": "Anna Keller",
        "timezone": "Europe/Berlin",
        "success_criteria": "Books appointments.",
    }
    init(root, InitAnswers(**{**given, **answers}))  # type: ignore[arg-type]
    for week in weeks:
        shutil.copyfile(SAMPLES / "calls" / f"{week}.jsonl", root / "inbox" / f"{week}.jsonl")
    settings = root / "evalharness.yaml"
    settings.write_text(settings.read_text() + f"\nfirst_week: {min(weeks, default='2026-W42')}\n")
    return root


def copy_of(workspace: Path, to: Path) -> Path:
    """A copy with the same modes and key."""
    shutil.copytree(workspace, to, copy_function=shutil.copy2)
    return to


def command(*words: object, cwd: Path | None = None) -> list[str]:
    """The command line of `evalharness WORDS`."""
    return [sys.executable, "-m", "evalharness", *map(str, words)]


def run(*words: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Runs `evalharness WORDS` to its end; output as text."""
    return subprocess.run(
        command(*words), cwd=cwd, capture_output=True, text=True, check=False, timeout=180, env=dict(os.environ)
    )
