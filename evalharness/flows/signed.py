"""A signed week beside what is known now: what arrived since, and which figures differ."""

from __future__ import annotations

from evalharness.aggregate.signed import beside, changed
from evalharness.flows.exports import digest_of_bytes
from evalharness.flows.opened import Opened
from evalharness.models.act import SignOff, SinceSigned
from evalharness.models.summary import WeekSummary
from evalharness.report.tables import summary_json


def arrived(house: Opened, summary: WeekSummary) -> SinceSigned:
    """How many grades, calls, later facts and decisions the week has in all."""
    week = summary.week
    later = [(row["source"], row["call_id"]) for row in house.ledger.stored("supplements")]
    of_week = house.calls.of_week(week, house.config.scope_rule, later)
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
        summary_digest=digest_of_bytes(summary_json(summary)),
    )
