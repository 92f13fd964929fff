"""Telling breaches: each at most once to each alert, kept in the audit trail before it goes and with its result after."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from evalharness.errors import EvalHarnessError
from evalharness.flows.opened import Opened
from evalharness.models.breach import Breach
from evalharness.models.noun import canonical_json
from evalharness.store.records import add_audit
from evalharness.workspace.receiver import Alert

if TYPE_CHECKING:
    from evalharness.act.send import Sent

SENDING, SENT = "alert sending", "alert sent"
FORMAT = "evalharness-alert/1"


@dataclass(frozen=True)
class Told:
    """What one alert was told of a week, and how it went; `sent` None: nothing was sent, this is what would be."""

    to: str
    week: str
    breaches: tuple[Breach, ...]
    sent: Sent | None = None
    test: bool = False

    @property
    def failed(self) -> bool:
        """Whether it did not go through."""
        return self.sent is not None and not self.sent.ok

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        found = [breach.model_dump(mode="json") for breach in self.breaches]
        return {"to": self.to, "week": self.week, "breaches": found, "sent": asdict(self.sent) if self.sent else None}


def due(house: Opened, week: str, breaches: Sequence[Breach]) -> list[tuple[Alert, tuple[Breach, ...]]]:
    """Each alert with the breaches of the week that it is for and was not told of; alerts without any are left out."""
    if not house.config.alerts:
        return []
    told = {(row["details"]["alert"], key) for row in _rows(house, SENDING, week) for key in row["details"]["breaches"]}
    found = []
    for alert in house.config.alerts:
        fresh = tuple(one for one in breaches if one.kind in alert.on and (alert.key, one.key) not in told)
        found += [(alert, fresh)] if fresh else []
    return found


def send_alerts(house: Opened, week: str, breaches: Sequence[Breach], at: datetime) -> tuple[Told, ...]:
    """Tells each alert what it was not told yet, in one message. A failing alert is in the result, and raises nothing."""
    return tuple(_told(house, alert, Told(alert.target, week, fresh), at) for alert, fresh in due(house, week, breaches))


def try_alerts(house: Opened, week: str, at: datetime) -> tuple[Told, ...]:
    """Sends every alert a message that says it is a test, as often as asked; it stands for no breach."""
    return tuple(_told(house, alert, Told(alert.target, week, (), test=True), at) for alert in house.config.alerts)


def _told(house: Opened, alert: Alert, told: Told, at: datetime) -> Told:
    """Kept before it goes: after a crash in between it is not sent again, and its result is unknown."""
    number = len(house.ledger.rows("audit", action=SENDING)) + 1
    kept = {"send": number, "alert": alert.key, "to": told.to, "week": told.week, "test": told.test}
    kept["breaches"] = [breach.key for breach in told.breaches]
    with house.ledger.transaction() as tx:
        add_audit(tx, SENDING, kept, at)
    sent = _send(house, alert, _body(house, told))
    with house.ledger.transaction() as tx:
        add_audit(tx, SENT, {"send": number, "week": told.week, "ok": sent.ok, "said": sent.said, "seconds": sent.seconds}, at)
    return Told(told.to, told.week, told.breaches, sent, told.test)


def _body(house: Opened, told: Told) -> bytes:
    """Numbers and ids; nothing of what was said in a call."""
    found = [breach.model_dump(mode="json") for breach in told.breaches]
    name = house.config.agent.name
    return canonical_json({"format": FORMAT, "agent": name, "week": told.week, "test": told.test, "breaches": found}).encode()


def _send(house: Opened, alert: Alert, body: bytes) -> Sent:
    from evalharness.act.send import Sent, post, run_program

    if alert.run is not None:
        return run_program(alert.run, body, house.workspace.root, alert.timeout_s)
    try:
        headers = alert.values()
    except EvalHarnessError as error:
        return Sent(ok=False, said=error.what, seconds=0.0)
    return post(alert.post or "", body, headers, alert.timeout_s)


def alert_notices(house: Opened, week: str) -> Iterator[str]:
    """Alerts of the week that did not go through, or of which nobody knows."""
    results = {row["details"]["send"]: row["details"] for row in _rows(house, SENT, week)}
    for row in _rows(house, SENDING, week):
        kept, result = row["details"], results.get(row["details"]["send"])
        if not kept["test"] and (result is None or not result["ok"]):
            subjects = ", ".join(key.partition("|")[2].replace("|", " ") for key in kept["breaches"])
            said = result["said"] if result else "the run ended before its result was known"
            yield f"alert not delivered ({kept['to']}: {said}); it is not sent again: {subjects}"


def _rows(house: Opened, action: str, week: str) -> list[dict[str, Any]]:
    return [row for row in house.ledger.rows("audit", action=action) if row["details"]["week"] == week]
