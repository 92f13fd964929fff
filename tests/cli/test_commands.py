"""Every command at least once, as a process: what it prints, what it returns, JSON that parses."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from evalharness.workspace.folder import Workspace
from tests.cli.conftest import WEEK
from tests.flows.workspaces import SAMPLES, command, run

LEAVES = {
    "demo", "init", "doctor", "week", "collect", "sample", "report", "gate", "note", "verify", "backup", "sheet export",
    "sheet import", "calls show", "calls list", "rubric lint", "rubric show", "rubric diff", "rubric disagreements",
    "rubric bridge",
}  # fmt: skip


def listed(*words: str) -> list[str]:
    """The names under "Commands:" of a help text."""
    done = run(*words, "--help")
    assert done.returncode == 0
    return re.findall(r"(?m)^  ([a-z-]+)  ", done.stdout.split("Commands:")[1])


def test_every_command_explains_itself() -> None:
    """Each command that any help lists has a help of its own with a sentence; those that are run below are all there."""
    found: set[str] = set()
    for name in listed():
        leaves = [f"{name} {leaf}" for leaf in listed(name)] if "Commands:" in run(name, "--help").stdout else [name]
        found |= set(leaves)
    assert found >= LEAVES
    for name in sorted(found):
        done = run(*name.split(), "--help")
        assert (done.returncode, done.stderr) == (0, "")
        assert re.search(r"(?m)^  [A-Z].{20}", done.stdout), name


@pytest.mark.parametrize("option", ["--json", "--workspace"])
def test_the_first_help_says_of_whom_its_options_speak(drawn: Path, option: str) -> None:
    """Before a command they are refused, with what to type; the help says so beforehand, and behind the command they work."""
    before, told = {"--json": ["--json"], "--workspace": ["--workspace", str(drawn)]}[option], run("--help").stdout
    done = run(*before, "verify")
    listed = " ".join(told.split(option, 1)[1].split("\n  --")[0].split())

    assert "Alone: " in listed
    assert listed.endswith("A command takes it behind its name.")
    assert (done.returncode, done.stdout) == (2, "")
    assert f"evalharness verify {option}" in done.stderr
    assert run("verify", *before, cwd=drawn).returncode == 0


def test_the_version() -> None:
    """`--version` prints name and version and needs no workspace."""
    done = run("--version")
    assert (done.returncode, re.fullmatch(r"evalharness \d+\.\d+\.\d+\n", done.stdout) is not None) == (0, True)


@pytest.mark.parametrize(
    ("words", "code", "kind"),
    [
        ((), 0, list),
        (("doctor",), 0, list),
        (("verify",), 0, dict),
        (("sample", "--week", WEEK), 0, dict),
        (("report", "--week", WEEK), 0, dict),
        (("gate", "--week", WEEK), 4, dict),
        (("calls", "show", "fd-47-001"), 0, dict),
        (("calls", "list", "--week", WEEK), 0, list),
        (("rubric", "lint"), 0, dict),
        (("rubric", "disagreements"), 0, dict),
        (("rubric", "show"), 0, dict),
        (("rubric", "show", "--week", WEEK), 0, dict),
        (("week", "--week", WEEK), 0, dict),
        (("collect", str(SAMPLES / "calls" / f"{WEEK}.jsonl")), 0, list),
    ],
    ids=lambda value: "-".join(value[:2]) if isinstance(value, tuple) else "",
)
def test_json_parses(drawn: Path, words: tuple[str, ...], code: int, kind: type) -> None:
    """`--json` prints one JSON document and nothing else; on a finished step the same command changes nothing."""
    done = run(*words, "--workspace", drawn, "--json")
    assert (done.returncode, done.stderr) == (code, "")
    assert isinstance(json.loads(done.stdout), kind)


def test_the_workspace_is_found_from_inside_and_by_the_environment(drawn: Path, tmp_path: Path) -> None:
    """Alone in a folder of it, and anywhere with EVALHARNESS_WORKSPACE: what is due, for whom, in how many minutes."""
    inside = run(cwd=drawn / "reports" / WEEK)
    there = {**os.environ, "EVALHARNESS_WORKSPACE": str(drawn)}
    named = subprocess.run(command(), cwd=tmp_path, env=there, capture_output=True, text=True, check=False, timeout=180)
    assert inside.returncode == named.returncode == 0
    assert inside.stdout == named.stdout
    assert re.search(rf"{WEEK}  Anna Keller: grade 35 of 35 calls in .*Anna Keller\.xlsx, about \d+ min", inside.stdout)


def test_init_asks_for_what_no_flag_gives(tmp_path: Path) -> None:
    """Agent, owner and criteria from the keyboard, the time zone by its default; doctor finds nothing wrong with it."""
    done = subprocess.run(
        command("init", tmp_path / "new"), input="Night Desk\nAnn Lee\n\nBooks.\n", capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert f"Made a workspace for Night Desk in {tmp_path / 'new'}" in done.stdout
    assert Workspace.at(tmp_path / "new").config.timezone == "Europe/Berlin"
    doctor = run("doctor", "--workspace", tmp_path / "new")
    assert doctor.returncode == 0
    assert "ERROR" not in doctor.stdout


def test_a_call_for_reading(drawn: Path) -> None:
    """What the log says, every turn, and the grades of the log; a beginning of the id will do where it is the only one."""
    done = run("calls", "show", "fd-47-003", "--workspace", drawn)
    assert done.returncode == 0
    assert done.stdout.startswith("fd-47-003  2026-11-16")
    assert "  intent: " in done.stdout
    assert re.search(r"(?m)^  0 agent ", done.stdout)
    several = run("calls", "show", "fd-47-00", "--workspace", drawn)
    assert several.returncode == 2
    assert "9 calls have an id that begins with 'fd-47-00'" in several.stderr


def test_ids_can_be_found(drawn: Path) -> None:
    """The first 50 of the week in the order they started; a week without calls names those that have some."""
    done = run("calls", "list", "--week", WEEK, "--workspace", drawn)
    assert len(done.stdout.splitlines()) == 52
    assert re.search(r"\nfd-47-\d+ +2026-11-16 \d\d:\d\d +\d+ s  \w+  \w+", done.stdout)
    none = run("calls", "list", "--week", "2020-W01", "--workspace", drawn)
    assert (none.returncode, WEEK in none.stderr) == (2, True)


def test_the_rubric_for_reading(drawn: Path) -> None:
    """Policy, questions with weights, levels; lint finds nothing in the shipped one."""
    shown = run("rubric", "show", "--workspace", drawn).stdout
    assert shown.startswith("phone-agent, version 1  (digest ")
    assert "correctness (ordinal, weight 40; graded by human" in shown
    assert "latency (measured, weight 15; graded by measured; digest " in shown
    lint = run("rubric", "lint", "--workspace", drawn).stdout.splitlines()
    assert lint[0] == "The rubric has no findings."
    assert lint[2] == "  too few calls of every criterion; its use is looked at from 20 answered calls on"


def test_sheets_by_hand(mine: Path) -> None:
    """Exported again: nothing to do. Lost and exported: written again, byte for byte. Imported unfilled: nothing new."""
    sheet = mine / "sheets" / WEEK / "Anna Keller.xlsx"
    before = sheet.read_bytes()
    assert run("sheet", "export", "--workspace", mine, "--week", WEEK).stdout.startswith("Anna Keller: unchanged")
    sheet.unlink()
    assert run("sheet", "export", "--workspace", mine, "--week", WEEK).stdout.startswith("Anna Keller: written")
    assert sheet.read_bytes() == before
    done = run("sheet", "import", sheet, "--workspace", mine, "--week", WEEK)
    assert (done.returncode, done.stdout.startswith("Anna Keller: nothing new")) == (0, True)


def test_a_note_shows_in_the_report(mine: Path) -> None:
    """A note dated within the week stands under Changed; one of another week does not."""
    assert run("note", "prompt v12", "--at", "2026-11-18", "--kind", "prompt", "--workspace", mine).returncode == 0
    other = run("note", "outage of the week before", "--at", "2026-11-12T09:00", "--kind", "outage", "--workspace", mine)
    noted, *said = other.stdout.splitlines()
    assert noted == "Noted: 2026-11-12 09:00  outage: outage of the week before"
    assert said[-1] == f"  this lies before the first week of the call log ({WEEK})"
    report = run("report", "--week", WEEK, "--workspace", mine).stdout
    assert re.search(r"(?m)^Changed +2026-11-18 00:00 prompt v12 \(prompt\)$", report)
    assert "outage" not in report
    assert "\n\n\n" not in report


def test_a_backup_verifies_and_goes_on(mine: Path, tmp_path: Path) -> None:
    """The copy has the same ledger head, verifies by itself, and `week` there changes none of its reports."""
    head = json.loads(run("verify", "--workspace", mine, "--json").stdout)["head"]
    done = run("backup", tmp_path / "copy", "--workspace", mine)
    assert done.returncode == 0
    assert "the copied ledger verifies" in done.stdout
    again = json.loads(run("verify", "--workspace", tmp_path / "copy", "--json").stdout)
    assert again == {"whole": True, "problems": [], "head": head}
    assert (tmp_path / "copy" / ".key").read_bytes() == (mine / ".key").read_bytes()
    books = {path.name: path.read_bytes() for path in (tmp_path / "copy" / "reports" / WEEK).iterdir()}
    assert run("week", "--week", WEEK, "--workspace", tmp_path / "copy").returncode == 0
    assert {path.name: path.read_bytes() for path in (tmp_path / "copy" / "reports" / WEEK).iterdir()} == books


def test_verify_finds_a_changed_part_and_a_cut_tail(mine: Path) -> None:
    """One byte changed in the call log; and a head that the chain does not hold: exit 1, named."""
    part = next((mine / "calls" / "turns").rglob("*.parquet"))
    data = bytearray(part.read_bytes())
    data[len(data) // 2] ^= 1
    part.write_bytes(data)
    done = run("verify", "--workspace", mine)
    assert done.returncode == 1
    assert part.name in done.stdout
    slip = run("verify", "--workspace", mine, "--head", "zzz")
    assert (slip.returncode, "'zzz' is no head of a ledger" in slip.stderr) == (2, True)
    cut = run("verify", "--workspace", mine, "--head", "0" * 64)
    assert cut.returncode == 1
    assert "the chain does not hold the head" in cut.stdout
