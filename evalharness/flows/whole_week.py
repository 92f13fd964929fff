"""The calls of a week beyond the draw: in which order the LLM grades them, and which stratum each would have come from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from evalharness.flows.opened import Opened
from evalharness.models.call import Call
from evalharness.models.facts import CallFacts
from evalharness.models.grade import Grade
from evalharness.models.rule import matches, parse_rule
from evalharness.models.sample import Design, WeeklySample

if TYPE_CHECKING:
    from evalharness.aggregate.inputs import Undrawn

LOG_DECIDED = ("failed_technical", "out_of_scope")


def beyond(house: Opened, sample: WeeklySample) -> list[Call]:
    """The gradable calls of the week that are not drawn, by the draw's key: a longer draw would take them in this order."""
    design = sample.design
    found = sorted(_rest(house, sample), key=lambda call: (draw_key(design, call.source, call.id), call.source, call.id))
    return house.calls.calls([(call.source, call.id) for call in found])


def undrawn(house: Opened, sample: WeeklySample, grades: Sequence[Grade]) -> tuple[Undrawn, ...]:
    """The judged calls outside the draw, for a combined estimate; () as long as no LLM has graded beyond the draw.

    grades: all of the week.
    """
    from evalharness.aggregate.inputs import Undrawn  # with all that a report is made of, which grading does without

    drawn = {item.identity for item in sample.items}
    if not any(grade.grader.kind == "llm" and grade.identity not in drawn for grade in grades):
        return ()
    return tuple(
        Undrawn(call.source, call.id, stratum)
        for call in _rest(house, sample)
        if call.outcome not in LOG_DECIDED and (stratum := stratum_of(sample.design, call)) is not None
    )


def draw_key(design: Design, source: str, call_id: str) -> str:
    """The key by which the week is drawn: lower-case hex MD5 of seed|week|source|id."""
    text = f"{design.seed}|{design.week}|{source}|{call_id}"
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def stratum_of(design: Design, call: CallFacts) -> str | None:
    """The stratum of a call: the first whose rule it fits, else the first without a rule."""
    strata = [size.stratum for size in design.strata]
    for stratum in strata:
        if stratum.when is not None and matches(parse_rule(stratum.when), call.fields()):
            return stratum.name
    return next((stratum.name for stratum in strata if stratum.when is None), None)


def _rest(house: Opened, sample: WeeklySample) -> Iterator[CallFacts]:
    drawn = {item.identity for item in sample.items}
    for call in house.calls.facts(sample.week, sample.design.scope_rule):
        if call.has_transcript and (call.source, call.id) not in drawn:
            yield call
