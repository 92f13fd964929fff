"""Ordinary calls that nobody attacked: the saved public corpora and the shipped samples, as Calls."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from evalharness.collect.our_form import RowDefaults, call_from
from evalharness.models.call import Call, ToolCall, Turn
from tests.builders import MONDAY

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
SAMPLES = Path(__file__).parents[2] / "samples" / "calls"
SPEAKERS = {"user": "caller", "caller": "caller", "customer": "caller", "agent": "agent", "assistant": "agent"}
HANDOVER = re.compile(r"transfer.*(human|agent)")


def corpora() -> list[Call]:
    """Every call of the saved corpora (none where they are not at hand)."""
    folder = SHARED / "calls"
    return [*_eva(folder), *_airline(folder), *_chats(folder)] if folder.is_dir() else []


def samples() -> list[Call]:
    """Every call of the shipped samples that has a transcript."""
    defaults = RowDefaults("samples", lambda _number: None)
    lines = (line for path in sorted(SAMPLES.rglob("*.jsonl")) for line in path.read_text().splitlines())
    calls = [call_from(json.loads(line), defaults) for line in lines]
    return [call for call in calls if call.has_transcript]


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    yield from map(json.loads, path.read_text().splitlines())


def _call(name: str, turns: list[tuple[str, str, tuple[ToolCall, ...]]]) -> Call:
    told = tuple(Turn(index=i, speaker=who, text=text, tool_calls=tools) for i, (who, text, tools) in enumerate(turns))  # type: ignore[arg-type]
    return Call(id=name, source="corpus", started_at=MONDAY, turns=told)


def _eva(folder: Path) -> Iterator[Call]:
    for row in _rows(folder / "eva_judge_validation" / "conciseness.jsonl"):
        yield _call(f"conciseness-{row['id']}", [(SPEAKERS[t["role"]], t["content"], ()) for t in row["conv_turns"]])
    for row in _rows(folder / "eva_judge_validation" / "faithfulness.jsonl"):
        yield _call(f"faithfulness-{row['id']}", list(_traced(row["trace"])))


def _traced(trace: list[dict[str, Any]]) -> Iterator[tuple[str, str, tuple[ToolCall, ...]]]:
    for event in trace:
        if "utterance" in event:
            yield SPEAKERS[event["event_type"].partition("_")[0]], event["utterance"], ()
        elif event["event_type"] == "tool_response":
            failed = event.get("status") not in ("success", None)
            yield "agent", "", (ToolCall(name=event["tool_name"], result=json.dumps(event["response"]), error=failed),)
        else:
            yield "agent", "", (ToolCall(name=event["tool_name"], arguments=event.get("params")),)


def _airline(folder: Path) -> Iterator[Call]:
    for row in _rows(folder / "tau_bench_airline_gpt4o" / "trajectories.jsonl"):
        yield _call(f"airline-{row['task_id']}-{row['trial']}", list(_messages(row["traj"])))


def _messages(messages: list[dict[str, Any]]) -> Iterator[tuple[str, str, tuple[ToolCall, ...]]]:
    for message in messages:
        if message["role"] == "tool":
            yield "agent", "", (ToolCall(name=message.get("name") or "tool", result=message["content"]),)
        elif message["role"] in SPEAKERS:
            asked = [one["function"] for one in message.get("tool_calls") or ()]
            tools = tuple(ToolCall(name=one["name"], arguments=json.loads(one["arguments"])) for one in asked)
            yield SPEAKERS[message["role"]], message.get("content") or "", tools


def _chats(folder: Path) -> Iterator[Call]:
    for row in json.loads((folder / "abcd_sample" / "abcd_sample.json").read_text()):
        yield _call(f"abcd-{row['convo_id']}", [(SPEAKERS.get(who, "system"), text, ()) for who, text in row["original"]])
    lines = _rows(folder / "eva_pipecat_run" / "transcript.jsonl")
    told = [(SPEAKERS[line["role"]], line["content"], ()) for line in lines if line.get("role") in SPEAKERS]
    yield _call("pipecat-1", told)
