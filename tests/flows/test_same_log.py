"""The same calls in any order, split into any files, as often as you like: the same log."""

from __future__ import annotations

import gzip
import json
import random
import shutil
from pathlib import Path

import pytest

from evalharness.flows.collect import collect_paths
from evalharness.flows.init import InitAnswers, init
from evalharness.flows.opened import opened
from evalharness.workspace.folder import Workspace
from tests.collect.files import a_row, a_turn_row, counts, write_rows
from tests.collect.payloads import a_retell_call, a_vapi_call
from tests.flows.test_collect import AT
from tests.flows.test_collect_kills import calls_in


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A new workspace without sources."""
    init(tmp_path / "desk", InitAnswers(agent="Desk", owner="Anna", timezone="Europe/Berlin", sources=()))
    return tmp_path / "desk"


def the_calls() -> dict[str, list[dict]]:
    """Calls of three forms over three weeks, some with numbers to redact, some under one id in two sources."""
    said = [a_turn_row("agent", "Your number?"), a_turn_row(text="415-555-0132, or anna@mail.example."), a_turn_row("agent", "")]
    ours = [a_row(id=f"c{at}", started_at=f"2026-11-{9 + at:02}T22:59:59Z", turns=said[: 1 + at % 3]) for at in range(14)]
    return {
        "jsonl": [*ours, a_row(id="v1"), a_row(id="v1", source="other")],
        "vapi": [a_vapi_call(id=f"v{at}") for at in range(5)],
        "retell": [
            a_retell_call(call_id=f"r{at}", start_timestamp=1763377200000 + at * 10**8, end_timestamp=1763377260000 + at * 10**8)
            for at in range(5)
        ],
    }


def split(folder: Path, rng: random.Random) -> list[tuple[Path, str]]:
    """The calls (each once at least) in files of every shape, and the form of each, in any order."""
    files = []
    for form, calls in the_calls().items():
        again = [*calls, *rng.choices(calls, k=rng.randrange(8))]
        rng.shuffle(again)
        while again:
            part = [again.pop() for _ in range(min(len(again), rng.randint(1, 9)))]
            lines = form == "jsonl" or rng.randrange(2)
            path = folder / f"{len(files)}.{'jsonl' if lines else 'json'}"
            text = "".join(json.dumps(call) + "\n" for call in part) if lines else json.dumps(part)
            path.write_bytes(gzip.compress(text.encode()) if rng.randrange(2) else text.encode())
            files.append((path, form))
    rng.shuffle(files)
    return files


def same_log(root: Path, tmp_path: Path, trials: int) -> None:
    """Each trial in its own workspace; in the end a call comes with other words: a conflict, and the log is as it was."""
    first: list[str] = []
    for trial in range(trials):
        folder, workspace, rng = (
            tmp_path / f"files-{trial}",
            shutil.copytree(root, tmp_path / f"log-{trial}"),
            random.Random(trial),
        )
        folder.mkdir()
        files = split(folder, rng)
        changed = write_rows(folder / "changed.jsonl", [{**rng.choice(the_calls()["jsonl"]), "intent": "other"}])
        with opened(Workspace.at(workspace), write=True) as house:
            reports = [collect_paths(house, [path], form, AT)[0][0] for path, form in files]
            refused = collect_paths(house, [changed], "jsonl", AT)[0][0]
        assert not [(report.conflicts, report.rejects) for report in reports if report.conflict or report.rejected]
        assert sum(report.accepted for report in reports) == 26
        assert counts(refused) == (0, 0, 1, 0, 0)
        log = calls_in(workspace)
        first = first or log
        assert len(log) == 26
        assert log == first


def test_any_order_any_split_any_repetition(root, tmp_path):
    """14 + 2 of our own, 5 of Vapi and 5 of Retell: 26 calls, whatever the files; what is not new is a duplicate."""
    same_log(root, tmp_path, 4)


@pytest.mark.long
def test_any_order_any_split_any_repetition_many_times(root, tmp_path):
    """As above, a hundred ways."""
    same_log(root, tmp_path, 100)


def test_weeks_and_clock_changes(root):
    """Berlin: 2026 has a week 53; 1 January 2027 is in it; both 02:30 of 25 October, and the hour that 29 March skips."""
    instants = {
        "new-year": ("2026-12-31T23:30:00Z", "2026-W53"),
        "sunday": ("2027-01-03T22:59:59Z", "2026-W53"),
        "monday": ("2027-01-03T23:00:00Z", "2027-W01"),
        "first-0230": ("2026-10-25T02:30:00+02:00", "2026-W43"),
        "second-0230": ("2026-10-25T02:30:00+01:00", "2026-W43"),
        "before-change": ("2026-03-29T01:59:59+01:00", "2026-W13"),
        "after-change": ("2026-03-29T03:00:00+02:00", "2026-W13"),
        "week-of-169-hours": ("2026-10-25T23:59:59+01:00", "2026-W43"),
        "after-it": ("2026-10-25T23:00:00Z", "2026-W44"),
    }
    path = root / "inbox" / "weeks.jsonl"
    path.write_text("".join(json.dumps(a_row(id=name, started_at=at)) + "\n" for name, (at, _) in instants.items()))
    with opened(Workspace.at(root), write=True) as house:
        assert collect_paths(house, [path], None, AT)[0][0].accepted == len(instants)
        facts = {fact.id: (week, fact) for week in house.calls.weeks() for fact in house.calls.facts(week)}
    assert {name: week for name, (week, _) in facts.items()} == {name: week for name, (_, week) in instants.items()}
    first, second = (facts[name][1] for name in ("first-0230", "second-0230"))
    assert (second.started_at - first.started_at).total_seconds() == 3600
    assert (first.hour, second.hour, first.weekday) == (2, 2, 7)
    assert (facts["after-change"][1].started_at - facts["before-change"][1].started_at).total_seconds() == 1
