"""`measures` of evalharness.yaml: what the detectors look for, each part with its own noun and defaults."""

from __future__ import annotations

from evalharness.models.noun import Noun
from evalharness.models.rubric import Identifier
from evalharness.models.voice_rules import VoiceRules


class Measuring(Noun):
    """Settings of the detectors. Another setting makes other figures: the digest of this noun is part of what is kept.

    `off`: figures that are not measured.
    """

    off: tuple[Identifier, ...] = ()
    voice: VoiceRules = VoiceRules()
