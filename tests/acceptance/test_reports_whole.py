"""A report that cannot be written whole leaves the previous one whole: a full disk, and SIGKILL at any moment."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import count
from pathlib import Path

import pytest

from tests.acceptance.reporter import Reporter, reporter
from tests.flows.workspaces import command, copy_of, make_workspace, run

WEEK = "2026-W47"
FILES = ("week.xlsx", "report.html", "scores.csv", "summary.json", "summary.md")
INDEX = "index.html"
CI_KILLS, ALL_KILLS = 5, 100
LENGTH_S = 1.5
"""About how long a report of the week takes."""
LIMITED = """
import resource, runpy
resource.setrlimit(resource.RLIMIT_FSIZE, ({0}, {0}))
runpy.run_module("evalharness", run_name="__main__", alter_sys=True)
"""


@dataclass(frozen=True)
class Changed:
    """A workspace with a note that its last reports do not know yet; the reports that stand there, and what they will be."""

    root: Path
    before: dict[str, str]
    new: dict[str, str]

    def broken(self, root: Path) -> list[str]:
        """The reports that are neither the previous nor the new one, byte for byte."""
        found = digests(root)
        return [name for name in self.before if found.get(name) not in (self.before[name], self.new[name])]


def digests(root: Path) -> dict[str, str]:
    """Every file of the week's reports and the index, temporary ones too, by name."""
    folder = root / "reports"
    paths = [*(folder / WEEK).iterdir(), *(path for path in folder.iterdir() if path.is_file())]
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in paths}


@pytest.fixture(scope="module")
def reports() -> Iterator[Reporter]:
    """The process that reports in forked ones."""
    with reporter() as found:
        yield found


@pytest.fixture(scope="module")
def changed(reports: Reporter, tmp_path_factory: pytest.TempPathFactory) -> Changed:
    """A week drawn and reported, then a note. All files differ but scores.csv: a note is no score."""
    root = make_workspace(tmp_path_factory.mktemp("changed") / "ws", (WEEK,))
    assert run("week", "--workspace", root, "--week", WEEK).returncode == 0
    assert run("note", "prompt v13", "--at", "2026-11-18", "--workspace", root).returncode == 0
    after = copy_of(root, root.with_name("after"))
    assert reports.run(after, WEEK) == (0, "")
    before, new = digests(root), digests(after)
    assert set(before) == set(new) == {*FILES, INDEX}
    assert sum(before[name] != new[name] for name in FILES) == len(FILES) - 1
    return Changed(root, before, new)


@pytest.fixture
def copies(changed: Changed, tmp_path: Path) -> Iterator[Path]:
    """Copies of the workspace, one a trial."""
    return (copy_of(changed.root, tmp_path / f"trial-{number}") for number in count())


@pytest.mark.parametrize("at", range(1, len(FILES)))
def test_a_disk_that_is_full_in_the_middle_of_any_file(
    at: int, changed: Changed, copies: Iterator[Path], reports: Reporter
) -> None:
    """What was written before is new, that file and all behind it are as they were, nothing half-written lies about."""
    trial = next(copies)
    code, said = reports.run(trial, WEEK, full_at=at)
    assert code == 1
    assert "the disk is full" in said
    assert "What stood there before is whole" in said
    assert changed.broken(trial) == []
    assert set(digests(trial)) == {*FILES, INDEX}
    assert digests(trial) != changed.new
    assert reports.run(trial, WEEK) == (0, "")
    assert digests(trial) == changed.new


