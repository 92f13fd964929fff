"""Everything known of a week, gathered from call log and ledger, as a WeekSummary."""

from __future__ import annotations

from evalharness.aggregate.inputs import WeekInputs
from evalharness.aggregate.summary import summarise
from evalharness.flows.draw import assignments, frozen_rubric, late_calls
from evalharness.flows.opened import Opened
from evalharness.models.call import Change
from evalharness.models.sample import WeeklySample
from evalharness.models.summary import WeekSummary
from evalharness.models.week import week_of
from evalharness.store.records import changes, intakes, load_grades, load_sample, signed_off


def week_summary(house: Opened, week: str) -> WeekSummary:
    """The summary of the week as the ledger and the call log have it now."""
    config = house.config
    sample = load_sample(house.ledger, week)
    scope = config.scope_rule
    return summarise(
        WeekInputs(
            agent=config.agent.name,
            owner=config.owner.name,
            deputy=config.owner.deputy,
            week=week,
            zone=config.zone,
            success_criteria=config.agent.success_criteria,
            rubric=frozen_rubric(house, sample) if sample else house.rubric(),
            thresholds=house.thresholds(),
            facts=house.calls.facts(week, scope),
            latency=house.calls.latency(week, scope),
            currency=config.costs.currency,
            sample=sample,
            grades=load_grades(house.ledger, week) if sample else (),
            measures=house.calls.measures([item.identity for item in sample.items]) if sample else {},
            asked={person: len(given) for person, given in assignments(house, sample).items()} if sample else {},
            cost_components=house.calls.cost_components(week, scope, config.costs.currency),
            fill=house.calls.fill(week, scope),
            changes=_changes(house, week),
            notices=_notices(house, sample),
            late_calls=late_calls(house, sample) if sample else 0,
            signed=signed_off(house.ledger, week),
        )
    )


def _changes(house: Opened, week: str) -> list[Change]:
    return [change for change in changes(house.ledger) if week_of(change.at, house.config.zone) == week]


def _notices(house: Opened, sample: WeeklySample | None) -> list[str]:
    """What a reader must know before believing a figure: rows that did not go in, a redraw."""
    reports = intakes(house.ledger)
    rejected, conflicts = sum(r.rejected for r in reports), sum(r.conflict for r in reports)
    other = sum(report.other_agent for report in reports)
    found = []
    if rejected:
        found.append(f"{rejected} rows of the logs collected so far were rejected (evalharness collect names each)")
    if conflicts:
        found.append(f"{conflicts} rows repeat a call with other content; the first one was kept")
    if other:
        found.append(f"{other} calls belong to other agents and are left out")
    if sample and sample.redraw:
        found.append(f"redrawn {sample.redraw} times, last because: {sample.reason}")
    return found
