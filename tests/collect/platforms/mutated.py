"""Payloads in which any one value is replaced by any other: what a platform's file must survive."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from hypothesis import strategies as st

from evalharness.collect.reasons import FieldError
from evalharness.models.call import Call
from tests.collect.payloads import understood

WORDS = st.sampled_from(["", "...", "user", "error", "2026-01-01", "1763377200", "-1", "[1]", '{"a": 1}', "NaN"])
PLAIN = st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats(allow_nan=False, allow_infinity=False) | WORDS
VALUES = (
    PLAIN | st.lists(PLAIN, max_size=2) | st.dictionaries(WORDS, PLAIN, max_size=2) | st.just([{}]) | st.just({"metrics": [1]})
)


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The path of every value in a JSON value, itself included."""
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in inner:
        yield from places(one, (*path, name))


def replaced(value: Any, path: tuple[str | int, ...], other: Any) -> Any:
    """A copy with another value at one place."""
    if not path:
        return other
    copied = deepcopy(value)
    holder = copied
    for name in path[:-1]:
        holder = holder[name]
    holder[path[-1]] = other
    return copied


def mutations(value: Any) -> st.SearchStrategy[Any]:
    """The value with one or two of its values replaced."""
    once = st.builds(replaced, st.just(value), st.sampled_from(list(places(value))), VALUES)
    return once | once.flatmap(lambda new: st.builds(replaced, st.just(new), st.sampled_from(list(places(new))), VALUES))


def a_call_or_a_reason(form: str, value: Any) -> Call | None:
    """The call, None where the payload is refused with a reason; anything else is raised."""
    try:
        return understood(form, value)
    except FieldError:
        return None
