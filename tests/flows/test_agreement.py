"""Severity and its consequences in a workspace: with and without, the next draw, the due list, and leaving a grader out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from evalharness.errors import UsageError
from evalharness.flows.agreement import agreement_report, graders
from evalharness.flows.collect import collect_configured
from evalharness.flows.draw import assignments, draw
from evalharness.flows.due import due
from evalharness.flows.excluded import counted_grades, exclude, exclusions
from evalharness.flows.opened import Opened, opened
from evalharness.flows.plan import plan
from evalharness.flows.summary import week_summary
from evalharness.models.grade import Grader, Scored
from evalharness.store.records import add_audit, add_grades, load_grades, load_sample
from evalharness.workspace.folder import Workspace
from tests.flows.workspaces import copy_of, make_workspace

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
W46, W47 = "2026-W46", "2026-W47"
ANNA, BEN, CORA = "Anna Keller", "Ben Ode", "Cora Lind"
WHY = ("graded another product", ANNA)


def grade(house: Opened, week: str) -> None:
    """Everybody grades what they were asked to: 4, Ben 1 or 2 levels less; every call is resolved."""
    sample = load_sample(house.ledger, week)
    assert sample is not None
    found = []
    for person, positions in assignments(sample).items():
        for item in sample.items:
            if item.position in positions:
                level = 4 if person != BEN else 2 + item.position % 2
                for criterion, value in (("correctness", level), ("outcome", "resolved")):
                    place = {"week": week, "source": item.call.source, "call_id": item.call.id, "criterion": criterion}
                    who = {"grader": Grader(kind="human", name=person), "criterion_digest": sample.criterion_digests[criterion]}
                    found.append(Scored(**place, **who, at=NOW, value=value))  # type: ignore[arg-type]
    with house.ledger.transaction() as tx:
        add_grades(tx, found)


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """W46 drawn with every call read by two of three people, and graded; W47 collected; 20 % are read by two from now on."""
    people = {"people": (ANNA, BEN, CORA)}
    root = make_workspace(tmp_path_factory.mktemp("severe") / "ws", (W46, W47), **people)
    settings = root / "evalharness.yaml"
    text = settings.read_text()
    settings.write_text(text.replace("double_share: 0.2", "double_share: 1.0"))
    with opened(Workspace.at(root), write=True) as house:
        collect_configured(house, NOW)
        draw(house, W46, NOW)
        grade(house, W46)
    settings.write_text(text)
    return root


@pytest.fixture
def house(graded: Path, tmp_path: Path) -> Iterator[Opened]:
    """An opened copy of it."""
    with opened(Workspace.at(copy_of(graded, tmp_path / "ws")), write=True) as found:
        yield found


def test_the_severe_grader_is_found_and_nobody_beside_him(house: Opened) -> None:
    """35 calls read by two each: Ben 1.5 below the others; Anna and Cora, whose partner he was, are not named."""
    report = agreement_report(house, W46)
    beyond = {(one.person, one.criterion) for one in report.severity if one.beyond}
    assert beyond == {(BEN, "correctness")}
    assert (report.weeks, report.people, report.judge) == (1, (ANNA, BEN, CORA), None)
    (correctness,) = [one for one in report.comparisons if one.criterion == "correctness"]
    assert (correctness.pairs, correctness.found is not None) == (35, True)


@pytest.mark.usefixtures("everybody_is_done")
def test_every_judged_check_is_shown_with_and_without(house: Opened) -> None:
    """Ben's grades count; the resolution check has a second reading without them, and the notices say it in words."""
    summary = week_summary(house, W46)
    (resolution,) = [check for check in summary.checks if check.threshold.measure == "resolution_rate"]
    (without,) = [one for one in resolution.variants if "calibration" in one.left_out]
    read = sum(any(g.grader.name == BEN for g in one.grades if g.grader.kind == "human") for one in summary.results)
    assert (without.left_out, without.calls) == (f"grades of {BEN}, who needs calibration", read)
    assert any(notice.startswith(f"{BEN} needs calibration: correctness 1.") for notice in summary.notices)
    assert {one.name: one.calls for one in summary.graders}[BEN] == read


