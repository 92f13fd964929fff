"""People's and the LLM's yes/no grades combined: exact in one phase, honest in two, never contradicted by one more failure."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalharness.stats.exact import clopper_pearson
from evalharness.stats.interval import Interval
from evalharness.stats.melded import Cell, Choice, Frame, melded_share, use_combination
from tests.stats.oracle import the_oracle


def one_phase(*cells: tuple[int, int, int]) -> Interval:
    """The melded share where the LLM graded the whole week."""
    return melded_share([Frame(tuple(Cell(*cell) for cell in cells))])


def test_one_cell_of_a_large_week_is_clopper_pearson() -> None:
    """4 of 50 of 200,000 calls: the finite week adds nothing, .0222 to .1923."""
    low, high = clopper_pearson(4, 50)
    share = one_phase((4, 50, 200_000))
    assert (share.low, share.high) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))
    assert (share.value, share.state, share.n) == (pytest.approx(0.08), "ok", 50)


def test_the_value_weighs_the_cells_by_their_calls() -> None:
    """LLM says failed: 12 of 20 of 200 calls; passed: 1 of 30 of 800. (200 * .6 + 800 / 30) / 1000 = .1467."""
    share = one_phase((12, 20, 200), (1, 30, 800))
    assert share.value == pytest.approx(0.1467, abs=1e-4)
    assert share.low < share.value < share.high


def test_a_good_llm_narrows_a_useless_one_does_not() -> None:
    """15 failures of 50 graded: all in the LLM's own 300 of 1000 calls, or spread evenly over both of its verdicts."""
    people = one_phase((15, 50, 1000))
    good = one_phase((15, 15, 300), (0, 35, 700))
    useless = one_phase((8, 25, 500), (7, 25, 500))
    assert good.high - good.low < 0.75 * (people.high - people.low)
    assert useless.high - useless.low == pytest.approx(people.high - people.low, abs=0.05)


def test_two_phases_are_wider_than_one() -> None:
    """The same shares, the LLM on 200 of 1000 calls or on all: what the LLM did not grade is predicted, not known."""
    one = one_phase((9, 15, 300), (3, 35, 700))
    two = melded_share([Frame((Cell(9, 15, 60), Cell(3, 35, 140)), 1000)])
    assert two.value == pytest.approx(one.value)
    assert two.low < one.low
    assert two.high > one.high


def test_where_the_llm_graded_nothing_more_the_verdicts_do_not_matter() -> None:
    """3 of 10 and 1 of 20, both whole cells, of 500 calls: 4 of 30 known, so one cell of 500."""
    two = melded_share([Frame((Cell(3, 10, 10), Cell(1, 20, 20)), 500)])
    assert two == one_phase((4, 30, 500))


@pytest.mark.parametrize("upper", [True, False])
def test_two_phases_by_plain_sums(upper: bool) -> None:
    """2 of 5 of 9 and 1 of 6 of 11 drawn of 40: P(total) = sum over H of P(H) P(total | H), one loop a step."""
    from scipy.stats import betabinom

    def step(hits: int, n: int, N: int) -> dict[int, float]:
        a, b = (hits + 1, n - hits) if upper else (hits, n - hits + 1)
        if a == 0 or b == 0:
            return {N - n + hits if b == 0 else hits: 1.0}
        return {hits + x: float(betabinom.pmf(x, N - n, a, b)) for x in range(N - n + 1)}

    drawn = np.zeros(21)
    for first, p in step(2, 5, 9).items():
        for second, q in step(1, 6, 11).items():
            drawn[first + second] += p * q
    total = np.zeros(41)
    for hits, p in enumerate(drawn):
        for count, q in step(hits, 20, 40).items():
            total[count] += p * q
    limit = int(np.searchsorted(total.cumsum(), 0.975 if upper else 0.025)) / 40
    share = melded_share([Frame((Cell(2, 5, 9), Cell(1, 6, 11)), 40)])
    assert (share.high if upper else share.low) == pytest.approx(limit)


def test_strata_add_up() -> None:
    """Core and tail as two frames are the same as four cells, where the LLM graded everything."""
    core, tail = (Cell(2, 20, 500), Cell(1, 20, 400)), (Cell(3, 5, 60), Cell(0, 5, 40))
    assert melded_share([Frame(core), Frame(tail)]) == melded_share([Frame((*core, *tail))])
    assert melded_share([Frame(core, 900), Frame(tail, 100)]) == melded_share([Frame(core), Frame(tail)])


