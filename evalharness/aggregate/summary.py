"""The whole week in one noun: what every report shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Literal

from evalharness.aggregate import judged as rates
from evalharness.aggregate import latency
from evalharness.aggregate import population as everything
from evalharness.aggregate.checks import Known, check, week_verdict
from evalharness.aggregate.disagreements import disagreements
from evalharness.aggregate.escalation import escalation
from evalharness.aggregate.hear import calls_to_hear
from evalharness.aggregate.inputs import WeekInputs
from evalharness.aggregate.results import call_results
from evalharness.aggregate.scores import criterion_score
from evalharness.models.grade import Grade, Ungraded
from evalharness.models.measure import Measure
from evalharness.models.rubric import Criterion, GraderKind, Rubric
from evalharness.models.sample import Design
from evalharness.models.summary import CallResult, CriterionSummary, GraderCount, WeekSummary


def summarise(inputs: WeekInputs) -> WeekSummary:
    """The summary of a week. Nothing drawn or nothing graded gives measures without values, never zeroes."""
    sample, rubric = inputs.sample, inputs.rubric
    design = sample.design if sample else Design(week=inputs.week, seed="", size=1, strata=())
    results = call_results(sample, rubric, inputs.grades, inputs.measures, inputs.zone) if sample else []
    known = _known(inputs, design, results)
    enabled = [threshold for threshold in inputs.thresholds.checks if threshold.enabled]
    checks = tuple(check(threshold, known) for threshold in enabled)
    verdict, leaning = week_verdict(checks)
    cost = known.exact["cost_per_call"]
    shares = [measure for measure, _ in known.shares.values()]
    return WeekSummary(
        agent=inputs.agent,
        owner=inputs.owner,
        week=inputs.week,
        timezone=inputs.zone.key,
        success_criteria=inputs.success_criteria,
        population=everything.population(inputs.facts, sample.design if sample else None),
        design=sample.design if sample else None,
        sample_digest=sample.frozen_digest() if sample else None,
        redraw_reason=sample.reason if sample else None,
        late_calls=inputs.late_calls,
        rubric=rubric,
        rubric_digest=sample.rubric_digest if sample else rubric.digest(),
        graders=_graders(inputs, results),
        graded_calls=sum(any(_graded(grade) for grade in result.grades) for result in results),
        checks=checks,
        switched_off=tuple(threshold.id for threshold in inputs.thresholds.checks if not threshold.enabled),
        verdict=verdict,
        leaning=leaning,
        measures=(*(rate.measure for rate in known.rates.values()), *known.exact.values(), *shares),
        criteria=tuple(_criterion(c, rubric, design, results) for c in rubric.criteria() if c.type != "text"),
        call_score=_call_score(design, results),
        automatic_fails=_automatic_fails(design, results),
        results=tuple(results),
        to_hear=calls_to_hear(rubric, results),
        disagreements=disagreements(rubric, results),
        escalation=escalation(rubric, design, results) if sample else None,
        latency=tuple(latency.row(pool) for pool in latency.folded(inputs.latency)),
        cost=everything.cost_rows(inputs.cost_components, cost),
        intents=everything.counted([call.intent for call in inputs.facts]),
        outcomes=everything.counted([call.outcome for call in inputs.facts]),
        versions=everything.counted([call.version for call in inputs.facts]),
        fill=dict(inputs.fill),
        changes=tuple(inputs.changes),
        notices=tuple(inputs.notices),
        next_steps=_next_steps(inputs, results),
    )


def _known(inputs: WeekInputs, design: Design, results: Sequence[CallResult]) -> Known:
    people = everything.population(inputs.facts, inputs.sample.design if inputs.sample else None)
    found = {}
    ids = {criterion.id for criterion in inputs.rubric.criteria()}
    if "outcome" in ids:
        found["resolution_rate"] = rates.resolution(design, results, people)
    if inputs.rubric.checks:
        found["clear_failure_rate"] = rates.clear_failures(inputs.rubric, design, results, people)
    ordinals = [c for c in inputs.rubric.criteria() if c.type == "ordinal"]
    return Known(
        pools=latency.folded(inputs.latency),
        rates=found,
        shares={f"share_4_5.{c.id}": rates.good_share(design, results, c) for c in ordinals},
        exact={
            "containment_rate": everything.containment(inputs.facts),
            "cost_per_call": everything.cost_per_call(inputs.facts, inputs.currency),
            "csat_gap_points": everything.csat_gap(inputs.facts),
            "owner_reviewed_calls": _reviewed(inputs, results),
        },
        signed=inputs.signed,
    )


def _graded(grade: Grade) -> bool:
    """Whether a person answered."""
    return grade.grader.kind == "human" and not isinstance(grade, Ungraded)


def _read(grade: Grade) -> bool:
    """Whether a person dealt with the call: answered, or marked its transcript as wrong; skipping it is no review."""
    return _graded(grade) or (grade.grader.kind == "human" and isinstance(grade, Ungraded) and grade.reason == "transcript")


def _reviewed(inputs: WeekInputs, results: Sequence[CallResult]) -> Measure:
    """Distinct drawn calls graded or marked by the owner or the deputy."""
    readers = {inputs.owner, inputs.deputy} - {None}
    count = sum(any(_read(g) and g.grader.name in readers for g in result.grades) for result in results)
    value = float(count) if count else None
    return Measure(name="owner_reviewed_calls", unit="calls", value=value, n=count, of=len(results), basis="ledger")


def _criterion(criterion: Criterion, rubric: Rubric, design: Design, results: Sequence[CallResult]) -> CriterionSummary:
    finals = [result.final[criterion.id] for result in results]
    values = [final.value for final in finals if final.state == "scored"]
    answers = Counter(f"{value:g}" if isinstance(value, float) else str(value) for value in values)
    return CriterionSummary(
        criterion=criterion.id,
        question=criterion.question,
        type=criterion.type,
        weight=criterion.weight,
        measure=_criterion_measure(criterion, rubric, design, results),
        answers=dict(sorted(answers.items())),
        not_applicable=sum(final.state == "not_applicable" for final in finals),
        ungraded=sum(final.state == "ungraded" for final in finals),
    )


def _criterion_measure(criterion: Criterion, rubric: Rubric, design: Design, results: Sequence[CallResult]) -> Measure:
    """Mean score 0-100 of an ordinal or measured criterion, share of yes of a check; a category has only its counts."""
    if criterion.type == "category":
        graded = sum(result.final[criterion.id].state == "scored" for result in results)
        return Measure(
            name=criterion.id,
            unit="share",
            n=0,
            of=len(results),
            missing=len(results) - graded,
            basis="sample",
            note="see the counts",
        )
    if criterion.type == "yes_no" and criterion.scope == "call" and (criterion.good is None or criterion in rubric.checks):
        return rates.yes_share(design, results, criterion)

    def score(result: CallResult) -> float | Literal["out"] | None:
        final = result.final[criterion.id]
        if final.state == "not_applicable":
            return "out"
        return None if final.value is None else criterion_score(criterion, final.value)

    return rates.mean_score(criterion.id, design, results, score)


def _call_score(design: Design, results: Sequence[CallResult]) -> Measure:
    """The mean score of the calls that no automatic fail zeroed; the share of those that one did stands beside it."""
    zeroed = sum(result.automatic_fail == "call" for result in results)
    found = rates.mean_score("call_score", design, results, lambda r: "out" if r.automatic_fail == "call" else r.score)
    note = f"without {_calls(zeroed)} that an automatic fail zeroed" if zeroed else ""
    return found.model_copy(update={"note": "; ".join(part for part in (note, found.note) if part)})


def _automatic_fails(design: Design, results: Sequence[CallResult]) -> Measure:
    """Weighted share of scored calls that an automatic fail zeroed; stands beside the mean score."""
    return rates.share_of("automatic_fails", design, results, lambda r: None if r.score is None else r.automatic_fail == "call")


def _graders(inputs: WeekInputs, results: Sequence[CallResult]) -> tuple[GraderCount, ...]:
    names: set[tuple[GraderKind, str]] = {(g.grader.kind, g.grader.name) for result in results for g in result.grades}
    names |= {("human", name) for name in inputs.asked}
    rows = []
    for kind, name in sorted(names):
        mine = [[g for g in result.grades if g.grader.kind == kind and g.grader.name == name] for result in results]
        rows.append(
            GraderCount(
                name=name,
                kind=kind,
                calls=sum(any(not isinstance(g, Ungraded) for g in m) for m in mine),
                grades=sum(map(len, mine)),
                asked=inputs.asked.get(name, 0),
            )
        )
    return tuple(rows)


def _calls(count: int) -> str:
    return f"{count} call" if count == 1 else f"{count} calls"


def _next_steps(inputs: WeekInputs, results: Sequence[CallResult]) -> tuple[str, ...]:
    """What a person has to do next, in the order to do it."""
    if inputs.sample is None:
        return (f"draw the week's sample: evalharness sample --week {inputs.week}",)
    if inputs.signed:
        return ()
    steps = []
    for name, asked in inputs.asked.items():
        done = sum(any(g.grader.kind == "human" and g.grader.name == name for g in result.grades) for result in results)
        if done < asked:
            steps.append(f"{name} grades {_calls(asked - done)} in the sheet, then: evalharness week")
    conflicts = sum(any(final.conflict for final in result.final.values()) for result in results)
    if conflicts:
        steps.append(
            f"hear {_calls(conflicts)} on which two graders differ (Calls to hear); until they agree it counts as ungraded"
        )
    if any(result.clear_failure == "yes" for result in results):
        steps.append("hear the clear failures first and name a cause to fix for each")
    return tuple(steps) or (f"the owner signs the week off: evalharness sign-off --week {inputs.week}",)
