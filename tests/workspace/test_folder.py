"""The workspace folder: found from within, its paths, its key, and who may read it."""

from __future__ import annotations

from pathlib import Path

import pytest

from evalharness.errors import ConfigError, WorkspaceError
from evalharness.workspace.folder import Workspace, shipped
from tests.workspace.building import NEEDED, RUBRIC, a_workspace

WEEK = "2026-W47"


def test_a_workspace_is_found_from_within(tmp_path: Path) -> None:
    """From the folder itself, and from any folder below it."""
    root = a_workspace(tmp_path / "desk").root
    (root / "sheets" / WEEK).mkdir()
    assert Workspace.find(root).root == root
    assert Workspace.find(root / "sheets" / WEEK).root == root


def test_the_nearest_workspace_above_wins(tmp_path: Path) -> None:
    """A workspace within another one is its own."""
    outer = a_workspace(tmp_path / "outer").root
    inner = a_workspace(outer / "inbox" / "inner").root
    assert Workspace.find(inner / "rubrics").root == inner


def test_no_workspace_says_what_to_type(tmp_path: Path) -> None:
    """Make one, or name one."""
    with pytest.raises(WorkspaceError) as caught:
        Workspace.find(tmp_path)
    assert "there is no workspace here" in caught.value.what
    assert caught.value.where == str(tmp_path)
    assert "`evalharness init`" in caught.value.fix
    assert "--workspace DIR" in caught.value.fix


def test_a_folder_of_that_name_is_no_workspace(tmp_path: Path) -> None:
    """evalharness.yaml is a file."""
    (tmp_path / "evalharness.yaml").mkdir()
    with pytest.raises(WorkspaceError):
        Workspace.find(tmp_path)


def test_the_environment_names_a_workspace_where_no_folder_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that is named on the command line wins; the current folder does not."""
    named, other = a_workspace(tmp_path / "named").root, a_workspace(tmp_path / "other").root
    environment = {"EVALHARNESS_WORKSPACE": str(named)}
    monkeypatch.chdir(other)
    assert Workspace.find(None, environment).root == named
    assert Workspace.find(other, environment).root == other
    assert Workspace.find(None, {}).root == other
    with pytest.raises(WorkspaceError):
        Workspace.find(None, {"EVALHARNESS_WORKSPACE": str(tmp_path)})


def test_the_environment_is_the_process_own_by_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable is read when a workspace is looked for, not at import."""
    root = a_workspace(tmp_path / "desk").root
    monkeypatch.setenv("EVALHARNESS_WORKSPACE", str(root))
    assert Workspace.find().root == root


def test_at_takes_exactly_the_folder(tmp_path: Path) -> None:
    """It does not look upwards."""
    root = a_workspace(tmp_path / "desk").root
    assert Workspace.at(root).root == root
    with pytest.raises(WorkspaceError):
        Workspace.at(root / "sheets")


def test_the_root_is_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command that changes the current folder keeps its workspace."""
    root = a_workspace(tmp_path / "desk").root
    monkeypatch.chdir(tmp_path)
    assert Workspace.at(Path("desk")).root == root


def test_the_configuration_is_read_once(tmp_path: Path) -> None:
    """One command sees one configuration, also when the file changes meanwhile."""
    workspace = a_workspace(tmp_path / "desk")
    assert workspace.config.agent.name == "Front Desk"
    workspace.config_path.write_text(NEEDED.replace("Front Desk", "Other"))
    assert workspace.config.agent.name == "Front Desk"
    assert Workspace.at(workspace.root).config.agent.name == "Other"


def test_a_bad_configuration_names_line_and_column(tmp_path: Path) -> None:
    """The file's name stands before the line."""
    workspace = a_workspace(tmp_path / "desk", "sample: {size: 5}\n")
    with pytest.raises(ConfigError, match=r"evalharness\.yaml line 4, column 16, field sample\.size"):
        _ = workspace.config


def test_where_everything_is(tmp_path: Path) -> None:
    """The paths of the formats."""
    workspace = a_workspace(tmp_path / "desk")
    paths = {
        workspace.config_path: "evalharness.yaml",
        workspace.ledger_path: "ledger.db",
        workspace.calls_path: "calls",
        workspace.inbox: "inbox",
        workspace.logs: "logs",
        workspace.lock_path: ".lock",
        workspace.sheets(WEEK): "sheets/2026-W47",
        workspace.sheet_path(WEEK, "Anna Keller"): "sheets/2026-W47/Anna Keller.xlsx",
        workspace.report_path(WEEK, "week.xlsx"): "reports/2026-W47/week.xlsx",
    }
    assert {workspace.relative(path): text for path, text in paths.items()} == {text: text for text in paths.values()}


def test_the_call_log_may_have_another_folder(tmp_path: Path) -> None:
    """calls.path names it."""
    workspace = a_workspace(tmp_path / "desk", "calls: {path: log}\n")
    assert workspace.calls_path == workspace.root / "log"


@pytest.mark.parametrize("name", ["../../evil", "/etc/cron.d/x", "..\\..\\x", "a/b/c", "\x00", "..", "~$x", "x" * 900])
def test_no_name_of_a_grader_leaves_the_week(tmp_path: Path, name: str) -> None:
    """The sheet lies in the week's folder, whatever the name says, and can be made."""
    workspace = a_workspace(tmp_path / "desk")
    path = workspace.sheet_path(WEEK, name)
    assert path.parent == workspace.sheets(WEEK)
    assert path.resolve().parent == workspace.sheets(WEEK).resolve()
    path.parent.mkdir()
    path.touch()