@pytest.mark.parametrize(
    ("frames", "expected"),
    [
        ([], Interval(None, 0, 1, "no data")),
        ([Frame((), 0)], Interval(None, 0, 1, "no data")),
        ([Frame(())], Interval(None, 0, 1, "no data")),
        ([Frame((), 100)], Interval(None, 0, 1, "no data")),
        ([Frame((Cell(0, 0, 100),))], Interval(None, 0, 1, "no data")),
        ([Frame((Cell(2, 8, 8), Cell(0, 2, 2)))], Interval(0.2, 0.2, 0.2, "census", 10, 10)),
    ],
)
def test_nothing_and_everything_graded(frames: list[Frame], expected: Interval) -> None:
    """No grade says nothing, all grades say all: 2 of 10."""
    assert melded_share(frames) == expected


@pytest.mark.parametrize(
    "frame",
    [
        Frame((Cell(3, 2, 10),)),
        Frame((Cell(1, 12, 10),)),
        Frame((Cell(-1, 2, 10),)),
        Frame((Cell(1, 5, 10),), 9),
        Frame((), -1),
    ],
)
def test_counts_that_contradict_each_other(frame: Frame) -> None:
    """Said, not computed."""
    share = melded_share([frame, Frame((Cell(1, 5, 10),))])
    assert (share.value, share.low, share.high, share.state) == (None, 0, 1, "bad input")


def test_a_cell_without_a_grade_may_hold_anything() -> None:
    """100 of 1000 calls unseen: the upper limit is at least 10 %, the value counts them as half: 50/1000 = 5 %."""
    share = one_phase((0, 0, 100), (0, 30, 900))
    assert (share.value, share.state) == (pytest.approx(0.05), "wide")
    assert share.high > 0.1 + 0.9 * 0.1
    assert share.low == 0
    assert "no grade by people" in share.note


def test_a_stratum_the_llm_never_saw_may_hold_anything() -> None:
    """Half of the week not drawn at all: limits from 0 to more than .5."""
    share = melded_share([Frame((Cell(0, 30, 100),)), Frame((), 100)])
    assert (share.state, share.value) == ("wide", pytest.approx(0.25))
    assert share.low == 0
    assert share.high > 0.5


def test_nothing_but_hits_leaves_the_rest_open_to_be_hits() -> None:
    """5 of 5 of 50, 0 of 20 of 100: the 45 may all be hits, the lower limit is above the 5 known."""
    share = one_phase((5, 5, 50), (0, 20, 100))
    assert share.high >= 50 / 150
    assert 5 / 150 < share.low < 50 / 150


def test_agrees_with_the_oracle() -> None:
    """1,000 seeded weeks of one to four cells, one phase: the same limits to the call."""
    oracle, rng = the_oracle(), np.random.default_rng(1)
    for i in range(1000):
        cells = []
        for _ in range(int(rng.integers(1, 5))):
            N = int(rng.integers(0, 2500 if i % 50 == 0 else 200))
            n = int(rng.integers(0, min(N, 40) + 1))
            cells.append((int(rng.integers(0, n + 1)), n, N))
        tail = float(rng.choice([0.025, 0.05]))
        ours, theirs = melded_share([Frame(tuple(Cell(*cell) for cell in cells))], tail), oracle.melded_share(cells, tail)
        assert ours.state == theirs.state
        assert (ours.low, ours.high) == (pytest.approx(theirs.low), pytest.approx(theirs.high))
        assert ours.value == pytest.approx(theirs.value)


def a_frame(rng: np.random.Generator) -> Frame:
    """A stratum of up to three cells, in one phase or two, some cells empty or ungraded."""
    cells = []
    for _ in range(int(rng.integers(0, 4))):
        calls = int(rng.integers(0, 30))
        graded = int(rng.integers(0, calls + 1))
        cells.append(Cell(int(rng.integers(0, graded + 1)), graded, calls))
    drawn = sum(cell.calls for cell in cells)
    return Frame(tuple(cells), None if rng.random() < 0.4 else drawn + int(rng.integers(0, 60)))


@settings(deadline=None)
@given(st.integers(0, 2**32))
def test_never_nan_never_certain_without_a_census(seed: int) -> None:
    """Limits around the value; no width only where everything was graded; nothing graded is 0 to 1."""
    rng = np.random.default_rng(seed)
    frames = [a_frame(rng) for _ in range(int(rng.integers(0, 4)))]
    share = melded_share(frames)
    graded, size = sum(cell.graded for frame in frames for cell in frame.cells), sum(frame.size for frame in frames)
    assert 0 <= share.low <= share.high <= 1
    if graded == 0:
        assert share == Interval(None, 0, 1, "no data")
        return
    assert share.value is not None
    assert share.low <= share.value <= share.high
    assert (share.low == share.high) == (share.state == "census") == (graded == size)
    hits = sum(cell.hits for frame in frames for cell in frame.cells)
    assert share.low >= hits / size - 1e-12
    assert share.high <= 1 - (graded - hits) / size + 1e-12


