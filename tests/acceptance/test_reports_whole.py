"""A report that cannot be written whole leaves the previous one whole: a full disk, and SIGKILL at any moment."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from hashlib import sha256
from itertools import count
from pathlib import Path

import pytest

from tests.acceptance.conftest import DemoRun
from tests.flows.workspaces import command, copy_of, run

WEEK = "2026-W47"
FILES = ("week.xlsx", "report.html", "scores.csv", "summary.json", "summary.md")
CI_KILLS, ALL_KILLS = 6, 100
LENGTH_S = 2.0
"""About how long a report of the demo's week takes once everything is loaded."""
LIMITED = """
import resource, runpy
resource.setrlimit(resource.RLIMIT_FSIZE, ({0}, {0}))
runpy.run_module("evalharness", alter_sys=True)
"""
LOADED = """
import sys
import ibis, openpyxl, jinja2, numpy, scipy.special
import evalharness.flows.report, evalharness.flows.summary, evalharness.flows.exported
from evalharness.cli import main
print("ready", flush=True)
sys.stdin.readline()
main()
"""


def digests(folder: Path) -> dict[str, str]:
    """What stands in a folder, by name."""
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


@pytest.fixture(scope="module")
def changed(demo: DemoRun, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str], dict[str, str]]:
    """The demo with a note that its last reports do not know yet; what stands there, and what will once it is reported."""
    root = copy_of(demo.root, tmp_path_factory.mktemp("changed") / "ws")
    shutil.rmtree(root / "exports", ignore_errors=True)
    assert run("export", "--workspace", root, "--week", WEEK).returncode == 0
    assert run("note", "prompt v13", "--at", "2026-11-18", "--workspace", root).returncode == 0
    after = copy_of(root, root.with_name("after"))
    assert run("report", "--workspace", after, "--week", WEEK).returncode == 0
    before, new = digests(root / "reports" / WEEK), digests(after / "reports" / WEEK)
    assert set(before) == set(new) == set(FILES)
    assert sum(before[name] != new[name] for name in FILES) >= 4  # a note is no score
    return root, before, new


@pytest.fixture
def copies(changed: tuple[Path, dict[str, str], dict[str, str]], tmp_path: Path) -> Iterator[Path]:
    """Copies of the workspace, one a trial."""
    return (copy_of(changed[0], tmp_path / f"trial-{number}") for number in count())


def whole(folder: Path, before: dict[str, str], new: dict[str, str]) -> list[str]:
    """Names of the files that are neither the previous nor the new one, byte for byte."""
    found = digests(folder)
    return [name for name in FILES if found.get(name) not in (before[name], new[name])]


def test_a_full_disk_leaves_every_previous_file_whole(changed, copies) -> None:
    """Files may grow to so many bytes only: each of the five in turn is the first that does not fit, and one that no disk holds.

    The ledger is not touched before the first file stands; the limit holds for it, too, so nothing after it is written either.
    """
    root, before, new = changed
    sizes = sorted({(root / "reports" / WEEK / name).stat().st_size for name in FILES})
    for limit in (0, 4096, *(size - 1 for size in sizes)):
        trial = next(copies)
        line = [sys.executable, "-c", LIMITED.format(limit), "report", "--workspace", str(trial), "--week", WEEK]
        done = subprocess.run(line, capture_output=True, text=True, check=False, timeout=180)
        assert done.returncode == 1, (limit, done.stdout[-300:], done.stderr[-2000:])
        assert "Traceback" not in done.stderr
        assert "full" in done.stderr
        assert whole(trial / "reports" / WEEK, before, new) == []
        assert digests(trial / "reports" / WEEK).keys() == set(FILES)  # nothing half-written lies about
        again = run("report", "--workspace", trial, "--week", WEEK)
        assert again.returncode == 0, again.stderr
        assert digests(trial / "reports" / WEEK) == new


