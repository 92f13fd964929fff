"""Why a file cannot be read at all, told before any row is: what it is instead, and what to type."""

from __future__ import annotations

from pathlib import Path

from evalharness import numbers
from evalharness.collect.inputs import MAGIC, cannot_read, check_ordinary, open_input, packed_as, refusal, was_cut
from evalharness.collect.tables import PARQUET

_NOT_UNPACKED = {b"BZh": ("bzip2", "bunzip2"), b"\xfd7zXZ": ("xz", "unxz")}
_ZIP = b"PK\x03\x04"
_BINARY = {
    b"%PDF": "a PDF", b"SQLite format 3": "an SQLite database", b"RIFF": "a sound file", b"OggS": "a sound file",
    b"ID3": "a sound file", b"fLaC": "a sound file", b"\x7fELF": "a program", b"\xd0\xcf\x11\xe0": "an old spreadsheet",
    b"\x89PNG": "a picture",
}  # fmt: skip
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_EXPORT = "export the calls as JSONL or CSV"


def check_file(path: Path, file_mb: int, *, parquet: bool = False) -> None:
    """Raises InputError for what is no readable text file (or Parquet file), packed or not, of at most `file_mb` megabytes."""
    try:
        size = path.stat().st_size
        check_ordinary(path)
        packed = packed_as(path)
        with open_input(path, file_mb, cut_ok=True) as file:
            head, cut = file.read(4096), was_cut(file)
    except OSError as error:
        raise cannot_read(path, error) from None
    if not head:
        how = "is cut off: nothing of it can be unpacked" if cut else "is empty"
        raise refusal(path, f"{path.name} {how}", "export it again, or remove it")
    if size > file_mb * 1_000_000:
        what = f"{path.name} has {numbers.size(size)}; at most {numbers.count(file_mb)} MB are read"
        raise refusal(path, what, "split the file, or raise collect.limits.file_mb in evalharness.yaml")
    if packed and any(head.startswith(magic) for magic in MAGIC):
        raise refusal(path, f"{path.name} is packed twice", "unpack it and collect the result")
    if head.startswith(PARQUET) and packed:
        raise refusal(
            path, f"{path.name} is a Parquet file that was packed once more ({packed})", "unpack it and collect the result"
        )
    if head.startswith(PARQUET) and not parquet:
        raise refusal(
            path,
            f"{path.name} is a Parquet file, not text",
            "its columns are not our own; collect it with --source MAP, a field map",
        )
    _check_head(path, head)


def _check_head(path: Path, head: bytes) -> None:
    for mark, (name, command) in _NOT_UNPACKED.items():
        if head.startswith(mark):
            fix = f"unpack it and collect the result: {command} {path.name} (.gz and .zst are read as they are)"
            raise refusal(path, f"{path.name} is compressed ({name}), which is not read", fix)
    if head.startswith(_ZIP):
        what = f"{path.name} is a spreadsheet or zip archive, not text"
        raise refusal(path, what, f"a zip archive: unzip it and collect the files; a spreadsheet: {_EXPORT}")
    for mark, name in _BINARY.items():
        if head.startswith(mark):
            raise refusal(path, f"{path.name} is {name}, not text", _EXPORT)
    if head.startswith(_UTF_16):
        fix = f"save it as UTF-8 (in a spreadsheet: CSV UTF-8), or: iconv -f UTF-16 -t UTF-8 {path.name} > NEW"
        raise refusal(path, f"{path.name} is encoded as UTF-16", fix)
    if head.count(0) * 10 > len(head) and not head.startswith(PARQUET):
        raise refusal(path, f"{path.name} is not text", _EXPORT)
