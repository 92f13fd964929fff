"""A ratings file: two or more columns of any CSV table, whatever separates them."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from evalharness.aggregate.ratings import Ratings, ratings_report
from evalharness.errors import InputError, UsageError
from evalharness.models.agreement import RatingsReport

LARGEST_MB = 100
LONGEST_CELL = 100_000
_DELIMITERS = (",", ";", "\t")


def compare_columns(path: Path, columns: str, scale: str | None = None, llm: str | None = None) -> RatingsReport:
    """The agreement of these columns (names with commas between them) of the file; `llm`: the column of an LLM beside them.

    Raises InputError for a file that is no table, UsageError for a column it has not or a scale that is none.
    """
    header, records = _table(path)
    names = _named(header, columns)
    if llm is not None and llm.strip() not in names:
        names = [*names, *_named(header, llm, "--llm")]
    if len(names) < 2:
        raise UsageError("agreement takes two columns or more", where="--columns", why=_known(header), fix="--columns A,B")
    places = {name: header.index(name) for name in names}
    cells = {name: [row[at] if at < len(row) else "" for _, row in records] for name, at in places.items()}
    ratings = Ratings(path.name[:200], cells, [line for line, _ in records])
    return ratings_report(ratings, scale, None if llm is None else llm.strip())


def _table(path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The header, and each row with its line in the file; rows without any text are left out."""
    text = _text(path)
    first = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        header = [name.strip() for name in next(reader, [])]
        records = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:  # the limit of the csv module holds for the whole process: another room may have raised it
        raise _unreadable(path, f"line {reader.line_num}: {error}") from None
    for line, row in records:
        if any(len(cell) > LONGEST_CELL for cell in row):
            raise _unreadable(path, f"line {line}: a cell is longer than {LONGEST_CELL} letters")
    if not any(header):
        raise _unreadable(path, "its first line names no column")
    twice = [name for name, times in Counter(header).items() if times > 1 and name]
    if twice:
        raise _unreadable(path, f"the column {twice[0][:60]!r} stands twice in its first line")
    return header, records


def _text(path: Path) -> str:
    if not path.is_file():
        raise InputError(f"{path} is not a file", where=str(path.absolute()), fix="name a CSV file with one column a rater")
    if path.stat().st_size > LARGEST_MB * 1_000_000:
        raise _unreadable(path, f"it is larger than {LARGEST_MB} MB")
    data = path.read_bytes()
    if data[:2] == b"PK":
        raise _unreadable(path, "it is a workbook")
    encodings = ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _unreadable(path, "it is no text")


def _unreadable(path: Path, why: str) -> InputError:
    return InputError(f"{path.name} cannot be read as a table: {why}", where=str(path), fix="save the ratings as CSV")


def _named(header: Sequence[str], columns: str, option: str = "--columns") -> list[str]:
    """The columns asked for; a name that holds a comma can stand in quotes."""
    asked = [columns.strip()] if columns.strip() in header else [n.strip() for n in next(csv.reader([columns]), [])]
    unknown = [name for name in asked if name not in header or not name]
    if unknown or len(set(asked)) < len(asked):
        what = f"the file has no column {unknown[0]!r}" if unknown else "a column is named twice"
        raise UsageError(what, where=option, why=_known(header), fix=f"{option} with names of its first line")
    return asked


def _known(header: Sequence[str]) -> str:
    return f"its first line names {', '.join(name[:40] for name in header[:12])}{' ...' if len(header) > 12 else ''}"
