"""verify: a signed report file that is not as it was signed is a problem by name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from evalharness.flows.keep import verify
from evalharness.flows.opened import Opened, opened
from evalharness.flows.sign_off import Wish, sign
from evalharness.flows.signed import altered
from evalharness.flows.week import run_week
from evalharness.store.files import digest_file
from evalharness.store.records import add_export, sign_offs, signed_weeks
from evalharness.store.trail import ACTIONS_READ
from evalharness.workspace.folder import Workspace
from tests.flows.workspaces import copy_of, make_workspace

WEEK = "2026-W47"
NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """W47 drawn and signed off; tests work on copies."""
    root = make_workspace(tmp_path_factory.mktemp("keeping") / "ws", (WEEK,))
    with opened(Workspace.at(root), write=True) as house:
        run_week(house, NOW)
        sign(house, Wish(WEEK, "Anna Keller", "keep"), NOW)
    return root


@pytest.fixture
def house(signed: Path, tmp_path: Path) -> Iterator[Opened]:
    """An opened copy of it."""
    with opened(Workspace.at(copy_of(signed, tmp_path / "ws")), write=True) as found:
        yield found


def _place(house: Opened, name: str) -> Path:
    return house.workspace.report_path(WEEK, name)


def test_a_week_that_stands_as_signed_has_no_problem(house: Opened) -> None:
    """Four files, each with the bytes signed; a copy of the folder elsewhere is as good."""
    assert signed_weeks(house.ledger) == [WEEK]
    assert verify(house)[0] == []


def test_changed_missing_and_unreadable_files_are_named(house: Opened) -> None:
    """One line more, one deleted, one a folder now; the fourth is not named."""
    with _place(house, "summary.md").open("a") as file:
        file.write("x\n")
    _place(house, "scores.csv").unlink()
    _place(house, "summary.json").unlink()
    _place(house, "summary.json").mkdir()
    assert altered(house, sign_offs(house.ledger, WEEK)) == {
        f"reports/{WEEK}/summary.md": "changed",
        f"reports/{WEEK}/scores.csv": "missing",
        f"reports/{WEEK}/summary.json": "unreadable",
    }
    problems, head = verify(house)
    assert [problem.partition(";")[0] for problem in sorted(problems)] == [
        f"reports/{WEEK}/scores.csv: missing since {WEEK} was signed off",
        f"reports/{WEEK}/summary.json: unreadable since {WEEK} was signed off",
        f"reports/{WEEK}/summary.md: changed since {WEEK} was signed off",
    ]
    assert head == house.ledger.head()


def test_both_sign_offs_of_a_week_keep_their_files(house: Opened) -> None:
    """Signed twice: eight files, and a change in one of the first four is still seen."""
    sign(house, Wish(WEEK, "Anna Keller", "fix", again="wrong decision"), NOW)
    assert verify(house)[0] == []
    _place(house, "week.xlsx").write_bytes(b"")
    (problem,) = verify(house)[0]
    assert problem.startswith(f"reports/{WEEK}/week.xlsx: changed since")


def test_a_signed_workbook_that_was_read_back_is_no_problem(house: Opened) -> None:
    """What was typed on its sheet Actions is in the ledger, with the digest of the file as it is; another change is one."""
    book = _place(house, "week.xlsx")
    book.write_bytes(book.read_bytes() + b"typed")
    with house.ledger.transaction() as tx:
        add_export(tx, f"{ACTIONS_READ}: week.xlsx", digest_file(book), ACTIONS_READ, WEEK, NOW, {})
    assert verify(house)[0] == []
    book.write_bytes(book.read_bytes() + b"again")
    assert len(verify(house)[0]) == 1


def test_a_sign_off_that_cannot_be_read_is_said(house: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    """A ledger changed by hand ends in a problem, not in a traceback."""

    def unreadable(*_: object) -> None:
        raise ValueError

    monkeypatch.setattr("evalharness.flows.keep.sign_offs", unreadable)
    assert verify(house)[0] == ["the signed report files cannot be compared: a sign-off in the ledger cannot be read"]
