"""Handing summary.md over: on each occasion at most once a week and receiver, the same text never twice, kept before and after.

Nothing goes for a week that is not over. What failed is tried again by the next `week`; what may have been sent is not.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from evalharness.errors import EvalHarnessError, UsageError
from evalharness.flows.opened import Opened
from evalharness.models.noun import digest_of
from evalharness.models.summary import WeekSummary
from evalharness.models.week import bounds, newest_complete
from evalharness.store.records import add_audit
from evalharness.workspace.receiver import Notice, Occasion

if TYPE_CHECKING:
    from evalharness.act.send import Sent

SENDING, SENT = "notice sending", "notice sent"
NEWEST = 2
"""So many of the newest complete weeks are told of: a workspace that is configured late does not send its whole past."""
When = Occasion | Literal["asked", "test"]


@dataclass(frozen=True)
class Handed:
    """What one receiver was handed of a week, on which occasion, and how it went; `sent` None: nobody knows, or not sent yet.

    `doubt`: the result of an earlier try was never known, so it may have been sent.
    """

    to: str
    week: str
    when: When
    sent: Sent | None = None
    doubt: bool = False

    @property
    def failed(self) -> bool:
        """Whether it did not go through."""
        return self.sent is not None and not self.sent.ok

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        sent = asdict(self.sent) if self.sent else None
        return {"to": self.to, "week": self.week, "when": self.when, "sent": sent, "may_have_been_sent": self.doubt}


def told_weeks(house: Opened, now: datetime) -> list[str]:
    """The weeks that are told of by themselves, oldest first; none where nobody is to be told."""
    if not house.config.notify:
        return []
    last = newest_complete(now, house.config.zone)
    return [week for week in house.calls.weeks() if week <= last][-NEWEST:]


def waiting(house: Opened, week: str) -> bool:
    """Whether any receiver has an occasion of the week left: before its summary is worked out."""
    return any(not _settled(_tries(house, notice, week), when) for notice in house.config.notify for when in notice.on)


def due(house: Opened, summary: WeekSummary, now: datetime) -> list[tuple[Notice, tuple[Occasion, ...]]]:
    """Each receiver with the occasions on which it is to be handed the week now, in one message; without any it is left out.

    Entries of the configuration with the same address and form are one receiver.
    """
    if bounds(summary.week, house.config.zone)[1] > now:
        return []
    found: dict[tuple[str, str], tuple[Notice, tuple[Occasion, ...]]] = {}
    for notice in house.config.notify:
        texts = {one["text"] for one in _to_address(house, notice, summary.week) if one["ok"] is not False}
        if _told(notice, summary) in texts:
            continue
        tries = _tries(house, notice, summary.week)
        ready = [when for when in notice.on if _is_due(house, summary, tries, when, now)]
        if ready:
            first, before = found.get(_receiver(notice), (notice, ()))
            found[_receiver(notice)] = first, tuple(dict.fromkeys((*before, *ready)))
    return list(found.values())


def _receiver(notice: Notice) -> tuple[str, str]:
    """What tells one receiver from another: its address, and the form that it is handed."""
    return notice.key, "short" if notice.short else "whole"


def _is_due(house: Opened, summary: WeekSummary, tries: Sequence[dict[str, Any]], when: Occasion, now: datetime) -> bool:
    if when == "verdict":
        last = next((one["verdict"] for one in reversed(tries) if one["ok"] is not False), None)
        return summary.design is not None and summary.verdict != last
    return not _settled(tries, when) and _happened(house, summary, when, now)


def _happened(house: Opened, summary: WeekSummary, when: Occasion, now: datetime) -> bool:
    if when == "reported" or summary.signed is not None:
        return True
    if when == "signed":
        return False
    asked = [one for one in summary.graders if one.asked]
    later = newest_complete(now, house.config.zone) > summary.week
    return later or (bool(asked) and all(one.calls >= one.asked for one in asked))


def hand_over(house: Opened, summary: WeekSummary, now: datetime) -> tuple[Handed, ...]:
    """Hands the week to everybody who is due, and says of whom it is in doubt. A failure is in the result, and raises nothing."""
    ready = due(house, summary, now)
    sent = [_handed(house, notice, summary, occasions, now) for notice, occasions in ready]
    return (*sent, *in_doubt(house, summary.week, {_receiver(notice) for notice, _ in ready}))


def in_doubt(house: Opened, week: str, but: Collection[tuple[str, str]] = ()) -> Iterator[Handed]:
    """What may have been sent, to whom but these: its result was never known, and nothing went through since."""
    for notice in {_receiver(one): one for one in house.config.notify if _receiver(one) not in but}.values():
        unknown = None
        for one in _tries(house, notice, week):
            unknown = None if one["ok"] else one if one["ok"] is None else unknown
        if unknown is not None:
            yield Handed(notice.target, week, unknown["when"][0], doubt=True)


def send_now(house: Opened, summary: WeekSummary, now: datetime, *, test: bool = False) -> tuple[Handed, ...]:
    """Hands the week to every receiver, whatever it was handed before; `test`: a message that says it is one instead.

    Raises UsageError for a week that is not over.
    """
    if not test and bounds(summary.week, house.config.zone)[1] > now:
        raise UsageError(f"{summary.week} is not over yet", where="--week", why="its figures may still change", fix="wait for it")
    return tuple(_handed(house, notice, summary, ("test" if test else "asked",), now) for notice in house.config.notify)


def message(notice: Notice, summary: WeekSummary) -> str:
    """The text that this receiver is handed."""
    from evalharness.report.exports.summary_markdown import short_markdown, summary_markdown

    return short_markdown(summary) if notice.short else summary_markdown(summary)


def _told(notice: Notice, summary: WeekSummary) -> str:
    """What tells one text from another: its digest without the ledger's head, which moves without the week being another."""
    return _digest(message(notice, summary.model_copy(update={"ledger_head": None})))


