"""The whole week in one noun: what every report shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Literal

from evalharness import numbers
from evalharness.aggregate import judged as rates
from evalharness.aggregate import latency
from evalharness.aggregate import population as everything
from evalharness.aggregate.checks import NOTHING_AGAINST, Known, week_verdict
from evalharness.aggregate.contested import Doubt
from evalharness.aggregate.costing import costing
from evalharness.aggregate.disagreements import disagreements
from evalharness.aggregate.drift import drifts
from evalharness.aggregate.escalation import escalation
from evalharness.aggregate.final import Trusted, newest, trusted_of
from evalharness.aggregate.flagged import flagged, standing
from evalharness.aggregate.found import found_cases
from evalharness.aggregate.guard import Barred, barred, contradicted, guards, masked_calls, without_barred
from evalharness.aggregate.hear import calls_to_hear
from evalharness.aggregate.heard import transcript_errors
from evalharness.aggregate.inputs import PastWeek, WeekInputs
from evalharness.aggregate.judges import Panel, judge_before, judges_of, key_of, newest_judge
from evalharness.aggregate.known import known
from evalharness.aggregate.measured import logged_parts, measured_figures, with_findings
from evalharness.aggregate.nonresponse import nonresponse
from evalharness.aggregate.results import call_results, regraded, without
from evalharness.aggregate.scorecard import Card, scorecard
from evalharness.aggregate.scores import criterion_score
from evalharness.aggregate.trust import Bench, among_people, trust
from evalharness.models.grade import HELD_BACK, Grade, Ungraded
from evalharness.models.guard import Guard
from evalharness.models.measure import Measure
from evalharness.models.noun import number_of
from evalharness.models.rubric import Criterion, GraderKind, Rubric
from evalharness.models.sample import Design
from evalharness.models.summary import CallResult, CriterionSummary, Disagreement, Flagged, GraderCount, WeekSummary
from evalharness.models.trust import Drift, judge_name

NOBODY_YET = "nobody has read a call yet"


def summarise(inputs: WeekInputs) -> WeekSummary:
    """The summary of a week. Nothing drawn or nothing graded gives measures without values, never zeroes."""
    sample, rubric = inputs.sample, inputs.rubric
    design = sample.design if sample else Design(week=inputs.week, seed="", size=1, strata=())
    now = _this_week(inputs, design)
    results = list(now.results)
    weeks = [*inputs.history, now] if sample else []
    panel = Panel(inputs.judge, inputs.judges)
    guard = _guard(inputs, now, panel)
    states = trust(weeks, rubric, inputs.rules, Bench(panel, guard, _drift(inputs, weeks, panel)))
    trusted = trusted_of(states)
    found = known(inputs, now, states)
    doubt = _doubt(inputs, guard, trusted)
    checks = scorecard(Card(inputs, weeks, found, doubt, states))
    verdict, leaning = week_verdict(checks)
    read = sum(any(_graded(grade) for grade in result.grades) for result in results)
    cost = found.exact["cost_per_call"]
    picked = tuple(call_results(inputs.picks, rubric, inputs.grades, inputs.measures, inputs.zone))
    return WeekSummary(
        **_heading(inputs),
        population=now.population,
        graders=_graders(inputs, results),
        graded_calls=read,
        checks=checks,
        switched_off=tuple(threshold.id for threshold in inputs.thresholds.checks if not threshold.enabled),
        verdict=verdict,
        leaning=NOBODY_YET if leaning == NOTHING_AGAINST and not read else leaning,
        measures=_measures(found),
        criteria=criteria_of(rubric, design, results),
        call_score=call_score_measure(design, results),
        automatic_fails=automatic_fails_measure(design, results),
        results=tuple(_with_judge(inputs, result, trusted, barred(guard)) for result in with_findings(results, inputs.measured)),
        combined=found.combined,
        trust=states,
        trust_rules=inputs.rules,
        among_people=among_people(weeks, rubric) if inputs.whole else (),
        guard=guard,
        heard=transcript_errors(results, inputs.heard),
        picked=tuple(with_findings(picked, inputs.measured)),
        measured=measured_figures(inputs.measured, [*results, *picked]),
        logged=logged_parts(inputs.week, inputs.measured.logged),
        **_decisions(inputs, results, picked),
        nonresponse=nonresponse(rubric, results) if sample else None,
        escalation=escalation(rubric, design, results) if sample else None,
        latency=tuple(latency.row(pool) for pool in found.pools),
        cost=everything.cost_rows(inputs.cost.agent.components, cost),
        costing=costing(inputs.cost, cost, _measure(found, "resolution_rate"), now.population.out_of_scope),
        intents=everything.counted(inputs.facts, "intent"),
        outcomes=everything.counted(inputs.facts, "outcome"),
        versions=everything.counted(inputs.facts, "version"),
    )


def _measures(found: Known) -> tuple[Measure, ...]:
    """Every figure of the week, judged ones first."""
    shares = [measure for measure, _ in found.shares.values()]
    return (*(rate.measure for rate in found.rates.values()), *found.exact.values(), *shares)


def _measure(found: Known, rate: str) -> Measure | None:
    """The rate as judged, where the rubric asks for it."""
    return found.rates[rate].measure if rate in found.rates else None


def _decisions(inputs: WeekInputs, results: Sequence[CallResult], picked: Sequence[CallResult]) -> dict[str, Any]:
    """What people decided beside grading, what waits for them, and what is to be done next."""
    rubric, decided = inputs.rubric, inputs.decided
    drawn = {item.identity for item in inputs.sample.items} if inputs.sample else set()
    found = found_cases(rubric, drawn, inputs.grades, decided.confirmations) if drawn else ()
    differing = disagreements(rubric, results, decided.disputes)
    waiting = flagged(rubric, results, found, inputs.grades)
    return {
        "found_cases": found,
        "flagged": waiting,
        "confirmations": standing(decided.confirmations),
        "disagreements": differing,
        "to_hear": calls_to_hear(rubric, results, differing, picked),
        "next_steps": _next_steps(inputs, results, differing, waiting),
    }


def _heading(inputs: WeekInputs) -> dict[str, Any]:
    """The fields that are as they were given."""
    sample, rubric = inputs.sample, inputs.rubric
    return {
        "agent": inputs.agent,
        "owner": inputs.owner,
        "week": inputs.week,
        "timezone": inputs.zone.key,
        "success_criteria": inputs.success_criteria,
        "design": sample.design if sample else None,
        "sample_digest": sample.frozen_digest() if sample else None,
        "redraw_reason": sample.reason if sample else None,
        "late_calls": inputs.late_calls,
        "scope_now": inputs.scope_now,
        "rubric": rubric,
        "rubric_digest": sample.rubric_digest if sample else rubric.digest(),
        "fill": dict(inputs.fill),
        "changes": tuple(inputs.changes),
        "notices": tuple(inputs.notices),
        "severity": tuple(inputs.severity),
        "excluded": tuple(inputs.excluded),
    }


def _this_week(inputs: WeekInputs, design: Design) -> PastWeek:
    sample = inputs.sample
    people = everything.population(inputs.facts, sample.design if sample else None)
    items = sample.items if sample else ()
    results = call_results(items, inputs.rubric, inputs.grades, inputs.measures, inputs.zone, inputs.decided)
    return PastWeek(inputs.week, design, inputs.rubric, without(results, inputs.aside), people)


def _guard(inputs: WeekInputs, now: PastWeek, panel: Panel) -> tuple[Guard, ...]:
    """What guards each judge of the week; of the one that may take part also which judge it follows, and what that changed."""
    probes = [probe for probe in inputs.probes if probe.week == inputs.week]
    found = guards(inputs.found.get(inputs.week, ()), newest(inputs.grades), probes)
    first = next(iter(judges_of([now], panel)), None)
    before = judge_before(inputs.history, first, panel) if first else None
    if first is None or before is None:
        return found
    shift = drifts(inputs.history, inputs.rubric, judge_name(first), inputs.probes, inputs.week, judge_name(before))
    update = {"before": before, "shift": shift}
    return tuple(one.model_copy(update=update) if key_of(one.judge) == key_of(first) else one for one in found)


def _drift(inputs: WeekInputs, weeks: Sequence[PastWeek], panel: Panel) -> dict[str, Drift]:
    """The judge that may take part on gold calls, against its own baseline."""
    judge = newest_judge(weeks, panel)
    return drifts(inputs.history, inputs.rubric, judge, inputs.probes, inputs.week) if judge else {}


def _doubt(inputs: WeekInputs, guard: Sequence[Guard], trusted: Trusted) -> Doubt:
    """What every judged check is computed without, a second time."""
    earlier = [one for week, found in inputs.found.items() if week < inputs.week for one in found]
    whose = {(criterion, key_of(one.judge)) for one in guard for criterion, judge in trusted if judge_name(one.judge) == judge}
    return Doubt(
        disputed=inputs.disputed,
        trusted=frozenset(name for name, _ in trusted),
        uncalibrated=inputs.uncalibrated,
        masked=masked_calls([*earlier, *guard]),
        contradicted=contradicted([*earlier, *guard], whose),
    )


def _with_judge(inputs: WeekInputs, result: CallResult, trusted: Trusted, out: Barred) -> CallResult:
    """The call as it is shown: where people answered nothing, a trusted judge's values. Figures of people never see them."""
    if not trusted:
        return result
    found = regraded(result, inputs.rubric, without_barred(result.grades, out), inputs.zone, trusted)
    return found.model_copy(update={"grades": result.grades})


