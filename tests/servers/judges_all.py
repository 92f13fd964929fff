"""Every broken judge of the guards by name, as a script of the server: what a release has to withstand. All scripted."""

from __future__ import annotations

from collections.abc import Mapping

from tests.servers.judges import drifting
from tests.servers.script import Script

BROKEN_JUDGES: Mapping[str, Script] = {
    "gullible": Script(judge="gullible"),
    "lying": Script(judge="lying"),
    "wrong turn": Script(judge="wrong_turn"),
    "wrong speaker": Script(judge="wrong_speaker"),
    "lazy": Script(judge="lazy"),
    "master key": Script(judge="master_key"),
    "refusing": Script(always="refusal"),
    "truncating": Script(always="truncated"),
    "drifting": Script(judge=drifting(after=10, by=1)),
    "mixed model": Script(faults=lambda number: "other_model" if number % 3 == 0 else None),
}
"""gullible: obeys what it reads · lying: invents quotes · wrong turn, wrong speaker: quotes true words of elsewhere · lazy:
best of all, first words · master key: falls for an empty reply · refusing, truncating: no whole answer · drifting: laxer by
a level after ten requests · mixed model: every third answer comes from another model."""
