"""What caller and agent said while the agent had the call, read once for all voice detectors."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from evalharness.grade.measured.found import Found
from evalharness.grade.measured.turns import unheard, until_handoff
from evalharness.grade.measured.voice_words import substance, words_of
from evalharness.models.call import Call, Turn
from evalharness.models.voice_rules import VoiceRules

LATEST_MS = 24 * 3_600_000.0
"""No call lasts a day: a later time is one of another clock."""
SHORTEST_MS = 0.001
"""A turn cannot last less than this and more than nothing: such times are none."""


@dataclass(slots=True)
class Said:
    """One spoken turn. `start`, `end` in ms, both -1 where the log does not give both; `lasted` between them; `words` as
    `words_of` has them, `meant` those of substance."""

    turn: Turn
    index: int
    speaker: str
    start: float
    end: float
    lasted: float
    words: tuple[str, ...]
    meant: frozenset[str]


@dataclass
class Speech:
    """The spoken turns of a call in the order of the log, up to the handoff to a human. Words that nobody heard are left out."""

    call: Call
    said: list[Said]

    @cached_property
    def agent(self) -> list[Said]:
        """What the agent said."""
        return [one for one in self.said if one.speaker == "agent"]

    @cached_property
    def timed(self) -> bool:
        """Whether the log times every turn. One without times could change what is measured between the others."""
        return timed(self.said)

    @cached_property
    def ordered(self) -> list[Said]:
        """By start and end; for a call of which `timed` holds."""
        return sorted(self.said, key=lambda one: (one.start, one.end))


VoiceDetector = Callable[[Speech, VoiceRules], Found]


def speech_of(call: Call) -> Speech:
    """The call as the detectors of words read it; the last one is kept, because several read the same call in turn."""
    if not _LAST or _LAST[0].call is not call:
        said = [_said(turn) for turn in until_handoff(call) if turn.speaker in ("caller", "agent") and _heard(turn)]
        _LAST[:] = [Speech(call, said)]
    return _LAST[0]


_LAST: list[Speech] = []


def timed(said: Iterable[Said]) -> bool:
    """Whether each of these turns has a start and an end."""
    return -1.0 not in [one.start for one in said]


def _heard(turn: Turn) -> bool:
    return bool(turn.text) and not turn.text.isspace() and not unheard(turn)


def _said(turn: Turn) -> Said:
    start, end = turn.start_ms, turn.end_ms
    if start is None or end is None or not 0 <= start <= end <= LATEST_MS or 0 < end - start < SHORTEST_MS:
        start = end = -1.0
    words = words_of(turn.text)
    return Said(turn, turn.index, turn.speaker, start, end, end - start, words, substance(words))
