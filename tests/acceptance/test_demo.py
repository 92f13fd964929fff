"""`evalharness demo`: the whole loop on the samples, the same everywhere, twice, and without a network."""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.acceptance.conftest import DemoRun, run_once
from tests.flows.test_kill import ledger_rows, outputs
from tests.flows.workspaces import run
from tests.samples.reading import WEEKS

PEOPLE = ("Anna Keller", "Ben Ode", "Cora Lind")
BARE_NAME = re.compile(rf"({'|'.join(PEOPLE)})(?! \(simulated\))")
SAME_KEY = "import secrets, sys; secrets.token_hex = lambda n: {key!r}; from evalharness.cli import main; main()"


@pytest.fixture(scope="session")
def elsewhere(demo: DemoRun, tmp_path_factory: pytest.TempPathFactory) -> DemoRun:
    """The demo of somebody with the same key in another time zone, language and hash order, without a network if possible."""
    script = SAME_KEY.format(key=(demo.root / ".key").read_text().strip())
    return run_once(
        tmp_path_factory,
        "elsewhere",
        lambda root: [*cut_off(), sys.executable, "-c", script, "demo", str(root)],
        TZ="Pacific/Auckland", LANG="tr_TR.UTF-8", LC_ALL="tr_TR.UTF-8", PYTHONHASHSEED="7",
    )  # fmt: skip


def cut_off() -> list[str]:
    """The words that run a command in a namespace without any network; none where the machine gives no such thing."""
    return next((words for words in (["unshare", "-n"], ["unshare", "-rn"]) if _works([*words, "true"])), [])


def _works(words: list[str]) -> bool:
    return shutil.which(words[0]) is not None and subprocess.run(words, check=False, capture_output=True).returncode == 0


def texts_of(workbook: Path) -> list[str]:
    """Every text in the cells of a workbook."""
    book = load_workbook(workbook, read_only=True)
    return [str(value) for sheet in book for row in sheet.iter_rows(values_only=True) for value in row if value is not None]


def test_it_ends_well_and_makes_every_file(demo: DemoRun) -> None:
    """Exit 0, nothing on stderr, four reports a week for six weeks, and a sheet for each of three people and week."""
    assert (demo.code, demo.err) == (0, "")
    for week in WEEKS:
        reports = {path.name for path in (demo.root / "reports" / week).iterdir()}
        sheets = {path.name for path in (demo.root / "sheets" / week).iterdir()}
        assert reports == {"week.xlsx", "report.html", "scores.csv", "summary.json", "summary.md"}
        assert sheets == {f"{person} _simulated_.xlsx" for person in PEOPLE}  # safe in every file system


def test_the_screen_says_the_week_in_words_first(demo: DemoRun) -> None:
    """After what was done: agent, week, calls, sample, readers, verdict, in this order; and at the end where the workbook is."""
    screen = demo.out[demo.out.index("\nAgent ") + 1 :]
    labels = [line.split()[0] for line in screen.splitlines()[:9] if line and not line.startswith(" ")]
    assert labels[:4] == ["Agent", "Week", "Calls", "Sample"]
    words = " ".join(screen.split())
    assert words.startswith(
        "Agent Front Desk (owner: Anna Keller (simulated)) Week 2026-W47, Monday 16 to Sunday 22 November 2026"
    )
    assert "144 calls in the week, 137 in scope" in words  # samples/README.md, true rates
    assert "Sample 35 of 141 calls drawn, 35 graded." in words
    assert words.index("Read by") < words.index("Verdict NOT PROVEN YET") < words.index("Not proven ") < words.index("Met ")
    assert words.index("Met ") < words.index("To do ")
    assert f"Workbook {demo.root / 'reports' / '2026-W47' / 'week.xlsx'}" in words
    assert f"Page {demo.root / 'reports' / '2026-W47' / 'report.html'} Index {demo.root / 'reports' / 'index.html'}" in words


def test_the_verdicts_of_six_weeks_are_listed(demo: DemoRun) -> None:
    """Only the week of the planted regression is not good enough."""
    said = dict(re.findall(r"(2026-W4\d)  (good enough|not good enough|not proven yet)", demo.out))
    assert said == {week: "not good enough" if week == "2026-W46" else "not proven yet" for week in WEEKS}


def test_every_simulated_person_is_called_so(demo: DemoRun) -> None:
    """No name of a grader stands without "(simulated)": on the screen, in workbooks, sheets, scores.csv, summaries."""
    shown = [" ".join(demo.out.split())]
    reports = demo.root / "reports"
    shown += [path.read_text(encoding="utf-8") for kind in ("json", "csv", "md") for path in reports.rglob(f"*.{kind}")]
    newest = [reports / "2026-W47" / "week.xlsx", reports / "2026-W46" / "week.xlsx", *(demo.root / "sheets/2026-W46").iterdir()]
    shown += [text for book in newest for text in texts_of(book)]
    assert sum(text.count("(simulated)") for text in shown) > 1000
    assert [found.group() for text in shown for found in BARE_NAME.finditer(text)] == []


def test_scores_csv_holds_the_grades_of_three_people_and_the_log(demo: DemoRun) -> None:
    """35 calls; of the people 42 sheet rows of 12 questions: 35 calls, 7 of them read twice."""
    with (demo.root / "reports" / "2026-W47" / "scores.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len({row["call_id"] for row in rows}) == 35
    human = [row for row in rows if row["grader_kind"] == "human"]
    assert {row["grader"] for row in human} == {f"{person} (simulated)" for person in PEOPLE}
    assert len({(row["call_id"], row["grader"]) for row in human}) == 42
    assert len(human) == 42 * 12
    assert all(row["probability"] for row in rows)


def test_the_loop_again_changes_nothing(demo: DemoRun, demo_copy: Path) -> None:
    """`week` on the finished workspace: every file byte for byte as before, and no row more in any table of the ledger."""
    files, rows, whole = outputs(demo_copy), ledger_rows(demo_copy), _counts(demo_copy)
    done = run("week", "--workspace", demo_copy)
    assert (done.returncode, done.stderr) == (0, "")
    assert outputs(demo_copy) == files == outputs(demo.root)
    assert ledger_rows(demo_copy) == rows
    assert _counts(demo_copy) == whole


def _counts(workspace: Path) -> dict[str, object]:
    """The newest link of the chain over all tables: a row anywhere would change it."""
    return json.loads(run("verify", "--workspace", workspace, "--json").stdout)


def test_the_same_everywhere(demo: DemoRun, elsewhere: DemoRun) -> None:
    """Another time zone, language and hash order: the same screen, ledger rows, sheets, workbooks, CSV, JSON, byte for byte."""
    assert (elsewhere.code, elsewhere.err) == (0, "")
    assert elsewhere.out.replace(str(elsewhere.root), str(demo.root)) == demo.out
    assert outputs(elsewhere.root) == outputs(demo.root)
    assert ledger_rows(elsewhere.root) == ledger_rows(demo.root)


def test_it_needs_no_network(elsewhere: DemoRun) -> None:
    """The same run took place in a network namespace without any network."""
    if not cut_off():
        pytest.skip("this machine gives no network namespace")
    assert elsewhere.code == 0
    assert "NOT PROVEN YET" in elsewhere.out


def test_it_never_touches_a_folder_that_is_not_empty(tmp_path: Path) -> None:
    """Exit 1 with what to do; the file there stays alone."""
    (tmp_path / "mine.txt").write_text("mine")
    done = run("demo", tmp_path)
    assert done.returncode == 1
    assert "is not empty" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
