"""Mean scores of people and LLM together: who counts, what is open, when people's grades stand alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from evalharness.aggregate.frame import Row
from evalharness.aggregate.melding import Together
from evalharness.aggregate.scoring import Score, Scoring, together
from tests.aggregate.building import a_result, by
from tests.builders import a_measure

CALLS, DRAWN = 200, 40


def the_rows(strata: tuple[str, ...] = ("core",)) -> list[Row]:
    """40 drawn calls and 160 others, by turns from the strata."""
    return [Row(strata[place % len(strata)], a_result(place + 1) if place < DRAWN else None, {}) for place in range(CALLS)]


def combined(
    people: list[Score], llm: list[Score], rows: list[Row] | None = None, sizes: dict[str, int] | None = None
) -> Together:
    """People's scores of the drawn calls and the LLM's of all."""
    rows = rows or the_rows()
    said = {id(row): score for row, score in zip(rows, llm, strict=True)}
    scoring = Scoring(
        a_measure(None, "correctness", unit="score"),
        ("correctness",),
        lambda result: people[result.position - 1],
        lambda row: said[id(row)],
    )
    return together(scoring, rows, sizes or {"core": CALLS})


def scores(seed: int = 1, noise: float = 8.0) -> tuple[list[Score], list[Score], float]:
    """People's scores of 40 calls, the LLM's of 200 near the truth, and the mean of all 200."""
    rng = np.random.default_rng(seed)
    truth = np.clip(rng.normal(60, 20, CALLS), 0, 100)
    llm: list[Score] = [float(x) for x in np.clip(truth + rng.normal(5, noise, CALLS), 0, 100)]
    return [float(x) for x in truth[:DRAWN]], llm, float(truth.mean())


def width(found: Together) -> float:
    assert found.measure is not None
    return (found.measure.high or 0.0) - (found.measure.low or 0.0)


def test_open_calls_take_the_lowest_and_the_highest_score_in_turn() -> None:
    """People reached c10 and gave no score: with 0 there the mean lies lower, with 100 higher, than without the call."""
    people, llm, _ = scores()
    whole, open_ = combined(people, llm), combined([*people[:9], None, *people[10:]], llm)
    assert whole.measure is not None
    assert whole.bounds is not None
    assert open_.measure is not None
    assert open_.bounds is not None
    assert (open_.measure.n, open_.measure.missing) == (DRAWN - 1, 1)
    assert (open_.measure.low or 0) < (whole.measure.low or 0) - 0.5
    assert (open_.measure.high or 0) > (whole.measure.high or 0) + 0.5
    assert (open_.measure.low or 0) < open_.bounds[0] < open_.bounds[1] < (open_.measure.high or 0)
    assert (open_.bounds[0], open_.bounds[1]) != whole.bounds


def test_a_good_llm_narrows_the_mean_and_its_bias_does_not_move_it() -> None:
    """It is 5 points above the truth on average; the limits hold the truth, and the LLM alone does not."""
    people, llm, truth = scores()
    found = combined(people, llm)
    assert found.measure is not None
    assert found.bounds is not None
    assert (found.measure.n, found.measure.missing, found.verdicts, found.answers) == (DRAWN, 0, CALLS, DRAWN)
    assert (found.measure.low or 0) <= found.bounds[0] <= truth <= found.bounds[1] <= (found.measure.high or 0)
    assert width(found) < 0.7 * 2 * 2.02 * float(np.std([float(x or 0) for x in people], ddof=1)) / DRAWN**0.5
    assert found.llm.value == pytest.approx(float(np.mean([float(x or 0) for x in llm])))
    assert found.llm.value - truth > 2.5


def test_people_who_stopped_count_for_what_they_read() -> None:
    """25 read; a call passed over among them takes 0, then 100."""
    people, llm, _ = scores()
    stopped = combined([*people[:25], *[None] * 15], llm)
    assert stopped.measure is not None
    assert (stopped.measure.n, stopped.measure.missing) == (25, 0)
    open_ = combined([*people[:10], None, *people[11:26], *[None] * 14], llm)
    assert open_.measure is not None
    assert (open_.measure.n, open_.measure.missing) == (25, 1)
    assert width(open_) > width(stopped)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"read": 19}, "fewer than 20"),
        ({"useless": True}, "correlation"),
        ({"people_out": 1}, "people left 1 of 40 calls out"),
        ({"llm_out": 7}, "the LLM left 7 of 200 calls out, more than 3 %"),
        ({"llm_none": 160}, "the LLM graded no more calls than people"),
        ({"constant": True}, "no spread"),
    ],
)
def test_when_people_stand_alone(change: dict[str, Any], why: str) -> None:
    """Each case says why; the LLM's own figure is shown all the same."""
    people, llm, _ = scores()
    if "useless" in change:
        llm = list(np.random.default_rng(2).permutation(np.array(llm, dtype=float)).tolist())
    if "constant" in change:
        llm = [50.0] * CALLS
    people = [*people[: change.get("read", DRAWN)], *[None] * (DRAWN - change.get("read", DRAWN))]
    people = [*["out"] * change.get("people_out", 0), *people[change.get("people_out", 0) :]]
    llm = [*llm[: CALLS - change.get("llm_out", 0)], *["out"] * change.get("llm_out", 0)]
    llm = [*llm[: CALLS - change.get("llm_none", 0)], *[None] * change.get("llm_none", 0)]
    found = combined(people, llm)
    assert (found.measure, found.bounds) == (None, None)
    assert why in found.why
    assert found.llm.value is not None


