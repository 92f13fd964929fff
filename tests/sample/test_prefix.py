"""Inclusion probabilities of every prefix of the queue: by enumeration, and by 2,000 seeds of the keys the engine uses."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from fractions import Fraction
from itertools import permutations

import pytest

from evalharness.models.sample import Design, DrawnCall, Stratum, StratumSize, WeeklySample
from evalharness.sample.design import shadow, shadow_start
from evalharness.sample.prefix import prefix
from evalharness.sample.queue import weekly_sample
from tests.builders import WEEK, a_call, a_rubric

RUBRIC = a_rubric()


def a_design_of(seed: str = "1", **strata: tuple[int, int]) -> Design:
    """Strata in order, each (population, drawn)."""
    sizes = tuple(StratumSize(stratum=Stratum(name=n), population=N, drawn=d, judged=N) for n, (N, d) in strata.items())
    return Design(week=WEEK, seed=seed, size=max(sum(d for _, d in strata.values()), 1), strata=sizes)


CALLS = {("demo", name): a_call(id=name) for name in [f"{stratum}{i}" for stratum in "abc" for i in range(150)]}


def drawn_by(design: Design, keys: dict[str, str]) -> WeeklySample:
    """The sample of these keys: of each stratum (the first letter of an id) the n_h smallest."""
    found = []
    for size in design.strata:
        own = sorted((key, name) for name, key in keys.items() if name[0] == size.stratum.name)
        found += [DrawnCall(stratum=size.stratum.name, key=key, source="demo", call_id=name) for key, name in own[: size.drawn]]
    return weekly_sample(design, found, CALLS, RUBRIC)


def test_a_prefix_by_hand():
    """a1 stands at 1/2; b at 1/6, 3/6, 5/6, the tie to a: b a b b. Of 4 calls of a and 6 of b."""
    sample = drawn_by(a_design_of(a=(4, 1), b=(6, 3)), {f"{s}{i}": f"{i}" for s, n in (("a", 4), ("b", 6)) for i in range(n)})
    found = [prefix(sample, k) for k in range(5)]
    assert [one.graded for one in found] == [
        {"a": 0, "b": 0},
        {"a": 0, "b": 1},
        {"a": 1, "b": 1},
        {"a": 1, "b": 2},
        {"a": 1, "b": 3},
    ]
    assert [one.complete for one in found] == [False, False, True, True, True]
    assert found[3].probability == {"a": Fraction(1, 4), "b": Fraction(2, 6)}


def test_the_whole_queue_has_the_probabilities_of_the_draw():
    sample = drawn_by(
        a_design_of(a=(9, 8), b=(40, 12)), {f"{s}{i}": f"{i:03d}" for s, n in (("a", 9), ("b", 40)) for i in range(n)}
    )
    assert {item.stratum: item.probability for item in sample.items} == {
        name: float(chance) for name, chance in prefix(sample, 20).probability.items()
    }


@pytest.mark.parametrize("calls", [-1, 4])
def test_a_prefix_is_part_of_the_queue(calls):
    with pytest.raises(ValueError, match="of 3 drawn calls"):
        prefix(drawn_by(a_design_of(a=(3, 3)), {f"a{i}": f"{i}" for i in range(3)}), calls)


@pytest.mark.parametrize(
    "strata",
    [
        {"a": (5, 2)},
        {"a": (3, 2), "b": (3, 1)},
        {"a": (2, 1), "b": (2, 1), "c": (2, 2)},
        {"a": (1, 1), "b": (5, 3)},
        {"a": (0, 0), "b": (4, 2)},
    ],
)
def test_every_probability_is_exact_over_all_outcomes(strata):
    """All orders in which hash keys can fall (6! = 720, all equally likely): each call's share of them is its probability."""
    names = [f"{name}{i}" for name, (N, _) in strata.items() for i in range(N)]
    orders = list(permutations(range(len(names))))
    length = sum(n for _, n in strata.values())
    seen: list[Counter[str]] = [Counter() for _ in range(length + 1)]
    for order in orders:
        sample = drawn_by(a_design_of(**strata), {name: f"{place:02d}" for name, place in zip(names, order, strict=True)})
        for k in range(length + 1):
            seen[k].update(item.call.id for item in sample.items[:k])
    for k in range(length + 1):
        expected = prefix(sample, k)
        assert {name: Fraction(seen[k][name], len(orders)) for name in names} == {
            name: expected.probability[name[0]] for name in names
        }


def test_every_kth_call_over_all_starts_and_orders():
    """7 calls, every 3rd: the starts give 3, 2 and 2 calls. A call of the first start is 1st of the queue with 1/3 x 1/3."""
    for start, n in enumerate((3, 2, 2)):
        seed = next(str(seed) for seed in range(100) if shadow_start(str(seed), WEEK, 3) == start)
        design = shadow(WEEK, seed, 3, (7, 7), None)
        found = [DrawnCall(stratum="all", key=str(i), source="demo", call_id=f"a{start + 3 * i}") for i in range(n)]
        sample = weekly_sample(design, found, CALLS, RUBRIC)
        assert [prefix(sample, k).probability["all"] for k in range(n + 1)] == [Fraction(k, 3 * n) for k in range(n + 1)]
        assert float(prefix(sample, n).probability["all"]) == sample.items[0].probability


def test_two_thousand_seeds_give_every_call_its_chance():
    """A tail of 23 (8 drawn) and 118 others (27 drawn), queues stopped after 5, 17 and 35.

    A frequency over 2,000 draws has the standard error sqrt(p (1 - p) / 2000); the largest of 423 such deviations exceeds
    4.2 errors by chance in about 1 of 90 runs, and the seeds are fixed.
    """
    strata = {"a": (23, 8), "b": (118, 27)}
    names = [f"{name}{i}" for name, (N, _) in strata.items() for i in range(N)]
    stops, times = (5, 17, 35), 2000
    seen: dict[int, Counter[str]] = {k: Counter() for k in stops}
    for seed in range(times):
        text = f"{seed}|{WEEK}|demo|"
        sample = drawn_by(
            a_design_of(str(seed), **strata), {name: hashlib.md5((text + name).encode()).hexdigest() for name in names}
        )
        for k in stops:
            seen[k].update(item.call.id for item in sample.items[:k])
    for k in stops:
        expected = prefix(sample, k).probability
        for name in names:
            p = float(expected[name[0]])
            assert abs(seen[k][name] / times - p) < 4.2 * math.sqrt(p * (1 - p) / times), (k, name)
