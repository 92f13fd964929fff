"""What kind of file this is, by looking at its beginning; and why a file cannot be read at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from evalharness.collect.csv_records import read_records
from evalharness.collect.lines import read_lines
from evalharness.collect.our_form import CALL_KEYS
from evalharness.collect.reasons import kind_of, printable
from evalharness.collect.strict_json import StrictJsonError, parse_json
from evalharness.errors import InputError

OwnForm = Literal["jsonl", "csv"]
_HEAD = 1 << 20
_COMPRESSED = {b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zXZ": "xz", b"\x28\xb5\x2f\xfd": "zstd"}
_BINARY = {
    b"PK\x03\x04": "a spreadsheet or zip archive", b"PAR1": "a Parquet file", b"%PDF": "a PDF",
    b"SQLite format 3": "an SQLite database",
    b"RIFF": "a sound file", b"OggS": "a sound file", b"ID3": "a sound file", b"fLaC": "a sound file", b"\x7fELF": "a program",
    b"\xd0\xcf\x11\xe0": "an old spreadsheet", b"\x89PNG": "a picture",
}  # fmt: skip
_GUESSES = {
    "id": ("id", "call_id", "callId", "conversation_id", "uuid", "session_id"),
    "started_at": ("started_at", "startedAt", "start_time", "start_timestamp", "created_at", "createdAt", "timestamp"),
    "each": ("turns", "transcript", "messages", "transcript_object", "traj", "items", "conversation"),
    "speaker": ("speaker", "role", "from", "participant"),
    "text": ("text", "content", "message", "utterance"),
}


def check_file(path: Path, file_mb: int) -> None:
    """Raises InputError for what is no readable text file of at most `file_mb` megabytes."""
    try:
        size = path.stat().st_size
        if not path.is_file():
            kind = "a folder" if path.is_dir() else "not an ordinary file"
            raise _refusal(
                path, f"{path.name} is {kind}", "name the files in it, one by one or with a pattern such as inbox/*.jsonl"
            )
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError as error:
        raise cannot_read(path, error) from None
    if not size:
        raise _refusal(path, f"{path.name} is empty", "export it again, or remove it")
    if size > file_mb * 1_000_000:
        what = f"{path.name} has {size / 1e6:,.0f} MB; at most {file_mb:,} MB are read"
        raise _refusal(path, what, "split the file, or raise collect.limits.file_mb in evalharness.yaml")
    _check_head(path, head)


def _check_head(path: Path, head: bytes) -> None:
    for mark, name in _COMPRESSED.items():
        if head.startswith(mark):
            raise _refusal(
                path, f"{path.name} is compressed ({name}); reading that is not supported yet", "unpack it and collect the result"
            )
    for mark, name in _BINARY.items():
        if head.startswith(mark):
            raise _refusal(path, f"{path.name} is {name}, not text", "export the calls as JSONL or CSV")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _refusal(path, f"{path.name} is encoded as UTF-16", "save it as UTF-8 (in a spreadsheet: CSV UTF-8)")
    if head.count(0) * 10 > len(head):
        raise _refusal(path, f"{path.name} is not text", "export the calls as JSONL or CSV")


def cannot_read(path: Path, error: OSError) -> InputError:
    """The error for a file the system does not let us read."""
    what = (
        f"there is no file {path.name}"
        if isinstance(error, FileNotFoundError)
        else f"{path.name} cannot be read ({error.strerror})"
    )
    return _refusal(path, what, "check the path and who may read it")


def _refusal(path: Path, what: str, fix: str) -> InputError:
    return InputError(what, where=str(path), why="no row of it was taken", fix=fix)


def recognise(path: Path) -> OwnForm | None:
    """Which of our own forms the file has; None for another. Raises InputError where the file cannot be read."""
    check_file(path, 1 << 40)
    for value in _first_values(path):
        if isinstance(value, dict) and "id" in value and "turns" in value:
            return "jsonl"
    columns = _columns(path)
    return "csv" if "id" in columns and len(set(columns) & set(CALL_KEYS)) > 1 else None


def form_of(path: Path) -> OwnForm:
    """Like `recognise`, for a file that must be one of ours. Raises InputError that shows how a field map begins."""
    form = recognise(path)
    if form is not None:
        return form
    values = list(_first_values(path))
    saw = _saw(values, _columns(path))
    raise InputError(
        f"{path.name} is not in a form we know: it {saw}",
        where=str(path),
        why="our JSONL has a call with id and turns in every line; our calls.csv has the column id and a turns.csv beside it",
        fix="write a field map (docs/field-map.md) into evalharness.yaml and collect with --source MAP; it could begin so:\n"
        + proposed_map(next((value for value in values if isinstance(value, dict)), {})),
    )


def is_lines(path: Path) -> bool:
    """Whether a JSON file has a value a line (JSONL) and is not one document: by its name, else by its first line."""
    if path.suffix.lower() in (".jsonl", ".ndjson"):
        return True
    with path.open("rb") as file:
        first = file.readline(_HEAD)
        if not first.endswith(b"\n") or not file.read(4096).strip():
            return False
    try:
        parse_json(first)
    except StrictJsonError:
        return False
    return True


def _first_values(path: Path) -> Iterator[Any]:
    """The JSON values of the first lines; else, of a short file, the first call of the one document."""
    found = False
    with path.open("rb") as file:
        for _, line in zip(range(20), read_lines(file, _HEAD), strict=False):
            value = _value(line.data or b"")
            if value is not None:
                found = True
                yield value
    if not found and path.stat().st_size <= _HEAD:
        value = _value(path.read_bytes())
        yield from () if value is None else (value,)


def _value(data: bytes) -> Any:
    """The JSON value, of an array its first entry; None for anything else."""
    try:
        value = parse_json(data)
    except StrictJsonError:
        return None
    return value[0] if isinstance(value, list) and value else value


def _columns(path: Path) -> tuple[str, ...]:
    with path.open("rb") as file:
        first = next(read_records(file, 1 << 16), None)
    return () if first is None else first.cells


def _saw(values: list[Any], columns: tuple[str, ...]) -> str:
    if values and isinstance(values[0], dict):
        return "holds JSON objects with the keys " + ", ".join(map(printable, list(values[0])[:12]))
    if values:
        return f"holds JSON, but {kind_of(values[0])} where an object with a call's fields is expected"
    if len(columns) > 1:
        return "looks like CSV with the columns " + ", ".join(map(printable, columns[:12]))
    return "holds text that is neither JSON nor CSV with our columns"


def proposed_map(value: dict[str, Any]) -> str:
    """The first lines of a field map for calls that look like this one; "..." where nothing fits."""
    found = {name: next((key for key in keys if key in value), "...") for name, keys in _GUESSES.items()}
    turns = value.get(found["each"])
    turn = turns[0] if isinstance(turns, list) and turns and isinstance(turns[0], dict) else {}
    found |= {name: next((key for key in _GUESSES[name] if key in turn), "...") for name in ("speaker", "text")}
    return (
        "collect:\n  maps:\n    my-platform:\n"
        f'      each: "."\n      id: {found["id"]}\n      started_at: {found["started_at"]}\n'
        f"      turns:\n        each: {found['each']}\n"
        f"        speaker: {{path: {found['speaker']}, values: {{user: caller, assistant: agent}}}}\n"
        f"        text: {found['text']}"
    )
