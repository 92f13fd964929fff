"""What the ledger holds up to a week, in one digest."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from evalharness.models.week import shift
from evalharness.store.ledger import Ledger
from evalharness.store.records import Part, add_audit, add_export, add_grades, add_intake
from evalharness.store.standing import CALLS_AHEAD, KEY_KEPT, PULLED, SENT_OUT, WRITTEN_OUT, of_weeks, standing
from tests.builders import MONDAY, WEEK, a_grade, an_intake

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


def newest(ledger: Ledger) -> str:
    """The newest link of all, with its number."""
    return f"{ledger.rows('chain')[-1]['seq']}:{ledger.head()}"


def test_the_head_of_a_week_is_its_newest_link(ledger: Ledger) -> None:
    """meta is 1, the grades of W46 and W47 are 2 and 3: W46 rests on 2, W47 on 3. Both rest on the next grade of W46."""
    heads = [ledger.head_of(week) for week in (BEFORE, WEEK)]
    assert [head.partition(":")[0] for head in heads] == ["2", "3"]
    assert heads[1] == newest(ledger)
    grade(ledger, BEFORE)
    assert [ledger.head_of(week) for week in (BEFORE, WEEK)] == [newest(ledger)] * 2


def test_what_was_written_or_sent_moves_no_head(ledger: Ledger) -> None:
    """Every kind that only records that; what was read from a sheet moves it, and so does any other row of the trail."""
    kept = ledger.head_of(WEEK)
    with ledger.transaction() as tx:
        for kind in WRITTEN_OUT:
            add_export(tx, "reports/page.html", "0" * 64, kind, WEEK, MONDAY, {})
        for action in SENT_OUT:
            add_audit(tx, action, {"week": WEEK}, MONDAY)
    assert (ledger.head_of(WEEK), ledger.head() == kept.partition(":")[2]) == (kept, False)
    with ledger.transaction() as tx:
        add_export(tx, "sheet import: Anna.xlsx", "0" * 64, "sheet import", WEEK, MONDAY, {})
    assert ledger.head_of(WEEK) == newest(ledger) != kept
    with ledger.transaction() as tx:
        add_audit(tx, "grader left out", {"person": "Ben Ode"}, MONDAY)
    assert ledger.head_of(WEEK) == newest(ledger)


def test_rows_of_later_weeks_move_no_head(ledger: Ledger) -> None:
    """Exports and the trail name their week; calls count up to three weeks behind, and an intake names no week."""
    kept = ledger.head_of(BEFORE)
    with ledger.transaction() as tx:
        add_export(tx, "sheet import: Anna.xlsx", "0" * 64, "sheet import", WEEK, MONDAY, {})
        add_audit(tx, "llm grades shown", {"week": WEEK}, MONDAY)
    assert ledger.head_of(BEFORE) == kept
    taken = an_intake(1)
    for weeks, moves in ((4, False), (3, True)):
        week = shift(BEFORE, weeks)
        with ledger.transaction() as tx:
            add_intake(tx, taken, [Part("calls", week, f"calls/week={week}/{weeks}.parquet", "0" * 64, 1)], MONDAY)
        assert (ledger.head_of(BEFORE) == newest(ledger)) is moves


def test_a_file_of_nothing_but_known_rows_moves_no_head(ledger: Ledger) -> None:
    """Three rows read again: no head moves; one of three that is rejected, in conflict or taken in moves it."""
    for report, moves in (
        (an_intake(3, accepted=0, duplicate=3), False),
        (an_intake(3, accepted=0, duplicate=2, rejected=1), True),
        (an_intake(3, accepted=0, duplicate=2, conflict=1), True),
        (an_intake(3, accepted=1, duplicate=2), True),
    ):
        with ledger.transaction() as tx:
            add_intake(tx, report, [], MONDAY)
        assert (ledger.head_of(WEEK) == newest(ledger)) is moves


def test_a_platform_that_had_nothing_new_moves_no_head(ledger: Ledger) -> None:
    """Nor does what tells the key from another; a pull that brought calls does."""
    kept = ledger.head_of(WEEK)
    with ledger.transaction() as tx:
        add_audit(tx, KEY_KEPT, {"check": "0" * 64}, MONDAY)
        add_audit(tx, PULLED, {"week": WEEK, "came": 0, "known": 5}, MONDAY)
    assert ledger.head_of(WEEK) == kept
    with ledger.transaction() as tx:
        add_audit(tx, PULLED, {"week": WEEK, "came": 1, "known": 5}, MONDAY)
    assert ledger.head_of(WEEK) == newest(ledger)


def test_what_came_after_a_head_is_counted_by_table(ledger: Ledger) -> None:
    """After the grade of W46 (link 2): one grade and one row of the trail. A hash that is no link has no place."""
    link = ledger.head_of(BEFORE).partition(":")[2]
    with ledger.transaction() as tx:
        add_audit(tx, "something", {}, MONDAY)
    assert ledger.since(link) == (2, {"audit": 1, "grades": 1})
    assert ledger.since(ledger.head()) == (4, {})
    assert ledger.since("0" * 64) is None
