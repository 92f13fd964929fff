"""Planted canaries: the key and the callers' words stand nowhere they should not; switched off or not agreed, nothing leaves."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import click
import pytest
from typer.main import get_command

from evalharness.cli.app import app
from evalharness.flows.collect import collect_configured
from evalharness.flows.draw import draw
from evalharness.flows.opened import opened
from evalharness.workspace.folder import Workspace
from tests.acceptance.forked import Commands, Ran, commands
from tests.acceptance.llm_week import plain
from tests.flows.judging import NOW, WEEK
from tests.flows.workspaces import copy_of, make_workspace
from tests.servers.messages_server import Fault, MessagesServer, Script
from tests.servers.script import KINDS

KEY = "sk-ant-canary-4f1d9e7b2c"
SAID = "marmalade zeppelin quartz"
"""What every caller says and no program of ours has a reason to say."""

LOUD = {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_LOG": "debug", "PYTHONASYNCIODEBUG": "1", "NO_COLOR": "1"}
Words = tuple[str, ...]
TABLE: dict[str, list[Words]] = {
    "demo": [("demo", "{new}/demo")],
    "init": [("init", "{new}/ws", "--agent", "A", "--owner", "Anna", "--timezone", "UTC", "--criteria", "Books.")],
    "doctor": [("doctor",), ("doctor", "--json")],
    "week": [("week", "{week}")],
    "collect": [("collect", "{ws}/inbox")],
    "pull": [("pull",)],
    "sample": [("sample", "{week}", "--plan"), ("sample", "{week}")],
    "report": [("report", "{week}"), ("report", "{week}", "--json")],
    "gate": [("gate", "{week}")],
    "grade": [
        ("grade", "{week}"), ("grade", "{week}", "--estimate"), ("grade", "{week}", "--status"), ("grade", "{week}", "--json"),
        ("grade", "{week}", "--whole-week"), ("grade", "{week}", "--batch"), ("grade", "{week}", "--costs"),
        ("grade", "{week}", "--per-criterion"), ("grade", "{week}", "--reread"), ("grade", "{week}", "--max-cost", "1"),
        ("grade", "{week}", "--beside", "claude-opus-5-5"),
    ],
    "desk": [("desk", "{week}", "--as", "Anna Keller", "--no-browser")],
    "adjudicate": [("adjudicate", "{week}")],
    "dispute": [("dispute", "{call}", "tone", "--reason", "no", "--by", "Anna Keller", "{week}")],
    "confirm": [("confirm", "{call}", "wrong_information", "no", "--by", "Anna Keller", "{week}")],
    "agreement": [("agreement", "{week}"), ("agreement", "{week}", "--llm")],
    "calibrate": [("calibrate", "--calls", "5"), ("calibrate", "--show")],
    "trend": [("trend",)],
    "note": [("note", "a release")],
    "verify": [("verify",), ("verify", "--deep")],
    "audit": [("audit",)],
    "purge": [("purge", "--dry-run")],
    "alert": [("alert", "{week}"), ("alert", "--test")],
    "export": [("export", "{new}/tables", "--as", "json", "--texts", "{week}"), ("export", "--as", "otel", "{week}")],
    "notify": [("notify", "{week}"), ("notify", "--test")],
    "backup": [("backup", "{new}/backup.db")],
    "sheet export": [("sheet", "export", "{week}")],
    "sheet import": [("sheet", "import", "{week}")],
    "calls show": [("calls", "show", "{call}")],
    "calls list": [("calls", "list", "{week}")],
    "rubric lint": [("rubric", "lint")],
    "rubric show": [("rubric", "show")],
    "rubric diff": [("rubric", "diff", "{ws}/rubrics/phone-agent.yaml")],
    "rubric disagreements": [("rubric", "disagreements", "{week}")],
    "rubric bridge": [
        ("rubric", "bridge", "{ws}/rubrics/phone-agent.yaml", "--estimate"),
        ("rubric", "bridge", "{ws}/rubrics/phone-agent.yaml", "--by", "llm"),
    ],
    "action add": [("action", "add", "--call", "{call}", "--criterion", "tone", "--cause", "prompt", "--owner", "Tom", "{week}")],
    "action list": [("action", "list")],
    "action fix": [("action", "fix", "A1", "--version", "v2")],
    "action check": [("action", "check", "A1", "--week", WEEK)],
    "action drop": [("action", "drop", "A1", "--reason", "no")],
    "sign-off": [("sign-off", "--by", "Anna Keller", "--decision", "keep", "{week}")],
}  # fmt: skip
"""Every command, and how it is run here; `sign-off` last, for a signed week is graded no more."""

SERVING = ("desk",)
ELSEWHERE = ("demo", "init", "backup")
"""Need no workspace of these tests: `demo` and `init` make their own."""
SHOWING = ("calls show", "rubric disagreements")
"""Are there to show what was said."""
YES: list[Words] = [
    ("grade", "{week}", "--yes"),
    ("grade", "{week}", "--batch", "--yes"),
    ("grade", "{week}", "--whole-week", "--yes"),
]


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty drawn calls in each of which the caller says the canary; the LLM off."""
    root = make_workspace(tmp_path_factory.mktemp("drawn") / "workspace", (WEEK,))
    log = root / "inbox" / f"{WEEK}.jsonl"
    calls = [json.loads(line) for line in log.read_text().splitlines()]
    for call in calls:
        for turn in call["turns"]:
            if turn["speaker"] == "caller":
                turn["text"] += f" {SAID}."
    log.write_text("".join(f"{json.dumps(call, ensure_ascii=False)}\n" for call in calls))
    settings = root / "evalharness.yaml"
    text = settings.read_text().replace("size: 35", "size: 20").replace("strata:\n", "strata: []\n  _:\n")
    settings.write_text(re.sub(r"  _:\n    - .*\n", "", text))
    with opened(Workspace.at(root), write=True) as house:
        collect_configured(house, NOW)
        draw(house, WEEK, NOW)
    return root


