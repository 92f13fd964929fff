"""The demo, run once for all of these tests however many processes run them."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.flows.workspaces import command


@dataclass(frozen=True)
class DemoRun:
    """The finished demo: its workspace (copy it before changing anything) and what the process printed."""

    root: Path
    code: int
    out: str
    err: str


def run_once(factory: pytest.TempPathFactory, name: str, words: Callable[[Path], list[str]], **environment: str) -> DemoRun:
    """Runs a command that makes the workspace `name` in the first test process that asks; the others wait for it."""
    base = factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    root, said = shared / name / "front-desk", shared / name / "said.json"
    (shared / name).mkdir(exist_ok=True)
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not said.exists():
            there = {**os.environ, **environment}
            done = subprocess.run(words(root), capture_output=True, text=True, check=False, timeout=500, env=there)
            said.write_text(json.dumps([done.returncode, done.stdout, done.stderr]), encoding="utf-8")
    return DemoRun(root, *json.loads(said.read_text(encoding="utf-8")))


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> DemoRun:
    """`evalharness demo` as anybody runs it."""
    return run_once(tmp_path_factory, "demo", lambda root: command("demo", root))


@pytest.fixture
def demo_copy(demo: DemoRun, tmp_path: Path) -> Path:
    """The demo's workspace to do with as a test likes."""
    return Path(shutil.copytree(demo.root, tmp_path / "copy", copy_function=shutil.copy2))
