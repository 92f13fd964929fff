"""Files whole or absent, private from their first moment, and locks that die with their process."""

from __future__ import annotations

import hashlib
import os
import resource
import stat
import subprocess
import sys

import pytest

from evalharness.errors import ExportError, WorkspaceError
from evalharness.store.files import (
    digest_file,
    exclusive_lock,
    is_open_elsewhere,
    make_folder,
    private_folder,
    remove_leftovers,
    staged,
    write_whole,
)


def _mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(params=[0o000, 0o022])
def umask(request):
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def test_files_and_folders_are_private_under_any_umask(tmp_path, umask):
    """0600 and 0700, also for the parents that had to be made, also when a file is replaced."""
    path = tmp_path / "a" / "b" / "week.xlsx"
    write_whole(path, b"one")
    write_whole(path, b"two")
    assert path.read_bytes() == b"two"
    assert (_mode(path), _mode(path.parent), _mode(path.parent.parent)) == (0o600, 0o700, 0o700)


def test_a_folder_that_is_there_stays_as_it_is(tmp_path):
    """Nobody's mode is changed behind their back."""
    shared = tmp_path / "shared"
    shared.mkdir(mode=0o755)
    make_folder(shared / "mine")
    assert (_mode(shared), _mode(shared / "mine")) == (0o755, 0o700)
    write_whole(shared / "file", b"")
    with pytest.raises(FileExistsError):
        make_folder(shared / "file")


def test_nothing_but_the_file_is_left(tmp_path):
    """No temporary file stays, neither after success nor after a failure."""
    write_whole(tmp_path / "x", b"1")
    (tmp_path / "folder").mkdir()
    with pytest.raises(ExportError):
        write_whole(tmp_path / "folder", b"2")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "x"]


