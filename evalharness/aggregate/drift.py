"""Whether a judge changed: its grades of gold calls now, beside those of its baseline. STATISTICS h; DOMAIN: Gold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from evalharness.aggregate.inputs import Identity, PastWeek
from evalharness.aggregate.pairs import compared, judge_said, side_by_side
from evalharness.aggregate.probed import grades_of_probe
from evalharness.models.grade import Grade
from evalharness.models.probe import Probe
from evalharness.models.rubric import Rubric
from evalharness.models.trust import Drift, judge_name
from evalharness.stats.paired import mcnemar_exact

Value = float | str
Answers = dict[str, dict[Identity, Value]]
"""Criterion -> call -> its answer on the criterion's scale, or N/A."""


def drift(gold: Mapping[Identity, Value], baseline: Mapping[Identity, Value], now: Mapping[Identity, Value]) -> Drift:
    """Newly wrong against newly right gold calls, by the exact one-sided McNemar test.

    gold: the undisputed value people gave to each call; baseline, now: what the same judge gave to it, then and now. Only calls
    that all three have are items; a grade is right where it equals people's. Whether there are enough items to say anything
    (60), and which p is a drift (.05/26), are rules of `trust`. A judge with another model or prompt starts a new baseline.
    """
    items = [call for call in gold if call in baseline and call in now]
    was = {call: baseline[call] == gold[call] for call in items}
    stays = {call: now[call] == gold[call] for call in items}
    newly_wrong = sum(was[call] and not stays[call] for call in items)
    newly_right = sum(stays[call] and not was[call] for call in items)
    return Drift(items=len(items), newly_wrong=newly_wrong, newly_right=newly_right, p=mcnemar_exact(newly_wrong, newly_right))


def gold_calls(history: Sequence[PastWeek], rubric: Rubric, disputed: Collection[Identity], most: int = 200) -> list[Identity]:
    """The newest calls that may be gold, newest week last: drawn, and graded blind by people, or adjudicated, under at least one
    criterion that an LLM may answer and whose text is today's; none of which a grade is disputed or waits for an adjudicator.

    history: weeks old enough, oldest first.
    """
    table = side_by_side(history, compared(rubric), rubric, None)
    found = {graded.call for given in table.values() for graded in given if graded.people is not None}
    order = [one for week in history for one in week.results if not any(f.conflict for f in one.final.values())]
    calls = [(one.call.source, one.call.id) for one in order]
    return [call for call in calls if call in found and call not in disputed][-most:]


def drifts(
    history: Sequence[PastWeek], rubric: Rubric, judge: str, probes: Sequence[Probe], week: str, before: str | None = None
) -> dict[str, Drift]:
    """Criterion id -> this week's answers of the judge to gold calls against its baseline, where any call has both.

    history: the weeks before this one, oldest first; probes: of all weeks up to this one. The baseline is the judge's first
    answer to the call: its own grade of then, else its first gold probe of an earlier week. before: another judge, whose first
    answers are the baseline instead: what changing the judge did, on calls that did not change.
    """
    gold = [probe for probe in probes if probe.role == "gold"]
    then = first_answers(history, rubric, before or judge, [probe for probe in gold if probe.week < week])
    now = answers_of(rubric, judge, [probe for probe in gold if probe.week == week])
    people = people_of(history, rubric)
    found = {name: drift(people[name], then[name], now[name]) for name in people}
    return {name: one for name, one in found.items() if one.items}


def people_of(history: Sequence[PastWeek], rubric: Rubric) -> Answers:
    """What people said blind, or an adjudicator decided, of each call."""
    table = side_by_side(history, compared(rubric), rubric, None)
    return {name: {one.call: one.people for one in given if one.people is not None} for name, given in table.items()}


def first_answers(history: Sequence[PastWeek], rubric: Rubric, judge: str, probes: Iterable[Probe]) -> Answers:
    """The judge's first answer to each call."""
    table = side_by_side(history, compared(rubric), rubric, judge)
    asked = answers_of(rubric, judge, sorted(probes, key=lambda probe: probe.at, reverse=True))
    own = {name: {one.call: one.judge for one in given if one.judge is not None} for name, given in table.items()}
    return {name: asked[name] | own[name] for name in own}


def answers_of(rubric: Rubric, judge: str, probes: Iterable[Probe]) -> Answers:
    """What the judge said to these probes under today's text of each criterion; of several of a call the last one given."""
    digests, criteria = rubric.digests(), compared(rubric)
    found: Answers = {one.id: {} for one in criteria}
    for probe in probes:
        if judge_name(probe.judge) == judge:
            given: dict[str, list[Grade]] = defaultdict(list)
            for grade in grades_of_probe(probe):
                given[grade.criterion].append(grade)
            for one in criteria:
                said = judge_said(one, [grade for grade in given[one.id] if grade.criterion_digest == digests[one.id]])
                if said is not None:
                    found[one.id][probe.identity] = said
    return found