def test_all_his_calls_go_to_a_second_person_next_week(house: Opened) -> None:
    """W47 at 20 %: each of Ben's calls is also Anna's or Cora's, in the plan and in the draw; Anna still reads 20."""
    assert graders(house, W47) == ([ANNA, BEN, CORA], frozenset({BEN}))
    planned = next(size for size in plan(house, W47).sizes if size.size == 35)
    asked = assignments(draw(house, W47, NOW).sample)
    others = set(asked[ANNA]) | set(asked[CORA])
    assert asked[BEN]
    assert set(asked[BEN]) <= others
    assert {person: len(given) for person, given in asked.items()} == planned.reads
    assert len(asked[ANNA]) >= 20


def test_the_due_list_names_him_once_a_session_was_held(house: Opened) -> None:
    """First of all the session nobody held yet; then, while he is beyond the bar, Ben."""
    assert (due(house, NOW)[0].who, due(house, NOW)[0].command) == ("everybody", "evalharness calibrate")
    with house.ledger.transaction() as tx:
        add_audit(tx, "calibration session", {"name": "calibration-2026-11-16"}, NOW)
    first = due(house, NOW)[0]
    assert (first.who, first.what.startswith("needs calibration")) == (BEN, True)


def test_a_grader_left_out_enters_no_figure_and_stays_in_the_ledger(house: Opened) -> None:
    """From W46 on: his grades are in no result, nobody waits for him, the report says why; the ledger has them all."""
    before = len(load_grades(house.ledger, W46))
    found = exclude(house, "ben  ode", W46, WHY, NOW)
    assert found is not None
    assert (found.person, found.by) == (BEN, ANNA)
    summary = week_summary(house, W46)
    names = {grade.grader.name for one in summary.results for grade in one.grades}
    assert BEN not in names
    assert BEN not in {one.name for one in summary.graders}
    assert len(load_grades(house.ledger, W46)) == before
    assert summary.excluded == (found,)
    assert any(
        f"the grades of {BEN} are left out of every figure from {W46} on: graded another" in one for one in summary.notices
    )
    assert not any("calibration" in one.left_out for check in summary.checks for one in check.variants)
    assert {one.person for one in agreement_report(house, W46).severity} == {ANNA, CORA}
    assert BEN not in assignments(draw(house, W47, NOW).sample)
    assert not any(one.who == BEN for one in due(house, NOW))


def test_weeks_before_the_date_keep_his_grades(house: Opened) -> None:
    """Left out from W47: W46 stands as it was."""
    whole = len(counted_grades(house, W46))
    exclude(house, BEN, W47, WHY, NOW)
    assert len(counted_grades(house, W46)) == whole
    assert exclusions(house, W46) == []
    assert [one.person for one in exclusions(house, W47)] == [BEN]


def test_never_takes_it_back_and_both_are_kept(house: Opened) -> None:
    """The newest word counts; the audit trail has both."""
    exclude(house, BEN, W46, WHY, NOW)
    assert exclude(house, BEN, "never", ("a mistake", ANNA), NOW) is None
    assert exclusions(house) == []
    assert BEN in {grade.grader.name for grade in counted_grades(house, W46)}
    assert len(house.ledger.rows("audit", action="exclude grader")) == 2
    with pytest.raises(UsageError, match="is not left out"):
        exclude(house, BEN, "never", ("again", ANNA), NOW)


@pytest.mark.parametrize(
    ("person", "start", "words", "said"),
    [
        ("Dora Em", W46, WHY, "nobody of the name 'Dora Em'"),
        (BEN, "2026-W60", WHY, "is no week"),
        (BEN, W46, (" ", ANNA), "the reason is empty"),
        (BEN, W46, ("why", BEN), "may not leave a grader out"),
    ],
)
def test_mistakes_leave_nobody_out(house: Opened, person: str, start: str, words: tuple[str, str], said: str) -> None:
    """Each is named, and nothing is written."""
    with pytest.raises(UsageError, match=said):
        exclude(house, person, start, words, NOW)
    assert exclusions(house) == []


def test_somebody_must_be_left(house: Opened) -> None:
    """Ben and Cora are left out; Anna cannot be."""
    exclude(house, BEN, W46, WHY, NOW)
    exclude(house, CORA, W46, WHY, NOW)
    with pytest.raises(UsageError, match="nobody would be left"):
        exclude(house, ANNA, W46, WHY, NOW)
