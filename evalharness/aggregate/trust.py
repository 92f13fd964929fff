"""Whether an LLM's grades of a criterion may take part: its record against people's blind grades. docs/judge-trust.md."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from evalharness import numbers
from evalharness.aggregate.agreeing import SHOWN_FROM, Sizes, agreement_of, sizes_of
from evalharness.aggregate.annotators import alternative
from evalharness.aggregate.guard import reasons_for
from evalharness.aggregate.inputs import PastWeek
from evalharness.aggregate.judges import Panel, judges_of
from evalharness.aggregate.pairs import (
    Graded,
    Pairs,
    Scale,
    among_persons,
    compared,
    scale_of,
    side_by_side,
    with_people,
)
from evalharness.models.grade import Grader
from evalharness.models.guard import Guard
from evalharness.models.measure import Measure
from evalharness.models.noun import number_of
from evalharness.models.rubric import Rubric
from evalharness.models.trust import FEWEST_GOLD, Agreement, Drift, JudgeTrust, TrustRules, judge_name


def among_people(history: Sequence[PastWeek], rubric: Rubric) -> tuple[Agreement, ...]:
    """Agreement of people with each other, by criterion in form order; only where 20 pairs or more exist."""
    criteria = [one for one in rubric.criteria() if one.type not in ("text", "measured")]
    table, sizes = side_by_side(history, criteria, rubric, None), sizes_of(history)
    found = (_among(one.id, table[one.id], scale_of(one), sizes) for one in criteria)
    return tuple(one for one in found if one is not None)


@dataclass(frozen=True)
class Bench:
    """The judges before the rules. `panel`: which of them may take part; `guards`: what the guards of the newest week found of
    each; `drift`: criterion id -> the one that may take part on gold calls, where known."""

    panel: Panel = field(default_factory=Panel)
    guards: Sequence[Guard] = ()
    drift: Mapping[str, Drift] = field(default_factory=dict)


def trust(history: Sequence[PastWeek], rubric: Rubric, rules: TrustRules, bench: Bench | None = None) -> tuple[JudgeTrust, ...]:
    """The state of each judge that grades the newest week, by criterion in form order, the one that may take part first.

    history: drawn weeks, oldest first, this week last; () where no LLM has graded. A guard that says no (a canary out of its
    band, two models under one name), and a rule that was tested and is not kept, make the judge `advisory`; else a rule that
    cannot be tested yet leaves it `untested`; else it is `trusted`. A further judge is `advisory` whatever its record: of two
    that may both take part, the one that says what is wanted could be chosen. What the guards took out of figures stays in the
    record. Never for people's grades, nor to compare two judges.
    """
    given = Bench() if bench is None else bench
    judges = judges_of(history, given.panel)
    return tuple(one for judge in judges for one in _of_judge(judge, judges[0], (history, rubric, rules), given))


_Given = tuple[Sequence[PastWeek], Rubric, TrustRules]


def _of_judge(judge: Grader, first: Grader, given: _Given, bench: Bench) -> Iterator[JudgeTrust]:
    history, rubric, rules = given
    name, criteria = judge_name(judge), compared(rubric)
    table, sizes = side_by_side(history, criteria, rubric, name), sizes_of(history)
    barred = reasons_for(bench.guards, judge)
    if judge != first:
        barred = (_not_first(judge, first), *barred)
    for one in criteria:
        drift = bench.drift.get(one.id) if judge == first else None
        yield _Case(one.id, name, scale_of(one), table[one.id], sizes, drift).decided(rules, barred)


def _not_first(judge: Grader, first: Grader) -> str:
    if judge.name != first.name:
        return f"a further judge: only {first.name[:80]} may take part"
    return "another version or prompt of the model graded last, and only that may take part"


def _among(criterion: str, graded: Sequence[Graded], scale: Scale, sizes: Sizes) -> Agreement | None:
    first, second, pairs = among_persons(graded)
    return agreement_of(criterion, (first, second), pairs, scale, sizes) if len(pairs.rows) >= SHOWN_FROM else None


@dataclass(frozen=True)
class _Record:
    """What is known of a judge under one criterion."""

    pairs: Pairs
    failures: int
    people: Agreement | None
    among: Agreement | None


@dataclass(frozen=True)
class _Case:
    criterion: str
    judge: str
    scale: Scale
    graded: Sequence[Graded]
    sizes: Sizes
    drift: Drift | None

    def decided(self, rules: TrustRules, barred: Sequence[str] = ()) -> JudgeTrust:
        """By the rules. barred: what speaks against the judge whatever its record."""
        record = self._record(rules)
        broken, open_ = [*barred, *self._broken(record, rules)], list(self._open(record, rules))
        return JudgeTrust(
            criterion=self.criterion,
            judge=self.judge,
            state="advisory" if broken else "untested" if open_ else "trusted",
            with_people=record.people,
            among_people=record.among,
            drift=self.drift,
            failures=record.failures,
            reasons=(*broken, *open_),
        )

    def _record(self, rules: TrustRules) -> _Record:
        pairs = with_people(self.graded)
        failures = sum(pair.second in self.scale.failing for pair in pairs.rows)
        if len(pairs.rows) < rules.min_pairs:
            return _Record(pairs, failures, None, None)
        people = agreement_of(self.criterion, (self.judge, "people"), pairs, self.scale, self.sizes)
        return _Record(pairs, failures, people, _among(self.criterion, self.graded, self.scale, self.sizes))

    def _open(self, record: _Record, rules: TrustRules) -> Iterator[str]:
        """What cannot be tested yet."""
        if record.people is None:
            graded = number_of(len(record.pairs.rows), "call")
            yield f"{graded} graded blind by people and by this judge; tested from {rules.min_pairs} on"
        elif record.people.alpha.value is None:
            yield f"nothing varies in {number_of(record.people.pairs, 'call')}: no agreement beyond chance can be computed"
        elif self._early(record, rules):
            yield from _of_alpha(record.people.alpha, rules)
        if self._few(record, rules):
            answers = f"{record.failures} failing answer{'' if record.failures == 1 else 's'}"
            yield f"people gave {answers}; whether it finds them is tested from {rules.min_failures} on"

    def _broken(self, record: _Record, rules: TrustRules) -> Iterator[str]:
        """The rules that were tested and are not kept."""
        if record.people is not None:
            yield from () if self._early(record, rules) else _of_alpha(record.people.alpha, rules)
            yield from _of_people(record.people, record.among, rules)
            yield from _of_bias(record.people.bias, rules)
            if not self._few(record, rules):
                yield from _of_failures(record.people.sensitivity, rules)
            yield from self._of_annotators()
        if self.drift is not None and self.drift.items >= FEWEST_GOLD and self.drift.p <= rules.drift_alpha:
            yield _drifted(self.drift, rules)

    def _few(self, record: _Record, rules: TrustRules) -> bool:
        """Whether there are too few failing answers to test whether the judge finds them."""
        return bool(self.scale.failing) and record.failures < rules.min_failures

    def _early(self, record: _Record, rules: TrustRules) -> bool:
        """Whether alpha says nothing yet: with so few failing answers its interval is wide, and it still reaches the bar."""
        high = record.people.alpha.high if record.people is not None else None
        return self._few(record, rules) and high is not None and high >= rules.alpha_low

    def _of_annotators(self) -> Iterator[str]:
        """The alternative annotator test, where three or more people share 30 calls each with another."""
        found = alternative(self.graded, self.scale.kind)
        if found is not None and not found.passed:
            share = f"{numbers.beside(found.winning_rate, 0.5, 'share')} of {len(found.people)} people"
            yield f"it may stand in for {share} (alternative annotator test); half are needed"


def _of_alpha(alpha: Measure, rules: TrustRules) -> Iterator[str]:
    """The lower 95 % limit of alpha with people."""
    if alpha.low is not None and alpha.low < rules.alpha_low:
        yield f"alpha with people {_of(alpha)}; its lower limit must reach {numbers.exactly(rules.alpha_low, 'coefficient')}"


def _of_people(people: Agreement, among: Agreement | None, rules: TrustRules) -> Iterator[str]:
    """The value of alpha with people, against that of people among themselves."""
    alpha, other = people.alpha, among.alpha if among is not None else None
    if alpha.value is None or other is None or other.value is None:
        return
    if alpha.value < other.value - rules.below_people:
        least = f"at most {numbers.exactly(rules.below_people, 'coefficient')} below is allowed"
        yield f"alpha {numbers.figure(alpha.value, 'coefficient')} with people, {_of(other)} among people; {least}"


def _of_bias(bias: Measure | None, rules: TrustRules) -> Iterator[str]:
    """The mean difference itself must lie within the bar. An interval wholly outside has its value outside too."""
    if bias is not None and bias.value is not None and abs(bias.value) > rules.max_bias:
        way = "above" if bias.value > 0 else "below"
        apart = f"{numbers.beside(abs(bias.value), rules.max_bias, 'levels')} {way} people on average"
        yield f"it grades {apart}, {_of(bias)}; at most {numbers.plain(rules.max_bias)} is allowed"


def _of_failures(found: Measure | None, rules: TrustRules) -> Iterator[str]:
    """The share found itself, not its limit: the fewest failures tested could show no limit above the bar."""
    if found is not None and found.value is not None and found.value < rules.min_sensitivity:
        share = f"{numbers.beside(found.value, rules.min_sensitivity, 'share')} of the failing answers that people gave"
        yield f"it finds {share}, {_of(found)}; {numbers.exactly(rules.min_sensitivity, 'share')} is needed"


def _drifted(drift: Drift, rules: TrustRules) -> str:
    return (
        f"drift: of {drift.items} gold calls {drift.newly_wrong} are newly wrong and {drift.newly_right} newly right "
        f"(p {numbers.chance(drift.p, rules.drift_alpha)}; at most {numbers.chance(rules.drift_alpha)} shows a drift)"
    )


def _of(measure: Measure) -> str:
    """The figure with its limits and n."""
    limits = "" if measure.low is None or measure.high is None else f" ({numbers.span(measure.low, measure.high, measure.unit)})"
    return f"{numbers.measured(measure)}{limits} over {number_of(measure.n, 'call')}"
