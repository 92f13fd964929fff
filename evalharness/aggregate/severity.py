"""How severely each person grades beside the others, and who needs calibration. DOMAIN: Grades; docs/agreement.md."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from evalharness.aggregate.inputs import PastWeek
from evalharness.aggregate.pairs import Graded, side_by_side
from evalharness.models.measure import Measure
from evalharness.models.rubric import Rubric
from evalharness.models.severity import CalibrationRules, Severity
from evalharness.stats.interval import Interval
from evalharness.stats.mean import weighted_mean
from evalharness.stats.mean_difference import difference_of_means

LATELY = 4
"""Drawn weeks that count as lately."""
FEWEST_FOR_DRIFT = 10
"""Shared calls, lately and before, below which no drift is computed."""
_EQUAL = 1e-9
Why = Literal["all", "lately", "drift"]
"""What shows that a person is beyond the bar: all weeks, the last four, or how far these lie from the weeks before them."""


@dataclass(frozen=True)
class _Shared:
    """A call that two or more people rated under a criterion."""

    week: str
    values: Mapping[str, float]


@dataclass(frozen=True)
class _Case:
    """One criterion: the calls people share, the span of its levels in points, and which weeks are lately."""

    criterion: str
    shared: Sequence[_Shared]
    span: float
    lately: Collection[str]

    def without(self, people: Collection[str]) -> _Case:
        """The same calls as if these people had not graded."""
        rows = (_Shared(one.week, {n: v for n, v in one.values.items() if n not in people}) for one in self.shared)
        return _Case(self.criterion, [one for one in rows if len(one.values) > 1], self.span, self.lately)

    def people(self) -> list[str]:
        return sorted({name for one in self.shared for name in one.values})

    def difference(self, person: str, *, lately: bool | None = None) -> Interval:
        """Own answer minus the mean of the others' over the shared calls; of lately, of before, or of all (None).

        The plain t interval: differences of two people lie about evenly on both sides of their mean.
        """
        rows = (one for one in self.shared if person in one.values and lately in (None, one.week in self.lately))
        return weighted_mean([_apart(one.values, person) for one in rows], scale=(-self.span, self.span), guard=False)


def severity(history: Sequence[PastWeek], rubric: Rubric, rules: CalibrationRules, owner: str) -> tuple[Severity, ...]:
    """Each person under each ordinal criterion, in form order, then by name; only where people share calls.

    history: drawn weeks, oldest first; blind grades of drawn calls under the criterion as `rubric` has it. The last four weeks
    decide where they hold `min_calls` shared calls, else all weeks: who was calibrated is free again, and nobody's drift hides
    behind better weeks. Who lies farthest beyond the bar is named first and left out before the others are looked at: being
    graded beside a severe person makes nobody lenient. Of two people who share calls with nobody else, the owner is the
    measure; where neither is the owner both are named, since nothing can tell which of them is off.

    A drift is beyond the bar too: the whole 95 % interval of lately minus before lies farther out than `max_severity`, each of
    them has `min_calls` shared calls, and the person lies farther from the others than before (who came back has not drifted
    away). Of graders who do not drift it names one in 0 of 400 years (benchmarks/coverage/severity_drift.py).
    """
    criteria = [one for one in rubric.criteria() if one.type == "ordinal"]
    table = side_by_side(history, criteria, rubric, None)
    lately = {past.week for past in history[-LATELY:]}
    found: list[Severity] = []
    for criterion in criteria:
        levels = [float(answer) for answer in criterion.answers]
        case = _Case(criterion.id, list(_shared(table[criterion.id])), max(levels) - min(levels), lately)
        beyond = _beyond(case, rules, owner)
        found += [_row(case, person, beyond) for person in case.people()]
    return tuple(found)


def needing(found: Iterable[Severity]) -> frozenset[str]:
    """The people who need calibration."""
    return frozenset(one.person for one in found if one.beyond)


def _shared(graded: Iterable[Graded]) -> Iterator[_Shared]:
    for one in graded:
        values = {name: answer for name, answer in one.persons.items() if not isinstance(answer, str)}
        if len(values) > 1:
            yield _Shared(one.week, values)


def _apart(values: Mapping[str, float], person: str) -> float:
    others = [value for name, value in values.items() if name != person]
    return values[person] - sum(others) / len(others)


def _beyond(case: _Case, rules: CalibrationRules, owner: str) -> dict[str, Why]:
    """Who lies beyond the bar -> what decided it."""
    named: dict[str, Why] = {}
    while True:
        left = case.without(named)
        outside = {person: found for person in left.people() if (found := _outside(left, person, rules)) is not None}
        if not outside:
            return named
        farthest = max(apart for apart, _ in outside.values())
        worst = [person for person, (apart, _) in outside.items() if apart >= farthest - _EQUAL]
        named |= {person: outside[person][1] for person in ([one for one in worst if one != owner] or worst)}


def _outside(case: _Case, person: str, rules: CalibrationRules) -> tuple[float, Why] | None:
    """How far the person is off and what shows it, where the whole interval lies beyond the bar; else None."""
    recent = case.difference(person, lately=True)
    whole = case.difference(person)
    by_lately = rules.min_calls <= recent.n < whole.n
    found = recent if by_lately else whole
    if found.value is None or found.n < rules.min_calls:
        return None
    if _apart_by(found, rules):
        return abs(found.value), "lately" if by_lately else "all"
    before = case.difference(person, lately=False)
    drift = difference_of_means(recent, before)
    away = abs(recent.value or 0.0) > abs(before.value or 0.0)
    drifted = drift.value is not None and away and min(recent.n, before.n) >= rules.min_calls and _apart_by(drift, rules)
    return (abs(drift.value or 0.0), "drift") if drifted else None


def _apart_by(found: Interval, rules: CalibrationRules) -> bool:
    """Whether the whole interval lies beyond the bar, either way."""
    return found.high < -rules.max_severity or found.low > rules.max_severity


def _row(case: _Case, person: str, beyond: Mapping[str, Why]) -> Severity:
    whole, recent, before = (case.difference(person, lately=part) for part in (None, True, False))
    enough = min(recent.n, before.n) >= FEWEST_FOR_DRIFT
    others = {name for one in case.shared if person in one.values for name in one.values if name != person}
    return Severity(
        criterion=case.criterion,
        person=person,
        others=tuple(sorted(others)),
        difference=_measure("difference", whole),
        lately=_measure("lately", recent),
        before=_measure("before", before),
        drift=_measure("drift", difference_of_means(recent, before)) if enough else None,
        beyond=person in beyond,
        by_lately=beyond.get(person) == "lately",
        by_drift=beyond.get(person) == "drift",
    )


def _measure(name: str, found: Interval) -> Measure:
    n, known = round(found.n), found.value is not None
    return Measure(
        name=name,
        unit="levels",
        value=found.value,
        n=n,
        of=n,
        low=found.low if known else None,
        high=found.high if known else None,
        basis="ledger",
        note=found.note,
    )
