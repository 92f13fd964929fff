"""The drawn weeks before one, as accumulation, agreement and trust need them; each is worked out once in a run."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from evalharness.aggregate.inputs import PastWeek, WeekInputs
from evalharness.aggregate.population import population_of
from evalharness.aggregate.results import call_results, without
from evalharness.aggregate.scorecard import starts
from evalharness.flows.decided import decided
from evalharness.flows.excluded import counted_grades
from evalharness.flows.lanes import out_of_rates
from evalharness.flows.opened import Opened
from evalharness.models.facts import Tally
from evalharness.models.sample import WeeklySample
from evalharness.models.week import bounds
from evalharness.store.records import load_rubric, load_sample, samples


def history(house: Opened, week: str) -> list[PastWeek]:
    """The drawn weeks before this one, oldest first."""
    return _worked_out(house, [one for one in samples(house.ledger) if one < week])


def drawn_weeks(house: Opened, week: str) -> list[PastWeek]:
    """The drawn weeks up to this one, oldest first."""
    return _worked_out(house, [one for one in samples(house.ledger) if one <= week])


def _worked_out(house: Opened, before: Sequence[str]) -> list[PastWeek]:
    head = house.ledger.head()
    missing = [one for one in before if (one, head) not in house.memo]
    drawn = [sample for one in missing if (sample := load_sample(house.ledger, one)) is not None]
    tallies = _tallies(house, drawn)
    measures = house.calls.measures([item.identity for sample in drawn for item in sample.items]) if drawn else {}
    for sample in drawn:
        rubric, grades = load_rubric(house.ledger, sample.rubric_digest), counted_grades(house, sample.week)
        results = call_results(sample.items, rubric, grades, measures, house.config.zone, decided(house.ledger, sample.week))
        people = population_of(tallies.get(sample.week, Tally()), sample.design)
        kept = without(results, out_of_rates(house.ledger, sample, grades))
        house.memo[sample.week, head] = PastWeek(sample.week, sample.design, rubric, kept, people)
    return [house.memo[one, head] for one in before]


def _tallies(house: Opened, drawn: Sequence[WeeklySample]) -> dict[str, Tally]:
    """How the calls of each week divide, by the scope it was drawn with, whatever the workspace's is now."""
    found: dict[str, Tally] = {}
    for scope in dict.fromkeys(sample.design.scope_rule for sample in drawn):
        found |= house.calls.tallies([one.week for one in drawn if one.design.scope_rule == scope], scope)
    return found


def partial_tallies(house: Opened, inputs: WeekInputs, sample: WeeklySample | None) -> dict[datetime, dict[str, Tally]]:
    """For each instant within a week at which an epoch of the bar begins: how the calls from then on divide, of that week."""
    if sample is None:
        return {}
    now = PastWeek(inputs.week, sample.design, inputs.rubric, (), population_of(Tally(), sample.design))
    weeks: Sequence[PastWeek] = [*inputs.history, now]
    epochs = [one for threshold in inputs.thresholds.checks for one in starts(threshold, weeks, inputs)]
    within = {one.start: one.week for one in epochs if one.start is not None}
    scope = sample.design.scope_rule
    return {
        start: house.calls.tallies([week], scope, start)
        for start, week in within.items()
        if start > bounds(week, house.config.zone)[0]
    }
