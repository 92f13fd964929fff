"""The calls of whole weeks counted by the engine: figures of 100,000 calls without an object a call."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from evalharness.models.facts import Tally

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
