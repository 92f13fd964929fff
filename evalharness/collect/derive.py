"""What is concluded for a call by the workspace's own rules: its outcome by the reason it ended, its cost by usage and prices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from evalharness.collect.platforms.outcomes import RULE, overridden
from evalharness.collect.platforms.payload import UNTOLD
from evalharness.models.agent_prices import RECKONED, AgentPrices, reckoned, reckoned_as_of
from evalharness.models.call import Call, Outcome
from evalharness.models.later import BY_LOG
from evalharness.models.noun import canonical_json

_MARKS = (RULE, RECKONED)


@dataclass(frozen=True)
class Deriving:
    """`outcomes`: reason (with `*` for any letters) -> outcome, over the platforms' tables; `prices`: of the agent's usage."""

    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    prices: AgentPrices = field(default_factory=AgentPrices)

    @property
    def digested(self) -> list[str]:
        """What a file has to be read again for; [] where nothing is set."""
        own = bool(self.outcomes) or not self.prices.empty
        return [canonical_json([dict(self.outcomes), self.prices.model_dump(mode="json")])] if own else []


def derived(call: Call, rules: Deriving) -> Call:
    """The call with what these rules conclude; what the log gives itself is left as it is."""
    return reckoned(overridden(call, rules.outcomes), rules.prices)


def derived_anew(stored: Call, again: Call) -> dict[str, Any] | None:
    """What a call of the log gains where it is read again under other rules: outcome, cost, metadata, as supplements hold them.

    None where the two differ in more than what was derived: then they are two calls of one name. What came later for the stored
    call is no difference, and stays. Nor is what a version before this one did not conclude (`inferred`), or left out: words of
    somebody it did not know are gained; the further lines of a turn that was read out of plain text stay left out.
    """
    untold = UNTOLD in again.metadata and UNTOLD not in stored.metadata
    marks: dict[str, Any] = {UNTOLD: again.metadata[UNTOLD]} if untold else {}
    left_out = (*_MARKS, *marks)
    if _bare(stored, again, left_out) != _bare(again, again, left_out):
        return None
    found: dict[str, Any] = {}
    if "outcome" in stored.inferred and "outcome" in again.inferred and again.outcome != stored.outcome:
        found["outcome"], marks[RULE] = again.outcome, again.metadata.get(RULE) or BY_LOG
    if reckoned_as_of(again) and again.cost != stored.cost and (stored.cost is None or reckoned_as_of(stored)) and again.cost:
        found["cost"], marks[RECKONED] = again.cost.model_dump(mode="json"), again.metadata[RECKONED]
    return found | ({"metadata": marks} if marks else {})


def _bare(call: Call, again: Call, left_out: tuple[str, ...]) -> Call:
    """Without what is derived, and without what `again` does not say and a supplement may have brought."""
    metadata = {name: call.metadata.get(name) for name in again.metadata if name not in left_out}
    update: dict[str, Any] = {name: None for name in ("csat", "version") if getattr(again, name) is None}
    update |= {"metadata": metadata, "inferred": ()}
    if "outcome" in again.inferred:
        update["outcome"] = "unknown"
    if "turns" in again.inferred:
        update["turns"] = tuple(turn.model_copy(update={"text": turn.text.partition("\n")[0]}) for turn in call.turns)
    if again.cost is None or reckoned_as_of(again):
        update["cost"] = None
    return call.model_copy(update=update)
