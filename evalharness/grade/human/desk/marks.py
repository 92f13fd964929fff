"""Where a quote stands in the words of its turn, to the letter; so that the page can show it there."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from evalharness.models.grade import Evidence

Marks = Mapping[str, Sequence[Evidence]]
"""Name of a mark (a question, a grader's answer) -> its quotes."""
NO_MARKS: Marks = {}


@dataclass(frozen=True)
class Part:
    """A stretch of a turn's text, and the names of the marks on it, in order; () = none."""

    text: str
    names: tuple[str, ...] = ()


def span(text: str, quote: str) -> tuple[int, int] | None:
    """Start and end of the first place where the quote stands: letter by letter, else whatever its case and white space.

    None where it does not stand there, and for an empty quote.
    """
    words = quote.split()
    if not words:
        return None
    exact = text.find(quote)
    if exact >= 0:
        return exact, exact + len(quote)
    found = re.search(r"\s+".join(map(re.escape, words)), text, re.IGNORECASE)
    return found.span() if found else None


def parts_of(text: str, turn: int, marks: Marks) -> tuple[Part, ...]:
    """The text of a turn cut where marks begin and end; joined again it is the text. Quotes of other turns are left out."""
    spans = [
        (name, place)
        for name, quotes in marks.items()
        for one in quotes
        if one.turn == turn and (place := span(text, one.quote)) is not None
    ]
    cuts = sorted({0, len(text), *(edge for _, place in spans for edge in place)})
    return tuple(
        Part(text[start:end], tuple(dict.fromkeys(name for name, (first, last) in spans if first <= start and end <= last)))
        for start, end in pairwise(cuts)
    )
