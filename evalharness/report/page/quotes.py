"""Where quotes stand in the words of their turn, so that the page can mark them there; and how long a reply took."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from evalharness.models.call import Turn


@dataclass(frozen=True)
class Piece:
    """A stretch of a turn's text; `said_by`: who quotes it and for what, () = nobody."""

    text: str
    said_by: tuple[str, ...] = ()


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


def pieces(text: str, quotes: Sequence[tuple[str, str]]) -> tuple[Piece, ...]:
    """The text cut where quotes (who quotes, the quote) begin and end; joined again it is the text."""
    spans = [(who, place) for who, quote in quotes if (place := span(text, quote)) is not None]
    cuts = sorted({0, len(text), *(edge for _, place in spans for edge in place)})
    return tuple(
        Piece(text[start:end], tuple(dict.fromkeys(who for who, (first, last) in spans if first <= start and end <= last)))
        for start, end in pairwise(cuts)
    )


def reply_ms(turn: Turn, before: Turn | None) -> float | None:
    """Milliseconds to the agent's reply: the log's own figure, else from the times of the caller's turn before it and its own.

    None where nothing tells: missing is never zero. A reply that began before the caller had ended is an overlap, not a latency.
    """
    if turn.speaker != "agent" or before is None:
        return None
    if turn.latency is not None and turn.latency.voice_to_voice_ms is not None:
        return turn.latency.voice_to_voice_ms
    if before.speaker != "caller" or turn.start_ms is None or before.end_ms is None:
        return None
    gap = turn.start_ms - before.end_ms
    return gap if gap >= 0 else None