def _graded(grade: Grade) -> bool:
    """Whether a person answered."""
    return grade.grader.kind == "human" and not isinstance(grade, Ungraded)


def criteria_of(rubric: Rubric, design: Design, results: Sequence[CallResult]) -> tuple[CriterionSummary, ...]:
    """Each question of the rubric over these drawn calls, with the counts of its answers."""
    return tuple(_criterion(one, rubric, design, results) for one in rubric.criteria() if one.type != "text")


def _criterion(criterion: Criterion, rubric: Rubric, design: Design, results: Sequence[CallResult]) -> CriterionSummary:
    finals = [result.final[criterion.id] for result in results]
    values = [final.value for final in finals if final.state == "scored"]
    answers = Counter(f"{value:g}" if isinstance(value, float) else str(value) for value in values)
    return CriterionSummary(
        criterion=criterion.id,
        question=criterion.question,
        type=criterion.type,
        weight=criterion.weight,
        measure=criterion_measure(criterion, rubric, design, results),
        answers=dict(sorted(answers.items())),
        not_applicable=sum(final.state == "not_applicable" for final in finals),
        ungraded=sum(final.state == "ungraded" for final in finals),
        held=sum(final.note == HELD_BACK for final in finals),
    )


def criterion_measure(criterion: Criterion, rubric: Rubric, design: Design, results: Sequence[CallResult]) -> Measure:
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


