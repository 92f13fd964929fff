"""A file of inbox/ goes only where all of it is in the log just as it stands; its name and its time tell nothing."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from evalharness.flows.collect import collect_later, collect_paths, later_rules
from evalharness.flows.init import InitAnswers, init
from evalharness.flows.opened import Opened, opened
from evalharness.flows.purge import purge
from evalharness.flows.purge_inbox import standing
from evalharness.flows.purge_receipt import Receipt
from evalharness.flows.retention import due_for_call
from evalharness.workspace.folder import Workspace
from tests.collect.files import a_row, write_csv, write_rows
from tests.collect.platforms.runs import a_run

AT = datetime(2026, 11, 23, 7, tzinfo=UTC)
SAID = "My name is nowhere else in this workspace."
ROWS = [a_row(agent="Desk", turns=[{"speaker": "caller", "text": SAID}]), a_row(id="c2", agent="Desk")]
CHANGED = "it changed since it was collected, or the settings did"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Opened]:
    """A workspace without sources, opened to write."""
    init(tmp_path / "desk", InitAnswers(agent="Desk", owner="Anna", timezone="Europe/Berlin", sources=()))
    with opened(Workspace.at(tmp_path / "desk"), write=True) as found:
        yield found


def collected(house: Opened, path: Path, source: str | None = None) -> Path:
    """The file, taken in."""
    collect_paths(house, [path], source, AT)
    return path


def a_log(house: Opened, *more: object) -> Path:
    """Two calls in inbox/, with further rows, taken in."""
    return collected(house, write_rows(house.workspace.inbox / "log.jsonl", [*ROWS, *more]))


@contextmanager
def narrowed(house: Opened) -> Iterator[Opened]:
    """The workspace as it is once only the calls of one agent are wanted."""
    path = house.workspace.config_path
    path.write_text(path.read_text().replace("scope: null", 'scope: agent == "Desk"'))
    with opened(Workspace.at(house.workspace.root)) as found:
        yield found


def purged(house: Opened) -> Receipt:
    """The receipt of a purge of the first call."""
    return purge(house, due_for_call(house, "c1"), AT)


def test_newer_than_its_collection_it_goes_all_the_same(house: Opened) -> None:
    """As in a fresh demo, which collects by a clock of its own; and so does a copy of another name, packed too."""
    log = a_log(house)
    os.utime(log, (AT.timestamp() + 86_400,) * 2)
    copy = log.with_name("copy.jsonl.gz")
    copy.write_bytes(gzip.compress(log.read_bytes()))
    receipt = purged(house)
    assert (receipt.hits, [path for path in receipt.deleted if path.startswith("inbox/")]) == (
        {},
        ["inbox/copy.jsonl.gz", "inbox/log.jsonl"],
    )
    assert not log.exists()


def appended(path: Path) -> None:
    """A call more."""
    path.write_text(path.read_text() + json.dumps(a_row(id="c3")) + "\n")


def shortened(path: Path) -> None:
    """A call less."""
    path.write_text(path.read_text().splitlines(keepends=True)[0])


@pytest.mark.parametrize("change", [appended, shortened])
def test_what_changed_since_stays_though_its_time_is_older(house: Opened, change: Callable[[Path], None]) -> None:
    """It is named, with why, and holds what it held."""
    log = a_log(house)
    change(log)
    os.utime(log, (AT.timestamp() - 86_400,) * 2)
    held = log.read_bytes()
    receipt = purged(house)
    assert (list(receipt.hits), log.read_bytes()) == (["inbox/log.jsonl"], held)
    assert f"your own log inbox/log.jsonl: {CHANGED}" in receipt.unreached


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ([{"id": "c3"}], "1 row of it was not taken in"),
        ([a_row(agent="Desk", turns=[]), a_row(agent="Desk", csat=1)], "2 rows of it were not taken in"),
        ([a_row(id="c4", agent="Sales")], "1 row of it was not taken in"),
    ],
)
def test_a_row_that_is_not_in_the_log_keeps_the_file(house: Opened, more: list[object], why: str) -> None:
    """Rejected; in conflict; another agent's: it stands nowhere else."""
    with narrowed(house) as scoped:
        log = a_log(scoped, *more)
        assert standing(scoped, log) == ((), why)
    assert log.exists()


def test_a_row_twice_is_in_the_log(house: Opened) -> None:
    """A duplicate is no loss; and read a second time, all of them are."""
    log = a_log(house, ROWS[0])
    collected(house, log)
    assert standing(house, log) == ((log,), "")


def test_what_was_left_goes_once_it_was_taken_in(house: Opened) -> None:
    """A call is appended: the file stays. Collected again it goes with the next purge, of which no text is known any more."""
    log = a_log(house)
    appended(log)
    first = purged(house)
    collected(house, log)
    second = purged(house)
    assert (list(first.hits), second.hits, list(second.deleted)) == (["inbox/log.jsonl"], {}, ["inbox/log.jsonl"])


