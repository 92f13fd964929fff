"""Severity of graders: who is beyond the bar, who only graded beside such a person, and what lately means."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from evalharness.aggregate.inputs import PastWeek
from evalharness.aggregate.severity import LATELY, needing, severity
from evalharness.models.severity import CalibrationRules, Severity
from tests.aggregate.histories import LEVELS, SHARES, a_past_week, grades_of, near
from tests.builders import a_rubric

RULES = CalibrationRules()
A, B, C = "Anna Keller", "Ben Ode", "Cora Lind"


def beside(pairs: Sequence[dict[str, int]], number: int = 1) -> PastWeek:
    """A week of calls with these people's levels of correctness."""
    return a_past_week([{name: {"correctness": level} for name, level in one.items()} for one in pairs], number)


def found(*weeks: PastWeek, owner: str = A, rules: CalibrationRules = RULES) -> dict[str, Severity]:
    return {one.person: one for one in severity(weeks, a_rubric(), rules, owner)}


def test_the_difference_is_own_minus_the_others() -> None:
    """Anna 5 and 4, Ben 4 and 4: Ben is (4 - 5 + 4 - 4) / 2 = -0.5 levels off, Anna 0.5; two calls decide nothing."""
    rows = found(beside([{A: 5, B: 4}, {A: 4, B: 4}]))
    assert rows[B].difference.value == pytest.approx(-0.5)
    assert rows[A].difference.value == pytest.approx(0.5)
    assert (rows[B].difference.n, rows[B].others, rows[B].beyond, rows[B].drift) == (2, (A,), False, None)


def test_three_people_are_held_against_the_mean_of_the_others() -> None:
    """Levels 5, 4, 2 on one call: 5 - 3 = 2; 4 - 3.5 = 0.5; 2 - 4.5 = -2.5."""
    rows = found(beside([{A: 5, B: 4, C: 2}]))
    assert [rows[name].difference.value for name in (A, B, C)] == pytest.approx([2, 0.5, -2.5])


def test_a_severe_grader_needs_calibration() -> None:
    """Ben 1 or 2 below the owner on 24 calls, mean -1.5, sd 0.51: limits -1.5 -+ 2.07 x 0.51 / 4.9 = -1.72 to -1.28."""
    rows = found(beside([{A: 5, B: 3 + i % 2} for i in range(24)]))
    assert rows[B].difference.low == pytest.approx(-1.716, abs=0.002)
    assert rows[B].difference.high == pytest.approx(-1.284, abs=0.002)
    assert needing(rows.values()) == {B}


def test_of_two_people_the_owner_is_the_measure() -> None:
    """The same 24 calls: it is Ben with Anna as owner, Anna with Ben as owner, both where neither is: nothing can tell."""
    week = beside([{A: 5, B: 3 + i % 2} for i in range(24)])
    assert needing(found(week, owner=B).values()) == {A}
    assert needing(found(week, owner="Dora Em").values()) == {A, B}


def test_nineteen_calls_decide_nothing() -> None:
    """One call below the bar of 20, however far apart."""
    weeks = beside([{A: 5, B: 1 + i % 2} for i in range(19)])
    assert needing(found(weeks).values()) == set()
    assert needing(found(weeks, rules=CalibrationRules(min_calls=19)).values()) == {B}


def test_the_whole_interval_must_lie_beyond() -> None:
    """Mean -0.75 of -1 and 0, sd 0.44 over 24 calls: high -0.75 + 0.19 = -0.56 is beyond; of 12 and 12 it is -0.5 + 0.22."""
    assert needing(found(beside([{A: 4, B: 3 + (i % 4 == 0)} for i in range(24)])).values()) == {B}
    assert needing(found(beside([{A: 4, B: 3 + i % 2} for i in range(24)])).values()) == set()
    assert (
        needing(
            found(beside([{A: 4, B: 3 + (i % 4 == 0)} for i in range(24)]), rules=CalibrationRules(max_severity=0.6)).values()
        )
        == set()
    )


def test_graded_beside_a_severe_person_is_not_lenient() -> None:
    """Ben is 2 below both others; beside him alone each of them is 2 above on half of their calls, beyond the bar. Only Ben."""
    pairs = (
        [{A: 4, B: 2 + i % 2} for i in range(24)]
        + [{B: 2 + i % 2, C: 4} for i in range(24)]
        + [{A: 4, C: 4 + i % 2} for i in range(8)]
    )
    rows = found(beside(pairs))
    assert rows[C].difference.low is not None
    assert rows[C].difference.low > 0.5
    assert needing(rows.values()) == {B}


def test_lately_decides_where_it_holds_enough_calls() -> None:
    """Five weeks: 40 calls 2 levels off, then four weeks of 6 alike: free again. The other way round: named, lately."""
    off, alike = [{A: 5, B: 3 + i % 2} for i in range(40)], [{A: 4, B: 4 + (i % 6 == 0)} for i in range(6)]
    better = found(beside(off, 1), *(beside(alike, n) for n in range(2, 6)))
    assert better[B].difference.high is not None
    assert better[B].difference.high < -0.5
    assert (better[B].beyond, better[B].lately.n, better[B].before.n) == (False, 24, 40)
    late = [{A: 5, B: 3 + i % 2} for i in range(6)]
    worse = found(beside([{A: 4, B: 4} for _ in range(80)], 1), *(beside(late, n) for n in range(2, 6)))
    assert worse[B].difference.low is not None
    assert worse[B].difference.low > -0.7
    assert (worse[B].beyond, worse[B].by_lately) == (True, True)


