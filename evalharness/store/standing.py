"""What the ledger holds up to a week, in one digest: it changes whenever something is written that a figure of the week rests on.

The ledger is append-only and chained: the link of the newest row of a table covers that row and all before it, so links say as
much as the rows themselves, without reading them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Select, func, select

from evalharness.models.noun import canonical_json, digest_of
from evalharness.store.schema import CHAIN, KEPT

BY_WEEK = ("samples", "picks", "grades", "llm_calls", "reviews", "adjudications", "disputes", "signoffs", "parts")
"""Tables whose rows are of a week: its figures rest on rows of that week and of the weeks before."""
CALLS_AHEAD = {"parts": 3}
"""Of calls also those of so many weeks behind it: who called again within 7 days, and until when that is known."""
_MANY = 500
Links = Mapping[str, Mapping[str, str]]
"""Table -> week -> link of the chain of its newest row of that week."""


def links(connection: Connection) -> Links:
    """The newest links by table and week; events of LLM requests by the week of the request."""
    queries: dict[str, Select[Any]] = {}
    for name in BY_WEEK:
        table = KEPT[name]
        queries[name] = select(table.c.week, func.max(table.c.id)).group_by(table.c.week)
    asked, events = KEPT["llm_calls"], KEPT["llm_events"]
    joined = events.join(asked, events.c.llm_call_id == asked.c.id)
    queries["llm_events"] = select(asked.c.week, func.max(events.c.id)).select_from(joined).group_by(asked.c.week)
    return {name: _linked(connection, name, query) for name, query in queries.items()}


def _linked(connection: Connection, name: str, query: Select[Any]) -> dict[str, str]:
    rows = {int(row): str(week) for week, row in connection.execute(query)}
    ids, found = list(rows), dict[str, str]()
    for first in range(0, len(ids), _MANY):
        chosen = (CHAIN.c.table_name == name, CHAIN.c.row_id.in_(ids[first : first + _MANY]))
        found |= {rows[row]: link for row, link in connection.execute(select(CHAIN.c.row_id, CHAIN.c.hash).where(*chosen))}
    return found


def standing(found: Links, week: str, ahead: Mapping[str, str]) -> str:
    """The digest of everything up to the week. `ahead`: table -> the last week of it that still counts."""
    held = {name: sorted((one, link) for one, link in of.items() if one <= ahead.get(name, week)) for name, of in found.items()}
    return digest_of(canonical_json(held))


def of_weeks(rows: Sequence[Mapping[str, Any]], week: str) -> list[str]:
    """The hashes of the rows of the audit trail (decoded) that name no week, or one up to this one."""
    by_week: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        named = row["details"].get("week") if isinstance(row["details"], dict) else None
        by_week[named if isinstance(named, str) else ""].append(row["sha256"])
    return [found for named, held in sorted(by_week.items()) if named <= week for found in held]
