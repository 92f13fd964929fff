"""Which weeks and rubrics are meant, what lint says of use, and what disagreements keep to themselves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from evalharness.errors import ConfigError, UsageError
from evalharness.flows.collect import collect_configured
from evalharness.flows.draw import assignments, draw
from evalharness.flows.opened import Opened, opened
from evalharness.flows.rubric_look import (
    chosen_weeks,
    diff_report,
    disagreement_report,
    form_report,
    lint_report,
    needs_workspace,
    to_grade,
)
from evalharness.grade.rubric_lint import Finding
from evalharness.models.grade import Grader, Scored
from evalharness.store.records import add_grades, load_sample
from evalharness.workspace.folder import Workspace
from tests.flows.bridging import ANNA, BEN, NOW, WEEKS, given, make_graded, new_rubric, usual
from tests.flows.deciding import finish
from tests.flows.workspaces import copy_of, make_workspace


def _value(person: str, criterion: str, position: int) -> int | str:
    """Ben is a level below on tone; N/A is left out here."""
    return 3 if (person, criterion) == (BEN, "tone") else usual(person, criterion, position)


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two weeks of 35 calls, 7 of each graded by both people."""
    return make_graded(tmp_path_factory.mktemp("look") / "ws", _value)


@pytest.fixture
def house(graded: Path, tmp_path: Path) -> Iterator[Opened]:
    """An opened copy."""
    with opened(Workspace.at(copy_of(graded, tmp_path / "ws")), write=True) as found:
        yield found


def _of_criterion(findings: tuple[Finding, ...], criterion: str) -> list[str]:
    return [finding.what for finding in findings if finding.where == f"criterion {criterion}"]


def test_lint_says_what_use_shows_with_its_n(house: Opened) -> None:
    """Correctness is 4 on all 70 calls; a clear-failure check that is always no is as it should be."""
    report = lint_report(house)
    assert _of_criterion(report.findings, "correctness") == [
        "people gave 4 to 70 of 70 calls: it tells calls hardly apart",
        "nobody gave 1, 2, 3, 5 in 70 calls",
    ]
    assert _of_criterion(report.findings, "wrong_information") == []
    assert {finding.severity for finding in report.findings} == {"warning"}
    assert (report.weeks, report.few) == (WEEKS, ())


def test_lint_of_one_week(house: Opened) -> None:
    """35 calls are enough for one level, and too few to name an unused one."""
    assert _of_criterion(lint_report(house, 1).findings, "correctness") == [
        "people gave 4 to 35 of 35 calls: it tells calls hardly apart"
    ]


def test_lint_before_anything_is_graded(tmp_path: Path) -> None:
    """No drawn week: the form alone."""
    root = make_workspace(tmp_path / "ws", ())
    with opened(Workspace.at(root)) as house:
        report = lint_report(house)
    assert (report.findings, report.weeks, report.use) == ((), (), ())


def test_lint_of_a_file(house: Opened) -> None:
    """A rubric nobody graded by has a form and no use."""
    path = new_rubric(house.workspace.root, "weight: 25", "weight: 26")
    assert [finding.severity for finding in form_report(path).findings] == ["error"]


def test_which_weeks(house: Opened) -> None:
    """A week alone, the newest so many, all; and what is no such week."""
    assert [one.week for one in chosen_weeks(house, WEEKS[0], None)] == [WEEKS[0]]
    assert [one.week for one in chosen_weeks(house, None, 1)] == [WEEKS[1]]
    assert [one.week for one in chosen_weeks(house, WEEKS[1], 2)] == list(WEEKS)
    assert [one.week for one in chosen_weeks(house, None, None)] == list(WEEKS)
    with pytest.raises(UsageError, match="2026-W40 is not drawn"):
        chosen_weeks(house, "2026-W40", None)
    with pytest.raises(UsageError, match="0 weeks hold nothing"):
        chosen_weeks(house, None, 0)