def _handed(house: Opened, notice: Notice, summary: WeekSummary, ready: Sequence[When], at: datetime) -> Handed:
    """Kept before it goes: after a crash in between it is not sent again by itself, and its result is unknown."""
    number, week = len(house.ledger.rows("audit", action=SENDING)) + 1, summary.week
    test = ready == ("test",)
    text = _test_text(summary) if test else message(notice, summary)
    digest = _digest(text) if test else _told(notice, summary)
    address, form = _receiver(notice)
    kept = {"send": number, "notice": address, "form": form, "to": notice.target, "week": week, "when": list(ready)}
    with house.ledger.transaction() as tx:
        add_audit(tx, SENDING, {**kept, "text": digest, "verdict": summary.verdict}, at)
    sent = _send(house, notice, text)
    with house.ledger.transaction() as tx:
        add_audit(
            tx,
            SENT,
            {"send": number, "week": week, "ok": None if sent.doubtful else sent.ok, "said": sent.said, "seconds": sent.seconds},
            at,
        )
    return Handed(notice.target, week, ready[0], sent)


def _test_text(summary: WeekSummary) -> str:
    from evalharness.report.text import markdown

    return f"# A test of notify\n\nevalharness hands the week of {markdown(summary.agent)} over here. This is no result.\n"


def _send(house: Opened, notice: Notice, text: str) -> Sent:
    from evalharness.act.send import Sent, post, run_program

    if notice.run is not None:
        return run_program(notice.run, text.encode(), house.workspace.root, notice.timeout_s)
    try:
        headers = notice.values()
    except EvalHarnessError as error:
        return Sent(ok=False, said=error.what, seconds=0.0)
    if notice.json_key is None:
        headers = {"Content-Type": "text/markdown; charset=utf-8", **headers}
        return post(notice.post or "", text.encode(), headers, notice.timeout_s)
    return post(notice.post or "", json.dumps({notice.json_key: text}).encode(), headers, notice.timeout_s)


def _tries(house: Opened, notice: Notice, week: str) -> list[dict[str, Any]]:
    """What this receiver was handed of the week so far, tests apart, oldest first: occasion, text, verdict, `ok` (None: nobody
    knows). Rows from before forms were kept count for every form."""
    form = _receiver(notice)[1]
    return [one for one in _to_address(house, notice, week) if one.get("form", form) == form]


def _to_address(house: Opened, notice: Notice, week: str) -> list[dict[str, Any]]:
    """The same of its address, whatever the form."""
    results = {row["details"]["send"]: row["details"]["ok"] for row in house.ledger.rows("audit", action=SENT)}
    rows = [row["details"] for row in house.ledger.rows("audit", action=SENDING)]
    mine = [one for one in rows if one["notice"] == notice.key and one["week"] == week and "test" not in one["when"]]
    return [{**one, "ok": results.get(one["send"])} for one in mine]


def _settled(tries: Sequence[dict[str, Any]], when: When) -> bool:
    """Whether that occasion went through, or may have."""
    return when != "verdict" and any(when in one["when"] and one["ok"] is not False for one in tries)


def _digest(text: str) -> str:
    return digest_of(text)[:32]
