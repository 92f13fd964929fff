"""The draw in a life of its own: late calls, redraws, minutes, a cut log, every n-th call."""

from __future__ import annotations

import hashlib
import json
import shutil
from datetime import datetime
from pathlib import Path

import pytest

from evalharness.errors import ExitCode
from evalharness.workspace.folder import Workspace
from tests.acceptance.desk import clean, sample_of, type_in
from tests.flows.test_kill import outputs
from tests.flows.workspaces import SAMPLES, copy_of, make_workspace, run
from tests.samples.reading import calls

WEEK = "2026-W47"


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """W47 collected and drawn; tests work on copies."""
    root = make_workspace(tmp_path_factory.mktemp("drawn") / "ws", (WEEK,))
    assert run("week", "--workspace", root, "--week", WEEK).returncode == 0
    return root


@pytest.fixture
def mine(drawn: Path, tmp_path: Path) -> Path:
    """A copy of the drawn week."""
    return copy_of(drawn, tmp_path / "ws")


def sample(root: Path, *words: object) -> dict[str, object]:
    """What `sample --json` says of W47."""
    done = run("sample", "--week", WEEK, "--workspace", root, "--json", *words)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def graded(root: Path, number: int) -> None:
    """The owner answers the first calls of the queue and `week` reads the sheet."""
    answered(root, number)
    assert run("week", "--week", WEEK, "--workspace", root).returncode == 0


def answered(root: Path, number: int) -> None:
    """The owner answers the first calls of the queue; nothing reads the sheet yet."""
    chosen = {item.call.id for item in sample_of(root, WEEK).items[:number]}
    rubric = Workspace.at(root).rubric()
    type_in(root, WEEK, "Anna Keller", lambda call: clean(rubric) if call in chosen else {})


@pytest.mark.parametrize(("option", "value"), [("--minutes", "5"), ("--despite", "half a week")])
def test_what_is_asked_of_a_drawn_week_in_vain_is_said(mine: Path, option: str, value: str) -> None:
    """The sample is frozen; it says so, and what draws again."""
    before = sample(mine)
    after = sample(mine, option, value)
    assert after["notes"] == [f"{option} changes nothing: the week is drawn already; --redraw REASON draws it again"]
    assert {**after, "notes": []} == {**before, "notes": []}


def test_late_calls_are_reported_and_change_nothing(mine: Path) -> None:
    """Two calls of the week that come after the draw: the same sample and sheets, and the report says two came late."""
    before, files = sample(mine), outputs(mine)
    late = [{**call, "id": f"late-{number}"} for number, call in enumerate(call for call in calls(WEEK) if call["turns"])][:2]
    (mine / "inbox" / "late.jsonl").write_text("\n".join(map(json.dumps, late)), encoding="utf-8")
    done = run("week", "--week", WEEK, "--workspace", mine)
    assert done.returncode == 0, done.stderr
    after = sample(mine)
    assert (before["late_calls"], after["late_calls"]) == (0, 2)
    assert {**after, "late_calls": 0} == before
    assert {name: digest for name, digest in outputs(mine).items() if name.startswith("sheets")} == {
        name: digest for name, digest in files.items() if name.startswith("sheets")
    }
    assert "2 calls came after the draw" in run("sample", "--week", WEEK, "--workspace", mine).stdout
    assert json.loads((mine / "reports" / WEEK / "summary.json").read_text())["late_calls"] == 2


def test_a_redraw_needs_a_reason_and_no_grade(mine: Path) -> None:
    """Before any grade other calls are drawn and the reason is shown; after one grade it is refused and the sample stays."""
    first, again = sample(mine), sample(mine, "--redraw", "the test calls of the vendor were in the log")
    assert again["new"]
    assert {call["id"] for call in first["calls"]} != {call["id"] for call in again["calls"]}
    assert again["design"]["seed"] == "1.1"
    done = run("week", "--week", WEEK, "--workspace", mine)
    assert "the test calls of the vendor were in the log" in " ".join(done.stdout.split())
    graded(mine, 1)
    refused = run("sample", "--week", WEEK, "--workspace", mine, "--redraw", "I do not like it")
    assert refused.returncode == 1
    assert "12 grades are already in; the week cannot be drawn again" in refused.stderr
    assert sample(mine)["digest"] == again["digest"]


