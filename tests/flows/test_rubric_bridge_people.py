"""A bridge by people: sheets under the new rubric, read back, kept apart from every week; and how its calls are chosen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook

from evalharness.errors import ConfigError, UsageError
from evalharness.flows.opened import Opened, opened
from evalharness.flows.rubric_bridge import PLANNED, Bridging, bridging, keep_plan
from evalharness.flows.rubric_bridge_people import answered, exchange_bridge_sheets, people_result
from evalharness.flows.rubric_bridged import bridges
from evalharness.grade.human.layout import ROW_ID
from evalharness.models.bridge import BridgePlan
from evalharness.models.rubric import Rubric
from evalharness.store.disputes import add_dispute
from evalharness.store.records import add_audit, add_grades, freeze_rubric, load_grades, load_sample
from evalharness.workspace.folder import Workspace
from evalharness.workspace.yaml_file import load_yaml
from tests.builders import a_dispute
from tests.flows.bridging import ANNA, BEN, NOW, WEEKS, given, make_graded, new_rubric, usual
from tests.flows.test_calibrate import fill
from tests.flows.workspaces import copy_of

ANSWERS = {name: usual("", name, 1) for name in ("correctness", "human_needed", "escalation", "outcome")}


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two weeks of 35 calls, graded, and a new rubric."""
    root = make_graded(tmp_path_factory.mktemp("people") / "ws")
    new_rubric(root)
    return root


@pytest.fixture
def house(graded: Path, tmp_path: Path) -> Iterator[Opened]:
    """An opened copy."""
    with opened(Workspace.at(copy_of(graded, tmp_path / "ws")), write=True) as found:
        yield found


def _bridging(house: Opened, calls: int = 20) -> Bridging:
    return bridging(house, house.workspace.root / "new.yaml", "people", calls, NOW)


def _fill_all(house: Opened, one: Bridging, tone: int) -> None:
    for sheet in exchange_bridge_sheets(house, one, NOW):
        fill(house.workspace.root / sheet.path, {**ANSWERS, "tone": tone}, calls=sheet.calls)


def test_the_choice_is_seeded_and_takes_every_week_by_its_share(house: Opened) -> None:
    """70 calls in two weeks of 35: ten of each; the same again."""
    plan = _bridging(house).plan
    assert Counter(call.week for call in plan.calls) == {WEEKS[0]: 10, WEEKS[1]: 10}
    assert _bridging(house).plan == plan
    assert len({call.identity for call in plan.calls}) == 20


def test_each_call_goes_to_who_graded_it(house: Opened) -> None:
    """The person of a call has a blind grade of it."""
    graders = {(g.identity, g.grader.name) for week in WEEKS for g in load_grades(house.ledger, week)}
    assert all((call.identity, call.person) in graders for call in _bridging(house).plan.calls)


def test_the_plan_stays_when_more_calls_are_there(house: Opened) -> None:
    """Kept before the first sheet: a call that is disputed later stays in it."""
    one = _bridging(house)
    keep_plan(house, one, NOW)
    first = one.plan.calls[0]
    with house.ledger.transaction() as tx:
        dispute = a_dispute(source=first.source, call_id=first.call_id, criterion="tone")
        add_dispute(tx, first.week, dispute, NOW)
    again = _bridging(house)
    assert (again.kept, again.plan) == (True, one.plan)
    other = bridging(house, house.workspace.root / "new.yaml", "people", 21, NOW).plan  # a new choice leaves it out
    assert first.identity not in {call.identity for call in other.calls}


def test_a_call_that_somebody_is_still_to_grade_is_not_taken(house: Opened) -> None:
    """The pool is what is wholly graded: 70 calls fit, 71 do not."""
    assert len(_bridging(house, 70).plan.calls) == 70
    with pytest.raises(UsageError, match="there are 70 past calls to ask about, not 71"):
        _bridging(house, 71)


def test_people_who_differ_are_not_undisputed(house: Opened) -> None:
    """Ben says 1 where Anna says 4: the call waits for an adjudicator, and 69 are left."""
    sample = load_sample(house.ledger, WEEKS[0])
    assert sample is not None
    both = set(sample.design.asked[ANNA]) & set(sample.design.asked[BEN])
    with house.ledger.transaction() as tx:
        add_grades(tx, [given(sample, BEN, min(both), "tone", 1)])
    with pytest.raises(UsageError, match="there are 69 past calls"):
        _bridging(house, 70)


def test_the_sheets_are_blind(house: Opened) -> None:
    """What people answered then stands nowhere in them; what stands there is the new text."""
    sheets = exchange_bridge_sheets(house, _bridging(house), NOW)
    assert sum(sheet.calls for sheet in sheets) == 20
    for sheet in sheets:
        rows = list(load_workbook(house.workspace.root / sheet.path)["Scores"].iter_rows(values_only=True))
        calls = [row for row in rows if isinstance(row[0], str) and ROW_ID.fullmatch(row[0])]
        assert len(calls) == sheet.calls
        assert not any(cell for row in calls for cell in row[6:])
        assert any("Plain throughout" in str(cell) for row in rows for cell in row)


