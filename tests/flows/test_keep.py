"""verify: a signed report file that is not as it was signed is a problem by name; a head that was kept stands or does not."""

from __future__ import annotations

import io
import json
import re
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from evalharness.errors import UsageError
from evalharness.flows import alerts, notify
from evalharness.flows.deep import TYPED_INTO
from evalharness.flows.export import KIND, ExportWish, export
from evalharness.flows.keep import verify
from evalharness.flows.opened import Opened, opened
from evalharness.flows.report import write_reports
from evalharness.flows.sign_off import Wish, sign
from evalharness.flows.signed import altered
from evalharness.flows.summary import week_summary
from evalharness.flows.week import run_week
from evalharness.models.call import Change
from evalharness.store.files import digest_file
from evalharness.store.records import add_audit, add_change, add_export, sign_offs, signed_weeks
from evalharness.store.standing import SENT_OUT, WRITTEN_OUT
from evalharness.store.trail import ACTIONS_READ
from evalharness.workspace.folder import Workspace
from tests.flows.workspaces import copy_of, make_workspace, run

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
    problems, head, damaged, _ = verify(house)
    assert not damaged
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


HEAD = re.compile(r"[1-9]\d*:[0-9a-f]{64}")


def _heads(path: Path) -> list[str]:
    """The heads that stand in a file, in the order found; of a workbook in its cells."""
    data = path.read_bytes()
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            data = b"".join(archive.read(name) for name in archive.namelist())
    return HEAD.findall(data.decode())


@pytest.fixture
def open_week(tmp_path: Path) -> Iterator[Opened]:
    """W47 drawn and reported, not signed."""
    root = make_workspace(tmp_path / "open", (WEEK,))
    with opened(Workspace.at(root), write=True) as found:
        run_week(found, NOW)
        yield found


def test_every_file_of_a_report_holds_one_head_and_the_same(open_week: Opened) -> None:
    """Page, workbook, JSON and Markdown; a table of rows has no place for one and lies beside them."""
    found = {name: _heads(_place(open_week, name)) for name in ("report.html", "week.xlsx", "summary.json", "summary.md")}
    assert set(map(tuple, found.values())) == {(open_week.ledger.head_of(WEEK),)}


def test_a_week_written_again_has_the_same_head_until_something_is_written(open_week: Opened) -> None:
    """Reports, exports and notices are rows of the ledger, and the files stay byte for byte; a note moves the head."""

    def files() -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in _place(open_week, "x").parent.iterdir()}

    before, true_head = files(), open_week.ledger.head()
    _place(open_week, "report.html").unlink()
    export(open_week, ExportWish((WEEK,)), NOW)
    with open_week.ledger.transaction() as tx:
        add_audit(tx, "notice sending", {"week": WEEK}, NOW)
    run_week(open_week, NOW)
    assert (files() == before, open_week.ledger.head() == true_head) == (True, False)
    with open_week.ledger.transaction() as tx:
        add_change(tx, Change(at=NOW, label="prompt v12", kind="other"), NOW)
    noted = f"{len(open_week.ledger.rows('chain'))}:{open_week.ledger.head()}"
    write_reports(open_week, week_summary(open_week, WEEK), NOW)
    assert _heads(_place(open_week, "summary.json")) == [noted]


def test_what_moves_no_head_is_called_as_the_flows_call_it() -> None:
    """The ledger knows these rows by their names alone: notices, alerts, reports, the page of all weeks, exports, sheets."""
    assert {notify.SENDING, notify.SENT, alerts.SENDING, alerts.SENT} == set(SENT_OUT)
    assert {"report", "index", KIND, TYPED_INTO} == set(WRITTEN_OUT)


def test_an_export_holds_the_head(open_week: Opened, tmp_path: Path) -> None:
    """datapackage.json names it once, with the hash of every file; OpenTelemetry as an attribute of the resource."""
    head = open_week.ledger.head_of(WEEK)
    export(open_week, ExportWish((WEEK,), "csv", tmp_path / "csv"), NOW)
    assert json.loads((tmp_path / "csv" / "datapackage.json").read_text())["ledger_head"] == head
    export(open_week, ExportWish((WEEK,), "json", tmp_path / "json"), NOW)
    assert _heads(tmp_path / "json" / f"summary-{WEEK}.json") == [head]


def test_verify_says_whether_a_head_stands(open_week: Opened) -> None:
    """With its number and without, whatever the capitals; what came since by kind: a report row and a note."""
    head = open_week.ledger.head_of(WEEK)
    number, _, link = head.partition(":")
    written = len(open_week.ledger.rows("chain")) - int(number)
    copied = (
        f" {head.upper()} ",
        f"Ledger head: {head}",
        f"0 problems. LEDGER HEAD: {link.upper()}\n",
        f'"ledger_head": "{head}",',
    )
    for one in copied:
        assert verify(open_week, one)[:1] == ([],), one
    assert verify(open_week, head).since == verify(open_week, link).since == {"exports": written}
    other = f"{int(number) + 1}:{link}"
    assert verify(open_week, other)[0] == [f"the head {link} is entry {number} of the chain, not {int(number) + 1}"]
    assert verify(open_week, other).since is None
    gone = f"{number}:{'0' * 64}"
    assert "the chain does not hold the head" in verify(open_week, gone)[0][0]
    assert verify(open_week, gone).since is None
    for slip in (f"0:{link}", link[:63], f"{number}:", f"{number} {link}"):
        with pytest.raises(UsageError, match="is no head of a ledger"):
            verify(open_week, slip)


