"""What is named on the command line -> files: standard input, folders, addresses."""

import io
import sys
from contextlib import contextmanager
from types import ModuleType

import pytest

from evalharness.collect.arrived import arrived, as_file
from evalharness.collect.rows import Limits
from evalharness.errors import InputError
from tests.collect.files import a_row, write_rows
from tests.collect.platforms.runs import a_run

MB = 4096


@pytest.fixture
def stdin(monkeypatch):
    """A function that sets what comes through standard input."""

    def given(data: bytes) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))

    return given


def fake_fsspec(monkeypatch, answer):
    """A module fsspec whose `open` gives these bytes, or raises."""

    @contextmanager
    def opening(address, mode):
        assert mode == "rb"
        if isinstance(answer, Exception):
            raise answer
        yield io.BytesIO(answer)

    module = ModuleType("fsspec")
    module.open = opening  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "fsspec", module)


def test_a_file_is_itself(tmp_path):
    """Whether it is there is said when it is read."""
    with arrived(tmp_path / "calls.jsonl", tmp_path, MB) as paths:
        assert paths == [tmp_path / "calls.jsonl"]


def test_a_folder_is_its_files_by_name(tmp_path):
    """Hidden files and turns.csv are no files of their own; one without files is said."""
    for name in ("b.jsonl", "a.jsonl", ".hidden", "calls.csv", "turns.csv"):
        write_rows(tmp_path / name, [a_row()])
    (tmp_path / "inner").mkdir()
    with arrived(str(tmp_path), tmp_path, MB) as paths:
        assert [path.name for path in paths] == ["a.jsonl", "b.jsonl", "calls.csv"]
    with pytest.raises(InputError, match="the folder inner has no files"), arrived(tmp_path / "inner", tmp_path, MB):
        pytest.fail("taken")


def test_folders_below_a_folder_are_read_too(tmp_path):
    """In the order of their paths, with turns.csv beside its calls.csv; a run is one. A link to a folder is given as it is."""
    inside = tmp_path / "logs"
    for place in ("b/deep/x.jsonl", "a.jsonl", "b/calls.csv", "b/turns.csv", "b/.git/x", "c.jsonl"):
        (inside / place).parent.mkdir(parents=True, exist_ok=True)
        write_rows(inside / place, [a_row()])
    a_run(inside / "b" / "run")
    write_rows(tmp_path / "elsewhere.jsonl", [a_row()])
    (inside / "link").symlink_to(tmp_path, target_is_directory=True)
    with arrived(inside, tmp_path, MB) as paths:
        found = [path.relative_to(inside).as_posix() for path in paths]
    assert found == ["a.jsonl", "b/calls.csv", "b/deep/x.jsonl", "b/run", "c.jsonl", "link"]


def test_a_folder_of_too_many_files_is_refused(tmp_path, monkeypatch):
    """Three files where two are taken."""
    monkeypatch.setattr("evalharness.collect.arrived.MOST_FILES", 2)
    for name in "abc":
        write_rows(tmp_path / name, [])
    with pytest.raises(InputError, match="more than 2 files"), arrived(tmp_path, tmp_path, MB):
        pytest.fail("taken")


def test_nothing_through_standard_input(tmp_path, stdin):
    """Said as that, without the name of the file it was laid down in."""
    stdin(b"")
    with pytest.raises(InputError, match="nothing came through standard input") as caught, arrived("-", tmp_path, MB):
        pytest.fail("taken")
    assert caught.value.where == "-"


def test_the_folder_of_a_run_is_one_of_the_files(tmp_path):
    """By itself, and beside files in a folder."""
    folder = a_run(tmp_path / "b-run")
    write_rows(tmp_path / "a.jsonl", [a_row()])
    (tmp_path / "inner").mkdir()
    with arrived(folder, tmp_path, MB) as paths:
        assert paths == [folder]
    with arrived(tmp_path, tmp_path, MB) as paths:
        assert [path.name for path in paths] == ["a.jsonl", "b-run"]


def test_a_run_is_laid_down_as_one_file_for_its_owner(tmp_path):
    """Of its own name, gone afterwards; a file is itself; a run that cannot be read is said with the file of it."""
    folder = a_run(tmp_path / "run")
    with as_file(folder, tmp_path, Limits()) as path:
        assert (path.name, path.is_file(), oct(path.stat().st_mode & 0o777)) == ("run", True, "0o600")
        assert oct(path.parent.stat().st_mode & 0o777) == "0o700"
    assert not path.exists()
    with as_file(tmp_path / "a.jsonl", tmp_path, Limits()) as path:
        assert path == tmp_path / "a.jsonl"
    (folder / "transcript.jsonl").write_text("{")
    with pytest.raises(InputError, match=r"run: transcript\.jsonl line 1"), as_file(folder, tmp_path, Limits()):
        pytest.fail("taken")


def test_standard_input_is_laid_down_for_its_owner_and_gone_afterwards(tmp_path, stdin):
    """0700 and 0600; its name tells where it came from; nothing of it stays, also where reading fails."""
    stdin(b'{"id": 1}\n')
    with arrived("-", tmp_path, MB) as (path,):
        assert (path.name, path.read_bytes()) == ("standard-input", b'{"id": 1}\n')
        assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert list(tmp_path.iterdir()) == []
    stdin(b"a" * 2_000_001)
    with pytest.raises(InputError, match="standard-input has more than 2 MB"), arrived("-", tmp_path, 2):
        pytest.fail("taken")
    assert list(tmp_path.iterdir()) == []


def test_an_address_needs_fsspec(tmp_path, monkeypatch):
    """Without it the error says what to type, and shows no signature."""
    monkeypatch.setitem(sys.modules, "fsspec", None)
    with pytest.raises(InputError) as caught, arrived("s3://logs/47/calls.jsonl.gz?X-Amz-Signature=secret", tmp_path, MB):
        pytest.fail("taken")
    assert 'pip install "evalharness[urls]"' in caught.value.fix
    assert "secret" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_an_address_through_fsspec(tmp_path, monkeypatch):
    """The file has the address's last name; what a store raises is told by its kind alone."""
    fake_fsspec(monkeypatch, b"{}\n")
    with arrived("s3://logs/47/calls.jsonl.gz", tmp_path, MB) as (path,):
        assert (path.name, path.read_bytes()) == ("calls.jsonl.gz", b"{}\n")
    fake_fsspec(monkeypatch, PermissionError("key AKIA123 is not allowed"))
    wanted = pytest.raises(InputError, match=r"calls.jsonl cannot be fetched \(PermissionError\)")
    with wanted as caught, arrived("https://me:secret@logs.example/calls.jsonl?token=secret", tmp_path, MB):
        pytest.fail("taken")
    assert not any(word in str(caught.value) for word in ("AKIA123", "secret"))
    assert list(tmp_path.iterdir()) == []


def test_an_address_through_the_real_fsspec(tmp_path):
    """Its store in memory, where it is installed."""
    fsspec = pytest.importorskip("fsspec")
    with fsspec.open("memory://logs/calls.jsonl", "wb") as file:
        file.write(b"{}\n")
    with arrived("memory://logs/calls.jsonl", tmp_path, MB) as (path,):
        assert path.read_bytes() == b"{}\n"
