"""How long the caller waits for the agent's first words. No latency: nobody had asked anything yet."""

from __future__ import annotations

from evalharness.grade.measured.found import Found
from evalharness.grade.measured.voice_spoken import Speech
from evalharness.models.voice_rules import VoiceRules


def detect(speech: Speech, _: VoiceRules) -> Found:
    """greeting_after: start of the agent's first words in ms, where it spoke first. 0 is "not detected", so absent; absent too
    where the log does not time every turn, for another one may have been first."""
    first = speech.ordered[0] if speech.said and speech.timed else None
    return Found({"greeting_after": first.start} if first is not None and first.speaker == "agent" and first.start > 0 else {})
