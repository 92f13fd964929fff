"""Supplements over the call log: the calls of a week with what came later for them; the parts stay as they were written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from evalharness.models.call import Cost
from evalharness.models.later import Identity, newest
from evalharness.models.noun import canonical_json
from evalharness.store.intakes import supplements
from evalharness.store.ledger import Ledger

COLUMNS = ("source", "id", "csat", "outcome", "version", "cost", "cost_usd", "currency", "patch")
"""One row a call with later facts, NULL where there is none: cost is a Cost as JSON, patch the metadata as JSON."""
_REPLACED = ("csat", "outcome", "version", "cost", "cost_usd", "currency")


class LaterFacts:
    """The newest facts by call, read again when the ledger has more supplements than before, or texts of some were purged."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger, self._rows = ledger, (-1, 0)
        self._known: dict[Identity, dict[str, Any]] = {}

    @property
    def known(self) -> dict[Identity, dict[str, Any]]:
        """Per call (source, id) its later facts by field."""
        purged = len(self._ledger.stored("tombstones", table_name="supplements"))
        rows = (len(self._ledger.stored("supplements")), purged)
        if rows != self._rows:
            self._known, self._rows = newest(supplements(self._ledger)), rows
        return self._known

    def rows(self) -> list[Sequence[Any]]:
        """The facts as rows of COLUMNS."""
        return [(*identity, *_row(facts)) for identity, facts in sorted(self.known.items())]


def _row(facts: dict[str, Any]) -> tuple[Any, ...]:
    cost = Cost.model_validate(facts["cost"]) if "cost" in facts else None
    csat = facts.get("csat")
    return (
        None if csat is None else float(csat),
        facts.get("outcome"),
        facts.get("version"),
        None if cost is None else cost.canonical(),
        None if cost is None else cost.total,
        None if cost is None else cost.currency,
        canonical_json(facts["metadata"]) if facts.get("metadata") else None,
    )


def over(calls: Any, later: Any) -> Any:
    """The `calls` expression with the later facts over the calls' own; `later` has COLUMNS."""
    import ibis

    from evalharness.store.engine_functions import json_merge

    renamed = later.rename({f"later_{name}": name for name in COLUMNS})
    joined = calls.left_join(renamed, [calls.source == renamed.later_source, calls.id == renamed.later_id])
    changed = {name: ibis.coalesce(joined[f"later_{name}"], joined[name]) for name in _REPLACED}
    patched = {
        name: joined.later_patch.isnull().ifelse(joined[name], json_merge(joined[name], joined.later_patch))
        for name in ("metadata", "rule_metadata")
    }
    return joined.mutate(**changed, **patched).select(*calls.columns)
