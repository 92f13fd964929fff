"""Actions in a workspace: written down, fixed, checked, dropped; carried by reports, frozen by sign-offs, due."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from evalharness.errors import SignOffError, UsageError
from evalharness.flows.actions import Plan, add, check, drop, fix, listed
from evalharness.flows.due import due
from evalharness.flows.opened import Opened, opened
from evalharness.flows.report import write_reports
from evalharness.flows.sign_off import Wish, propose, sign
from evalharness.flows.summary import week_summary
from evalharness.flows.trend import trend
from evalharness.flows.week import run_week
from evalharness.models.act import Action
from evalharness.store.records import actions, load_sample, sign_offs
from evalharness.workspace.folder import Workspace
from tests.flows.workspaces import copy_of, make_workspace

FIRST, SECOND = "2026-W46", "2026-W47"
NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
"""Monday of W48: W47 is the newest complete week."""
W50 = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """W46 and W47 collected and drawn, nothing graded; tests work on copies."""
    root = make_workspace(tmp_path_factory.mktemp("acting") / "ws", (FIRST, SECOND))
    with opened(Workspace.at(root), write=True) as house:
        for week in (FIRST, SECOND):
            run_week(house, NOW, week=week)
    return root


@pytest.fixture
def house(drawn: Path, tmp_path: Path) -> Iterator[Opened]:
    """An opened copy of it."""
    with opened(Workspace.at(copy_of(drawn, tmp_path / "ws")), write=True) as found:
        yield found


def ids(house: Opened, week: str = FIRST) -> list[str]:
    """The drawn calls in queue order."""
    sample = load_sample(house.ledger, week)
    assert sample is not None
    return [item.call.id for item in sample.items]


def added(house: Opened, week: str = FIRST, *, at: datetime = NOW, **fields: Any) -> Action:
    """An action found in the week's first call."""
    ordinary = {"calls": ids(house, week)[:1], "criterion": "correctness", "cause": "prompt", "owner": "Ben Ode"}
    return add(house, week, Plan(**{**ordinary, **fields}), at)


def numbers(found: tuple[Action, ...]) -> list[str]:
    """Their ids."""
    return [action.id for action in found]


def test_what_is_written_down_is_kept(house: Opened) -> None:
    """Two calls, one of them named twice and once by source; capitals and spaces do not matter; numbers go up within a week."""
    one, two = ids(house)[:2]
    source = house.calls.find(one)[0].source
    kept = added(
        house,
        calls=[one, f"{source}:{one}", two],
        criterion=" Human Needed",
        cause="Knowledge ",
        owner=" Ben \n Ode ",
        due="2026-W50",
    )
    assert (kept.id, kept.calls) == ("A-2026-W46-1", ((source, one), (source, two)))
    assert (kept.criterion, kept.cause, kept.owner, kept.due) == ("human_needed", "knowledge", "Ben Ode", "2026-W50")
    assert [added(house).id, added(house, SECOND).id] == ["A-2026-W46-2", "A-2026-W47-1"]
    assert list(actions(house.ledger)) == ["A-2026-W46-1", "A-2026-W46-2", "A-2026-W47-1"]
    assert house.ledger.verify() == []


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"calls": ["nobody"]}, "no call has the id 'nobody'"),
        ({"calls": [""]}, "no call has the id ''"),
        ({"calls": ["../../x:y"]}, "no call has the id"),
        ({"calls": []}, "no call is named"),
        ({"calls": ["x"] * 101}, "101 calls are too many"),
        ({"criterion": "charm"}, "'charm' is no question"),
        ({"cause": "moon"}, "'moon' is no cause"),
        ({"owner": "  "}, "empty"),
        ({"owner": "x" * 201}, "too long"),
        ({"due": "2026-W47"}, "it cannot be due in 2026-W47"),
        ({"due": "2025-W53"}, "'2025-W53' is no week"),
        ({"due": "soon"}, "'soon' is no week"),
        ({"note": "x" * 4001}, "4001 characters"),
        ({"note": "\udc80"}, "no readable text"),
    ],
)
def test_what_cannot_be_written_down_is_refused(house: Opened, fields: dict[str, Any], says: str) -> None:
    """One sentence says what is wrong, and nothing is kept. Now is W48, so W47 is over; 2025 has 52 weeks."""
    with pytest.raises(UsageError, match=says):
        added(house, **fields)
    assert actions(house.ledger) == {}


