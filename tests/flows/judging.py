"""Drawn workspaces whose LLM is the scripted server, and `grade` on them in this process or in one of its own."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from evalharness.flows.collect import collect_configured
from evalharness.flows.draw import draw
from evalharness.flows.grade import grade_week, week_work
from evalharness.flows.llm_consent import acknowledge
from evalharness.flows.llm_work import Wish
from evalharness.flows.opened import opened, utc_now
from evalharness.grade.llm.run import Outcome
from evalharness.messages.delivery import Pace
from evalharness.models.grade import Grade, NotApplicable, Scored
from evalharness.store.ledger import Ledger
from evalharness.store.llm import LlmEvent, llm_calls, llm_events
from evalharness.store.records import load_grades
from evalharness.workspace.folder import Workspace
from tests.flows.workspaces import command, copy_of, make_workspace

WEEK = "2026-W47"
NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
KEY = "sk-canary-0a1b2c3d"
QUICK = Pace(first_s=0.001, longest_s=0.002)


_MADE: dict[int, Path] = {}
"""Drawn workspaces of this process by size, which nobody touches: making one takes three seconds, copying it none."""


def drawn_workspace(root: Path, size: int = 20) -> Path:
    """A workspace with the week drawn and nothing graded; the LLM is off. Made once in a process, and copied from then on."""
    if size not in _MADE or not _MADE[size].is_dir():
        _MADE[size] = _drawn_workspace(root.with_name(f"{root.name}-untouched"), size)
    return copy_of(_MADE[size], root)


def _drawn_workspace(root: Path, size: int) -> Path:
    make_workspace(root, (WEEK,))
    for path in (root / "rubrics").glob("*.canaries.jsonl"):  # a rubric without canaries: every request is about a drawn call
        path.unlink()
    settings = root / "evalharness.yaml"
    settings.write_text(settings.read_text().replace("size: 35", f"size: {size}").replace("strata:\n", "strata: []\n  _:\n"))
    settings.write_text(re.sub(r"  _:\n    - .*\n", "", settings.read_text()))
    with opened(Workspace.at(root), write=True) as house:
        collect_configured(house, NOW)
        draw(house, WEEK, NOW)
    return root


def configure(workspace: Path, base_url: str, **llm: Any) -> Path:
    """Switches the LLM on, at this address; keywords are keys of graders.llm."""
    fields = {"enabled": True, "base_url": base_url, **llm}
    words = ", ".join(f"{name}: {_written(value)}" for name, value in fields.items())
    settings = workspace / "evalharness.yaml"
    text = re.sub(r"\n  llm: .*", "", settings.read_text())
    settings.write_text(text.replace("\ngraders:", f"\ngraders:\n  llm: {{{words}}}", 1))
    return workspace


def _written(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_written(part)}" for name, part in value.items()) + "}"
    return f'"{value}"' if isinstance(value, str) else json.dumps(value)


def grade(workspace: Path, max_cost: float | None = None, pace: Pace = QUICK, wish: Wish | None = None) -> Outcome:
    """One run in this process, agreed to by Anna."""
    with opened(Workspace.at(workspace), write=True) as house:
        work = week_work(house, WEEK, wish or Wish(max_cost), masked=False)
        for judge in work.judges:
            acknowledge(house, judge, "Anna Keller", NOW)
        return grade_week(house, work, utc_now, lambda _outcome: None, pace)


def llm_grades(workspace: Path) -> list[Grade]:
    """The LLM's grades of the week as the ledger holds them."""
    with Ledger.open(workspace / "ledger.db") as ledger:
        return [grade for grade in load_grades(ledger, WEEK) if grade.grader.kind == "llm"]


def told(workspace: Path) -> Counter[str]:
    """How the LLM's grades ended: "value", "N/A" or the reason."""
    return Counter(
        "value" if isinstance(g, Scored) else "N/A" if isinstance(g, NotApplicable) else g.reason for g in llm_grades(workspace)
    )


def history(workspace: Path) -> dict[str, list[LlmEvent]]:
    """Call id -> the states of its request (of the last one where a call has several)."""
    with Ledger.open(workspace / "ledger.db") as ledger:
        rows = llm_calls(ledger, WEEK)
        events = llm_events(ledger, rows)
        assert ledger.verify() == []
        return {row.call_id: list(events.get(row.id, ())) for row in rows}


def received(workspace: Path) -> list[LlmEvent]:
    """Every reply that is kept."""
    with Ledger.open(workspace / "ledger.db") as ledger:
        events = llm_events(ledger, llm_calls(ledger, WEEK))
        return [event for of in events.values() for event in of if event.state == "received"]


def cost(workspace: Path) -> float:
    """The ledger's cost of all replies."""
    return sum(event.cost_usd or 0.0 for event in received(workspace))


def run_grade(workspace: Path, *words: object, key: str | None = KEY) -> subprocess.CompletedProcess[str]:
    """`evalharness grade` in a process of its own, without a terminal."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ANTHROPIC")}
    environment |= {} if key is None else {"ANTHROPIC_API_KEY": key}
    line = command("grade", "--workspace", workspace, "--week", WEEK, *words)
    return subprocess.run(
        line, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=180, env=environment, check=False
    )