def test_a_full_disk_keeps_the_old_file(tmp_path):
    """With a limit of 1,000 bytes a file of 5,000 cannot be written: a clear error, and the old bytes stand."""
    path = tmp_path / "scores.csv"
    write_whole(path, b"old")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(ExportError, match="disk is full") as caught:
            write_whole(path, b"n" * 5000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert path.read_bytes() == b"old"
    assert [file.name for file in tmp_path.iterdir()] == ["scores.csv"]
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("step", ["fsync", "write", "replace"])
def test_an_error_at_any_step_keeps_the_old_file(tmp_path, monkeypatch, step):
    """The disk says no at the write, at the sync or at the rename: the old file is whole."""
    path = tmp_path / "week.xlsx"
    write_whole(path, b"old")

    def no_space(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    target = {"fsync": "os.fsync", "write": "os.fdopen", "replace": "pathlib.Path.replace"}[step]
    monkeypatch.setattr(target, no_space)
    with pytest.raises(ExportError, match="disk is full"):
        write_whole(path, b"new")
    monkeypatch.undo()
    assert path.read_bytes() == b"old"
    assert [file.name for file in tmp_path.iterdir()] == ["week.xlsx"]


def test_the_order_is_write_sync_rename_sync(tmp_path, monkeypatch):
    """A power cut between any two steps leaves the old or the new file: fsync(file) < rename < fsync(folder)."""
    steps = []
    real_sync, real_replace = os.fsync, type(tmp_path).replace
    monkeypatch.setattr(
        os, "fsync", lambda fd: (steps.append("dir" if stat.S_ISDIR(os.fstat(fd).st_mode) else "file"), real_sync(fd))
    )
    monkeypatch.setattr(type(tmp_path), "replace", lambda a, b: (steps.append("rename"), real_replace(a, b))[1])
    write_whole(tmp_path / "x", b"1")
    assert steps == ["file", "rename", "dir"]


def test_a_file_that_may_not_be_replaced_is_named(tmp_path, monkeypatch):
    """A locked target is another error than a full disk."""

    def busy(*_args):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.replace", busy)
    with pytest.raises(ExportError, match="cannot be replaced"):
        write_whole(tmp_path / "x", b"1")


def test_digest_of_a_file(tmp_path):
    """SHA-256 of the bytes."""
    (tmp_path / "x").write_bytes(b"abc")
    assert digest_file(tmp_path / "x") == hashlib.sha256(b"abc").hexdigest()


@pytest.mark.parametrize("mark", ["~$Anna.xlsx", ".~lock.Anna.xlsx#"])
def test_open_elsewhere(tmp_path, mark):
    """Excel and LibreOffice leave a mark beside the file they have open."""
    sheet = tmp_path / "Anna.xlsx"
    assert not is_open_elsewhere(sheet)
    (tmp_path / mark).touch()
    assert is_open_elsewhere(sheet)
    assert not is_open_elsewhere(tmp_path / "Ben.xlsx")


def test_a_lock_is_held_once_and_names_its_holder(tmp_path):
    """The second one is told at once which process holds it; afterwards it is free."""
    lock = tmp_path / "lock"
    with exclusive_lock(lock):
        with pytest.raises(WorkspaceError, match=f"process {os.getpid()}"), exclusive_lock(lock):
            pass
        assert _mode(lock) == 0o600
    with exclusive_lock(lock):
        pass


def test_a_lock_dies_with_its_process(tmp_path):
    """kill -9 of the holder leaves the file and its number, but no lock."""
    code = (
        "import pathlib, sys, time\nfrom evalharness.store.files import exclusive_lock\n"
        f"with exclusive_lock(pathlib.Path({str(tmp_path / 'lock')!r})):\n    print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(WorkspaceError, match=f"process {holder.pid}"), exclusive_lock(tmp_path / "lock"):
            pass
        holder.kill()
        holder.wait()
    with exclusive_lock(tmp_path / "lock"):
        pass


def test_leftovers_of_a_killed_process_are_removed(tmp_path):
    """Killed between create and rename: its temporary file goes, whatever only looks like one stays."""
    make_folder(tmp_path / "calls" / "week")
    script = "import os, signal, sys; from pathlib import Path; from evalharness.store import files\n"
    script += "files.os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)\n"
    script += "files.write_whole(Path(sys.argv[1]), b'what a caller said')"
    subprocess.run([sys.executable, "-c", script, tmp_path / "calls" / "week" / "x.parquet"], check=False)
    left = list((tmp_path / "calls" / "week").iterdir())
    assert len(left) == 1
    kept = [".0123456789abcde.tmp", ".0123456789abcdef.tmp2", "0123456789abcdef.tmp", ".0123456789ABCDEF.tmp", "mine.tmp"]
    for name in kept:
        (tmp_path / name).write_bytes(b"")
    (tmp_path / ".aaaaaaaaaaaaaaaa.tmp").symlink_to(tmp_path / "mine.tmp")
    (tmp_path / ".bbbbbbbbbbbbbbbb.tmp").mkdir()
    remove_leftovers(tmp_path)
    assert list((tmp_path / "calls" / "week").iterdir()) == []
    there = sorted(path.name for path in tmp_path.iterdir())
    assert there == sorted([*kept, ".aaaaaaaaaaaaaaaa.tmp", ".bbbbbbbbbbbbbbbb.tmp", "calls"])


def test_a_private_folder_goes_with_its_files_and_after_a_kill_with_the_leftovers(tmp_path):
    """0700 and gone after the block; one that a kill left goes next time, in our folders only, and no link is followed."""
    with private_folder(tmp_path) as folder:
        (folder / "what a caller said").touch()
        assert _mode(folder) == 0o700
    assert list(tmp_path.iterdir()) == []
    left, other = tmp_path / f".laid-down-{'a' * 16}", tmp_path / "other"
    for place in (left, other):
        place.mkdir()
        (place / "x").touch()
    (tmp_path / f".laid-down-{'b' * 16}").symlink_to(other)
    remove_leftovers(tmp_path, below=False)
    assert left.is_dir()
    remove_leftovers(tmp_path)
    assert sorted(path.name for path in tmp_path.rglob("*")) == [f".laid-down-{'b' * 16}", "other", "x"]


def test_staged_files_stand_in_their_places_together(tmp_path):
    """Nothing is touched before the function is called; then all are there, and nothing else."""
    first, second = tmp_path / "a" / "one", tmp_path / "a" / "two"
    write_whole(first, b"old")
    with staged({first: b"new", second: b"also"}) as put:
        assert first.read_bytes() == b"old"
        assert not second.exists()
        put()
    assert {path.name: path.read_bytes() for path in (tmp_path / "a").iterdir()} == {"one": b"new", "two": b"also"}


def test_staged_files_that_are_not_put_leave_nothing(tmp_path):
    """An error in between: the old file, and no temporary one."""
    path = tmp_path / "one"
    write_whole(path, b"old")
    with pytest.raises(KeyError), staged({path: b"new"}):
        raise KeyError
    assert [one.name for one in tmp_path.iterdir()] == ["one"]
    assert path.read_bytes() == b"old"


def test_leftovers_below_a_folder_may_be_left(tmp_path):
    """A folder that is not ours: only what lies directly in it."""
    (tmp_path / "below").mkdir()
    for place in (tmp_path, tmp_path / "below"):
        (place / f".{'a' * 16}.tmp").touch()
    remove_leftovers(tmp_path, below=False)
    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.tmp")] == [f"below/.{'a' * 16}.tmp"]
