"""A new workspace: whole, private, or nothing of it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from evalharness.errors import ConfigError, ExportError, WorkspaceError
from evalharness.workspace import scaffold
from evalharness.workspace.folder import Workspace
from evalharness.workspace.scaffold import FOLDERS, create
from evalharness.workspace.template import InitAnswers
from tests.workspace.building import RUBRIC, THRESHOLDS

ANSWERS = InitAnswers(agent="Front Desk", owner="Anna Keller", timezone="Europe/Berlin")


@pytest.fixture(autouse=True)
def _shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two shipped files to copy."""
    ours = tmp_path / "shipped"
    ours.mkdir()
    (ours / "phone-agent.yaml").write_text(RUBRIC)
    (ours / "good-enough.yaml").write_text(THRESHOLDS)
    monkeypatch.setattr(scaffold, "shipped", lambda _: ours)


def everything(root: Path) -> set[str]:
    """Every path below the folder."""
    return {path.relative_to(root).as_posix() for path in root.rglob("*")}


def test_what_is_made(tmp_path: Path) -> None:
    """The folders, the shipped rubrics, the key and evalharness.yaml; no ledger yet."""
    workspace = create(tmp_path / "desk", ANSWERS)
    files = {"evalharness.yaml", ".key", "rubrics/phone-agent.yaml", "rubrics/good-enough.yaml"}
    assert everything(workspace.root) == files | set(FOLDERS)
    assert workspace.config.agent.name == "Front Desk"
    assert len(workspace.key) == 32
    assert workspace.rubric().id == "phone-agent"
    assert workspace.thresholds().profile == "good-enough"
    assert Workspace.find(tmp_path / "desk" / "inbox") == workspace


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_everything_is_private_under_any_umask(tmp_path: Path, umask: int) -> None:
    """Files 0600, folders 0700, also the new parents of the workspace."""
    before = os.umask(umask)
    try:
        create(tmp_path / "new" / "desk", ANSWERS)
    finally:
        os.umask(before)
    for path in (tmp_path / "new", *(tmp_path / "new").rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_two_workspaces_have_two_keys(tmp_path: Path) -> None:
    """A caller is not the same person in both."""
    assert create(tmp_path / "a", ANSWERS).key != create(tmp_path / "b", ANSWERS).key


def test_an_existing_folder_may_become_a_workspace(tmp_path: Path) -> None:
    """What a person put there stays as it is: logs, a rubric, a key."""
    root = tmp_path / "desk"
    (root / "rubrics").mkdir(parents=True)
    (root / "rubrics/phone-agent.yaml").write_text(RUBRIC.replace("version: 1", "version: 2"))
    (root / ".key").write_text("cd" * 32)
    (root / ".key").chmod(0o600)
    (root / "calls.jsonl").write_text("{}")
    workspace = create(root, ANSWERS)
    assert workspace.rubric().version == 2
    assert workspace.key == b"\xcd" * 32
    assert (root / "calls.jsonl").read_text() == "{}"


@pytest.mark.parametrize("name", ["evalharness.yaml", "ledger.db"])
def test_a_workspace_is_never_made_over_another(tmp_path: Path, name: str) -> None:
    """Neither over a configuration nor over a ledger; nothing is changed."""
    root = tmp_path / "desk"
    root.mkdir()
    (root / name).write_text("mine")
    with pytest.raises(WorkspaceError) as caught:
        create(root, ANSWERS)
    assert caught.value.what == f"a workspace is here already ({name})"
    assert "evalharness init DIR" in caught.value.fix
    assert everything(root) == {name}
    assert (root / name).read_text() == "mine"


def test_a_broken_link_in_its_place_is_not_written_through(tmp_path: Path) -> None:
    """evalharness.yaml may point elsewhere: that is somebody's doing."""
    root = tmp_path / "desk"
    root.mkdir()
    (root / "evalharness.yaml").symlink_to(tmp_path / "elsewhere.yaml")
    with pytest.raises(WorkspaceError, match="here already"):
        create(root, ANSWERS)
    assert not (tmp_path / "elsewhere.yaml").exists()


def test_making_it_twice_is_refused(tmp_path: Path) -> None:
    """The second `init` changes nothing."""
    workspace = create(tmp_path / "desk", ANSWERS)
    text, key = workspace.config_path.read_bytes(), workspace.key
    with pytest.raises(WorkspaceError):
        create(tmp_path / "desk", InitAnswers(agent="Other", owner="Ben", timezone="UTC"))
    assert (workspace.config_path.read_bytes(), Workspace.at(workspace.root).key) == (text, key)


def test_a_bad_answer_makes_nothing(tmp_path: Path) -> None:
    """Answers are checked before the first folder is made."""
    with pytest.raises(ConfigError, match="field timezone"):
        create(tmp_path / "desk", InitAnswers(agent="a", owner="Anna", timezone="Mars/Olympus"))
    assert not (tmp_path / "desk").exists()


def test_a_file_in_the_way_is_an_error_in_words(tmp_path: Path) -> None:
    """The workspace, or one of its folders, is a file already."""
    (tmp_path / "desk").write_text("x")
    with pytest.raises(WorkspaceError, match="cannot be made"):
        create(tmp_path / "desk", ANSWERS)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "inbox").write_text("x")
    with pytest.raises(WorkspaceError, match="cannot be made"):
        create(tmp_path / "other", ANSWERS)
    assert everything(tmp_path / "other") == {"inbox"}


