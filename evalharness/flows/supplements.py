"""Facts that come later (CSAT, outcome, version, cost, consent) -> supplements of calls in the log; append-only, no conflict.

A row that names no call of the log, or more than one, is rejected and named; the same fact again is a duplicate.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from evalharness import numbers
from evalharness.collect.privacy.masked import masked_name, masking
from evalharness.collect.reasons import FieldError, shown
from evalharness.collect.supplements import LaterRow, LaterRules, read_later
from evalharness.flows.opened import Opened
from evalharness.models.call import Supplement
from evalharness.models.intake import IntakeReport, Rejected
from evalharness.models.noun import canonical_json
from evalharness.store.call_log import CallLog
from evalharness.store.records import add_intake, add_supplements, supplements

LISTED = 1000
NEAR = timedelta(minutes=30)
"""So far before the start or after the end of a call may lie the time by which a row names it."""
_BATCH = 500
Identity = tuple[str, str]
Find = Callable[[LaterRow], Identity]
"""The call that a row names. Raises FieldError where there is none or more than one."""


def take_supplements(house: Opened, path: Path, rules: LaterRules, file_digest: str, at: datetime) -> IntakeReport:
    """One file of later facts, in one transaction at its end. Raises InputError where it cannot be read."""
    name = masked_name(path.name, masking(rules.key))
    known = _Known([fact for fact in supplements(house.ledger) if fact.field == rules.kind])
    finder = _by_id if rules.join == "call_id" else _by_caller
    facts: list[Supplement] = []
    rejects: list[Rejected] = []
    rows = 0
    for batch in _batches(read_later(path, rules)):
        find = finder(house.calls, [row for row in batch if isinstance(row, LaterRow)])
        for row in batch:
            rows += 1
            found = _fact(row, find, rules, name, at)
            if isinstance(found, Rejected):
                rejects.append(found)
            elif known.is_new(found, dated=isinstance(row, LaterRow) and row.known_at is not None):
                facts.append(found)
    report = IntakeReport(
        file=name,
        file_digest=file_digest,
        source=rules.kind,
        rows=rows,
        accepted=len(facts),
        duplicate=rows - len(facts) - len(rejects),
        rejected=len(rejects),
        rejects=tuple(rejects[:LISTED]),
    )
    with house.ledger.transaction() as tx:
        add_supplements(tx, facts, at)
        add_intake(tx, report, [], at)
    return report


def _batches(rows: Iterable[LaterRow | Rejected]) -> Iterator[list[LaterRow | Rejected]]:
    waiting: list[LaterRow | Rejected] = []
    for row in rows:
        waiting.append(row)
        if len(waiting) >= _BATCH:
            yield waiting
            waiting = []
    yield waiting


def _fact(row: LaterRow | Rejected, find: Find, rules: LaterRules, file: str, at: datetime) -> Supplement | Rejected:
    """The fact as it is kept, under the call it names."""
    if isinstance(row, Rejected):
        return row
    try:
        source, call_id = find(row)
    except FieldError as error:
        return Rejected(file=file, line=row.line, field=error.field, reason=error.reason)
    return Supplement(source=source, call_id=call_id, field=rules.kind, value=row.value, known_at=row.known_at or at)


def _by_id(calls: CallLog, rows: Sequence[LaterRow]) -> Find:
    sources: dict[str, list[str]] = defaultdict(list)
    for source, call_id in calls.named([row.call_id for row in rows]):
        sources[call_id].append(source)

    def find(row: LaterRow) -> Identity:
        found = [source for source in sources[row.call_id] if row.source in (None, source)]
        if not found:
            of = "" if row.source is None else f" of the source {shown(row.source)}"
            raise FieldError("call_id", f"no call in the log has the id {shown(row.call_id)}{of}")
        if len(found) > 1:
            raise FieldError("call_id", f"{shown(row.call_id)} is the id of calls of {', '.join(found)}; say which in `source`")
        return found[0], row.call_id

    return find


def _by_caller(calls: CallLog, rows: Sequence[LaterRow]) -> Find:
    of: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for call in calls.of_callers([row.caller_key for row in rows]):
        of[call["caller_key"]].append(call)

    def find(row: LaterRow) -> Identity:
        near = sorted((gap, call["source"], call["id"]) for call in of[row.caller_key] if (gap := _gap(call, row)) <= NEAR)
        if not near:
            raise FieldError(
                "caller",
                f"no call of this caller lies within {numbers.count(NEAR.seconds // 60)} minutes of {row.at:%Y-%m-%d %H:%M} UTC",
            )
        if len(near) > 1 and near[0][0] == near[1][0]:
            raise FieldError("caller", f"two calls of this caller lie equally near: {shown(near[0][2])} and {shown(near[1][2])}")
        return near[0][1], near[0][2]

    return find


def _gap(call: dict[str, Any], row: LaterRow) -> timedelta:
    """How far the row's time lies outside of the call; nothing within it."""
    start: datetime = call["started_at"]
    at = row.at or start
    return max(start - at, at - (call["ended_at"] or start), timedelta())


class _Known:
    """The facts of one field so far."""

    def __init__(self, facts: Iterable[Supplement]) -> None:
        self.exact: set[tuple[Identity, str, datetime]] = set()
        self.newest: dict[Identity, tuple[datetime, str]] = {}
        for fact in facts:
            self._remember(fact)

    def is_new(self, fact: Supplement, *, dated: bool) -> bool:
        """Whether it is new, and remembers it then. Without a date of its own it is old where the newest says the same."""
        identity, value = (fact.source, fact.call_id), canonical_json(fact.value)
        known = self.newest.get(identity)
        old = (identity, value, fact.known_at) in self.exact if dated else known is not None and known[1] == value
        if not old:
            self._remember(fact)
        return not old

    def _remember(self, fact: Supplement) -> None:
        identity, value = (fact.source, fact.call_id), canonical_json(fact.value)
        self.exact.add((identity, value, fact.known_at))
        known = self.newest.get(identity)
        if known is None or known[0] <= fact.known_at:
            self.newest[identity] = fact.known_at, value
