"""Probes beside grades: a probe's answers as grades of the same form, and a judge beside itself on calls asked twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from evalharness.aggregate.inputs import Identity
from evalharness.aggregate.judges import Key, key_of
from evalharness.models.grade import Grade, NotApplicable, Scored, Ungraded
from evalharness.models.guard import SelfAgreement
from evalharness.models.measure import Measure
from evalharness.models.probe import Probe, ProbeAnswer
from evalharness.stats.exact import clopper_pearson

Turns = dict[int | None, int | str | None]
"""What was said to a criterion by turn (None: the whole call); the value None is N/A."""


def grades_of_probe(probe: Probe) -> list[Grade]:
    """The answers in the form of grades, to be read by the same rules. They are in no ledger and enter no rate."""
    common = {
        "week": probe.week,
        "source": probe.source,
        "call_id": probe.call_id,
        "grader": probe.judge,
        "at": probe.at,
    }
    return [_grade(one, {**common, "criterion_digest": probe.digests.get(one.criterion, "")}) for one in probe.answers]


def _grade(answer: ProbeAnswer, common: dict[str, Any]) -> Grade:
    place = {**common, "criterion": answer.criterion, "turn": answer.turn}
    if answer.reason is not None:
        return Ungraded(**place, reason=answer.reason)
    return NotApplicable(**place) if answer.value is None else Scored(**place, value=answer.value)


def repeated(grades: Sequence[Grade], probes: Iterable[Probe], judge: Key) -> tuple[SelfAgreement, ...]:
    """The judge with itself: the share of second answers equal to its grade, by criterion in the order asked.

    grades: the standing ones of the week; probes: of any role, repeats count. A criterion asked of turns is the same where all
    turns are. n = calls with both; `missing`: asked twice, and one of them without an answer. Asked more than twice a call
    counts once, with the share of its repeats that are the same. Limits: Clopper-Pearson over calls; exact for one repeat, and
    for more too wide, since a share spreads less than a yes or no.
    """
    first = _said(grade for grade in grades if grade.grader.kind == "llm" and key_of(grade.grader) == judge)
    found: dict[str, dict[Identity, list[bool | None]]] = defaultdict(lambda: defaultdict(list))
    for probe in probes:
        if probe.role == "repeat" and key_of(probe.judge) == judge:
            for criterion, same in _same(probe, first):
                found[criterion][probe.identity].append(same)
    return tuple(SelfAgreement(criterion=name, same=_share(name, calls)) for name, calls in found.items())


Said = Mapping[tuple[Identity, str], Turns]


def _said(grades: Iterable[Grade]) -> Said:
    """What was said of each call and criterion; one that has no answer in some turn is left out."""
    found: dict[tuple[Identity, str], Turns] = defaultdict(dict)
    broken = set()
    for grade in grades:
        place = (grade.identity, grade.criterion)
        if isinstance(grade, Ungraded):
            broken.add(place)
        else:
            found[place][grade.turn] = grade.value if isinstance(grade, Scored) else None
    return {place: turns for place, turns in found.items() if place not in broken}


def _same(probe: Probe, first: Said) -> Iterator[tuple[str, bool | None]]:
    """Of each criterion whether the answers are the same; None where one of them is missing."""
    again = _said(grades_of_probe(probe))
    for criterion in dict.fromkeys(one.criterion for one in probe.answers):
        place = (probe.identity, criterion)
        yield criterion, first[place] == again[place] if place in first and place in again else None


def _share(criterion: str, calls: Mapping[Identity, Sequence[bool | None]]) -> Measure:
    answered = [[one for one in given if one is not None] for given in calls.values()]
    shares = [sum(given) / len(given) for given in answered if given]
    n, of = len(shares), len(calls)
    low, high = clopper_pearson(sum(shares), n) if n else (None, None)
    return Measure(
        name=f"same_answer.{criterion}",
        unit="share",
        value=sum(shares) / n if n else None,
        n=n,
        of=of,
        missing=of - n,
        low=low,
        high=high,
        basis="ledger",
    )
