"""Files written whole or not at all, private folders, digests, locks."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from evalharness.errors import ExportError, WorkspaceError

FILE_MODE = 0o600
FOLDER_MODE = 0o700
_TEMPORARY = re.compile(r"\.[0-9a-f]{16}\.tmp")
_TEMPORARY_FOLDER = re.compile(r"\.laid-down-[0-9a-f]{16}")
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_LOCKED = (errno.EACCES, errno.EPERM, errno.EBUSY, errno.ETXTBSY, errno.EROFS)


def write_whole(path: Path, data: bytes) -> None:
    """Put `data` at `path` (mode 0600): a temporary file beside it, fsync, rename, fsync of the folder.

    Raises ExportError where the disk is full or the file may not be replaced; the file that stood there is untouched.
    """
    with staged({path: data}) as put:
        put()


@contextmanager
def staged(files: Mapping[Path, bytes]) -> Iterator[Callable[[], None]]:
    """Files that belong together: all are written aside first, and stand in their places once the function is called.

    Until then nothing that stands there is touched. They are put in place in the order given, each whole and synced. Raises
    ExportError as `write_whole` does.
    """
    temporaries = {path: path.parent / f".{secrets.token_hex(8)}.tmp" for path in files}

    def put() -> None:
        for path, temporary in temporaries.items():
            with _export_errors(path):
                temporary.replace(path)
                sync_folder(path.parent)

    try:
        for path, data in files.items():
            with _export_errors(path):
                make_folder(path.parent)
                _write_synced(temporaries[path], data)
        yield put
    finally:
        for temporary in temporaries.values():
            with suppress(OSError):  # what is wrong with the folder has been said
                temporary.unlink(missing_ok=True)


@contextmanager
def _export_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _export_error(path, error) from error


def _write_synced(path: Path, data: bytes) -> None:
    with os.fdopen(create_private(path), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def create_private(path: Path) -> int:
    """A descriptor of the new, empty file `path`, which nobody else may read from its first moment on.

    Raises FileExistsError where something stands there.
    """
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, FILE_MODE)


def _export_error(path: Path, error: OSError) -> ExportError:
    where, why = str(path), "What stood there before is whole; nothing was replaced."
    if error.errno in _FULL:
        return ExportError("the disk is full", where=where, why=why, fix="Free some space, then run the same command again.")
    if error.errno in _LOCKED:
        fix = "Close it in the program that has it open, or check who may write to its folder; then run the command again."
        return ExportError("the file cannot be replaced", where=where, why=why, fix=fix)
    return ExportError(f"the file cannot be written ({error.strerror})", where=where, why=why, fix="Check the folder.")


def sync_folder(path: Path) -> None:
    """Make renames in the folder survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folder(path: Path) -> None:
    """The folder and its missing parents, each with mode 0700. A folder that is there stays as it is.

    Raises OSError (FileExistsError where a file has the name).
    """
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    for folder in reversed(missing):
        folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
        sync_folder(folder.parent)
    if not path.is_dir():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))


@contextmanager
def private_folder(root: Path) -> Iterator[Path]:
    """A new, empty folder (mode 0700) in `root` for the length of the block; it goes with all that is in it. Raises OSError."""
    folder = root / f".laid-down-{secrets.token_hex(8)}"
    folder.mkdir(mode=FOLDER_MODE)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def remove_leftovers(root: Path, *, below: bool = True) -> None:
    """Delete the temporary files of `write_whole` in (and `below`) `root`, below it those of `private_folder` too: left by kills.

    The caller holds the lock under which the files of `root` are written. Links are neither deleted nor followed, and a file
    that cannot be deleted stays.
    """
    for folder, folders, names in os.walk(root):
        for left in (Path(folder, name) for name in folders if below and _TEMPORARY_FOLDER.fullmatch(name)):
            if not left.is_symlink():
                shutil.rmtree(left, ignore_errors=True)
        for path in (Path(folder, name) for name in names if _TEMPORARY.fullmatch(name)):
            with suppress(OSError):
                if not path.is_symlink():
                    path.unlink()
        if not below:
            return


def digest_file(path: Path) -> str:
    """SHA-256 of the file's bytes as 64 hexadecimal characters. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_open_elsewhere(path: Path) -> bool:
    """Whether Excel (`~$NAME`) or LibreOffice (`.~lock.NAME#`) says that it has the file open."""
    return any((path.parent / mark).exists() for mark in (f"~${path.name}", f".~lock.{path.name}#"))


@contextmanager
def exclusive_lock(path: Path) -> Iterator[None]:
    """Hold the lock file `path` (created 0600) for the length of the block; the kernel lets go when the process dies.

    Raises WorkspaceError at once, naming the process, where another one holds it.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, FILE_MODE)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _held(path, os.pread(descriptor, 20, 0)) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
        os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def _held(path: Path, holder: bytes) -> WorkspaceError:
    who = f"process {holder.decode()}" if holder.isdigit() else "another process"
    return WorkspaceError(
        f"the workspace is held by {who}",
        where=str(path),
        why="Two commands that write at once would wait for each other.",
        fix="Let the other command finish, then run this one again.",
    )
