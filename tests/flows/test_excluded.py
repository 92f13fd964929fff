"""Leaving a grader out, beyond the figures of one week: signed weeks, later weeks, other graders of the same name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from evalharness.flows.collect import collect_configured
from evalharness.flows.draw import draw
from evalharness.flows.excluded import counted, exclude, exclusions, left_out
from evalharness.flows.opened import Opened, opened
from evalharness.flows.sign_off import Wish, sign
from evalharness.flows.summary import week_summary
from evalharness.models.grade import Grader
from evalharness.store.records import load_grades
from evalharness.workspace.folder import Workspace
from tests.builders import a_grade
from tests.flows.test_agreement import ANNA, BEN, NOW, W47, WHY, grade
from tests.flows.workspaces import copy_of, make_workspace

LATER = NOW + timedelta(days=1)


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """W47 drawn for two people and graded."""
    root = make_workspace(tmp_path_factory.mktemp("excluded") / "ws", (W47,), people=(ANNA, BEN), deputy="Dora Em")
    with opened(Workspace.at(root), write=True) as house:
        collect_configured(house, NOW)
        draw(house, W47, NOW)
        grade(house, W47)
    return root


@pytest.fixture
def house(graded: Path, tmp_path: Path) -> Iterator[Opened]:
    """An opened copy of it."""
    with opened(Workspace.at(copy_of(graded, tmp_path / "ws")), write=True) as found:
        yield found


def test_a_signed_week_shows_what_changed(house: Opened) -> None:
    """Signed with both people's grades; without Ben's the resolution rests on fewer calls, beside the figure as signed."""
    sign(house, Wish(W47, ANNA, "keep"), NOW)
    assert week_summary(house, W47).since is not None
    exclude(house, BEN, W47, WHY, LATER)
    since = week_summary(house, W47).since
    assert since is not None
    changed = {one.check: one for one in since.changed}
    (resolution,) = [one for one in changed.values() if one.signed and one.signed.measure == "resolution_rate"]
    assert resolution.now is not None
    assert resolution.signed is not None
    assert resolution.now.n < resolution.signed.n


def test_the_deputy_may_decide_and_is_named(house: Opened) -> None:
    """By the deputy's name in any case; the newest reason is the one that is shown."""
    exclude(house, BEN, W47, ("first", ANNA), NOW)
    exclude(house, BEN, "2026-W48", ("second", "dora em"), LATER)
    (found,) = exclusions(house)
    assert (found.reason, found.by, found.start, found.at) == ("second", "Dora Em", "2026-W48", LATER)
    assert left_out(house, W47) == frozenset()
    assert left_out(house, "2026-W49") == {BEN}


def test_a_reason_is_kept_as_one_line(house: Opened) -> None:
    """Line ends and runs of spaces would break the line it is shown in."""
    found = exclude(house, BEN, W47, ("was on\n\n another   product", ANNA), NOW)
    assert found is not None
    assert found.reason == "was on another product"


def test_only_a_person_is_left_out() -> None:
    """A judge or a measurement of the same name counts on."""
    kinds = ("human", "llm", "measured")
    grades = [a_grade(4, "correctness", grader=Grader(kind=kind, name=BEN)) for kind in kinds]
    assert [one.grader.kind for one in counted(grades, frozenset({BEN}))] == ["llm", "measured"]
    assert counted(grades, frozenset()) == grades


def test_grades_given_after_the_exclusion_do_not_count_either(house: Opened) -> None:
    """Ben grades again in W47: the ledger keeps it, no result shows it."""
    exclude(house, BEN, W47, WHY, NOW)
    before = len(load_grades(house.ledger, W47))
    grade(house, W47)
    assert len(load_grades(house.ledger, W47)) == 2 * before - sum(
        g.grader.kind == "measured" for g in load_grades(house.ledger, W47)
    )
    summary = week_summary(house, W47)
    assert {one.name for one in summary.graders if one.kind == "human"} == {ANNA}
    assert not any(one.conflict for result in summary.results for one in result.final.values())


def test_an_instant_is_read_back_in_utc(house: Opened) -> None:
    """The audit trail keeps text; what is read back is the same instant."""
    at = datetime(2026, 11, 23, 7, 0, 1, tzinfo=UTC)
    exclude(house, BEN, W47, WHY, at)
    assert exclusions(house)[0].at == at
