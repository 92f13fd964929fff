"""Supplements put to use: the newest fact known of each call by field, and the call with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from evalharness.models.call import Call, Cost, Supplement

Identity = tuple[str, str]
OUTCOME_RULE = "outcome_rule"
"""The entry of a call's metadata that names the rule its outcome was derived by."""
BY_LOG = "status and handoff"
"""Stands there for an outcome that no rule of a table gave, where a rule of the workspace had given another one before."""
Facts = Mapping[str, Any]
"""Field of a call -> value: csat, outcome, version, cost (as JSON), metadata (an object; consent stands in it)."""


def newest(supplements: Iterable[Supplement]) -> dict[Identity, dict[str, Any]]:
    """Per call (source, id) the fact with the latest `known_at` of each field; of equal times the one that came last.

    Entries of metadata are merged. An outcome puts an end to the rule of the one before it (OUTCOME_RULE); where it comes with a
    rule of its own, that is kept with it.
    """
    found: dict[Identity, dict[str, Any]] = {}
    for one in sorted(supplements, key=lambda one: one.known_at):
        facts = found.setdefault((one.source, one.call_id), {})
        if one.field in ("metadata", "consent"):
            entries = one.value if one.field == "metadata" else {"consent": one.value}
            facts["metadata"] = merged(facts.get("metadata", {}), entries)
        else:
            facts[one.field] = one.value
        if one.field == "outcome":
            facts["metadata"] = {**facts.get("metadata", {}), OUTCOME_RULE: None}
    return found


def with_facts(call: Call, facts: Facts) -> Call:
    """The call as it is known with these; an outcome that was inferred counts as given then, unless it came by a rule."""
    if not facts:
        return call
    update = {name: facts[name] for name in ("csat", "outcome", "version") if name in facts}
    if "cost" in facts:
        update["cost"] = Cost.model_validate(facts["cost"])
    if "metadata" in facts:
        update["metadata"] = merged(call.metadata, facts["metadata"])
    if "outcome" in facts:
        by_rule = facts.get("metadata", {}).get(OUTCOME_RULE) is not None
        update["inferred"] = (*(name for name in call.inferred if name != "outcome"), *(["outcome"] if by_rule else []))
    return call.model_copy(update=update)


def merged(target: Any, patch: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON object with the entries of `patch` over its own, objects entry by entry, null taking one away (RFC 7396)."""
    found = dict(target) if isinstance(target, Mapping) else {}
    for name, value in patch.items():
        if value is None:
            found.pop(name, None)
        else:
            found[name] = merged(found.get(name), value) if isinstance(value, Mapping) else value
    return found
