"""Every table keeps what its definition says, in a week where everything is known and in an empty one; nothing drifts unseen."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from evalharness.report.exports import catalogue, dictionary
from evalharness.report.exports.table import Column
from tests.report.exports import golden
from tests.report.exports.weeks import a_full_summary
from tests.report.weeks import HEAD, a_week_summary
from tests.servers.process import ROOT

TYPES = {"text": str, "word": str, "answer": str | int | float, "integer": int, "number": float | int, "boolean": bool}
EMPTY = {"design": None, "results": (), "escalation": None, "to_hear": (), "latency": (), "cost": (), "criteria": ()}


def of_kind(column: Column, value: object) -> bool:
    """Whether a cell is what its column holds; a truth value is no number, an instant is aware and in UTC."""
    if column.kind == "instant":
        return isinstance(value, datetime) and value.tzinfo == UTC
    return isinstance(value, TYPES[column.kind]) and (column.kind == "boolean" or not isinstance(value, bool))


@pytest.mark.parametrize("table", catalogue.TABLES, ids=lambda table: table.name)
@pytest.mark.parametrize("summary", [a_full_summary(), a_full_summary(hostile=True)], ids=["plain", "hostile"])
def test_rows_keep_the_definition(table, summary):
    """Exactly its columns; each cell of its kind and among its values; empty only where an empty cell has a meaning."""
    rows = list(table.rows(summary))
    assert rows, f"the full week has no row in {table.name}: this test would show nothing"
    assert {frozenset(row) for row in rows} == {frozenset(table.names)}
    for column in table.columns:
        cells = [row[column.name] for row in rows]
        assert column.nullable or None not in cells, column.name
        assert not [cell for cell in cells if cell is not None and not of_kind(column, cell)], column.name
        assert not column.among or {cell for cell in cells if cell is not None} <= set(column.among), column.name


@pytest.mark.parametrize("table", catalogue.TABLES, ids=lambda table: table.name)
def test_the_key_tells_rows_apart(table):
    """No two rows of the full week have the same key; every grader in it graded a question once."""
    results = tuple(one.model_copy(update={"grades": one.grades[:12]}) for one in a_full_summary().results)
    keys = [tuple(row[name] for name in table.key) for row in table.rows(a_full_summary(results=results))]
    assert len(keys) == len(set(keys))
    assert set(table.key) <= set(table.names)


@pytest.mark.parametrize("table", catalogue.TABLES, ids=lambda table: table.name)
def test_a_week_without_anything_has_tables_too(table):
    """Nothing drawn, no trend: no row that says something, and no error."""
    rows = list(table.rows(a_week_summary(**EMPTY)))
    assert len(rows) == {"weeks": 1, "checks": 7, "measures": 10}.get(table.name, 0)


def test_several_weeks_stand_one_after_the_other_and_the_trend_once():
    """Two weeks: twice the checks, the trend of the newer one alone."""
    weeks = [a_full_summary(), a_full_summary()]
    checks, trend = catalogue.table("checks"), catalogue.table("trend")
    assert len(list(catalogue.rows(checks, weeks))) == 2 * len(list(checks.rows(weeks[0])))
    assert len(list(catalogue.rows(trend, weeks))) == len(list(trend.rows(weeks[0])))
    with pytest.raises(KeyError):
        catalogue.table("nothing")
    with pytest.raises(KeyError):
        checks.column("nothing")


def test_nothing_measured_is_an_empty_cell_and_never_a_zero():
    """CSAT without a baseline, an unanswered p99, a telephony bill that nobody sent."""
    checks = {row["check"]: row for row in catalogue.table("checks").rows(a_full_summary())}
    assert (checks["csat_gap"]["value"], checks["csat_gap"]["n"]) == (None, 0)
    assert (checks["p99_latency"]["value"], checks["p99_latency"]["unanswered"]) == (None, True)
    cost = {row["component"]: row for row in catalogue.table("cost").rows(a_full_summary())}
    assert (cost["telephony"]["total"], cost["telephony"]["mean"], cost["telephony"]["n"]) == (None, None, 0)


def test_an_alarm_a_break_and_a_difference_in_the_trend():
    """The made weeks: the third is broken, the last has a difference of -.2 and an alarm on clear failures is no other's."""
    rows = [row for row in catalogue.table("trend").rows(a_full_summary()) if row["by"] == "all"]
    resolution = [row for row in rows if row["measure"] == "resolution_rate"]
    assert [bool(row["breaks"]) for row in resolution] == [False, False, True, False]
    assert (resolution[-1]["difference"], resolution[-1]["difference_low"]) == (-0.2, -0.38)
    assert (resolution[-1]["signed_otherwise"], resolution[-1]["signed_value"], resolution[-1]["bar"]) == (True, 0.61, 0.6)
    assert not [row for row in rows if row["alarm"] and row["measure"] == "latency_p99_ms"]


