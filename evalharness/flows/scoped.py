"""Which calls of a week are this agent's: by the scope of its draw once it is drawn, whatever is configured later."""

from __future__ import annotations

from evalharness.flows.opened import Opened
from evalharness.models.rule import Rule
from evalharness.models.sample import WeeklySample
from evalharness.models.summary import ScopeNow
from evalharness.store.records import load_sample


def scope_of(house: Opened, week: str) -> Rule | None:
    """The scope of the week: as it was drawn, else as configured now. None = every call of the log."""
    sample = load_sample(house.ledger, week)
    return house.config.scope_rule if sample is None else sample.design.scope_rule


def scope_now(house: Opened, sample: WeeklySample) -> ScopeNow | None:
    """How many drawn calls are outside the scope that is configured now; None where it is the one of the draw.

    A call that the log no longer holds is in neither scope, so it is not counted as outside.
    """
    then, now = sample.design.scope_rule, house.config.scope_rule
    if then == now:
        return None
    drawn = [item.identity for item in sample.items]
    gone = house.calls.of_week(sample.week, then, drawn) - house.calls.of_week(sample.week, now, drawn)
    return ScopeNow(drawn=len(drawn), outside=len(gone))
