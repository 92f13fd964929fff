"""Whether a movement can lie in the judge: what gold calls say of the one that may take part. STATISTICS h; DOMAIN: Gold."""

from __future__ import annotations

from collections.abc import Mapping

from evalharness.models.guard import Guard
from evalharness.models.summary import WeekSummary
from evalharness.models.trend import GraderShift
from evalharness.models.trust import FEWEST_GOLD, Drift, judge_name

_NOTHING = Drift(items=0, newly_wrong=0, newly_right=0, p=1.0)


def grader_shift(summary: WeekSummary) -> GraderShift | None:
    """What gold calls say of the week's judge that may take part; None where no LLM graded.

    Where another judge stood before it, its answers are held against that one's: "another_judge", and `criteria` names those
    whose grades moved by more than chance. Else against its own baseline. Calls that did not change tell the judge from the
    agent; figures of people alone never rest on it.
    """
    if not summary.trust:
        return None
    judge = summary.trust[0].judge
    guard = next((one for one in summary.guard if judge_name(one.judge) == judge), None)
    alpha = summary.trust_rules.drift_alpha
    if guard is not None and guard.before is not None:
        return _of(summary.week, judge, guard.shift, alpha, guard)
    drifts = {one.criterion: one.drift for one in summary.trust if one.judge == judge and one.drift is not None}
    return _of(summary.week, judge, drifts, alpha)


def _of(week: str, judge: str, found: Mapping[str, Drift], alpha: float, guard: Guard | None = None) -> GraderShift:
    """By the criterion whose grades moved most surely."""
    before = judge_name(guard.before)[:200] if guard is not None and guard.before is not None else None
    tested = {name: one for name, one in found.items() if one.items >= FEWEST_GOLD}
    moved = [name for name, one in tested.items() if one.p < alpha]
    said = "no_gold" if not found else "too_few" if not tested else "changed" if moved else "steady"
    worst = min(
        (tested or found).values(),
        key=lambda one: (one.p, -one.items),
        default=_NOTHING,
    )
    return GraderShift.model_validate(
        {
            "week": week,
            "judge": judge[:200],
            "verdict": said if before is None else "another_judge",
            "before": before,
            "newly_wrong": worst.newly_wrong,
            "newly_right": worst.newly_right,
            "gold": worst.items,
            "p": worst.p if found else None,
            "criteria": tuple(moved),
        }
    )
