"""What the system refuses is said in four lines and exit code 1; only a defect of the program ends in a traceback."""

from __future__ import annotations

import errno
import os
import sqlite3

import pytest
from sqlalchemy.exc import OperationalError

from evalharness import cli
from tests.flows.workspaces import run


def failing(error):
    """An app that fails with the error."""

    def app(**_):
        raise error

    return app


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/ws/.lock"), ("the disk is full", "/ws/.lock", "Free some space")),
        (
            PermissionError(errno.EACCES, "Permission denied", "/ws/x"),
            ("does not allow it (Permission denied)", "/ws/x", "Check who"),
        ),
        (FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), b"/proc/x"), ("No such file", "/proc/x", "Check that")),
        (OSError("no number"), ("no number", "Where: ", "Check that")),
        (sqlite3.OperationalError("disk I/O error"), ("disk I/O error", "ledger.db", "evalharness doctor")),
        (OperationalError("SELECT secret", {}, Exception("database is locked")), ("(database is locked)", "ledger.db", "doctor")),
    ],
)
def test_the_four_lines(monkeypatch, capsys, error, said):
    """What, where, why, what to do; the SQL is nobody's business."""
    monkeypatch.setattr("evalharness.cli.app.app", failing(error))
    with pytest.raises(SystemExit) as left:
        cli.main()
    shown = capsys.readouterr().err
    assert left.value.code == 1
    assert [line[:7].strip() for line in shown.splitlines()] == ["Error:", "Where:", "Why:", "Do:"]
    assert [text for text in said if text not in shown] == []
    assert "secret" not in shown


def test_a_defect_keeps_its_traceback(monkeypatch):
    """Nobody could mend it without."""
    monkeypatch.setattr("evalharness.cli.app.app", failing(KeyError("x")))
    with pytest.raises(KeyError):
        cli.main()


def test_a_folder_that_cannot_be_made():
    """The system keeps /proc to itself, from root too."""
    done = run("init", "/proc/desk", "--agent", "a", "--owner", "b", "--timezone", "UTC", "--criteria", "c")
    assert done.returncode == 1
    assert done.stderr.startswith("Error: ")
    assert "Traceback" not in done.stderr
