"""`sample --plan`: what 20, 35 or 50 graded calls of a week could show. Reads the call log and the ledger, writes nothing."""

from __future__ import annotations

from evalharness.aggregate.population import population
from evalharness.flows.draw import check_agents, check_any, checked_rubric, design_of
from evalharness.flows.opened import Opened
from evalharness.flows.summary import week_summary
from evalharness.models.measure import Check
from evalharness.models.plan import Assumed, PlanSize, SamplePlan
from evalharness.models.rubric import Rubric
from evalharness.models.sample import Design
from evalharness.models.summary import Population
from evalharness.models.threshold import Threshold
from evalharness.sample.design import LARGEST, SMALLEST, TAIL_FROM
from evalharness.sample.plan import carried, is_judged, judged, planned_check, planning_rate
from evalharness.sample.workload import (
    SECONDS_PER_QUESTION,
    WORDS_PER_MINUTE,
    assign,
    minutes_for,
    questions_for_people,
    words_of,
)
from evalharness.store.records import load_sample, samples

SIZES = (SMALLEST, TAIL_FROM, LARGEST)


def plan(house: Opened, week: str) -> SamplePlan:
    """The plan of a week that has calls; a week that is drawn already is planned as if it were not.

    Raises DrawError where two agents share the log without a scope or nothing can be drawn, ConfigError for a rubric with errors.
    """
    check_agents(house, week)
    rubric = checked_rubric(house)
    people = population(house.calls.groups(week, house.config.scope_rule), None)
    thresholds = [one for one in house.thresholds().checks if one.enabled]
    assumed = [_assumed(house, week, one) for one in thresholds if is_judged(one) and _is_asked(one, rubric)]
    designs = _designs(house, week)
    each, basis = _minutes(house, designs[-1][0], rubric)
    return SamplePlan(
        week=week,
        size=house.config.sample.size,
        strata=tuple(size.stratum for size in designs[-1][0].strata),
        population={size.stratum.name: size.population for size in designs[-1][0].strata},
        sizes=tuple(_size(house, design, left_out, each, (people, assumed)) for design, left_out in designs),
        decided=tuple(one for one in thresholds if not is_judged(one)),
        minutes_from=basis,
        notes=tuple(_notes(house, week, people, [one for one in thresholds if is_judged(one) and not _is_asked(one, rubric)])),
    )


def _designs(house: Opened, week: str) -> list[tuple[Design, tuple[str, ...]]]:
    """A design for each size and the strata it leaves out; sizes beyond the week's calls once."""
    config, seed = house.config.sample, str(house.config.sample.seed)
    designs: list[tuple[Design, tuple[str, ...]]] = []
    for size in [config.size] if config.every_nth is not None else sorted({*SIZES, config.size}):
        kept, left_out = carried(config.strata, size)
        designs.append((design_of(house, week, seed, size, kept), left_out))
    check_any(designs[-1][0])
    whole = [design.drawn == design.population for design, _ in designs]
    return designs[: whole.index(True) + 1] if True in whole else designs


def _size(
    house: Opened, design: Design, left_out: tuple[str, ...], each: float, known: tuple[Population, list[Assumed]]
) -> PlanSize:
    config = house.config
    given = assign(design.drawn, house.people, config.owner.name, config.graders.double_share)
    reads = {person: len(positions) for person, positions in given.items()}
    return PlanSize(
        size=design.size,
        drawn=design.drawn,
        worth=judged(design).worth,
        strata={size.stratum.name: size.drawn for size in design.strata},
        population={size.stratum.name: size.population for size in design.strata},
        left_out=left_out,
        reads=reads,
        minutes={person: calls * each for person, calls in reads.items()},
        checks=tuple(planned_check(design, known[0], one) for one in known[1]),
    )


def _minutes(house: Opened, design: Design, rubric: Rubric) -> tuple[float, str]:
    """Mean minutes a call over the calls that the largest draw would take, and what that rests on."""
    calls = house.calls.calls([(one.source, one.call_id) for one in house.calls.draw(design)])
    minutes = sum(minutes_for(call, rubric) for call in calls) / len(calls)
    words = sum(words_of(call) for call in calls) / len(calls)
    questions = questions_for_people(rubric)
    return minutes, (
        f"{words:.0f} words a call (mean of the {len(calls)} calls a draw would take) at {WORDS_PER_MINUTE} a minute, "
        f"and {SECONDS_PER_QUESTION} s for each of {questions} questions"
    )


def _is_asked(threshold: Threshold, rubric: Rubric) -> bool:
    """Whether the rubric asks what the check is made of."""
    ids = {criterion.id for criterion in rubric.criteria()}
    if threshold.measure == "clear_failure_rate":
        return bool(rubric.checks)
    return (threshold.measure.removeprefix("share_4_5.") if "." in threshold.measure else "outcome") in ids


def _assumed(house: Opened, week: str, threshold: Threshold) -> Assumed:
    """The rate since its epoch, else of the newest drawn week before, else the planning assumption."""
    before = [one for one in samples(house.ledger) if one < week]
    check = _last_check(house, before[-1], threshold) if before else None
    since = check.since if check else None
    if since is not None and since.value is not None:
        why = f"as since {since.week}: {since.hits} of {since.n} calls"
        return _from(threshold, since.value, why, week).model_copy(
            update={"since": since.week, "hits": since.hits, "n": since.n, "through": before[-1]}
        )
    if check is not None and check.measure.value is not None:
        return _from(threshold, check.measure.value, f"as in {before[-1]}: {check.measure.n} calls graded", week)
    return _from(threshold, *planning_rate(threshold), week)


def _from(threshold: Threshold, rate: float, why: str, week: str) -> Assumed:
    return Assumed(threshold=threshold, rate=rate, why=why, since=week)


def _last_check(house: Opened, week: str, threshold: Threshold) -> Check | None:
    return next((one for one in week_summary(house, week).checks if one.threshold.measure == threshold.measure), None)


def _notes(house: Opened, week: str, people: Population, not_asked: list[Threshold]) -> list[str]:
    notes = []
    drawn = load_sample(house.ledger, week)
    if drawn is not None:
        notes.append(f"{week} is drawn already, {drawn.design.drawn} calls; the plan is as if it were not")
    if house.config.sample.every_nth is not None:
        notes.append(f"every {house.config.sample.every_nth}th call is drawn (sample.every_nth); size and strata do not apply")
    if people.unseen:
        notes.append(
            f"{people.unseen} in-scope calls nobody can read are taken as good and as bad; no size of sample changes that"
        )
    if people.technical:
        notes.append(f"{people.technical} technical failures that the log shows count in, whatever is graded")
    notes += [f"{one.id}: the rubric has no such criterion, so it cannot be planned" for one in not_asked]
    return notes
