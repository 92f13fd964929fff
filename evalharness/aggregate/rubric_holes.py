"""Where people and an LLM, and people among themselves, give other answers to the same call, with both sides' reasons.

A disagreement is usually a hole in the rubric: two levels whose texts can both be defended for the same call.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from evalharness.aggregate.comparisons import labels, people_in
from evalharness.aggregate.inputs import Identity, PastWeek
from evalharness.aggregate.pairs import NA, Answer, Graded, compared, scale_of, side_by_side
from evalharness.aggregate.rubric_use import steps_apart
from evalharness.models.act import Adjudication
from evalharness.models.grade import Grade, NotApplicable, Scored
from evalharness.models.improvement import (
    FEWEST_CALLS,
    Between,
    Confused,
    CriterionDisagreements,
    DifferingCall,
    RubricDisagreements,
    Side,
)
from evalharness.models.measure import Measure
from evalharness.models.rubric import Criterion, Rubric
from evalharness.models.summary import CallResult
from evalharness.models.trust import judge_name
from evalharness.stats.share import weighted_share


@dataclass(frozen=True)
class _Met:
    """Two answers to one call."""

    graded: Graded
    first: Answer
    second: Answer


@dataclass(frozen=True)
class _Asked:
    """A criterion with its answers in words, the drawn calls, who judges, and which calls are not to be shown."""

    criterion: Criterion
    digest: str
    words: dict[Answer, str]
    judge: str | None
    results: dict[tuple[str, Identity], CallResult]
    hidden: Collection[Identity]


def holes(
    history: Sequence[PastWeek],
    rubric: Rubric,
    judge: str | None = None,
    hidden: Collection[Identity] = (),
    only: str | None = None,
) -> RubricDisagreements:
    """Where the two sides differ, criterion by criterion; a criterion's two tables are apart.

    Blind grades of drawn calls under the criterion's text as `rubric` has it, as in `agreement`.
    `judge`: whose LLM grades (None = of people alone). `hidden`: calls that somebody
    is still to grade blind: they count, and are not shown. `only`: one criterion's id. Raises KeyError for an unknown one.
    """
    digests = rubric.digests()
    criteria = [one for one in rubric.criteria() if one.type not in ("text", "measured")]
    criteria = criteria if only is None else [rubric.criterion(only)]
    table = side_by_side(history, criteria, rubric, judge)
    results = {(week.week, (result.call.source, result.call.id)): result for week in history for result in week.results}
    judged = {one.id for one in compared(rubric)} if judge is not None else set()
    found = []
    for one in criteria:
        words: dict[Answer, str] = {**dict(zip(scale_of(one).values, labels(one), strict=True)), NA: NA}
        asked = _Asked(one, digests[one.id], words, judge if one.id in judged else None, results, hidden)
        found += list(_of_criterion(asked, table[one.id]))
    weeks, people = tuple(week.week for week in history), people_in(history)
    return RubricDisagreements(weeks=weeks, people=people, judge=judge, criteria=tuple(sorted(found, key=_rank)))


def _rank(one: CriterionDisagreements) -> tuple[bool, float]:
    return one.share is None, -one.differing / max(one.pairs, 1)


def _of_criterion(asked: _Asked, graded: Sequence[Graded]) -> Iterator[CriterionDisagreements]:
    if asked.judge is not None:
        beside = [_Met(one, one.people, one.judge) for one in graded if one.people is not None and one.judge is not None]
        if beside:
            yield _table(asked, "people_and_llm", ("people", asked.judge), beside)
    among = [(one, *names) for one in graded for names in combinations(sorted(one.persons), 2)]
    if among:
        yield _among(asked, among)


def _among(asked: _Asked, among: Sequence[tuple[Graded, str, str]]) -> CriterionDisagreements:
    """Two people by name; of several nobody is first, so the lower answer is put first."""
    first, second = {a for _, a, _ in among}, {b for _, _, b in among}
    met = [_Met(one, one.persons[a], one.persons[b]) for one, a, b in among]
    if len(first) == len(second) == 1:
        return _table(asked, "people", (first.pop(), second.pop()), met)
    order = list(asked.words)
    turned = [_Met(one.graded, *sorted((one.first, one.second), key=order.index)) for one in met]
    return _table(asked, "people", ("people", "people"), turned)


def _table(asked: _Asked, between: Between, names: tuple[str, str], met: Sequence[_Met]) -> CriterionDisagreements:
    calls = {(one.graded.week, one.graded.call) for one in met}
    counts = Counter((one.first, one.second) for one in met)
    heads = [answer for answer in asked.words if answer != NA or any(NA in pair for pair in counts)]
    apart = [one for one in met if one.first != one.second]
    return CriterionDisagreements(
        criterion=asked.criterion.id,
        question=asked.criterion.question,
        between=between,
        first=names[0],
        second=names[1],
        calls=len(calls),
        pairs=len(met),
        differing=len(apart),
        share=_share(met) if len(calls) >= FEWEST_CALLS else None,
        answers=tuple(asked.words[answer] for answer in heads),
        table=tuple(tuple(counts[row, column] for column in heads) for row in heads),
        confused=tuple(sorted(_confused(asked, apart), key=lambda one: (-one.n * one.steps, -one.steps, one.one, one.other))),
    )


def _share(met: Sequence[_Met]) -> Measure:
    """The share of pairs that differ; a call's pairs stay together in the interval."""
    pairs, apart = Counter(one.graded.call for one in met), Counter(one.graded.call for one in met if one.first != one.second)
    found = weighted_share([apart[call] for call in pairs], list(pairs.values()))
    n = len(met)
    return Measure(name="differing", unit="share", value=found.value, n=n, of=n, low=found.low, high=found.high, basis="ledger")


