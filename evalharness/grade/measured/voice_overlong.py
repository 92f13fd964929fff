"""Agent speech that goes on too long for a phone call: by its words, and by the clock.

What the agent says in a row without the caller between is one utterance, however the log cuts it.
"""

from __future__ import annotations

from evalharness.grade.measured.found import Found
from evalharness.grade.measured.voice_spoken import Said, Speech, timed
from evalharness.models.finding import Finding
from evalharness.models.voice_rules import VoiceRules


def detect(speech: Speech, rules: VoiceRules) -> Found:
    """overlong_by_words: absent where the agent said nothing; overlong_by_time (silences between not counted): absent too where
    an agent turn has no times."""
    found, runs = Found(), _in_a_row(speech.said)
    if not runs:
        return found
    _longer(found, "overlong_by_words", rules.long_words, runs, [sum([len(one.words) for one in run]) for run in runs])
    if timed(speech.agent):
        _longer(found, "overlong_by_time", rules.long_s * 1000, runs, [sum([one.lasted for one in run]) for run in runs])
    return found


def _longer(found: Found, figure: str, limit: float, runs: list[list[Said]], sizes: list[float]) -> None:
    long = [(run, size) for run, size in zip(runs, sizes, strict=True) if size > limit]
    found.values[figure] = len(long)
    found.findings += [Finding(measure=figure, turns=tuple(one.index for one in run), value=float(size)) for run, size in long]


def _in_a_row(said: list[Said]) -> list[list[Said]]:
    """The agent's turns, those together that the caller did not come between."""
    runs: list[list[Said]] = []
    before = ""
    for one in said:
        if one.speaker == "agent" and before == "agent":
            runs[-1].append(one)
        elif one.speaker == "agent":
            runs.append([one])
        before = one.speaker
    return runs
