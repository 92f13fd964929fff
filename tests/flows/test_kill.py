"""`week` may be killed at any moment: the next run ends in the same ledger and the same outputs."""

from __future__ import annotations

import os
import random
import re
import signal
import sqlite3
import subprocess
import time
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest

from tests.flows.workspaces import command, copy_of, make_workspace, run

ASIDE = {"at", "sha256", "chain", "audit", "hash", "previous"}
HEAD = re.compile(rb"[0-9]+:[0-9a-f]{64}")
"""The ledger's head in a report: it covers the times of the rows, which no two runs share."""


def ledger_rows(workspace: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table but chain and audit; without times, hashes, and the digests of reports, which hold the head."""
    connection = sqlite3.connect(workspace / "ledger.db")
    tables = [name for (name,) in connection.execute("select name from sqlite_master where type = 'table'") if name not in ASIDE]
    found = {}
    for table in sorted(tables):
        columns = [row[1] for row in connection.execute(f"pragma table_info({table})") if row[1] not in ASIDE]
        rows = connection.execute(f"select {', '.join(columns)} from {table} order by 1")
        found[table] = [tuple(_without_time(value) for value in row) for row in rows]
    found["exports"] = [(*row[:2], "" if "report" in row else row[2], *row[3:]) for row in found["exports"]]
    connection.close()
    return found


def _without_time(value: object) -> object:
    """A frozen grade holds its own time inside its JSON text; nothing else in the ledger does."""
    if isinstance(value, str) and '"at":"' in value:
        start = value.index('"at":"')
        value = value[:start] + value[value.index('"', start + 6) :]
    return HEAD.sub(b"HEAD", value.encode()).decode() if isinstance(value, str) else value


def outputs(workspace: Path) -> dict[str, str]:
    """Digest of every file a person sees, by its path in the workspace."""
    files = [*workspace.glob("reports/**/*"), *workspace.glob("sheets/**/*"), *workspace.glob("calls/**/*.parquet")]
    return {str(path.relative_to(workspace)): _digest(path) for path in files if path.is_file()}


def _digest(path: Path) -> str:
    """Of the content, with any head masked; of a workbook by the files in it."""
    if path.suffix != ".xlsx":
        return sha256(HEAD.sub(b"HEAD", path.read_bytes())).hexdigest()
    with zipfile.ZipFile(path) as book:
        parts = [(name, HEAD.sub(b"HEAD", book.read(name))) for name in book.namelist()]
    return sha256(repr(parts).encode()).hexdigest()


def kills(tmp_path: Path, trials: int, seed: int) -> None:
    origin = make_workspace(tmp_path / "origin", ("2026-W46", "2026-W47"))
    whole = copy_of(origin, tmp_path / "whole")
    started = time.monotonic()
    finished = run("week", "--workspace", whole)
    length = time.monotonic() - started
    assert finished.returncode == 0, finished.stdout + finished.stderr
    expected_rows, expected_files = ledger_rows(whole), outputs(whole)
    moments = random.Random(seed)
    killed = 0
    for trial in range(trials):
        workspace = copy_of(origin, tmp_path / f"trial-{trial}")
        process = subprocess.Popen(
            command("week", "--workspace", workspace), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(moments.uniform(0.15 * length, length))
        process.send_signal(signal.SIGKILL)
        killed += process.wait() == -signal.SIGKILL
        again = run("week", "--workspace", workspace)
        assert again.returncode == 0, again.stdout + again.stderr
        assert ledger_rows(workspace) == expected_rows
        assert outputs(workspace) == expected_files
        assert not [path for path in workspace.rglob("*") if path.name.endswith(".tmp")]
    assert killed >= trials / 2, "most kills came after the end: the test has lost its power"


def test_a_killed_week_is_finished_by_the_next_one(tmp_path: Path) -> None:
    """Four kills at seeded random moments; the thirty of the long suite differ only in number."""
    kills(tmp_path, 4, seed=int(os.environ.get("KILL_SEED", "7")))


@pytest.mark.long
def test_thirty_kills(tmp_path: Path) -> None:
    """SIGKILL at 30 random moments of `week`."""
    kills(tmp_path, 30, seed=11)
