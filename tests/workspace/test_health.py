"""Is the folder a good place: who may read it, what disk it lies on, what was left behind."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace

import pytest

from evalharness.errors import WorkspaceError
from evalharness.workspace import health
from evalharness.workspace.finding import Finding, from_error
from evalharness.workspace.health import file_system, folder_findings, leftovers, modes, place, space, writable
from tests.workspace.building import a_workspace

MOUNTS = """\
/dev/vda / ext4 rw 0 0
tmpfs /tmp tmpfs rw 0 0
server:/export /home/anna/share nfs4 rw 0 0
//server/x /mnt/My\\040Files cifs rw 0 0
gcsfuse /mnt/bucket fuse.gcsfuse rw 0 0
/dev/sdb1 /mnt/stick fuseblk rw 0 0
short line
"""


def levels(findings: Iterable[Finding]) -> list[str]:
    """How bad each finding is."""
    return [finding.level for finding in findings]


def test_a_private_folder(tmp_path: Path) -> None:
    """One finding, and it is well."""
    (finding,) = modes(a_workspace(tmp_path / "desk"))
    assert (finding.level, finding.what) == ("ok", "Private: only you can read the workspace")


def test_a_ledger_that_others_may_read_is_an_error(tmp_path: Path) -> None:
    """Each file with its mode and the command that mends it."""
    workspace = a_workspace(tmp_path / "desk")
    (workspace.root / "ledger.db").touch()
    (workspace.root / "ledger.db").chmod(0o644)
    (finding,) = modes(workspace)
    assert (finding.level, finding.what) == ("error", "ledger.db can be read by others (mode 0644)")
    assert finding.fix == f"Type: chmod 600 '{workspace.root}/ledger.db'"


def test_a_folder_that_others_may_look_into_is_a_warning(tmp_path: Path) -> None:
    """Its files are private, what is put into inbox/ may not be."""
    workspace = a_workspace(tmp_path / "desk")
    workspace.root.chmod(0o755)
    (finding,) = modes(workspace)
    assert (finding.level, finding.fix) == ("warning", f"Type: chmod 700 '{workspace.root}'")
    assert "mode 0755" in finding.what


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/home/anna/desk", "ext4"),
        ("/home/anna/share/desk", "nfs4"),
        ("/home/anna/share", "nfs4"),
        ("/home/anna/shared", "ext4"),
        ("/mnt/My Files/desk", "cifs"),
        ("/mnt/bucket/desk", "fuse.gcsfuse"),
        ("/tmp/x", "tmpfs"),
    ],
)
def test_the_file_system_is_that_of_the_longest_mount_above(path: str, kind: str) -> None:
    """Blanks in mount points are written \\040; /home/anna/shared is not below /home/anna/share."""
    assert file_system(Path(path), MOUNTS) == kind


def test_a_machine_without_a_list_of_mounts() -> None:
    """The file system is unknown; nothing is claimed."""
    assert file_system(Path("/x"), "") is None
    (finding,) = place(Path("/x"), "")
    assert (finding.level, finding.what) == ("ok", "Disk: local, not synchronised")


def test_a_later_mount_on_the_same_point_wins() -> None:
    """What was mounted last is what is seen."""
    assert file_system(Path("/x"), "a / ext4 rw 0 0\nb / nfs rw 0 0\n") == "nfs"


@pytest.mark.parametrize(
    ("path", "level"),
    [
        ("/home/anna/desk", "ok"),
        ("/mnt/stick/desk", "ok"),
        ("/home/anna/share/desk", "warning"),
        ("/mnt/My Files/desk", "warning"),
        ("/mnt/bucket/desk", "warning"),
        ("/home/anna/Dropbox/desk", "warning"),
        ("/home/anna/Dropbox (Clinic)/desk", "warning"),
        ("/home/anna/OneDrive - Clinic/desk", "warning"),
        ("/Users/anna/Library/Mobile Documents/desk", "warning"),
        ("/Users/anna/iCloud Drive/desk", "warning"),
        ("/Users/anna/Google Drive/My Drive/desk", "warning"),
        ("/home/anna/Nextcloud/desk", "warning"),
        ("/home/anna/my-dropbox-notes/desk", "ok"),
    ],
)
def test_network_and_synchronised_folders(path: str, level: str) -> None:
    """Both can damage a ledger that is being written; a USB stick (fuseblk) is a disk of this machine."""
    (finding,) = place(Path(path), MOUNTS)
    assert finding.level == level
    assert (finding.level == "ok") == (finding.fix == "")


@pytest.mark.parametrize(
    ("free", "level", "shown"),
    [
        (10 << 30, "ok", "10.7 GB"),
        (1 << 30, "ok", "1.1 GB"),
        ((1 << 30) - 1, "warning", "1.1 GB"),
        (50 << 20, "warning", "52.4 MB"),
        ((50 << 20) - 1, "error", "52.4 MB"),
    ],
)
def test_space_on_the_disk(free: int, level: str, shown: str) -> None:
    """Below 1 GiB a warning, below 50 MiB an error."""
    (finding,) = space(free)
    assert finding.level == level
    assert shown in finding.what


def test_a_folder_that_cannot_be_written_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """root may write everywhere, so the system's answer is stood in for."""
    root = a_workspace(tmp_path / "desk").root
    assert levels(writable(root)) == ["ok"]
    monkeypatch.setattr(health.os, "access", lambda path, _: Path(path).name != "sheets")
    (finding,) = writable(root)
    assert (finding.level, finding.what) == ("error", f"{root}/sheets cannot be written to")


