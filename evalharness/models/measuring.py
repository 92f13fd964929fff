"""`measures` of evalharness.yaml: what the detectors look for, each part with its own noun and defaults."""

from __future__ import annotations

from evalharness.models.disclosing import Disclosure, IdentityCheck, OptOuts, Outbound
from evalharness.models.escalating import EscalationRules
from evalharness.models.fact_rules import FactRules
from evalharness.models.handling import Handlers
from evalharness.models.noun import Noun
from evalharness.models.rubric import Identifier
from evalharness.models.voice_rules import VoiceRules


class Measuring(Noun):
    """Settings of the detectors. Another setting makes other figures: the digest of this noun is part of what is kept.

    `off`: figures that are not measured.
    """

    off: tuple[Identifier, ...] = ()
    voice: VoiceRules = VoiceRules()
    escalation: EscalationRules = EscalationRules()
    disclosure: tuple[Disclosure, ...] = ()
    opt_outs: OptOuts = OptOuts()
    outbound: Outbound = Outbound()
    identity: IdentityCheck | None = None
    handlers: Handlers = Handlers()
    facts: FactRules = FactRules()
