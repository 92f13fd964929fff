"""A signed week beside what is known now: what arrived since, which figures differ, and whether its files are as signed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from evalharness.aggregate.signed import beside, changed
from evalharness.flows.exports import digest_of_bytes
from evalharness.flows.opened import Opened
from evalharness.flows.scoped import scope_of
from evalharness.models.act import SignOff, SinceSigned
from evalharness.models.summary import WeekSummary
from evalharness.report.exports.summary_json import decided_json
from evalharness.store.files import digest_file

Altered = Literal["changed", "missing", "unreadable"]
"""What became of a signed file that is not as it was signed."""


def arrived(house: Opened, summary: WeekSummary) -> SinceSigned:
    """How many grades, calls, later facts and decisions the week has in all."""
    week = summary.week
    later = [(row["source"], row["call_id"]) for row in house.ledger.stored("supplements")]
    of_week = house.calls.of_week(week, scope_of(house, week), later)
    return SinceSigned(
        grades=len(house.ledger.stored("grades", week=week)),
        calls=summary.population.calls,
        supplements=sum(identity in of_week for identity in later),
        decisions=sum(len(house.ledger.stored(table, week=week)) for table in ("adjudications", "disputes")),
    )


def since(house: Opened, summary: WeekSummary, signed: SignOff) -> SinceSigned:
    """What came after the sign-off. Nothing is deleted, so each count is a difference."""
    now = arrived(house, summary)
    return SinceSigned(
        grades=max(now.grades - signed.grades, 0),
        calls=max(now.calls - signed.calls, 0),
        supplements=max(now.supplements - signed.supplements, 0),
        decisions=max(now.decisions - signed.decisions, 0),
        changed=changed(signed, summary),
        beside=beside(signed, summary),
        summary_digest=digest_of_bytes(decided_json(summary)),
    )


def altered(house: Opened, signed: Sequence[SignOff]) -> dict[str, Altered]:
    """The files of these sign-offs whose SHA-256 is not the one signed: path inside the workspace -> what became of it."""
    known = {path: digest for one in signed for path, digest in one.files.items()}
    found = {path: _state(house, path, digest) for path, digest in known.items()}
    return {path: state for path, state in found.items() if state is not None}


def _state(house: Opened, path: str, digest: str) -> Altered | None:
    try:
        return None if digest_file(house.workspace.root / path) == digest else "changed"
    except FileNotFoundError:
        return "missing"
    except OSError:
        return "unreadable"