@settings(deadline=None)
@given(st.integers(0, 2**32))
def test_one_more_failure_lowers_no_limit(seed: int) -> None:
    """One graded call of any cell turns from passed to failed: neither limit falls, and the choice of method stays."""
    rng = np.random.default_rng(seed)
    frames = [a_frame(rng) for _ in range(int(rng.integers(1, 3)))]
    before = melded_share(frames)
    for h, frame in enumerate(frames):
        for i, cell in enumerate(frame.cells):
            if cell.hits == cell.graded:
                continue
            worse = (*frame.cells[:i], Cell(cell.hits + 1, cell.graded, cell.calls), *frame.cells[i + 1 :])
            changed = [*frames[:h], Frame(worse, frame.population), *frames[h + 1 :]]
            after = melded_share(changed)
            assert after.high >= before.high - 1e-12
            assert after.low >= before.low - 1e-12
            assert use_combination(changed) == use_combination(frames)


def test_one_more_failure_in_every_cell_of_a_week() -> None:
    """All 11 x 31 outcomes of core 30 of 900 (cells of 10 and 20) in two phases: both limits rise along either cell."""
    found = {
        (a, b): melded_share([Frame((Cell(a, 10, 40), Cell(b, 20, 80)), 900), Frame((Cell(1, 4, 20), Cell(0, 4, 20)), 100)])
        for a in range(0, 11, 2)
        for b in range(0, 21, 2)
    }
    for (a, b), share in found.items():
        for more in ((a + 2, b), (a, b + 2)):
            if more in found:
                assert found[more].high >= share.high
                assert found[more].low >= share.low


WHOLE = Frame((Cell(9, 15, 300), Cell(2, 35, 700)))


@pytest.mark.parametrize(
    ("frames", "why"),
    [
        ([WHOLE], ""),
        ([Frame((Cell(9, 15, 22), Cell(2, 20, 28)), 1000)], ""),
        ([], "fewer than 20"),
        ([Frame((Cell(5, 9, 300), Cell(0, 10, 700)))], "fewer than 20"),
        ([Frame((Cell(9, 15, 20), Cell(2, 35, 48)), 1000)], "fewer than 1.4 times"),
        ([Frame((Cell(3, 6, 140), Cell(0, 44, 860)))], "same verdict"),
        ([Frame((Cell(3, 6, 160), Cell(0, 44, 840)))], ""),
        ([Frame((Cell(0, 0, 300), Cell(2, 50, 700)))], "no call"),
        ([WHOLE, Frame((Cell(0, 0, 10), Cell(1, 5, 90)))], ""),
        ([WHOLE, Frame((), 500)], "no call"),
    ],
)
def test_when_the_grades_are_combined(frames: list[Frame], why: str) -> None:
    """50 of 35 graded is 1.43 times as many, 68 of 50 only 1.36; 860 of 1000 alike is above 85 %; 10 of 1100 unseen below 2 %."""
    choice = use_combination(frames)
    assert choice.combine == (why == "")
    assert why in choice.why


def test_the_choice_says_why() -> None:
    """The reason stands in the report."""
    assert use_combination([]) == Choice(combine=False, why="people graded fewer than 20 calls")


def test_the_choice_counts_calls_of_the_week_not_of_the_sample() -> None:
    """Nearly all of the small stratum's calls are alike (95 of 100 drawn), half of the large one's (50 of 100): of 1100 calls
    .95 x 100 + .5 x 1000 = 595, 54 %. The other way round 1000 x .95 + 50 = 91 % are alike."""
    alike, mixed = (Cell(5, 30, 95), Cell(0, 3, 5)), (Cell(5, 30, 50), Cell(0, 30, 50))
    assert use_combination([Frame(alike, 100), Frame(mixed, 1000)]).combine
    assert "same verdict" in use_combination([Frame(alike, 1000), Frame(mixed, 100)]).why


def test_fifty_drawn_of_which_people_graded_thirty_five_are_enough() -> None:
    """1.4 x 35 = 49, so 50 and 49 are, 48 are not."""
    for calls, enough in ((50, True), (49, True), (48, False)):
        assert use_combination([Frame((Cell(5, 18, 24), Cell(0, 17, calls - 24)), 1000)]).combine is enough