def test_a_call_of_another_week_names_its_week(house: Opened) -> None:
    """A call of W47 is no call of W46; the error says which week to type. This week (W48) is not over: due in it is fine."""
    with pytest.raises(UsageError, match="is of 2026-W47") as refused:
        added(house, calls=ids(house, SECOND)[:1])
    assert refused.value.fix == "--week 2026-W47"
    assert added(house, due="2026-W48").due == "2026-W48"


def test_from_open_to_checked(house: Opened) -> None:
    """Checked only after it was fixed, and only in a week after W46 that has calls; a fix that failed is fixed again."""
    name = added(house).id
    with pytest.raises(UsageError, match="not fixed yet"):
        check(house, name, SECOND, NOW)
    assert fix(house, name.lower(), " v2.1 ", NOW).fixed_in_version == "v2.1"
    with pytest.raises(UsageError, match=r"fixed in v2\.1 already"):
        fix(house, name, "v2.1", NOW)
    fix(house, name, "v2.2", NOW)
    for week, says in ((FIRST, "cannot show"), ("2026-W49", "no calls of 2026-W49"), ("2026-W54", "is no week")):
        with pytest.raises(UsageError, match=says):
            check(house, name, week, NOW)
    closed = check(house, name, SECOND, NOW, "three calls, all right")
    assert (closed.state, closed.fixed_in_version, closed.check_note) == ("checked", "v2.2", "three calls, all right")
    assert [row["state"] for row in house.ledger.rows("actions")] == ["open", "fixed", "fixed", "checked"]


def test_a_closed_action_is_never_changed(house: Opened) -> None:
    """Checked or dropped: fix, check and drop are refused; an unknown id too; a reason is needed to drop."""
    done, gone = added(house).id, added(house).id
    with pytest.raises(UsageError, match="empty"):
        drop(house, gone, "  ", NOW)
    fix(house, done, "v2", NOW)
    check(house, done, SECOND, NOW)
    drop(house, gone, "was none", NOW)
    kept = house.ledger.head()
    for name, ended in ((done, "closed, checked in 2026-W47"), (gone, "closed, dropped: was none")):
        with pytest.raises(UsageError, match=ended):
            fix(house, name, "v3", NOW)
        with pytest.raises(UsageError, match=ended):
            check(house, name, SECOND, NOW)
        with pytest.raises(UsageError, match=ended):
            drop(house, name, "again", NOW)
    with pytest.raises(UsageError, match="there is no action 'A-2026-W46-9'"):
        fix(house, "A-2026-W46-9", "v3", NOW)
    assert house.ledger.head() == kept


def test_the_list_is_overdue_first_and_keeps_closed_ones_for_all(house: Opened) -> None:
    """Seen from W50: 3 was due in W49, 2 is due in W51, 1 has no week; 4 is dropped and stands last with all."""
    for week in (None, "2026-W51", "2026-W49", "2026-W48"):
        added(house, due=week)
    drop(house, "A-2026-W46-4", "was none", NOW)
    assert [one[-1] for one in numbers(listed(house, W50)[1])] == ["3", "2", "1"]
    assert [one[-1] for one in numbers(listed(house, W50, closed=True)[1])] == ["3", "2", "1", "4"]
    assert listed(house, W50)[0] == "2026-W50"


def test_the_reports_of_later_weeks_carry_it_until_it_is_checked(house: Opened) -> None:
    """Found in W46: in the reports of W46 and W47, not of a week before; fixed it stays; checked it is gone. Files say so."""
    name = added(house, note="says Monday").id
    assert [numbers(week_summary(house, week).actions) for week in (FIRST, SECOND)] == [[name], [name]]
    fix(house, name, "v2", NOW)
    assert week_summary(house, SECOND).actions[0].state == "fixed"
    write_reports(house, week_summary(house, SECOND), NOW)
    text = house.workspace.report_path(SECOND, "summary.md").read_text()
    assert f"- {name} (fixed in v2, not checked yet) Ben Ode mends prompt; correctness, call " in text
    check(house, name, SECOND, NOW)
    assert week_summary(house, SECOND).actions == ()
    write_reports(house, week_summary(house, SECOND), NOW)
    assert json.loads(house.workspace.report_path(SECOND, "summary.json").read_text())["actions"] == []
    assert numbers((added(house, SECOND),)) == ["A-2026-W47-1"]
    assert week_summary(house, FIRST).actions == ()


