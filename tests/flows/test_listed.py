"""calls list: a word that is no week is named as such; a week without calls says which weeks have some."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from evalharness.errors import UsageError
from evalharness.flows.collect import collect_configured
from evalharness.flows.listed import listed, weeks_counted
from evalharness.flows.opened import opened
from evalharness.workspace.folder import Workspace
from tests.flows.workspaces import make_workspace, run

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)


def test_weeks_and_words_that_are_none(tmp_path: Path) -> None:
    """The command's hint names the week that has calls and how many; a slip is told from a week without calls."""
    with opened(Workspace.at(make_workspace(tmp_path / "ws")), write=True) as house:
        collect_configured(house, NOW)
        held = weeks_counted(house)
        assert held == {"2026-W47": len(list(listed(house)))}
        with pytest.raises(UsageError, match="'foo' is not a week such as 2026-W47"):
            list(listed(house, "foo"))
        with pytest.raises(UsageError, match="no call of 2026-W09 is in the log"):
            list(listed(house, "2026-W09"))
    said = run("calls", "list", "--week", "2026-W47", "--workspace", tmp_path / "ws").stdout.splitlines()
    assert said[0].split() == ["id", "start", "length", "outcome", "source"]
    assert said[-1] == f"50 of {held['2026-W47']} calls. All of them: --json"
