"""Opening a workspace: no figure rests on a ledger that is not whole, and what a killed command left is cleared away."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from evalharness.errors import ConfigError, LedgerCorruptError, UsageError
from evalharness.flows.doctor import doctor
from evalharness.flows.init import InitAnswers, init
from evalharness.flows.opened import Opened, chosen_week, opened
from evalharness.store.files import write_whole
from evalharness.store.hashing import row_hash
from evalharness.store.schema import guards
from evalharness.workspace.folder import Workspace
from tests.flows.workspaces import run

AUDIT = {"at": "2026-11-16T09:00:00Z", "action": "forged", "details": "{}"}


@pytest.fixture
def root(tmp_path):
    """A new workspace with three rows of the audit trail."""
    init(tmp_path / "desk", InitAnswers(agent="Desk", owner="Anna", timezone="Europe/Berlin", sources=()))
    with opened(Workspace.at(tmp_path / "desk"), write=True) as house, house.ledger.transaction() as tx:
        for _ in range(3):
            tx.append("audit", {"at": AUDIT["at"], "action": "noted", "details": {}})
    return tmp_path / "desk"


def insert(root: Path) -> None:
    """Row 4 with its right hash, which no link of the chain holds."""
    row = (4, AUDIT["at"], AUDIT["action"], AUDIT["details"], row_hash("audit", 4, AUDIT))
    with closing(sqlite3.connect(root / "ledger.db")) as raw:
        raw.execute("INSERT INTO audit (id, at, action, details, sha256) VALUES (?, ?, ?, ?, ?)", row)
        raw.commit()


def delete(root: Path) -> None:
    """Row 2 is gone; the guard is put back."""
    with closing(sqlite3.connect(root / "ledger.db")) as raw:
        raw.execute("DROP TRIGGER audit_no_delete")
        raw.execute("DELETE FROM audit WHERE id = 2")
        raw.execute(guards()["audit_no_delete"])
        raw.commit()


@pytest.mark.parametrize(
    ("tamper", "said"), [(insert, "audit row 4 is not in the chain"), (delete, "audit row 2 is missing: it was deleted")]
)
def test_a_ledger_that_is_not_whole_is_refused(root, tamper, said):
    """By whoever writes, and by whoever asks for the check; a reader that only looks goes on."""
    tamper(root)
    workspace = Workspace.at(root)
    for options in ({"write": True}, {"checked": True}):
        with pytest.raises(LedgerCorruptError, match=said) as caught, opened(workspace, **options):
            pass
        assert "evalharness verify" in caught.value.fix
        assert "newest backup" in caught.value.fix
    with opened(workspace) as house:
        assert len(house.ledger.verify()) == 1
    with opened(workspace, write=True, checked=False) as house:
        assert len(house.ledger.verify()) == 1


def test_three_problems_are_named_and_the_others_counted(root):
    """Five links without a guard: 3 + 2."""
    with closing(sqlite3.connect(root / "ledger.db")) as raw:
        for name in list(guards())[:5]:
            raw.execute(f"DROP TRIGGER {name}")
    with pytest.raises(LedgerCorruptError) as caught, opened(Workspace.at(root), write=True):
        pass
    assert caught.value.what.count("the guard") == 3
    assert caught.value.what.endswith("; and 2 more")


def test_the_commands_on_such_a_ledger(root, tmp_path):
    """`note` and `gate` refuse it; `verify`, `doctor` and `backup` run and report it."""
    insert(root)
    for words in (["note", "x"], ["gate"]):
        done = run(*words, "--workspace", root)
        assert done.returncode == 1
        assert done.stderr.startswith("Error: the ledger is not whole: audit row 4 is not in the chain")
    for words in (["verify"], ["doctor"], ["backup", tmp_path / "copy"]):
        done = run(*words, "--workspace", root)
        assert done.returncode == 1
        assert "audit row 4 is not in the chain" in done.stdout + done.stderr
    assert (tmp_path / "copy" / "ledger.db").is_file()


def test_leftovers_go_when_somebody_writes(root):
    """A temporary file with a transcript in it stays while others only look."""
    left = root / "sheets" / ".0123456789abcdef.tmp"
    write_whole(left, b"what a caller said")
    with opened(Workspace.at(root)):
        assert left.exists()
    with opened(Workspace.at(root), write=True):
        assert not left.exists()


def test_weeks_that_are_not_listed_are_counted(root):
    """Six weeks in the log: the newest five by name, and one earlier."""
    weeks = [f"2026-W{week}" for week in range(42, 48)]
    with opened(Workspace.at(root)) as house:
        six = Opened(house.workspace, house.config, house.ledger, SimpleNamespace(weeks=lambda: weeks))
        with pytest.raises(UsageError) as caught:
            chosen_week(six, "2026-W10", datetime(2026, 11, 23, tzinfo=UTC))
    assert caught.value.why == "it has calls of 2026-W43, 2026-W44, 2026-W45, 2026-W46, 2026-W47 and 1 earlier"


def test_a_figure_that_does_not_exist_cannot_be_switched_off(root):
    """Every command says so, with the nearest name, and so does doctor; a known one is taken."""
    settings = root / "evalharness.yaml"
    plain = settings.read_text()
    settings.write_text(f"{plain}\nmeasures: {{off: [dead_air, tool_eror]}}\n")
    with (
        pytest.raises(ConfigError, match=r"(?s)'tool_eror' is no figure.*did you mean tool_errors\?") as caught,
        opened(Workspace.at(root)),
    ):
        pass
    assert "evalharness.yaml, measures.off" in str(caught.value)
    assert [one for one in doctor(Workspace.at(root), datetime(2026, 11, 23, tzinfo=UTC)) if "'tool_eror'" in one.what]
    settings.write_text(f"{plain}\nmeasures: {{off: [dead_air, tool_errors]}}\n")
    with opened(Workspace.at(root)) as house:
        assert house.config.measures.off == ("dead_air", "tool_errors")
