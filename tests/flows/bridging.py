"""Two drawn weeks that two people graded, and a new rubric beside them: what a bridge is built from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from evalharness.flows.collect import collect_configured
from evalharness.flows.draw import assignments, draw
from evalharness.flows.opened import Opened, opened
from evalharness.models.grade import Grade, Grader, Scored
from evalharness.models.sample import WeeklySample
from evalharness.store.records import add_grades, load_sample
from evalharness.workspace.folder import Workspace, shipped
from tests.flows.workspaces import make_workspace

WEEKS = ("2026-W46", "2026-W47")
NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
RUN_WEEK = "2026-W48"
ANNA, BEN = "Anna Keller", "Ben Ode"
USUAL: Mapping[str, int | str] = {
    "correctness": 4,
    "tone": 4,
    "escalation": 5,
    "human_needed": "not_needed",
    "outcome": "resolved",
}
NEW_TEXT = "Plain throughout; a single lapse at most."
Value = Callable[[str, str, int], int | str]
"""(person, criterion, position) -> answer."""


def usual(_person: str, criterion: str, _position: int) -> int | str:
    """The same to every call; a check is a no."""
    return USUAL.get(criterion, "no")


def make_graded(root: Path, value: Value = usual) -> Path:
    """Both weeks collected, drawn and graded blind by whoever has the call on the sheet."""
    make_workspace(root, WEEKS, people=(ANNA, BEN))
    with opened(Workspace.at(root), write=True) as house:
        collect_configured(house, NOW)
        for week in WEEKS:
            draw(house, week, NOW)
            grade_all(house, week, value)
    return root


def grade_all(house: Opened, week: str, value: Value) -> None:
    """Every person answers every question of every call on their sheet."""
    sample = load_sample(house.ledger, week)
    assert sample is not None
    grades = [
        given(sample, person, place, name, value(person, name, place))
        for person, places in assignments(sample).items()
        for place in places
        for name in sample.criterion_digests
        if name != "latency"
    ]
    with house.ledger.transaction() as tx:
        add_grades(tx, grades)


def given(sample: WeeklySample, person: str, place: int, criterion: str, value: int | str) -> Grade:
    """One blind grade of a person on the call at this place of the queue."""
    call = sample.items[place - 1].call
    where = {"week": sample.week, "source": call.source, "call_id": call.id, "criterion": criterion}
    digest = sample.criterion_digests[criterion]
    return Scored.model_validate(
        {**where, "grader": Grader(kind="human", name=person), "criterion_digest": digest, "at": NOW, "value": value}
    )


def new_rubric(root: Path, old: str = "Polite and plain, with one lapse: one stiff", new: str = f"{NEW_TEXT} One stiff") -> Path:
    """The shipped rubric with another text at tone 4, as a file of the workspace."""
    text = (shipped("rubrics") / "phone-agent.yaml").read_text()
    assert old in text
    path = root / "new.yaml"
    path.write_text(text.replace(old, new).replace("version: 1", "version: 2"))
    return path