@pytest.fixture(scope="module")
def forked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Commands]:
    """Commands in watched processes."""
    with commands(tmp_path_factory.mktemp("forked")) as running:
        yield running


def registered(group: click.Command, path: Words = ()) -> Iterator[str]:
    """Every command that can be typed."""
    inner = getattr(group, "commands", {})
    for name, command in inner.items():
        yield from registered(command, (*path, name))
    if not inner:
        yield " ".join(path)


def test_every_command_stands_in_the_table() -> None:
    """A new command cannot be forgotten here."""
    assert sorted(registered(get_command(app))) == sorted(TABLE)


def ran(forked: Commands, workspace: Path, new: Path, lines: Iterable[tuple[str, Words]]) -> Iterator[tuple[str, Ran]]:
    """Each line run in the workspace; none of them starts a process or ends in a traceback."""
    new.mkdir(exist_ok=True)
    call = json.loads((workspace / "inbox" / f"{WEEK}.jsonl").read_text().splitlines()[0])["id"]
    for name, line in lines:
        words: list[str] = []
        for word in line:
            words += ["--week", WEEK] if word == "{week}" else [word.format(ws=workspace, call=call, new=new)]
        words += [] if name in ELSEWHERE[:2] else ["--workspace", str(workspace)]
        found = forked.run(*words, interrupt_s=2.0 if name in SERVING else 0.0, **LOUD)
        assert found.code != 70, found.said
        assert "Traceback" not in found.said, found.said
        assert found.started == (), found.line
        assert KEY not in found.said, found.line
        yield name, found


def whole_table() -> list[tuple[str, Words]]:
    """(command, line) in the table's order."""
    return [(name, line) for name, lines in TABLE.items() for line in lines]