def test_calls_the_llm_failed_on_stay_in() -> None:
    """10 of 200 without a score: 190 verdicts, 10 missing, still combined over all 200."""
    people, llm, truth = scores()
    found = combined(people, [None if place % 20 == 0 else score for place, score in enumerate(llm)])
    assert found.measure is not None
    assert (found.llm.n, found.llm.missing) == (190, 10)
    assert (found.measure.low or 0) <= truth <= (found.measure.high or 0)


def test_strata_are_weighted() -> None:
    """Two phases: core of 900, tail of 100, 100 rows each of the LLM; it gives core 80 and tail 20: (9 x 80 + 20) / 10 = 74."""
    rng = np.random.default_rng(3)
    rows = the_rows(("core", "tail"))
    llm: list[Score] = [(80.0 if row.stratum == "core" else 20.0) + float(rng.normal(0, 5)) for row in rows]
    people: list[Score] = [float(score) + float(rng.normal(0, 3)) for score in llm[:DRAWN] if isinstance(score, float)]
    found = combined(people, llm, rows, {"core": 900, "tail": 100})
    assert found.measure is not None
    assert found.llm.value == pytest.approx(74, abs=1)
    assert found.measure.value == pytest.approx(74, abs=1.5)


def test_limits_hold_the_mean() -> None:
    """400 weeks of 200 calls, 40 read, a fair LLM: at least .92 of the 95 % limits hold (chance error sd .011)."""
    held = 0
    for seed in range(400):
        people, llm, truth = scores(seed, noise=15.0)
        found = combined(people, llm)
        assert found.measure is not None
        held += (found.measure.low or 0.0) <= truth <= (found.measure.high or 100.0)
    assert held >= 0.92 * 400


def test_calls_of_the_assisted_lane_are_not_open() -> None:
    """c10 was graded beside the LLM's answers: it is no call that people reached and gave no score."""
    people, llm, _ = scores()
    rows = the_rows()
    assisted = (by("Anna Keller", 4, lane="assisted"),)
    rows[9] = Row("core", a_result(10, grades=assisted), {})
    found = combined([*people[:9], None, *people[10:]], llm, rows)
    assert found.measure is not None
    assert (found.measure.n, found.measure.missing) == (DRAWN - 1, 0)
