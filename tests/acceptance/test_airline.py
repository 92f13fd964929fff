"""A hundred transcripts of a real agent that nobody here wrote, from `init` to the workbook, by the field map of the docs."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from openpyxl import load_workbook

from evalharness.flows.opened import opened
from evalharness.models.call import Call
from evalharness.workspace.folder import Workspace
from tests.acceptance.desk import clean, sample_of, type_in
from tests.flows.workspaces import run

ROOT = Path(__file__).resolve().parents[2]
LOG = ROOT.parent / "shared" / "data" / "calls" / "tau_bench_airline_gpt4o" / "trajectories.jsonl"
PAGE = ROOT / "docs" / "field-map.md"
WEEK = "2026-W46"  # the map's constant: Monday, 9 November 2026
pytestmark = pytest.mark.skipif(not LOG.is_file(), reason="the transcripts are not beside this checkout")


@dataclass(frozen=True)
class Airline:
    """The workspace after the loop, what each command printed, and the calls as they were understood."""

    root: Path
    said: dict[str, str]
    calls: dict[str, Call]


def trajectories() -> dict[str, dict]:
    """Call id as the map makes it -> the line of the file."""
    rows = [json.loads(line) for line in LOG.read_text(encoding="utf-8").splitlines()]
    return {f"{row['task_id']}-{row['trial']}": row for row in rows}


def map_of_the_page() -> str:
    """The field map as the page shows it: the one YAML block that holds `airline-bench:`."""
    blocks = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    (found,) = [block for block in blocks if "airline-bench:" in block]
    return str(found)


@pytest.fixture(scope="module")
def airline(tmp_path_factory: pytest.TempPathFactory) -> Airline:
    """init, the map of the page, collect, sample, sheets, some grades, report: every step as a user types it."""
    root = tmp_path_factory.mktemp("airline") / "airline"
    said = {
        "init": _fine("init", root, "--agent", "Airline", "--owner", "Ann Lee", "--timezone", "UTC", "--criteria", "Rebooks.")
    }
    settings = root / "evalharness.yaml"
    merged = {**yaml.safe_load(settings.read_text()), **yaml.safe_load(map_of_the_page())}
    settings.write_text(yaml.safe_dump(merged, sort_keys=False))
    said["collect"] = _fine("collect", LOG, "--source", "airline-bench", "--workspace", root, "--json")
    for name in ("sample", "sheet export"):
        said[name] = _fine(*name.split(), "--workspace", root, "--week", WEEK)
    sample = sample_of(root, WEEK)
    graded = {item.call.id: "transferred" if item.call.handoff else "resolved" for item in sample.items[:6]}
    rubric = Workspace.at(root).rubric()
    type_in(root, WEEK, "Ann Lee", lambda call: clean(rubric, outcome=graded[call]) if call in graded else {})
    said["sheet import"] = _fine("sheet", "import", "--workspace", root, "--week", WEEK)
    said["report"] = _fine("report", "--workspace", root, "--week", WEEK)
    with opened(Workspace.at(root)) as house:
        found = house.calls.calls([("airline-bench", name) for name in trajectories()])
    return Airline(root, said, {call.id: call for call in found})


def _fine(*words: object) -> str:
    done = run(*words)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_all_hundred_are_taken_in(airline: Airline) -> None:
    """Five counts that add up: 100 rows read, 100 accepted; the ids are task and trial."""
    (report,) = json.loads(airline.said["collect"])
    counts = {name: report[name] for name in ("rows", "accepted", "duplicate", "conflict", "other_agent", "rejected")}
    assert counts == {"rows": 100, "accepted": 100, "duplicate": 0, "conflict": 0, "other_agent": 0, "rejected": 0}
    assert set(airline.calls) == set(trajectories())


def test_handoffs_are_exactly_the_trajectories_that_call_the_transfer_tool(airline: Airline) -> None:
    """Read from the raw file: 22 of 100 call transfer_to_human_agents; those and no others have a handoff and that outcome."""
    called = {
        name
        for name, row in trajectories().items()
        for message in row["traj"]
        for tool in message.get("tool_calls") or ()
        if tool["function"]["name"] == "transfer_to_human_agents"
    }
    assert len(called) == 22
    assert {name for name, call in airline.calls.items() if call.handoff} == called
    assert {name for name, call in airline.calls.items() if call.outcome == "transferred"} == called
    assert {call.outcome for name, call in airline.calls.items() if name not in called} == {"unknown"}


def test_what_was_said_and_done_is_whole(airline: Airline) -> None:
    """Turns are the user and assistant messages in order; every one of 572 tool results hangs on its call."""
    results = 0
    for name, row in trajectories().items():
        messages = [message for message in row["traj"] if message["role"] in ("user", "assistant")]
        turns = airline.calls[name].turns
        assert [turn.speaker for turn in turns] == ["caller" if m["role"] == "user" else "agent" for m in messages]
        assert [len(turn.tool_calls) for turn in turns] == [len(m.get("tool_calls") or ()) for m in messages]
        results += sum(tool.result is not None for turn in turns for tool in turn.tool_calls)
    assert results == 572


def test_nothing_is_invented(airline: Airline) -> None:
    """The transcripts have no times, cost, satisfaction, intent or version: no call has any, and no figure is made of them."""
    for call in airline.calls.values():
        assert (call.ended_at, call.cost, call.csat, call.intent, call.version, call.caller_key) == (None,) * 6
        times = {(turn.start_ms, turn.end_ms, turn.latency) for turn in call.turns}
        assert times == {(None, None, None)}
    summary = json.loads((airline.root / "reports" / WEEK / "summary.json").read_text())
    checks = {check["id"]: check for check in summary["checks"]}
    for name in ("median_latency", "p99_latency", "cost", "csat_gap"):
        assert (checks[name]["verdict"], checks[name]["value"], checks[name]["n"]) == ("not_measured", None, 0), name
    assert checks["clear_failures"]["verdict"] == "not_proven"
    assert "Median latency: " in airline.said["report"]
    assert " 0 ms" not in airline.said["report"]


def test_the_sheet_comes_back_and_the_workbook_opens(airline: Airline) -> None:
    """6 calls of 12 questions each are imported; the workbook holds the drawn calls, the words said and the six readings."""
    assert "Ann Lee: imported: 72 grades" in airline.said["sheet import"]
    book = load_workbook(airline.root / "reports" / WEEK / "week.xlsx")
    assert book.sheetnames[:4] == ["This week", "Calls to hear", "Calls and scores", "Actions"]
    behind = ["Details", "What changed", "Trend", "Disagreements", "Transcripts", "Measured", "Method"]
    assert [name for name in book.sheetnames[4:] if name not in ("Trend by group", "Trend data")] == behind
    ids = {row[1] for row in book["Calls and scores"].iter_rows(values_only=True)} & set(trajectories())
    assert ids == {item.call.id for item in sample_of(airline.root, WEEK).items}
    assert len(ids) == 35
    said = {str(row[6]) for row in book["Transcripts"].iter_rows(values_only=True)}
    assert any("user ID" in text for text in said)
    with (airline.root / "reports" / WEEK / "scores.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["grader_kind"] == "human"]
    assert (len(rows), len({row["call_id"] for row in rows})) == (72, 6)


def test_the_same_file_again_adds_nothing(airline: Airline) -> None:
    """A hundred duplicates, exit 0."""
    (report,) = json.loads(_fine("collect", LOG, "--source", "airline-bench", "--workspace", airline.root, "--json"))
    assert (report["rows"], report["duplicate"], report["accepted"]) == (100, 100, 0)
