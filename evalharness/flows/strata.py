"""What is odd about the strata of a draw: one that takes no call, a share that the least of a group overrules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from evalharness import numbers
from evalharness.flows.opened import Opened
from evalharness.models.rule import Both, Comparison, Either, Not, Rule, fact, matches, parse_rule
from evalharness.models.sample import Design, StratumSize
from evalharness.sample.design import FEWEST_PER_STRATUM

MOST_VALUES = 8
"""How many values of a field a note lists."""


def strata_notes(house: Opened, design: Design) -> tuple[str, ...]:
    """One note a stratum without a call, with what the log holds in the fields of its rule; and one a share that is too small."""
    empty = [one for one in design.strata if one.stratum.when and not one.population]
    found = [_note(design.week, one, _facts(house, design)) for one in empty]
    return (*found, *_small(design))


def _facts(house: Opened, design: Design) -> list[Mapping[str, Any]]:
    return [call.fields() for call in house.calls.facts(design.week, design.scope_rule) if call.has_transcript]


def _note(week: str, size: StratumSize, facts: Sequence[Mapping[str, Any]]) -> str:
    name, rule = size.stratum.name, parse_rule(size.stratum.when or "")
    if any(matches(rule, one) for one in facts):
        return f"stratum {name} takes no call of {week}: the strata before it have taken those it matches"
    seen = "; ".join(_seen(field, facts) for field in dict.fromkeys(_fields(rule)))
    return f"stratum {name} matches no call of {week} that can be drawn: {seen}"


def _fields(rule: Rule) -> Iterator[str]:
    match rule:
        case Comparison():
            yield rule.field
        case Not():
            yield from _fields(rule.rule)
        case Both() | Either():
            for one in rule.rules:
                yield from _fields(one)


def _seen(field: str, facts: Sequence[Mapping[str, Any]]) -> str:
    """What a field holds: its commonest words, or the range of its numbers."""
    held = [value for one in facts if (value := fact(one, field)) is not None]
    if not held:
        return f"{field} is in no call"
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in held):
        return f"{field} seen: {numbers.plain(min(held))} to {numbers.plain(max(held))}, in {len(held)} of {len(facts)} calls"
    common = [value for value, _ in Counter(map(str, held)).most_common()]
    more = f" and {len(common) - MOST_VALUES} more" if len(common) > MOST_VALUES else ""
    return f"{field} seen: {', '.join(common[:MOST_VALUES])}{more}"


def _small(design: Design) -> Iterator[str]:
    """Shares of which the least of a group makes twice as many calls or more."""
    for one in design.strata:
        wanted = round((one.stratum.share or 0) * design.size)
        if one.stratum.share is not None and one.drawn <= FEWEST_PER_STRATUM and one.drawn >= 2 * max(wanted, 1):
            yield (
                f"stratum {one.stratum.name}: its share of {numbers.plain(one.stratum.share)} is {wanted} of {design.size} "
                f"calls; {one.drawn} are drawn, as a group needs {FEWEST_PER_STRATUM} (or all it has)"
            )
