"""What the reports of the samples' regression week say, kept word for word in golden/, in excerpts that a person can read.

After a wanted change: `GOLDEN=renew python -m pytest -n 0 tests/acceptance/test_reports_golden.py`, then read the difference.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.acceptance import dumps
from tests.acceptance.conftest import DemoRun
from tests.flows.workspaces import copy_of, run

WEEK = "2026-W46"
GOLDEN = Path(__file__).with_name("golden")
MOST_LINES = 420
"""A golden file that nobody reads is none."""


@pytest.fixture(scope="module")
def week(demo: DemoRun, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's workspace with the tables of the week, and what the screen says in files of their own."""
    root = copy_of(demo.root, tmp_path_factory.mktemp("golden") / "ws")
    for name, words in (
        ("screen", ("report", "--week", WEEK)),
        ("trend", ("trend", "--week", WEEK)),
        ("tables", ("export", "--week", WEEK)),
    ):
        done = run(*words, "--workspace", root)
        assert done.returncode == 0, done.stderr
        (root / f"{name}.txt").write_text(done.stdout, encoding="utf-8")
    return root


def _report(name: str, dump: Callable[[Path], str]) -> Callable[[Path], str]:
    return lambda root: dump(root / "reports" / WEEK / name)


def _plain(path: Path) -> str:
    return path.read_text(encoding="utf-8")


DUMPS: dict[str, Callable[[Path], str]] = {
    "screen.txt": lambda root: _plain(root / "screen.txt"),
    "trend.txt": lambda root: _plain(root / "trend.txt"),
    "workbook.txt": _report("week.xlsx", dumps.workbook),
    "page.txt": _report("report.html", dumps.page),
    "scores.csv": _report("scores.csv", dumps.csv_text),
    "summary.json": _report("summary.json", dumps.json_text),
    "summary.md": _report("summary.md", _plain),
    "tables.txt": lambda root: dumps.tables(root / "exports" / WEEK),
}


@pytest.mark.parametrize("name", DUMPS)
def test_it_says_what_it_said(name: str, week: Path) -> None:
    """Line for line. See above for how to renew."""
    text, path = dumps.masked(DUMPS[name](week), week), GOLDEN / name
    if os.environ.get("GOLDEN") == "renew":
        GOLDEN.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text.splitlines() == path.read_text(encoding="utf-8").splitlines()


def test_the_golden_files_can_be_read() -> None:
    """None is missing, none is left over, none is longer than somebody reads."""
    found = {path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in GOLDEN.iterdir()}
    assert set(found) == set(DUMPS)
    assert {name: lines for name, lines in found.items() if lines > MOST_LINES} == {}


def test_the_regression_is_named_in_every_report() -> None:
    """The week of the planted regression: each form says that it is not good enough, and by which version."""
    for name in ("screen.txt", "workbook.txt", "page.txt", "summary.md"):
        text = (GOLDEN / name).read_text(encoding="utf-8")
        assert "NOT GOOD ENOUGH" in text.upper(), name
        assert "v2.0" in text, name
    assert 'verdict: "not good enough"' in (GOLDEN / "summary.json").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "there",
    [
        {"TZ": "Pacific/Kiritimati", "LC_ALL": "tr_TR.UTF-8", "PYTHONHASHSEED": "1"},
        {"TZ": "America/St_Johns", "LC_ALL": "C", "LANG": "C", "PYTHONHASHSEED": "4242"},
    ],
    ids=["east", "west"],
)
def test_the_same_bytes_in_every_zone_language_and_hash_order(there: dict[str, str], week: Path, tmp_path: Path) -> None:
    """Everything taken away and written anew elsewhere: workbook, page, index, CSV, JSON, Markdown, tables, both screens."""
    root = copy_of(week, tmp_path / "ws")
    for path in [*(root / "reports" / WEEK).iterdir(), root / "reports" / "index.html", *_files(root / "exports")]:
        path.unlink()
    screens = {}
    for name, words in (("screen", ("report",)), ("trend", ("trend",)), ("tables", ("export",))):
        line = [sys.executable, "-m", "evalharness", *words, "--week", WEEK, "--workspace", str(root)]
        done = subprocess.run(line, capture_output=True, check=False, env={**os.environ, **there}, timeout=180)
        assert done.returncode == 0, done.stderr
        screens[name] = done.stdout.decode("utf-8", errors="replace")
    for folder in (Path("reports", WEEK), Path("exports", WEEK)):
        assert _bytes(root / folder) == _bytes(week / folder)
    assert (root / "reports" / "index.html").read_bytes() == (week / "reports" / "index.html").read_bytes()
    told = [line.replace(str(week), str(root)) for line in _plain(week / "trend.txt").splitlines()]
    assert screens["trend"].splitlines() == told


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def _bytes(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in _files(folder)}
