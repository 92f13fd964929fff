"""What is named on the command line -> files: a file, `-` (standard input), the address of an object store, or a folder.

What does not lie here yet is laid down first, since it is read more than once: in a folder that only its owner may open, gone
at the end of the block; the next command that writes removes one that a kill has left.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from evalharness import numbers
from evalharness.collect.csv_form import turns_beside
from evalharness.collect.inputs import cannot_read, refusal
from evalharness.collect.platforms import pipecat
from evalharness.collect.reasons import FieldError
from evalharness.collect.rows import Limits
from evalharness.errors import InputError
from evalharness.models.noun import canonical_json
from evalharness.store.files import private_folder

STDIN, STDIN_NAME = "-", "standard-input"
_CHUNK = 1 << 20
MOST_FILES = 100_000
"""So many files of a folder and those below it are taken in by one command."""


@contextmanager
def arrived(given: str | Path, root: Path, file_mb: int) -> Iterator[list[Path]]:
    """The files that `given` names, by name; a folder that is one call is itself one of them. `root`: of the workspace.

    Raises InputError where nothing can be read, also for an address where fsspec is not installed.
    """
    if given == STDIN or "://" in str(given):
        with _laid_down(str(given), root, file_mb) as path:
            yield [path]
    else:
        yield _files(Path(given))


def without_turns(paths: list[Path]) -> list[Path]:
    """A turns.csv comes in with its calls.csv, not by itself."""
    beside = set()
    for path in paths:
        if path.match("calls*.csv*"):
            try:
                beside.add(turns_beside(path))
            except InputError:
                continue
    return [path for path in paths if path not in beside]


@contextmanager
def as_file(path: Path, root: Path, limits: Limits) -> Iterator[Path]:
    """The file to be read: the path itself, or a folder that is one call laid down as one. Raises InputError."""
    if not pipecat.is_folder(path):
        yield path
        return
    with private_folder(root) as folder:
        try:
            text = canonical_json(pipecat.read_folder(path, limits))
        except OSError as error:
            raise cannot_read(path, error) from None
        except FieldError as error:
            raise refusal(
                path, f"{path.name}: {error}", "look at that file of the run, or raise collect.limits.call_kb"
            ) from None
        file = folder / path.resolve().name
        file.touch(mode=0o600)
        file.write_text(text, encoding="utf-8")
        yield file


def _files(path: Path) -> list[Path]:
    if not path.is_dir() or pipecat.is_folder(path):
        return [path]
    found = files_below(path)
    if not found:
        raise refusal(path, f"the folder {path.name} has no files", "name the folder that the calls are in")
    return found


def files_below(path: Path) -> list[Path]:
    """The files in a folder and in all folders below it, by name; the folder of a run is one of them, hidden ones are none.

    A link to a folder is not followed: it is given as it is, and refused when it is read. Raises InputError beyond MOST_FILES.
    """
    found: list[Path] = []
    folders = [path]
    while folders:
        for one in folders.pop().iterdir():
            if one.name.startswith("."):
                continue
            if one.is_dir() and not one.is_symlink() and not pipecat.is_folder(one):
                folders.append(one)
            else:
                found.append(one)
        if len(found) > MOST_FILES:
            what = f"the folder {path.name} has more than {numbers.count(MOST_FILES)} files"
            raise refusal(path, what, "name the folders in it one by one")
    return without_turns(sorted(found))


@contextmanager
def _laid_down(given: str, root: Path, file_mb: int) -> Iterator[Path]:
    with private_folder(root) as folder:
        path = folder / (STDIN_NAME if given == STDIN else _name(given))
        path.touch(mode=0o600)
        if given == STDIN:
            _copy(sys.stdin.buffer, path, file_mb)
            if not path.stat().st_size:
                raise InputError(
                    "nothing came through standard input",
                    where=STDIN,
                    why="- reads what another command writes",
                    fix="zcat FILE | evalharness collect -",
                )
        else:
            _fetch(given, path, file_mb)
        yield path


def _name(address: str) -> str:
    return urlsplit(address).path.rpartition("/")[2][:200] or "address"


def _shown(address: str) -> str:
    """Without what may be a key: the query, and a name and password before the host."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _fetch(address: str, path: Path, file_mb: int) -> None:
    """Of the error of a store's library only the kind is shown: its text may hold keys."""
    try:
        fsspec: Any = import_module("fsspec")
    except ImportError:
        raise InputError(
            "addresses are read through fsspec, which is not installed",
            where=_shown(address),
            why="only files of this machine are read without it",
            fix='pip install "evalharness[urls]", or fetch it yourself: ... | evalharness collect -',
        ) from None
    try:
        with fsspec.open(address, "rb") as file:
            _copy(file, path, file_mb)
    except InputError:
        raise
    except Exception as error:  # noqa: BLE001 - every store raises errors of its own
        raise InputError(
            f"{path.name} cannot be fetched ({type(error).__name__})",
            where=_shown(address),
            why="no row of it was taken",
            fix="check the address and who may read it; the store's own tool tells more",
        ) from None


def _copy(file: BinaryIO, path: Path, file_mb: int) -> None:
    size = 0
    try:
        with path.open("wb") as kept:
            while chunk := file.read(_CHUNK):
                size += len(chunk)
                if size > file_mb * 1_000_000:
                    what = f"{path.name} has more than {numbers.count(file_mb)} MB"
                    raise refusal(path, what, "split it, or raise collect.limits.file_mb in evalharness.yaml")
                kept.write(chunk)
    except OSError as error:
        raise cannot_read(path, error) from None
