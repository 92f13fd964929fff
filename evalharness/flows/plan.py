"""`sample --plan`: what 20, 35 or 50 graded calls of a week could show. Reads the call log and the ledger, writes nothing."""

from __future__ import annotations

from evalharness import numbers
from evalharness.aggregate.epoch import Epoch, epoch
from evalharness.aggregate.inputs import PastWeek
from evalharness.aggregate.population import population
from evalharness.flows.agreement import graders
from evalharness.flows.draw import check_agents, check_any, checked_rubric, design_of
from evalharness.flows.history import history
from evalharness.flows.opened import Opened
from evalharness.flows.pace import paces
from evalharness.flows.strata import strata_notes
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
from evalharness.store.records import changes, load_sample

SIZES = (SMALLEST, TAIL_FROM, LARGEST)


def plan(house: Opened, week: str) -> SamplePlan:
    """The plan of a week that has calls; a week that is drawn already is planned as if it were not.

    Raises DrawError where two agents share the log without a scope or nothing can be drawn, ConfigError for a rubric with errors.
    """
    check_agents(house, week)
    rubric = checked_rubric(house)
    people = population(house.calls.groups(week, house.config.scope_rule), None)
    thresholds = [one for one in house.thresholds().checks if one.enabled]
    designs = _designs(house, week)
    now = PastWeek(week, designs[-1][0], rubric, (), people)
    assumed = _all_assumed(house, now, [one for one in thresholds if is_judged(one) and _is_asked(one, rubric)])
    each, basis = _minutes(house, designs[-1][0], rubric)
    return SamplePlan(
        week=week,
        size=house.config.sample.size,
        strata=tuple(size.stratum for size in designs[-1][0].strata),
        population={size.stratum.name: size.population for size in designs[-1][0].strata},
        sizes=tuple(_size(house, design, left_out, each, (people, assumed)) for design, left_out in designs),
        decided=tuple(one for one in thresholds if not is_judged(one)),
        minutes_from=basis,
        notes=(
            *_notes(house, week, people, [one for one in thresholds if is_judged(one) and not _is_asked(one, rubric)]),
            *strata_notes(house, next((one for one, _ in designs if one.size == house.config.sample.size), designs[-1][0])),
        ),
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
    people, calibrating = graders(house, design.week)
    given = assign(design.drawn, people, config.owner.name, config.graders.double_share, calibrating)
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
    """Minutes a call and what that rests on: the measured pace, else the mean over the calls that the largest draw would take."""
    pace = paces(house.ledger)[1]
    if pace is not None:
        return pace.seconds / 60, f"the median of {pace.calls} calls that were timed at the desk"
    calls = house.calls.calls([(one.source, one.call_id) for one in house.calls.draw(design)])
    minutes = sum(minutes_for(call, rubric) for call in calls) / len(calls)
    words = sum(words_of(call) for call in calls) / len(calls)
    questions = questions_for_people(rubric)
    return minutes, (
        f"{numbers.plain(words, 0)} words a call (mean of the {len(calls)} calls a draw would take) at {WORDS_PER_MINUTE} a "
        f"minute, and {SECONDS_PER_QUESTION} s for each of {questions} questions"
    )


def _is_asked(threshold: Threshold, rubric: Rubric) -> bool:
    """Whether the rubric asks what the check is made of."""
    ids = {criterion.id for criterion in rubric.criteria()}
    if threshold.measure == "clear_failure_rate":
        return bool(rubric.checks)
    return (threshold.measure.removeprefix("share_4_5.") if "." in threshold.measure else "outcome") in ids


def _all_assumed(house: Opened, now: PastWeek, thresholds: list[Threshold]) -> list[Assumed]:
    """The rate of each since its epoch, else of the newest drawn week before, else the planning assumption.

    Calls accumulated so far count as far as the epoch of the planned week is still theirs: a rubric changed since, or a version
    or break declared since, starts the count anew.
    """
    before = history(house, now.week)
    checks = week_summary(house, before[-1].week, measured=False).checks if before else ()
    last = {check.threshold.measure: check for check in checks}
    declared, zone = changes(house.ledger), house.config.zone
    return [
        _assumed(one, last.get(one.measure), epoch(one.measure, [*before, now], declared, zone), before) for one in thresholds
    ]


def _assumed(threshold: Threshold, last: Check | None, begun: Epoch, before: list[PastWeek]) -> Assumed:
    rate, why = planning_rate(threshold)
    planned = Assumed(threshold=threshold, rate=rate, why=why, since=begun.week)
    since = last.since if last else None
    if since is None or since.value is None:
        if last is None or last.measure.value is None:
            return planned
        seen = f"as in {before[-1].week}: {last.measure.n} calls graded"
        return planned.model_copy(update={"rate": last.measure.value, "why": seen})
    more = threshold.measure == "clear_failure_rate" and since.value * since.n > since.hits + 1e-9
    logged = " and the failures in the log" if more else ""
    seen = f"as since {since.week}: {since.hits} of {since.n} calls{logged}"
    if (since.week, since.start) != (begun.week, begun.start):
        return planned.model_copy(update={"rate": since.value, "why": f"{seen}; counted anew from {begun.week}, {begun.why}"})
    needed = since.calls_needed if since.verdict == "not_proven" else since.n
    so_far = {"n": since.n, "needed": needed, "through": before[-1].week}
    return planned.model_copy(update={"rate": since.value, "why": seen, **so_far})


def _notes(house: Opened, week: str, people: Population, not_asked: list[Threshold]) -> list[str]:
    notes = []
    drawn = load_sample(house.ledger, week)
    if drawn is not None:
        notes.append(f"{week} is drawn already, {drawn.design.drawn} calls; the plan is as if it were not")
    if house.config.sample.every_nth is not None:
        notes.append(f"every {house.config.sample.every_nth}th call is drawn (sample.every_nth); size and strata do not apply")
    if people.unseen:
        notes.append(
            f"{people.unseen} in-scope {'call' if people.unseen == 1 else 'calls'} that nobody can read "
            f"{'is' if people.unseen == 1 else 'are'} taken as good and as bad; no size of sample changes that"
        )
    if people.technical:
        failures = "failure that the log shows counts" if people.technical == 1 else "failures that the log shows count"
        notes.append(f"{people.technical} technical {failures} in, whatever is graded")
    notes += [f"{one.id}: the rubric has no such criterion, so it cannot be planned" for one in not_asked]
    return notes
