"""`collect` killed at any step, or beside another one: the next run ends in the same log, and nothing is in it twice."""

from __future__ import annotations

import gzip
import json
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from evalharness.flows.init import InitAnswers, init
from evalharness.flows.opened import opened
from evalharness.workspace.folder import Workspace
from tests.collect.files import a_row, a_turn_row, write_rows
from tests.collect.payloads import a_retell_call
from tests.flows.collect_kills import STEPS, forkserver
from tests.flows.test_collect import set_sources
from tests.flows.test_kill import ledger_rows, outputs
from tests.flows.workspaces import command, run


def made(root: Path) -> Path:
    """Sources with calls of two weeks, a packed file, a duplicate, a conflict, a rejected row, events in two files, a survey."""
    init(root, InitAnswers(agent="Desk", owner="Anna", timezone="Europe/Berlin", sources=()))
    set_sources(root, "path: 'inbox/*.jsonl*'", "path: 'inbox/r*.json', source: retell", "path: inbox/survey.csv, as: csat")
    turns = [a_turn_row("agent", "Your phone number?"), a_turn_row(text="It is 415-555-0132. " * 10)]
    rows = [a_row(id=f"c{at}", started_at=f"2026-11-{14 + at % 4}T09:00:00Z", turns=turns) for at in range(8)]
    write_rows(root / "inbox" / "a.jsonl", [*rows[:5], rows[0], {**rows[1], "intent": "other"}, {"id": "none"}])
    packed = "".join(json.dumps(row) + "\n" for row in rows[3:])
    (root / "inbox" / "b.jsonl.gz").write_bytes(gzip.compress(packed.encode(), mtime=0))
    ended, analysis = a_retell_call(), {"call_summary": "Moved.", "user_sentiment": "Positive"}
    (root / "inbox" / "r1.json").write_text(json.dumps({"event": "call_ended", "call": ended}))
    (root / "inbox" / "r2.json").write_text(json.dumps({"event": "call_analyzed", "call": {**ended, "call_analysis": analysis}}))
    (root / "inbox" / "survey.csv").write_text("call_id,csat,known_at\nc1,4,2026-11-17T00:00:00Z\n")
    return root


def whole_run(collect, origin: Path, root: Path) -> list[str]:
    """The steps of a run that nothing ends, in `root`: 8 + 5 rows of calls, an event and what it adds, a survey's answer."""
    shutil.copytree(origin, root)
    assert not collect(root)
    taken = [row[4:10] for row in ledger_rows(root)["intakes"]]
    assert taken == [(8, 5, 1, 1, 0, 1), (5, 3, 2, 0, 0, 0), (1, 1, 0, 0, 0, 0), (1, 1, 0, 0, 0, 0), (1, 1, 0, 0, 0, 0)]
    return (root / STEPS).read_text().splitlines()


def killed_at_steps(tmp_path: Path, every: Callable[[int], int]) -> list[str]:
    """Kills a fresh workspace before each chosen step, which has to kill it, and runs it to its end; all steps of a run."""
    origin, whole = made(tmp_path / "origin"), tmp_path / "whole"
    with forkserver() as collect:
        steps = whole_run(collect, origin, whole)
        rows, files = ledger_rows(whole), outputs(whole)
        for step in range(1, len(steps) + 1, every(len(steps))):
            workspace = shutil.copytree(origin, tmp_path / f"step-{step}")
            assert collect(workspace, step), step
            collect(workspace)
            assert ledger_rows(workspace) == rows, step
            assert outputs(workspace) == files, step
            assert not [path for path in workspace.rglob("*") if path.name.endswith(".tmp")]
            shutil.rmtree(workspace)
    return steps