def holding(root: Path, canary: str) -> set[str]:
    """The files below `root` that hold the canary, packed ones unpacked; by their path."""
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file() and _holds(path, canary.encode())}


def _holds(path: Path, canary: bytes) -> bool:
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as packed:
            return any(canary in packed.read(name) for name in packed.namelist())
    data = path.read_bytes()
    return canary in data or canary.decode().encode("utf-16-le") in data


def test_switched_off_no_command_sends_anything(drawn: Path, forked: Commands, tmp_path: Path) -> None:
    """enabled: false, with a key, an address and --yes: no command connects to anybody."""
    with MessagesServer(key=KEY) as server:
        workspace = plain(copy_of(drawn, tmp_path / "ws"), server.base_url, enabled=False)
        for _, found in ran(forked, workspace, tmp_path / "new", [*(("grade", line) for line in YES), *whole_table()]):
            assert found.connected == (), found.line
        assert server.requests == []


def test_without_consent_no_command_sends_anything(drawn: Path, forked: Commands, tmp_path: Path) -> None:
    """enabled: true, with a key and an address, but nobody has agreed: the same."""
    with MessagesServer(key=KEY) as server:
        workspace = plain(copy_of(drawn, tmp_path / "ws"), server.base_url)
        for _, found in ran(forked, workspace, tmp_path / "new", whole_table()):
            assert found.connected == (), found.line
        assert server.requests == []


def test_canaries_of_a_graded_week(drawn: Path, forked: Commands, tmp_path: Path) -> None:
    """Every command after a run: it talks to the configured address alone, prints neither the key nor, unless it is there to
    show it, what was said; the key stands in no file at all."""
    with MessagesServer(key=KEY) as server:
        workspace = plain(copy_of(drawn, tmp_path / "ws"), server.base_url)
        lines = [("grade", YES[0]), *whole_table()]
        for name, found in ran(forked, workspace, tmp_path / "new", lines):
            assert all(f"{server.port}" in one for one in found.connected), found.line
            assert name in SHOWING or SAID not in found.said, found.line
        assert len(server.asked) >= 20
        assert any(SAID.encode() in request.raw for request in server.asked), "the canary was sent: the test can find it"
    assert holding(tmp_path, KEY) == set()
    assert SAID not in " ".join(str(path) for path in tmp_path.rglob("*"))


def with_fault(drawn: Path, forked: Commands, folder: Path, script: Script, kind: str) -> None:
    """`grade`, its estimate and its status print no canary; only the ledger is new among the files that hold what was said."""
    with MessagesServer(script=script, key=KEY) as server:
        workspace = plain(copy_of(drawn, folder), server.base_url, criteria="[tone]", concurrency=20)
        before = holding(workspace, SAID)
        lines: list[tuple[str, Words]] = [("grade", words) for words in (YES[0], *TABLE["grade"][1:3])]
        for _, found in ran(forked, workspace, folder.parent / "new", lines):
            assert SAID not in found.said, (kind, found.line)
        assert server.asked
    new = holding(workspace, SAID) - before
    assert {name for name in new if not name.startswith("ledger.db")} == set(), kind
    assert holding(workspace, KEY) == set(), kind
    shutil.rmtree(workspace)


@pytest.mark.parametrize("kind", KINDS)
def test_canaries_with_every_fault(drawn: Path, forked: Commands, tmp_path: Path, kind: str) -> None:
    """Each fault at two requests of twenty."""
    faults = dict.fromkeys((3, 17), Fault(kind, retry_after=0.01, seconds=0.01))
    with_fault(drawn, forked, tmp_path / "ws", Script(faults=faults), kind)


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS)
def test_canaries_with_every_fault_for_ever(drawn: Path, forked: Commands, tmp_path: Path, kind: str) -> None:
    """Each fault at every request: six patient attempts, then the run ends."""
    with_fault(drawn, forked, tmp_path / "ws", Script(always=Fault(kind, retry_after=0.01, seconds=0.01)), kind)