def test_a_full_file_system_of_its_own(changed, tmp_path: Path) -> None:
    """The week's folder on a disk that just holds the previous files: no place beside them for any new one."""
    root, before, _ = changed
    trial = copy_of(root, tmp_path / "ws")
    folder = trial / "reports" / WEEK
    room = (
        sum(path.stat().st_size // 4096 + 1 for path in folder.iterdir()) * 4 + 12
    )  # kB: the files in whole pages, and the folder
    script = (
        f"mv {folder} {folder}.was && mkdir {folder} && mount -t tmpfs -o size={room}k,mode=700 tmpfs {folder}"
        f" && cp {folder}.was/* {folder} || exit 99; {' '.join(command('report', '--workspace', trial, '--week', WEEK))};"
        f" echo code $?; ls -A {folder}; cd {folder} && sha256sum *"
    )
    words = ["unshare", "-m", "sh", "-c", script]
    if shutil.which("unshare") is None:
        pytest.skip("this machine gives no file system of one's own")
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=180)
    if done.returncode in (1, 99) and "code" not in done.stdout:
        pytest.skip("this machine gives no file system of one's own")
    assert "code 1" in done.stdout, done.stdout + done.stderr
    assert "the disk is full" in done.stderr
    found = {name: digest for digest, name in (line.split() for line in done.stdout.splitlines()[-len(FILES) :])}
    assert found == before
    assert done.stdout.count("week.xlsx") == 2  # listed once, digested once: nothing else lies there
    assert ".tmp" not in done.stdout


def killed(trial: Path, words: list[str], wait_s: float | None) -> bool:
    """Whether the command died by our SIGKILL: so many seconds after it began, or (None) once a file is being written."""
    line = [sys.executable, "-c", LOADED, *words, "--workspace", str(trial), "--week", WEEK]
    with subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.stdin.write("go\n")
        process.stdin.flush()
        if wait_s is not None:
            time.sleep(wait_s)
        while wait_s is None and process.poll() is None and not any(trial.rglob(".*.tmp")):
            time.sleep(0.001)
        process.kill()
        return process.wait() == -9


def kills(changed: tuple[Path, dict[str, str], dict[str, str]], copies: Iterator[Path], trials: int, seed: int) -> None:
    """Half of the kills at any moment, half in the first file that is being written; then the command once more."""
    _, before, new = changed
    chance, died = random.Random(seed), 0
    for number in range(trials):
        trial = next(copies)
        died += killed(trial, ["report"], None if number % 2 else chance.uniform(0, LENGTH_S))
        assert whole(trial / "reports" / WEEK, before, new) == []
        assert run("verify", "--workspace", trial).returncode == 0
        assert run("report", "--workspace", trial, "--week", WEEK).returncode == 0
        assert digests(trial / "reports" / WEEK) == new  # and nothing that was left half-written
        shutil.rmtree(trial)
    assert died >= trials // 2


def test_a_kill_while_reporting_leaves_every_file_the_previous_or_the_new_one(changed, copies) -> None:
    """A few kills; the 100 are a long test. Afterwards the same command ends in the same bytes as without a kill."""
    kills(changed, copies, CI_KILLS, seed=8)


@pytest.mark.long
def test_a_hundred_kills_while_reporting(changed, copies) -> None:
    """0 of 100 lost."""
    kills(changed, copies, ALL_KILLS, seed=88)


def test_a_kill_while_exporting_leaves_the_previous_tables_whole(changed, copies) -> None:
    """The tables in exports/WEEK/csv, written anew over those of before the note: each is one of the two."""
    before, trial = digests(changed[0] / "exports" / WEEK / "csv"), next(copies)
    assert run("export", "--workspace", trial, "--week", WEEK).returncode == 0
    new = digests(trial / "exports" / WEEK / "csv")
    for number in range(3):
        trial = next(copies)
        killed(trial, ["export"], None if number % 2 else 0.4 * number)
        found = {name: digest for name, digest in digests(trial / "exports" / WEEK / "csv").items() if not name.startswith(".")}
        assert [name for name in before if found.get(name) not in (before[name], new.get(name))] == []
        assert run("export", "--workspace", trial, "--week", WEEK).returncode == 0
        assert digests(trial / "exports" / WEEK / "csv") == new
