"""The judged calls that an LLM was asked about, each with what it and people said: the rows of a combined estimate."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from evalharness.aggregate import estimate
from evalharness.aggregate.final import newest, value_of_call
from evalharness.aggregate.inputs import PastWeek, Undrawn
from evalharness.models.grade import FinalValue, Grade, NotApplicable, Scored, Ungraded
from evalharness.models.rubric import Criterion
from evalharness.models.summary import CallResult
from evalharness.models.trust import judge_name

NA = "N/A"
Said = float | str | None
"""What the LLM said to a criterion: a value, N/A, or nothing (it failed, or was not asked)."""


@dataclass(frozen=True)
class Row:
    """A judged call. `result`: the drawn call, None for one outside the draw; `given`: the judge's standing grades by criterion,
    the failed ones too."""

    stratum: str
    result: CallResult | None
    given: Mapping[str, Sequence[Grade]]

    def said(self, criterion: Criterion, judge: str) -> Said:
        """The judge's value of the call."""
        grades = self.given.get(criterion.id, ())
        if not grades:
            return None
        if criterion.scope == "call":
            return _value(grades[-1])
        final = self.final(criterion, judge)
        return NA if final.state == "not_applicable" else final.value

    def final(self, criterion: Criterion, judge: str) -> FinalValue:
        """The judge's value of the call with what comes of it; of a measured criterion what was measured in a drawn call."""
        if criterion.type == "measured" and self.result is not None:
            return self.result.final[criterion.id]
        return value_of_call(criterion, self.given.get(criterion.id, ()), frozenset({(criterion.id, judge)}))


def _value(grade: Grade) -> Said:
    if isinstance(grade, Scored):
        return float(grade.value) if isinstance(grade.value, int) else grade.value
    return NA if isinstance(grade, NotApplicable) else None


@dataclass(frozen=True)
class Rows:
    """The judged calls that were drawn, in queue order, and those that were not where the LLM was asked about the whole week."""

    drawn: tuple[Row, ...]
    others: tuple[Row, ...]
    sizes: Mapping[str, int]

    def behind(self, criteria: Iterable[str]) -> tuple[Row, ...]:
        """The rows an estimate resting on these criteria may use: the whole week, if the LLM was asked about each call of it
        and gave a grade or failed; else the drawn calls. A part of the rest would not be there by chance."""
        names = list(criteria)
        known = all(name in row.given for row in self.others for name in names)
        counted = Counter(row.stratum for row in (*self.drawn, *self.others))
        whole = self.others and known and dict(counted) == dict(self.sizes)
        return (*self.drawn, *self.others) if whole else self.drawn


def rows_of_week(now: PastWeek, grades: Sequence[Grade], undrawn: Sequence[Undrawn], judge: str) -> Rows:
    """The judged calls of the week. `grades`: all of the week, of calls outside the draw too."""
    digests = now.rubric.digests()
    own = [result for result in estimate.judged(now.results) if result.probability is not None]
    drawn = tuple(Row(one.stratum, one, _by_criterion(one.grades, judge, digests)) for one in own)
    outside: dict[tuple[str, str], list[Grade]] = {(one.source, one.call_id): [] for one in undrawn}
    for grade in newest(grades) if undrawn else ():
        if grade.identity in outside:
            outside[grade.identity].append(grade)
    others = tuple(Row(one.stratum, None, _by_criterion(outside[one.source, one.call_id], judge, digests)) for one in undrawn)
    return Rows(drawn, others, {size.stratum.name: size.judged for size in now.design.strata if size.judged})


def _by_criterion(grades: Iterable[Grade], judge: str, digests: Mapping[str, str]) -> dict[str, list[Grade]]:
    """The judge's grades under this week's text, failures first: a failure names no version, and takes no grade away."""
    found: dict[str, list[Grade]] = defaultdict(list)
    for grade in grades:
        if grade.grader.kind == "llm" and grade.criterion_digest == digests.get(grade.criterion):
            if isinstance(grade, Ungraded):
                found[grade.criterion].insert(0, grade)
            elif judge_name(grade.grader) == judge:
                found[grade.criterion].append(grade)
    return found


def read_rows(rows: Sequence[Row], reached: Callable[[Sequence[CallResult]], Sequence[CallResult]]) -> list[CallResult | None]:
    """Of each row the drawn call, if people got so far in the queue; None for one behind, or outside the draw."""
    asked = {result.position for result in reached([row.result for row in rows if row.result is not None])}
    return [row.result if row.result is not None and row.result.position in asked else None for row in rows]
