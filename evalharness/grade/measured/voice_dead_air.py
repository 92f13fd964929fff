"""Silence between turns that nobody fills, and by whom it was left.

After the caller's words, or after the agent said that it looks something up, silence is the agent's; after anything else that the
agent said it is the caller's if the caller speaks next or was asked something, and the agent's where the agent just went on.
"""

from __future__ import annotations

from evalharness.grade.measured.found import Found
from evalharness.grade.measured.voice_spoken import Said, Speech
from evalharness.grade.measured.voice_words import book, words_of
from evalharness.models.finding import Finding
from evalharness.models.voice_rules import VoiceRules

TOOL = "a tool call was running"
HOLD = "the agent had said that it takes a moment"


def detect(speech: Speech, rules: VoiceRules) -> Found:
    """Absent where the log does not time every turn, or has only one side of the conversation."""
    found = Found()
    if not 0 < len(speech.agent) < len(speech.said) or not speech.timed:
        return found
    last, longest, by_agent, least = speech.ordered[0], 0.0, 0, rules.dead_air_ms
    for one in speech.ordered[1:]:
        silence = one.start - last.end
        longest = max(longest, silence)
        if silence >= least:
            left = _left_by(last, one, rules)
            by_agent += left == "agent"
            found.findings.append(_finding(silence, left, (last.index, one.index), _note(speech, last, one, rules)))
        last = one if one.end >= last.end else last
    found.values = {"dead_air": len(found.findings), "dead_air_by_agent": by_agent, "dead_air_longest": longest}
    return found


def _finding(silence: float, left: str, turns: tuple[int, int], note: str) -> Finding:
    return Finding(measure="dead_air", turns=turns, value=silence, state=left, note=note)


def _left_by(last: Said, one: Said, rules: VoiceRules) -> str:
    if last.speaker == "caller" or book(rules.waits).within(last.words):
        return "agent"
    return "caller" if one.speaker == "caller" or last.turn.text.rstrip().endswith("?") else "agent"


def _note(speech: Speech, last: Said, one: Said, rules: VoiceRules) -> str:
    """What was going on in the silence, as far as the log shows it."""
    first, end = sorted((last.index, one.index))
    between = [turn for turn in speech.call.turns if first <= turn.index <= end]
    waits = book(rules.waits)
    said = [last.words] if last.speaker == "agent" else []
    said += [words_of(turn.text) for turn in between if turn.speaker == "system"]
    notes = ((TOOL, any(turn.tool_calls for turn in between)), (HOLD, any(map(waits.within, said))))
    return "; ".join(note for note, holds in notes if holds)
