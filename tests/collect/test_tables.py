"""CSV and Parquet under a field map: rows are objects with the column names as keys; same limits, same five counts."""

import json
import math
import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from evalharness.collect import tables
from evalharness.collect.field_map import FieldMap
from evalharness.collect.reading import read_rows
from evalharness.collect.rows import Limits
from evalharness.errors import InputError
from tests.collect.files import counts, rows_of, rules, take

TURNS = [{"role": "user", "content": "Hi."}, {"role": "assistant", "content": "Hello."}]
TABLE = FieldMap.parse(
    "table",
    {
        "id": "Call ID",
        "started_at": {"path": "Start", "timezone": "Europe/Berlin"},
        "csat": {"path": "CSAT", "json": True},
        "cost": {"llm": {"path": "cost.llm", "json": True, "unit": "cents"}},
        "turns": {
            "each": "Transcript",
            "speaker": {"path": "role", "values": {"user": "caller", "assistant": "agent"}},
            "text": "content",
        },
        "metadata": {"branch": "Branch"},
    },
)
NAMES = ("Call ID", "Start", "CSAT", "cost.llm", "Branch", "Transcript")


def csv_file(tmp_path, *rows, names=NAMES):
    """A CSV with these cells; the transcript is JSON text."""
    import csv

    path = tmp_path / "export.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([names, *rows])
    return path


def a_record(call_id="c1", **cells):
    """The cells of one call."""
    given = {"Start": "2026-11-16T09:00:00", "CSAT": "4", "cost.llm": "12.5", "Branch": "", "Transcript": json.dumps(TURNS)}
    return [call_id, *({**given, **cells}[name] for name in NAMES[1:])]


def parquet_file(tmp_path, rows, **options):
    """A Parquet file of these rows."""
    pa = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    path = tmp_path / "export.parquet"
    parquet.write_table(pa.Table.from_pylist(rows), path, **options)
    return path


def test_a_csv_row_is_a_call(tmp_path):
    """09:00 in Berlin is 08:00 UTC; 12.5 cents are 0.125 USD; a column with a dot is found by its name; empty is missing."""
    (call,), report = take(csv_file(tmp_path, a_record()), form=TABLE, source="table")
    assert (call.id, call.started_at.isoformat(), call.csat) == ("c1", "2026-11-16T08:00:00+00:00", 4)
    assert call.cost.components == {"llm": 0.125}
    assert [(turn.speaker, turn.text) for turn in call.turns] == [("caller", "Hi."), ("agent", "Hello.")]
    assert (call.metadata, counts(report)) == ({}, (1, 0, 0, 0, 0))


def test_csv_rows_that_cannot_be_taken(tmp_path):
    """Too few cells, no transcript, words that are no JSON, a broken quotation mark: each named by its line."""
    path = csv_file(
        tmp_path, a_record(), ["c2"], a_record("c3", Transcript=""), a_record("c4", Transcript="Agent: hi"), a_record()
    )
    with path.open("a") as file:
        file.write('c5,"unclosed\n')
    _, report = take(path, form=TABLE, source="table")
    assert (report.rows, *counts(report)) == (6, 1, 1, 0, 0, 4)
    assert [(row.line, row.field) for row in report.rejects] == [(3, ""), (4, "turns"), (5, "turns"), (7, "")]


@pytest.mark.parametrize(
    ("names", "words"),
    [(("a", "a"), "the column a stands twice"), (("a;a",), "the column a stands twice")],
)
def test_headers_that_cannot_be_used(tmp_path, names, words):
    """Said before any row is read."""
    with pytest.raises(InputError) as caught:
        rows_of(csv_file(tmp_path, names=names), form=TABLE)
    assert words in caught.value.what


def test_a_csv_row_has_a_limit(tmp_path):
    """1 kB a call."""
    path = csv_file(tmp_path, a_record(Branch="x" * 2000), a_record("c2"))
    _, report = take(path, form=TABLE, source="table", limits=Limits(call_kb=1))
    assert counts(report) == (1, 0, 0, 0, 1)


def a_row(call_id="c1", **fields):
    """A row with nested values as Parquet has them."""
    start = datetime(2026, 11, 16, 8, tzinfo=UTC)
    return {"Call ID": call_id, "Start": start, "CSAT": 4.0, "cost.llm": 12.5, "Branch": None, "Transcript": TURNS, **fields}


def test_a_parquet_row_is_a_call(tmp_path):
    """The same call as from the CSV: nested values come as they are, an instant as one."""
    calls, report = take(parquet_file(tmp_path, [a_row(), a_row("c2")]), form=TABLE, source="table")
    (same,), _ = take(csv_file(tmp_path, a_record()), form=TABLE, source="table")
    assert [call.id for call in calls] == ["c1", "c2"]
    assert calls[0].digest() == same.digest()
    assert counts(report) == (2, 0, 0, 0, 0)


def test_parquet_rows_that_cannot_be_taken(tmp_path):
    """No id, an id that comes twice with other content, NaN instead of a CSAT (which is no value)."""
    rows = [a_row(), a_row(None), a_row(CSAT=5.0), a_row("c2", CSAT=math.nan)]
    calls, report = take(parquet_file(tmp_path, rows), form=TABLE, source="table")
    assert counts(report) == (2, 0, 1, 0, 1)
    assert (report.rejects[0].line, report.rejects[0].field) == (2, "id")
    assert [call.csat for call in calls] == [4, None]


def test_parquet_has_limits(tmp_path):
    """On a call, and on a row group once it is unpacked (1.2 MB of hexadecimal digits pack to half)."""
    path = parquet_file(tmp_path, [a_row(Branch="x" * 2000), a_row("c2")])
    assert counts(take(path, form=TABLE, source="table", limits=Limits(call_kb=1))[1]) == (1, 0, 0, 0, 1)
    large = parquet_file(tmp_path, [a_row(Branch=random.Random(1).randbytes(600_000).hex())], compression="zstd")
    with pytest.raises(InputError, match="a row group of it has more than 1 MB"):
        rows_of(large, form=TABLE, limits=Limits(file_mb=1))


@pytest.mark.parametrize("damage", [lambda data: data[:40], lambda data: data[:-4] + b"XXXX", lambda data: b"PAR1PAR1"])
def test_a_broken_parquet_file(tmp_path, damage):
    """One error in words."""
    path = parquet_file(tmp_path, [a_row()])
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(InputError, match="cannot be read"):
        list(read_rows(path, rules(form=TABLE)))


def test_a_parquet_file_damaged_inside(tmp_path):
    """The pages, not the footer: still one error, never a traceback."""
    path = parquet_file(tmp_path, [a_row(str(at), Branch="b" * 200) for at in range(500)], compression="zstd")
    data = bytearray(path.read_bytes())
    data[8:400] = bytes(392)
    path.write_bytes(data)
    with pytest.raises(InputError):
        list(read_rows(path, rules(form=TABLE)))


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (Decimal("1.5"), 1.5), (math.inf, None), (b"text", "text"), (b"\xff", None), (timedelta(seconds=2), 2000.0),
        ([("a", 1)], {"a": 1}), ({"a": [math.nan, datetime(2026, 1, 1)]}, {"a": [None, "2026-01-01T00:00:00"]}), (True, True),
    ],
)  # fmt: skip
def test_parquet_values_as_json(value, plain):
    """Decimals are numbers, maps objects, durations milliseconds; what JSON cannot hold is missing."""
    assert tables._plain(value) == plain
