"""How often an honest judge is taken for a drifted one on gold calls, and how soon one that did drift is found.

100 gold calls a week of the same 200, one criterion. The judge says what people said in a share of the calls, each time anew (so
its own noise is as large as it can be). From some week on it may be wrong in more of them.
`python benchmarks/coverage/honest_judge.py [WEEKS]`
"""

from __future__ import annotations

import sys

import numpy as np

from evalharness.models.trust import TrustRules
from evalharness.stats.paired import mcnemar_exact

GOLD, POOL, HALF_A_YEAR = 100, 200, 26


def seen(rng: np.random.Generator, right: float, lost: float) -> bool:
    """Whether one week's gold shows a drift: the share right is `right` at the baseline and `right` - `lost` now."""
    baseline, now = rng.random(GOLD) < right, rng.random(GOLD) < right - lost
    p = mcnemar_exact(int((baseline & ~now).sum()), int((~baseline & now).sum()))
    return p <= TrustRules().drift_alpha


def half_year(rng: np.random.Generator, right: float) -> bool:
    """Whether 26 weeks, each with 100 of the same 200 calls and their one baseline, show a drift where there is none."""
    baseline = rng.random(POOL) < right
    for _ in range(HALF_A_YEAR):
        chosen = rng.choice(POOL, GOLD, replace=False)
        then, now = baseline[chosen], rng.random(GOLD) < right
        if mcnemar_exact(int((then & ~now).sum()), int((~then & now).sum())) <= TrustRules().drift_alpha:
            return True
    return False


def main() -> None:
    """A line a judge: false alarms a week and a half year, and how often a drift of 10, 15 and 25 points is seen in one week."""
    weeks = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    for right in (0.97, 0.90, 0.78):
        rng = np.random.default_rng(1)
        false = sum(seen(rng, right, 0.0) for _ in range(weeks))
        years = sum(half_year(rng, right) for _ in range(weeks // 10))
        found = [sum(seen(rng, right, lost) for _ in range(weeks)) / weeks for lost in (0.10, 0.15, 0.25)]
        line = f"right in {right:.0%}: {false} of {weeks} weeks and {years} of {weeks // 10} half years blocked;"
        print(line, "a drift of 10/15/25 points seen in one week in", " / ".join(f"{share:.2f}" for share in found))


if __name__ == "__main__":
    main()