def call_score_measure(design: Design, results: Sequence[CallResult]) -> Measure:
    """The mean score of the calls that no automatic fail zeroed; the share of those that one did stands beside it."""
    zeroed = sum(result.automatic_fail == "call" for result in results)
    found = rates.mean_score("call_score", design, results, lambda r: "out" if r.automatic_fail == "call" else r.score)
    note = f"without {number_of(zeroed, 'call')} that an automatic fail zeroed" if zeroed else ""
    return found.model_copy(update={"note": "; ".join(part for part in (note, found.note) if part)})


def automatic_fails_measure(design: Design, results: Sequence[CallResult]) -> Measure:
    """Weighted share of scored calls that an automatic fail zeroed; stands beside the mean score."""
    return rates.share_of("automatic_fails", design, results, lambda r: None if r.score is None else r.automatic_fail == "call")


def _graders(inputs: WeekInputs, results: Sequence[CallResult]) -> tuple[GraderCount, ...]:
    names: set[tuple[GraderKind, str]] = {(g.grader.kind, g.grader.name) for result in results for g in result.grades}
    names |= {("human", name) for name in inputs.asked}
    beyond = _beyond(inputs)
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
                beyond=beyond[kind, name],
            )
        )
    return tuple(rows)


def _beyond(inputs: WeekInputs) -> Counter[tuple[str, str]]:
    """Calls of the week that each LLM graded outside the draw."""
    drawn = {item.identity for item in inputs.sample.items} if inputs.sample else set()
    standing = [one for one in newest(inputs.grades) if one.grader.kind == "llm" and one.identity not in drawn]
    graded = {(one.grader.kind, one.grader.name, one.identity) for one in standing if not isinstance(one, Ungraded)}
    return Counter((kind, name) for kind, name, _ in graded)


def _next_steps(
    inputs: WeekInputs, results: Sequence[CallResult], differing: Sequence[Disagreement], waiting: Sequence[Flagged]
) -> tuple[str, ...]:
    """What a person has to do next, in the order to do it; of a signed week what is still to be decided."""
    if inputs.sample is None:
        return (f"draw the week's sample: evalharness sample --week {inputs.week}",)
    decide = _to_decide(inputs.week, differing, waiting)
    if inputs.signed:
        return tuple(f"signed; still open: {step}" for step in decide)
    steps = []
    for name, asked in inputs.asked.items():
        done = sum(any(g.grader.kind == "human" and g.grader.name == name for g in result.grades) for result in results)
        if done < asked:
            steps.append(f"{name} grades {number_of(asked - done, 'call')} in the sheet, then: evalharness week")
    return (*steps, *decide) or (f"the owner signs the week off: evalharness sign-off --week {inputs.week}",)


def _to_decide(week: str, differing: Sequence[Disagreement], waiting: Sequence[Flagged]) -> list[str]:
    """What waits for an adjudicator, a line a kind."""
    steps = []
    command = f"evalharness adjudicate --week {week}"
    conflicts = [one for one in differing if one.waits and one.final.conflict]
    if conflicts:
        places, calls = {(one.position, one.criterion) for one in conflicts}, {one.position for one in conflicts}
        what = numbers.calls_and_criteria(len(calls), len(places))
        steps.append(f"hear {what}, on which two graders differ, and decide ({command}); until then it counts as ungraded")
    disputed = len({one.position for one in differing if one.waits and not one.final.conflict})
    if disputed:
        steps.append(f"decide on {number_of(disputed, 'call')} of which a grade is disputed; until then it stands ({command})")
    flags = len({one.position for one in waiting if one.kind == "flag"})
    if flags:
        steps.append(f"hear {number_of(flags, 'call')} flagged as a clear failure, and say yes or no ({command})")
    if any(one.kind == "cause" for one in waiting):
        steps.append(f"hear the clear failures first and name error tag and cause of each ({command})")
    return steps
