"""What of a week is a breach: bars missed or not proven, budgets crossed, a judge that drifted, a log that got thinner."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from evalharness import numbers
from evalharness.models.breach import Breach, BreachKind
from evalharness.models.measure import Verdict
from evalharness.models.summary import WeekSummary
from evalharness.models.trust import FEWEST_GOLD

_OF_CHECKS: dict[Verdict, BreachKind] = {"missed": "missed", "not_proven": "not_proven", "not_measured": "not_measured"}


def breaches(summary: WeekSummary) -> list[Breach]:
    """All breaches of the week, checks first; each once."""
    found = [*_of_checks(summary), *_of_budgets(summary), *_of_judges(summary), *_of_log(summary)]
    return list({breach.key: breach for breach in found}.values())


def stopped(week: str) -> Breach:
    """The week could not be drawn: its log looks incomplete, or more than one agent is in it."""
    return Breach(kind="stopped", week=week, subject="draw")


def _of_checks(summary: WeekSummary) -> Iterator[Breach]:
    for check in summary.checks:
        kind, measure = _OF_CHECKS.get(check.verdict), check.measure
        if kind is not None:
            figures: dict[str, Any] = {"value": measure.value, "bar": check.threshold.value, "n": measure.n, "of": measure.of}
            figures |= {"said": numbers.measured(measure, check.threshold), "reason": check.reason}
            yield Breach(kind=kind, week=summary.week, subject=check.threshold.id, currency=measure.currency, **figures)


def _of_budgets(summary: WeekSummary) -> Iterator[Breach]:
    costing = summary.costing
    for line in costing.budgets if costing else ():
        if line.crossed and costing is not None:
            figures: dict[str, Any] = {"value": line.value, "bar": line.limit, "n": line.n, "of": line.of}
            yield Breach(kind="budget", week=summary.week, subject=line.name, currency=costing.currency, **figures)


def _of_judges(summary: WeekSummary) -> Iterator[Breach]:
    """A criterion whose judge drifted on gold calls, by the same rule as its trust: the p against what shows a drift."""
    alpha = summary.trust_rules.drift_alpha
    for one in summary.trust:
        drift = one.drift
        if drift is not None and drift.items >= FEWEST_GOLD and drift.p <= alpha:
            figures: dict[str, Any] = {"value": drift.p, "bar": alpha, "n": drift.newly_wrong, "of": drift.items}
            yield Breach(kind="drift", week=summary.week, subject=one.criterion, **figures)


def _of_log(summary: WeekSummary) -> Iterator[Breach]:
    for part in summary.logged:
        if part.dropped:
            figures: dict[str, Any] = {"value": part.share, "bar": part.usual, "n": part.has, "of": part.of}
            yield Breach(kind="logging", week=summary.week, subject=part.part, **figures)
