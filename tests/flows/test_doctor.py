"""`doctor`: what is well, what is not, and nothing is left out because something else is broken."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from evalharness.flows import doctor as flow
from evalharness.flows.doctor import Finding, doctor
from evalharness.flows.init import InitAnswers, init
from evalharness.flows.keep import backup, verify
from evalharness.flows.opened import opened
from evalharness.grade.measured.latency import measure_call
from evalharness.store.call_log import CallLog
from evalharness.store.files import write_whole
from evalharness.store.found import FoundFiles
from evalharness.store.intakes import add_intake
from evalharness.store.ledger import Ledger
from evalharness.workspace.folder import Workspace
from tests.builders import a_call, an_intake
from tests.workspace.building import RUBRIC

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
ANSWERS = InitAnswers(
    agent="Front Desk",
    owner="Anna Keller",
    timezone="Europe/Berlin",
    success_criteria="Books.",
    people=("Anna Keller", "Ben Ode"),
)


@pytest.fixture
def desk(tmp_path: Path) -> Workspace:
    """A workspace as `init` makes it."""
    init(tmp_path / "desk", ANSWERS)
    return Workspace.at(tmp_path / "desk")


def found(workspace: Workspace, level: str) -> list[Finding]:
    """The findings of that level, but for those about this machine's packages and disk."""
    machine = ("evalharness is not installed", "the workspace lies", "others may look", " free on the disk")
    return [f for f in doctor(workspace, NOW) if f.level == level and not any(words in f.what for words in machine)]


def says(workspace: Workspace, words: str) -> Finding:
    """The one finding that says these words."""
    (finding,) = [finding for finding in doctor(workspace, NOW) if words in finding.what]
    return finding


def test_a_new_workspace_is_well(desk: Workspace) -> None:
    """No error and no warning; every subject is named."""
    assert found(desk, "error") == []
    assert found(desk, "warning") == []
    subjects = [finding.what.split(":")[0] for finding in found(desk, "ok")]
    for subject in (
        "Private",
        "Writable",
        "Key",
        "Configuration",
        "Weeks",
        "Graders",
        "Owner",
        "Strata",
        "Rubric",
        "Thresholds",
        "Ledger",
    ):
        assert subject in subjects


def test_doctor_changes_nothing(desk: Workspace) -> None:
    """No ledger is made, no file is touched."""
    before = {path: path.stat().st_mtime_ns for path in desk.root.rglob("*")}
    doctor(desk, NOW)
    assert {path: path.stat().st_mtime_ns for path in desk.root.rglob("*")} == before


def test_a_bad_configuration_is_one_error_and_the_rest_is_still_checked(desk: Workspace) -> None:
    """Whoever needs the configuration says the same once; the key and the folder are looked at all the same."""
    desk.config_path.write_text(desk.config_path.read_text().replace("timezone:", "timezon:"))
    broken = Workspace.at(desk.root)
    (error,) = found(broken, "error")
    assert "evalharness.yaml has 2 problems" in error.what
    assert "field timezon: 'timezon' is not a known key; did you mean timezone?" in error.what
    assert says(broken, "Key: 32 bytes").level == "ok"


def test_files_that_others_may_read(desk: Workspace) -> None:
    """The key: as a file of the folder, and as what it cannot be used for."""
    (desk.root / ".key").chmod(0o644)
    assert {finding.what.split(" (")[0] for finding in found(desk, "error")} == {
        ".key can be read by others",
        "others on this machine may read a private file",
    }


def test_a_lost_key(desk: Workspace) -> None:
    """It is not made again."""
    (desk.root / ".key").unlink()
    assert says(desk, "the key file cannot be used").level == "error"


def test_the_rubric_is_linted(desk: Workspace) -> None:
    """Weights that sum to 90 are found, with the rubric's name and what to do."""
    (desk.root / "rubrics/phone-agent.yaml").write_text(RUBRIC.replace("weight: 85", "weight: 75"))
    finding = next(finding for finding in doctor(desk, NOW) if "90" in finding.what and "rubric phone-agent" in finding.what)
    assert finding.level in ("error", "warning")
    assert finding.fix


def test_a_rubric_that_cannot_be_read(desk: Workspace) -> None:
    """Its line and column stand in the finding."""
    (desk.root / "rubrics/phone-agent.yaml").write_text(RUBRIC.replace("version: 1", "version: one"))
    assert says(desk, "phone-agent.yaml line 2, column 10, field version").level == "error"


def test_thresholds_that_are_all_switched_off(desk: Workspace) -> None:
    """A week without a check cannot be judged."""
    bar = "profile: none\nchecks:\n  - {id: cost, measure: cost_per_call, below: 1, enabled: false}\n"
    (desk.root / "rubrics/good-enough.yaml").write_text(bar)
    assert says(desk, "Thresholds: none, 0 checks; switched off: cost").level == "ok"
    assert says(desk, "every check is switched off").level == "warning"