def test_as_many_calls_as_fit_into_sixty_minutes(mine: Path) -> None:
    """A draw fitted to 60 minutes takes about as long, within 20 to 50 calls, more than one fitted to 10 and less than to 500."""
    sizes, minutes = {}, {}
    for asked in (10, 60, 500):
        said = sample(mine, "--redraw", "another time", "--minutes", asked)
        sizes[asked], minutes[asked] = len(said["calls"]), said["minutes"]["Anna Keller"]
    assert (sizes[10], sizes[500]) == (20, 50)
    assert 20 < sizes[60] <= 50
    assert minutes[60] == pytest.approx(60, rel=0.15)


def test_drawing_again_gives_the_same_calls(drawn: Path, tmp_path: Path) -> None:
    """A new workspace with the same log draws the very same calls in the same order."""
    other = make_workspace(tmp_path / "other", (WEEK,))
    assert run("collect", other / "inbox" / f"{WEEK}.jsonl", "--workspace", other).returncode == 0
    assert sample(other)["calls"] == sample(drawn)["calls"]


def test_a_cut_log_stops_the_week_and_a_reason_goes_on(tmp_path: Path) -> None:
    """W47 without its last two days after two whole weeks: exit 5, nothing drawn; with --despite drawn, the reason kept."""
    root = make_workspace(tmp_path / "ws", ("2026-W45", "2026-W46"))
    cut = [call for call in calls(WEEK) if datetime.fromisoformat(call["started_at"]).isoweekday() <= 5]
    assert 0 < len(cut) < len(calls(WEEK))
    (root / "inbox" / f"{WEEK}.jsonl").write_text("\n".join(map(json.dumps, cut)), encoding="utf-8")
    stopped = run("week", "--week", WEEK, "--workspace", root)
    assert stopped.returncode == 5
    said = " ".join(stopped.stdout.split())
    assert "2026-W47: not drawn" in said
    assert "over a day before the week's end" in said
    assert not (root / "sheets" / WEEK).exists()
    done = run("week", "--week", WEEK, "--workspace", root, "--despite", "closed at the weekend")
    assert done.returncode == 0, done.stdout + done.stderr
    assert (root / "sheets" / WEEK / "Anna Keller.xlsx").is_file()
    assert run("week", "--week", WEEK, "--workspace", root).returncode == 0


def test_every_nth_call(tmp_path: Path) -> None:
    """Every 5th call with a transcript in order of start, from md5("1|2026-W47") mod 5 on; each had the chance 1/5."""
    root = make_workspace(tmp_path / "ws", (WEEK,))
    settings = root / "evalharness.yaml"
    settings.write_text(settings.read_text().replace("\nsample:\n", "\nsample:\n  every_nth: 5\n"))
    assert Workspace.at(root).config.sample.every_nth == 5
    assert run("collect", root / "inbox" / f"{WEEK}.jsonl", "--workspace", root).returncode == 0
    said = sample(root)
    start = int(hashlib.md5(b"1|2026-W47", usedforsecurity=False).hexdigest(), 16) % 5
    by_start = sorted(
        (call for call in calls(WEEK) if call["turns"]), key=lambda c: (datetime.fromisoformat(c["started_at"]), c["id"])
    )
    assert {call["id"] for call in said["calls"]} == {call["id"] for call in by_start[start::5]}
    assert {call["probability"] for call in said["calls"]} == {0.2}


def test_a_sheet_in_use_is_left_alone(mine: Path) -> None:
    """A lock file of LibreOffice beside the sheet: what is typed is not read yet, nothing is written, and it is said."""
    sheet = mine / "sheets" / WEEK / "Anna Keller.xlsx"
    rubric = Workspace.at(mine).rubric()
    type_in(mine, WEEK, "Anna Keller", lambda _: clean(rubric))
    lock, typed = sheet.with_name(f".~lock.{sheet.name}#"), sheet.read_bytes()
    lock.write_text("somebody")
    done = run("sheet", "import", "--week", WEEK, "--workspace", mine)
    assert "open elsewhere" in done.stdout
    assert sheet.read_bytes() == typed
    lock.unlink()
    assert ": imported: 420 grades" in run("sheet", "import", "--week", WEEK, "--workspace", mine).stdout  # 35 calls x 12


def test_a_workbook_that_a_person_changed_is_kept(mine: Path) -> None:
    """The owner's remarks in week.xlsx stay; the next report stands beside it under a number. What cannot be read is said."""
    book = mine / "reports" / WEEK / "week.xlsx"
    shutil.copyfile(SAMPLES / "README.md", book)
    answered(mine, 5)
    done = run("week", "--week", WEEK, "--workspace", mine)
    assert done.returncode == ExitCode.INCOMPLETE
    assert "week.xlsx" in done.stdout
    assert book.read_bytes() == (SAMPLES / "README.md").read_bytes()
    assert (book.parent / "week (2).xlsx").is_file()
