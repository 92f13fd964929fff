"""A drawn, graded and exported week of two callers in which strings are planted everywhere, to be looked for after a purge."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from evalharness.flows.collect import collect_paths
from evalharness.flows.desk_house import DRAFT
from evalharness.flows.export import ExportWish, export
from evalharness.flows.opened import Opened, opened
from evalharness.flows.week import run_week
from evalharness.grade.human.layout import asked_of_people, row_id
from evalharness.models.act import Adjudication, Dispute
from evalharness.models.call import Change, Supplement
from evalharness.models.grade import Evidence, Grade, Grader, Scored
from evalharness.models.probe import Role
from evalharness.store.llm import LlmCall, LlmEvent, add_llm_event, plan_llm_calls
from evalharness.store.records import (
    add_adjudication,
    add_audit,
    add_change,
    add_dispute,
    add_grades,
    add_supplements,
    load_rubric,
    load_sample,
)
from evalharness.workspace.folder import Workspace
from tests.flows.workspaces import make_workspace

WEEK = "2026-W47"
NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
GONE, STAYS = "+49 30 901820", "+49 40 428280"
EACH = 12
"""Calls of each caller."""
PLACES = ("caller", "agent", "tool", "result", "metadata", "summary", "error", "later", "rationale", "quote", "raw", "comment")
"""Where a string is planted for every call."""
GRADE: Role = "grade"


def canary(place: str, whose: str, number: int) -> str:
    """A string that stands nowhere else, with letters of two scripts and a quotation mark."""
    letters = "".join(chr(ord("a") + int(digit)) for digit in f"{number:03d}")
    return f'Canary of {whose} in the {place} "{letters}" flöge'


def canaries(whose: str) -> list[str]:
    """All that are planted for this caller."""
    return [canary(place, whose, number) for number in range(EACH) for place in PLACES]


def _call(whose: str, number: int) -> dict[str, Any]:
    def said(place: str) -> str:
        return canary(place, whose, number)

    start = datetime(2026, 11, 16, 8, 0, tzinfo=UTC) + timedelta(hours=5 * number, minutes=0 if whose == "A" else 30)
    tool = {"name": "find", "arguments": {"who": said("tool")}, "result": said("result"), "error": False, "duration_ms": 200}
    turns = [
        {"speaker": "agent", "text": "Front desk, how can I help?", "start_ms": 400, "end_ms": 2000},
        {
            "speaker": "caller",
            "text": f"Hello. {said('caller')}. " + "And then some more words. " * 4,
            "start_ms": 2600,
            "end_ms": 9000,
        },
        {"speaker": "agent", "text": said("agent"), "start_ms": 9500 + number, "end_ms": 12000, "tool_calls": [tool]},
    ]
    handed = {"at_ms": 11000, "kind": "warm", "status": "connected", "context_summary": said("summary")}
    return {
        "id": f"{whose.lower()}-{number}",
        "source": "demo",
        "agent": "front-desk",
        "started_at": start.isoformat(),
        "ended_at": (start + timedelta(seconds=60)).isoformat(),
        "caller": GONE if whose == "A" else STAYS,
        "intent": "book",
        "status": "completed",
        "errors": [said("error")] if number % 3 == 0 else [],
        "outcome": "transferred" if number % 2 else "resolved",
        "cost": {"llm": 0.01 * (number + 1)},
        "csat": 1 + number % 5,
        "metadata": {"note": said("metadata"), "tier": "gold"},
        "recording_url": f"https://example.org/{whose}/{number}.wav",
        **({"handoff": handed} if number % 2 else {}),
        "turns": turns,
    }


@contextmanager
def the_house(root: Path) -> Iterator[Opened]:
    """The workspace, opened to write."""
    with opened(Workspace.at(root), write=True) as found:
        yield found


def make_planted(root: Path, *, graded: bool = True) -> Path:
    """The workspace: collected, drawn, and with `graded` graded, judged, exported and written to in every other place."""
    make_workspace(root, ())
    file = root / "inbox" / "week.jsonl"
    calls = [_call(whose, number) for whose in "AB" for number in range(EACH)]
    broken = json.dumps({"id": "a-0", "turns": canary("tool", "A", 0)}, ensure_ascii=False)
    file.write_text("".join(json.dumps(call, ensure_ascii=False) + "\n" for call in calls))
    rejected = root.parent / f"{root.name}-rejected.jsonl"
    rejected.write_text(broken + "\n")
    with the_house(root) as house:
        collect_paths(house, [rejected], "jsonl", NOW)
        run_week(house, NOW)
        if graded:
            _written(house)
    if graded:
        with the_house(root) as house:
            run_week(house, LATER)
            export(house, ExportWish((WEEK,), form="json", texts=True), LATER)
            export(house, ExportWish((WEEK,), form="parquet", texts=True), LATER)
        _stray(root)
    return root


def _written(house: Opened) -> None:
    """Grades, replies, remarks, disputes, decisions, later facts and a note, each with strings of the call."""
    sample = load_sample(house.ledger, WEEK)
    assert sample is not None
    rubric = load_rubric(house.ledger, sample.rubric_digest)
    with house.ledger.transaction() as tx:
        for item in sample.items:
            whose, number = item.call.id[0].upper(), int(item.call.id[2:])

            def said(place: str, whose: str = whose, number: int = number) -> str:
                return canary(place, whose, number)

            add_grades(tx, _grades(item.call, rubric, sample.criterion_digests, said))
            entries = {"crm": said("later")}
            fact = Supplement(source="demo", call_id=item.call.id, field="metadata", value=entries, known_at=NOW)
            add_supplements(tx, [fact], NOW)
            request = LlmCall(
                WEEK,
                "demo",
                item.call.id,
                item.call.digest(),
                "c",
                "j",
                0,
                {"role": GRADE, "model": "m", "effort": "low", "destination": "d"},
            )
            (planned,) = plan_llm_calls(tx, [request], NOW)
            reply = json.dumps({"content": [{"text": json.dumps({"rationale": said("raw"), "quote": said("caller")})}]})
            add_llm_event(tx, LlmEvent(planned.id, "sent", 1, details={"asked": ["tone"], "worst_usd": 0.02}), NOW)
            add_llm_event(tx, LlmEvent(planned.id, "received", 1, reply, cost_usd=0.01), NOW)
            add_llm_event(tx, LlmEvent(planned.id, "graded", 1), NOW)
            remark = {"week": WEEK, "person": "Anna Keller", "row": row_id(sample.frozen_digest(), item.call), "manner": "read"}
            add_audit(tx, DRAFT, {**remark, "note": said("comment"), "evidence": {}}, NOW)
            if number % 4 == 0:
                _decided(tx, item.call.id, said)
        note = f"prompt 2, after {canary('caller', 'A', 3)}"
        add_change(tx, Change(at=NOW - timedelta(days=3), label=note, kind="other"), NOW)


def _grades(call: Any, rubric: Any, digests: Any, said: Any) -> list[Grade]:
    found: list[Grade] = []
    for criterion in asked_of_people(rubric, "call"):
        bad = call.id.endswith("1")
        answers: dict[str, int | str] = {"ordinal": 1 if bad else 4, "yes_no": "yes" if bad else "no"}
        value = answers.get(criterion.type) or criterion.levels[0].value
        value = "resolved" if criterion.id == "outcome" else value
        found.append(
            Scored(
                week=WEEK,
                source="demo",
                call_id=call.id,
                criterion=criterion.id,
                grader=Grader(kind="human", name="Anna Keller"),
                criterion_digest=digests.get(criterion.id, ""),
                rationale=said("rationale"),
                evidence=(Evidence(turn=1, quote=said("quote")),),
                value=value,
                at=NOW,
            )
        )
    return found


def _decided(tx: Any, call_id: str, said: Any) -> None:
    where = {"source": "demo", "call_id": call_id, "criterion": "correctness", "by": "Anna Keller", "at": NOW}
    add_dispute(tx, WEEK, Dispute(**where, reason=said("comment")), NOW)
    add_adjudication(tx, Adjudication(**where, week=WEEK, value=3, reason=said("rationale")), NOW)


def _stray(root: Path) -> None:
    """Logs and copies: plain, as UTF-16, packed."""
    logs = root / "logs"
    logs.mkdir(mode=0o700, exist_ok=True)
    text = "\n".join(canaries("A"))
    (logs / "run.log").write_text(text)
    (logs / "wide.log").write_text(text, encoding="utf-16")
    (logs / "old.log.gz").write_bytes(gzip.compress(text.encode()))
