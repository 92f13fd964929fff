"""Simulated graders for the samples: what each would answer, from the truth of a call and a known noise.

Pure and repeatable: every answer follows from SHA-256 of grader | call id | criterion. The names say "(simulated)",
and so does everything they are shown in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evalharness.models.rubric import Criterion, Rubric

OWNER = "Anna Keller (simulated)"
EXACT, NEAR, FAR = 0.78, 0.20, 0.02
"""How often a grader gives the true level, one beside it, or one two beside it."""
OUTCOME_RIGHT = 0.95
"""How often the true outcome is answered; else a neighbouring one, where there is any."""
NEEDED_RIGHT = 0.95
"""How often it is seen rightly whether a human was needed."""
NEIGHBOURS: Mapping[str, tuple[str, ...]] = {
    "resolved": ("partly_resolved",),
    "partly_resolved": ("resolved", "unresolved"),
    "unresolved": ("partly_resolved",),
}
"""The outcomes that are mistaken for each other; all others are always answered as they are."""


@dataclass(frozen=True)
class Noise:
    """How one grader errs. `strict`: share of the wrong levels that are too low. `overlooks`: share of the true
    failures answered "no". A failure that is not there is never seen."""

    strict: float
    overlooks: float


GRADERS: Mapping[str, Noise] = {
    OWNER: Noise(strict=0.5, overlooks=0.05),
    "Ben Ode (simulated)": Noise(strict=0.7, overlooks=0.10),
    "Cora Lind (simulated)": Noise(strict=0.3, overlooks=0.10),
}
"""The owner, near the truth; a grader a little strict; a grader a little lenient."""


def answers(truth: Mapping[str, Any], grader: str, rubric: Rubric) -> dict[str, int | str]:
    """Criterion id -> what the simulated grader answers, for every question of the form that people answer.

    `truth`: one line of samples/truth.jsonl. Questions whose truth is not known (free text, levels of a call without
    transcript, criteria of another rubric) are left out. Raises KeyError for a grader not in GRADERS.
    """
    noise, checks = GRADERS[grader], {check.id for check in rubric.checks}
    given: dict[str, int | str] = {}
    for criterion in rubric.criteria():
        if "human" not in criterion.graded_by:
            continue
        draw = _draw(grader, truth["id"], criterion.id)
        if criterion.id in checks:
            given[criterion.id] = _check(criterion.id in truth["failures"], noise, draw)
        elif criterion.id in truth:
            given[criterion.id] = _answer(criterion, truth[criterion.id], noise, draw)
    return given


def level_shares(true: int, levels: Sequence[int], strict: float) -> dict[int, float]:
    """How often each level is answered where `true` is right. A step beyond the end of the scale stays at its end."""
    shares = dict.fromkeys(sorted(levels), 0.0)
    steps = {0: EXACT, -1: NEAR * strict, 1: NEAR * (1 - strict), -2: FAR * strict, 2: FAR * (1 - strict)}
    for step, share in steps.items():
        shares[min(max(true + step, min(shares)), max(shares))] += share
    return shares


def _draw(grader: str, call_id: str, criterion: str) -> float:
    """A number in [0, 1), always the same for these three."""
    digest = hashlib.sha256(f"{grader}|{call_id}|{criterion}".encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48


def _check(failed: bool, noise: Noise, draw: float) -> str:
    return "yes" if failed and draw >= noise.overlooks else "no"


def _answer(criterion: Criterion, true: int | str, noise: Noise, draw: float) -> int | str:
    if isinstance(true, int):
        levels = [level for level in criterion.answers if isinstance(level, int)]
        return _pick(level_shares(true, levels, noise.strict), draw)
    if criterion.id == "outcome":
        return _outcome(true, draw)
    right = draw < NEEDED_RIGHT
    if criterion.type == "yes_no":
        return "yes" if (true == "needed") == right else "no"
    return true if right else next(str(answer) for answer in criterion.answers if answer != true)


def _pick(shares: Mapping[int, float], draw: float) -> int:
    """The level in whose part of [0, 1) the draw falls."""
    reached = 0.0
    for level, share in shares.items():
        reached += share
        if draw < reached:
            return level
    return max(shares)


def _outcome(true: str, draw: float) -> str:
    """The true outcome or, in the draws above OUTCOME_RIGHT, one of its neighbours, each as often."""
    others = NEIGHBOURS.get(true, ())
    if draw < OUTCOME_RIGHT or not others:
        return true
    return others[min(int((draw - OUTCOME_RIGHT) / (1 - OUTCOME_RIGHT) * len(others)), len(others) - 1)]
