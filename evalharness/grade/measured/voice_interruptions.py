"""Who spoke over whom: the caller over the agent, and the agent over the caller.

A turn's own `interrupted` flag decides where the log has one; else the times do: someone begins at least `overlap_ms` before the
other has ended. A word of listening ("mhm", "ja, genau") over the other's speech interrupts nobody. A turn is interrupted once.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import islice

from evalharness.grade.measured.found import Found
from evalharness.grade.measured.voice_spoken import Said, Speech
from evalharness.grade.measured.voice_words import book
from evalharness.models.finding import Finding
from evalharness.models.voice_rules import VoiceRules

BROKEN = {"agent": "caller_interruptions", "caller": "agent_interruptions"}
"""Whose speech is broken into -> the figure that counts it."""
REPORTED = {"agent": "assistant_interruptions", "caller": "user_interruptions"}
"""Whose speech was broken into -> the entry of a call's metadata with the platform's count."""
AHEAD = 20
"""So many turns further the one that broke in is looked for."""


def detect(speech: Speech, rules: VoiceRules) -> Found:
    """Absent where one side said nothing, or where a turn that may be spoken over has no flag and not every turn has times."""
    found, ordered = Found(), speech.ordered
    both = 0 < len(speech.agent) < len(ordered)
    told = {side: both and (speech.timed or _flagged(speech, side)) for side in BROKEN}
    found.values = _reported(speech, told)
    if not both:
        return found
    found.values |= {figure: 0 for side, figure in BROKEN.items() if told[side]}
    overlap_ms = rules.overlap_ms
    begins = [*[one.start for one in ordered[1:]], math.inf]
    for place, (one, next_begins) in enumerate(zip(ordered, begins, strict=True)):
        flag = one.interrupted
        if not told[one.speaker] or (flag is None and one.end - next_begins < overlap_ms):
            continue
        shown = _flag(ordered, place) if flag is not None else _overlap(ordered, place, rules)
        if shown:
            found.values[BROKEN[one.speaker]] += 1
            found.findings.append(Finding(measure=BROKEN[one.speaker], turns=shown))
    return found


def _reported(speech: Speech, told: Mapping[str, bool]) -> dict[str, float]:
    """The platform's own count of whoever was interrupted, where the turns do not tell it: a figure of its own, for nobody knows
    what the platform takes for an interruption."""
    counts = {side: speech.call.metadata.get(REPORTED[side]) for side, is_told in told.items() if not is_told}
    known = {side: n for side, n in counts.items() if isinstance(n, int | float) and not isinstance(n, bool) and n >= 0}
    return {f"{BROKEN[side]}_reported": float(n) for side, n in known.items()}


def _flagged(speech: Speech, side: str) -> bool:
    return all(one.interrupted is not None for one in speech.said if one.speaker == side)


def _flag(ordered: list[Said], place: int) -> tuple[int, ...]:
    """The turn that the log calls interrupted, and the other's next one."""
    one = ordered[place]
    if not one.interrupted:
        return ()
    after = islice(ordered, place + 1, place + AHEAD)
    by = next((other.index for other in after if other.speaker != one.speaker), None)
    return (one.index,) if by is None else (one.index, by)


def _overlap(ordered: list[Said], place: int, rules: VoiceRules) -> tuple[int, ...]:
    """The turn and who spoke over it; () where nobody did."""
    one = ordered[place]
    for other in islice(ordered, place + 1, place + AHEAD):
        if one.end - other.start < rules.overlap_ms:
            return ()
        over = min(one.end, other.end) - other.start >= rules.overlap_ms
        if over and one.speaker != other.speaker and other.start > one.start and not _listens(other, rules):
            return one.index, other.index
    return ()


def _listens(one: Said, rules: VoiceRules) -> bool:
    return book(rules.backchannels).whole(one.words)
