"""verify --deep and audit: everything is worked out again and compared; who did what is listed without a word of anybody."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from evalharness.errors import UsageError
from evalharness.flows.audit import Entry, counted, entries
from evalharness.flows.deep import deep
from evalharness.flows.keep import verify
from evalharness.flows.measure import found_files
from evalharness.flows.purge import purge
from evalharness.flows.retention import due_for_call
from evalharness.flows.trend import trend
from evalharness.models.intake import IntakeReport
from evalharness.store.found import FoundFiles
from evalharness.store.records import add_export, add_intake
from evalharness.store.schema import KEPT
from tests.flows.purging import EACH, LATER, NOW, WEEK, make_planted, the_house
from tests.flows.workspaces import copy_of, run


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A week of two callers, graded and exported; the trend's figures are kept."""
    root = make_planted(tmp_path_factory.mktemp("deep") / "ws")
    with the_house(root) as house:
        trend(house)
    return root


@pytest.fixture
def root(planted: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return copy_of(planted, tmp_path / "ws")


def test_a_whole_workspace_has_no_problem(root: Path) -> None:
    """24 calls, each with its digest and its findings; the three parts of the week; its draw; its kept figures."""
    with the_house(root) as house:
        problems, counts = deep(house)
    assert problems == []
    assert (counts["calls"], counts["findings of calls"], counts["parts"], counts["draws"]) == (2 * EACH, 2 * EACH, 3, 1)
    assert counts["weeks of kept figures"] == 1
    assert counts["exports"] >= 10


def test_after_a_purge_it_has_none_either(root: Path) -> None:
    """One call has no text to compare; the others are compared as before, and its findings are kept beside theirs."""
    with the_house(root) as house:
        purge(house, due_for_call(house, "a-3"), LATER)
        problems, counts = deep(house)
        assert problems == []
        assert (counts["calls"], counts["calls purged of text or recording"]) == (2 * EACH - 1, 1)
        assert counts["findings of calls"] == 2 * EACH - 1
        assert verify(house)[0] == []


def test_a_changed_export_is_named(root: Path) -> None:
    """A line more in an export; a sheet is written into, which is what it is for."""
    export = next((root / "exports").rglob("scores.json"))
    export.write_text(export.read_text() + " ")
    sheet = next((root / "sheets" / WEEK).glob("*.xlsx"))
    sheet.write_bytes(sheet.read_bytes() + b" ")
    with the_house(root) as house:
        problems, counts = deep(house)
    assert problems == [f"{export.relative_to(root).as_posix()}: was changed after it was written"]
    assert counts["exports that people wrote into"] == 1


def test_kept_findings_that_are_not_what_is_found(root: Path) -> None:
    """A cache whose own digest fits but whose figures are invented: its 24 calls are named."""
    from evalharness.grade.measured.detectors import FIGURES
    from evalharness.models.finding import CallFindings

    with the_house(root) as house:
        files: FoundFiles = found_files(house, WEEK)
        calls = list(house.calls.each(WEEK))
        name = next(iter(FIGURES))
        files.write([CallFindings(source=c.source, call_id=c.id, values={name: 77.0}) for c in calls], tuple(FIGURES))
        problems, _ = deep(house)
    assert sum("is not what is found in it" in problem for problem in problems) == 2 * EACH


def test_who_did_what(root: Path) -> None:
    """Anna's grades of 24 calls, the purge, the exports; nothing that anybody wrote."""
    with the_house(root) as house:
        purge(house, due_for_call(house, "a-3"), LATER + timedelta(hours=1))
        found = entries(house)
        own = entries(house, "anna  keller")
    assert {one.who for one in own} == {"Anna Keller"}
    grades = [one for one in own if one.what == "grades"]
    assert sum(one.rows for one in grades) >= 2 * EACH
    assert [one.what for one in found if one.what.startswith("purge")] == ["purge", "purge cut", "purged"]
    assert [one.first for one in found] == sorted(one.first for one in found)
    assert not any("Canary" in one.line() for one in found)
    assert found[0].line().startswith(f"{NOW:%Y-%m-%dT%H:%M:%S}Z  evalharness")


def test_what_was_collected_and_read_is_said(root: Path) -> None:
    """A file with its rows and what became of them, only the counts that are not 0; a sheet read back with its kind once."""
    with the_house(root) as house:
        report = IntakeReport(file="csat.csv", file_digest="0" * 64, source="csat", rows=3, conflict=1, rejected=2)
        with house.ledger.transaction() as tx:
            add_intake(tx, report, [], LATER)
            add_export(tx, "sheet import: Anna.xlsx", "0" * 64, "sheet import", WEEK, LATER, {})
            add_export(tx, "reports/x.html", "0" * 64, "report", WEEK, LATER, {})
        found = entries(house)
    assert [one.what for one in found[-3:]] == [
        "collect: csat.csv: 3 rows read = 1 conflict, 2 rejected",
        "sheet import: Anna.xlsx",
        "report: reports/x.html",
    ]
    rejected, first, *_ = (one.what for one in found if one.what.startswith("collect: "))
    assert rejected.endswith(": 1 row read = 1 rejected")
    assert first.endswith(f": {2 * EACH} rows read = {2 * EACH} accepted")


def test_one_row_is_one() -> None:
    """In words of people, not of tables; every table has some."""
    assert Entry("2026-11-23T07:00:00.000000Z", "Anna", "sign-offs", WEEK, 1, 1).line().endswith(f"  sign-off {WEEK}")
    assert Entry("2026-11-23T07:00:00.000000Z", "Anna", "grades", WEEK, 4, 1).line().endswith(f"  grades {WEEK} (4)")
    assert (counted("sample_items", 1), counted("sample_items", 35)) == ("1 drawn call", "35 drawn calls")
    assert all(counted(name, 2) for name in KEPT)


def test_a_name_that_nobody_has(root: Path) -> None:
    """A slip is told with the names there are, and is no empty list of a person who did nothing."""
    with the_house(root) as house, pytest.raises(UsageError, match="nobody of the name 'Ana Keller' acted") as told:
        entries(house, "Ana Keller")
    assert "Anna Keller" in told.value.why
    assert run("audit", "--person", "Ana Keller", "--workspace", root).returncode == 2


def test_the_commands(root: Path) -> None:
    """Both print what they looked at and the head of the ledger."""
    said = run("verify", "--deep", "--workspace", root)
    assert said.returncode == 0, said.stderr
    assert "24 calls" in said.stdout
    assert "0 problems. Ledger head: " in said.stdout
    said = run("audit", "--workspace", root, "--newest", 3)
    assert said.returncode == 0, said.stderr
    assert "3 of " in said.stdout