def test_typed_answers_give_the_shift_and_enter_no_week(house: Opened) -> None:
    """Everybody gives tone 3 where they gave 4: -1 on 20 calls; the weeks' grades are what they were."""
    before = [load_grades(house.ledger, week) for week in (*WEEKS, "2026-W48")]
    one = _bridging(house)
    _fill_all(house, one, 3)
    states = {sheet.state for sheet in exchange_bridge_sheets(house, one, NOW)}
    found = people_result(house, one, NOW)
    tone = next(criterion for criterion in found.criteria if criterion.criterion == "tone")
    assert states == {"read"}
    assert tone.shift is not None
    assert (tone.shift.value, tone.calls, found.answered) == (-1.0, 20, 20)
    assert [load_grades(house.ledger, week) for week in (*WEEKS, "2026-W48")] == before
    assert bridges(house) == [found]


def test_read_twice_is_kept_once(house: Opened) -> None:
    """The second reading finds nothing new; a lost sheet is written again with what was answered."""
    one = _bridging(house)
    _fill_all(house, one, 4)
    exchange_bridge_sheets(house, one, NOW)
    kept = answered(house, one.plan.name, ANNA)
    sheets = exchange_bridge_sheets(house, one, NOW)
    assert {sheet.state for sheet in sheets} == {"nothing new"}
    assert answered(house, one.plan.name, ANNA) == kept
    (house.workspace.root / sheets[0].path).unlink()
    again = exchange_bridge_sheets(house, one, NOW)[0]
    assert (again.state, again.answered) == ("written", again.calls)
    assert exchange_bridge_sheets(house, one, NOW)[0].state == "nothing new"


def test_a_sheet_of_something_else_is_named(house: Opened) -> None:
    """Ben's file under Anna's name is not read."""
    one = _bridging(house)
    exchange_bridge_sheets(house, one, NOW)
    folder = house.workspace.root / "sheets" / one.plan.name
    (folder / f"{ANNA}.xlsx").write_bytes((folder / f"{BEN}.xlsx").read_bytes())
    first = next(sheet for sheet in exchange_bridge_sheets(house, one, NOW) if sheet.person == ANNA)
    assert (first.state, first.problems) == ("not read", ("it is not the sheet of this bridge and person",))


def test_half_filled_shows_no_shift_yet(house: Opened) -> None:
    """Nothing typed: 0 of 20, nothing recorded."""
    one = _bridging(house)
    exchange_bridge_sheets(house, one, NOW)
    found = people_result(house, one, NOW)
    assert (found.answered, found.enough, bridges(house)) == (0, False, [])


def test_nothing_to_bridge(house: Opened) -> None:
    """The same meaning, other weights: there is no line to bridge."""
    path = new_rubric(house.workspace.root, "weight: 25", "weight: 25.0")
    with pytest.raises(UsageError, match="there is nothing to bridge"):
        bridging(house, path, "people", 20, NOW)


def test_a_measurement_needs_nobody(house: Opened) -> None:
    """Other bands of the latency are worked out from the log."""
    path = new_rubric(house.workspace.root, '5: "<600"', '5: "<500"')
    with pytest.raises(UsageError, match="there is nothing to bridge"):
        bridging(house, path, "people", 20, NOW)


def test_a_bridge_is_still_there_once_a_week_is_drawn_under_the_new_rubric(house: Opened) -> None:
    """The weeks here are under the shipped rubric; a plan that led to it from another one goes on from that one."""
    other, here = load_yaml(house.workspace.root / "new.yaml", Rubric), house.rubric()
    plan = _bridging(house).plan.model_copy(update={"old": other.digest(), "new": here.digest()})
    with house.ledger.transaction() as tx:
        freeze_rubric(tx, other, NOW)
        add_audit(tx, PLANNED, plan.model_dump(mode="json"), NOW)
    found = bridging(house, house.workspace.rubric_path, "people", 20, NOW)
    assert (found.kept, found.plan, found.old.digest()) == (True, plan, other.digest())


def test_fewer_than_twenty_are_no_bridge(house: Opened) -> None:
    """UsageError that says why."""
    with pytest.raises(UsageError, match="19 calls are no bridge"):
        _bridging(house, 19)


def test_a_rubric_with_errors_is_refused(house: Opened) -> None:
    """Weights that do not sum to 100."""
    path = new_rubric(house.workspace.root, "weight: 25", "weight: 26")
    with pytest.raises(ConfigError, match="the rubric has 1 error"):
        bridging(house, path, "people", 20, NOW)


def test_a_plan_reads_back() -> None:
    """As kept in the audit trail."""
    call = {"week": "2026-W46", "source": "s", "call_id": "c", "person": ANNA}
    plan = BridgePlan.model_validate(
        {"name": "b", "old": "o", "new": "n", "by": "people", "week": "2026-W48", "calls": (call,)}, strict=False
    )
    assert BridgePlan.model_validate(plan.model_dump(mode="json"), strict=False) == plan
