"""Words that must be said, found though not said letter by letter. RapidFuzz is loaded only where phrases are configured."""

from __future__ import annotations

from collections.abc import Sequence

from evalharness.grade.measured.voice_words import words_of

_LEAST_WORDS = 0.7
_MOST_WORDS = 300
"""No more of a turn is compared: nobody is told something in the middle of two minutes of speech."""


def likeness(phrases: Sequence[str], said: tuple[str, ...]) -> float:
    """How near the nearest phrase comes to a stretch of what was said: 0 to 100, the normalised Levenshtein-like similarity of
    rapidfuzz's partial_ratio over lower-cased words; at least 7 of 10 words of the phrase must be there, so that a short text
    inside a long phrase is not taken for it."""
    from rapidfuzz.fuzz import partial_ratio  # noqa: PLC0415 - most houses configure no phrases

    said = said[:_MOST_WORDS]
    text = " ".join(said)
    best = 0.0
    for phrase in phrases:
        wanted = words_of(phrase)
        near = set(wanted) & set(said)
        if wanted and len(near) >= _LEAST_WORDS * len(set(wanted)) and len(said) >= len(wanted) * _LEAST_WORDS:
            best = max(best, partial_ratio(" ".join(wanted), text))
    return best


def is_said(phrases: Sequence[str], said: tuple[str, ...], least: float) -> bool:
    """Whether one of the phrases was said, near enough."""
    return likeness(phrases, said) >= least
