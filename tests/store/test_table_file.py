"""A tidy table as Parquet: types, nulls, notes, any text; the same rows, the same bytes."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pyarrow.parquet as pq
import pytest

from evalharness.store.table_file import Field, parquet_table

KINDS = ("text", "word", "answer", "integer", "number", "boolean", "instant")
FIELDS = tuple(Field(kind, kind, True, {"unit": f"of {kind}"}) for kind in KINDS)
FULL = {
    "text": 'a\u0000b\r\n"é😀', "word": "met", "answer": "4", "integer": 2**53 + 1, "number": 0.1 + 0.2, "boolean": False,
    "instant": "2026-11-16T08:00:00.250000Z",
}  # fmt: skip
EMPTY = dict.fromkeys(KINDS)


def read(data: bytes):
    return pq.read_table(io.BytesIO(data))


def test_every_kind_is_read_back_as_it_was():
    """Whole numbers beyond 2^53 exactly, all digits of a double, microseconds, any text; a null is a null and no 0."""
    table = read(parquet_table(FIELDS, [FULL, EMPTY], {}))
    first, second = table.to_pylist()
    assert {name: first[name] for name in KINDS[:-1]} == {name: FULL[name] for name in KINDS[:-1]}
    assert first["instant"] == datetime(2026, 11, 16, 8, 0, 0, 250_000, tzinfo=UTC)
    assert second == EMPTY


def test_types_and_notes_are_there_without_any_row():
    """A table that holds nothing yet has the same schema as one that does."""
    empty, full = (
        read(parquet_table(FIELDS, [], {"description": "rows"})),
        read(parquet_table(FIELDS, [FULL], {"description": "rows"})),
    )
    assert empty.num_rows == 0
    assert empty.schema.equals(full.schema, check_metadata=True)
    assert full.schema.metadata[b"description"] == b"rows"
    assert full.schema.field("number").metadata[b"unit"] == b"of number"


def test_the_same_rows_give_the_same_bytes():
    """Twice."""
    assert parquet_table(FIELDS, [FULL, EMPTY], {}) == parquet_table(FIELDS, [FULL, EMPTY], {})


def test_a_null_where_none_may_be_is_an_error():
    """A column that is never empty is declared so, and held to it."""
    field = Field("n", "integer", False, {})
    assert read(parquet_table([field], [{"n": 0}], {})).schema.field("n").nullable is False
    with pytest.raises(ValueError, match="column n is never empty"):
        parquet_table([field], [{"n": None}], {})
