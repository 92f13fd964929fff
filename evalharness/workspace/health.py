"""Is the folder a good place for a workspace: who may read it, what disk it lies on, what was left behind."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from evalharness import numbers
from evalharness.workspace.finding import Finding, fine, warning, wrong
from evalharness.workspace.folder import Workspace

PURGING = ".purge.json"
WRITTEN = ("calls", "exports", "receipts", "logs")
"""Folders in which only this program writes, with the modes 0600 and 0700."""
MOUNTS = Path("/proc/mounts")
LITTLE_SPACE, NO_SPACE = 1 << 30, 50 << 20
_SYNCED = (
    "dropbox",
    "onedrive",
    "icloud",
    "mobile documents",
    "google drive",
    "googledrive",
    "my drive",
    "nextcloud",
    "owncloud",
)
_NETWORK = re.compile(r"nfs\d?|cifs|smb\w*|ncpfs|afs|ceph|glusterfs|lustre|davfs2?|9p|fuse\..*")
_TEMPORARY = re.compile(r"\.[0-9a-f]{16}\.tmp")


def folder_findings(workspace: Workspace) -> Iterator[Finding]:
    """Everything about the folder that can be told without its configuration."""
    yield from modes(workspace)
    yield from place(workspace.root, _mounts())
    yield from space(shutil.disk_usage(workspace.root).free)
    yield from writable(workspace.root)
    yield from leftovers(workspace.root)


def modes(workspace: Workspace) -> Iterator[Finding]:
    """Whether others may read the ledger, the key, or look into the folder."""
    exposed = workspace.exposed()
    why = "The ledger holds what callers said, the key hides who they are."
    for path in exposed:
        mode = path.stat().st_mode & 0o777
        yield wrong(f"{path.name} can be read by others (mode {mode:04o})", why, f"Type: chmod 600 '{path}'")
    mode = workspace.root.stat().st_mode & 0o777
    if mode & 0o077:
        fix = f"Type: chmod 700 '{workspace.root}'"
        yield warning(
            f"others may look into the workspace (mode {mode:04o})", "Logs in inbox/ are as readable as you saved them.", fix
        )
    open_files = _open_files(workspace.root)
    if open_files:
        what = f"{len(open_files)} files that this program wrote can be read by others, {open_files[0]} the first"
        yield warning(
            what, "Somebody changed their modes; the folder is all that hides them.", f"Type: chmod -R go= '{workspace.root}'"
        )
    if not (exposed or open_files or mode & 0o077):
        yield fine("Private: only you can read the workspace")


def _open_files(root: Path) -> list[str]:
    """Files and folders of ours that have a bit for the group or for all. What people save has the modes of their programs."""
    ours = (path for name in WRITTEN for path in sorted((root / name).rglob("*")) if not path.is_symlink())
    return [path.relative_to(root).as_posix() for path in ours if path.stat().st_mode & 0o077]


def place(root: Path, mounts: str) -> Iterator[Finding]:
    """Whether the folder is synchronised or lies on a network disk. `mounts`: the text of /proc/mounts, "" = none."""
    synced = next((part for part in root.parts if part.casefold().startswith(_SYNCED)), None)
    kind = file_system(root, mounts)
    fix = "Move the workspace to a folder of this machine's own disk, and copy `evalharness backup` files to the shared one."
    if synced:
        why = "The ledger is copied while it is written, which can damage it, and what callers said leaves the machine."
        yield warning(f"the workspace lies in a synchronised folder ({synced})", why, fix)
    elif kind is not None and _NETWORK.fullmatch(kind):
        yield warning(
            f"the workspace lies on a network disk ({kind})", "File locks are not reliable there; the ledger can be damaged.", fix
        )
    else:
        yield fine(f"Disk: local{f' ({kind})' if kind else ''}, not synchronised")


def file_system(path: Path, mounts: str) -> str | None:
    """The type of the file system that holds the absolute path: of the longest mount point above it; None = unknown."""
    best, kind = -1, None
    for line in mounts.splitlines():
        fields = line.split()
        if len(fields) < 3:
            continue
        point = Path(re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), fields[1]))
        if path.is_relative_to(point) and len(point.parts) >= best:
            best, kind = len(point.parts), fields[2]
    return kind


def space(free: int) -> Iterator[Finding]:
    """Whether the disk has room; `free` in bytes."""
    shown, fix = f"{numbers.size(free)} free on the disk", "Free some space; `evalharness` refuses to half-write a file."
    if free < NO_SPACE:
        yield wrong(shown, "The next report or grade cannot be saved.", fix)
    elif free < LITTLE_SPACE:
        yield warning(shown, "A few weeks of calls can fill it.", fix)
    else:
        yield fine(f"Space: {shown}")


def writable(root: Path) -> Iterator[Finding]:
    """Whether the folders in which sheets, reports and calls are written may be written to."""
    closed = [
        name
        for name in ("", "sheets", "reports", "calls")
        if (root / name).exists() and not os.access(root / name, os.W_OK | os.X_OK)
    ]
    for name in closed:
        shown = root / name
        yield wrong(
            f"{shown} cannot be written to", "No sheet, grade or report can be saved there.", f"Type: chmod u+rwx '{shown}'"
        )
    if not closed:
        yield fine("Writable: sheets, reports, calls")


def leftovers(root: Path) -> Iterator[Finding]:
    """Temporary files of a killed command, and sheets that are open in another program."""
    if (root / PURGING).exists():
        fix = "Type: evalharness purge; it is finished first."
        yield warning("a purge was interrupted", f"{PURGING} holds what it looks for, and files may hold it too.", fix)
    names = [Path(folder) / file for folder, _, files in os.walk(root) for file in files]
    for path in sorted(path for path in names if _TEMPORARY.fullmatch(path.name)):
        yield warning(
            f"{path.relative_to(root)} was left by a command that was killed", "It holds no finished work.", f"Type: rm '{path}'"
        )
    for path in sorted(path for path in names if path.name.startswith(("~$", ".~lock."))):
        what = f"{path.relative_to(root)} says that a sheet is open in another program"
        yield warning(what, "An open sheet is not replaced, and what is typed but not saved is not seen.", "Save and close it.")


def _mounts() -> str:
    try:
        return MOUNTS.read_text(errors="replace")
    except OSError:
        return ""
