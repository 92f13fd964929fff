"""A drawn week in which an LLM has answered and people differ: what the assisted lane and deciding at the desk start from."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from evalharness.flows.opened import opened
from evalharness.flows.sheets import drawn_sample
from evalharness.models.grade import Evidence, Grader, Scored
from evalharness.models.rubric import Criterion
from evalharness.models.sample import SampleItem, WeeklySample
from evalharness.store.ledger import Ledger
from evalharness.store.records import add_grades, load_rubric
from evalharness.workspace.folder import Workspace
from tests.flows.workspaces import make_workspace, run

WEEK, ANNA, BEN, CORA, JUDGE = "2026-W47", "Anna Keller", "Ben Ode", "Cora Lind", "claude-haiku-5-5"
AT = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
SECRET = "what only the judge would say"
"""Stands in every reason of the LLM."""


def judged_week(root: Path, people: tuple[str, ...] = (), *, blind_first: int = 0, **llm: Any) -> Path:
    """W47 drawn; the LLM, switched on only once it has been drawn, has answered every question of every call."""
    make_workspace(root, (WEEK,), **({"people": people} if people else {}))
    assert run("week", "--workspace", root, "--week", WEEK).returncode == 0
    settings = root / "evalharness.yaml"
    on = f"\ngraders:\n  blind_first: {blind_first}\n  llm: {{enabled: true}}"
    text = settings.read_text().replace("  llm: {enabled: false}\n", "")
    settings.write_text(text.replace("\ngraders:", on, 1))
    with opened(Workspace.at(root), write=True) as house:
        sample = drawn_sample(house, WEEK)
        rubric = load_rubric(house.ledger, sample.rubric_digest)
        asked = [one for one in rubric.criteria() if {"llm", "human"} <= set(one.graded_by) and one.type != "text"]
        grades = [_said(sample, item, one) for item in sample.items for one in asked if not one.heard]
        with house.ledger.transaction() as tx:
            add_grades(tx, grades)
    return root


def _said(sample: WeeklySample, item: SampleItem, criterion: Criterion) -> Scored:
    """The LLM's answer, with words of the longest agent turn as its quote."""
    turn = max((one for one in item.call.turns if one.speaker == "agent"), key=lambda one: len(one.text))
    value: int | str = 4 if criterion.type == "ordinal" else "no" if criterion.type == "yes_no" else criterion.answers[0]
    if criterion.id == "outcome":
        value = item.call.outcome  # an answer that the log contradicts is shown to nobody
    return Scored(
        week=WEEK,
        source=item.call.source,
        call_id=item.call.id,
        criterion=criterion.id,
        grader=Grader(kind="llm", name=JUDGE, version="1", prompt_digest="p"),
        criterion_digest=sample.criterion_digests[criterion.id],
        rationale=f"{SECRET}: {criterion.id}",
        evidence=(Evidence(turn=turn.index, quote=turn.text[5:60].strip()),),
        value=value,
        at=AT,
    )


def say(root: Path, name: str, criterion: str, value: int | str, *, position: int, kind: str = "human", **fields: Any) -> str:
    """A grade on the call at this place of the queue; its id."""
    with opened(Workspace.at(root)) as house:
        sample = drawn_sample(house, WEEK)
    item = sample.items[position - 1]
    grader = Grader(kind="human", name=name) if kind == "human" else Grader(kind="llm", name=name, version="1", prompt_digest="p")
    grade = Scored(
        week=WEEK,
        source=item.call.source,
        call_id=item.call.id,
        criterion=criterion,
        criterion_digest=sample.criterion_digests[criterion],
        **{"grader": grader, "value": value, "at": AT, **fields},
    )
    with closing(Ledger.open(root / "ledger.db")) as ledger, ledger.transaction() as tx:
        add_grades(tx, [grade])
    return item.call.id
