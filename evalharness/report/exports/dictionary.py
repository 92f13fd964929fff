"""The data dictionary: of an export as a Data Package (datapackage.json), for people as Markdown. One source: the tables."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evalharness.report.exports.catalogue import TABLES
from evalharness.report.exports.table import Column, Kind, Table
from evalharness.report.text import json_text

_TYPES: dict[Kind, str] = {
    "text": "string", "word": "string", "answer": "string", "integer": "integer", "number": "number", "boolean": "boolean",
    "instant": "datetime",
}  # fmt: skip
FORMATS = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet", "json": "application/json"}


@dataclass(frozen=True)
class Written:
    """A file of an export: its table, its form (csv, parquet, json), its bytes, and how many rows they hold."""

    table: Table
    form: str
    data: bytes
    rows: int


def datapackage(
    files: Mapping[str, Written], *, agent: str, weeks: Sequence[str], version: str, ledger_head: str | None = None
) -> bytes:
    """datapackage.json (Data Package, Table Schema): each file with rows, bytes, SHA-256, and the meaning of every column.

    It is written last: where a file's hash is another one, the export was broken off or the file was changed. `ledger_head`: the
    newest entry of the ledger that the newest week rests on, and with it every file named here.
    """
    document = {
        "profile": "tabular-data-package",
        "name": "evalharness-export",
        "title": f"Evaluation of {agent}",
        "weeks": list(weeks),
        "generator": f"evalharness {version}",
        **({"ledger_head": ledger_head} if ledger_head else {}),
        "resources": [_resource(name, one) for name, one in files.items()],
    }
    return (json_text(json.dumps(document, ensure_ascii=False, indent=1)) + "\n").encode()


def _resource(name: str, file: Written) -> dict[str, Any]:
    table = file.table
    return {
        "name": table.name,
        "path": name,
        "profile": "tabular-data-resource",
        "description": f"A row is {table.row}.",
        "format": file.form,
        "mediatype": FORMATS[file.form],
        "encoding": "utf-8",
        "bytes": len(file.data),
        "hash": f"sha256:{hashlib.sha256(file.data).hexdigest()}",
        "rows": file.rows,
        "schema": schema(table),
    }


def schema(table: Table) -> dict[str, Any]:
    """The table as a Table Schema; `unit` and `missing` (what an empty cell means) are properties of ours."""
    return {
        "fields": [_field(column) for column in table.columns],
        "missingValues": [""],
        "primaryKey": [name for name in table.key if not table.column(name).nullable],
        "key": list(table.key),
    }


def schema_text(table: Table) -> str:
    """The Table Schema as indented JSON."""
    return json.dumps(schema(table), ensure_ascii=False, indent=1) + "\n"


def _field(column: Column) -> dict[str, Any]:
    constraints: dict[str, Any] = {"required": not column.nullable}
    if column.among:
        constraints["enum"] = list(column.among)
    known = {"name": column.name, "type": _TYPES[column.kind], "description": column.means, "constraints": constraints}
    return known | ({"unit": column.unit} if column.unit else {}) | ({"missing": column.missing} if column.missing else {})


def markdown(tables: Sequence[Table] = TABLES) -> str:
    """The dictionary for people: a section a table."""
    return "\n".join(line for table in tables for line in _section(table))


def _section(table: Table) -> list[str]:
    keys = ", ".join(f"`{name}`" for name in table.key)
    head = [f"### {table.name}", "", f"A row is {table.row}. Rows are told apart by {keys}.", ""]
    if table.texts:
        head += ["Holds what was said in calls; written only with `--texts`.", ""]
    return [*head, "| column | type | unit | meaning | empty means |", "|---|---|---|---|---|", *map(_line, table.columns), ""]


def _line(column: Column) -> str:
    meaning = column.means + (f": {', '.join(column.among)}" if column.among else "")
    cells = (f"`{column.name}`", column.kind, column.unit, meaning, column.missing or "never empty")
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
