"""A week's measures by intent, version and hour: over all calls where the group is large enough, judged ones with their n."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence

from evalharness.aggregate import judged as rates
from evalharness.aggregate import population as everything
from evalharness.aggregate.estimate import Answer
from evalharness.aggregate.grouped import answered
from evalharness.aggregate.inputs import PastWeek
from evalharness.aggregate.weeklog import CALLS_WITH, SLOW, TOOL_ERRORS, WeekLog, calls_with, group_name, slow_by, technical
from evalharness.models.facts import FactGroup
from evalharness.models.measure import Measure
from evalharness.models.summary import CallResult, WeekSummary
from evalharness.stats.share import weighted_share

FEWEST = 10
"""Calls of a group in a week from which its figure is told; below it the count stands alone, marked."""
SMALL = "few calls: no figure is told"
Slices = dict[str, dict[str, dict[str, Measure]]]


def slices_of(summary: WeekSummary, log: WeekLog, *, held: bool) -> Slices:
    """Kind of group -> group -> measure -> figure of that group's calls alone. `held`: none of graded calls.

    Exact over the group's calls where there are at least ten; judged shares of any n have the 95 % limits of the group's calls of
    the week, which are wide. "" is the group of calls for which the log names none.
    """
    found: Slices = defaultdict(lambda: defaultdict(dict))
    for kind, name, measure in (*_of_facts(summary, log), *_of_turns(summary, log), *_of_tallies(log)):
        found[kind][name][measure.name] = _told(measure)
    if log.past is not None and not held:
        for kind, name, measure in _judged(log.past):
            found[kind][name][measure.name] = measure
    return {kind: {name: dict(measures) for name, measures in groups.items()} for kind, groups in found.items()}


Found = Iterator[tuple[str, str, Measure]]


def _told(measure: Measure) -> Measure:
    """The measure; without its value where the group is small."""
    if measure.n >= FEWEST or not measure.n:
        return measure
    return measure.model_copy(update={"value": None, "low": None, "high": None, "unanswered": False, "note": SMALL})


def _of_facts(summary: WeekSummary, log: WeekLog) -> Found:
    currency = next((one.currency for one in summary.measures if one.name == "cost_per_call"), None) or "USD"
    for kind in ("intent", "version"):
        groups: dict[str, list[FactGroup]] = defaultdict(list)
        for one in log.in_scope:
            groups[getattr(one, kind) or ""].append(one)
        for name, calls in groups.items():
            yield kind, name, technical(calls)
            yield kind, name, everything.containment(calls)
            yield kind, name, everything.cost_per_call(calls, currency)


def _of_turns(summary: WeekSummary, log: WeekLog) -> Found:
    if not log.pools or not summary.latency:
        return
    for kind in log.pools[0].groups:
        for name, (slow, calls) in slow_by(log.pools[0], kind).items():
            yield kind, name, Measure(name=SLOW, unit="share", value=slow / calls, n=calls, of=calls)
    for split in max(summary.latency, key=lambda row: row.n).details.splits:
        if split.by != "turn":
            yield split.by, group_name(split.by, split.name), split.p50.model_copy(update={"name": "latency_p50_ms"})


def _of_tallies(log: WeekLog) -> Found:
    figures = {f"{CALLS_WITH}{figure.figure}": figure for figure in log.figures}
    for one in log.tallies:
        name = f"{CALLS_WITH}{one.figure}"
        if name == TOOL_ERRORS and one.by != "all" and name in figures:
            yield one.by, group_name(one.by, one.group), calls_with(one, figures[name])


def _judged(past: PastWeek) -> Found:
    """Resolved and failed calls among those that people graded, by intent and by version."""
    asked: list[tuple[str, Sequence[CallResult], rates.Reader]] = []
    if any(criterion.id == "outcome" for criterion in past.rubric.criteria()):
        asked.append(("resolution_rate", rates.read_by_people(past.results), rates.resolved))
    if past.rubric.checks:
        asked.append(("clear_failure_rate", past.results, lambda result: rates.failed(past.rubric, result)))
    for name, results, answer in asked:
        graded = answered(results, answer)
        for kind in ("intent", "version"):
            named = [getattr(result.call, kind) or "" for result in graded]
            for group in dict.fromkeys(named):
                answers = [answer(one) if own == group else "out" for one, own in zip(graded, named, strict=True)]
                yield kind, group, _share(name, past, graded, answers)


def _share(name: str, past: PastWeek, graded: Sequence[CallResult], answers: Sequence[Answer]) -> Measure:
    """The share among the graded calls of one group, a domain of the sample."""
    hits, sizes = [float(one == "hit") for one in answers], [float(one != "out") for one in answers]
    population: dict[Hashable, int] = {size.stratum.name: size.judged for size in past.design.strata if size.judged}
    found, n = weighted_share(hits, sizes, [result.stratum for result in graded], population), int(sum(sizes))
    whole = Measure(name=name, unit="share", n=n, of=n, basis="sample", note="of graded calls")
    return whole if not n else whole.model_copy(update={"value": found.value, "low": found.low, "high": found.high})