def _confused(asked: _Asked, apart: Sequence[_Met]) -> Iterator[Confused]:
    order = list(asked.words)
    places = {frozenset((one.first, one.second)) for one in apart}
    for place in places:
        low, high = sorted(place, key=order.index)
        mine = [one for one in apart if {one.first, one.second} == place]
        shown = {(one.graded.week, one.graded.call) for one in mine if one.graded.call not in asked.hidden}
        calls = [_call(asked, week, call) for week, call in shown]
        texts = {asked.words[answer]: _text(asked.criterion, asked.words[answer]) for answer in (low, high)}
        yield Confused(
            one=asked.words[low],
            other=asked.words[high],
            one_first=sum(one.first == low for one in mine),
            other_first=sum(one.first == high for one in mine),
            steps=steps_apart(asked.criterion, low, high),
            texts={answer: text for answer, text in texts.items() if text},
            calls=tuple(_ranked(calls)),
            held_back=len({(one.graded.week, one.graded.call) for one in mine}) - len(shown),
        )


def _ranked(calls: Sequence[DifferingCall]) -> list[DifferingCall]:
    """Those that can be read first: both sides say why or quote; then the newest week; then by id."""
    by_name = sorted(calls, key=lambda one: (one.source, one.call_id))
    newest = sorted(by_name, key=lambda one: one.week, reverse=True)
    return sorted(newest, key=lambda one: not all(side.why or side.evidence for side in one.sides))


def _text(criterion: Criterion, answer: str) -> str:
    return next((level.text for level in criterion.levels if str(level.value) == answer), "")


def _call(asked: _Asked, week: str, call: Identity) -> DifferingCall:
    """Who said what; of an adjudicated one what was decided stands last."""
    result = asked.results[week, call]
    given = [grade for grade in result.grades if _counts(asked, grade)]
    sides = [_side(grade) for grade in given if isinstance(grade, Scored | NotApplicable)]
    sides.sort(key=lambda side: (-1 if side.turn is None else side.turn, side.kind != "human", side.who))
    sides += [_decided(one) for one in result.decisions if one.criterion == asked.criterion.id]
    return DifferingCall(week=week, source=call[0], call_id=call[1], sides=tuple(sides))


def _decided(one: Adjudication) -> Side:
    answer = NA if one.value is None else str(one.value)
    return Side(who=f"decided by {one.by}", kind="human", answer=answer, turn=one.turn, why=one.reason)


def _counts(asked: _Asked, grade: Grade) -> bool:
    """Whether a grade stands behind the table: blind, of this criterion's text, a person's or the judge's."""
    judge = grade.grader.kind == "llm" and asked.judge is not None and judge_name(grade.grader) == asked.judge
    mine = grade.criterion == asked.criterion.id and grade.criterion_digest == asked.digest
    return mine and grade.lane == "blind" and (judge or grade.grader.kind == "human")


def _side(grade: Scored | NotApplicable) -> Side:
    return Side(
        who=grade.grader.name,
        kind="llm" if grade.grader.kind == "llm" else "human",
        answer=str(grade.value) if isinstance(grade, Scored) else NA,
        turn=grade.turn,
        why=grade.rationale,
        evidence=grade.evidence,
    )
