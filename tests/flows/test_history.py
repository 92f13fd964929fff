"""Rates since their epoch through a workspace: earlier weeks are read from the ledger, each once in a run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from evalharness.flows.draw import draw
from evalharness.flows.history import history
from evalharness.flows.kept import Kept
from evalharness.flows.note import note
from evalharness.flows.opened import Opened, opened
from evalharness.flows.summary import week_summary
from evalharness.flows.trend import trend
from evalharness.flows.week import run_week
from evalharness.models.grade import Grade, Grader, Scored
from evalharness.models.measure import Check
from evalharness.store.records import add_grades
from evalharness.workspace.folder import Workspace
from tests.flows.workspaces import copy_of, make_workspace

WEEKS = ("2026-W45", "2026-W46", "2026-W47")
NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
ANNA = Grader(kind="human", name="Anna Keller")


def graded(house: Opened, week: str) -> list[Grade]:
    """Anna's answers to every drawn call of the week: resolved, nothing failed; W46's first two calls are unresolved."""
    sample = draw(house, week, NOW).sample
    asked = {"outcome": "resolved", **{check.id: "no" for check in house.rubric().checks}}
    found: list[Grade] = []
    for item in sample.items:
        bad = week == WEEKS[1] and item.position <= 2
        for criterion, value in (asked | ({"outcome": "unresolved"} if bad else {})).items():
            found.append(
                Scored(
                    week=week,
                    source=item.call.source,
                    call_id=item.call.id,
                    criterion=criterion,
                    grader=ANNA,
                    criterion_digest=sample.criterion_digests[criterion],
                    value=value,
                    at=NOW,
                )
            )
    return found


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three drawn weeks of the samples, each graded by Anna alone."""
    root = make_workspace(tmp_path_factory.mktemp("history") / "ws", WEEKS)
    with opened(Workspace.at(root), write=True) as house:
        for week in WEEKS:
            run_week(house, NOW, week=week)
            grades = graded(house, week)
            with house.ledger.transaction() as tx:
                add_grades(tx, grades)
    return root


@pytest.fixture
def house(made: Path, tmp_path: Path) -> Iterator[Opened]:
    """A copy of it, opened to write."""
    with opened(Workspace.at(copy_of(made, tmp_path / "ws")), write=True) as found:
        yield found


def checks(house: Opened, week: str = WEEKS[2]) -> dict[str, Check]:
    """The checks of the week by name."""
    return {check.threshold.id: check for check in week_summary(house, week).checks}


def test_the_rate_of_three_weeks_is_added_up(house: Opened) -> None:
    """All drawn calls but two resolved, over three weeks; calls the log itself decides are in no count, so n is at most 105."""
    found = checks(house)["resolution"].since

    assert found is not None
    assert (found.week, found.weeks, found.n - found.hits) == (WEEKS[0], 3, 2)
    assert 80 < found.n <= 105


def test_the_first_week_knows_only_itself(house: Opened) -> None:
    """Of the weeks after it nothing enters."""
    found = checks(house, WEEKS[0])["resolution"].since

    assert found is not None
    assert (found.weeks, found.n - found.hits) == (1, 0)


def test_a_break_declared_by_a_note_starts_the_rates_within_its_week(house: Opened) -> None:
    """A note of Wednesday of W47: only calls from then on, and how the week's later calls divide, not the whole week."""
    before = checks(house)["clear_failures"].since
    note(house, "another clinic joins", "2026-11-18", "break", NOW)
    found = checks(house)

    for name in ("resolution", "clear_failures"):
        since = found[name].since
        assert since is not None
        assert (since.week, since.why) == (WEEKS[2], "declared break: another clinic joins")
        assert since.start == datetime(2026, 11, 17, 23, 0, tzinfo=UTC)
        assert 0 < since.n < 35
    assert before is not None
    assert before.n > 80


def test_each_week_is_worked_out_once_until_the_ledger_changes(house: Opened) -> None:
    """The same objects are given again; after a new row of the ledger they are not."""
    first = history(house, WEEKS[2])
    again = history(house, WEEKS[2])
    note(house, "prompt 7", None, "prompt", NOW)
    later = history(house, WEEKS[2])

    assert [past.week for past in first] == list(WEEKS[:2])
    assert all(one is other for one, other in zip(first, again, strict=True))
    assert not any(one is other for one, other in zip(first, later, strict=True))


def test_a_scope_set_later_leaves_the_weeks_drawn_before_as_they_were(house: Opened) -> None:
    """How a week's calls divide is told by the scope it was drawn with: none here, then calls of the afternoon only."""
    before = [past.population for past in history(house, WEEKS[2])]
    config = house.config.model_copy(update={"scope": "hour >= 12"})
    assert config.scope_rule is not None
    later = replace(house, config=config, memo={})

    assert [past.population for past in history(later, WEEKS[2])] == before
    assert later.calls.tallies([WEEKS[0]], config.scope_rule)[WEEKS[0]].calls < before[0].calls


def test_a_trend_reads_each_sample_as_often_as_it_has_weeks(house: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three weeks: the measures of earlier weeks are fetched twice (as themselves and as a past), not once a pair of weeks."""
    asked = []
    original = house.calls.measures
    monkeypatch.setattr(house.calls, "measures", lambda identities: asked.append(len(identities)) or original(identities))
    monkeypatch.setattr(Kept, "load", lambda _self, _week: None)
    trend(house)

    assert sorted(asked) == [35, 35, 35, 35, 35, 35]  # three weeks as themselves, and once more as weeks people share calls in
