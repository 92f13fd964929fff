"""Weeks that no run takes up by itself, or that nobody finished: named in a line, with what to type."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from evalharness.cli.words import loop_as_json, of_loop
from evalharness.flows.due import Due, due
from evalharness.flows.opened import Opened, opened
from evalharness.flows.sign_off import Wish, sign
from evalharness.flows.unsigned import Older, older_weeks
from evalharness.flows.week import run_week
from evalharness.store.records import add_intake
from evalharness.workspace.folder import Workspace
from tests.builders import MONDAY, a_call, an_intake, call_measures
from tests.flows.workspaces import make_workspace

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
W44, W45, W46, W47 = (f"2026-W{number}" for number in (44, 45, 46, 47))


@pytest.fixture
def house(tmp_path) -> Iterator[Opened]:
    """Calls of four weeks, two each, in a workspace whose first week nobody has written down."""
    root = make_workspace(tmp_path / "desk", [])
    with opened(Workspace.at(root), write=True) as made:
        ends = [MONDAY - timedelta(days=7 * ago) + timedelta(days=day) for ago in range(4) for day in (0, 6)]
        calls = [a_call(id=f"c{number}", started_at=start) for number, start in enumerate(ends)]
        parts = made.calls.write_parts([(call, call_measures(call.id)) for call in calls], made.config.zone)
        with made.ledger.transaction() as tx:
            add_intake(tx, an_intake(len(calls)), parts, NOW)
        yield with_first(made, None)


def with_first(house: Opened, week: str | None) -> Opened:
    """As if `first_week` were this one."""
    return replace(house, config=house.config.model_copy(update={"first_week": week}))


def about_older(items: list[Due]) -> list[tuple[str, str]]:
    """What is due of weeks before the first one, and what to type."""
    return [(item.what, item.command) for item in items if "before the first week" in item.what]


def test_weeks_that_were_never_drawn_are_named_with_what_to_type(house: Opened) -> None:
    """The first run begins with W47; W44 to W46 hold calls that no run would ever draw."""
    run = run_week(house, NOW)

    assert [one.week for one in run.weeks] == [W47]
    assert of_loop(run)[-1] == (
        "Older weeks never drawn, before the first week (2026-W47): 2026-W44 to 2026-W46 (3 weeks) "
        "(evalharness week --week 2026-W46; all of them: first_week: 2026-W44 in evalharness.yaml)"
    )
    assert about_older(due(house, NOW)) == [
        ("before the first week, 2026-W47, never drawn: 2026-W44 to 2026-W46 (3 weeks)", "evalharness week --week 2026-W46")
    ]
    assert loop_as_json(run)["never_drawn"] == [W44, W45, W46]


def test_before_the_first_run_they_are_named_too(house: Opened) -> None:
    """Asking what is due fixes no first week: nothing is written."""
    assert [item[1] for item in about_older(due(house, NOW))] == ["evalharness week --week 2026-W46"]
    assert house.ledger.rows("audit", action="first week") == []


def test_what_is_to_be_typed_works_and_is_then_asked_for_no_more(house: Opened) -> None:
    """W46 by its name: drawn, and no longer among the undrawn; signed off it is named nowhere."""
    run_week(house, NOW)
    named = run_week(house, NOW, week=W46)
    assert (named.older, of_loop(named)[-1].startswith("Older")) == (None, False)
    assert older_weeks(house, NOW) == Older(W47, (W44, W45), (W46,))
    assert "drawn, not signed off: 2026-W46 (evalharness names what is due)" in of_loop(run_week(house, NOW))[-1]
    assert about_older(due(house, NOW)) == [
        ("before the first week, 2026-W47, never drawn: 2026-W44 and 2026-W45", "evalharness week --week 2026-W45"),
        ("before the first week, 2026-W47, drawn and not signed off: 2026-W46", "evalharness week --week 2026-W46"),
    ]

    sign(house, Wish(W46, "Anna Keller", "keep"), NOW)
    assert older_weeks(house, NOW) == Older(W47, (W44, W45), ())


def test_all_of_them_are_drawn_by_the_first_week_that_is_named(house: Opened) -> None:
    """From W44 on: four weeks are drawn, W47 is shown, the three before it wait for the owner."""
    run = run_week(with_first(house, W44), NOW)

    assert [one.week for one in run.weeks] == [W44, W45, W46, W47]
    assert run.unfinished == [W44, W45, W46] == loop_as_json(run)["unfinished"]
    assert of_loop(run)[-1] == (
        "Older weeks drawn, not signed off: 2026-W44 to 2026-W46 (3 weeks) (evalharness names what is due)"
    )


def test_a_first_week_that_the_owner_wrote_leaves_weeks_out_on_purpose(house: Opened) -> None:
    """From W47 on by the owner's own hand: nothing is said, every week."""
    mine = with_first(house, W47)

    assert older_weeks(mine, NOW) == Older(W47)
    assert not [line for line in of_loop(run_week(mine, NOW)) if line.startswith("Older")]
    assert about_older(due(mine, NOW)) == []
