"""What a person does wrong is said in up to four lines with what to do, never as a traceback; the exit code says whose it is."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from evalharness.workspace.folder import Workspace
from tests.acceptance.desk import clean, type_in
from tests.cli.conftest import WEEK
from tests.flows.workspaces import command, make_workspace, run

INBOX = f"inbox/{WEEK}.jsonl"
HOLD = "import sys, time; from pathlib import Path; from evalharness.store.files import exclusive_lock\n"
HOLD += "with exclusive_lock(Path(sys.argv[1])): print('held', flush=True); time.sleep(300)"


def refused(done: subprocess.CompletedProcess[str], code: int, *said: str) -> None:
    """The exit code, every text on stderr in lines that are labelled, and no traceback."""
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert [text for text in said if text not in done.stderr] == []
    lines = done.stderr.splitlines()
    assert lines[0].startswith("Error: ")
    assert {line[:7].strip() for line in lines} <= {"Error:", "Where:", "Why:", "Do:"}
    assert len(lines) <= 4


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        # weeks: 2026 has a week 53, 2025 has none
        (["week", "--week", "2025-W53"], 2, "'2025-W53' is no week"),
        (["gate", "--week", "2025-W53"], 2, "'2025-W53' is no week"),
        (["report", "--week", "last"], 2, "'last' is no week\n"),  # and not a second time why
        (["export", INBOX], 2, "is a file, not a folder"),
        (["trend", "--week", "2026-W10"], 2, "2026-W10 is not drawn"),
        (["report", "--week", "2026-W10"], 2, "the call log has no calls of 2026-W10"),
        (["gate", "--week", "2026-W53", "--allow-not-proven"], 2, "the call log has no calls of 2026-W53"),
        (["sample", "--week", "2026-W10"], 2, "it has calls of 2026-W47"),
        (["sheet", "export", "--week", "2026-W10"], 2, "the call log has no calls of 2026-W10"),
        (["rubric", "show", "--week", "2026-W10"], 2, "2026-W10 is not drawn yet"),
        # calls and files
        (["calls", "show", "nope"], 2, "no call has the id 'nope'"),
        (["collect", "nowhere.jsonl"], 1, "there is no file nowhere.jsonl"),
        (["collect", "logs"], 1, "the folder logs has no files"),
        (["collect", INBOX, "--source", "nobody"], 2, "'nobody' is neither a form nor a field map"),
        (["collect", sys.executable], 1, "is a program, not text"),
        (["sheet", "import", "nowhere.xlsx"], 1, "nowhere.xlsx is not a file"),
        # options that say nothing
        (["sample", "--minutes", "inf"], 2, "no time to grade in"),
        (["sample", "--redraw", " "], 2, "the reason is empty"),
        (["week", "--despite", ""], 2, "the reason is empty"),
        (["note", ""], 2, "the note is empty"),
        (["sample", "--redraw", "caf\udce9"], 2, "is not text"),
        (["sample", "--pick", "caf\udce9", "--reason", "odd"], 2, "is not text"),
        (["note", "x", "--at", "2026-13-01"], 2, "'2026-13-01' is not a date"),
        (["note", "x", "--kind", "mood"], 2, "'mood' is not a kind of change"),
        (["backup", "inside"], 1, "the backup would lie inside the workspace"),
        (["backup", "inbox"], 1, "inbox exists"),
        (["init", ".", "--agent", "a", "--owner", "b", "--timezone", "UTC", "--criteria", "c"], 1, "a workspace is here already"),
    ],
)
def test_a_mistake_is_named(drawn: Path, words: list[str], code: int, said: str) -> None:
    """2 for a wrong word, week or call; 1 for a file or folder that will not do. Nothing is changed by any of them."""
    before = (drawn / "ledger.db").stat().st_size
    done = run(*words, cwd=drawn)
    refused(done, code, said)
    assert (drawn / "ledger.db").stat().st_size == before


@pytest.mark.parametrize("amount", ["abc", "-1", "inf", "nan"])
def test_an_amount_that_is_none_is_said_in_plain_words(drawn: Path, amount: str) -> None:
    """A word, a negative amount, infinity: exit 2, what was typed, and how an amount looks."""
    done = run("grade", f"--max-cost={amount}", cwd=drawn)
    assert done.returncode == 2
    assert f"'{amount}' is no amount in USD, such as 2.50" in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["sampel"],
        ["gate", "--weak"],
        ["collect"],
        ["gate", "--week"],
        ["sample", "--minutes", "two"],
        ["sample", "--minutes", "nan"],
        ["sample", "--minutes", "-5"],
    ],
)
def test_a_word_that_does_not_exist(drawn: Path, words: list[str]) -> None:
    """The command line's own mistakes: exit 2, what is wrong, no traceback."""
    done = run(*words, cwd=drawn)
    assert done.returncode == 2
    assert "Error: " in done.stderr
    assert "Traceback" not in done.stderr


