"""How the week's calls divide, and what the log alone says of all of them: exact, with its coverage."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from evalharness.models.facts import FactGroup, Tally
from evalharness.models.measure import Measure
from evalharness.models.noun import number_of
from evalharness.models.sample import Design
from evalharness.models.summary import CostRow, Population

ENOUGH_COVERAGE = 0.9


def population(facts: Sequence[FactGroup], design: Design | None) -> Population:
    """T, M, U of DOMAIN. Judged calls that came after the draw are unseen: the sample cannot speak for them."""
    technical = [group for group in facts if group.outcome == "failed_technical"]
    judged = [group for group in facts if group.has_transcript and group.in_scope and group.outcome != "failed_technical"]
    tally = Tally(
        calls=_sum(facts),
        out_of_scope=_sum(group for group in facts if not group.in_scope),
        technical=_sum(technical),
        with_transcript=_sum(group for group in facts if group.has_transcript),
        judged=_sum(judged),
    )
    return population_of(tally, design)


def _sum(groups: Iterable[FactGroup]) -> int:
    return sum(group.calls for group in groups)


def population_of(tally: Tally, design: Design | None) -> Population:
    """The same from a week's counts (`CallLog.tallies`)."""
    judged = tally.judged if design is None else min(tally.judged, sum(size.judged for size in design.strata))
    in_scope = tally.calls - tally.out_of_scope
    return Population(
        calls=tally.calls,
        out_of_scope=tally.out_of_scope,
        technical=tally.technical,
        judged=judged,
        unseen=in_scope - tally.technical - judged,
        gradable=tally.with_transcript,
        without_transcript=tally.calls - tally.with_transcript,
    )


def containment(facts: Sequence[FactGroup]) -> Measure:
    """Share with neither handoff nor follow-up, of the in-scope calls whose end the log knows. Counts people who gave up."""
    in_scope = [group for group in facts if group.in_scope]
    known = [group for group in in_scope if group.handed_off or group.outcome != "unknown"]
    kept = _sum(group for group in known if not group.handed_off and group.outcome not in ("transferred", "follow_up"))
    n, of = _sum(known), _sum(in_scope)
    note = "counts callers who gave up" if n else "the log does not say how any call ended" if of else ""
    value = kept / n if n else None
    least, most = (kept / of, (kept + of - n) / of) if n and n < of else (None, None)  # the rest as none, then as all
    return Measure(
        name="containment_rate", unit="share", value=value, n=n, of=of, missing=of - n, low=least, high=most, note=note
    )


def cost_per_call(facts: Sequence[FactGroup], currency: str) -> Measure:
    """Mean cost over in-scope calls that report one in the workspace's currency. Missing cost is unknown, never 0.

    The sum is exact and rounded once, so it does not depend on the order of the calls.
    """
    in_scope = [group for group in facts if group.in_scope]
    costs = [cost for group in in_scope if group.currency == currency for cost in group.costs]
    foreign = _sum(group for group in in_scope if group.currency not in (None, currency))
    of = _sum(in_scope)
    return Measure(
        name="cost_per_call",
        unit="money",
        value=math.fsum(costs) / len(costs) if costs else None,
        n=len(costs),
        of=of,
        missing=of - len(costs),
        currency=currency,
        note=f"{number_of(foreign, 'call')} in another currency left out" if foreign else "",
    )


def cost_rows(components: Mapping[str, tuple[int, float]], total: Measure) -> tuple[CostRow, ...]:
    """Cost by component over in-scope calls, then all components together."""
    rows = [
        CostRow(
            component=name,
            total=amount,
            mean=Measure(
                name=f"cost.{name}",
                unit="money",
                value=amount / calls if calls else None,
                n=calls,
                of=total.of,
                missing=total.of - calls,
                currency=total.currency,
            ),
        )
        for name, (calls, amount) in sorted(components.items())
    ]
    whole = None if total.value is None else total.value * total.n
    return (*rows, CostRow(component="total", total=whole, mean=total))


def counted(facts: Sequence[FactGroup], field: Literal["intent", "outcome", "version"]) -> dict[str, int]:
    """How many calls have each value of the field, commonest first, ties by name; a missing one is "unknown"."""
    found: Counter[str] = Counter()
    for group in facts:
        found[getattr(group, field) or "unknown"] += group.calls
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))
