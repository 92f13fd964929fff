"""What a judged measure rests on: if any of it changes, the name stands for another figure and its line starts anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from evalharness.models.noun import canonical_json
from evalharness.models.rubric import Rubric

SCOPE = "the scope of the workspace"
Meaning = Mapping[str, str]
"""What a measure means, aspect by aspect: another text under the same aspect, or an aspect more or less, breaks the line."""


def questions(name: str, rubric: Rubric) -> Meaning:
    """Aspect -> digest of each criterion behind a judged measure; weights and sections too where it is a total."""
    digests = rubric.digests()
    if name in ("call_score", "automatic_fails"):
        form = [
            [section.id, section.combine, [[one.id, one.weight] for one in section.criteria if one.weight is not None]]
            for section in rubric.sections
        ]
        asked = [criterion.id for _, criterion in rubric.scored()]
        return {"the weights or sections of the rubric": canonical_json(form), **_named(asked, digests)}
    if name == "clear_failure_rate":
        return _named([check.id for check in rubric.checks], digests)
    if name.startswith("escalation_"):
        return _named(["human_needed"], digests)
    of_outcome = {"resolution_rate": "outcome", "verified_resolution_rate": "outcome"}
    known = of_outcome.get(name, name.removeprefix("share_4_5.").removeprefix("share_yes."))
    return _named([known], digests)


def _named(criteria: Sequence[str], digests: Mapping[str, str]) -> Meaning:
    return {f"the criterion {name}": digests[name] for name in criteria if name in digests}


def differing(before: Meaning, now: Meaning) -> list[str]:
    """The aspects that are not what they were, in words; [] where all are."""
    aspects = [name for name in dict.fromkeys((*before, *now)) if before.get(name) != now.get(name)]
    return [f"{name} {_how(name in before, name in now)}" for name in aspects]


def _how(was: bool, stays: bool) -> str:
    return "changed" if was and stays else "is gone" if was else "is new"
