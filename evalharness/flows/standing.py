"""Where a drawn week stands: the grades and final values of its calls, who differs, what is disputed, flagged and decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evalharness.aggregate.disagreements import disagreements
from evalharness.aggregate.flagged import flagged
from evalharness.aggregate.found import found_cases
from evalharness.aggregate.inputs import Decided
from evalharness.aggregate.results import call_results
from evalharness.flows.decided import decided
from evalharness.flows.excluded import counted_grades
from evalharness.flows.opened import Opened, frozen_rubric
from evalharness.models.act import Slot
from evalharness.models.grade import Grade
from evalharness.models.rubric import Rubric
from evalharness.models.sample import WeeklySample
from evalharness.models.summary import CallResult, Disagreement, Flagged


@dataclass(frozen=True)
class Standing:
    """A drawn week as the ledger has it now. `grades`: all revisions, but those of people who are left out; `differing`,
    `flagged`: as the report shows them."""

    sample: WeeklySample
    rubric: Rubric
    grades: Sequence[Grade]
    decided: Decided
    results: Sequence[CallResult]
    differing: Sequence[Disagreement]
    flagged: Sequence[Flagged]

    def result(self, identity: tuple[str, str]) -> CallResult:
        """The drawn call. Raises KeyError."""
        for result in self.results:
            if (result.call.source, result.call.id) == identity:
                return result
        raise KeyError(identity)

    def difference(self, slot: Slot) -> Disagreement | None:
        """Who said what there, if graders differ, or a grade is disputed or decided."""
        return next((one for one in self.differing if (one.source, one.call_id, one.criterion, one.turn) == slot), None)


def standing(house: Opened, sample: WeeklySample) -> Standing:
    """Where the week of this sample stands."""
    rubric, grades, known = (
        frozen_rubric(house, sample),
        counted_grades(house, sample.week),
        decided(house.ledger, sample.week),
    )
    conditions = any(criterion.when for criterion in rubric.criteria())
    measures = house.calls.measures([item.identity for item in sample.items]) if conditions else {}
    results = call_results(sample.items, rubric, grades, measures, house.config.zone, known)
    found = found_cases(rubric, {item.identity for item in sample.items}, grades, known.confirmations)
    return Standing(
        sample=sample,
        rubric=rubric,
        grades=grades,
        decided=known,
        results=results,
        differing=disagreements(rubric, results, known.disputes),
        flagged=flagged(rubric, results, found, grades),
    )
