"""What caller and agent said while the agent had the call, read once for all voice detectors."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from operator import attrgetter

from evalharness.grade.measured.found import TOGETHER, Found
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
    `words_of` has them, `meant` those of substance; `interrupted` as the log flags it."""

    turn: Turn
    index: int
    speaker: str
    start: float
    end: float
    lasted: float
    words: tuple[str, ...]
    meant: frozenset[str]
    interrupted: bool | None = None


@dataclass(slots=True)
class Speech:
    """The spoken turns of a call in the order of the log, up to the handoff to a human. Words that nobody heard are left out.

    `agent`: what the agent said; `timed`: the log times every turn: one without times could change what is measured between the
    others; `ordered`: where it does, by start and end.
    """

    call: Call
    said: list[Said]
    agent: list[Said] = field(init=False)
    timed: bool = field(init=False)
    ordered: list[Said] = field(init=False)

    def __post_init__(self) -> None:
        self.agent = [one for one in self.said if one.speaker == "agent"]
        self.timed = timed(self.said)
        self.ordered = sorted(self.said, key=BY_TIME) if self.timed else self.said


BY_TIME = attrgetter("start", "end")
_SIDES = ("caller", "agent")
VoiceDetector = Callable[[Speech, VoiceRules], Found]


def speech_of(call: Call) -> Speech:
    """The call as the detectors of words read it; those of the last calls are kept, because several read the same call."""
    held = _KEPT.get(id(call))
    if held is None or held.call is not call:
        if len(_KEPT) >= TOGETHER:
            _KEPT.clear()
        held = _KEPT[id(call)] = Speech(call, [one for one in map(_said, until_handoff(call)) if one is not None])
    return held


_KEPT: dict[int, Speech] = {}


def timed(said: Iterable[Said]) -> bool:
    """Whether each of these turns has a start and an end."""
    return -1.0 not in [one.start for one in said]


def _said(turn: Turn) -> Said | None:
    """The turn, where caller or agent says something in it that was heard."""
    speaker, text, interrupted = turn.speaker, turn.text, turn.interrupted
    if speaker not in _SIDES or not text or text.isspace() or (interrupted and unheard(turn)):
        return None
    start, end = turn.start_ms, turn.end_ms
    if start is None or end is None or not 0 <= start <= end <= LATEST_MS or 0 < end - start < SHORTEST_MS:
        start = end = -1.0
    words = words_of(text)
    return Said(turn, turn.index, speaker, start, end, end - start, words, substance(words), interrupted)
