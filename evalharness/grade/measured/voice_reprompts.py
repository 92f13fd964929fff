"""The agent asks the caller to say it again, because it did not hear or understand."""

from __future__ import annotations

from evalharness.grade.measured.cues import spoken_in
from evalharness.grade.measured.found import Found
from evalharness.grade.measured.voice_spoken import Speech
from evalharness.grade.measured.voice_words import book
from evalharness.models.finding import Finding
from evalharness.models.voice_rules import VoiceRules


def detect(speech: Speech, rules: VoiceRules) -> Found:
    """Agent turns with one of the phrases of `reprompts`; absent where the agent said nothing, or in a language without
    a list. A greeting is never one."""
    found, phrases = Found(), book(rules.reprompts)
    if not speech.agent or not spoken_in(speech.call.language, rules.reprompts):
        return found
    first = speech.said[0]
    asked = [one.index for one in speech.agent if one is not first and phrases.within(one.words)]
    found.values["reprompts"] = len(asked)
    found.findings = [Finding(measure="reprompts", turns=(index,)) for index in asked]
    return found
