"""The score of a call: weighted criteria on 0-100, automatic fails, sections. DOMAIN: Rubric and scores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from evalharness.models.grade import FinalValue
from evalharness.models.rubric import Criterion, Rubric, Section


@dataclass(frozen=True)
class CallScore:
    """`value` 0-100, None while a judged criterion is missing or nothing is rated; `covered`: share of all weight rated."""

    value: float | None
    covered: float
    fail: Literal["call", "section"] | None = None


def criterion_score(criterion: Criterion, value: float | str) -> float:
    """(value - min) / (max - min) x 100 of a level; 100 or 0 for the good or bad answer of a yes/no criterion.

    A yes/no criterion asked of turns has the share of turns with the good answer as its value.
    """
    if criterion.type == "yes_no" and isinstance(value, float):
        return value * 100
    if criterion.type == "yes_no":
        return 100.0 if value == criterion.good else 0.0
    levels = [float(answer) for answer in criterion.answers]
    low, high = min(levels), max(levels)
    return (float(value) - low) / (high - low) * 100 if high > low else 100.0


def call_score(rubric: Rubric, final: dict[str, FinalValue]) -> CallScore:
    """The weighted mean over rated criteria; weights renormalise over what is rated, N/A left out.

    It exists only if every weighted criterion that people or a judge answer is Scored or N/A; a measured one without
    data is left out. A fail of the call gives 0, a fail of a section zeroes that section.
    """
    weighted = [criterion for _, criterion in rubric.scored()]
    total = sum(criterion.weight or 0.0 for criterion in weighted)
    rated = [criterion for criterion in weighted if final[criterion.id].state == "scored"]
    covered = sum(criterion.weight or 0.0 for criterion in rated) / total if total else 0.0
    open_ones = [c for c in weighted if c.type != "measured" and final[c.id].state == "ungraded"]
    if open_ones or not rated:
        return CallScore(None, covered)
    parts = [part for section in rubric.sections if (part := _section_score(section, final)) is not None]
    value = sum(weight * score for weight, score in parts) / sum(weight for weight, _ in parts)
    fails = {final[criterion.id].fail for criterion in rubric.criteria() if criterion.id in final}
    if "call" in fails:
        return CallScore(0.0, covered, "call")
    return CallScore(value, covered, "section" if "section" in fails else None)


def _section_score(section: Section, final: dict[str, FinalValue]) -> tuple[float, float] | None:
    """(sum of rated weights, score 0-100) of a section; None if nothing in it is rated."""
    rated = [c for c in section.criteria if c.weight is not None and final[c.id].state == "scored"]
    if not rated:
        return None
    weights = [criterion.weight or 0.0 for criterion in rated]
    scores = [criterion_score(criterion, final[criterion.id].value or 0.0) for criterion in rated]
    if any(final[c.id].fail == "section" for c in section.criteria if c.id in final):
        return sum(weights), 0.0
    mean = sum(w * s for w, s in zip(weights, scores, strict=True)) / sum(weights)
    return sum(weights), min(scores) if section.combine == "min" else mean
