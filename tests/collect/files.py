"""Rows, files and rules for the tests of collect/; plain functions with defaults that mean "an ordinary one"."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from evalharness.collect.field_map import FieldMap
from evalharness.collect.intake import Identity, Intake, digest_of_input
from evalharness.collect.our_form import RowDefaults, call_from
from evalharness.collect.privacy.redact import Redactor
from evalharness.collect.reading import read_rows
from evalharness.collect.rows import CATEGORIES, IntakeRules, Row
from evalharness.models.call import Call
from evalharness.models.intake import IntakeReport

KEY = bytes(range(32))
ZONE = ZoneInfo("Europe/Berlin")
ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"
AIRLINE = DATA / "calls" / "tau_bench_airline_gpt4o" / "trajectories.jsonl"
CASES = Path(__file__).parent / "privacy" / "redaction_cases.jsonl"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the corpora lie beside the project, not in it")


def a_turn_row(speaker: str = "caller", text: str | None = "I need to move my appointment.", **fields: Any) -> dict[str, Any]:
    """A turn in our form."""
    return {"speaker": speaker, "text": text, **fields}


def a_row(**fields: Any) -> dict[str, Any]:
    """A call in our form: two turns, nothing else that is not required."""
    turns = [a_turn_row("agent", "Front desk, hello."), a_turn_row()]
    return {"id": "c1", "started_at": "2026-11-16T09:00:00Z", "turns": turns, **fields}


def the_call(**fields: Any) -> Call:
    """The Call made of a row; its caller key is the caller behind "key:"."""
    return call_from(a_row(**fields), RowDefaults("demo", lambda caller: f"key:{caller}"))


def rules(**fields: Any) -> IntakeRules:
    """Rules for our JSONL."""
    return IntakeRules(**{"source": "demo", "form": "jsonl", "key": KEY, "zone": ZONE, **fields})


def redactor(*categories: str) -> Redactor:
    """A redactor of these categories, of all where none is named."""
    return Redactor(KEY, frozenset(categories or CATEGORIES))


def write_rows(path: Path, rows: Iterable[Any]) -> Path:
    """A JSONL file with these values, one a line."""
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def write_csv(folder: Path, calls: str, turns: str = "call_id,index,speaker,text\n") -> Path:
    """calls.csv and turns.csv with these texts; returns the path of calls.csv."""
    (folder / "turns.csv").write_text(turns, encoding="utf-8", newline="")
    path = folder / "calls.csv"
    path.write_text(calls, encoding="utf-8", newline="")
    return path


def rows_of(path: Path, **fields: Any) -> list[Row]:
    """All rows of a file."""
    return list(read_rows(path, rules(**fields)))


def take(path: Path, known: Mapping[Identity, str] | None = None, **fields: Any) -> tuple[list[Call], IntakeReport]:
    """The accepted calls and the report of one file."""
    by = rules(**fields)
    intake = Intake(by, lambda _: known or {}, file=path.name, file_digest=digest_of_input(path, by))
    calls = [row.call for batch in intake.decide(read_rows(path, by)) for row in batch]
    return calls, intake.report


def counts(report: IntakeReport) -> tuple[int, int, int, int, int]:
    """accepted, duplicate, conflict, other_agent, rejected."""
    return report.accepted, report.duplicate, report.conflict, report.other_agent, report.rejected


def page_map() -> FieldMap:
    """The worked example of docs/field-map.md."""
    page = (ROOT / "docs" / "field-map.md").read_text(encoding="utf-8")
    block = page.split("```yaml\n")[1].split("```")[0]
    return FieldMap.parse("airline-bench", yaml.safe_load(block)["collect"]["maps"]["airline-bench"])
