"""How long the caller waits for the agent's first words. No latency: nobody had asked anything yet."""

from __future__ import annotations

from evalharness.grade.measured.found import Found
from evalharness.grade.measured.voice_spoken import Speech
from evalharness.models.voice_rules import VoiceRules


def detect(speech: Speech, _: VoiceRules) -> Found:
    """greeting_after: start of the agent's first words in ms, where it spoke first. 0 is "not detected", so absent."""
    first = speech.said[0] if speech.said else None
    start = first.turn.start_ms if first is not None and first.speaker == "agent" else None
    return Found({"greeting_after": start} if start is not None and start > 0 else {})
