"""Rows of a CSV or Parquet file as objects with the column names as keys: what a field map is applied to."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from evalharness import numbers
from evalharness.collect.csv_records import Record, delimiter_of, read_records
from evalharness.collect.inputs import open_input, plain_path
from evalharness.collect.reasons import printable
from evalharness.collect.rows import Limits, RawRow
from evalharness.errors import InputError
from evalharness.models.intake import Rejected

PARQUET = b"PAR1"
_BATCH = 64
"""So many Parquet rows are held as Python values at a time."""


def is_parquet(path: Path) -> bool:
    """Whether the file begins as Parquet does."""
    with path.open("rb") as file:
        return file.read(len(PARQUET)) == PARQUET


def is_csv(path: Path) -> bool:
    """Whether the file is CSV by its name; content alone cannot tell it from other text."""
    return plain_path(path).suffix.lower() in (".csv", ".tsv")


def csv_rows(path: Path, limits: Limits) -> Iterator[RawRow | Rejected]:
    """The rows under the header; all cells are text, and an empty one is a missing value. Raises InputError for the header."""
    with open_input(path, limits.file_mb) as file:
        records = read_records(file, limits.call_kb * 1024, delimiter_of(path))
        names = _header(path, next(records, None))
        for record in records:
            yield _row(path.name, names, record)


def _header(path: Path, record: Record | None) -> tuple[str, ...]:
    if record is None or record.problem:
        raise _unusable(path, record.problem if record else "the file is empty")
    names = tuple(name.strip() for name in record.cells)
    _check_names(path, names)
    return names


def _check_names(path: Path, names: Sequence[str]) -> None:
    twice = [name for name, times in Counter(names).items() if times > 1]
    if twice:
        raise _unusable(path, f"the column {printable(twice[0])} stands twice")


def _unusable(path: Path, reason: str) -> InputError:
    return InputError(
        f"the header of {path.name} cannot be used: {reason}",
        where=str(path),
        why="a field map finds the values of a call by the names of the columns",
        fix="export the table again with one name a column",
    )


def _row(file: str, names: Sequence[str], record: Record) -> RawRow | Rejected:
    reason = record.problem
    if not reason and len(record.cells) != len(names):
        reason = f"the row has {len(record.cells)} cells, the header {len(names)}"
    if reason:
        return Rejected(file=file, line=record.line, field="", reason=reason)
    cells = {name: cell for name, cell in zip(names, record.cells, strict=True) if cell}
    return RawRow(cells, record.line, size=sum(map(len, record.cells)))


def parquet_rows(path: Path, limits: Limits) -> Iterator[RawRow | Rejected]:
    """The rows as objects; nested values are lists and objects. `line` counts rows from 1. Raises InputError.

    A file whose row groups are larger than collect.limits.file_mb once unpacked is refused before any is read.
    """
    from pyarrow import ArrowException

    opened = _open(path)
    with opened:
        _check_names(path, opened.schema_arrow.names)
        groups = (opened.metadata.row_group(at).total_byte_size for at in range(opened.metadata.num_row_groups))
        if any(size > limits.file_mb * 1_000_000 for size in groups):
            raise _broken(path, f"a row group of it has more than {numbers.count(limits.file_mb)} MB once unpacked")
        line = 0
        try:
            for batch in opened.iter_batches(batch_size=_BATCH, use_threads=False):
                for row in batch.to_pylist():
                    line += 1
                    yield RawRow(_plain(row), line)
        except (ArrowException, OSError, UnicodeDecodeError) as error:
            raise _broken(path, f"row {line + 1} and what follows cannot be read ({type(error).__name__})") from None


def parquet_columns(path: Path) -> tuple[str, ...]:
    """The names of the columns. Raises InputError."""
    with _open(path) as opened:
        return tuple(opened.schema_arrow.names)


def _open(path: Path) -> Any:
    from pyarrow import ArrowException
    from pyarrow.parquet import ParquetFile

    try:
        return ParquetFile(path, memory_map=False, pre_buffer=False)
    except (ArrowException, OSError) as error:
        raise _broken(path, f"it is no whole Parquet file ({type(error).__name__})") from None


def _broken(path: Path, reason: str) -> InputError:
    return InputError(
        f"{path.name} cannot be read: {reason}",
        where=str(path),
        why="no row of it was taken",
        fix="export it again, with smaller row groups where they are too large",
    )


def _plain(value: Any) -> Any:
    """A Parquet value as JSON has it: instants as ISO 8601, decimals as numbers, NaN and bytes that are no text as nothing.

    A column that has nothing is a key that is missing: Parquet does not tell the two apart.
    """
    if isinstance(value, list) and value and all(isinstance(entry, tuple) for entry in value):
        value = dict(value)
    if isinstance(value, dict):
        return {str(name): plain for name, inner in value.items() if (plain := _plain(inner)) is not None}
    return [_plain(inner) for inner in value] if isinstance(value, list) else _plain_single(value)


def _plain_single(value: Any) -> Any:
    match value:
        case float() | Decimal():
            return float(value) if math.isfinite(value) else None
        case bytes():
            return _text(value)
        case timedelta():
            return value.total_seconds() * 1e3
        case datetime() | date() | time():
            return value.isoformat()
    return value


def _text(data: bytes) -> str | None:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None
