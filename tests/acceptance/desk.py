"""People at their sheets: answers typed into the files that `week` wrote, as a spreadsheet program saves them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from evalharness.flows.opened import opened
from evalharness.flows.sheets import drawn_sample, sheet_place
from evalharness.flows.typed import fill_sheet
from evalharness.models.rubric import Rubric
from evalharness.models.sample import WeeklySample
from evalharness.workspace.folder import Workspace


def sample_of(workspace: Path, week: str) -> WeeklySample:
    """The week's frozen sample."""
    with opened(Workspace.at(workspace)) as house:
        return drawn_sample(house, week)


def clean(rubric: Rubric, **other: int | str) -> dict[str, int | str]:
    """What a reader answers of a call in which nothing is amiss, keywords replacing answers."""
    answers: dict[str, int | str] = {c.id: 5 for c in rubric.criteria() if c.type == "ordinal" and "human" in c.graded_by}
    answers |= {check.id: "no" for check in rubric.checks} | {"outcome": "resolved"}
    answers |= {c.id: "not_needed" for c in rubric.criteria() if c.id == "human_needed"}
    return {**answers, **other}


def type_in(workspace: Path, week: str, person: str, answer: Callable[[str], Mapping[str, int | str]]) -> Path:
    """Fills the person's sheet of the week with `answer(call id)`; an empty answer leaves the row as it is."""
    with opened(Workspace.at(workspace)) as house:
        sample = drawn_sample(house, week)
        path = sheet_place(house, sample, person)
    path.write_bytes(fill_sheet(path.read_bytes(), sample, answer))
    return path
