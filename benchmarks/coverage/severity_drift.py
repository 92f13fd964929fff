"""How often a grader who does not drift is said to, looked at every week of a year, and how soon one who does is found.

Two people share 7 calls a week on a 1-5 scale; each gives the true level or, in one of five, one beside it. One of them begins
to grade a level more severely in week 27, or never. `python benchmarks/coverage/severity_drift.py [YEARS]`
"""

from __future__ import annotations

import sys

import numpy as np

from evalharness.aggregate.severity import LATELY, _beyond, _Case, _Shared
from evalharness.models.severity import CalibrationRules

WEEKS, CALLS, FIRST_MOVED = 52, 7, 27
LEVELS, SHARES = (1, 2, 3, 4, 5), (0.05, 0.10, 0.20, 0.35, 0.30)


def year(rng: np.random.Generator, before: float, after: float) -> tuple[int, str] | None:
    """The first week in which the second person is named, and by which rule; None = never.

    before, after: from week 27 on, the mean of what the person adds to the true level, a level in that share of the calls.
    """
    shared: list[_Shared] = []
    for week in range(1, WEEKS + 1):
        off = after if week >= FIRST_MOVED else before
        shared += [_Shared(f"{week:02d}", _call(rng, np.sign(off) * (rng.random() < abs(off)))) for _ in range(CALLS)]
        case = _Case("tone", shared, 4.0, {f"{n:02d}" for n in range(week - LATELY + 1, week + 1)})
        why = _beyond(case, CalibrationRules(), "owner").get("other")
        if why is not None:
            return week, why
    return None


def _call(rng: np.random.Generator, shift: float) -> dict[str, float]:
    truth = rng.choice(LEVELS, p=SHARES)
    near = [truth + (rng.choice((-1, 1)) if rng.random() < 0.2 else 0) for _ in range(2)]
    owner, other = np.clip([near[0], near[1] + shift], 1, 5)
    return {"owner": float(owner), "other": float(other)}


CASES = {
    "no drift, no severity": (0.0, 0.0),
    "no drift, 0.3 levels lenient": (0.3, 0.3),
    "from 0.4 levels lenient to 0.4 severe": (0.4, -0.4),
    "from 0.4 levels lenient to 0.6 severe": (0.4, -0.6),
    "from fair to 0.8 levels severe": (0.0, -0.8),
    "from 0.8 levels severe to fair": (-0.8, 0.0),
}


def main() -> None:
    """A line a case: in how many years the person is named from the shift on, by which rule and how soon, and before it."""
    years = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    for name, (before, after) in CASES.items():
        rng = np.random.default_rng(1)
        found = [one for _ in range(years) if (one := year(rng, before, after)) is not None]
        late = [(week - FIRST_MOVED + 1, why) for week, why in found if week >= FIRST_MOVED]
        soon = sum(week <= 12 for week, _ in late)
        drift = sum(why == "drift" for _, why in found)
        print(
            f"{name}: of {years} years named in {len(found)}, {drift} by drift; from the shift on {len(late)}, {soon} in 12 weeks"
        )


if __name__ == "__main__":
    main()
