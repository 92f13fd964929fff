"""Notes of the owner: what each says it does, and one taken back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from evalharness.errors import UsageError
from evalharness.flows.collect import collect_configured
from evalharness.flows.note import effect, note, withdraw
from evalharness.flows.opened import Opened, opened
from evalharness.flows.trend import trend
from evalharness.report.trend_words import changes as listed
from evalharness.store.records import changes
from evalharness.workspace.folder import Workspace
from tests.flows.workspaces import copy_of, make_workspace, run

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
WEEK = "2026-W47"


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """W47 in the call log, drawn."""
    folder = make_workspace(tmp_path_factory.mktemp("note") / "ws", (WEEK,))
    with opened(Workspace.at(folder), write=True) as house:
        collect_configured(house, NOW)
    assert run("sample", "--week", WEEK, "--workspace", folder).returncode == 0
    return folder


@pytest.fixture
def folder(collected: Path, tmp_path: Path) -> Path:
    """A copy."""
    return copy_of(collected, tmp_path / "ws")


@pytest.fixture
def house(folder: Path) -> Iterator[Opened]:
    """The copy, opened; Berlin's clock is an hour ahead of UTC in November."""
    with opened(Workspace.at(folder), write=True) as one:
        yield one


def said(house: Opened, label: str, at: str, kind: str) -> str:
    """What a new note says of itself."""
    return "; ".join(effect(house, note(house, label, at, kind, NOW), NOW))


def test_each_note_says_what_starts_anew(house: Opened) -> None:
    """The first version, a minor one, a major one, one without a number, a break, a prompt."""
    start = "judged rates start anew from"
    assert said(house, "v2.0", "2026-11-16", "version") == (
        f"{start} 2026-11-16 00:00; clear failures go on: the first version noted"
    )
    assert said(house, "v2.1", "2026-11-17T09:30", "version") == (
        f"{start} 2026-11-17 09:30; clear failures go on: a minor version after 'v2.0'"
    )
    assert said(house, "v3", "2026-11-18", "version") == (
        f"{start} 2026-11-18 00:00, clear failures too: a new major version after 'v2.1'"
    )
    assert said(house, "the new one", "2026-11-19", "version") == (
        f"{start} 2026-11-19 00:00, clear failures too: no number in the text, so it counts as a new major version after 'v3'"
    )
    assert said(house, "lines moved", "2026-11-20", "break") == "every judged rate starts anew from 2026-11-20 00:00"
    assert "no rate starts anew" in said(house, "prompt v12", "2026-11-20", "prompt")


def test_odd_dates_are_said(house: Opened) -> None:
    """A week after now, and a year before the first call; the note is kept all the same."""
    assert "this lies in the future" in said(house, "v4", "2026-11-30", "version")
    early = said(house, "v1", "2025-11-30", "version")
    assert "before the first week of the call log (2026-W47): it starts nothing anew" in early
    assert len(changes(house.ledger)) == 2


def test_a_note_that_is_taken_back_stays_and_is_shown_so(house: Opened) -> None:
    """Its row stays, the list says why, the next version is compared with the one before it, and once is enough."""
    note(house, "v2.0", "2026-11-16", "version", NOW)
    note(house, "v9", "2026-11-17", "version", NOW)
    before = house.ledger.head()
    withdraw(house, "v9", None, "a slip of\nthe hand", NOW)
    assert house.ledger.head() != before
    assert [(one.label, one.withdrawn) for one in changes(house.ledger)] == [("v2.0", ""), ("v9", "a slip of the hand")]
    assert list(listed(trend(house)))[-1] == f"{WEEK}: 2026-11-17 00:00 v9 (version, withdrawn: a slip of the hand)"
    assert "a minor version after 'v2.0'" in said(house, "v2.1", "2026-11-18", "version")
    assert house.ledger.verify() == []
    with pytest.raises(UsageError, match="no note that stands reads 'v9'"):
        withdraw(house, "v9", None, "again", NOW)


def test_of_several_alike_the_date_decides(house: Opened) -> None:
    """The same text on two days is asked for with its day; the same typed twice: one of the two goes."""
    for day in ("2026-11-16", "2026-11-17T09:00", "2026-11-17T09:00"):
        note(house, "outage", day, "outage", NOW)
    with pytest.raises(UsageError, match="several notes read 'outage'"):
        withdraw(house, "outage", None, "typed twice", NOW)
    withdraw(house, "outage", "2026-11-17", "typed twice", NOW)
    assert [bool(one.withdrawn) for one in changes(house.ledger)] == [False, False, True]
    with pytest.raises(UsageError, match="no note that stands reads 'outage' at that time"):
        withdraw(house, "outage", "2026-11-18", "typed twice", NOW)
    with pytest.raises(UsageError, match="the reason is empty"):
        withdraw(house, "outage", "2026-11-16", " ", NOW)


def test_on_the_command_line(folder: Path) -> None:
    """Noted with what it does, withdrawn, and the ways it cannot be typed."""
    here = ("--workspace", folder)
    done = run("note", "v2", "--at", "2026-11-19", "--kind", "break", *here)
    assert done.stdout.splitlines() == [
        "Noted: 2026-11-19 00:00  break: v2",
        "  every judged rate starts anew from 2026-11-19 00:00",
    ]
    done = run("note", "--withdraw", "v2", "--reason", "it was v3", *here)
    assert done.stdout.splitlines()[0] == "Withdrawn: 2026-11-19 00:00  break: v2"
    assert "v2 (break, withdrawn: it was v3)" in run("trend", *here).stdout
    for words in ((), ("v2", "--withdraw", "v2", "--reason", "x"), ("--withdraw", "v2"), ("v2", "--reason", "x")):
        assert run("note", *words, *here).returncode == 2
    helped = " ".join(run("note", "--help").stdout.replace("│", " ").split())
    for kind in ("version", "break", "prompt", "model", "outage", "other"):
        assert kind in helped
