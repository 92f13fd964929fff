"""The calls of whole weeks counted by the engine: figures of 100,000 calls without an object a call."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from evalharness.models.call import Call
from evalharness.models.facts import FactGroup, Tally

_ALIKE = ("outcome", "handed_off", "has_transcript", "intent", "version", "currency")
CONTENT = 4
"""The least answer of a content caller, on 1 to 5."""
_COUNTS = ("calls", "out_of_scope", "technical", "with_transcript", "judged")


def since(calls: Any, start: datetime | None) -> Any:
    """The calls that started at `start` (aware) or later; all of them without one. The engine's instants are naive UTC."""
    return calls if start is None else calls.filter(calls.started_at >= start.astimezone(UTC).replace(tzinfo=None))


def tallies(calls: Any) -> Any:
    """Expression with one row a week: `week` and the counts of a Tally."""
    technical, out = calls.outcome == "failed_technical", calls.outcome == "out_of_scope"
    return calls.group_by("week").agg(
        calls=calls.count(),
        out_of_scope=out.sum(),
        technical=technical.sum(),
        with_transcript=calls.has_transcript.sum(),
        judged=(calls.has_transcript & ~technical & ~out).sum(),
    )


def to_tallies(rows: Sequence[dict[str, Any]], weeks: Iterable[str]) -> dict[str, Tally]:
    """Week -> Tally for each week asked, zeroes where no call of it is left."""
    found = {row["week"]: Tally(**{name: int(row[name]) for name in _COUNTS}) for row in rows}
    return {week: found.get(week, Tally()) for week in weeks}


def of_callers(calls: Any, keys: Iterable[str]) -> Any:
    """Expression with the in-scope calls of these callers: `caller_key`, `intent`, `started_at`."""
    mine = calls.filter((calls.outcome != "out_of_scope") & calls.caller_key.isin(sorted(set(keys))))
    return mine.select("caller_key", "intent", "started_at")


def called_again(call: Call, rows: Sequence[dict[str, Any]], wait: timedelta) -> bool:
    """Whether one of the rows of `of_callers` is a call by the same caller for the same intent (or none, like this one) that
    began after the end of the call (its start, where the end is not known) and within `wait` of it."""
    ended = max(call.started_at, call.ended_at or call.started_at).astimezone(UTC).replace(tzinfo=None)
    same = (row["started_at"] for row in rows if (row["caller_key"], row["intent"]) == (call.caller_key, call.intent))
    return any(ended < started <= ended + wait for started in same)


def groups(calls: Any) -> Any:
    """Expression with one row a FactGroup, in any order; `costs` in any order too."""
    answer = calls.csat.between(1, 5)
    return calls.group_by(*_ALIKE).agg(
        calls=calls.count(),
        costs=calls.cost_usd.collect(),
        answers=answer.sum(),
        content=(answer & (calls.csat >= CONTENT)).sum(),
    )


def to_groups(rows: Sequence[dict[str, Any]]) -> list[FactGroup]:
    """The rows of `groups`, in the order of their fields, however many threads the engine has."""
    found = [_group(row) for row in rows]
    return sorted(found, key=lambda group: tuple(str(getattr(group, name)) for name in _ALIKE))


def _group(row: dict[str, Any]) -> FactGroup:
    fields: dict[str, Any] = {name: row[name] for name in _ALIKE}
    fields |= {name: int(row[name] or 0) for name in ("calls", "answers", "content")}  # NULL where nobody answered
    return FactGroup(**fields, costs=tuple(sorted(row["costs"] or ())))


def sources(calls: Any) -> Any:
    """Expression with the columns `source` and `calls`."""
    return calls.group_by("source").agg(calls=calls.count())


def ids(calls: Any) -> Any:
    """Expression of one row: `ids`, how many different ids the calls have."""
    return calls.agg(ids=calls.id.nunique())
