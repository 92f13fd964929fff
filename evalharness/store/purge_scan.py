"""Every file of a folder looked through for texts: as it is, inflated (zip, gzip, Zstandard), and Parquet decoded."""

from __future__ import annotations

import gzip
import os
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from evalharness.store.needles import Needles
from evalharness.store.purge_parts import texts_in

_CHUNK = 16 << 20
_ZIP, _GZIP, _ZSTD, _PARQUET = b"PK\x03\x04", b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PAR1"


def files_of(root: Path) -> Iterator[Path]:
    """Every file below the folder, by path; links are not followed."""
    for folder, folders, names in os.walk(root):
        folders.sort()
        for path in (Path(folder, name) for name in sorted(names)):
            if not path.is_symlink():
                yield path


def scanned(paths: Iterable[Path], needles: Needles) -> tuple[dict[Path, set[int]], Counter[str]]:
    """The pieces found in each file that holds any, and what was looked through: files, bytes (inflated ones too).

    A file that cannot be read or inflated is looked through as far as it can be, and counted as "unread" where not at all.
    """
    found: dict[Path, set[int]] = {}
    seen: Counter[str] = Counter()
    for path in paths:
        seen["files"] += 1
        try:
            for data in contents(path, needles.longest):
                seen["bytes"] += len(data)
                if here := {number for number, _ in needles.find(data)}:
                    found.setdefault(path, set()).update(here)
        except (OSError, ValueError):  # pyarrow says ValueError of a file that is none of its own
            seen["unread"] += 1
    return found, seen


def contents(path: Path, overlap: int) -> Iterator[bytes]:
    """The bytes of a file in chunks that overlap, then those of what is packed in it. Raises OSError."""
    with path.open("rb") as file:
        start = file.read(4)
        file.seek(0)
        yield from _chunks(file, overlap)
    if start == _ZIP:
        yield from _members(path, overlap)
    elif start[:2] == _GZIP:
        with gzip.open(path) as file:
            yield from _whole(file, overlap)
    elif start == _ZSTD:
        import pyarrow as pa

        with pa.input_stream(str(path), compression="zstd") as file:
            yield from _whole(file, overlap)
    elif start == _PARQUET:
        yield from texts_in([path])


def _chunks(file: IO[bytes] | Any, overlap: int) -> Iterator[bytes]:
    before = b""
    while chunk := file.read(_CHUNK):
        yield before + chunk
        before = chunk[-overlap:]


def _whole(file: Any, overlap: int) -> Iterator[bytes]:
    """What can be inflated; a damaged end ends it."""
    try:
        yield from _chunks(file, overlap)
    except (OSError, EOFError, zlib.error):
        return


def _members(path: Path, overlap: int) -> Iterator[bytes]:
    try:
        with zipfile.ZipFile(path) as book:
            for name in book.namelist():
                with book.open(name) as file:
                    yield from _whole(file, overlap)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError):
        return
