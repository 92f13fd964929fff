"""Writes the sample calls, their ground truth and their later CSAT: `python samples/generate.py`, always the same bytes.

`--table` prints the true rates of each week, computed from the files as they are; `--into DIR` writes elsewhere.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

sys.dont_write_bytecode = True  # this folder is shipped as it is: no caches in it
HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "source"))

import plan  # noqa: E402  # its folder is only now on the path
from dialogue import Line, Scene, Writer, slots  # noqa: E402
from table import table  # noqa: E402
from timing import cost, spoken  # noqa: E402

_CSAT = {
    "resolved": (5, 5, 5, 5, 4, 4, 4, 3),
    "partly_resolved": (4, 3, 3, 2),
    "follow_up": (4, 4, 3, 3),
    "transferred": (5, 4, 4, 3),
}
_CHANGES = """# What was changed and when: notes for `evalharness note`, one an item. Synthetic, like everything here.
- {at: "2026-10-28T12:30:00+01:00", label: "v1.9: shorter greetings", kind: version}
- {at: "2026-11-09T00:30:00+01:00", label: "v2.0: new prompt and larger model", kind: version}
- {at: "2026-11-17T07:00:00+01:00", label: "v2.0.1: old model again, prompt repaired", kind: version}
"""


def make_week(week: str, writer: Writer) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[str]]:
    """(calls, truths, CSAT rows) of one week, in order of start."""
    calls, truths, ratings = [], [], []
    for position, case in enumerate(plan.cases(week, writer.scenes, Random(f"{plan.SEED}/{week}")), start=1):
        call_id = f"fd-{week[6:]}-{position:03}"
        rng = Random(f"{plan.SEED}/{call_id}")
        words = slots(rng, case.number, case.started)
        lines = writer.lines(case.scene, rng, words, case.pauses)
        calls.append(make_call(call_id, case, lines, words["last"], rng))
        truths.append(make_truth(call_id, week, case, lines, rng))
        ratings += _rating(calls[-1], case.scene.outcome, rng)
    return calls, truths, ratings


def make_call(call_id: str, case: plan.Case, lines: list[Line], name: str, rng: Random) -> dict[str, Any]:
    """One call in the package's JSONL form. The log says how it ended only where a platform would know."""
    scene = case.scene
    turns, end_ms = spoken(lines, rng, plan.pace(case.started)) if lines else ([], rng.randint(900, 4000))
    handoff = _handoff(scene, turns, name, rng) if "handoff" in scene.extra else None
    talk_ms = handoff.get("talk_ms", 0) if handoff else 0
    known = scene.outcome in ("transferred", "abandoned", "failed_technical", "out_of_scope")
    call = {
        "id": call_id, "agent": "Front Desk", "version": plan.version(case.started), "started_at": case.started.isoformat(),
        "ended_at": (case.started + timedelta(seconds=math.ceil(end_ms / 1000))).isoformat(),
        "direction": scene.extra.get("direction", "inbound"), "language": "en", "intent": scene.intent,
        "caller": f"+493023125{case.number:03}", "status": scene.extra.get("status", "completed"),
        "errors": [scene.extra["errors"]] if "errors" in scene.extra else None, "outcome": scene.outcome if known else None,
        "end_reason": scene.extra.get("end") or _end_reason(scene.outcome, turns), "handoff": handoff,
        "cost": cost(turns, end_ms, talk_ms, dearer=plan.version(case.started) == "v2.0"), "turns": turns,
    }  # fmt: skip
    return {name: value for name, value in call.items() if value is not None}


def _end_reason(outcome: str, turns: list[dict[str, Any]]) -> str:
    if outcome == "transferred":
        return "transferred"
    return "agent_hung_up" if turns[-1]["speaker"] == "agent" else "caller_hung_up"


def _handoff(scene: Scene, turns: list[dict[str, Any]], name: str, rng: Random) -> dict[str, Any]:
    at_ms = next(turn["end_ms"] for turn in reversed(turns) if turn["speaker"] == "agent" and "tool_calls" in turn)
    warm, status = turns[-1]["speaker"] == "human_agent", scene.extra["handoff"]
    made: dict[str, Any] = {"at_ms": at_ms, "kind": "warm" if warm else "blind", "destination": "human", "status": status}
    if warm or rng.random() < 0.5:
        identified = any(tool["name"] == "lookup_patient" for turn in turns for tool in turn.get("tool_calls", ()))
        about = (scene.intent or "needs help").replace("_", " ")
        made["context_summary"] = f"{name if identified else 'Caller not identified'}: {about}"
    return {**made, "talk_ms": rng.randint(40, 260) * 1000} if status == "connected" else made


def make_truth(call_id: str, week: str, case: plan.Case, lines: list[Line], rng: Random) -> dict[str, Any]:
    """What is true of the call; levels only where there is a transcript, `turn` where a failure shows in it."""
    checks, needed = case.scene.extra.get("checks", ""), "needed" if case.scene.needed else "not_needed"
    truth: dict[str, Any] = {"id": call_id, "week": week, "outcome": case.scene.outcome, "human_needed": needed}
    truth["failures"] = checks.split(",") if checks else []
    if not lines:
        return truth
    fault = [index for index, line in enumerate(lines) if line.fault]
    return {**truth, **plan.levels(case, week, rng), **({"turn": fault[0]} if fault else {})}


def _rating(call: dict[str, Any], outcome: str, rng: Random) -> list[str]:
    """About three of ten callers of in-scope calls rate the call, some hours after it."""
    answers, later = rng.random() < 0.32, timedelta(minutes=rng.randint(20, 2400))
    level = rng.choice(_CSAT.get(outcome, (3, 2, 1, 1)))
    if not (answers and call["turns"] and outcome != "out_of_scope"):
        return []
    return [f"{call['id']},{level},{(datetime.fromisoformat(call['ended_at']) + later).astimezone(UTC).isoformat()}"]


def _jsonl(rows: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows)


def write(folder: Path) -> None:
    """Writes calls/, csat/, truth.jsonl and changes.yaml into the folder."""
    writer, truths = Writer(), []
    files = {folder / "changes.yaml": _CHANGES}
    for week in plan.WEEKS:
        calls, true, ratings = make_week(week, writer)
        truths += true
        files[folder / "calls" / f"{week}.jsonl"] = _jsonl(calls)
        files[folder / "csat" / f"{week}.csv"] = "\n".join(["call_id,csat,known_at", *ratings]) + "\n"
    files[folder / "truth.jsonl"] = _jsonl(truths)
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--table", action="store_true", help="print the true rates of each week")
    parser.add_argument("--into", type=Path, default=HERE, help="folder to write to")
    given = parser.parse_args()
    if given.table:
        print(table(given.into))
    else:
        write(given.into)


if __name__ == "__main__":
    main()
