"""One more failure never lowers a limit: any design, finite weeks, domains."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalharness.stats.design import rows_of
from evalharness.stats.exact import clopper_pearson
from evalharness.stats.monotone import outermost
from evalharness.stats.share import _effective, weighted_share

DESIGNS = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 300)), min_size=1, max_size=4)
"""(graded, ungraded) calls a stratum."""


@given(DESIGNS, st.integers(0, 2**32), st.booleans(), st.sampled_from([0.025, 0.05]))
def test_one_more_failure_never_lowers_a_limit(sizes: list[tuple[int, int]], seed: int, domain: bool, tail: float) -> None:
    """Any one clean call of the domain turned into a failure: neither limit falls."""
    strata = [h for h, (graded, _) in enumerate(sizes) for _ in range(graded)]
    population = {h: graded + rest for h, (graded, rest) in enumerate(sizes)}
    rng = np.random.default_rng(seed)
    m = (rng.random(len(strata)) < 0.5).astype(float) if domain else np.ones(len(strata))
    y = (rng.random(len(strata)) < rng.choice([0, 0.1, 0.5, 0.9])) * m
    clean = np.flatnonzero(y < m)
    if not clean.size:
        return
    share = weighted_share(y, m, strata, population, tail)
    y[rng.choice(clean)] = 1
    more = weighted_share(y, m, strata, population, tail)
    assert more.high >= share.high - 1e-12
    assert more.low >= share.low - 1e-12


def test_it_is_the_outermost_of_all_samples() -> None:
    """Core 6 of 90, tail 4 of 10, 3 and 2 hits: the highest upper limit without a hull over all 4 x 3 samples with fewer."""
    strata, population = ["core"] * 6 + ["tail"] * 4, {"core": 90, "tail": 10}

    def sample(core: int, tail: int) -> np.ndarray:
        return np.array([float(i < core) for i in range(6)] + [float(i < tail) for i in range(4)])

    rows = rows_of(10, strata, population)
    assert not isinstance(rows, str)
    found = outermost(sample(3, 2), np.ones(10), rows, 1.0, 0.05)
    assert found is not None
    single = {k: _limits(sample(*k), rows) for k in product(range(7), range(5))}
    assert found[1] == pytest.approx(max(single[k][1] for k in product(range(4), range(3))))
    assert found[0] == pytest.approx(min(single[k][0] for k in product(range(3, 7), range(2, 5))))


def _limits(y: np.ndarray, rows: object) -> tuple[float, float]:
    from evalharness.stats.exact import clopper_pearson
    from evalharness.stats.share import _effective

    share, n_eff = _effective(y, np.ones(len(y)), rows, 1.0)
    return clopper_pearson(share * n_eff, n_eff, 0.05)


def test_turns_and_very_many_samples_are_left_to_others() -> None:
    """Three turns in a call; four strata of 20 calls with 10 hits each are 14,641 samples, of 40 with 20 too many."""
    rows = rows_of(2, None, {"all": 9})
    assert outermost(np.array([1.0, 0]), np.array([3.0, 1]), rows, 1.0, 0.05) is None
    for n, fits in ((20, True), (40, False)):
        strata = [h for h in range(4) for _ in range(n)]
        rows = rows_of(4 * n, strata, dict.fromkeys(range(4), 400))
        hits = np.array([float(i % 2) for i in range(4 * n)])
        assert (outermost(hits, np.ones(4 * n), rows, 1.0, 0.05) is not None) == fits


def test_a_lone_call_has_the_largest_variance_a_share_can_have() -> None:
    """One call of 50 and 12 of 100: every sample with no more hits is asked for its own limit, the highest is the answer."""
    rows = rows_of(13, [0] + [1] * 12, {0: 50, 1: 100})
    assert not isinstance(rows, str)

    def plain(a: int, b: int) -> float:
        share, n_eff = _effective(np.array([a] + [1] * b + [0] * (12 - b), dtype=float), np.ones(13), rows, 1.0)
        return clopper_pearson(share * n_eff, n_eff)[1]

    for a, b in product(range(2), range(5)):
        limits = outermost(np.array([a] + [1] * b + [0] * (12 - b), dtype=float), np.ones(13), rows, 1.0, 0.025)
        assert limits is not None
        assert limits[1] == pytest.approx(max(plain(*fewer) for fewer in product(range(a + 1), range(b + 1))), abs=1e-9)