def test_people_differ_on_tone(house: Opened) -> None:
    """7 calls a week are graded by both: 14 of 14 differ, too few for a share; nothing else differs."""
    found = disagreement_report(house, None, None, None)
    differing = {one.criterion: (one.differing, one.calls, one.share) for one in found.criteria if one.differing}
    assert differing == {"tone": (14, 14, None)}
    tone = next(one for one in found.criteria if one.criterion == "tone")
    assert (tone.confused[0].texts["3"][:24], len(tone.confused[0].calls)) == ("Polite but mechanical: a", 14)


def test_a_call_that_somebody_is_still_to_grade_is_held_back(tmp_path: Path) -> None:
    """Of Ben's calls the last is left: where Anna graded it, it counts and is not shown, unless asked for."""
    root = make_workspace(tmp_path / "ws", (WEEKS[1],), people=(ANNA, BEN))
    with opened(Workspace.at(root), write=True) as house:
        collect_configured(house, NOW)
        sample = draw(house, WEEKS[1], NOW).sample
        with house.ledger.transaction() as tx:
            add_grades(tx, [given(sample, ANNA, place, "tone", 4) for place in assignments(sample)[ANNA]])
        assert to_grade(house, [WEEKS[1]]) == {item.identity for item in sample.items}, "Anna has answered one question of each"
        for place in assignments(sample)[ANNA]:
            finish(house, ANNA, position=place, week=WEEKS[1])
        waiting = to_grade(house, [WEEKS[1]])
        assert waiting == {sample.items[place - 1].identity for place in assignments(sample)[BEN]}
        with house.ledger.transaction() as tx:
            add_grades(tx, [given(sample, BEN, place, "tone", 3) for place in assignments(sample)[BEN][:-1]])
        for place in assignments(sample)[BEN][:-1]:
            finish(house, BEN, position=place, week=WEEKS[1])
        assert len(to_grade(house, [WEEKS[1]])) == 1
        held = disagreement_report(house, None, None, "tone").criteria[0].confused[0]
        shown = disagreement_report(house, None, None, "tone", ungraded=True).criteria[0].confused[0]
        assert held.n == shown.n
        assert len(held.calls) + held.held_back == len(shown.calls)


def test_an_unknown_criterion(house: Opened) -> None:
    """Named, with those there are; a measured one is nobody's answer."""
    for name in ("mood", "latency"):
        with pytest.raises(UsageError, match="is no criterion that graders answer"):
            disagreement_report(house, None, None, name)


def test_the_llm_beside_people(house: Opened) -> None:
    """Its 5 against people's 4 on the first call of the week: row 4, column 5."""
    sample = load_sample(house.ledger, WEEKS[1])
    assert sample is not None
    judge = Grader(kind="llm", name="judge-1", version="1", prompt_digest="p" * 64)
    grade = given(sample, ANNA, 1, "correctness", 5)
    assert isinstance(grade, Scored)
    with house.ledger.transaction() as tx:
        add_grades(tx, [grade.model_copy(update={"grader": judge})])
    found = disagreement_report(house, None, None, "correctness")
    one = next(one for one in found.criteria if one.between == "people_and_llm")
    assert (one.calls, one.differing, one.table[3][4]) == (1, 1, 1)
    assert {side.kind for side in one.confused[0].calls[0].sides} == {"human", "llm"}


def test_rubrics_by_week_and_by_file(house: Opened) -> None:
    """A week's frozen rubric, a file, and the next draw's where none is named."""
    path = str(new_rubric(house.workspace.root))
    assert diff_report(house, WEEKS[1], path).kind("tone") == "meaning"
    assert diff_report(house, path, None).kind("tone") == "meaning"
    assert diff_report(None, path, path).lines == ()
    assert (needs_workspace(path, path), needs_workspace(WEEKS[0], path), needs_workspace(path, None)) == (False, True, True)


def test_what_is_no_rubric(house: Opened) -> None:
    """A file that is not there, a week without a workspace, a single file outside of one."""
    with pytest.raises(ConfigError, match="there is no such file"):
        diff_report(None, "nothing.yaml", "nothing.yaml")
    with pytest.raises(UsageError, match="2026-W47 is a week of no workspace"):
        diff_report(None, "2026-W47", "2026-W47")
    with pytest.raises(UsageError, match="no second rubric is named"):
        diff_report(None, "old.yaml", None)
