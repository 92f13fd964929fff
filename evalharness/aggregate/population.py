"""How the week's calls divide, and what the log alone says of all of them: exact, with its coverage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from evalharness.models.facts import CallFacts, Tally
from evalharness.models.measure import Measure
from evalharness.models.sample import Design
from evalharness.models.summary import CostRow, Population

ENOUGH_COVERAGE = 0.9


def population(facts: Sequence[CallFacts], design: Design | None) -> Population:
    """T, M, U of DOMAIN. Judged calls that came after the draw are unseen: the sample cannot speak for them."""
    in_scope = [call for call in facts if call.outcome != "out_of_scope"]
    technical = sum(call.outcome == "failed_technical" for call in in_scope)
    judged = sum(call.has_transcript and call.outcome != "failed_technical" for call in in_scope)
    if design is not None:
        judged = min(judged, sum(size.judged for size in design.strata))
    gradable = sum(call.has_transcript for call in facts)
    return Population(
        calls=len(facts),
        out_of_scope=len(facts) - len(in_scope),
        technical=technical,
        judged=judged,
        unseen=len(in_scope) - technical - judged,
        gradable=gradable,
        without_transcript=len(facts) - gradable,
    )


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


def containment(facts: Sequence[CallFacts]) -> Measure:
    """Share with neither handoff nor follow-up, of the in-scope calls whose end the log knows. Counts people who gave up."""
    in_scope = [call for call in facts if call.outcome != "out_of_scope"]
    known = [call for call in in_scope if call.handed_off or call.outcome != "unknown"]
    kept = sum(not call.handed_off and call.outcome not in ("transferred", "follow_up") for call in known)
    n, of = len(known), len(in_scope)
    note = "counts callers who gave up" if n else "the log does not say how any call ended" if of else ""
    value = kept / n if n else None
    least, most = (kept / of, (kept + of - n) / of) if n and n < of else (None, None)  # the rest as none, then as all
    return Measure(
        name="containment_rate", unit="share", value=value, n=n, of=of, missing=of - n, low=least, high=most, note=note
    )


def cost_per_call(facts: Sequence[CallFacts], currency: str) -> Measure:
    """Mean cost over in-scope calls that report one in the workspace's currency. Missing cost is unknown, never 0."""
    in_scope = [call for call in facts if call.outcome != "out_of_scope"]
    costs = [call.cost_usd for call in in_scope if call.cost_usd is not None and call.currency == currency]
    foreign = sum(call.currency not in (None, currency) for call in in_scope)
    return Measure(
        name="cost_per_call",
        unit="money",
        value=sum(costs) / len(costs) if costs else None,
        n=len(costs),
        of=len(in_scope),
        missing=len(in_scope) - len(costs),
        currency=currency,
        note=f"{_calls(foreign)} in another currency left out" if foreign else "",
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


def csat_gap(facts: Sequence[CallFacts]) -> Measure:
    """CSAT against human-handled calls: without a loaded baseline there is no gap, only the count of answers."""
    answers = [call.csat for call in facts if call.csat is not None]
    have = "has" if len(answers) == 1 else "have"
    note = (
        f"no baseline is set (csat.baseline); {_calls(len(answers))} {have} a CSAT answer; "
        "without a baseline, switch the check off in the thresholds file (enabled: false): the report names it"
    )
    return Measure(name="csat_gap_points", unit="points", n=0, of=len(facts), missing=len(facts) - len(answers), note=note)


def _calls(count: int) -> str:
    return f"{count} call" if count == 1 else f"{count} calls"


def counted(values: Sequence[str | None]) -> dict[str, int]:
    """How often each value occurs, commonest first, ties by name; a missing one is "unknown"."""
    return dict(sorted(Counter(value or "unknown" for value in values).items(), key=lambda item: (-item[1], item[0])))