def test_what_a_killed_command_left(tmp_path: Path) -> None:
    """Temporary files of ours are named; other hidden files are not ours."""
    root = a_workspace(tmp_path / "desk").root
    (root / "sheets" / "2026-W47").mkdir()
    (root / "sheets" / "2026-W47" / ".0123456789abcdef.tmp").touch()
    (root / ".notes.tmp").touch()
    (finding,) = leftovers(root)
    assert finding.level == "warning"
    assert finding.what.startswith("sheets/2026-W47/.0123456789abcdef.tmp was left")


@pytest.mark.parametrize("mark", ["~$Anna Keller.xlsx", ".~lock.Anna Keller.xlsx#"])
def test_a_sheet_that_is_open_elsewhere(tmp_path: Path, mark: str) -> None:
    """Excel and LibreOffice put a mark beside an open file."""
    root = a_workspace(tmp_path / "desk").root
    (root / "sheets" / mark).touch()
    (finding,) = leftovers(root)
    assert (finding.level, finding.fix) == ("warning", "Save and close it.")


def test_a_clean_folder_has_nothing_left_over(tmp_path: Path) -> None:
    """No finding at all: there is nothing to say."""
    assert list(leftovers(a_workspace(tmp_path / "desk").root)) == []


def test_all_of_it_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Modes, disk, space, writing: four things are well in a fresh folder."""
    mounts = tmp_path / "mounts"
    mounts.write_text("/dev/vda / ext4 rw 0 0\n")
    monkeypatch.setattr(health, "MOUNTS", mounts)
    monkeypatch.setattr(health.shutil, "disk_usage", lambda _: SimpleNamespace(free=5 << 30))
    found = list(folder_findings(a_workspace(tmp_path / "desk")))
    assert levels(found) == ["ok"] * 4
    mounts.unlink()
    assert levels(folder_findings(a_workspace(tmp_path / "other"))) == ["ok"] * 4


def test_a_refusal_as_a_finding() -> None:
    """Its place stands behind what it says."""
    error = WorkspaceError("the key is gone", where="/desk/.key", why="It hashes.", fix="Restore it.")
    assert from_error(error) == Finding("error", "the key is gone (/desk/.key)", "It hashes.", "Restore it.")
    assert from_error(WorkspaceError("odd")) == Finding("error", "odd")
