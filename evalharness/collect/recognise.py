"""What kind of file this is, by looking at its beginning."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache, partial
from itertools import islice, takewhile
from json import JSONDecodeError, JSONDecoder
from pathlib import Path
from typing import Any

from evalharness.collect.csv_records import delimiter_of, read_records
from evalharness.collect.file_checks import check_file
from evalharness.collect.inputs import open_input, plain_path, refusal
from evalharness.collect.lines import read_lines
from evalharness.collect.named_forms import NAMES, form_like
from evalharness.collect.our_form import CALL_KEYS
from evalharness.collect.platforms.payload import LISTS, calls_in
from evalharness.collect.propose import proposed_map
from evalharness.collect.reasons import kind_of, printable
from evalharness.collect.rows import Limits, RawRow
from evalharness.collect.strict_json import StrictJsonError, parse_json
from evalharness.collect.tables import csv_rows, is_parquet, parquet_columns, parquet_rows
from evalharness.errors import InputError
from evalharness.models.intake import OwnForm

_HEAD = 1 << 20
_DOCUMENT = 16 << 20
_PROPOSED_FROM = 500
_LOOKED_AT = 20
_ARRAY = re.compile(rf'\s*(?:\{{\s*"(?:{"|".join(LISTS)})"\s*:\s*)?\[')
_BETWEEN = re.compile(r"[\s,]*")


def recognise(path: Path) -> OwnForm | None:
    """Which form the file has that we know by name; None for another. Raises InputError where the file cannot be read."""
    return explained(path)[0]


def explained(path: Path) -> tuple[OwnForm | None, str]:
    """The form the file has, and by what it is known. Raises InputError where the file cannot be read.

    The first of the first calls that has a form decides, and of two forms that it has the first of NAMES.
    """
    check_file(path, 1 << 40, parquet=True)
    seen = path.stat()
    return _explained(path, (seen.st_ino, seen.st_size, seen.st_mtime_ns))


@lru_cache(maxsize=64)
def _explained(path: Path, _state: tuple[int, ...]) -> tuple[OwnForm | None, str]:
    """As `explained`; asked again for a file that did not change, it is not read again."""
    if is_parquet(path):
        names = parquet_columns(path)
        ours = {"id", "turns"} <= set(names) <= set(CALL_KEYS)
        return ("jsonl", "its columns are those of our form") if ours else (None, f"it {_saw([], names, 'is Parquet')}")
    for value in islice(_first(path, _LOOKED_AT), _LOOKED_AT):
        if isinstance(value, dict) and "id" in value and "turns" in value:
            return "jsonl", "a call in it has id and turns"
        found = form_like(value)
        if found is not None:
            return found, f"a call in it {NAMES[found]}"
    columns = first_columns(path)
    if "id" in columns and len(set(columns) & set(CALL_KEYS)) > 1:
        return "csv", "its columns are ours"
    return None, f"it {_saw(first_values(path), columns)}"


def form_of(path: Path) -> OwnForm:
    """Like `recognise`, for a file that must be one we know. Raises InputError that shows how a field map begins."""
    form, why = explained(path)
    if form is not None:
        return form
    if (nothing := _nothing(path)) is not None:
        raise refusal(path, f"{path.name} holds {nothing}: there are no calls in it", "export it again, or remove it")
    raise InputError(
        f"{path.name} is not in a form we know: {why}",
        where=str(path),
        why=f"known are our own form (jsonl: id and turns in every line; csv: calls.csv) and {', '.join(NAMES)}",
        fix="write a field map (docs/field-map.md) into evalharness.yaml and collect with --source MAP; it could begin so:\n"
        + proposed_map(first_rows(path), file=path.name).rstrip(),
    )


def first_rows(path: Path) -> list[Any]:
    """The first values of a file that is not in a form we know: JSON values, or rows of a table by column."""
    if not is_parquet(path) and (values := first_values(path, _PROPOSED_FROM)):
        return values
    if not is_parquet(path) and len(first_columns(path)) < 2:
        return []
    rows = parquet_rows(path, Limits()) if is_parquet(path) else csv_rows(path, Limits())
    return [row.raw for row in islice(rows, _PROPOSED_FROM) if isinstance(row, RawRow)]


def is_lines(path: Path) -> bool:
    """Whether a JSON file has a value a line (JSONL) and is not one document: by its name, else by its first line."""
    if plain_path(path).suffix.lower() in (".jsonl", ".ndjson"):
        return True
    with open_input(path, cut_ok=True) as file:
        first = file.readline(_HEAD)
        if not first.endswith(b"\n") or not file.read(4096).strip():
            return False
    try:
        parse_json(first)
    except StrictJsonError:
        return False
    return True


def is_document(path: Path) -> bool:
    """Whether a file with calls in our form is one JSON document: an array, or a .json file that is no value a line."""
    if is_lines(path):
        return False
    with open_input(path, cut_ok=True) as file:
        head = file.read(_HEAD).decode("utf-8-sig", "ignore").lstrip()
    return head.startswith("[") or plain_path(path).suffix.lower() == ".json"


def first_values(path: Path, most: int = _LOOKED_AT) -> list[Any]:
    """The first calls in a file: of its one document where it is not too large, of its first lines otherwise."""
    return list(islice(_first(path, most), most))


def _first(path: Path, lines: int) -> Iterator[Any]:
    """The calls at the beginning of a file, each read when asked for: of so many lines, or the first megabyte of an array."""
    of_lines = partial(_of_lines, most=lines)
    ways = (of_lines, _of_document) if is_lines(path) else (_of_array, _of_document, of_lines)
    for way in ways:
        found = None
        for found in way(path):
            yield found
        if found is not None:
            return


def _of_array(path: Path) -> Iterator[Any]:
    """The whole calls at the beginning of an array, or of a page that begins with one."""
    with open_input(path, cut_ok=True) as file:
        head, decoder = file.read(_HEAD).decode("utf-8-sig", "ignore"), JSONDecoder()
    begun = _ARRAY.match(head)
    at = begun.end() if begun else len(head)
    while at < len(head):
        try:
            value, at = decoder.raw_decode(head, _past(head, at))
        except (JSONDecodeError, RecursionError):
            return
        yield value


def _past(text: str, at: int) -> int:
    found = _BETWEEN.match(text, at)
    return found.end() if found else at


def _of_document(path: Path) -> Iterator[Any]:
    with open_input(path, cut_ok=True) as file:
        data = file.read(_DOCUMENT + 1)
    value = _value(data) if len(data) <= _DOCUMENT else None
    yield from [] if value is None else calls_in(value) or [value]


def _of_lines(path: Path, most: int) -> Iterator[Any]:
    with open_input(path, cut_ok=True) as file:
        for line in takewhile(lambda line: line.offset < _DOCUMENT, islice(read_lines(file, _HEAD), most)):
            value = _value(line.data or b"")
            yield from [] if value is None else calls_in(value) or [value]


def _value(data: bytes) -> Any:
    """The JSON value; None for anything else."""
    try:
        return parse_json(data)
    except StrictJsonError:
        return None


def first_columns(path: Path) -> tuple[str, ...]:
    """The cells of the first record, whatever the file is."""
    with open_input(path, cut_ok=True) as file:
        first = next(read_records(file, 1 << 16, delimiter_of(path)), None)
    return () if first is None else first.cells


def _nothing(path: Path) -> str | None:
    """What stands in a file without anything in it."""
    values = [] if is_parquet(path) else first_values(path)
    if values and all(value in ([], {}) for value in values):
        return "an empty list" if values[0] == [] else "an empty object"
    return None if values or any(cell.strip() for cell in first_columns(path)) or is_parquet(path) else "only blank lines"


def _saw(values: list[Any], columns: tuple[str, ...], table: str = "looks like CSV") -> str:
    if values and isinstance(values[0], dict):
        return "holds JSON objects with the keys " + ", ".join(map(printable, list(values[0])[:12]))
    if values:
        return f"holds JSON, but {kind_of(values[0])} where an object with a call's fields is expected"
    if len(columns) > 1:
        return f"{table} with the columns " + ", ".join(map(printable, columns[:12]))
    return "holds text that is neither JSON nor CSV with our columns"