def test_files_that_may_not_grow(changed: Changed, copies: Iterator[Path]) -> None:
    """The command itself, with a limit of the kernel that summary.json, the largest file, is above: exit 1, in words.

    With less, the workbook's library could not write the sheets it keeps aside, and below 33 kB the ledger cannot be opened.
    """
    trial = next(copies)
    limit = (trial / "reports" / WEEK / "summary.json").stat().st_size - 1
    line = [sys.executable, "-c", LIMITED.format(limit), "report", "--workspace", str(trial), "--week", WEEK]
    done = subprocess.run(line, capture_output=True, text=True, check=False, timeout=180)
    assert done.returncode == 1, done.stderr[-2000:]
    assert [line.split(":")[0] for line in done.stderr.splitlines()] == ["Error", "Where", "Why", "Do"]
    assert "the disk is full" in done.stderr
    assert changed.broken(trial) == []
    assert digests(trial)["summary.json"] == changed.before["summary.json"]
    assert digests(trial)["week.xlsx"] == changed.new["week.xlsx"]


def test_a_full_file_system_of_its_own(changed: Changed, tmp_path: Path) -> None:
    """The week's folder on a disk that just holds the previous files: no place beside them for any new one."""
    if shutil.which("unshare") is None or subprocess.run(["unshare", "-m", "true"], check=False, capture_output=True).returncode:
        pytest.skip("this machine gives no file system of one's own")
    folder = copy_of(changed.root, tmp_path / "ws") / "reports" / WEEK
    room = sum(path.stat().st_size // 4096 + 1 for path in folder.iterdir()) * 4 + 12  # kB: the files in whole pages, the folder
    report = " ".join(command("report", "--workspace", tmp_path / "ws", "--week", WEEK))
    script = (
        f"mv {folder} {folder}.was && mkdir {folder} && mount -t tmpfs -o size={room}k,mode=700 tmpfs {folder} || exit 99; "
        f"cp {folder}.was/* {folder}; {report}; echo code $?; ls -A {folder}; cd {folder} && sha256sum *"
    )
    done = subprocess.run(["unshare", "-m", "sh", "-c", script], capture_output=True, text=True, check=False, timeout=180)
    if done.returncode == 99:
        pytest.skip("this machine gives no file system of one's own")
    assert "code 1" in done.stdout, done.stdout + done.stderr
    assert "the disk is full" in done.stderr
    lines = done.stdout.splitlines()
    assert sorted(lines[lines.index("code 1") + 1 : -len(FILES)]) == sorted(FILES)
    found = {name: digest for digest, name in (line.split() for line in lines[-len(FILES) :])}
    assert found == {name: changed.before[name] for name in FILES}


def killed(reports: Reporter, trial: Path, wait_s: float | None) -> bool:
    """Whether a report died by our SIGKILL: so many seconds after it began, or (None) once a file is being written."""
    process = reports.begin(trial, WEEK)
    started = time.monotonic()
    while wait_s is None and time.monotonic() - started < 60 and not any(trial.glob("reports/**/.*.tmp")):
        time.sleep(0.0005)
        if not Path(f"/proc/{process}/stat").exists() or " Z " in Path(f"/proc/{process}/stat").read_text():
            break
    time.sleep(wait_s or 0.0)
    os.kill(process, signal.SIGKILL)
    return reports.end()[0] == -signal.SIGKILL


def kills(changed: Changed, copies: Iterator[Path], reports: Reporter, trials: int) -> None:
    """Half of the kills at any moment, half while a file is being written; then the report once more."""
    chance, died = random.Random(trials), 0
    for number in range(trials):
        trial = next(copies)
        died += killed(reports, trial, None if number % 2 else chance.uniform(0, LENGTH_S))
        assert changed.broken(trial) == []
        assert reports.run(trial, WEEK) == (0, "")
        assert digests(trial) == changed.new  # nothing half-written is left, either
        shutil.rmtree(trial)
    assert died >= trials // 2


def test_a_kill_leaves_every_file_the_previous_or_the_new_one(
    changed: Changed, copies: Iterator[Path], reports: Reporter
) -> None:
    """A few kills; the hundred are a long test. Afterwards the same report ends in the same bytes as without a kill."""
    kills(changed, copies, reports, CI_KILLS)


@pytest.mark.long
def test_a_hundred_kills(changed: Changed, copies: Iterator[Path], reports: Reporter) -> None:
    """0 of 100 lost."""
    kills(changed, copies, reports, ALL_KILLS)
