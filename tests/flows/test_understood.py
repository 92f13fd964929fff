"""`init --from FILE`: the form or a proposed map in evalharness.yaml, and three calls as they are understood."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from evalharness.collect.field_map import FieldMap
from evalharness.errors import ConfigError, InputError
from evalharness.flows.init import InitAnswers, init
from evalharness.flows.understood import understand
from evalharness.workspace.folder import Workspace
from tests.collect.files import AIRLINE, a_row, write_csv, write_rows
from tests.collect.payloads import a_vapi_call, needs_payloads, write_json
from tests.collect.platforms.runs import a_run

ZONE = ZoneInfo("Europe/Berlin")
ANSWERS = InitAnswers(agent="Desk", owner="Anna", timezone="Europe/Berlin", success_criteria="Books.", sources=())


def a_foreign_call(number: int) -> dict[str, object]:
    said = [{"from": "customer", "utterance": f"Question {number}."}, {"from": "bot", "utterance": "Answer."}]
    return {"uuid": f"u{number}", "start_time": 1763377200 + number, "dialog": said}


def test_a_known_form(tmp_path: Path) -> None:
    """Named in evalharness.yaml; the call with its start by the workspace's clock, turns, outcome, cost and first lines."""
    lines = init(tmp_path / "desk", ANSWERS, write_json(tmp_path / "log.json", a_vapi_call(cost=0.5)))
    at = lines.index("log.json is read as vapi: a call in it has the fields of a Vapi call or end-of-call-report.")
    assert lines[at + 1 : at + 6] == [
        "As understood, 1 call of the first 1 row:",
        "  v1  began 2025-11-17 12:00, turns 3, outcome unknown (derived), latency 0 replies with a figure, cost 0.50 USD",
        "    agent: Words.",
        "    caller: Words.",
        "    agent: Words.",
    ]
    (source,) = Workspace.at(tmp_path / "desk").config.collect.sources
    assert (source.path, source.source) == ("inbox/*.json", "vapi")


def test_the_folder_of_a_run(tmp_path: Path) -> None:
    """It is one call; runs lie in the inbox as folders, so all of it is a source."""
    lines = init(tmp_path / "desk", ANSWERS, a_run(tmp_path / "run"))
    assert "run is read as pipecat: a call in it has the logs of a Pipecat run." in lines
    assert any(line.startswith("  p1  began 2025-11-17 12:00, turns 5,") for line in lines)
    (source,) = Workspace.at(tmp_path / "desk").config.collect.sources
    assert (source.path, source.source) == ("inbox/*", "pipecat")


def test_a_proposed_map_is_written_and_takes_the_file(tmp_path: Path) -> None:
    """Three of five calls are shown; the map in evalharness.yaml can be parsed."""
    path = write_rows(tmp_path / "Our Export.jsonl", [a_foreign_call(number) for number in range(5)])
    lines = init(tmp_path / "desk", ANSWERS, path)
    assert "As understood, 3 calls of the first 3 rows:" in lines
    assert sum(line.startswith("  u") for line in lines) == 3
    config = Workspace.at(tmp_path / "desk").config
    assert config.collect.sources[0].source == "our-export"
    found = FieldMap.parse("our-export", config.collect.maps["our-export"])
    assert found.started_at is not None


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    """Without a start the map is proposed all the same, and the calls are shown with a question mark."""
    rows = [{name: value for name, value in a_foreign_call(number).items() if name != "start_time"} for number in range(2)]
    seen = understand(write_rows(tmp_path / "x.jsonl", rows), ZONE)
    assert "Missing in it: started_at; no key looks like one. Calls need it: write its path into the map." in seen.lines
    assert any("began ?" in line for line in seen.lines)
    assert "started_at" not in seen.maps


def test_no_map_where_nothing_looks_like_turns(tmp_path: Path) -> None:
    """Nothing is written, and what is missing is named."""
    seen = understand(write_rows(tmp_path / "x.jsonl", [{"id": "x", "color": "red"}]), ZONE)
    assert (seen.example, seen.maps) == (None, "")
    assert "nothing in it looks like turns.each, turns.speaker, turns.text." in seen.lines[1]
    assert init(tmp_path / "desk", ANSWERS, tmp_path / "x.jsonl")
    assert Workspace.at(tmp_path / "desk").config.collect.maps == {}


def test_rows_that_are_not_taken_are_named(tmp_path: Path) -> None:
    """With line and reason."""
    seen = understand(write_rows(tmp_path / "x.jsonl", [a_row(), a_row(csat=9)]), ZONE)
    assert seen.lines[-1] == "  not taken: line 2, csat: must be at most 5; it is 9"


def test_our_own_csv_and_tables(tmp_path: Path) -> None:
    """calls.csv by its columns; another CSV gets a map with its columns."""
    own = write_csv(tmp_path, "id,started_at\nc1,2026-11-16T09:00:00Z\n")
    assert understand(own, ZONE).example == ("inbox/calls*.csv", "csv")
    table = tmp_path / "export.csv"
    table.write_text('uuid,start_time,dialog\nu1,2026-11-16T09:00:00Z,"[{""from"": ""customer"", ""utterance"": ""Hi.""}]"\n')
    seen = understand(table, ZONE)
    assert seen.example == ("inbox/*.csv", "export")
    assert any(line.startswith("  u1  began 2026-11-16 10:00, turns 1") for line in seen.lines)


def test_hostile_files_and_answers(tmp_path: Path) -> None:
    """No control character reaches the screen; a file that cannot be read, or a wrong answer, makes no workspace."""
    row = {**a_foreign_call(1), "uuid": "\x1b[2J", "\x1b[2J\n": 1}
    lines = init(tmp_path / "desk", ANSWERS, write_rows(tmp_path / "x.jsonl", [row]))
    assert all(letter.isprintable() for line in lines for letter in line)
    with pytest.raises(InputError):
        init(tmp_path / "none", ANSWERS, tmp_path / "none.jsonl")
    with pytest.raises(ConfigError):
        init(tmp_path / "none", InitAnswers(agent="a", owner="Anna", timezone="Nowhere"), tmp_path / "x.jsonl")
    assert not (tmp_path / "none").exists()


@needs_payloads
def test_the_airline_transcripts() -> None:
    """Task and trial together are the id; the tool calls and their results are found; only the start is missing."""
    seen = understand(AIRLINE, ZONE)
    assert seen.example == ("inbox/*.jsonl", "trajectories")
    assert 'id: {join: [task_id, trial], with: "-"}' in seen.maps
    assert "result: {from_role: tool, path: content}" in seen.maps
    assert any(line.startswith("  0-0  began ?, turns 23") for line in seen.lines)
