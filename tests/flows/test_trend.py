"""The trend over drawn weeks of a workspace, with a rubric edited between two draws."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest

from evalharness.flows import trend as flow
from evalharness.flows.opened import Opened, opened
from evalharness.flows.trend import Known, trend, with_trend
from evalharness.flows.week import run_week
from evalharness.models.summary import WeekSummary
from evalharness.workspace.folder import Workspace
from tests.flows.workspaces import make_workspace

WEEKS = ("2026-W45", "2026-W46", "2026-W47")
NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """W45 and W46 drawn; then the first question of the rubric is put in other words and W47 is drawn."""
    root = make_workspace(tmp_path_factory.mktemp("trend") / "ws", WEEKS)
    rubric = root / "rubrics" / "phone-agent.yaml"
    with opened(Workspace.at(root), write=True) as house:
        for week in WEEKS[:2]:
            run_week(house, NOW, week=week)
    text = rubric.read_text()
    first = next(line for line in text.splitlines() if "question:" in line)
    rubric.write_text(text.replace(first, f"{first.rstrip('?')} all in all?", 1))
    with opened(Workspace.at(root), write=True) as house:
        run_week(house, NOW, week=WEEKS[2])
    return root


@pytest.fixture
def house(root: Path) -> Iterator[Opened]:
    """The workspace, opened to read."""
    with opened(Workspace.at(root)) as found:
        yield found


def test_the_drawn_weeks_in_order(house: Opened) -> None:
    """Three weeks, each with its figures of all calls; the newest two; up to a week."""
    found = trend(house)
    assert [week.week for week in found.weeks] == list(WEEKS)
    assert [point.measure.value for point in found.trend("cost_per_call").points] == pytest.approx([0.33, 0.40, 0.35], abs=0.005)
    assert all(point.measure.n for point in found.trend("latency_p50_ms").points)
    assert [week.week for week in trend(house, weeks=2).weeks] == list(WEEKS[1:])
    assert [week.week for week in trend(house, last=WEEKS[1], weeks=0).weeks] == list(WEEKS[:2])


def test_what_nobody_graded_is_no_data_and_joins_nothing(house: Opened) -> None:
    """The question was changed, but without a grade there is no value to join or to break; latency goes through."""
    found = trend(house)
    assert {point.measure.value for point in found.trend("call_score").points} == {None}
    assert not [trend.name for trend in found.trends for point in trend.points if point.breaks and not point.measure.n]
    assert [point.breaks for point in found.trend("latency_p50_ms").points] == ["", "", ""]


def test_each_drawn_week_keeps_the_meaning_it_was_drawn_with(house: Opened) -> None:
    """The edited question is another one in W47, and the same in the two weeks before."""
    known: Known = {}
    trend(house, known=known)
    meanings = [known[week].meanings["call_score"] for week in WEEKS]
    assert meanings[0] == meanings[1]
    changed = [aspect for aspect, text in meanings[2].items() if meanings[1].get(aspect) != text]
    assert len(changed) == 1
    assert changed[0].startswith("the criterion ")


def test_a_week_is_worked_out_once(house: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    """With its own summary at hand and the weeks before known, a report asks for no other."""
    asked: list[str] = []
    real = flow.week_summary

    def counting(opened: Opened, week: str, **given: bool) -> WeekSummary:
        asked.append(week)
        return real(opened, week, **given)

    monkeypatch.setattr(flow, "week_summary", counting)
    known: Known = {}
    for week in WEEKS:
        summary = with_trend(house, real(house, week), known)
        assert summary.trend is not None
        assert summary.trend.weeks[-1].week == week
    assert asked == []
    trend(house)
    assert asked == list(WEEKS)


def test_the_workbook_of_each_week_ends_with_its_own_week(root: Path) -> None:
    """W46's sheet knows two weeks, W47's three."""
    for week, weeks in ((WEEKS[1], 2), (WEEKS[2], 3)):
        data = (root / "reports" / week / "week.xlsx").read_bytes()
        heading = openpyxl.load_workbook(io.BytesIO(data))["Trend"]["A1"].value
        assert heading == f"Trend: {weeks} weeks, {WEEKS[0]} to {week}"