def test_drift_is_lately_minus_before() -> None:
    """Before: alike on 10 calls; lately 1 level below on 12: drift -1. With 9 before there is none."""
    lately = [beside([{A: 4, B: 3}] * 3, n) for n in range(2, 6)]
    drift = found(beside([{A: 4, B: 4}] * 10, 1), *lately)[B].drift
    assert drift is not None
    assert drift.value == pytest.approx(-1.0)
    assert found(beside([{A: 4, B: 4}] * 9, 1), *lately)[B].drift is None


def test_only_blind_levels_of_two_people_count() -> None:
    """N/A, a call that one person read, an LLM's level and yes/no criteria say nothing of severity."""
    week = a_past_week(
        [
            {A: {"correctness": None}, B: {"correctness": 2}},
            {A: {"correctness": 4}},
            {A: {"correctness": 4}, "judge": {"correctness": 1}},
            {A: {"wrong_information": "yes"}, B: {"wrong_information": "no"}},
        ]
    )
    assert severity([week], a_rubric(), RULES, A) == ()
    assert severity([], a_rubric(), RULES, A) == ()


def test_assisted_answers_say_nothing_of_severity() -> None:
    """Ben saw Anna's grades of 24 calls and is 2 levels below: that is no blind difference, so there is none at all."""
    seen = [
        grade
        for i in range(1, 25)
        for grade in grades_of(f"w1-c{i}", {B: {"correctness": 2 + i % 2}}, lane="assisted", week="2026-W01")
    ]
    week = a_past_week([{A: {"correctness": 4}} for _ in range(24)], more=seen)
    assert severity([week], a_rubric(), RULES, A) == ()


@pytest.mark.parametrize(("bias", "least", "most"), [(0.0, 0.0, 0.0), (-0.5, 0.0, 0.08), (-1.5, 0.9, 1.0)])
def test_how_often_it_names(bias: float, least: float, most: float) -> None:
    """60 histories of 40 shared calls among three people, Ben off by 0, half a level (the bar), 1.5 levels.

    Named: never; at the bar itself in .025 and two standard errors (.02) more, with some for clipping; nearly always.
    An innocent one in at most 2 of 60.
    """
    rng = np.random.default_rng(11)
    named = innocent = 0
    for _ in range(60):
        pairs = []
        for _ in range(40):
            level = int(rng.choice(LEVELS, p=SHARES))
            two = rng.choice((A, B, C), 2, replace=False)
            off = int(np.floor(bias) if rng.random() < np.ceil(bias) - bias else np.ceil(bias))
            pairs.append({str(name): int(np.clip(near(rng, level, 0.7) + off * (name == B), 1, 5)) for name in two})
        people = needing(found(beside(pairs)).values())
        named += B in people
        innocent += bool(people - {B})
    assert least <= named / 60 <= most
    assert innocent <= 2


def moved(before: Sequence[int], lately: Sequence[int], weeks: int = 4) -> dict[str, Severity]:
    """Anna gives 3 each time; Ben what stands here, over and over: 8 calls a week for so many weeks, then for four."""
    shared = [[{A: 3, B: given[i % len(given)]} for i in range(8)] for given in [before] * weeks + [lately] * LATELY]
    return found(*(beside(one, number) for number, one in enumerate(shared, 1)))


def test_who_drifted_away_needs_calibration_though_never_beyond_the_bar_alone() -> None:
    """32 calls at +0.5, then 32 at -0.625, each -+ 0.18: neither interval is beyond 0.5; the drift, -1.125 -+ 0.25, is."""
    row = moved((4, 3), (2, 3, 2, 3, 2))[B]
    assert (row.beyond, row.by_drift, row.by_lately) == (True, True, False)
    assert row.drift is not None
    assert row.drift.high is not None
    assert row.drift.high < -0.5


def test_who_came_back_has_not_drifted_away() -> None:
    """A level and a half below, then none: that is what a calibration is for."""
    row = moved((1, 2), (3,))[B]
    assert row.drift is not None
    assert row.drift.low is not None
    assert row.drift.low > 0.5
    assert (row.beyond, row.by_drift) == (False, False)


def test_a_drift_needs_twenty_calls_on_both_sides() -> None:
    """16 calls before: shown, and no reason."""
    row = moved((4, 3), (2, 3, 2, 3, 2), weeks=2)[B]
    assert row.drift is not None
    assert (row.before.n, row.beyond) == (16, False)


def test_a_small_drift_is_only_shown() -> None:
    """From 0.25 above to 0.25 below: half a level, so no interval around it lies beyond half a level."""
    row = moved((3, 3, 3, 4), (3, 3, 3, 2))[B]
    assert row.drift is not None
    assert (row.drift.value, row.beyond) == (pytest.approx(-0.5), False)