def test_other_settings_than_it_was_read_by_cannot_tell(house: Opened) -> None:
    """Under another scope its rows are looked at again first."""
    log = a_log(house)
    with narrowed(house) as scoped:
        assert standing(scoped, log) == ((), CHANGED)


def test_calls_and_turns_go_together(house: Opened) -> None:
    """What was said stands in turns.csv alone; without it the other file could not be read. Changed, neither goes."""
    turns = f"call_id,index,speaker,text\nc1,0,caller,{SAID}\n"
    calls = write_csv(house.workspace.inbox, "id,started_at,agent\nc1,2026-11-16T09:00:00Z,Desk\n", turns)
    beside = calls.with_name("turns.csv")
    collected(house, calls)
    assert standing(house, beside) == standing(house, calls) == ((calls, beside), "")
    beside.write_text(turns + "c1,1,agent,Hello.\n")
    assert standing(house, beside).files == standing(house, calls).files == ()
    beside.write_text(turns)
    assert {"inbox/calls.csv", "inbox/turns.csv"} <= purged(house).deleted.keys()


def test_turns_beside_calls_of_another_form_are_a_file_of_their_own(house: Opened) -> None:
    """Only of CSV two files are one."""
    calls = collected(house, write_rows(house.workspace.inbox / "calls.jsonl", ROWS))
    turns = write_rows(calls.with_name("turns.jsonl"), [a_row(id="c9")])
    assert standing(house, turns) == ((), "it was not collected")


@pytest.mark.parametrize("join", ["call_id", "caller_time"])
def test_later_facts(house: Opened, join: str) -> None:
    """Read by either way of naming a call; one that names none keeps its file."""
    a_log(house, a_row(id="c5", caller="+49 30 901820", agent="Desk"))
    by = {"call_id": {"call_id": "c5"}, "caller_time": {"caller": "+49 30 901820", "at": "2026-11-16T09:00:00Z"}}[join]
    good = write_rows(house.workspace.inbox / "good.jsonl", [{**by, "csat": 4}])
    bad = write_rows(house.workspace.inbox / "bad.jsonl", [{**by, "csat": 5}, {"call_id": "c6", "csat": 1}])
    collect_later(house, [good, bad], later_rules(house, "csat", join), AT)
    assert standing(house, good) == ((good,), "")
    assert standing(house, bad).why.endswith("not taken in")


def test_of_a_run_only_a_part_is_read(house: Opened) -> None:
    """Its folder is one call, and no file of it is in the log as it stands."""
    run = collected(house, a_run(house.workspace.inbox / "run"))
    assert house.ledger.rows("intakes")[0]["accepted"] == 1
    assert standing(house, run / "transcript.jsonl") == ((), "it belongs to a run, of which only a part is read")


def test_what_cannot_be_read_stays(house: Opened) -> None:
    """Never collected, in no form that is known, and gone meanwhile."""
    a_log(house)
    odd = house.workspace.inbox / "odd.bin"
    odd.write_bytes(b"\x00\x01" + SAID.encode())
    receipt = purged(house)
    assert (list(receipt.hits), odd.exists()) == (["inbox/odd.bin"], True)
    assert "your own log inbox/odd.bin: it was not collected" in receipt.unreached


def test_a_call_that_was_taken_in_wrongly(house: Opened, tmp_path: Path) -> None:
    """Purged, it does not come back: as it was it is a duplicate, put right a conflict, under another id a new call."""
    log = a_log(house)
    kept = tmp_path / "kept.jsonl"
    kept.write_bytes(log.read_bytes())
    purged(house)
    right = {**ROWS[0], "turns": [{"speaker": "agent", "text": SAID}]}
    found = []
    for row in (ROWS[0], right, {**right, "id": "c1-2"}):
        (report,) = collect_paths(house, [write_rows(tmp_path / "again.jsonl", [row])], None, AT)[0]
        found.append((report.accepted, report.duplicate, report.conflict))
    assert found == [(0, 1, 0), (0, 0, 1), (1, 0, 0)]
    texts = {call.id: call.turns[0].text for call in house.calls.calls([("jsonl", "c1"), ("jsonl", "c1-2")])}
    assert texts == {"c1": "[text removed on 2026-11-23 on request]", "c1-2": SAID}
    assert (log.exists(), kept.exists()) == (False, True)


def test_a_file_of_which_no_row_was_seen_stays(house):
    """Nothing of it was rejected, but nothing of it was read either: that tells nothing of what it holds."""
    path = house.workspace.inbox / "empty.json"
    path.write_text("[]")
    collected(house, path, "vapi")
    assert [row["rows"] for row in house.ledger.stored("intakes")] == [0]
    assert standing(house, path).files == ()
