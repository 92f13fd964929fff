"""What people's and the LLM's grades each answer to a judged measure: the questions that can be combined."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from evalharness.aggregate import judged as rates
from evalharness.aggregate.estimate import Answer, answer_of, reached, read_blind
from evalharness.aggregate.final import rests_on_judge
from evalharness.aggregate.frame import NA, Row
from evalharness.aggregate.inputs import PastWeek
from evalharness.aggregate.judged import Reader, WeekRate
from evalharness.aggregate.melding import Question, Reads, Scaled
from evalharness.aggregate.pairs import compared
from evalharness.aggregate.scores import call_score, criterion_score
from evalharness.aggregate.scoring import Score, Scoring
from evalharness.models.measure import Measure
from evalharness.models.rubric import Criterion, Rubric
from evalharness.models.summary import CallResult

_OF_OUTCOME: Mapping[float | str, Answer] = {"resolved": "hit", "out_of_scope": "out", "unknown": None}


def questions(now: PastWeek, judge: str) -> Iterator[Question]:
    """The yes/no measures: rates of the week, shares of good levels, shares of yes."""
    known = {one.id: one for one in compared(now.rubric)}
    design, results, people = now.design, now.results, now.population
    if "outcome" in known:
        outcome = _Verdict(judge, known["outcome"], lambda value: _OF_OUTCOME.get(value, "no"))
        rate = rates.resolution(design, results, people)
        yield Question(rate.measure, ("outcome",), _of_week(rate), _reads(rates.resolved, outcome=True), rates.resolved, outcome)
    if now.rubric.checks and all(check.id in known for check in now.rubric.checks):
        answer, checks = (lambda result: rates.failed(now.rubric, result)), tuple(check.id for check in now.rubric.checks)
        rate = rates.clear_failures(now.rubric, design, results, people)
        yield Question(rate.measure, checks, _of_week(rate), _reads(answer), answer, _Flagged(judge, now.rubric))
    for one in known.values():
        if one.type == "ordinal":
            yield _share(one, judge, rates.good_share(design, results, one)[0], _at_least(one))
        elif one.type == "yes_no" and one.scope == "call":
            yield _share(one, judge, rates.yes_share(design, results, one), _yes)


def _reads(answer: Reader, *, outcome: bool = False) -> Reads:
    """The queue up to the last call that people answered; of outcomes, which the log knows too, that they read at all."""

    def reads(results: Sequence[CallResult]) -> Sequence[CallResult]:
        read = rates.read_by_people(results) if outcome else results
        return reached(read_blind(read), lambda result: answer(result) is not None)

    return reads


def _of_week(rate: WeekRate) -> Scaled:
    return Scaled(rate.readable, rate.fixed, rate.unseen, rate.total - rate.judged + rate.readable)


def _share(criterion: Criterion, judge: str, people: Measure, hit: Callable[[float | str], Answer]) -> Question:
    def answer(result: CallResult) -> Answer:
        return answer_of(result.final[criterion.id], hit)

    says = _Verdict(judge, criterion, hit)
    return Question(people, (criterion.id,), Scaled(float(people.of)), _reads(answer), answer, says)


def _at_least(criterion: Criterion) -> Callable[[float | str], Answer]:
    """At one of the two highest levels."""
    bar = min(sorted(map(float, criterion.answers))[-2:])
    return lambda value: "hit" if float(value) >= bar else "no"


def _yes(value: float | str) -> Answer:
    return "hit" if value == "yes" else "no"


@dataclass(frozen=True)
class _Verdict:
    """What the judge says to one criterion."""

    judge: str
    criterion: Criterion
    hit: Callable[[float | str], Answer]

    def __call__(self, row: Row) -> Answer:
        said = row.said(self.criterion, self.judge)
        return None if said is None else "out" if said == NA else self.hit(said)


@dataclass(frozen=True)
class _Flagged:
    """Whether the judge sees a clear failure: yes to any check; no only if it answered all of them."""

    judge: str
    rubric: Rubric

    def __call__(self, row: Row) -> Answer:
        said = [row.said(check, self.judge) for check in self.rubric.checks]
        return "hit" if "yes" in said else None if None in said else "no"


def scorings(now: PastWeek, judge: str) -> Iterator[Scoring]:
    """The mean scores: of each ordinal criterion, and of the calls."""
    known = compared(now.rubric)
    for one in known:
        if one.type == "ordinal":
            yield _scoring(now, one.id, (one.id,), _Level(judge, one))
    weighted = [one for _, one in now.rubric.scored()]
    asked = tuple(one.id for one in weighted if one.type != "measured")
    if asked and set(asked) <= {one.id for one in known}:
        measured = tuple(one.id for one in weighted if one.type == "measured")
        yield _scoring(now, "call_score", asked, _CallScore(judge, now.rubric), measured)


def _scoring(
    now: PastWeek, name: str, criteria: tuple[str, ...], both: _Level | _CallScore, measured: tuple[str, ...] = ()
) -> Scoring:
    people = rates.mean_score(name, now.design, now.results, both.of_people)
    return Scoring(people, criteria, both.of_people, both.of_judge, measured)


@dataclass(frozen=True)
class _Level:
    """The score of one ordinal criterion, people's from blind grades alone."""

    judge: str
    criterion: Criterion

    def of_people(self, result: CallResult) -> Score:
        final = result.final[self.criterion.id]
        if final.assisted or final.by == "llm":
            return None
        return "out" if final.state == "not_applicable" else self._score(final.value)

    def of_judge(self, row: Row) -> Score:
        said = row.said(self.criterion, self.judge)
        return "out" if said == NA else self._score(said)

    def _score(self, value: float | str | None) -> Score:
        return None if value is None else criterion_score(self.criterion, value)


@dataclass(frozen=True)
class _CallScore:
    """The score of a call: people's where no part of it is assisted or a judge's; the judge's own with what was measured."""

    judge: str
    rubric: Rubric

    def of_people(self, result: CallResult) -> Score:
        assisted = any(result.final[one.id].assisted for _, one in self.rubric.scored())
        if assisted or rests_on_judge(self.rubric, result.final):
            return None
        return "out" if result.automatic_fail == "call" else result.score

    def of_judge(self, row: Row) -> Score:
        final = {one.id: row.final(one, self.judge) for _, one in self.rubric.scored()}
        found = call_score(self.rubric, final)
        return "out" if found.fail == "call" else found.value