def test_no_workspace(tmp_path: Path) -> None:
    """Outside of any workspace every command that needs one says where it looked and how to make one."""
    for words in (["week"], [], ["gate", "--json"]):
        refused(run(*words, cwd=tmp_path), 1, "evalharness init")
    refused(run("week", "--workspace", tmp_path / "gone"), 1, str(tmp_path / "gone"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("agent: {name: A}\nowner: {name: B}\ntimezone: UTC\nsample: {size: 500}\n", ("line 4, column 16", "sample.size")),
        ("agent: {name: A}\nowner: {name: B}\ntimezone: UTC\nsampel: {size: 20}\n", ("line 4, column 1", "sampel")),
        ("agent: {name: A}\nowner: {name: B}\ntimezone: UTC\nscope: no\n", ("line 4, column 8", "scope")),
        ("agent: {name: A}\nowner: {name: B}\ntimezone: UTC\nagent: {name: C}\n", ("line 4, column 1", "agent")),
        ("agent: {name: A\n", ("line ", "column ")),
        ("", ("line 1, column 1", "nothing stands here")),
    ],
)
def test_a_wrong_configuration_is_named_by_line_column_and_field(tmp_path: Path, text: str, said: tuple[str, ...]) -> None:
    """A value out of range, an unknown key, a YAML 1.1 boolean, a key given twice, broken YAML, an empty file."""
    workspace = make_workspace(tmp_path / "ws", ())
    (workspace / "evalharness.yaml").write_text(text)
    refused(run("week", "--workspace", workspace), 1, "evalharness.yaml", *said)


def test_a_locked_workspace(mine: Path) -> None:
    """While another process writes, a writing command ends at once and names it; one that only looks goes on."""
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(mine / ".lock")], stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        refused(run("week", "--workspace", mine), 1, str(holder.pid))
        assert run("calls", "show", "fd-47-001", "--workspace", mine).returncode == 0
    finally:
        holder.kill()
        holder.communicate()
    assert run("sheet", "export", "--workspace", mine, "--week", WEEK).returncode == 0


def test_a_sheet_of_another_week_is_refused_whole(drawn: Path, tmp_path: Path) -> None:
    """W46's sheet offered to W47: exit 5, the week it belongs to is named, and no grade goes in."""
    other = make_workspace(tmp_path / "other", ("2026-W46",))
    assert run("week", "--workspace", other, "--week", "2026-W46").returncode == 0
    rubric = Workspace.at(other).rubric()
    sheet = type_in(other, "2026-W46", "Anna Keller", lambda _: clean(rubric))
    shutil.copytree(drawn, tmp_path / "ws", copy_function=shutil.copy2)
    done = run("sheet", "import", sheet, "--workspace", tmp_path / "ws", "--week", WEEK)
    assert done.returncode == 5
    assert "refused" in done.stdout
    assert "2026-W46" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    shown = run("gate", "--week", WEEK, "--workspace", tmp_path / "ws", "--json").stdout
    assert '"id": "owner_review",\n      "verdict": "not_measured"' in shown


def test_rejected_rows_are_named_and_the_rest_goes_in(mine: Path, tmp_path: Path) -> None:
    """Two bad lines of four: exit 5, file, line, field and reason of each, five counts that add up."""
    good = (mine / INBOX).read_text(encoding="utf-8").splitlines()
    log = tmp_path / "new.jsonl"
    log.write_text("\n".join([good[0], "{broken", '{"id": "n1", "started_at": "yesterday", "turns": []}', good[1]]) + "\n")
    done = run("collect", log, "--workspace", mine)
    assert done.returncode == 5
    assert "new.jsonl: 4 rows read = 0 accepted, 2 duplicate, 0 conflict, 0 other agent, 2 rejected" in done.stdout
    assert "rejected  line 2" in done.stdout
    assert "rejected  line 3, started_at: " in done.stdout


def test_an_output_that_cannot_show_a_letter_stops_nothing(mine: Path, tmp_path: Path) -> None:
    """A terminal of plain ASCII: the letter is escaped, the command ends well."""
    run("note", "Prüfung der Ansage – neu", "--at", "2026-11-18", "--workspace", mine)
    there = {**os.environ, "PYTHONIOENCODING": "ascii"}
    words = command("report", "--week", WEEK, "--workspace", mine)
    done = subprocess.run(words, env=there, capture_output=True, text=True, check=False, timeout=180)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Pr\\xfcfung" in done.stdout
