"""The trend over drawn weeks of a workspace, with a rubric edited between two draws."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest

from evalharness.aggregate.inputs import WeekInputs
from evalharness.errors import ExportError
from evalharness.flows import trend as flow
from evalharness.flows.kept import Kept
from evalharness.flows.note import note
from evalharness.flows.opened import Opened, opened
from evalharness.flows.summary import week_summary
from evalharness.flows.trend import Known, trend, with_trend
from evalharness.flows.week import run_week
from evalharness.models.call import Supplement
from evalharness.store.records import add_audit, add_supplements, load_sample
from evalharness.workspace.folder import Workspace
from tests.flows.bridging import grade_all, usual
from tests.flows.workspaces import copy_of, make_workspace

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
    whole, newest = trend(house, weeks=0).trend("latency_p50_ms"), trend(house, weeks=1).trend("latency_p50_ms")
    assert newest.points == whole.points[-1:]  # with the difference from the week that is not shown
    assert newest.points[0].difference is not None
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


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The weeks that are worked out from now on, in order."""
    found: list[str] = []
    real = flow.week_inputs

    def counting(house: Opened, week: str, **given: bool) -> WeekInputs:
        found.append(week)
        return real(house, week, **given)

    monkeypatch.setattr(flow, "week_inputs", counting)
    monkeypatch.setattr("evalharness.flows.kept.program_mark", lambda: "this one")  # its files may be edited meanwhile
    return found


def test_a_week_is_worked_out_once(root: Path, tmp_path: Path, asked: list[str]) -> None:
    """Three weeks at first; nothing for the next run, nor for a report that has its own summary; all of it without the files."""
    copied = copy_of(root, tmp_path / "ws")
    kept = sorted(copied.glob("calls/found/*/trend.json"))
    for path in kept:
        path.unlink()
    with opened(Workspace.at(copied)) as house:
        first = trend(house)
    with opened(Workspace.at(copied)) as house:
        assert trend(house) == first
        assert with_trend(house, week_summary(house, WEEKS[-1])).trend == first
    assert asked == list(WEEKS)
    assert len(kept) >= 2


def test_kept_figures_are_what_would_be_worked_out(root: Path, tmp_path: Path, asked: list[str]) -> None:
    """Whatever is written, the figures are as without any file; a week is worked out again where they may be others.

    A grade of W46 concerns W46 and W47, a note of W47 only W47, a person left out from W45 on all; a draft of a remark nothing.
    What a call of W46 cost came later: W46, W45, whose callers may have called again in it, and W47, which accumulates.
    """
    copied = copy_of(root, tmp_path / "ws")
    steps: list[tuple[Callable[[Opened], object], list[str]]] = [
        (lambda house: None, []),
        (lambda house: grade_all(house, WEEKS[1], usual), [WEEKS[1], WEEKS[2]]),
        (lambda house: note(house, "v3", "2026-11-17T10:00:00+01:00", "version", NOW), [WEEKS[2]]),
        (lambda house: grade_all(house, WEEKS[0], usual), list(WEEKS)),
        (lambda house: audit(house, "desk remark", {"text": "x"}), []),
        (lambda house: audit(house, "exclude grader", EXCLUDED), list(WEEKS)),
        (costs_later, list(WEEKS)),
        (lambda house: audit(house, "canaries chosen", {"week": WEEKS[2], "digest": "d", "canaries": []}), [WEEKS[2]]),
    ]
    with opened(Workspace.at(copied)) as house:
        trend(house)
    for number, (step, again) in enumerate(steps):
        with opened(Workspace.at(copied), write=True) as house:
            step(house)
        asked.clear()
        with opened(Workspace.at(copied)) as house:
            found = trend(house)
        assert asked == again, number
        with opened(Workspace.at(copied)) as house, pytest.MonkeyPatch.context() as patch:
            patch.setattr(Kept, "load", lambda _self, _week: None)
            assert trend(house) == found, number


EXCLUDED = {"person": "Ben Ode", "start": WEEKS[0], "reason": "trainee", "by": "Anna Keller"}


def costs_later(house: Opened) -> None:
    """What a call of W46 cost, told after all."""
    sample = load_sample(house.ledger, WEEKS[1])
    assert sample is not None
    call = sample.items[0].call
    value = {"components": {"llm": 9.0}, "currency": "USD"}
    fact = Supplement(source=call.source, call_id=call.id, field="cost", value=value, known_at=NOW)
    with house.ledger.transaction() as tx:
        add_supplements(tx, [fact], NOW)


def audit(house: Opened, action: str, details: dict[str, object]) -> None:
    """A row of the audit trail."""
    with house.ledger.transaction() as tx:
        add_audit(tx, action, details, NOW)


@pytest.mark.parametrize("setting", ["evalharness.yaml", "rubrics/good-enough.yaml", "rubrics/phone-agent.yaml"])
def test_another_setting_is_another_figure(root: Path, tmp_path: Path, asked: list[str], setting: str) -> None:
    """A line more in any file that says how to count: all weeks are worked out again."""
    copied = copy_of(root, tmp_path / "ws")
    with opened(Workspace.at(copied)) as house:
        trend(house)
    asked.clear()
    (copied / setting).write_text((copied / setting).read_text() + "\n# a remark\n")
    with opened(Workspace.at(copied)) as house:
        trend(house)
    assert asked == list(WEEKS)


@pytest.mark.parametrize("harm", ["{}", "", "no text \udcff", "deadbeef\n{}"])
def test_a_kept_file_that_somebody_changed_is_not_used(root: Path, tmp_path: Path, asked: list[str], harm: str) -> None:
    """Cut, emptied, or sealed with something else: worked out again, and right."""
    copied = copy_of(root, tmp_path / "ws")
    with opened(Workspace.at(copied)) as house:
        before = trend(house)
    path = copied / "calls" / "found" / f"week={WEEKS[1]}" / "trend.json"
    path.write_bytes(harm.encode("utf-8", "surrogateescape"))
    asked.clear()
    with opened(Workspace.at(copied)) as house:
        assert trend(house) == before
    assert asked == [WEEKS[1]]


def test_where_nothing_can_be_kept_the_trend_comes_all_the_same(root: Path, tmp_path: Path, asked: list[str]) -> None:
    """On a full disk nothing is kept, and nothing fails."""
    copied = copy_of(root, tmp_path / "ws")
    with opened(Workspace.at(copied)) as house, pytest.MonkeyPatch.context() as patch:
        patch.setattr(Kept, "load", lambda _self, _week: None)
        patch.setattr("evalharness.flows.kept.write_whole", full_disk)
        assert len(trend(house).weeks) == len(WEEKS)
    assert asked == list(WEEKS)


def full_disk(_path: Path, _data: bytes) -> None:
    """As `write_whole` on a full disk."""
    raise ExportError("the disk is full")


def test_the_workbook_of_each_week_ends_with_its_own_week(root: Path) -> None:
    """W46's sheet knows two weeks, W47's three."""
    for week, weeks in ((WEEKS[1], 2), (WEEKS[2], 3)):
        data = (root / "reports" / week / "week.xlsx").read_bytes()
        heading = openpyxl.load_workbook(io.BytesIO(data))["Trend"]["A1"].value
        assert heading == f"Trend: {weeks} weeks, {WEEKS[0]} to {week}"
