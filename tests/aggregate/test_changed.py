"""What is another than in the week before: parts that add up, counts, and no cause."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalharness.aggregate.changed import _parts, what_changed
from evalharness.aggregate.trend import trends
from evalharness.models.measure import Measure
from evalharness.models.trend import BY_THE_LOG, Movement, WhatChanged
from evalharness.models.week import shift
from evalharness.models.weekly import Groups, Tallied, WeekFigures
from evalharness.stats.exact import clopper_pearson
from tests.aggregate.figures import counted_week, made_week
from tests.builders import WEEK

BEFORE = shift(WEEK, -1)
ADDING = ("stratum", "intent", "version", "hour")
UNRESOLVED: dict[int, dict[str, Any]] = {position: {"outcome": "unresolved"} for position in range(1, 9)}


def changed(*weeks: WeekFigures) -> WhatChanged:
    """The last of these weeks beside the one before."""
    return what_changed(trends(weeks), weeks)


def movement(found: WhatChanged, measure: str = "resolution_rate") -> Movement:
    """The movement of one measure."""
    return next(one for one in found.movements if one.measure == measure)


def test_the_groups_that_go_with_it_come_first() -> None:
    """Eight of 20 unresolved, all of them with the first intent: 12 of 20 against 20 of 20, and -40 points of its own."""
    bookings = made_week(WEEK, UNRESOLVED, intents=(0,) * 8 + (1,) * 12)
    found = movement(changed(made_week(BEFORE, intents=(0,) * 8 + (1,) * 12), bookings))
    assert found.difference.value == pytest.approx(-0.4)
    assert found.clear
    assert (found.n, found.n_before) == (20, 20)
    first = next(part for part in found.parts if part.kind == "intent")
    assert (first.name, first.hits, first.calls, first.hits_before, first.calls_before) == ("booking", 0, 8, 8, 8)
    assert first.moved == pytest.approx(-0.4)


@settings(max_examples=25, deadline=None)
@given(
    bad=st.lists(st.lists(st.integers(1, 20), max_size=12, unique=True), min_size=2, max_size=2),
    failing=st.lists(st.lists(st.integers(1, 20), max_size=6, unique=True), min_size=2, max_size=2),
    intents=st.lists(st.lists(st.integers(0, 5), min_size=1, max_size=9), min_size=2, max_size=2),
    technical=st.tuples(st.integers(0, 4), st.integers(0, 4)),
    out=st.lists(st.integers(1, 20), max_size=4, unique=True),
)
def test_the_parts_of_a_kind_add_up_to_the_difference(
    bad: list[list[int]], failing: list[list[int]], intents: list[list[int]], technical: tuple[int, int], out: list[int]
) -> None:
    """Whatever is unresolved, out of scope, failed or technical: over stratum, intent, version and hour each."""
    weeks = []
    for at, week in enumerate((BEFORE, WEEK)):
        amiss: dict[int, dict[str, Any]] = {position: {"outcome": "unresolved"} for position in bad[at]}
        amiss |= {position: {"outcome": "out_of_scope"} for position in (out if at else [])}
        for position in failing[at]:
            amiss[position] = {**amiss.get(position, {}), "wrong_information": "yes", "correctness": 2}
        weeks.append(made_week(week, amiss, intents[at], technical=technical[at]))
    for one in changed(*weeks).movements:
        for kind in ADDING:
            parts = [part.moved for part in one.parts if part.kind == kind]
            assert None not in parts
            if parts:
                assert math.fsum(part or 0.0 for part in parts) == pytest.approx(one.difference.value, abs=1e-9), one.measure


def test_what_the_log_alone_shows_is_a_group_of_its_own() -> None:
    """No technical failure before, four now: 4 of 204 clear failures that nobody graded."""
    found = movement(changed(made_week(BEFORE), made_week(WEEK, technical=4)), "clear_failure_rate")
    part = next(part for part in found.parts if part.name == BY_THE_LOG and part.kind == "intent")
    assert (part.hits, part.hits_before) == (4, 0)
    assert part.moved == pytest.approx(4 / 204)


def test_criteria_have_counts_and_no_part() -> None:
    """Three calls with wrong information now, none before: 3 of 20, which adds up to nothing."""
    amiss = {position: {"wrong_information": "yes"} for position in (1, 2, 3)}
    found = movement(changed(made_week(BEFORE), made_week(WEEK, amiss)), "clear_failure_rate")
    checks = [part for part in found.parts if part.kind == "criterion"]
    assert (checks[0].name, checks[0].hits, checks[0].calls, checks[0].hits_before) == ("wrong_information", 3, 20, 0)
    assert {part.moved for part in checks} == {None}


def test_a_figure_that_does_not_move_is_no_movement() -> None:
    """The same week twice."""
    assert changed(made_week(BEFORE), made_week()).movements == ()


def test_a_break_is_no_movement() -> None:
    """The clock is another one: slow calls are not compared, and it is said where nothing is."""
    first = counted_week(BEFORE, slow_calls=(2, 100))
    second = counted_week(WEEK, slow_calls=(30, 100)).model_copy(update={"meanings": {"slow_calls": {"how": "another"}}})
    found = changed(first, second)
    assert (found.movements, found.why_not) == ((), "no figure means what it meant before")


def test_few_calls_are_said() -> None:
    """Nine calls before, 100 now."""
    found = movement(changed(counted_week(BEFORE, slow_calls=(1, 9)), counted_week(WEEK, slow_calls=(30, 100))), "slow_calls")
    assert found.note == "few calls: 100, and 9 before"


def test_no_week_before_and_no_week_at_all() -> None:
    """Said in words, never compared with nothing."""
    alone = changed(made_week())
    assert (alone.before, alone.movements, alone.why_not) == (None, (), "no week before it is drawn")
    assert what_changed(trends([]), [], WEEK).why_not == "the week is not drawn"


def test_what_somebody_is_still_to_grade_is_not_told_apart() -> None:
    """Held back: the movement stands, its groups do not, and it says why."""
    held = made_week(WEEK, UNRESOLVED).model_copy(update={"held": True, "groups": {}})
    found = movement(changed(made_week(BEFORE), held))
    assert found.parts == ()
    assert "still to grade" in found.note


def test_what_the_week_before_holds_back_is_not_told_apart_either() -> None:
    """The groups of both weeks are needed: held in the week before alone, and it says so."""
    held = made_week(BEFORE).model_copy(update={"held": True, "groups": {}})
    found = movement(changed(held, made_week(WEEK, UNRESOLVED)))
    assert found.parts == ()
    assert "still to grade" in found.note


def test_clear_movements_come_first() -> None:
    """Slow calls moved clearly, the median, a main measure, by no limits that are known: slow calls first."""
    weeks = []
    for week, slow, median in ((BEFORE, 2, 500.0), (WEEK, 60, 510.0)):
        found = counted_week(week, slow_calls=(slow, 100))
        share = found.measures["slow_calls"]
        low, high = clopper_pearson(slow, 100)
        half = Measure(name="latency_p50_ms", unit="ms", value=median, n=100, of=100)
        more = {
            "measures": {"latency_p50_ms": half, **found.measures},
            "meanings": {"latency_p50_ms": {"how": "as ever"}, **found.meanings},
            "process": {"slow_calls": share.model_copy(update={"low": low, "high": high})},
        }
        weeks.append(found.model_copy(update=more))
    moved = changed(*weeks).movements
    assert [(one.measure, one.clear) for one in moved] == [("slow_calls", True), ("latency_p50_ms", False)]


def test_a_difference_from_an_older_week_is_no_movement() -> None:
    """Nobody graded the week before, so resolution is held against the one before that, and is not told as moved since."""
    weeks = [made_week(shift(WEEK, -2)), made_week(BEFORE, graded=0), made_week(WEEK, UNRESOLVED)]
    point = trends(weeks).trend("resolution_rate").points[-1]
    assert point.difference is not None
    assert point.difference.before == shift(WEEK, -2)
    found = changed(*weeks)
    assert found.before == BEFORE
    assert "resolution_rate" not in [one.measure for one in found.movements]


def test_an_error_tag_of_one_week_alone_is_told() -> None:
    """Confusion in none of the weeks before, in 3 of 20 now; a kind of group that only one week tells is left out."""
    now: Groups = {"stratum": {"core": Tallied(hits=5, calls=20)}, "error_tag": {"confusion": Tallied(hits=3, calls=20)}}
    before: Groups = {"stratum": {"core": Tallied(hits=2, calls=18)}, "hour": {"09": Tallied(hits=2, calls=18, part=0.1)}}
    assert {one.kind for one in _parts(now, before)} == {"stratum", "error_tag"}


def test_nothing_says_why() -> None:
    """No word of a cause in any text of it."""
    found = changed(made_week(BEFORE), made_week(WEEK, UNRESOLVED, technical=3))
    text = found.model_dump_json()
    assert not [word for word in ("because", "caused", "due to", "explains") if word in text]


def test_a_kind_of_error_that_a_week_has_not_is_none_of_its_calls() -> None:
    """3 of 20 calls now, none of the 18 counted before: "0 of 18", not "0 of 0"."""
    now: Groups = {"stratum": {"core": Tallied(hits=5, calls=20)}, "error_tag": {"confusion": Tallied(hits=3, calls=20)}}
    before: Groups = {"stratum": {"core": Tallied(hits=2, calls=18), BY_THE_LOG: Tallied(hits=1, calls=1)}}
    (part,) = [one for one in _parts(now, before) if one.kind == "error_tag"]
    assert (part.hits, part.calls, part.hits_before, part.calls_before, part.moved) == (3, 20, 0, 18, None)