def test_an_owner_who_is_away(desk: Workspace) -> None:
    """From the clock that is given, not the machine's."""
    desk.config_path.write_text(desk.config_path.read_text().replace("away: []", "away: [2026-11-20/2026-11-30]"))
    assert says(Workspace.at(desk.root), "away until 2026-11-30 without a deputy").level == "warning"


def a_call_log(desk: Workspace) -> list[Path]:
    """One call in the call log, registered in a new ledger; the part files."""
    with Ledger.open(desk.ledger_path, create=True) as ledger:
        log = CallLog(desk.calls_path, ledger)
        call = a_call()
        parts = log.write_parts([(call, measure_call(call))], desk.config.zone)
        with ledger.transaction() as tx:
            add_intake(tx, an_intake(), parts, NOW)
    return [desk.root / part.path for part in parts]


def test_a_whole_ledger_and_call_log(desk: Workspace) -> None:
    """The schema, the newest hash, the number of files."""
    parts = a_call_log(desk)
    assert found(desk, "error") == []
    assert says(desk, "Ledger: whole, schema 3, head ").level == "ok"
    assert says(desk, f"Call log: {len(parts)} files, all as they were written").level == "ok"


def test_a_part_that_is_gone_or_changed(desk: Workspace) -> None:
    """Each is an error with its path."""
    first, second, *_ = a_call_log(desk)
    first.unlink()
    second.write_bytes(second.read_bytes() + b"x")
    assert says(desk, f"{desk.relative(first)} is gone").level == "error"
    assert says(desk, f"{desk.relative(second)} was changed after it was written").level == "error"


def test_a_part_that_others_can_read(desk: Workspace) -> None:
    """The folder is private, and one file in it is not any more: a warning counts and names it."""
    (first, *_) = a_call_log(desk)
    assert says(desk, "Private: only you can read the workspace").level == "ok"
    first.chmod(0o640)
    finding = says(desk, "can be read by others")
    assert finding.level == "warning"
    assert finding.what == f"1 files that this program wrote can be read by others, {desk.relative(first)} the first"


def test_a_purge_that_was_interrupted(desk: Workspace) -> None:
    """Its notes hold what it looks for: a warning says how to finish it."""
    (desk.root / ".purge.json").write_text("{}")
    assert says(desk, "a purge was interrupted").fix == "Type: evalharness purge; it is finished first."


def test_a_part_that_nobody_registered(desk: Workspace) -> None:
    """It does not count; a warning says so."""
    (first, *_) = a_call_log(desk)
    (first.parent / "part-stray.parquet").write_bytes(b"x")
    assert says(desk, "part-stray.parquet is not registered").level == "warning"


def test_what_was_found_in_the_calls_is_a_cache(desk: Workspace, tmp_path: Path) -> None:
    """Files made from the calls, of this key and of an older one, are in no register: not a word of them, here or in a backup."""
    a_call_log(desk)
    for key in ("now", "older"):
        folder = tmp_path / key
        FoundFiles(folder, "2026-W47", key).write([], ["turns"])
        for path in folder.rglob("*.parquet"):
            copy = desk.calls_path / path.relative_to(folder)
            write_whole(copy, path.read_bytes())
    assert [one for one in doctor(desk, NOW) if "registered" in one.what or "found" in one.what] == []
    with opened(desk) as house:
        assert verify(house)[0] == []
        backup(house, tmp_path / "copy")
    copied = Workspace.at(tmp_path / "copy")
    assert FoundFiles(copied.calls_path, "2026-W47", "now").path("figures") is not None, "taken along, and read as it is"
    assert [one for one in doctor(copied, NOW) if "registered" in one.what] == []
    with opened(copied) as house:
        assert verify(house)[0] == []


def test_a_ledger_with_a_changed_row(desk: Workspace) -> None:
    """One byte of a stored text is changed behind the ledger's back: the row is named, the call log is not judged by it."""
    a_call_log(desk)
    with sqlite3.connect(desk.ledger_path) as raw:
        for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            raw.execute(f"DROP TRIGGER {name}")
        raw.execute("UPDATE intakes SET file = 'other.jsonl'")
    raw.close()
    problems = [finding for finding in found(desk, "error") if finding.what.startswith("ledger: ")]
    assert problems
    assert any("intakes" in finding.what for finding in problems)
    assert not any(finding.what.startswith("Call log") for finding in doctor(desk, NOW))


def test_a_ledger_that_is_no_database(desk: Workspace) -> None:
    """A refusal in words, not a traceback."""
    desk.ledger_path.write_bytes(b"not a database, whatever its name says" * 40)
    desk.ledger_path.chmod(0o600)
    assert any(str(desk.ledger_path) in finding.what for finding in found(desk, "error"))


def test_a_file_that_cannot_be_read_is_a_finding(desk: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """What could not be checked is an error, and the checks after it go on."""

    def denied(_: Workspace) -> list[Finding]:
        raise PermissionError(13, "Permission denied", "/desk/calls")

    monkeypatch.setattr(flow, "folder_findings", denied)
    assert says(desk, "/desk/calls cannot be read (Permission denied)").level == "error"
    assert says(desk, "Configuration: valid").level == "ok"
