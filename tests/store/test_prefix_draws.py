"""The engine's own draws: over many seeds every call of a stopped queue comes as often as its probability says."""

from __future__ import annotations

import math
from collections import Counter

import pytest

from evalharness.models.sample import Stratum
from evalharness.sample.design import stratified
from evalharness.sample.prefix import prefix
from evalharness.sample.queue import weekly_sample
from tests.builders import WEEK, a_rubric, some_calls
from tests.store.logs import a_log

LATE, CORE = Stratum(name="late", when="outcome == follow_up", share=0.2), Stratum(name="core")


@pytest.mark.parametrize("times", [100, pytest.param(2000, marks=pytest.mark.long)])
def test_every_call_comes_as_often_as_its_probability(tmp_path, times):
    """60 calls, 12 of them a tail of which 8 of 35 are drawn; queues stopped after 7, 20 and 35, so 180 frequencies.

    Each has the standard error sqrt(p (1 - p) / times); the largest of 180 passes 4 errors by chance in 1 of 90 runs.
    """
    calls = [call.model_copy(update={"outcome": "follow_up"} if i % 5 == 0 else {}) for i, call in enumerate(some_calls(60))]
    known, rubric = {(call.source, call.id): call for call in calls}, a_rubric()
    seen: dict[int, Counter[str]] = {k: Counter() for k in (7, 20, 35)}
    with a_log(tmp_path, calls) as log:
        sizes = log.stratum_counts(WEEK, (LATE, CORE))
        assert sizes == {"late": 12, "core": 48}
        for seed in range(times):
            design = stratified(WEEK, str(seed), 35, [(s, sizes[s.name], sizes[s.name]) for s in (LATE, CORE)], None)
            sample = weekly_sample(design, log.draw(design), known, rubric)
            for k, count in seen.items():
                count.update(item.call.id for item in sample.items[:k])
    for k, count in seen.items():
        expected = prefix(sample, k).probability
        for call in calls:
            p = float(expected["late" if call.outcome == "follow_up" else "core"])
            assert abs(count[call.id] / times - p) < 4 * math.sqrt(p * (1 - p) / times), (k, call.id)