@pytest.mark.parametrize("step", range(4))
@pytest.mark.parametrize("kind", ["new", "there"])
def test_a_full_disk_leaves_nothing_half_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int, kind: str) -> None:
    """Four files are written; whichever cannot be, what was made before it is taken away, what was there stays."""
    root = tmp_path / "desk"
    if kind == "there":
        root.mkdir()
        (root / "mine.txt").write_text("mine")
    real, written = scaffold.write_whole, []

    def full(path: Path, data: bytes) -> None:
        if len(written) == step:
            raise ExportError("the disk is full", where=str(path))
        written.append(path)
        real(path, data)

    monkeypatch.setattr(scaffold, "write_whole", full)
    with pytest.raises(ExportError, match="the disk is full"):
        create(root, ANSWERS)
    assert len(written) == step
    assert root.exists() == (kind == "there")
    assert everything(root) == ({"mine.txt"} if kind == "there" else set())


def test_an_interrupt_leaves_nothing_half_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while the rubrics are copied."""

    def interrupted(path: Path, data: bytes) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(scaffold, "write_whole", interrupted)
    with pytest.raises(KeyboardInterrupt):
        create(tmp_path / "desk", ANSWERS)
    assert not (tmp_path / "desk").exists()


def test_what_somebody_else_put_there_meanwhile_is_not_taken_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of ours that holds a foreign file stays with it."""

    def full(path: Path, data: bytes) -> None:
        (tmp_path / "desk" / "inbox" / "log.jsonl").write_text("{}")
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(scaffold, "write_whole", full)
    with pytest.raises(WorkspaceError, match="No space left"):
        create(tmp_path / "desk", ANSWERS)
    assert everything(tmp_path / "desk") == {"inbox", "inbox/log.jsonl"}


def test_the_configuration_is_written_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A killed `init` leaves no workspace, so the next one can finish: evalharness.yaml comes after everything else."""
    order: list[str] = []
    real = scaffold.write_whole

    def noted(path: Path, data: bytes) -> None:
        order.append(path.name)
        real(path, data)

    monkeypatch.setattr(scaffold, "write_whole", noted)
    create(tmp_path / "desk", ANSWERS)
    assert order == ["good-enough.yaml", "phone-agent.yaml", ".key", "evalharness.yaml"]


def test_a_killed_init_is_finished_by_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything but evalharness.yaml is there: the next `init` keeps the key and adds what is missing."""
    workspace = create(tmp_path / "desk", ANSWERS)
    key = workspace.key
    workspace.config_path.unlink()
    (workspace.root / "rubrics/good-enough.yaml").unlink()
    again = create(tmp_path / "desk", ANSWERS)
    assert again.key == key
    assert again.thresholds().profile == "good-enough"