def test_killed_before_some_steps(tmp_path):
    """Eight steps or a few more, evenly over the run; the long suite takes every one."""
    assert len(killed_at_steps(tmp_path, lambda steps: steps // 8)) >= 80


@pytest.mark.long
def test_killed_before_every_step(tmp_path):
    """Every file opened to be written, folder, sync, rename and commit, and after each commit: 101 steps as of this writing."""
    assert {"open", "os.mkdir", "os.rename", "sync", "commit", "committed"} <= set(killed_at_steps(tmp_path, lambda _: 1))


def test_killed_twice_in_a_row(tmp_path):
    """Before a step of the first run, and before one of the run that was to finish it."""
    origin, whole, rng = made(tmp_path / "origin"), tmp_path / "whole", random.Random(5)
    with forkserver() as collect:
        steps = len(whole_run(collect, origin, whole))
        for trial in range(3):
            workspace = shutil.copytree(origin, tmp_path / f"trial-{trial}")
            collect(workspace, rng.randint(1, steps))
            collect(workspace, rng.randint(1, steps // 2))
            collect(workspace)
            assert ledger_rows(workspace) == ledger_rows(whole)
            assert outputs(workspace) == outputs(whole)


def random_kills(tmp_path: Path, trials: int, calls: int, seed: int) -> None:
    """The command itself, killed and then run again: every call once, in the same files, and no file more.

    Every other time it is killed at a random moment, and else once a random number of the log's files stands there.
    The calls of the whole run are read; the others have the same files registered, byte for byte.
    """
    origin = made(tmp_path / "origin")
    moments, killed, halfway = random.Random(seed), 0, 0
    many = [a_row(id=f"m{at}", turns=[a_turn_row(text="Hello there.")] * 40) for at in range(calls)]
    write_rows(tmp_path / "many.jsonl", many)
    line = ("collect", str(tmp_path / "many.jsonl"), str(origin / "inbox"), "--workspace")
    whole = shutil.copytree(origin, tmp_path / "whole")
    started = time.monotonic()
    assert run(*line, whole).returncode == 5
    length = time.monotonic() - started
    log, expected, files = calls_in(whole), kept(whole), set(outputs(whole))
    assert len(set(log)) == len(log) == calls + 9
    for trial in range(trials):
        workspace = shutil.copytree(origin, tmp_path / f"trial-{trial}")
        process = subprocess.Popen(command(*line, workspace), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if trial % 2:
            wait_for_files(process, workspace, moments.randrange(1, len(files)))
        else:
            time.sleep(moments.uniform(0.1 * length, length))
        process.send_signal(signal.SIGKILL)
        killed += process.wait() == -signal.SIGKILL
        halfway += outputs(workspace).keys() not in (set(), files)
        assert run(*line, workspace).returncode == 5
        assert kept(workspace) == expected
        assert not [path for path in workspace.rglob("*") if path.name.endswith(".tmp")]
        shutil.rmtree(workspace)
    assert killed >= trials / 3, "most kills came after the end: the test has lost its power"
    assert halfway >= trials // 3, "hardly a kill left some of the files: the test has lost its power"


def wait_for_files(process: subprocess.Popen[bytes], workspace: Path, count: int) -> None:
    """Until the log has so many files or the process has ended."""
    while process.poll() is None and len(list(workspace.glob("calls/**/*.parquet"))) < count:
        time.sleep(0.005)


def kept(workspace: Path) -> dict[str, object]:
    """The call log byte for byte: its files, those registered, and later facts, but not when they became known.

    Not the intakes: files that are named are read again, and those of a run that was killed are among them.
    """
    rows = ledger_rows(workspace)
    registered = [row[2:] for row in rows["parts"]]
    assert len(registered) == len(set(registered))
    return {**outputs(workspace), "parts": sorted(registered), "supplements": sorted(row[1:-1] for row in rows["supplements"])}


def calls_in(workspace: Path) -> list[str]:
    """Every call of the log as canonical text, in order; one that stands twice stands twice here."""
    with opened(Workspace.at(workspace)) as house:
        return sorted(call.canonical() for week in house.calls.weeks() for call in _of(house, week))


def _of(house, week):
    return house.calls.calls([(fact.source, fact.id) for fact in house.calls.facts(week)])


def test_a_few_random_kills(tmp_path):
    """Two, of a file that one process reads; the long suite takes thirty, of one that several read."""
    random_kills(tmp_path, 2, 500, seed=3)


@pytest.mark.long
def test_thirty_random_kills(tmp_path):
    """Of a file of 17 MB, which is read by several processes where the machine has several cores."""
    random_kills(tmp_path, 30, 10_000, seed=4)


def test_two_at_once_double_nothing(tmp_path):
    """The same files and others at the same time: one goes on, the other says who holds the workspace."""
    origin = made(tmp_path / "origin")
    write_rows(tmp_path / "more.jsonl", [a_row(id=f"m{at}") for at in range(50)])
    both = ("collect", str(origin / "inbox"), str(tmp_path / "more.jsonl"), "--workspace")
    whole = shutil.copytree(origin, tmp_path / "whole")
    assert run(*both, whole).returncode == 5
    for trial, second in enumerate((both, ("collect", str(tmp_path / "more.jsonl"), "--workspace"))):
        workspace = shutil.copytree(origin, tmp_path / f"trial-{trial}")
        lines = [command(*line, workspace) for line in (both, second)]
        started = [subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for line in lines]
        ended = [(process.communicate()[1], process.returncode) for process in started]
        assert all(code in (0, 5) or "the workspace is held by" in said for said, code in ended)
        assert any(code in (0, 5) for _, code in ended)
        run(*both, workspace)
        assert calls_in(workspace) == calls_in(whole)
