"""What a file is read through: as it is, or unpacked on the way (.gz, .zst, told by their first bytes, whatever the name).

Nothing is unpacked beyond a cap: neither more than `file_mb` megabytes, nor a bomb, whose packed bytes unpack to far more
than texts do. A digest is taken of the unpacked bytes, so a file and its packed copy are the same file.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import zlib
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol, cast

from evalharness import numbers
from evalharness.collect.lines import Span
from evalharness.errors import InputError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

FILE_MB = 4096
"""The cap where the workspace sets no other (collect.limits.file_mb)."""
RATIO, FREE_BYTES = 250, 64_000_000
"""From so many unpacked bytes on, more than so many for a packed one are a bomb: logs of calls pack to a tenth or so."""
_BUFFER, _OF_PART, _STEP = 1 << 20, 1 << 16, 1 << 12
MAGIC = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}
_SUFFIXES = (".gz", ".gzip", ".zst", ".zstd")


class _Reader(Protocol):
    """What unpacks."""

    def read(self, size: int, /) -> bytes:
        """At most `size` unpacked bytes; none at the end."""

    def close(self) -> None:
        """Lets go of the file."""


class _Unpacking(io.RawIOBase):
    """The unpacked bytes of a packed file, held to the caps. `cut`: it ended too early, and that is no error."""

    def __init__(self, path: Path, kind: str, file_mb: int, *, cut_ok: bool) -> None:
        self.path, self.file_mb, self.cut_ok, self.cut = path, file_mb, cut_ok, False
        self._packed, self._unpacked = path.stat().st_size, 0
        self._reader = _reader(path, kind)

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._unpacked

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer).cast("B")
        data = self._read(min(len(view), _STEP))
        view[: len(data)] = data
        self._unpacked += len(data)
        if self._unpacked > self.file_mb * 1_000_000:
            what = f"{self.path.name} unpacks to more than {numbers.count(self.file_mb)} MB"
            raise refusal(self.path, what, "split the file, or raise collect.limits.file_mb in evalharness.yaml")
        if self._unpacked > max(FREE_BYTES, RATIO * self._packed):
            what = f"{self.path.name} unpacks to more than {RATIO} times its size: that is no log of calls"
            raise refusal(self.path, what, "look what is in it; where it is right, unpack it and collect the result")
        return len(data)

    def _read(self, size: int) -> bytes:
        try:
            return self._reader.read(size)
        except (EOFError, OSError, zlib.error) as error:
            if isinstance(error, EOFError) or "Truncated" in str(error):
                if self.cut_ok:
                    self.cut = True
                    return b""
                what = f"{self.path.name} is cut off: its packed bytes end too early"
            else:
                what = f"{self.path.name} is damaged: it cannot be unpacked"
            raise refusal(self.path, what, "copy or export it again") from None

    def close(self) -> None:
        if not self.closed:
            self._reader.close()
        super().close()


def _reader(path: Path, kind: str) -> _Reader:
    """Reads little at a time: what a read that meets the cut has unpacked before is lost."""
    if kind == "gzip":
        return _Gzip(path, "rb")
    import pyarrow as pa

    return cast(_Reader, pa.CompressedInputStream(pa.OSFile(str(path)), "zstd"))


class _Gzip(gzip.GzipFile):
    """Gives what one step unpacks."""

    def read(self, size: int | None = -1) -> bytes:
        return self.read1(-1 if size is None else size)


class _Part(io.RawIOBase):
    """Some bytes of a file, such as the first ones: what was there when reading began."""

    def __init__(self, path: Path, part: Span, end: int) -> None:
        self._file, self._left = path.open("rb", buffering=0), end - part.start
        status = os.fstat(self._file.fileno())
        if part.of is not None and ((status.st_dev, status.st_ino) != part.of or status.st_size < end):
            self._file.close()
            raise refusal(path, f"{path.name} was replaced or cut while it was read", "collect it again, and the file it was")
        self._file.seek(part.start)

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._file.tell()

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer).cast("B")[: self._left]
        count: int = self._file.readinto(view) or 0
        self._left -= count
        return count

    def close(self) -> None:
        self._file.close()
        super().close()


def open_input(path: Path, file_mb: int = FILE_MB, *, cut_ok: bool = False, part: Span | None = None) -> BinaryIO:
    """The file's bytes from the start, unpacked; not seekable where it is packed.

    `cut_ok`: a packed file that ends too early just ends there (`was_cut` tells). `part`: of a plain file only these bytes.
    Raises OSError; while reading InputError, where it is damaged, cut off, or unpacks to more than the caps allow.
    """
    kind = packed_as(path)
    if kind is not None:
        return io.BufferedReader(_Unpacking(path, kind, file_mb, cut_ok=cut_ok), _BUFFER)
    if part is None or part.end is None:
        return path.open("rb")
    return io.BufferedReader(_Part(path, part, part.end), _OF_PART)


def open_seekable(path: Path, file_mb: int = FILE_MB) -> BinaryIO:
    """As `open_input`, for what is read in another order: a packed file lies unpacked on the disk, where no name leads to it."""
    if packed_as(path) is None:
        return path.open("rb")
    plain = TemporaryFile()  # noqa: SIM115 - the caller closes it
    with open_input(path, file_mb) as file:
        while chunk := file.read(_BUFFER):
            plain.write(chunk)
    plain.seek(0)
    return cast(BinaryIO, plain)


def was_cut(file: BinaryIO) -> bool:
    """Whether the packed file that was opened with `cut_ok` ended too early."""
    raw: Any = getattr(file, "raw", None)
    return bool(getattr(raw, "cut", False))


def packed_as(path: Path) -> str | None:
    """gzip, zstd, or None for a file that is not packed by either. Raises OSError."""
    with path.open("rb") as file:
        head = file.read(4)
    return next((kind for magic, kind in MAGIC.items() if head.startswith(magic)), None)


def plain_path(path: Path) -> Path:
    """The path without the ending that says how it is packed: calls.jsonl.gz is a .jsonl."""
    return path.with_suffix("") if path.suffix.lower() in _SUFFIXES else path


def digest_of_file(*paths: Path, file_mb: int = FILE_MB) -> str:
    """SHA-256 over the unpacked bytes of these files one after the other. Raises InputError where one cannot be read."""
    found = hashlib.sha256()
    for path in paths:
        try:
            check_ordinary(path)
            with open_input(path, file_mb, cut_ok=True) as file:
                while chunk := file.read(_BUFFER):
                    found.update(chunk)
        except OSError as error:
            raise cannot_read(path, error) from None
    return found.hexdigest()


def check_ordinary(path: Path) -> None:
    """Raises InputError for a folder, and for a pipe or a device, whose reading may never begin or end; OSError for no file."""
    path.stat()
    if path.is_dir():
        raise refusal(
            path, f"{path.name} is a folder", "name the files in it, one by one or with a pattern such as inbox/*.jsonl"
        )
    if not path.is_file():
        fix = "pass it through standard input: ... | evalharness collect -"
        raise refusal(path, f"{path.name} is not an ordinary file", fix)


def cannot_read(path: Path, error: OSError) -> InputError:
    """The error for a file the system does not let us read."""
    what = (
        f"there is no file {path.name}"
        if isinstance(error, FileNotFoundError)
        else f"{path.name} cannot be read ({error.strerror})"
    )
    return refusal(path, what, "check the path and who may read it")


def refusal(path: Path, what: str, fix: str) -> InputError:
    """The error for a file of which nothing is taken."""
    return InputError(what, where=str(path), why="no row of it was taken", fix=fix)
