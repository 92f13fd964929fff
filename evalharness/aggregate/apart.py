"""Why people and LLM together may give a figure that neither of them gives alone."""

from __future__ import annotations

from evalharness import numbers
from evalharness.models.measure import Measure


def apart(people: Measure, llm: Measure, both: float, llm_where_read: float | None) -> str:
    """A sentence where `both` lies outside what people and the LLM give alone; "" where it lies between, or one is not known.

    `llm_where_read`: the LLM's own figure over the calls that people read. What it gives to all calls is moved by as much as
    people differ from it on these: both = llm + (people - llm_where_read), about.
    """
    if people.value is None or llm.value is None or llm_where_read is None:
        return ""
    low, high = sorted((people.value, llm.value))
    if low <= both <= high:
        return ""
    below = round(_scaled(people, llm_where_read) - _scaled(people, people.value), 9)  # 60 less 55 per cent is 5 points
    differ = f"{numbers.figure(abs(below), 'points')} {'below' if below > 0 else 'above'} it" if below else "level with it"
    read, everywhere = _shown(people, llm_where_read), _shown(people, llm.value)
    return (
        f"the LLM alone has {read} on the calls that people read and {everywhere} on all; people are {differ} on the same calls, "
        f"so both together are {'below' if both < low else 'above'} either"
    )


def _scaled(measure: Measure, value: float) -> float:
    """A share in per cent, a score as it is."""
    return 100 * value if measure.unit == "share" else value


def _shown(measure: Measure, value: float) -> str:
    return numbers.figure(value, "share" if measure.unit == "share" else "score")
