"""Escalation: needed x happened, over the graded calls. DOMAIN: Escalation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from evalharness.aggregate import estimate
from evalharness.aggregate.estimate import Answer
from evalharness.models.measure import Measure
from evalharness.models.rubric import Rubric
from evalharness.models.sample import Design
from evalharness.models.summary import CallResult, Escalation

CRITERION = "human_needed"


def needed(result: CallResult) -> bool | None:
    """Whether people say the written policy required a human; None where nobody said."""
    final = result.final.get(CRITERION)
    return None if final is None or final.state != "scored" else final.value == "needed"


def escalation(rubric: Rubric, design: Design, results: Sequence[CallResult]) -> Escalation | None:
    """The matrix; None for a rubric that does not ask whether a human was needed."""
    if not any(criterion.id == CRITERION for criterion in rubric.criteria()):
        return None
    cells = Counter((needed(r), r.call.handed_off) for r in estimate.read_blind(results) if _said(r))
    return Escalation(
        correct_transfer=cells[True, True],
        missed=cells[True, False],
        unnecessary=cells[False, True],
        correct_containment=cells[False, False],
        precision=_share("escalation_precision", design, results, lambda n, happened: n if happened else None),
        recall=_share("escalation_recall", design, results, lambda n, happened: happened if n else None),
    )


def _said(result: CallResult) -> bool:
    """Whether people said blind if a human was needed: the matrix counts the calls that its shares rest on."""
    return estimate.answer_of(result.final[CRITERION], lambda _: "hit") == "hit"


def _share(name: str, design: Design, results: Sequence[CallResult], hit: Callable[[bool, bool], bool | None]) -> Measure:
    """A weighted share; `hit(needed, happened)` is None for a call outside the share's domain."""

    def says(found: bool | None) -> Answer:
        return "out" if found is None else "hit" if found else "no"

    def answer(result: CallResult) -> Answer:
        return estimate.answer_of(result.final[CRITERION], lambda value: says(hit(value == "needed", result.call.handed_off)))

    found = estimate.share(design, results, answer)
    low, high = found.interval if found.n else (None, None)
    return Measure(
        name=name,
        unit="share",
        value=found.value,
        n=found.n,
        of=found.of,
        missing=found.missing,
        low=low,
        high=high,
        basis="sample",
    )
