"""Where a quote stands in the words of its turn, to the letter; so that a form or a page can show it there. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True)
class Part:
    """A stretch of a turn's text, and the names of those who quote it (a question, a grader), in order; () = nobody."""

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


def parts_of(text: str, quotes: Iterable[tuple[str, str]]) -> tuple[Part, ...]:
    """The text cut where quotes (who quotes, the quote) begin and end; joined again it is the text."""
    spans = [(name, place) for name, quote in quotes if (place := span(text, quote)) is not None]
    cuts = sorted({0, len(text), *(edge for _, place in spans for edge in place)})
    return tuple(
        Part(text[start:end], tuple(dict.fromkeys(name for name, (first, last) in spans if first <= start and end <= last)))
        for start, end in pairwise(cuts)
    )
