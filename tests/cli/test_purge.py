"""The command purge: what is asked for, what is shown first, and that an identifier never stands on a command line."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.flows.purging import EACH, GONE, make_planted
from tests.flows.workspaces import command, copy_of, run


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Drawn, not graded."""
    return make_planted(tmp_path_factory.mktemp("cli") / "ws", graded=False)


def typed(root: Path, text: str, *words: str) -> subprocess.CompletedProcess[str]:
    """`evalharness purge WORDS` with this on standard input."""
    line = command("purge", *words, "--workspace", root)
    return subprocess.run(line, input=text, capture_output=True, text=True, check=False, timeout=180)


def test_nothing_is_due(planted: Path) -> None:
    """The week is days old."""
    done = run("purge", "--workspace", planted)
    assert (done.returncode, done.stdout) == (0, "Nothing is due.\n")


def test_what_would_go_is_said_first(planted: Path) -> None:
    """12 calls by the caller; nothing changes, by a dry run and by a no."""
    for text, words in ((GONE, ("--caller", "--from", "-", "--dry-run")), (f"{GONE}\nn\n", ("--caller",))):
        done = typed(planted, text, *words)
        assert f"{EACH} by this caller (keyed hash)" in done.stdout
        assert f"{EACH:>7}  calls: all that was said" in done.stdout
    assert "nobody said yes" in done.stderr
    assert json.loads(run("verify", "--json", "--workspace", planted).stdout)["whole"]
    assert not (planted / "receipts").exists()


def test_a_call_from_a_file(planted: Path, tmp_path: Path) -> None:
    """The receipt is printed; a file of a person's own that holds a text is named, with its own exit code."""
    root, given = copy_of(planted, tmp_path / "ws"), tmp_path / "id.txt"
    given.write_text("a-3\n")
    (root / "mine.txt").write_text((root / "inbox" / "week.jsonl").read_text())
    done = run("purge", "--call", "--from", given, "--yes", "--json", "--workspace", root)
    assert done.returncode == 5, done.stderr
    receipt = json.loads(done.stdout[done.stdout.index("{") :])
    assert list(receipt["hits"]) == ["mine.txt"]
    assert receipt["counts"]["not graded any more"] == 1
    assert (root / receipt["path"]).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--call", "--caller"), "of one call or of one caller"),
        (("--from", "-"), "of one call or of one caller"),
        (("--call", "--from", "-"), "no call of this id"),
        (("--caller", "+4930901820"), "unexpected extra argument"),
    ],
)
def test_a_wrong_line(planted: Path, words: tuple[str, ...], said: str) -> None:
    """There is no place on the line for a number or an id."""
    done = typed(planted, "nobody", *words)
    assert done.returncode == 2
    assert said in done.stderr