def test_a_sign_off_freezes_the_open_actions(house: Opened) -> None:
    """Signed with one open: later it is checked and another is found, the signed week shows what it was signed with, W47 not."""
    first = added(house)
    signed = sign(house, Wish(FIRST, "Anna Keller", "fix"), NOW)
    assert signed.actions == (first,)
    fix(house, first.id, "v2", NOW)
    check(house, first.id, SECOND, NOW)
    second = added(house)
    summary = week_summary(house, FIRST)
    assert summary.actions == (first,)
    assert summary.since is not None
    assert summary.since.nothing
    assert summary.since.summary_digest == signed.summary_digest
    assert numbers(week_summary(house, SECOND).actions) == [second.id]
    again = sign(house, Wish(FIRST, "Anna Keller", "fix", again="one more found"), NOW)
    assert again.actions == (second,)
    assert [one.actions for one in sign_offs(house.ledger, FIRST)] == [(first,), (second,)]


def test_an_action_that_comes_while_reading_is_not_signed_unseen(house: Opened) -> None:
    """What is signed is what was shown."""
    shown = propose(house, Wish(FIRST, "Anna Keller", "keep"), NOW).signed.summary_digest
    added(house)
    with pytest.raises(SignOffError, match="changed while you were reading"):
        sign(house, Wish(FIRST, "Anna Keller", "keep"), NOW, shown)


def test_a_late_sign_off_is_marked(house: Opened) -> None:
    """On Monday of W50, W46 to W49 have ended: W46 is 3 weeks late, W47 is 2; in time is 0; again, as late as first."""
    assert propose(house, Wish(SECOND, "Anna Keller", "keep"), NOW).signed.late_weeks == 0
    assert propose(house, Wish(FIRST, "Anna Keller", "keep"), NOW).signed.late_weeks == 1
    assert propose(house, Wish(FIRST, "Anna Keller", "keep"), W50).signed.late_weeks == 3
    assert sign(house, Wish(SECOND, "Anna Keller", "keep"), W50).late_weeks == 2
    again = datetime(2026, 12, 21, 7, 0, tzinfo=UTC)
    assert sign(house, Wish(SECOND, "Anna Keller", "keep", again="why not"), again).late_weeks == 2
    assert [week.signed.late_weeks for week in trend(house).weeks if week.signed] == [2]
    text = house.workspace.report_path(SECOND, "summary.md").read_text()
    assert "Signed late, 2 weeks after its end." in text


def test_due_are_overdue_ones_and_those_of_this_week(house: Opened) -> None:
    """In W50: W49 and W50 are listed, what is fixed by then is to be checked by the owner; W51 is counted as for later."""
    for week in ("2026-W50", "2026-W49", "2026-W51", None, "2026-W48"):
        added(house, due=week)
    fix(house, "A-2026-W46-5", "v2", NOW)
    drop(house, "A-2026-W46-4", "was none", NOW)
    found = [one for one in due(house, W50) if "action" in one.command]
    assert [(one.week, one.who, one.command) for one in found] == [
        ("2026-W49", "Ben Ode", "evalharness action fix A-2026-W46-2 --version VERSION"),
        ("2026-W48", "Anna Keller", "evalharness action check A-2026-W46-5 --week 2026-W49"),
        ("2026-W50", "Ben Ode", "evalharness action fix A-2026-W46-1 --version VERSION"),
        ("2026-W50", "", "evalharness action list"),
    ]
    assert found[3].what == "1 more open action, for later"
    assert "OVERDUE, was due in 2026-W49" in found[0].what
    assert not [one for one in due(house, NOW) if "action fix" in one.command]
    assert "3 more open actions, for later" in [one.what for one in due(house, NOW)]  # 5 - 1 dropped - 1 to check
