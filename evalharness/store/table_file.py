"""A tidy table as one Parquet file: types right, instants in UTC, few words dictionary-encoded. Same rows, same bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

_TYPES = {"text": "string", "word": "string", "answer": "string", "integer": "int64", "number": "double", "boolean": "bool"}


@dataclass(frozen=True)
class Field:
    """A column: its name, what it holds (text, word, answer, integer, number, boolean, instant), and what is said of it."""

    name: str
    kind: str
    nullable: bool
    notes: Mapping[str, str]


def parquet_table(fields: Sequence[Field], rows: Sequence[Mapping[str, Any]], notes: Mapping[str, str]) -> bytes:
    """One Parquet file; the rows' cells are as JSON has them, an instant as ISO 8601 text.

    A column without nulls is declared so. `word` columns are read back as categories. `notes` become the metadata of the
    schema, a field's those of the field. Raises ValueError for a null where none may be.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    plain = pa.schema([(field.name, _type(field.kind)) for field in fields])
    table = _read(rows, plain) if rows else plain.empty_table()
    columns = [
        table[field.name].combine_chunks().dictionary_encode() if field.kind == "word" else table[field.name].combine_chunks()
        for field in fields
    ]
    for field, column in zip(fields, columns, strict=True):
        if column.null_count and not field.nullable:
            raise ValueError(f"column {field.name} is never empty, and is here")
    named = [
        pa.field(field.name, column.type, field.nullable, dict(field.notes))
        for field, column in zip(fields, columns, strict=True)
    ]
    buffer = BytesIO()
    pq.write_table(pa.table(columns, schema=pa.schema(named, dict(notes))), buffer, compression="zstd")
    return buffer.getvalue()


def _type(kind: str) -> Any:
    import pyarrow as pa

    return pa.timestamp("us", tz="UTC") if kind == "instant" else pa.type_for_alias(_TYPES[kind])


def _read(rows: Sequence[Mapping[str, Any]], schema: Any) -> Any:
    """By way of JSON text: pyarrow's own way from Python objects imports pandas."""
    import pyarrow.json as json_reader

    data = "\n".join(json.dumps(row, ensure_ascii=False, allow_nan=False) for row in rows).encode()
    reading = json_reader.ReadOptions(use_threads=False, block_size=len(data) + 1)
    parsing = json_reader.ParseOptions(explicit_schema=schema, unexpected_field_behavior="error")
    return json_reader.read_json(BytesIO(data), read_options=reading, parse_options=parsing).select(schema.names)
