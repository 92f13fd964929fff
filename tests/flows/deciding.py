"""A drawn week of which three people, an LLM and nobody else say what a test has them say; the ledger is all it needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from evalharness.flows.collect import collect_configured
from evalharness.flows.draw import draw
from evalharness.flows.opened import Opened, frozen_rubric, opened
from evalharness.grade.human.layout import asked_of_people
from evalharness.models.grade import Evidence, Grade, Grader, NotApplicable, Scored
from evalharness.models.sample import SampleItem
from evalharness.store.records import add_grades, load_grades, load_sample
from evalharness.workspace.folder import Workspace
from tests.flows.workspaces import make_workspace

WEEK = "2026-W47"
NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
ANNA, BEN, CORA, JUDGE = "Anna Keller", "Ben Ode", "Cora Lind", "claude-haiku-5-5"
HOSTILE = '=HYPERLINK("http://x","y") </script>\n2026-W47: nothing waits \x1b[31m\u202e `rm -rf .` $(id)'


def make_drawn(root: Path) -> Path:
    """W47 collected and drawn; Anna owns the agent, Dora is deputy, Ben and Cora grade too. Nothing is graded."""
    make_workspace(root, (WEEK,), people=(ANNA, BEN, CORA))
    settings = root / "evalharness.yaml"
    settings.write_text(settings.read_text().replace("deputy: null", "deputy: Dora Post"))
    with the_house(root) as house:
        collect_configured(house, NOW)
        draw(house, WEEK, NOW)
    return root


@contextmanager
def the_house(root: Path) -> Iterator[Opened]:
    """The workspace, opened to write."""
    with opened(Workspace.at(root), write=True) as found:
        yield found


def item(house: Opened, position: int = 1) -> SampleItem:
    """A drawn call by its number in the queue."""
    sample = load_sample(house.ledger, WEEK)
    assert sample is not None
    return sample.items[position - 1]


def say(
    house: Opened, name: str, criterion: str, value: int | str | None, *, position: int = 1, at: datetime = NOW, **fields: Any
) -> SampleItem:
    """A grade on the call at this position of the queue; None = N/A; the LLM by its name, with a quote."""
    sample = load_sample(house.ledger, WEEK)
    assert sample is not None
    drawn = sample.items[position - 1]
    grader = Grader(kind="llm", name=name, version="1", prompt_digest="p") if name == JUDGE else Grader(kind="human", name=name)
    place = {"week": WEEK, "source": drawn.call.source, "call_id": drawn.call.id, "criterion": criterion}
    given = {**place, "grader": grader, "criterion_digest": sample.criterion_digests[criterion], "at": at, **fields}
    grade = NotApplicable(**given) if value is None else Scored(**{**given, "value": value})
    with house.ledger.transaction() as tx:
        add_grades(tx, [grade])
    return drawn


def finish(house: Opened, *names: str, position: int = 1, week: str = WEEK, at: datetime = NOW) -> None:
    """These people answer N/A to every question of the call that they have left: they have graded it to the end."""
    sample = load_sample(house.ledger, week)
    assert sample is not None
    drawn, grades = sample.items[position - 1], load_grades(house.ledger, week)
    asked = asked_of_people(frozen_rubric(house, sample), "call")
    place = {"week": week, "source": drawn.call.source, "call_id": drawn.call.id, "at": at}
    left = [(name, one.id) for name in names for one in asked if not _said(grades, name, one.id, drawn.identity)]
    given = [(criterion, Grader(kind="human", name=name), sample.criterion_digests[criterion]) for name, criterion in left]
    with house.ledger.transaction() as tx:
        add_grades(tx, [NotApplicable(**place, criterion=one, grader=who, criterion_digest=digest) for one, who, digest in given])


def _said(grades: Sequence[Grade], name: str, criterion: str, identity: tuple[str, str]) -> bool:
    return any((one.grader.name, one.criterion, one.identity) == (name, criterion, identity) for one in grades)


def quote(text: str = "Front desk", turn: int = 0) -> tuple[Evidence, ...]:
    """Evidence of a grade."""
    return (Evidence(turn=turn, quote=text),)
