"""A table as CSV and as JSON, and its rows as plain cells for Parquet. Same rows, same bytes, in any locale and time zone."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from evalharness.errors import ExportError
from evalharness.models.summary import WeekSummary
from evalharness.report.exports.scores import SCORES
from evalharness.report.exports.table import Column, Row, Table
from evalharness.report.text import csv_cell, json_text

_SURROGATE = re.compile("[\ud800-\udfff]")


def scores_csv(summary: WeekSummary) -> bytes:
    """reports/WEEK/scores.csv: the table `scores` of one week. Its columns are stable across versions.

    Calls picked by hand stand last: stratum "picked", no probability; they are in no estimate.
    """
    return as_csv(SCORES, SCORES.rows(summary))


def as_csv(table: Table, rows: Iterable[Row]) -> bytes:
    """CSV (RFC 4180) in UTF-8 with CRLF; an empty cell is missing.

    Text that a spreadsheet could take for a formula stands behind an apostrophe; characters that act or hide are made visible.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(table.names)
    for row in rows:
        writer.writerow([_csv_cell(row[name]) for name in table.names])
    return buffer.getvalue().encode("utf-8")


def _csv_cell(value: Any) -> str:
    if isinstance(value, str):
        return csv_cell(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return instant(value)
    return "" if value is None else repr(value)


def as_json(table: Table, rows: Iterable[Row]) -> bytes:
    """A JSON array of one object a row, every column a key; missing is null."""
    text = ",\n ".join(json.dumps(one, ensure_ascii=False, allow_nan=False) for one in cells(table, rows))
    return (json_text(f"[{text}]") + "\n").encode()


def cells(table: Table, rows: Iterable[Row]) -> list[Row]:
    """The rows as JSON values by column: an answer is text, an instant ISO 8601 in UTC."""
    return [{column.name: _value(column, row[column.name]) for column in table.columns} for row in rows]


def _value(column: Column, value: Any) -> Any:
    if isinstance(value, datetime):
        return instant(value)
    if column.kind == "answer" and value is not None and not isinstance(value, str):
        return repr(value)
    if column.kind == "number" and isinstance(value, int):
        return float(value)
    return value


def fit_64_bits(table: Table, rows: Iterable[Row]) -> None:
    """Raises ExportError for a whole number that Parquet and frames, which have 64 bits for it, cannot hold."""
    names = [column.name for column in table.columns if column.kind == "integer"]
    for row in rows:
        for name in names:
            value = row[name]
            if value is not None and not -_BEYOND <= value < _BEYOND:
                of_call = f", call {row['call_id']}" if row.get("call_id") else ""
                raise ExportError(
                    f"{name} of a row of {table.name} is a whole number of more than 64 bits",
                    where=f"{row.get('week', 'no week')}{of_call}",
                    why="Parquet and frames hold whole numbers of 64 bits, and a smaller one would be another number",
                    fix="export as csv or json, which hold it as it is, or mend the log it was collected from",
                )


_BEYOND = 2**63


def instant(moment: datetime) -> str:
    """ISO 8601 in UTC, microseconds only where there are any: 2026-11-16T08:00:00Z."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def whole_text(rows: Sequence[Row]) -> list[Row]:
    r"""The rows with lone halves of surrogate pairs, which UTF-8 cannot hold, shown as \u{d800}."""
    return [{name: _whole(value) for name, value in row.items()} for row in rows]


def _whole(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return _SURROGATE.sub(lambda found: f"\\u{{{ord(found[0]):x}}}", value)