@pytest.mark.parametrize("name", sorted(golden.made()))
def test_the_files_of_a_tiny_week_are_as_committed(name):
    """Where this fails the form of an export changed. If it was meant: python -m tests.report.exports.golden, and a line in
    CHANGELOG.md; columns of scores.csv are never taken away, renamed or moved."""
    assert golden.made()[name] == (golden.FOLDER / name).read_bytes()


def test_scores_csv_is_stable():
    """The sixteen columns that scores.csv always had, in order, first: new ones only behind them."""
    committed = json.loads((golden.FOLDER / "scores.schema.json").read_text(encoding="utf-8"))
    names = [field["name"] for field in committed["fields"]]
    assert names == [
        "week", "source", "call_id", "position", "stratum", "probability", "criterion", "turn", "grader_kind", "grader", "lane",
        "state", "value", "reason", "rationale", "evidence",
    ]  # fmt: skip
    assert dictionary.schema(catalogue.table("scores")) == committed


def digests() -> str:
    """SHA-256 of everything that is made of the tiny week."""
    return hashlib.sha256(b"".join(golden.made().values())).hexdigest()


@pytest.mark.parametrize("environment", [{"TZ": "Asia/Kathmandu", "LC_ALL": "C"}, {"TZ": "America/St_Johns", "PYTHONUTF8": "0"}])
def test_the_same_bytes_in_another_time_zone_and_locale(environment):
    """Another process, clock, locale and order of sets."""
    code = "from tests.report.exports.test_catalogue import digests; print(digests())"
    there = {**os.environ, "LANG": "tr_TR.ISO-8859-9", "PYTHONHASHSEED": "7", **environment}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=there, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == digests()


def test_the_dictionary_stands_in_the_docs():
    """docs/exports.md ends with the dictionary as it is made of the tables."""
    page = (ROOT / "docs" / "exports.md").read_text(encoding="utf-8")
    assert page.endswith(f"## The tables\n\n{dictionary.markdown()}"), (
        "copy evalharness.report.exports.dictionary.markdown() there"
    )


def test_the_data_package_says_what_each_file_is():
    """Type, meaning and unit of every column, rows and hash of every file."""
    table = catalogue.table("checks")
    file = dictionary.Written(table, "csv", b"a,b\r\n", 0)
    named = {"agent": "Front Desk", "weeks": ["2026-W47"], "version": "1"}
    package = json.loads(dictionary.datapackage({"checks.csv": file}, **named, ledger_head=HEAD))
    assert package["ledger_head"] == HEAD
    assert "ledger_head" not in json.loads(dictionary.datapackage({"checks.csv": file}, **named))
    (resource,) = package["resources"]
    assert (resource["path"], resource["bytes"], resource["rows"]) == ("checks.csv", 5, 0)
    assert resource["hash"] == "sha256:" + hashlib.sha256(b"a,b\r\n").hexdigest()
    fields = {field["name"]: field for field in resource["schema"]["fields"]}
    assert fields["verdict"]["constraints"]["enum"] == ["met", "missed", "not_proven", "not_measured"]
    assert fields["value"]["constraints"]["required"] is False
    assert fields["value"]["missing"] == "nothing was measured; or unanswered"
    assert fields["bound_low"]["unit"] == "as `unit` says"