def test_a_ledger_that_was_rewritten_does_not_hold_the_head_of_a_report(open_week: Opened, tmp_path: Path) -> None:
    """The same calls collected and drawn an hour later by somebody else: whole in itself, and not the one of the report."""
    head = _heads(_place(open_week, "week.xlsx"))[0]
    with opened(Workspace.at(make_workspace(tmp_path / "other", (WEEK,))), write=True) as other:
        run_week(other, NOW.replace(hour=8))
        assert verify(other)[0] == []
        assert "the chain does not hold the head" in verify(other, head)[0][0]


def test_the_command_says_it(signed: Path) -> None:
    """A head as it was copied: exit 0 and what came since, six files written twice and the sign-off; none such: exit 1."""
    (head,) = _heads(signed / "reports" / WEEK / "week.xlsx")
    said = run("verify", "--head", head, "--workspace", signed)
    assert said.returncode == 0, said.stdout
    assert "The head you kept stands in this ledger. Entries since: 12 files written or read, 1 sign-off\n" in said.stdout
    told = run("verify", "--head", head, "--json", "--workspace", signed)
    assert json.loads(told.stdout)["since"] == {"exports": 12, "signoffs": 1}
    gone = run("verify", "--head", f"1:{'0' * 64}", "--workspace", signed, "--json")
    assert (gone.returncode, json.loads(gone.stdout)["since"]) == (1, None)
    said = run("verify", "--head", f"1:{'0' * 64}", "--workspace", signed).stdout.splitlines()
    assert said[0].startswith("PROBLEM  the chain does not hold the head")
    assert "it is of another workspace or copy, or rows after it" in said[0]
    assert said[1:] == [f"Looked at: {signed}", f"1 problem. Ledger head: {head_now(signed)}"]


def head_now(root: Path) -> str:
    """The newest link of a workspace's ledger."""
    with opened(Workspace.at(root)) as found:
        return found.ledger.head()


def test_a_damaged_ledger_is_not_called_standing(signed: Path, tmp_path: Path) -> None:
    """A row changed behind the guards: the problem comes first, the head's link proves nothing, none is to be kept."""
    root = copy_of(signed, tmp_path / "ws")
    (head,) = _heads(root / "reports" / WEEK / "week.xlsx")
    with sqlite3.connect(root / "ledger.db") as raw:
        (sql,) = raw.execute("SELECT sql FROM sqlite_master WHERE name = 'intakes_no_update'").fetchone()
        raw.execute("DROP TRIGGER intakes_no_update")
        raw.execute("UPDATE intakes SET rows = rows + 1")
        raw.execute(sql)
    raw.close()
    said = run("verify", "--head", head, "--workspace", root)
    lines = said.stdout.splitlines()
    assert said.returncode == 1
    assert lines[0].startswith("PROBLEM  intakes row 1 does not match its hash")
    assert lines[-3].startswith("The ledger is damaged: it has the link of the head you kept, but that proves nothing")
    assert "stands in this ledger" not in said.stdout
    assert "Keep the head" not in said.stdout
    told = run("verify", "--head", head, "--workspace", root, "--json")
    assert json.loads(told.stdout)["since"] is None


@pytest.mark.parametrize("row", ["chain", "parts"])
def test_pages_that_cannot_be_read(signed: Path, tmp_path: Path, row: str) -> None:
    """With a head and without one it says that the ledger is damaged, and what to do; no head is offered."""
    root = copy_of(signed, tmp_path / "ws")
    (head,) = _heads(root / "reports" / WEEK / "week.xlsx")
    with closing(sqlite3.connect(root / "ledger.db")) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        size = db.execute("PRAGMA page_size").fetchone()[0]
        (page,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (row,)).fetchone()
    with (root / "ledger.db").open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)
    for words in ((), ("--head", head)):
        said = run("verify", *words, "--workspace", root)
        assert (said.returncode, said.stderr) == (1, "")
        assert said.stdout.startswith("PROBLEM  the ledger's file is damaged")
        assert "Do: put the newest backup (a folder that `evalharness backup` made) in this one's place" in said.stdout
        assert "Keep the head" not in said.stdout
        assert "stands in this ledger" not in said.stdout


def test_a_ledger_without_entries_has_no_head(signed: Path, tmp_path: Path) -> None:
    """The first link is the same in every new ledger: it is not offered, and kept all the same it proves nothing."""
    empty = make_workspace(tmp_path / "empty", ())
    head = head_now(empty)
    said = run("verify", "--workspace", empty)
    assert said.returncode == 0
    assert head not in said.stdout
    assert said.stdout.splitlines() == [
        "0 problems. Ledger head: (nothing is written yet)",
        "There is no head to keep yet: the first one comes with the first thing that is collected or noted.",
    ]
    for root in (empty, signed):
        asked = run("verify", "--head", head, "--workspace", root)
        assert asked.returncode == 1
        assert "is the one of every new ledger, before anything is written" in asked.stdout
        assert "stands in this ledger" not in asked.stdout
