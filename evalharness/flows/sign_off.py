"""The owner's (or deputy's) decision on a week: what is signed, who may, and the row that keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from evalharness.aggregate.signed import figures
from evalharness.errors import SignOffError, UsageError
from evalharness.flows.exports import digest_of_bytes, relative
from evalharness.flows.opened import Opened
from evalharness.flows.report import write_reports
from evalharness.flows.sheets import drawn_sample
from evalharness.flows.signed import arrived
from evalharness.flows.summary import week_summary
from evalharness.models.act import Decision, SignOff
from evalharness.models.noun import word_key
from evalharness.models.summary import WeekSummary
from evalharness.models.week import bounds, monday, newest_complete
from evalharness.report.exports.summary_json import decided_json
from evalharness.store.files import digest_file
from evalharness.store.records import add_sign_off, sign_offs


@dataclass(frozen=True)
class Wish:
    """What somebody wants to sign: the week, their name and decision, notes, and why again."""

    week: str
    by: str
    decision: Decision
    notes: str = ""
    again: str | None = None


@dataclass(frozen=True)
class Proposal:
    """What would be signed: the week as it will stand, and the row. `before`: sign-offs of the week so far."""

    summary: WeekSummary
    signed: SignOff
    before: tuple[SignOff, ...] = ()


def propose(house: Opened, wish: Wish, now: datetime) -> Proposal:
    """What signing now would keep; nothing is written.

    Raises UsageError for a week that is not drawn or a person who is neither owner nor deputy, SignOffError for a week that
    has not ended, or is signed and no reason is given to sign it again.
    """
    name, role = _signer(house, wish)
    sample = drawn_sample(house, wish.week)
    if bounds(wish.week, house.config.zone)[1] > now:
        raise SignOffError(
            f"{wish.week} has not ended yet", where="--week", why="calls of the week are still to come", fix="sign it next week"
        )
    before = sign_offs(house.ledger, wish.week)
    _check_again(wish, before)
    summary = week_summary(house, wish.week, signing=True)
    counts = arrived(house, summary)
    signed = SignOff(
        week=wish.week,
        by=name,
        role=role,
        decision=wish.decision,
        notes=wish.notes.strip(),
        at=now,
        verdict=summary.verdict,
        leaning=summary.leaning,
        sample_digest=sample.frozen_digest(),
        summary_digest=digest_of_bytes(decided_json(summary)),
        figures=figures(summary),
        grades=counts.grades,
        calls=counts.calls,
        supplements=counts.supplements,
        decisions=counts.decisions,
        disagreements=sum(one.waits for one in summary.disagreements),
        unfilled={one.name: one.asked - one.calls for one in summary.graders if one.asked > one.calls},
        again=wish.again,
        actions=summary.actions,
        late_weeks=before[0].late_weeks if before else _weeks_late(house, wish.week, now),
    )
    return Proposal(summary, signed, tuple(before))


def sign(house: Opened, wish: Wish, now: datetime, shown: str | None = None) -> SignOff:
    """Write the week's reports with the sign-off in them, then keep the row: both or, where a report cannot be written, neither.

    `shown`: the summary digest that the signer saw; where the week changed since, SignOffError. Raises what `propose` raises,
    and ExportError where a report is open elsewhere.
    """
    proposal = propose(house, wish, now)
    signed = proposal.signed
    if shown not in (None, signed.summary_digest):
        raise SignOffError(
            "the week changed while you were reading",
            where=wish.week,
            why="what is signed must be what was shown",
            fix="run the same command again and read the new figures",
        )
    files = write_reports(house, proposal.summary.model_copy(update={"signed": signed}), now, signing=True)
    kept = signed.model_copy(update={"files": {relative(house, path): digest_file(path) for path in files}})
    with house.ledger.transaction() as tx:
        add_sign_off(tx, kept, now)
    return kept


def _weeks_late(house: Opened, week: str, now: datetime) -> int:
    """How many weeks after this one have ended: 0 for the newest complete week."""
    return (monday(newest_complete(now, house.config.zone)) - monday(week)).days // 7


def _signer(house: Opened, wish: Wish) -> tuple[str, Literal["owner", "deputy"]]:
    """The owner's or the deputy's name as configured; spaces and capitals of the given one do not matter."""
    owner = house.config.owner
    if word_key(wish.by) == word_key(owner.name):
        return owner.name, "owner"
    if owner.deputy is not None and word_key(wish.by) == word_key(owner.deputy):
        return owner.deputy, "deputy"
    deputy = f", or the deputy: {owner.deputy!r}" if owner.deputy else "; no deputy is named (owner.deputy)"
    raise UsageError(
        f"{wish.by!r} may not sign this agent's weeks",
        where="--by",
        why=f"one person answers for the agent: {owner.name!r}{deputy}",
        fix="let the owner sign, or name a deputy in evalharness.yaml",
    )


def _check_again(wish: Wish, before: list[SignOff]) -> None:
    if before and not (wish.again or "").strip():
        last = before[-1]
        raise SignOffError(
            f"{wish.week} is signed off already, by {last.by} on {last.at:%Y-%m-%d}: {last.decision}",
            where=wish.week,
            why="a signed week is never changed silently",
            fix='to sign it again, as a new row beside the old one: --again "REASON"',
        )
    if not before and wish.again is not None:
        raise UsageError(f"{wish.week} is not signed off yet", where="--again", fix="leave --again out")
