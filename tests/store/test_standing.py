"""What the ledger holds up to a week, in one digest."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from evalharness.models.week import shift
from evalharness.store.ledger import Ledger
from evalharness.store.records import add_audit, add_grades
from evalharness.store.standing import CALLS_AHEAD, of_weeks, standing
from tests.builders import MONDAY, WEEK, a_grade

BEFORE = shift(WEEK, -1)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """A new one with a grade of each of two weeks."""
    with Ledger.open(tmp_path / "ledger.db", create=True) as found:
        for week in (BEFORE, WEEK):
            grade(found, week)
        yield found


def grade(ledger: Ledger, week: str) -> None:
    """One more grade of that week."""
    with ledger.transaction() as tx:
        add_grades(tx, [a_grade(week=week)])


def held(ledger: Ledger, week: str) -> str:
    """The digest up to the week."""
    return standing(ledger.links(), week, {name: shift(week, weeks) for name, weeks in CALLS_AHEAD.items()})


def test_a_later_week_changes_nothing_of_an_earlier_one(ledger: Ledger) -> None:
    """A grade of W47: W46 stands, W47 does not; a grade of W46 changes both."""
    first = [held(ledger, week) for week in (BEFORE, WEEK)]
    grade(ledger, WEEK)
    second = [held(ledger, week) for week in (BEFORE, WEEK)]
    assert (first[0] == second[0], first[1] == second[1]) == (True, False)
    grade(ledger, BEFORE)
    third = [held(ledger, week) for week in (BEFORE, WEEK)]
    assert (second[0] == third[0], second[1] == third[1]) == (False, False)


def test_the_same_is_the_same_and_what_is_of_no_week_is_not_in_it(ledger: Ledger) -> None:
    """Asked twice; a row of the audit trail has its own hashes."""
    first = held(ledger, WEEK)
    with ledger.transaction() as tx:
        add_audit(tx, "something", {}, MONDAY)
    assert held(ledger, WEEK) == first


def test_calls_of_three_weeks_behind_count() -> None:
    """Parts of W50 concern W47, those of W51 do not; grades of W48 do not either."""
    ahead = {name: shift(WEEK, weeks) for name, weeks in CALLS_AHEAD.items()}
    base = {"parts": {WEEK: "a"}, "grades": {WEEK: "g"}}

    def of(**more: dict[str, str]) -> str:
        return standing({name: {**base[name], **more.get(name, {})} for name in base}, WEEK, ahead)

    assert of(parts={shift(WEEK, 3): "b"}) != of()
    assert of(parts={shift(WEEK, 4): "b"}) == of()
    assert of(grades={shift(WEEK, 1): "b"}) == of()


def test_rows_of_the_trail_up_to_a_week(ledger: Ledger) -> None:
    """Those that name no week count always, one of a later week does not."""
    with ledger.transaction() as tx:
        for details in ({"week": BEFORE}, {"week": WEEK}, {"person": "Ben Ode"}, {"week": 47}):
            add_audit(tx, "something", details, MONDAY)
    rows = ledger.rows("audit")
    hashes = [row["sha256"] for row in rows]
    assert sorted(of_weeks(rows, BEFORE)) == sorted([hashes[0], hashes[2], hashes[3]])
    assert sorted(of_weeks(rows, WEEK)) == sorted(hashes)
