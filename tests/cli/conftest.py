"""A drawn week, made once for the tests of a process; a copy of it for tests that change something."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.flows.workspaces import copy_of, make_workspace, run

WEEK = "2026-W47"


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """W47 collected and drawn, the owner's sheet written, nothing graded. Commands that change something take a copy."""
    root = make_workspace(tmp_path_factory.mktemp("drawn") / "ws", (WEEK,))
    done = run("week", "--workspace", root, "--week", WEEK)
    assert done.returncode == 0, done.stdout + done.stderr
    return root


@pytest.fixture
def mine(drawn: Path, tmp_path: Path) -> Path:
    """A copy of the drawn week."""
    return copy_of(drawn, tmp_path / "ws")
