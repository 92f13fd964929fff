"""A week's measures by intent, version and hour: over all calls where the group is large enough, judged ones with their n."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from evalharness.aggregate import judged as rates
from evalharness.aggregate import population as everything
from evalharness.aggregate.inputs import PastWeek
from evalharness.aggregate.latency_details import turns_by
from evalharness.aggregate.weeklog import CALLS_WITH, SLOW, TOOL_ERRORS, WeekLog, calls_with, group_name, slow_by, technical
from evalharness.models.facts import FactGroup
from evalharness.models.measure import Measure
from evalharness.models.summary import WeekSummary

FEWEST = 10
"""Calls of a group in a week from which its figure is told; below it the count stands alone, marked."""
MEDIAN = "latency_p50_ms"
SMALL = "few calls: no figure is told"
Slices = dict[str, dict[str, dict[str, Measure]]]


def slices_of(summary: WeekSummary, log: WeekLog, *, held: bool) -> Slices:
    """Kind of group -> group -> measure -> figure of that group's calls alone. `held`: none of graded calls.

    Each is made as the week's own figure is, of that group's calls: where all calls are of one group, it is the same figure.
    Exact over the group's calls where there are at least ten; judged shares of any n have the 95 % limits of the group's calls of
    the week, which are wide. "" is the group of calls for which the log names none.
    """
    found: Slices = defaultdict(lambda: defaultdict(dict))
    for kind, name, measure in (*_of_facts(summary, log), *_of_turns(summary, log), *_of_tallies(log)):
        found[kind][name][measure.name] = _told(measure)
    if log.past is not None and not held:
        for kind, name, measure in _judged(log.past, log):
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
    told = set()
    for split in max(summary.latency, key=lambda row: row.n).details.splits:
        if split.by != "turn":
            told.add((split.by, split.name))
            yield split.by, group_name(split.by, split.name), split.p50.model_copy(update={"name": MEDIAN})
    for kind in log.pools[0].groups:
        for name, turns in turns_by(log.pools[0], kind).items():
            if turns and (kind, name) not in told:
                yield kind, group_name(kind, name), Measure(name=MEDIAN, unit="ms", n=turns, of=turns, note=SMALL)


def _of_tallies(log: WeekLog) -> Found:
    figures = {f"{CALLS_WITH}{figure.figure}": figure for figure in log.figures}
    for one in log.tallies:
        name = f"{CALLS_WITH}{one.figure}"
        if name == TOOL_ERRORS and one.by != "all" and name in figures:
            yield one.by, group_name(one.by, one.group), calls_with(one, figures[name])


def _judged(past: PastWeek, log: WeekLog) -> Found:
    """Resolved and failed calls of those that people graded, by intent and by version, each as the whole week's rate is made."""
    for kind in ("intent", "version"):
        for group in dict.fromkeys(getattr(result.call, kind) or "" for result in past.results):
            mine = [one for one in log.facts if (getattr(one, kind) or "") == group]
            yield from ((kind, group, one) for one in _rates(past, mine, _in(kind, group)))


def _in(kind: str, group: str) -> rates.Part:
    return lambda result: (getattr(result.call, kind) or "") == group


def _rates(past: PastWeek, facts: Sequence[FactGroup], part: rates.Part) -> Iterator[Measure]:
    """The rates of one group, a domain of the sample, over its own calls of the week: what the log alone shows of them is in."""
    design, results, people = past.design, past.results, everything.population(facts, past.design)
    found = []
    if any(criterion.id == "outcome" for criterion in past.rubric.criteria()):
        found.append(rates.rate_of("resolution_rate", design, results, people, rates.resolved, part))
    if past.rubric.checks:
        found.append(rates.clear_failures(past.rubric, design, results, people, part))
    return (rate.measure for rate in found if rate.measure.n)
