"""What groups of a week's calls have to do with its measures: the parts that each value is the sum of, with plain counts."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from evalharness.aggregate import judged as rates
from evalharness.aggregate.estimate import Answer, reached, read_blind
from evalharness.aggregate.inputs import PastWeek
from evalharness.aggregate.weeklog import CALLS_WITH, SLOW, TECHNICAL, TOOL_ERRORS, WeekLog, group_name, slow_by
from evalharness.models.facts import FactGroup
from evalharness.models.measure import Measure
from evalharness.models.rubric import Criterion, Rubric
from evalharness.models.summary import CallResult
from evalharness.models.trend import BY_THE_LOG
from evalharness.models.weekly import Groups, Tallied

_SAME = 1e-9
Kept = Callable[[FactGroup], int]


def groups_of(measures: Mapping[str, Measure], log: WeekLog, *, held: bool) -> dict[str, Groups]:
    """Measure -> kind of group -> group -> its part. `held`: graded calls are not told apart, by whatever group.

    The parts of each kind sum up to the measure's value: of a share over all calls hits / all calls; of a judged one the weighted
    hits / all weights, times the judged part of the week; of cost the group's sum / all calls with one. Criteria and error tags
    have no part: one call may show several.
    """
    cost = measures.get("cost_per_call")
    found = dict(_of_all_calls(log, cost.currency if cost else None))
    if log.past is not None and not held:
        found |= dict(_judged(log.past, log))
    return {name: groups for name, groups in found.items() if _add_up(measures.get(name), groups)}


def _add_up(measure: Measure | None, groups: Groups) -> bool:
    """Whether these are the groups of that very figure: not where a judge takes part in it, say."""
    if measure is None or measure.value is None:
        return False
    sums = [[one.part for one in kind.values() if one.part is not None] for kind in groups.values()]
    return all(abs(math.fsum(parts) - measure.value) < _SAME for parts in sums if parts)


def _of_all_calls(log: WeekLog, currency: str | None) -> Iterator[tuple[str, Groups]]:
    calls = log.in_scope
    if calls:
        yield TECHNICAL, _by(calls, lambda one: one.calls if one.outcome == "failed_technical" else 0)
        known = [one for one in calls if one.handed_off or one.outcome != "unknown"]
        yield "containment_rate", _by(known, lambda one: one.calls * (not one.handed_off and one.outcome not in _PASSED_ON))
        costly = [one for one in calls if one.costs and one.currency == currency]
        if costly:
            yield "cost_per_call", _of_costs([one for one in calls if one.currency == currency])
    if log.pools:
        yield SLOW, {by: _shares(slow_by(log.pools[0], by)) for by in log.pools[0].groups}
    kinds: dict[str, dict[str, tuple[int, int]]] = defaultdict(dict)
    for one in log.tallies:
        if f"{CALLS_WITH}{one.figure}" == TOOL_ERRORS and one.by != "all" and one.n:
            kinds[one.by][group_name(one.by, one.group)] = (one.hits, one.n)
    if kinds:
        yield TOOL_ERRORS, {by: _shares(counts) for by, counts in kinds.items()}


_PASSED_ON = ("transferred", "follow_up")


def _by(calls: Sequence[FactGroup], kept: Kept) -> Groups:
    return {"intent": _counted(calls, "intent", kept), "version": _counted(calls, "version", kept)}


def _counted(calls: Sequence[FactGroup], field: str, kept: Kept) -> dict[str, Tallied]:
    hits, n = Counter[str](), Counter[str]()
    for one in calls:
        name = getattr(one, field) or ""
        n[name] += one.calls
        hits[name] += kept(one)
    return _shares({name: (hits[name], n[name]) for name in n})


def _shares(counts: Mapping[str, tuple[int, int]]) -> dict[str, Tallied]:
    whole = sum(calls for _, calls in counts.values())
    return {name: Tallied(hits=hits, calls=calls, part=hits / whole) for name, (hits, calls) in counts.items() if calls}


def _of_costs(calls: Sequence[FactGroup]) -> Groups:
    """Hits are the calls that report a cost."""
    n, found = sum(len(one.costs) for one in calls), {}
    for field in ("intent", "version"):
        costs: dict[str, list[float]] = defaultdict(list)
        of: Counter[str] = Counter()
        for one in calls:
            costs[getattr(one, field) or ""] += one.costs
            of[getattr(one, field) or ""] += one.calls
        found[field] = {
            name: Tallied(hits=len(held), calls=of[name], part=math.fsum(held) / n) for name, held in costs.items() if held
        }
    return found


def _judged(past: PastWeek, log: WeekLog) -> Iterator[tuple[str, Groups]]:
    rubric, results = past.rubric, past.results
    if any(criterion.id == "outcome" for criterion in rubric.criteria()):
        rate = rates.resolution(past.design, results, past.population)
        if rate.total:
            asked = answered(rates.read_by_people(results), rates.resolved)
            found = _weighted(past, asked, rates.resolved, log, (rate.judged / rate.total, 0.0))
            yield "resolution_rate", found | _criteria(rubric, results, rubric.criteria())
    if rubric.checks:
        yield "clear_failure_rate", _failures(past, log)
    for one in rubric.criteria():
        if one.type == "ordinal":
            answer = _good(one)
            yield f"{rates.FOUR_OR_FIVE}{one.id}", _weighted(past, answered(results, answer), answer, log, (1.0, 0.0))


def _good(criterion: Criterion) -> rates.Reader:
    return lambda result: rates.good(criterion, result)


def _failures(past: PastWeek, log: WeekLog) -> Groups:
    rubric, results = past.rubric, past.results
    rate = rates.clear_failures(rubric, past.design, results, past.population)
    if not rate.total:
        return {}

    def answer(result: CallResult) -> Answer:
        return rates.failed(rubric, result)

    asked = answered(results, answer)
    found = _weighted(past, asked, answer, log, (rate.judged / rate.total, rate.fixed / rate.total))
    inside = [result for result in asked if answer(result) != "out"]
    tags = Counter(tag for result in inside for tag in {str(one.tag) for one in result.confirmations if one.tag is not None})
    tagged = {tag: Tallied(hits=hits, calls=len(inside)) for tag, hits in sorted(tags.items())}
    return found | _criteria(rubric, results, rubric.checks) | ({"error_tag": tagged} if tagged else {})


def answered(results: Sequence[CallResult], answer: rates.Reader) -> list[CallResult]:
    """The calls that `estimate.share` rests on."""
    asked = reached(read_blind(results), lambda result: answer(result) is not None)
    return [result for result in asked if answer(result) not in (None, "open")]


def _weighted(
    past: PastWeek, graded: Sequence[CallResult], answer: rates.Reader, log: WeekLog, of_week: tuple[float, float]
) -> Groups:
    """of_week: the judged part of the week by which the share is multiplied, and what the log adds to it."""
    sizes = {size.stratum.name: size.judged for size in past.design.strata}
    drawn = Counter(result.stratum for result in graded)
    inside = [result for result in graded if answer(result) != "out"]
    weight = {name: sizes.get(name, 0) / n for name, n in drawn.items()}
    whole = math.fsum(weight[result.stratum] for result in inside)
    judged, by_log = of_week
    found: Groups = {}
    for kind, named in _kinds(log).items():
        hits, calls, parts = Counter[str](), Counter[str](), defaultdict[str, list[float]](list)
        for result in inside:
            name, hit = named(result), answer(result) == "hit"
            calls[name] += 1
            hits[name] += hit
            parts[name] += [weight[result.stratum]] if hit else []
        found[kind] = {
            name: Tallied(hits=hits[name], calls=calls[name], part=judged * math.fsum(parts[name]) / whole) for name in calls
        }
        if by_log and found[kind]:
            technical = past.population.technical
            found[kind][BY_THE_LOG] = Tallied(hits=technical, calls=technical, part=by_log)
    return found


def _kinds(log: WeekLog) -> dict[str, Callable[[CallResult], str]]:
    return {
        "stratum": lambda result: result.stratum,
        "intent": lambda result: result.call.intent or "",
        "version": lambda result: result.call.version or "",
        "hour": lambda result: f"{result.call.started_at.astimezone(log.zone).hour:02d}",
    }


def _criteria(rubric: Rubric, results: Iterable[CallResult], criteria: Iterable[Criterion]) -> Groups:
    """Of each criterion the calls with a bad answer, of those that people graded blind or an adjudicator decided."""
    found: dict[str, Tallied] = {}
    own = read_blind(list(results))
    for one in criteria:
        bad = _bad(one, rubric)
        values = [result.final[one.id] for result in own if one.id in result.final]
        said = [final.value for final in values if final.value is not None and not final.assisted and final.by != "llm"]
        if bad is not None and said:
            found[one.id] = Tallied(hits=sum(map(bad, said)), calls=len(said))
    return {"criterion": found} if found else {}


def _bad(criterion: Criterion, rubric: Rubric) -> Callable[[float | str], bool] | None:
    """What a bad answer is: a failed check, a level below the two highest, the answer that is not the good one."""
    if criterion in rubric.checks:
        return lambda value: value == "yes"
    if criterion.type == "ordinal":
        bar = min(sorted(map(float, criterion.answers))[-2:])
        return lambda value: float(value) < bar
    if criterion.type == "yes_no" and criterion.good is not None:
        return lambda value: value != criterion.good
    return None
