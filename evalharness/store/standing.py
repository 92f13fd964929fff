"""What the ledger holds up to a week, in one digest: it changes whenever something is written that a figure of the week rests on.

The ledger is append-only and chained: the link of the newest row of a table covers that row and all before it, so links say as
much as the rows themselves, without reading them. The newest link of all that the week rests on is its head, which stands on
everything that is written of the week.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Select, Table, func, select, text

from evalharness.models.noun import canonical_json, digest_of
from evalharness.models.week import shift
from evalharness.store.schema import CHAIN, KEPT

BY_WEEK = ("samples", "picks", "grades", "llm_calls", "reviews", "adjudications", "disputes", "signoffs", "parts")
"""Tables whose rows are of a week: its figures rest on rows of that week and of the weeks before."""
CALLS_AHEAD = {"parts": 3}
"""Of calls also those of so many weeks behind it: who called again within 7 days, and until when that is known."""
WRITTEN_OUT = ("report", "index", "export", "sheet")
"""Kinds of exports that only record that something was written; the others record what was read from a file."""
SENT_OUT = ("notice sending", "notice sent", "alert sending", "alert sent")
"""Actions of the audit trail that only record that something was sent."""
KEY_KEPT, PULLED = "key of callers", "calls pulled"
"""Actions that record what tells the key from another, and that a platform was asked for calls; one that had none is none."""
_RESTS = {
    "intakes": "rows > duplicate",
    "exports": f"kind NOT IN {WRITTEN_OUT} AND coalesce(week, '') <= :week",
    "audit": f"action NOT IN {(*SENT_OUT, KEY_KEPT)} AND coalesce(json_extract(details, '$.week'), '') <= :week"
    f" AND NOT (action = '{PULLED}' AND json_extract(details, '$.came') IS 0)",
    "llm_events": "(SELECT week FROM llm_calls WHERE llm_calls.id = llm_call_id) <= :week",
    "sample_items": "(SELECT week FROM samples WHERE samples.id = sample_id) <= :week",
    **{name: f"week <= :{name}" for name in CALLS_AHEAD},
}
"""Table -> the rows that something written of the week :week may rest on; of others all up to it, or all that name no week."""
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


def head_of(connection: Connection, week: str) -> str:
    """The newest link that something written of the week rests on, as "NUMBER:HASH"; it covers everything before it, too.

    Left out are rows that only record that something was written out or sent, or read or pulled a second time and known, and
    rows of later weeks; so a week is written with the same head again as long as nothing of it has changed. A row that names
    no week counts.
    """
    ahead = {name: shift(week, weeks) for name, weeks in CALLS_AHEAD.items()}
    found = connection.execute(_HEAD_OF, {"week": week, **ahead}).first()
    return "" if found is None else f"{found.seq}:{found.hash}"


def _newest(table: Table) -> str:
    rests = _RESTS.get(table.name, "week <= :week" if "week" in table.c else "true")
    return f"(table_name = '{table.name}' AND row_id = (SELECT max(id) FROM {table.name} WHERE {rests}))"  # noqa: S608 - of the schema


_RESTING = text(" OR ".join(map(_newest, KEPT.values())))
_HEAD_OF = select(CHAIN.c.seq, CHAIN.c.hash).where(_RESTING).order_by(CHAIN.c.seq.desc()).limit(1)


def since(connection: Connection, link: str) -> tuple[int, dict[str, int]] | None:
    """The number of the link of this hash, and how many rows of each table came after it; None where there is no such link."""
    number = connection.execute(select(CHAIN.c.seq).where(CHAIN.c.hash == link)).scalar()
    if number is None:
        return None
    later = select(CHAIN.c.table_name, func.count()).where(CHAIN.c.seq > number).group_by(CHAIN.c.table_name)
    return number, {str(name): int(count) for name, count in sorted(map(tuple, connection.execute(later)))}
