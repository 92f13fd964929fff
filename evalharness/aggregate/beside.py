"""Two judges beside people on the same gold calls: whether one may succeed the other. docs/judge-trust.md."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from evalharness.aggregate.agreeing import SHOWN_FROM, Sizes, agreement_of, sizes_of
from evalharness.aggregate.drift import Value, answers_of, first_answers, people_of
from evalharness.aggregate.inputs import Identity, PastWeek
from evalharness.aggregate.pairs import Pair, Pairs, Scale, compared, scale_of
from evalharness.models.beside import BesideRow, Succession
from evalharness.models.measure import Measure, Unit
from evalharness.models.probe import Probe
from evalharness.models.rubric import Rubric
from evalharness.models.trust import Agreement, judge_name
from evalharness.stats.exact import clopper_pearson
from evalharness.stats.interval import Interval
from evalharness.stats.mean import weighted_mean
from evalharness.stats.paired import mcnemar_exact, tango_interval

Names = tuple[str, str]
"""The judge now and its possible successor, by `judge_name`."""


def succession(history: Sequence[PastWeek], rubric: Rubric, judges: Names, probes: Sequence[Probe], week: str) -> Succession:
    """Both judges beside people, criterion by criterion in form order; only calls that all three answered.

    history: the weeks before this one; probes: of all weeks up to this one, the successor's of role "beside". The judge now
    stands by its first answers: its own grades of then, else its first gold probe. Says nothing of which one is to be taken:
    with a few calls neither a flip nor a p is a reason.
    """
    old, new = judges
    beside = [probe for probe in probes if probe.role == "beside" and probe.week == week]
    gold = [probe for probe in probes if probe.role == "gold"]
    people, then = people_of(history, rubric), first_answers(history, rubric, old, gold)
    now, sizes = answers_of(rubric, new, beside), sizes_of(history)
    strata = {(one.call.source, one.call.id): one.stratum for past in history for one in past.results}
    rows = []
    for one in compared(rubric):
        calls = [call for call in people[one.id] if call in then[one.id] and call in now[one.id]]
        said = {call: (people[one.id][call], then[one.id][call], now[one.id][call]) for call in calls}
        rows += [_Three(one.id, scale_of(one), said).row(judges, strata, sizes)] if calls else []
    costs = [probe.cost_usd for probe in beside if probe.cost_usd is not None and judge_name(probe.judge) == new]
    return Succession(
        week=week,
        old=old,
        new=new,
        rows=tuple(rows),
        old_cost=_cost(_costs(history, old)),
        new_cost=_cost(costs),
    )


@dataclass(frozen=True)
class _Three:
    """One criterion: call -> (people, judge now, successor)."""

    criterion: str
    scale: Scale
    said: Mapping[Identity, tuple[Value, Value, Value]]

    def row(self, judges: Names, strata: Mapping[Identity, str], sizes: Sizes) -> BesideRow:
        n = len(self.said)
        won = sum(new == people != old for people, old, new in self.said.values())
        lost = sum(old == people != new for people, old, new in self.said.values())
        flips = sum(old != new for _, old, new in self.said.values())
        limits = clopper_pearson(flips, n)
        return BesideRow(
            criterion=self.criterion,
            calls=n,
            old=self._with_people(1, judges[0], strata, sizes),
            new=self._with_people(2, judges[1], strata, sizes),
            right=_measure("right", tango_interval(won, lost, n), "share", n),
            p=mcnemar_exact(won, lost, one_sided=False),
            levels=self._levels(),
            flips=_share("flips", flips / n, n, limits),
        )

    def _with_people(self, place: int, judge: str, strata: Mapping[Identity, str], sizes: Sizes) -> Agreement | None:
        given = [(call, said[place], said[0]) for call, said in self.said.items()]
        mixed = sum(isinstance(first, str) != isinstance(second, str) for _, first, second in given)
        rows = tuple(
            Pair(call, strata[call], first, second)
            for call, first, second in given
            if not isinstance(first, str) and not isinstance(second, str)
        )
        if len(rows) < SHOWN_FROM:
            return None
        return agreement_of(self.criterion, (judge, "people"), Pairs(rows, mixed), self.scale, sizes)

    def _levels(self) -> Measure | None:
        """New - old where both gave a level."""
        if self.scale.kind != "ordinal":
            return None
        apart = [new - old for _, old, new in self.said.values() if not isinstance(new, str) and not isinstance(old, str)]
        span = max(self.scale.values) - min(self.scale.values)
        found = weighted_mean(apart, scale=(-span, span), guard=False)
        return _measure("levels", found, "levels", len(apart))


def _measure(name: str, found: Interval, unit: Unit, n: int) -> Measure:
    known = found.value is not None and n > 0
    low, high = (found.low, found.high) if known else (None, None)
    return Measure(name=name, unit=unit, value=found.value if known else None, n=n, of=n, low=low, high=high, basis="ledger")


def _share(name: str, value: float, n: int, limits: tuple[float, float]) -> Measure:
    return Measure(name=name, unit="share", value=value, n=n, of=n, low=limits[0], high=limits[1], basis="ledger")


def _costs(history: Sequence[PastWeek], judge: str) -> list[float]:
    """What the judge's grades of each drawn call cost, where every one of them says it."""
    found: dict[Identity, list[float | None]] = defaultdict(list)
    for call, cost in _paid(history, judge):
        found[call].append(cost)
    return [sum(one for one in costs if one is not None) for costs in found.values() if None not in costs]


def _paid(history: Sequence[PastWeek], judge: str) -> Iterator[tuple[Identity, float | None]]:
    for week in history:
        for result in week.results:
            for grade in result.grades:
                if grade.grader.kind == "llm" and judge_name(grade.grader) == judge:
                    yield grade.identity, grade.cost_usd


def _cost(costs: Sequence[float]) -> Measure:
    n = len(costs)
    return Measure(name="cost", unit="money", currency="USD", value=sum(costs) / n if n else None, n=n, of=n, basis="ledger")
