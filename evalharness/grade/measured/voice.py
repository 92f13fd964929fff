"""Voice behaviour that needs no judgement: its detectors and figures."""

from __future__ import annotations

from collections.abc import Mapping

from evalharness.grade.measured import (
    voice_dead_air,
    voice_greeting,
    voice_interruptions,
    voice_overlong,
    voice_repeats,
    voice_reprompts,
    voice_talk,
)
from evalharness.grade.measured.found import Figure, Found
from evalharness.grade.measured.voice_spoken import VoiceDetector, speech_of
from evalharness.models.call import Call
from evalharness.models.measuring import Measuring

VOICE: Mapping[str, VoiceDetector] = {
    "greeting": voice_greeting.detect,
    "interruptions": voice_interruptions.detect,
    "dead_air": voice_dead_air.detect,
    "talk": voice_talk.detect,
    "repeats": voice_repeats.detect,
    "reprompts": voice_reprompts.detect,
    "overlong": voice_overlong.detect,
}
"""Each reads the speech of a call, which is prepared once for all of them."""
_COUNTS = "calls whose turns do not tell it and whose platform counts them"
FIGURES: Mapping[str, Figure] = {
    "greeting_after": Figure("ms", "time to the agent's first words"),
    "agent_interruptions": Figure("count", "the agent speaks over the caller"),
    "caller_interruptions": Figure("count", "the caller speaks over the agent", bad=False),
    "agent_interruptions_reported": Figure("count", "the agent speaks over the caller, as the platform counts", among=_COUNTS),
    "caller_interruptions_reported": Figure(
        "count", "the caller speaks over the agent, as the platform counts", bad=False, among=_COUNTS
    ),
    "dead_air": Figure("count", "silences of 3 s or more that nobody fills"),
    "dead_air_by_agent": Figure("count", "silences of 3 s or more that the agent left", shown_by=("dead_air", "agent")),
    "dead_air_longest": Figure("ms", "longest silence between turns"),
    "talk_ratio": Figure("share", "the agent's share of the speech", bad=False),
    "agent_words_per_minute": Figure("per_minute", "words a minute of the agent", bad=False),
    "agent_repeats": Figure("count", "the agent says the same again without being asked"),
    "agent_loops": Figure("count", "the agent says the same three times or more in a row"),
    "caller_repeats": Figure("count", "the caller has to say the same again"),
    "reprompts": Figure("count", "the agent asks the caller to repeat"),
    "overlong_by_words": Figure("count", "agent utterances of more than 80 words"),
    "overlong_by_time": Figure("count", "agent utterances of more than 30 s"),
}


def detect(call: Call, settings: Measuring) -> Found:
    """What all voice detectors find."""
    found, speech, rules = Found(), speech_of(call), settings.voice
    for of_speech in VOICE.values():
        one = of_speech(speech, rules)
        found.values |= one.values
        found.findings += one.findings
    return found