@pytest.mark.parametrize("week", ["2025-W53", "2026-47", "../2026-W47", "2026-W47/..", ""])
def test_a_week_that_is_none_makes_no_path(tmp_path: Path, week: str) -> None:
    """A week is checked before it becomes a folder."""
    workspace = a_workspace(tmp_path / "desk")
    with pytest.raises(ValueError):
        workspace.sheets(week)
    with pytest.raises(ValueError):
        workspace.report_path(week, "week.xlsx")


@pytest.mark.parametrize("file", ["", ".", "..", "../x", "a/b", "/x", "a\\b", "a\x00"])
def test_a_report_is_a_plain_file_name(tmp_path: Path, file: str) -> None:
    """Nothing is written outside the week's folder."""
    with pytest.raises(ValueError, match="plain file name"):
        a_workspace(tmp_path / "desk").report_path(WEEK, file)


def test_a_path_outside_is_not_relative(tmp_path: Path) -> None:
    """The ledger keeps paths of the workspace only."""
    with pytest.raises(ValueError):
        a_workspace(tmp_path / "desk").relative(tmp_path / "elsewhere")


def test_the_key(tmp_path: Path) -> None:
    """64 hexadecimal characters are 32 bytes."""
    assert a_workspace(tmp_path / "desk").key == b"\xab" * 32


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"ab" * 31, "it has 31 bytes, not 32"),
        (b"", "it has 0 bytes, not 32"),
        (b"xy" * 32, "it is no hexadecimal text"),
        (b"\xff" * 64, "it is no hexadecimal text"),
    ],
)
def test_a_damaged_key_is_refused(tmp_path: Path, content: bytes, what: str) -> None:
    """Another key would make every caller a new one; the message never shows the key."""
    workspace = a_workspace(tmp_path / "desk")
    (workspace.root / ".key").write_bytes(content)
    with pytest.raises(WorkspaceError) as caught:
        _ = workspace.key
    assert caught.value.what == f"the key file cannot be used: {what}"
    assert "backup" in caught.value.fix


def test_a_lost_key_is_refused(tmp_path: Path) -> None:
    """A new one is never made silently."""
    workspace = a_workspace(tmp_path / "desk")
    (workspace.root / ".key").unlink()
    with pytest.raises(WorkspaceError, match="No such file"):
        _ = workspace.key
    assert not (workspace.root / ".key").exists()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_key_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    """The message says which mode it has and what to type."""
    workspace = a_workspace(tmp_path / "desk")
    (workspace.root / ".key").chmod(mode)
    with pytest.raises(WorkspaceError) as caught:
        _ = workspace.key
    assert f"mode {mode:04o}" in caught.value.where
    assert "chmod 600 .key" in caught.value.fix


def test_private_files_that_others_may_read(tmp_path: Path) -> None:
    """The ledger, its journals and the key; a rubric is no secret."""
    workspace = a_workspace(tmp_path / "desk")
    assert workspace.exposed() == []
    workspace.require_private()
    for name in ("ledger.db", "ledger.db-wal"):
        (workspace.root / name).touch(mode=0o600)
    (workspace.root / "ledger.db-wal").chmod(0o640)
    (workspace.root / "rubrics/phone-agent.yaml").chmod(0o644)
    assert workspace.exposed() == [workspace.root / "ledger.db-wal"]
    with pytest.raises(WorkspaceError, match=r"chmod 600 ledger\.db-wal"):
        workspace.require_private()


def test_the_rubric_and_the_thresholds_of_the_workspace(tmp_path: Path) -> None:
    """The workspace's own files come before the shipped ones."""
    workspace = a_workspace(tmp_path / "desk")
    (workspace.root / "rubrics/phone-agent.yaml").write_text("# ours\n" + RUBRIC)
    assert workspace.rubric().id == "phone-agent"
    assert workspace.thresholds().profile == "good-enough"
    assert workspace.rubric_path == workspace.root / "rubrics/phone-agent.yaml"


def test_the_shipped_file_of_that_name_stands_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the workspace has no such file, the shipped one is read."""
    ours = tmp_path / "shipped"
    ours.mkdir()
    (ours / "phone-agent.yaml").write_text(RUBRIC.replace("version: 1", "version: 7"))
    monkeypatch.setattr("evalharness.workspace.folder.shipped", lambda _: ours)
    workspace = a_workspace(tmp_path / "desk")
    assert workspace.rubric().version == 1
    (workspace.root / "rubrics/phone-agent.yaml").unlink()
    assert workspace.rubric().version == 7


def test_a_rubric_that_is_nowhere_is_refused_with_the_shipped_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The key that names it, and what there is."""
    ours = tmp_path / "shipped"
    ours.mkdir()
    (ours / "simple.yaml").write_text(RUBRIC)
    monkeypatch.setattr("evalharness.workspace.folder.shipped", lambda _: ours)
    workspace = a_workspace(tmp_path / "desk", "rubric: rubrics/mine.yaml\nthresholds: bar.yaml\n")
    with pytest.raises(ConfigError) as caught:
        workspace.rubric()
    assert caught.value.what == "rubrics/mine.yaml is neither in the workspace nor shipped"
    assert caught.value.where == "evalharness.yaml, field rubric"
    assert "simple.yaml" in caught.value.fix
    with pytest.raises(ConfigError, match="field thresholds"):
        workspace.thresholds()


def test_shipped_files_lie_in_the_package_or_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a wheel below evalharness/_shipped, in a checkout beside the package."""
    package = tmp_path / "evalharness"
    package.mkdir()
    monkeypatch.setattr("evalharness.workspace.folder.files", lambda _: package)
    assert shipped("rubrics") == tmp_path / "rubrics"
    (package / "_shipped" / "rubrics").mkdir(parents=True)
    assert shipped("rubrics") == package / "_shipped" / "rubrics"
    assert shipped("samples") == tmp_path / "samples"
