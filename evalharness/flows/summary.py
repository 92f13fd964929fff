"""Everything known of a week, gathered from call log and ledger, as a WeekSummary."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from evalharness.aggregate.actions import carried
from evalharness.aggregate.costing import CostInputs
from evalharness.aggregate.inputs import WeekInputs
from evalharness.aggregate.severity import needing
from evalharness.aggregate.summary import summarise
from evalharness.aggregate.verified import WAIT
from evalharness.aggregate.withheld import withheld
from evalharness.flows.agreement import panel, severities
from evalharness.flows.decided import decided
from evalharness.flows.draw import assignments, late_calls
from evalharness.flows.excluded import counted_grades, exclusions
from evalharness.flows.guarded import found_by_week
from evalharness.flows.history import drawn_weeks, history, partial_tallies
from evalharness.flows.lanes import out_of_rates
from evalharness.flows.measure import week_measured
from evalharness.flows.money import week_money
from evalharness.flows.notices import notices
from evalharness.flows.opened import Opened, frozen_rubric
from evalharness.flows.scoped import scope_now, scope_of
from evalharness.flows.signed import since
from evalharness.flows.unfinished import awaited
from evalharness.flows.whole_week import undrawn
from evalharness.models.act import SignOff
from evalharness.models.sample import WeeklySample
from evalharness.models.summary import WeekSummary
from evalharness.models.week import bounds, week_of
from evalharness.report.agreement_words import calibration_notices, exclusion_notices
from evalharness.sample.heard import heard_calls
from evalharness.sample.picks import picked_items, reasons_of
from evalharness.store.records import actions, changes, disputed_calls, load_picks, load_sample, probes, sign_offs
from evalharness.workspace.config import Config


def week_summary(
    house: Opened, week: str, *, signing: bool = False, measured: bool = True, now: datetime | None = None
) -> WeekSummary:
    """The summary of the week as the ledger and the call log have it now, with its sign-off and what came since.

    `signing`: as it would stand if it were signed now, earlier sign-offs left out. A signed week keeps the actions that were
    open when it was signed; what became of them stands in the reports of later weeks. `measured`: with what needs no judgement in
    all calls, which reports show and no check rests on. `now`: a week that is not over at that aware instant says so.
    """
    signed = sign_offs(house.ledger, week)
    inputs = week_inputs(house, week, signed=signing or bool(signed), measured=measured)
    summary = _so_far(house, summary_of(house, inputs), now).model_copy(update={"ledger_head": house.ledger.head_of(week)})
    if signing or not signed:
        return summary.model_copy(update={"actions": carried(actions(house.ledger).values(), week)})
    return as_signed(house, summary, signed[-1])


def as_signed(house: Opened, summary: WeekSummary, signed: SignOff) -> WeekSummary:
    """The summary of a signed week with its sign-off, the actions of then, and what came since."""
    summary = summary.model_copy(update={"actions": signed.actions})
    return summary.model_copy(update={"signed": signed, "since": since(house, summary, signed)})


def _so_far(house: Opened, summary: WeekSummary, now: datetime | None) -> WeekSummary:
    """Marked as unfinished where the week is not over; what cannot be drawn yet is not told to be drawn."""
    if now is None or now >= bounds(summary.week, house.config.zone)[1]:
        return summary
    steps = summary.next_steps if summary.design else ("wait until the week is over; evalharness week draws it then",)
    return summary.model_copy(update={"as_of": now, "next_steps": steps})


def week_inputs(house: Opened, week: str, *, signed: bool, measured: bool, whole: bool = True) -> WeekInputs:
    """Everything a summary of the week is made from; not `whole`: without what no figure of a trend rests on."""
    config, sample = house.config, load_sample(house.ledger, week)
    scope, declared, gone = scope_of(house, week), changes(house.ledger), exclusions(house, week)
    inputs = WeekInputs(
        **_configured(config),
        week=week,
        rubric=frozen_rubric(house, sample) if sample else house.rubric(),
        thresholds=house.thresholds(),
        facts=house.calls.groups(week, scope),
        latency=house.calls.latency(week, scope),
        known_until=house.calls.last_start(house.calls.weeks()[-1]) if house.calls.weeks() else None,
        excluded=gone,
        cost=week_money(house, week) if whole else CostInputs(),
        fill=house.calls.fill(week, scope) if whole else {},
        changes=[change for change in declared if week_of(change.at, config.zone) == week],
        declared=declared,
        decided=decided(house.ledger, week),
        disputed=disputed_calls(house.ledger),
        notices=[*notices(house, week, sample), *exclusion_notices(gone)] if whole else (),
        signed=signed,
    )
    if sample is not None:
        inputs = _with_judges(house, _drawn(house, inputs, sample), sample)
    if measured:
        inputs = replace(inputs, measured=week_measured(house, week, (*sample.items, *inputs.picks) if sample else ()))
    return replace(inputs, tallies=partial_tallies(house, inputs, sample), whole=whole)


def summary_of(house: Opened, inputs: WeekInputs) -> WeekSummary:
    """The summary of these inputs, without what others say of calls that somebody is still to grade."""
    summary, sample = summarise(inputs), inputs.sample
    if sample is not None and not inputs.signed:
        summary = withheld(summary, inputs.rubric, awaited(house, sample), house.config.zone)
    return summary.model_copy(update={"pick_reasons": reasons_of(inputs.picks, load_picks(house.ledger, inputs.week))})


def _drawn(house: Opened, inputs: WeekInputs, sample: WeeklySample) -> WeekInputs:
    """With the drawn calls, what was said of them, and what is known of the weeks before."""
    week = sample.week
    grades, severe = counted_grades(house, week), severities(house, drawn_weeks(house, week))
    picks = picked_items(sample, load_picks(house.ledger, week))
    return replace(
        inputs,
        sample=sample,
        grades=grades,
        picks=picks,
        again=frozenset(house.calls.calls_again(week, [item.call for item in sample.items], WAIT, sample.design.scope_rule)),
        measures=house.calls.measures([item.identity for item in (*sample.items, *picks)]),
        undrawn=undrawn(house, sample, grades),
        asked=_asked(sample, frozenset(one.person for one in inputs.excluded)),
        uncalibrated=needing(severe),
        severity=severe,
        history=history(house, week),
        notices=[*inputs.notices, *calibration_notices(severe)],
        late_calls=late_calls(house, sample),
        scope_now=scope_now(house, sample),
        aside=out_of_rates(house.ledger, sample, grades),
    )


def _configured(config: Config) -> dict[str, Any]:
    """What the configuration says, whatever the week."""
    return {
        "agent": config.agent.name,
        "owner": config.owner.name,
        "deputy": config.owner.deputy,
        "zone": config.zone,
        "success_criteria": config.agent.success_criteria,
        "currency": config.costs.currency,
        "baseline": config.csat.baseline,
        "rules": config.judge_trust,
    }


def _with_judges(house: Opened, inputs: WeekInputs, sample: WeeklySample) -> WeekInputs:
    """With what is known of the judges of this week and the weeks before, and the calls to listen to."""
    asked = probes(house.ledger, [*(one.week for one in inputs.history), inputs.week])
    known = panel(house)
    return replace(
        inputs,
        found=found_by_week(house, sample, inputs.grades, inputs.history, asked),
        probes=asked,
        judge=known.first,
        judges=known.beside,
        heard=heard_calls(sample, house.config.graders.heard_per_week),
    )


def _asked(sample: WeeklySample, gone: frozenset[str]) -> dict[str, int]:
    """How many calls each person was asked to grade; whose grades are left out is asked for none."""
    return {person: len(given) for person, given in assignments(sample).items() if person not in gone}
