"""A key of another workspace is noticed: by what collects, by what looks for a caller, and by doctor."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from evalharness.errors import WorkspaceError
from evalharness.flows.callers_key import check_key, keep_key
from evalharness.flows.collect import collect_configured, collect_later, collect_paths, later_rules
from evalharness.flows.doctor import doctor
from evalharness.flows.opened import opened
from evalharness.flows.purge_callers import due_for_caller
from evalharness.store.standing import KEY_KEPT
from evalharness.workspace.folder import Workspace
from tests.flows.workspaces import SAMPLES, copy_of, make_workspace, run

WEEK = "2026-W47"
NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace whose calls are in; tests work on copies."""
    root = make_workspace(tmp_path_factory.mktemp("keys") / "ws", (WEEK,))
    with opened(Workspace.at(root), write=True) as house:
        collect_configured(house, NOW)
    return root


@pytest.fixture
def swapped(collected: Path, tmp_path: Path) -> Path:
    """A copy with the key of another workspace, which is as good a key as any."""
    root = copy_of(collected, tmp_path / "ws")
    shutil.copy2(make_workspace(tmp_path / "other", ()) / ".key", root / ".key")
    return root


def test_the_key_is_kept_once_and_nothing_of_it(collected: Path, tmp_path: Path) -> None:
    """Before its first use nothing is known of it. One row of the trail, also after a second run; the key is in no file of it."""
    root = copy_of(collected, tmp_path / "ws")
    with opened(Workspace.at(root), write=True) as house:
        collect_configured(house, NOW)
        assert check_key(house.workspace, house.ledger)
        (row,) = house.ledger.rows("audit", action=KEY_KEPT)
    assert set(row["details"]) == {"check"}
    assert (root / ".key").read_text().strip() not in str(row)
    with opened(Workspace.at(make_workspace(tmp_path / "new", ())), write=True) as house:
        assert not check_key(house.workspace, house.ledger)
        keep_key(house, NOW)
        assert check_key(house.workspace, house.ledger)


def test_nothing_is_collected_with_another_key(swapped: Path) -> None:
    """Neither what is configured, nor a file by name, nor later facts; the ledger stays as it was."""
    calls = SAMPLES / "calls" / "2026-W46.jsonl"
    with opened(Workspace.at(swapped), write=True) as house:
        head, rules = house.ledger.head(), later_rules(house, "csat", None)
        for collect in (
            lambda: collect_configured(house, NOW),
            lambda: collect_paths(house, [calls], None, NOW),
            lambda: collect_later(house, [SAMPLES / "csat" / f"{WEEK}.csv"], rules, NOW),
            lambda: due_for_caller(house, "+49 30 1234567"),
        ):
            with pytest.raises(WorkspaceError, match="the key is not the one that the callers"):
                collect()
        assert house.ledger.head() == head


def test_the_commands_say_it(swapped: Path, collected: Path) -> None:
    """collect ends with 1 and says what to do; doctor lists it; with the right key back both are content."""
    said = run("collect", SAMPLES / "calls" / "2026-W46.jsonl", "--workspace", swapped)
    assert (said.returncode, "Put the .key of a backup" in said.stderr, said.stdout) == (1, True, "")
    assert any(
        one.level == "error" and one.what.startswith("the key is not the one") for one in doctor(Workspace.at(swapped), NOW)
    )
    shutil.copy2(collected / ".key", swapped / ".key")
    assert run("collect", SAMPLES / "calls" / "2026-W46.jsonl", "--workspace", swapped).returncode == 0
    assert not any("key is not" in one.what for one in doctor(Workspace.at(swapped), NOW))
