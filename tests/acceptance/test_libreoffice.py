"""What a spreadsheet program does to the files: a sheet saved by LibreOffice imports alike, the workbook prints."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from evalharness.flows.opened import opened
from evalharness.models.grade import Grade, Ungraded
from evalharness.store.records import load_grades
from evalharness.workspace.folder import Workspace
from tests.acceptance.desk import clean, sample_of, type_in
from tests.flows.workspaces import copy_of, make_workspace, run

WEEK, PERSON = "2026-W46", "Anna Keller"
SOFFICE = shutil.which("soffice")
pytestmark = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
FORMATS = {
    "xlsx": "xlsx:Calc MS Excel 2007 XML",
    "csv": "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,2",
}
"""The last number of the csv filter is the sheet to save: the second, Scores."""
THROUGH_ODS = "xlsx through ods"
"""Saved as .ods, opened again, saved as .xlsx."""


@dataclass(frozen=True)
class Filled:
    """A drawn week, its sheet filled in but not imported, and that sheet as LibreOffice saved it, by format."""

    root: Path
    sheet: Path
    saved: dict[str, Path]
    report: Path


def convert(profile: Path, source: Path, to: str, folder: Path) -> Path:
    """The file as LibreOffice writes it in that format, by a profile of its own. Fails on anything but one new file."""
    words = [str(SOFFICE), f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", to]
    done = subprocess.run(
        [*words, "--outdir", str(folder), str(source)], capture_output=True, text=True, check=False, timeout=400
    )
    made = list(folder.glob("*")) if folder.exists() else []
    assert done.returncode == 0, done.stderr
    assert len(made) == 1, f"{done.stdout} {done.stderr} {made}"
    return made[0]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Filled:
    """W46 drawn; 12 calls answered, one of them with a failure; the sheet saved again as xlsx and as csv, the workbook as PDF."""
    folder = tmp_path_factory.mktemp("libreoffice")
    root = make_workspace(folder / "ws", (WEEK,))
    assert run("week", "--workspace", root, "--week", WEEK).returncode == 0
    calls = [item.call.id for item in sample_of(root, WEEK).items[:12]]
    rubric = Workspace.at(root).rubric()
    answers = {name: clean(rubric, correctness=1 + number % 5, tone=4) for number, name in enumerate(calls)}
    answers[calls[3]] = clean(rubric, wrong_information="yes", outcome="unresolved")
    sheet = type_in(root, WEEK, PERSON, lambda call: answers.get(call, {}))
    saved = {kind: convert(folder / "profile", sheet, name, folder / kind) for kind, name in FORMATS.items()}
    ods = convert(folder / "profile", sheet, "ods:calc8", folder / "ods")
    saved[THROUGH_ODS] = convert(folder / "profile", ods, FORMATS["xlsx"], folder / "again")
    report = convert(folder / "profile", root / "reports" / WEEK / "week.xlsx", "pdf", folder / "pdf")
    return Filled(root, sheet, saved, report)


def imported(filled: Filled, to: Path, file: Path) -> dict[tuple[str, str], str]:
    """(call, criterion) -> answer, after the file was imported into a copy of the workspace."""
    root = copy_of(filled.root, to)
    done = run("sheet", "import", file, "--workspace", root, "--week", WEEK)
    assert done.returncode == 0, done.stdout + done.stderr
    with opened(Workspace.at(root)) as house:
        grades = [grade for grade in load_grades(house.ledger, WEEK) if grade.grader.name == PERSON]
    return {(grade.call_id, grade.criterion): said(grade) for grade in grades}


def said(grade: Grade) -> str:
    return grade.reason if isinstance(grade, Ungraded) else str(getattr(grade, "value", "N/A"))


@pytest.fixture(scope="module")
def as_typed(filled: Filled, tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], str]:
    """The grades of the sheet itself."""
    return imported(filled, tmp_path_factory.mktemp("typed") / "ws", filled.sheet)


def test_the_sheet_itself_gives_what_was_typed(as_typed: dict[tuple[str, str], str]) -> None:
    """12 calls of 12 questions; one "yes"; correctness goes round 1 to 5, and is 5 in the fourth call."""
    assert len(as_typed) == 144
    assert [key[1] for key, value in as_typed.items() if value == "yes"] == ["wrong_information"]
    levels = sorted(int(value) for (_, criterion), value in as_typed.items() if criterion == "correctness")
    assert levels == [1, 1, 1, 2, 2, 2, 3, 3, 4, 5, 5, 5]


@pytest.mark.parametrize("kind", [*FORMATS, THROUGH_ODS])
def test_saved_by_libreoffice_it_imports_the_same(
    filled: Filled, as_typed: dict[tuple[str, str], str], tmp_path: Path, kind: str
) -> None:
    """The same grade in every slot, none more and none less."""
    assert filled.saved[kind].read_bytes() != filled.sheet.read_bytes()
    assert imported(filled, tmp_path / "ws", filled.saved[kind]) == as_typed


def test_the_workbook_prints(filled: Filled) -> None:
    """The PDF has pages: at least one for each of the six sheets of the workbook."""
    data = filled.report.read_bytes()
    assert data.startswith(b"%PDF-")
    assert max(int(count) for count in re.findall(rb"/Count (\d+)", data)) >= 6
