"""How much of the speech is the agent's, and how fast it speaks."""

from __future__ import annotations

from evalharness.grade.measured.found import Found
from evalharness.grade.measured.voice_spoken import Said, Speech, timed
from evalharness.models.finding import Finding
from evalharness.models.voice_rules import VoiceRules

FEWEST_WORDS = 10
"""Shorter turns say nothing of how fast someone speaks."""


def detect(speech: Speech, rules: VoiceRules) -> Found:
    """talk_ratio = agent's ms / (agent's + caller's ms); absent where the log does not time every turn or one side said nothing.

    agent_words_per_minute: over the agent's turns of at least ten words that ran to their end: of an interrupted one the text may
    say more than was heard. Absent without any, or where an agent turn has no times.
    """
    found = Found()
    if timed(speech.agent):
        _pace(found, speech.agent, rules)
    if len(speech.agent) < len(speech.said) and speech.timed:
        _share(found, speech, rules)
    return found


def _share(found: Found, speech: Speech, rules: VoiceRules) -> None:
    ours, both = sum(one.lasted for one in speech.agent), sum(one.lasted for one in speech.said)
    if not 0 < ours < both:
        return
    found.values["talk_ratio"] = ours / both
    if ours / both > rules.talk:
        longest = sorted(speech.agent, key=lambda one: (-one.lasted, one.index))[:3]
        shown = tuple(sorted(one.index for one in longest))
        found.findings.append(Finding(measure="talk_ratio", turns=shown, value=ours / both))


def _pace(found: Found, agent: list[Said], rules: VoiceRules) -> None:
    words, ms, fast = 0, 0.0, rules.fast
    for one in agent:
        said, lasted = len(one.words), one.lasted
        if said < FEWEST_WORDS or one.interrupted or not lasted:
            continue
        words, ms = words + said, ms + lasted
        if said * 60_000 > fast * lasted:
            pace = said * 60_000 / lasted
            found.findings.append(Finding(measure="agent_words_per_minute", turns=(one.index,), value=pace))
    if ms:
        found.values["agent_words_per_minute"] = words * 60_000 / ms
