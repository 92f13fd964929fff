"""The drawn calls in the order they are to be graded, each with its inclusion probability."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction

from evalharness.errors import DrawError
from evalharness.models.call import Call
from evalharness.models.rubric import Rubric
from evalharness.models.sample import Design, DrawnCall, SampleItem, WeeklySample

Identity = tuple[str, str]


def queue_order(design: Design, drawn: Sequence[DrawnCall]) -> list[DrawnCall]:
    """Draw order, interleaved by stratum: by (rank_h - 0.5) / n_h, then stratum order. Any prefix is itself a sample."""
    order = {size.stratum.name: h for h, size in enumerate(design.strata)}
    n = Counter(call.stratum for call in drawn)
    ranked: Counter[str] = Counter()
    places: list[tuple[Fraction, int, DrawnCall]] = []
    for call in sorted(drawn, key=lambda c: (c.key, c.source, c.call_id)):
        ranked[call.stratum] += 1
        places.append((Fraction(2 * ranked[call.stratum] - 1, 2 * n[call.stratum]), order[call.stratum], call))
    return [call for _, _, call in sorted(places, key=lambda place: place[:2])]


def weekly_sample(
    design: Design,
    drawn: Sequence[DrawnCall],
    calls: Mapping[Identity, Call],
    rubric: Rubric,
    *,
    redraw: int = 0,
    reason: str | None = None,
) -> WeeklySample:
    """The frozen sample. Raises DrawError where the engine's answer does not fit the design (never passed over)."""
    _check(design, drawn, calls)
    probability = {s.stratum.name: s.drawn / s.population for s in design.strata if s.population}
    if design.every_nth is not None:
        probability = dict.fromkeys(probability, 1 / design.every_nth)
    items = tuple(
        SampleItem(
            position=position,
            stratum=call.stratum,
            key=call.key,
            probability=probability[call.stratum],
            call=calls[call.source, call.call_id],
        )
        for position, call in enumerate(queue_order(design, drawn), 1)
    )
    return WeeklySample(
        week=design.week,
        redraw=redraw,
        reason=reason,
        design=design,
        rubric_digest=rubric.digest(),
        criterion_digests=rubric.digests(),
        items=items,
    )


def _check(design: Design, drawn: Sequence[DrawnCall], calls: Mapping[Identity, Call]) -> None:
    identities = [(call.source, call.call_id) for call in drawn]
    counts = Counter(call.stratum for call in drawn)
    wanted = {size.stratum.name: size.drawn for size in design.strata}
    problem = ""
    if len(set(identities)) < len(identities):
        problem = "a call was drawn twice"
    elif any(counts[name] != n for name, n in wanted.items()) or set(counts) - set(wanted):
        problem = f"the engine drew {dict(counts)} where the design asks for {wanted}"
    elif any(identity not in calls or not calls[identity].has_transcript for identity in identities):
        problem = "a drawn call has no transcript in the call log"
    if problem:
        raise DrawError(
            problem,
            where=f"week {design.week}",
            why="a sample that does not fit its design has no known probabilities",
            fix="evalharness verify",
        )
